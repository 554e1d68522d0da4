package transport_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/holtdb/holt/wiki/repo"
)

// TestWithRepository lets pushes land in a repository that package repo made
// and has open, between edits on the server, packing and new pushes.
func TestWithRepository(t *testing.T) {
	s := MustServe(t)
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := repo.Create(t.Context(), root, "main"); err != nil {
		t.Fatal(err)
	}
	r, err := repo.Open(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s.moveBranch = func(ctx context.Context, old, new repo.Hash) error { return r.Advance(ctx, old, new) }

	clone := s.MustClone()
	home, err := repo.ParsePath("Home.md")
	if err != nil {
		t.Fatal(err)
	}
	who := repo.Signature{Name: "Ada", Email: "ada@example.org", When: time.Unix(1, 0)}
	for _, content := range []string{"one", "two"} {
		MustCommit(t, clone, "Pushed.md", content)
		MustGit(t, clone, "push", "-q", "origin", "main")
		head, err := r.Head(t.Context())
		if err != nil || head.String() != MustGit(t, clone, "rev-parse", "HEAD") {
			t.Fatalf("the repository is at %s, %v", head, err)
		}
		if _, err := r.Write(t.Context(), repo.Write{
			Parent: head, Author: who, Committer: who, Message: "Edit",
			Edits: []repo.Edit{{Path: home, Content: []byte(content)}},
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.git.Maintain(t.Context(), s.dir); err != nil {
			t.Fatal(err)
		}
		MustGit(t, clone, "pull", "-q", "--ff-only", "origin", "main")
		if got, err := os.ReadFile(filepath.Join(clone, "Home.md")); err != nil || string(got) != content {
			t.Errorf("pulled %q, %v", got, err)
		}
		if _, err := r.Files(t.Context(), s.tip()); err != nil {
			t.Error(err)
		}
	}
	s.MustBeClean()
}

// TestCloneInOpens opens what was taken over.
func TestCloneInOpens(t *testing.T) {
	g := MustFind(t)
	source, target := MustSource(t), t.TempDir()
	if err := g.CloneIn(t.Context(), source, target, ""); err != nil {
		t.Fatal(err)
	}
	r, err := repo.Open(target)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	head, err := r.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	files, err := r.Files(t.Context(), head)
	if err != nil || len(files) != 2 {
		t.Errorf("%d files, %v", len(files), err)
	}
}
