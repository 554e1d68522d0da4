package repo_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/repo"
)

func TestOpenRefuses(t *testing.T) {
	write := func(tb testing.TB, file, text string) {
		tb.Helper()
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	elsewhere := func(name string) func(testing.TB, string) {
		return func(tb testing.TB, dir string) {
			to := filepath.Join(tb.TempDir(), "moved")
			if err := os.Rename(filepath.Join(dir, name), to); err != nil {
				tb.Fatal(err)
			}
			if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
				tb.Fatal(err)
			}
		}
	}
	config := "[core]\n\trepositoryformatversion = 1\n\tbare = true\n"
	tests := []struct {
		name string
		harm func(tb testing.TB, dir string)
		err  error
		says string
	}{
		{"no HEAD", func(tb testing.TB, dir string) { os.Remove(filepath.Join(dir, "HEAD")) }, repo.ErrNotRepository, "HEAD is missing"},
		{"no objects", func(tb testing.TB, dir string) { os.RemoveAll(filepath.Join(dir, "objects")) }, repo.ErrNotRepository, "objects is missing"},
		{"objects elsewhere", elsewhere("objects"), repo.ErrNotRepository, "objects is of the wrong type"},
		{"packs elsewhere", elsewhere("objects/pack"), repo.ErrNotRepository, "objects/pack is of the wrong type"},
		{"references elsewhere", elsewhere("refs"), repo.ErrNotRepository, "refs is of the wrong type"},
		{"HEAD elsewhere", elsewhere("HEAD"), repo.ErrNotRepository, "HEAD is of the wrong type"},
		{"alternates", func(tb testing.TB, dir string) { write(tb, filepath.Join(dir, "objects/info/alternates"), "/tmp") }, repo.ErrNotRepository, "borrows"},
		{"shallow", func(tb testing.TB, dir string) { write(tb, filepath.Join(dir, "shallow"), "") }, repo.ErrNotRepository, "unshallow"},
		{"detached HEAD", func(tb testing.TB, dir string) {
			write(tb, filepath.Join(dir, "HEAD"), strings.Repeat("1", 40)+"\n")
		}, repo.ErrNotRepository, "HEAD names no branch"},
		{"HEAD outside", func(tb testing.TB, dir string) {
			write(tb, filepath.Join(dir, "HEAD"), "ref: refs/heads/../../config\n")
		}, repo.ErrNotRepository, "HEAD names no branch"},
		{"HEAD is a lock", func(tb testing.TB, dir string) {
			write(tb, filepath.Join(dir, "HEAD"), "ref: refs/heads/a.lock\n")
		}, repo.ErrNotRepository, "HEAD names no branch"},
		{"broken configuration", func(tb testing.TB, dir string) { write(tb, filepath.Join(dir, "config"), "[core") }, repo.ErrNotRepository, "configuration"},
		{"huge configuration", func(tb testing.TB, dir string) {
			write(tb, filepath.Join(dir, "config"), strings.Repeat("# x\n", 1<<20))
		}, repo.ErrTooLarge, "config"},
		{"newer format", func(tb testing.TB, dir string) {
			write(tb, filepath.Join(dir, "config"), "[core]\n\trepositoryformatversion = 2\n")
		}, repo.ErrUnsupported, "format version"},
		{"SHA-256", func(tb testing.TB, dir string) {
			write(tb, filepath.Join(dir, "config"), config+"[extensions]\n\tobjectFormat = sha256\n")
		}, repo.ErrUnsupported, "only SHA-1"},
		{"reftable", func(tb testing.TB, dir string) {
			write(tb, filepath.Join(dir, "config"), config+"[extensions]\n\trefStorage = reftable\n")
		}, repo.ErrUnsupported, "refstorage=reftable"},
		{"partial clone", func(tb testing.TB, dir string) {
			write(tb, filepath.Join(dir, "config"), config+"[extensions]\n\tpartialClone = origin\n")
		}, repo.ErrUnsupported, "partialclone"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, dir := MustCreate(t)
			test.harm(t, dir)
			r, err := repo.Open(dir)
			if err == nil {
				r.Close()
			}
			if !errors.Is(err, test.err) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want %v with %q", err, test.err, test.says)
			}
		})
	}
}

func TestOpenOfGit(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q", "--bare", "--object-format=sha256", ".")
	if _, err := repo.Open(dir); !errors.Is(err, repo.ErrUnsupported) {
		t.Errorf("SHA-256 repository: %v", err)
	}
	dir = t.TempDir()
	git(t, dir, "init", "-q", ".")
	if _, err := repo.Open(dir); !errors.Is(err, repo.ErrNotRepository) {
		t.Errorf("repository with a working tree: %v", err)
	}
	if _, err := repo.Open("relative"); !errors.Is(err, repo.ErrNotRepository) {
		t.Errorf("relative path: %v", err)
	}
	if _, err := repo.Open(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
}

func TestCreate(t *testing.T) {
	_, dir := MustCreate(t)
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := repo.Create(t.Context(), root, "main"); !errors.Is(err, repo.ErrExists) {
		t.Errorf("create over a repository: %v", err)
	}
	// What a crash before the last step leaves is completed.
	if err := root.Remove("HEAD"); err != nil {
		t.Fatal(err)
	}
	if err := repo.Create(t.Context(), root, "wiki"); err != nil {
		t.Fatal(err)
	}
	if r := MustOpen(t, dir); r.Branch() != "wiki" {
		t.Errorf("branch %q", r.Branch())
	}
	if got := git(t, dir, "symbolic-ref", "HEAD"); got != "refs/heads/wiki" {
		t.Errorf("git sees %q", got)
	}
	if err := root.Remove("HEAD"); err != nil {
		t.Fatal(err)
	}
	for _, branch := range []string{"", "-x", "a..b", "a b", "@", "HEAD", "a.lock", "a/.b", "../x", "a~1", "a^", "a?", "x.", "a@{b", "/a", "a/"} {
		if err := repo.Create(t.Context(), root, branch); !errors.Is(err, repo.ErrInvalidPath) {
			t.Errorf("branch %q: %v", branch, err)
		}
	}
}

func TestSize(t *testing.T) {
	r, _ := MustCreate(t)
	before, err := r.Size(t.Context())
	if err != nil || before == 0 {
		t.Fatalf("%d bytes, %v", before, err)
	}
	MustWrite(t, r, put(t, "a", "1"))
	if after, err := r.Size(t.Context()); err != nil || after <= before {
		t.Errorf("%d bytes after %d, %v", after, before, err)
	}
}
