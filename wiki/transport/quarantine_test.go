package transport_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/transport"
)

// reviewed is what a review found out about a push.
type reviewed struct {
	commits                   []repo.Hash
	changes, touched, entries []string
	size                      int64
}

// look asks a quarantine everything it knows.
func look(ctx context.Context, q transport.Quarantine, old, new repo.Hash) (reviewed, error) {
	var r reviewed
	var errs [5]error
	r.commits, errs[0] = q.Commits(ctx)
	r.size, errs[1] = q.Size()
	note := func(list *[]string) func(transport.Change) error {
		return func(c transport.Change) error {
			*list = append(*list, fmt.Sprintf("%o→%o %s", c.OldMode, c.NewMode, c.Path))
			if (c.OldMode == 0) != c.Old.IsZero() || (c.NewMode == 0) != c.New.IsZero() {
				return fmt.Errorf("modes and hashes of %q do not fit", c.Path)
			}
			return nil
		}
	}
	errs[2] = q.Changes(ctx, old, new, note(&r.changes))
	errs[3] = q.Touched(ctx, note(&r.touched))
	errs[4] = q.Entries(ctx, new, func(e transport.Entry) error {
		r.entries = append(r.entries, fmt.Sprintf("%o %d %s", e.Mode, e.Size, e.Path))
		return nil
	})
	return r, errors.Join(errs[:]...)
}

func TestQuarantine(t *testing.T) {
	s := MustServe(t)
	clone := s.MustClone()
	var got reviewed
	s.review = func(ctx context.Context, q transport.Quarantine, old, new repo.Hash) (err error) {
		got, err = look(ctx, q, old, new)
		return err
	}
	same := func(name string, got, want []string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	push := func() {
		t.Helper()
		MustGit(t, clone, "push", "-q", "origin", "main")
		if n := len(got.commits); n == 0 || got.commits[n-1] != s.tip() || got.size == 0 {
			t.Errorf("%d commits, %d bytes", len(got.commits), got.size)
		}
	}

	MustCommit(t, clone, "Home.md", "home\n")
	MustCommit(t, clone, "a b/Ü\".md", "umlaut\n")
	push()
	same("first changes", got.changes, []string{"0→100644 Home.md", "0→100644 a b/Ü\".md"})
	same("first touched", got.touched, []string{"0→100644 Home.md", "0→100644 a b/Ü\".md"})
	same("first entries", got.entries, []string{"100644 5 Home.md", "100644 7 a b/Ü\".md"})

	// A change that is taken back is in the history all the same.
	MustCommit(t, clone, "Secret.md", "x\n")
	MustGit(t, clone, "rm", "-q", "Secret.md")
	MustGit(t, clone, "commit", "-q", "-m", "Take back")
	if err := os.Symlink("/etc/passwd", filepath.Join(clone, "link")); err != nil {
		t.Fatal(err)
	}
	MustGit(t, clone, "update-index", "--add", "--cacheinfo", "160000,"+MustGit(t, clone, "rev-parse", "HEAD")+",module")
	MustGit(t, clone, "add", "link")
	MustGit(t, clone, "update-index", "--chmod=+x", "Home.md")
	MustGit(t, clone, "commit", "-q", "-m", "Links")
	push()
	links := []string{"100644→100755 Home.md", "0→120000 link", "0→160000 module"}
	same("changes", got.changes, links)
	same("touched", got.touched, append([]string{"0→100644 Secret.md", "100644→0 Secret.md"}, links...))
	same("entries", got.entries, []string{"100755 5 Home.md", "100644 7 a b/Ü\".md", "120000 11 link", "160000 0 module"})

	// A merge counts only for what it changes itself: Side.md, but not Main.md.
	MustGit(t, clone, "checkout", "-q", "-f", "-b", "side", "HEAD^")
	MustCommit(t, clone, "Side.md", "side\n")
	MustGit(t, clone, "checkout", "-q", "-f", "main")
	MustCommit(t, clone, "Main.md", "main\n")
	MustGit(t, clone, "merge", "-q", "--no-commit", "side")
	MustWrite(t, filepath.Join(clone, "Side.md"), "both\n")
	MustGit(t, clone, "add", "Side.md")
	MustGit(t, clone, "commit", "-q", "-m", "Merge")
	push()
	slices.Sort(got.touched)
	same("merged", got.touched, []string{"0→100644 Main.md", "0→100644 Side.md", "0→100644 Side.md"})
	s.MustBeClean()
}

// TestQuarantineStops hands a reviewer's refusal in the middle of a list on.
func TestQuarantineStops(t *testing.T) {
	s := MustServe(t)
	clone := s.MustSeed()
	calls := 0
	s.review = func(ctx context.Context, q transport.Quarantine, old, new repo.Hash) error {
		return q.Changes(ctx, old, new, func(c transport.Change) error {
			calls++
			return transport.Refuse("%s is not a page", c.Path)
		})
	}
	for i := range 50 {
		MustWrite(t, filepath.Join(clone, fmt.Sprintf("f%d", i)), "x")
	}
	MustGit(t, clone, "add", ".")
	MustGit(t, clone, "commit", "-q", "-m", "Many")
	MustFail(t, "(f0 is not a page)", clone, "push", "origin", "main")
	if calls != 1 {
		t.Errorf("called %d times", calls)
	}
}

// TestQuarantineLongPath refuses a path that no file system would take.
func TestQuarantineLongPath(t *testing.T) {
	s := MustServe(t)
	clone := s.MustSeed()
	s.review = func(ctx context.Context, q transport.Quarantine, old, new repo.Hash) error {
		return q.Changes(ctx, old, new, func(transport.Change) error { return nil })
	}
	tree := MustObject(t, clone, "tree", treeEntry(t, "100644", strings.Repeat("a", 20_000), MustObject(t, clone, "blob", "x")))
	MustGit(t, clone, "update-ref", "refs/heads/main", MustGit(t, clone, "commit-tree", tree, "-p", "HEAD", "-m", "Long"))
	MustFail(t, "(a path in the push is too long)", clone, "push", "origin", "main")
	s.MustBeClean()
}

func TestSweep(t *testing.T) {
	scratch, temporary := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", temporary)
	MustWrite(t, filepath.Join(temporary, "holt-view-1/HEAD"), "ref: refs/heads/main\n")
	MustWrite(t, filepath.Join(temporary, "other/HEAD"), "")
	for _, name := range []string{"holt-push-1/objects", "other"} {
		if err := os.MkdirAll(filepath.Join(scratch, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	MustWrite(t, filepath.Join(scratch, "holt-push-file"), "")
	names := func() (names []string) {
		entries, err := os.ReadDir(scratch)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	if err := transport.Sweep(scratch, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := names(); len(got) != 3 {
		t.Errorf("swept too early: %q left", got)
	}
	if err := transport.Sweep(scratch, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := names(); !slices.Equal(got, []string{"holt-push-file", "other"}) {
		t.Errorf("left %q", got)
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) != 1 || left[0].Name() != "other" {
		t.Errorf("left %v, %v in the directory for temporary files", left, err)
	}
	if err := transport.Sweep(filepath.Join(scratch, "missing"), time.Now()); err != nil {
		t.Error(err)
	}
}
