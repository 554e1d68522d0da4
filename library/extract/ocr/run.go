package ocr

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Bounds on what tesseract may say.
const (
	maxOutput   = 32 << 20 // bytes: a page of 10,000 words has one million
	maxErrors   = 4 << 10
	maxExcerpt  = 200 // characters of an error
	pipesTime   = time.Second
	lowPriority = 10 // nice value: who waits for an answer comes first
)

// program is tesseract with how it is run.
type program struct {
	path    string
	dataDir string
	time    time.Duration
	memory  int64 // bytes
}

type output struct{ stdout, stderr []byte }

// run starts tesseract, gives it input and returns what it says. When time is
// over or ctx ends, its whole process group is killed.
func (p program) run(ctx context.Context, input []byte, args ...string) (output, error) {
	limited, cancel := context.WithTimeoutCause(ctx, p.time, ErrSlow)
	defer cancel()
	// On Linux the child dies with the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	stdout, stderr := &bounded{most: maxOutput}, &bounded{most: maxErrors, lossy: true}
	restrained := &gate{open: make(chan struct{}), Reader: bytes.NewReader(input)}
	cmd := exec.CommandContext(limited, p.path, args...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = "/", p.environment(), attributes()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = restrained, stdout, stderr
	cmd.Cancel = func() error { return killGroup(cmd) }
	cmd.WaitDelay = pipesTime
	if err := cmd.Start(); err != nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			return output{}, fmt.Errorf("%w: %w", ErrMissing, err)
		}
		return output{}, fmt.Errorf("start tesseract: %w", err)
	}
	err := p.restrain(cmd.Process.Pid)
	if err != nil {
		cancel()
	}
	close(restrained.open)
	waited := cmd.Wait()
	if errors.Is(waited, exec.ErrWaitDelay) {
		_ = killGroup(cmd) // who holds the pipes is not wanted any more
	}
	switch {
	case err != nil:
		return output{}, err
	case waited == nil:
		return output{stdout.kept.Bytes(), stderr.kept.Bytes()}, nil
	case ctx.Err() != nil:
		return output{}, ctx.Err()
	case context.Cause(limited) == ErrSlow:
		return output{}, ErrSlow
	case missesLanguage(stderr.kept.Bytes()):
		return output{}, fmt.Errorf("%w: %s", ErrLanguage, excerpt(stderr.kept.Bytes()))
	}
	return output{}, fmt.Errorf("%w: %w: %s", errRun, waited, excerpt(stderr.kept.Bytes()))
}

// errRun means that tesseract ended with an error.
var errRun = errors.New("tesseract failed")

// restrain limits the process and lowers its priority. Until then it gets no
// input.
func (p program) restrain(pid int) error {
	// It may have ended already; and work that goes on at the usual priority is
	// no fault.
	_ = unix.Setpriority(unix.PRIO_PROCESS, pid, lowPriority)
	if err := limit(pid, p.memory, p.time); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("limit tesseract: %w", err)
	}
	return nil
}

// environment is all that tesseract needs of one. Reading on one thread takes
// the least CPU time, and leaves the other CPUs to others.
func (p program) environment() []string {
	env := []string{"OMP_THREAD_LIMIT=1", "LC_ALL=C"}
	if p.dataDir != "" {
		env = append(env, "TESSDATA_PREFIX="+p.dataDir)
	}
	return env
}

// killGroup ends the process and all that it started.
func killGroup(cmd *exec.Cmd) error {
	err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}

// gate is a reader that waits until it is open.
type gate struct {
	open chan struct{}
	io.Reader
}

func (g *gate) Read(p []byte) (int, error) {
	<-g.open
	return g.Reader.Read(p)
}

// bounded keeps what is written to it up to a number of bytes. What goes beyond
// is an error, or dropped where lossy.
type bounded struct {
	kept  bytes.Buffer // not embedded: its ReadFrom knows no bound
	most  int
	lossy bool
}

var errTalkative = errors.New("it says too much")

func (b *bounded) Write(p []byte) (int, error) {
	room := b.most - b.kept.Len()
	if len(p) <= room {
		return b.kept.Write(p)
	}
	if !b.lossy {
		return 0, errTalkative
	}
	b.kept.Write(p[:room])
	return len(p), nil
}

// excerpt is the beginning of what a program complains about, fit for a log.
func excerpt(stderr []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(stderr)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		for _, r := range line {
			if r < ' ' || r > '~' {
				r = '?'
			}
			if b.Len() == maxExcerpt {
				return b.String() + "…"
			}
			b.WriteRune(r)
		}
	}
	if b.Len() == 0 {
		return "no reason given"
	}
	return b.String()
}
