package pdf_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/library/extract/pdf"
)

func smallPDF(text string) []byte {
	p := newPDF()
	p.page(lines(text), "")
	return p.bytes()
}

func TestEngine_ManyAtOnce(t *testing.T) {
	e := mustEngine(t, pdf.Options{Processes: 2})
	var wg sync.WaitGroup
	for n := range 12 {
		f := mustFile(t, smallPDF(fmt.Sprintf("document %d", n)))
		wg.Go(func() {
			d, err := e.Open(t.Context(), f, "")
			if err != nil {
				t.Error(err)
				return
			}
			defer d.Close()
			f.Close() // the child has a descriptor of its own
			if got := e.Children(); got > 2 {
				t.Errorf("%d children are alive", got)
			}
			text, err := d.Text(t.Context(), 1)
			if want := fmt.Sprintf("document %d", n); err != nil || strings.TrimSpace(text) != want {
				t.Errorf("text %q, %v, want %q", text, err, want)
			}
		})
	}
	wg.Wait()
}

func TestEngine_OneProcessPerDocument(t *testing.T) {
	e := mustEngine(t, pdf.Options{Processes: 3})
	if n := e.Children(); n != 0 {
		t.Fatalf("a new engine has %d children", n)
	}
	seen := map[int]bool{}
	for range 4 {
		d := mustOpen(t, e, mustFile(t, smallPDF("x")))
		if seen[d.PID()] {
			t.Errorf("process %d served two documents", d.PID())
		}
		seen[d.PID()] = true
		d.Close()
		if err := syscall.Kill(d.PID(), 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("after Close the child is there: %v", err)
		}
	}
}

func TestEngine_Spare(t *testing.T) {
	e := mustEngine(t, pdf.Options{Processes: 3})
	d := mustOpen(t, e, mustFile(t, smallPDF("one")))
	spare := e.SparePID()
	if spare == 0 || spare == d.PID() {
		t.Fatalf("spare %d beside document %d", spare, d.PID())
	}
	second := mustOpen(t, e, mustFile(t, smallPDF("two")))
	if second.PID() != spare {
		t.Errorf("the second document is read by %d, not by the spare %d", second.PID(), spare)
	}
	third := e.SparePID()
	if third == 0 || third == spare {
		t.Fatalf("the next spare is %d", third)
	}

	// A spare that has died is not given a document.
	e.KillSpare()
	if got := mustText(t, mustOpen(t, e, mustFile(t, smallPDF("three"))), 1); !strings.Contains(got, "three") {
		t.Errorf("text %q", got)
	}

	d.Close()
	if e.SparePID() == 0 {
		t.Fatal("no spare where a slot is free")
	}
	e.DropSpare()
	if n := e.SparePID(); n != 0 {
		t.Errorf("spare %d after its idle time", n)
	}
}

// TestEngine_Spare_OnlySlot needs the spare to give its slot up.
func TestEngine_Spare_OnlySlot(t *testing.T) {
	e := mustEngine(t, pdf.Options{Processes: 1})
	for range 3 {
		d := mustOpen(t, e, mustFile(t, smallPDF("x")))
		if n := e.Children(); n != 1 {
			t.Errorf("%d children", n)
		}
		d.Close()
		if e.SparePID() == 0 {
			t.Error("no spare")
		}
	}
}

func TestEngine_Open_Waits(t *testing.T) {
	e := mustEngine(t, pdf.Options{Processes: 1})
	d := mustOpen(t, e, mustFile(t, smallPDF("first")))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := e.Open(ctx, mustFile(t, smallPDF("x")), ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Open() with all children busy = %v", err)
	}
	opened := make(chan error)
	f := mustFile(t, smallPDF("second"))
	go func() {
		d, err := e.Open(t.Context(), f, "")
		if err == nil {
			err = d.Close()
		}
		opened <- err
	}()
	d.Close()
	if err := <-opened; err != nil {
		t.Error(err)
	}
}

func TestEngine_Close(t *testing.T) {
	e := mustEngine(t, pdf.Options{Processes: 2})
	d := mustOpen(t, e, mustFile(t, slow()))
	asked, answered := make(chan struct{}), make(chan error)
	go func() {
		close(asked)
		answered <- drawSlowly(t.Context(), d)
	}()
	<-asked
	pid := d.PID()
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-answered; !errors.Is(err, pdf.ErrClosed) {
		t.Errorf("the call under way returned %v, want ErrClosed", err)
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the child is there: %v", err)
	}
	if n := e.Children(); n != 0 {
		t.Errorf("%d children", n)
	}
	if _, err := e.Open(t.Context(), mustFile(t, smallPDF("x")), ""); !errors.Is(err, pdf.ErrClosed) {
		t.Errorf("Open() on a closed engine = %v", err)
	}
	if _, err := d.Text(t.Context(), 1); !errors.Is(err, pdf.ErrClosed) {
		t.Errorf("Text() on a closed engine = %v", err)
	}
	if err := d.Close(); err != nil {
		t.Errorf("closing the document afterwards: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

func TestDocument_ChildKilled(t *testing.T) {
	e := mustEngine(t, pdf.Options{Processes: 2})
	d := mustOpen(t, e, mustFile(t, slow()))
	other := mustOpen(t, e, mustFile(t, smallPDF("untouched")))
	asked, answered := make(chan struct{}), make(chan error)
	go func() {
		close(asked)
		answered <- drawSlowly(t.Context(), d)
	}()
	<-asked
	if err := syscall.Kill(d.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := <-answered; !errors.Is(err, extract.ErrTooLarge) {
		t.Errorf("Render() = %v, want ErrTooLarge", err)
	}
	if got := mustText(t, other, 1); !strings.Contains(got, "untouched") {
		t.Errorf("the other document has text %q", got)
	}
}

// TestDocument_ContextEnds abandons a call. The document goes on once the
// child is done with it.
func TestDocument_ContextEnds(t *testing.T) {
	d := mustOpen(t, mustEngine(t, pdf.Options{}), mustFile(t, slow()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Words(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("Words() = %v, want Canceled", err)
	}
	if got := strings.TrimSpace(mustText(t, d, 1)); got != "harmless" {
		t.Errorf("afterwards the text is %q", got)
	}
}

// TestOrphan checks that children die with a parent that has no time to say so.
func TestOrphan(t *testing.T) {
	if os.Getenv("HOLT_TEST_ORPHAN") != "" {
		e := mustEngine(t, pdf.Options{})
		d := mustOpen(t, e, mustFile(t, slow()))
		fmt.Printf("child=%d\n", d.PID())
		drawSlowly(t.Context(), d)
		return
	}
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestOrphan$")
	if runtime.GOOS != "linux" {
		cmd.Path = os.Args[0]
	}
	cmd.Env = append(os.Environ(), "HOLT_TEST_ORPHAN=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscanf(out, "child=%d\n", &pid); err != nil || pid == 0 {
		t.Fatalf("no child: %v", err)
	}
	if err := syscall.Kill(pid, 0); err != nil {
		t.Fatalf("the child is not there: %v", err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	for syscall.Kill(pid, 0) == nil && !isZombie(pid) { // the test's own time limit ends this
		runtime.Gosched()
	}
}

// isZombie tells a dead process that nobody has waited for.
func isZombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(stat), ") Z ")
}

func TestChild_Confined(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	t.Setenv("HOLT_TEST_SECRET", "in the parent's environment")
	d := mustOpen(t, mustEngine(t, pdf.Options{}), mustFile(t, smallPDF("x")))
	proc := fmt.Sprintf("/proc/%d/", d.PID())
	environ, err := os.ReadFile(proc + "environ")
	if err != nil {
		t.Skip(err) // only root may look into a process that is not dumpable
	}
	if got := strings.TrimRight(string(environ), "\x00"); strings.Contains(got, "HOLT_TEST") {
		t.Errorf("the child's environment is %q", got)
	}
	fds, err := os.ReadDir(proc + "fd")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, fd := range fds {
		target, err := os.Readlink(proc + "fd/" + fd.Name())
		// Go's runtime itself watches the CPU limits of its control group.
		ours := err != nil || target == "/dev/null" || strings.HasPrefix(target, "/sys/fs/cgroup/")
		if !ours && strings.HasPrefix(target, "/") {
			files = append(files, target)
		}
	}
	if len(files) != 1 || !strings.HasSuffix(files[0], "test.pdf") {
		t.Errorf("the child has the files %q open, want the document only", files)
	}
	limits, err := os.ReadFile(proc + "limits")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Max file size 0 0", "Max core file size 0 0", "Max cpu time 3600 3600"} {
		if !strings.Contains(strings.Join(strings.Fields(string(limits)), " "), want) {
			t.Errorf("the child is not limited by %q", want)
		}
	}
}

// TestEngine_NoLeaks counts goroutines and descriptors around a busy engine.
func TestEngine_NoLeaks(t *testing.T) {
	use := func() {
		e := mustEngine(t, pdf.Options{Processes: 2})
		for range 3 {
			d := mustOpen(t, e, mustFile(t, smallPDF("x")))
			mustText(t, d, 1)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			d.Text(ctx, 1)
			d.Close()
			if _, err := e.Open(t.Context(), mustFile(t, []byte("not a PDF")), ""); err == nil {
				t.Error("opened")
			}
		}
		e.Close()
	}
	use() // the runtime opens some descriptors once
	goroutines, descriptors := runtime.NumGoroutine(), countDescriptors(t)
	t.Run("use", func(t *testing.T) { use() })
	for runtime.NumGoroutine() > goroutines { // they may still be on their last line
		runtime.Gosched()
	}
	if got := countDescriptors(t); got > descriptors+6 { // the test's own files
		t.Errorf("%d descriptors, %d before", got, descriptors)
	}
}

func countDescriptors(tb testing.TB) int {
	tb.Helper()
	fds, err := os.ReadDir("/dev/fd")
	if err != nil {
		tb.Skip(err)
	}
	return len(fds)
}

func BenchmarkEngine_Open(b *testing.B) {
	for _, spare := range []bool{true, false} {
		b.Run(fmt.Sprintf("spare=%v", spare), func(b *testing.B) {
			e := mustEngine(b, pdf.Options{Processes: 3})
			f := mustFile(b, smallPDF("x"))
			mustOpen(b, e, f).Close()
			for b.Loop() {
				b.StopTimer()
				if e.SparePID(); !spare {
					e.DropSpare()
				}
				b.StartTimer()
				d, err := e.Open(b.Context(), f, "")
				if err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				d.Close()
				b.StartTimer()
			}
		})
	}
}
