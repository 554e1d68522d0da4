package tenant_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

// TestCrash ends a process with SIGKILL at every named point of what changes a
// home as a whole. Afterwards the tenant is whole or absent, and every
// acknowledged row is there.
func TestCrash(t *testing.T) {
	if operation := os.Getenv("HOLT_TEST_CRASH_OPERATION"); operation != "" {
		crashingProcess(operation)
		return
	}
	for _, c := range []struct {
		operation string
		points    []string
		mayVanish func(point string) bool // the tenant may be absent after a crash at this point
	}{
		{"create", []string{"create:started", "create:databases", "create:seeded", "create:built", "create:renamed"},
			func(point string) bool { return point != "create:renamed" }},
		{"migrate", []string{"migrate:before-commit", "migrate:after-commit"},
			func(string) bool { return false }},
		{"delete", []string{"delete:announced", "delete:locked", "delete:renamed"},
			func(point string) bool { return point == "delete:renamed" }},
		{"undelete", []string{"undelete:state", "undelete:renamed"},
			func(point string) bool { return point != "undelete:renamed" }},
		{"purge", []string{"purge:renamed"}, func(string) bool { return true }},
		{"rebuild", []string{"rebuild:cleared"}, func(string) bool { return false }},
		{"write", []string{"after-write"}, func(string) bool { return false }},
	} {
		for _, point := range c.points {
			t.Run(point, func(t *testing.T) {
				dir := t.TempDir()
				acknowledged := crash(t, c.operation, point, dir)
				examine(t, dir, acknowledged, c.mayVanish(point), c.operation)
			})
		}
	}
}

// crash runs an operation in a process that is killed at a point, and returns
// the rows that it acknowledged.
func crash(t *testing.T, operation, point, dir string) []string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrash$")
	cmd.Env = append(os.Environ(), "HOLT_TEST_CRASH_OPERATION="+operation, "HOLT_TEST_CRASH_POINT="+point, "HOLT_TEST_CRASH_DIR="+dir)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the process was not killed at %s: %v\n%s", point, err, out)
	}
	var rows []string
	for lines := bufio.NewScanner(strings.NewReader(string(out))); lines.Scan(); {
		if row, ok := strings.CutPrefix(lines.Text(), "acknowledged "); ok {
			rows = append(rows, row)
		}
	}
	return rows
}

// examine looks at what a crash left, as a new process would.
func examine(t *testing.T, dir string, acknowledged []string, mayVanish bool, operation string) {
	t.Helper()
	kind := seeded(notesKind)
	acknowledged = append([]string{"seed"}, acknowledged...)
	if operation == "migrate" {
		// It goes on where it was: the step is done once, also when it was done before the crash.
		kind = seeded(nextNotesKind())
		acknowledged = append(acknowledged, "by the migration")
	}
	f, err := tenant.OpenFleet(dir, kind)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.SetNow(func() time.Time { return time.Now().Add(24 * time.Hour) }) // what ends by itself has ended
	r := tenant.NewRegistry(f, openNotes, tenant.Options{})
	defer MustClose(t, r)
	bob := MustID(t, "bob")
	got, err := all(t.Context(), r, bob)
	if errors.Is(err, tenant.ErrNotExist) {
		if !mayVanish {
			t.Fatal("the tenant is gone")
		}
		switch operation {
		case "create":
			MustCreate(t, f, "bob") // nothing is in the way
		case "purge": // nothing can be brought back, least of all by halves
			wantErr(t, f.Undelete(t.Context(), bob), tenant.ErrNotExist)
			if whole, err := filepath.Glob(filepath.Join(dir, "tmp", "*", "notes.db")); err != nil || len(whole) != 1 {
				t.Errorf("its files went before it had left the trash: %v, %v", whole, err)
			}
			return
		default:
			if err := f.Undelete(t.Context(), bob); err != nil {
				t.Fatal(err)
			}
		}
		got, err = all(t.Context(), r, bob)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, acknowledged) {
		t.Errorf("rows %q, acknowledged %q", got, acknowledged)
	}
	MustAdd(t, r, "bob", "it can be written")
	err = r.With(t.Context(), bob, func(ctx context.Context, n *notes) error {
		index, err := n.home.OpenDatabase(ctx, "index.db", tenant.DatabaseOptions{})
		if err != nil {
			return err
		}
		return errors.Join(n.db.Check(ctx), index.Check(ctx), index.Close())
	})
	if err != nil {
		t.Error(err)
	}
	if err := r.Delete(t.Context(), bob); err != nil {
		t.Errorf("it cannot be deleted: %v", err)
	}
}

// crashingProcess is the process that dies.
func crashingProcess(operation string) {
	ctx := context.Background()
	point, dir := os.Getenv("HOLT_TEST_CRASH_POINT"), os.Getenv("HOLT_TEST_CRASH_DIR")
	die := func(at string) {
		if at == point {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	must := func(err error) {
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	bob, err := tenant.ParseID("bob")
	must(err)
	f, err := tenant.OpenFleet(dir, seeded(notesKind))
	must(err)
	r := tenant.NewRegistry(f, openNotes, tenant.Options{})
	write := func(text string) {
		must(r.With(ctx, bob, func(ctx context.Context, n *notes) error { return n.Add(ctx, text) }))
		fmt.Println("acknowledged", text)
	}
	if operation != "create" {
		must(f.Create(ctx, bob))
		write("before")
	}
	switch operation {
	case "create":
		f.SetTrace(die)
		must(f.Create(ctx, bob))
	case "write":
		for i := range 20 {
			write(fmt.Sprint(i))
		}
		die("after-write")
	case "migrate":
		must(r.Evict(ctx, bob))
		newer, err := tenant.OpenFleet(dir, nextNotesKind())
		must(err)
		newer.SetTrace(die)
		h, err := newer.Open(ctx, bob)
		must(err)
		_, err = h.OpenDatabase(ctx, "notes.db", tenant.DatabaseOptions{})
		must(err)
	case "delete":
		f.SetTrace(die)
		must(r.Delete(ctx, bob))
	case "purge":
		must(r.Delete(ctx, bob))
		f.SetTrace(die)
		_, err := f.Purge(ctx, time.Now().Add(time.Hour))
		must(err)
	case "rebuild":
		must(os.Remove(filepath.Join(homePath(dir, "bob"), "index.db")))
		f.SetTrace(die)
		must(openIndex(ctx, f, bob, func(*sqlite.DB) error { return nil }))
	case "undelete":
		must(r.Delete(ctx, bob))
		f.SetTrace(die)
		must(f.Undelete(ctx, bob))
	}
	os.Exit(1) // it should not have lived that long
}

// seeded is a kind whose homes are made with one note.
func seeded(kind tenant.Kind) tenant.Kind {
	kind.Seed = func(ctx context.Context, home *tenant.Home) error {
		n, err := openNotes(ctx, home)
		if err != nil {
			return err
		}
		return errors.Join(n.Add(ctx, "seed"), n.Close())
	}
	return kind
}

// nextNotesKind is the application of these tests one version on.
func nextNotesKind() tenant.Kind {
	next := notesKind
	next.Databases = slices.Clone(next.Databases)
	next.Databases[0].Schema.Steps = append(slices.Clone(notesSchema.Steps),
		"CREATE TABLE more (x); INSERT INTO note (text) VALUES ('by the migration')")
	return next
}
