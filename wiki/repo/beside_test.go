package repo_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/holtdb/holt/wiki/repo"
)

// TestBesideGC reads and writes while git packs, prunes and drops packs.
func TestBesideGC(t *testing.T) {
	r, dir := MustCreate(t)
	first := MustWrite(t, r, put(t, "start.md", "start"), put(t, "d/x.md", "x"))
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				head, err := r.Head(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				files, err := r.Files(t.Context(), head)
				if err != nil || len(files) < 2 {
					t.Errorf("%d files, %v", len(files), err)
					return
				}
				for _, f := range files {
					if _, err := r.Blob(t.Context(), f.Blob, 1<<20); err != nil {
						t.Error(err)
						return
					}
				}
				if _, err := r.Commit(t.Context(), first); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	const rounds = 6
	for round := range rounds {
		for n := range 5 {
			MustWrite(t, r, put(t, fmt.Sprintf("d/page%d.md", n), fmt.Sprint(round)))
		}
		git(t, dir, "gc", "--quiet")
		if _, err := os.Stat(filepath.Join(dir, "refs/heads/main")); !os.IsNotExist(err) {
			t.Fatalf("gc left the branch unpacked: %v", err)
		}
		if got := MustHead(t, r).String(); got != git(t, dir, "rev-parse", "main") {
			t.Fatalf("head %s after gc", got)
		}
	}
	close(stop)
	wg.Wait()
	fsck(t, dir)
	if got := git(t, dir, "rev-list", "--count", "main"); got != fmt.Sprint(1+rounds*5) {
		t.Errorf("%s commits", got)
	}
}

// TestBesidePush lets real pushes and writes compete for the branch: each that
// is told to have won must be in the history.
func TestBesidePush(t *testing.T) {
	r, dir := MustCreate(t)
	MustWrite(t, r, put(t, "start.md", "start"))
	work := t.TempDir()
	git(t, work, "clone", "-q", dir, ".")
	const rounds = 10
	var wg sync.WaitGroup
	wg.Go(func() {
		for n := range rounds {
			for {
				head, err := r.Head(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				_, err = write(t.Context(), r, head, put(t, fmt.Sprintf("written%d.md", n), "w"))
				if err == nil {
					break
				}
				if !errors.Is(err, repo.ErrMoved) {
					t.Error(err)
					return
				}
			}
		}
	})
	for n := range rounds {
		name := fmt.Sprintf("pushed%d.md", n)
		if err := os.WriteFile(filepath.Join(work, name), []byte("p"), 0o600); err != nil {
			t.Fatal(err)
		}
		git(t, work, "add", name)
		git(t, work, "commit", "-qm", name)
		for {
			_, err := tryGit(t, work, nil, "push", "-q", "origin", "HEAD:main")
			if err == nil {
				break
			}
			git(t, work, "pull", "-q", "--rebase", "origin", "main")
		}
	}
	wg.Wait()
	fsck(t, dir)
	files := listing(t, r, MustHead(t, r))
	for n := range rounds {
		for _, want := range []string{fmt.Sprintf("pushed%d.md=p", n), fmt.Sprintf("written%d.md=w", n)} {
			if !slices.Contains(files, want) {
				t.Errorf("%s was lost", want)
			}
		}
	}
	if got := git(t, dir, "rev-list", "--count", "main"); got != fmt.Sprint(1+2*rounds) {
		t.Errorf("%s commits", got)
	}
}

func TestHeadSeesOtherProcesses(t *testing.T) {
	r, dir := MustCreate(t)
	first := MustWrite(t, r, put(t, "a", "1"))
	second := MustWrite(t, r, put(t, "a", "2"))
	git(t, dir, "update-ref", "refs/heads/main", first.String())
	if got := MustHead(t, r); got != first {
		t.Errorf("head %s", got)
	}
	git(t, dir, "pack-refs", "--all", "--prune")
	if got := MustHead(t, r); got != first {
		t.Errorf("packed head %s", got)
	}
	if err := r.Advance(t.Context(), first, second); err != nil {
		t.Fatal(err)
	}
	if got := git(t, dir, "rev-parse", "main"); got != second.String() {
		t.Errorf("git sees %s", got)
	}
}

func TestBranchWithSlashes(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q", "--bare", "-b", "team/wiki", ".")
	r := MustOpen(t, dir)
	if r.Branch() != "team/wiki" {
		t.Fatalf("branch %q", r.Branch())
	}
	MustWrite(t, r, put(t, "a", "1"))
	git(t, dir, "pack-refs", "--all", "--prune")
	if _, err := os.Stat(filepath.Join(dir, "refs/heads/team")); !os.IsNotExist(err) {
		t.Logf("git keeps empty folders: %v", err)
	}
	h := MustWrite(t, r, put(t, "a", "2"))
	if got := git(t, dir, "rev-parse", "team/wiki"); got != h.String() {
		t.Errorf("git sees %s", got)
	}
	fsck(t, dir)
}

// TestExistingObjectsAreKept writes the same content twice and looks at the files.
func TestExistingObjectsAreKept(t *testing.T) {
	r, dir := MustCreate(t)
	count := func() int {
		return strings.Count(git(t, dir, "cat-file", "--batch-all-objects", "--batch-check"), "\n") + 1
	}
	MustWrite(t, r, put(t, "a", "same"), put(t, "b", "other"))
	before := count()
	blob := git(t, dir, "rev-parse", "HEAD:a")
	file := filepath.Join(dir, "objects", blob[:2], blob[2:])
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	MustWrite(t, r, put(t, "c", "same"))
	if after := count(); after != before+2 { // a tree and a commit
		t.Errorf("%d objects became %d", before, after)
	}
	again, err := os.Stat(file)
	if err != nil || !os.SameFile(info, again) {
		t.Errorf("the blob was written again: %v", err)
	}
	git(t, dir, "gc", "-q")
	MustWrite(t, r, put(t, "d", "same"))
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the packed blob was written again: %v", err)
	}
	fsck(t, dir)
}
