package repo_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/holtdb/holt/wiki/repo"
)

// Environment of a child process that dies in the middle of a write.
const (
	crashDir  = "HOLT_TEST_CRASH_DIR"
	crashStep = "HOLT_TEST_CRASH_STEP"
)

// TestMain turns the process into a child that dies, if it is asked to.
func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		os.Exit(crash(dir, os.Getenv(crashStep)))
	}
	os.Exit(m.Run())
}

// crash writes to the repository in dir and is killed at a step.
func crash(dir, step string) int {
	r, err := repo.Open(dir)
	if err != nil {
		return 3
	}
	repo.Trace(r, func(name string) {
		if name == step {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	})
	p, err := repo.ParsePath("folder/page.md")
	if err != nil {
		return 4
	}
	ctx := context.Background()
	head, err := r.Head(ctx)
	if err != nil {
		return 5
	}
	if _, err := write(ctx, r, head, repo.Edit{Path: p, Content: []byte("new")}); err != nil {
		return 6
	}
	return 0
}

func TestCrashLeavesOldOrNew(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{"branch locked", "objects written", "objects named", "objects durable", "branch moved"} {
		t.Run(step, func(t *testing.T) {
			r, dir := MustCreate(t)
			old := MustWrite(t, r, put(t, "folder/page.md", "old"))
			cmd := exec.CommandContext(t.Context(), self)
			cmd.Env = append(os.Environ(), crashDir+"="+dir, crashStep+"="+step)
			err := cmd.Run()
			if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
				t.Fatalf("the child was not killed: %v", err)
			}

			r = MustOpen(t, dir)
			head := MustHead(t, r)
			want := "folder/page.md=old"
			if step == "branch moved" {
				want = "folder/page.md=new"
			}
			if (head == old) != strings.HasSuffix(want, "old") {
				t.Errorf("head %s after %s", head, old)
			}
			if got := listing(t, r, head); !slices.Equal(got, []string{want}) {
				t.Errorf("files %q, want %q", got, want)
			}
			fsck(t, dir)

			// The dead writer's lock must not keep others out for long.
			past := time.Now().Add(-2 * repo.StaleAfter)
			if err := os.Chtimes(filepath.Join(dir, "refs/heads/main.lock"), past, past); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			next := MustWrite(t, r, put(t, "folder/page.md", "next"))
			if got := listing(t, r, next); !slices.Equal(got, []string{"folder/page.md=next"}) {
				t.Errorf("files after the next write: %q", got)
			}
			git(t, dir, "prune", "--expire=now")
			fsck(t, dir)
			if found := leftovers(t, dir); found != nil {
				t.Errorf("git sweeps everything but %q", found)
			}
		})
	}
}
