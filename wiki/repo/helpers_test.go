package repo_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/wiki/repo"
)

// ada signs the commits of the tests.
var ada = repo.Signature{Name: "Ada", Email: "ada@example.org", When: time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("", 3600))}

// MustCreate makes and opens an empty repository and returns its directory.
func MustCreate(tb testing.TB) (*repo.Repository, string) {
	tb.Helper()
	dir := tb.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		tb.Fatal(err)
	}
	defer root.Close()
	if err := repo.Create(tb.Context(), root, "main"); err != nil {
		tb.Fatal(err)
	}
	return MustOpen(tb, dir), dir
}

// MustOpen opens a repository for the life of the test.
func MustOpen(tb testing.TB, dir string) *repo.Repository {
	tb.Helper()
	r, err := repo.Open(dir)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { r.Close() })
	return r
}

// MustPath parses a path.
func MustPath(tb testing.TB, text string) repo.Path {
	tb.Helper()
	p, err := repo.ParsePath(text)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// put is an edit that writes text.
func put(tb testing.TB, path, text string) repo.Edit {
	return repo.Edit{Path: MustPath(tb, path), Content: []byte(text)}
}

// remove is an edit that deletes a file.
func remove(tb testing.TB, path string) repo.Edit {
	return repo.Edit{Path: MustPath(tb, path), Delete: true}
}

// MustWrite commits edits on top of the branch.
func MustWrite(tb testing.TB, r *repo.Repository, edits ...repo.Edit) repo.Hash {
	tb.Helper()
	h, err := write(tb.Context(), r, MustHead(tb, r), edits...)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// write commits edits on top of parent.
func write(ctx context.Context, r *repo.Repository, parent repo.Hash, edits ...repo.Edit) (repo.Hash, error) {
	return r.Write(ctx, repo.Write{Parent: parent, Edits: edits, Author: ada, Message: "Edit"})
}

// MustHead returns the branch's commit.
func MustHead(tb testing.TB, r *repo.Repository) repo.Hash {
	tb.Helper()
	h, err := r.Head(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// listing returns "path=content" of each file of a commit.
func listing(tb testing.TB, r *repo.Repository, commit repo.Hash) []string {
	tb.Helper()
	files, err := r.Files(tb.Context(), commit)
	if err != nil {
		tb.Fatal(err)
	}
	var out []string
	for _, f := range files {
		text, err := r.Blob(tb.Context(), f.Blob, 1<<20)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, f.Path.String()+"="+string(text))
	}
	return out
}

// git runs the real git in dir and returns its output without the line end.
func git(tb testing.TB, dir string, args ...string) string {
	tb.Helper()
	return gitInput(tb, dir, nil, args...)
}

// gitInput runs the real git in dir with input.
func gitInput(tb testing.TB, dir string, input []byte, args ...string) string {
	tb.Helper()
	out, err := tryGit(tb, dir, input, args...)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// tryGit is git for a command that may fail.
func tryGit(tb testing.TB, dir string, input []byte, args ...string) (string, error) {
	tb.Helper()
	program, err := exec.LookPath("git")
	if err != nil {
		tb.Skip("there is no git program")
	}
	cmd := exec.CommandContext(context.Background(), program, args...)
	cmd.Dir = dir
	cmd.Stdin = bytes.NewReader(input)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME=Git", "GIT_AUTHOR_EMAIL=git@example.org", "GIT_COMMITTER_NAME=Git", "GIT_COMMITTER_EMAIL=git@example.org", "LC_ALL=C")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", &gitError{args, err, stderr.String()}
	}
	return strings.TrimRight(stdout.String(), "\n"), nil
}

// gitError is a failed git command.
type gitError struct {
	args   []string
	err    error
	stderr string
}

// Error implements error.
func (e *gitError) Error() string {
	return "git " + strings.Join(e.args, " ") + ": " + e.err.Error() + ": " + e.stderr
}

// fsck lets git check a repository, strictly.
func fsck(tb testing.TB, dir string) {
	tb.Helper()
	if out := git(tb, dir, "fsck", "--strict", "--full", "--no-dangling"); out != "" {
		tb.Errorf("git fsck: %s", out)
	}
}

// leftovers returns the locks and unfinished objects in a repository.
func leftovers(tb testing.TB, dir string) []string {
	tb.Helper()
	var found []string
	for _, pattern := range []string{"refs/heads/*.lock", "objects/tmp_obj_*", "*.new"} {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			tb.Fatal(err)
		}
		found = append(found, names...)
	}
	return found
}
