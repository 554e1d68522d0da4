package transport_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/transport"
)

// MustSource makes a repository with a work tree, as an Otter Wiki has it, of
// three commits, and with another branch that nobody has checked out.
func MustSource(tb testing.TB) string {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "otter")
	MustGit(tb, "/", "init", "-q", dir)
	MustCommit(tb, dir, "home.md", "# Home\n")
	MustCommit(tb, dir, "a/attachment.bin", noise(1<<16))
	MustGit(tb, dir, "gc", "-q")
	MustGit(tb, dir, "checkout", "-q", "-b", "private")
	MustCommit(tb, dir, "secret.md", "unpublished words\n")
	MustGit(tb, dir, "checkout", "-q", "main")
	MustCommit(tb, dir, "home.md", "# Home\n\nMore.\n")
	return dir
}

func TestCloneIn(t *testing.T) {
	g := MustFind(t)
	source := MustSource(t)
	want, secret := MustGit(t, source, "rev-parse", "main"), MustGit(t, source, "rev-parse", "private")
	bare := filepath.Join(t.TempDir(), "bare")
	MustGit(t, "/", "clone", "-q", "--mirror", source, bare)
	packed := filepath.Join(t.TempDir(), "packed")
	MustGit(t, "/", "clone", "-q", source, packed)
	MustGit(t, packed, "pack-refs", "--all", "--prune")
	detached := filepath.Join(t.TempDir(), "detached")
	MustGit(t, "/", "clone", "-q", source, detached)
	MustGit(t, detached, "checkout", "-q", "--detach")
	for _, test := range []struct{ name, source, branch, want string }{
		{"with a work tree", source, "", "main"},
		{"bare", bare, "", "main"},
		{"packed references", packed, "", "main"},
		{"renamed", source, "wiki/pages", "wiki/pages"},
		{"detached", detached, "main", "main"},
	} {
		t.Run(test.name, func(t *testing.T) {
			target := t.TempDir()
			if err := g.CloneIn(t.Context(), test.source, target, test.branch); err != nil {
				t.Fatal(err)
			}
			if got := MustGit(t, target, "rev-parse", "HEAD"); got != want {
				t.Errorf("HEAD is %s, want %s", got, want)
			}
			if got := MustGit(t, target, "symbolic-ref", "HEAD"); got != "refs/heads/"+test.want {
				t.Errorf("HEAD is on %s", got)
			}
			if got := MustGit(t, target, "rev-list", "--count", "HEAD"); got != "3" {
				t.Errorf("%s commits", got)
			}
			if out, err := git(target, "cat-file", "-e", secret); err == nil {
				t.Errorf("another branch was taken too %s", out)
			}
			if got := MustGit(t, target, "for-each-ref", "--format=%(refname)"); got != "refs/heads/"+test.want {
				t.Errorf("references %q", got)
			}
			MustGit(t, target, "fsck", "--full", "--strict")
			entries, err := os.ReadDir(target)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, e := range entries {
				names = append(names, e.Name())
			}
			if got := strings.Join(names, " "); got != "HEAD config objects refs" {
				t.Errorf("the target holds %s", got)
			}
		})
	}
}

// TestCloneInPlanted takes over a repository that is full of traps.
func TestCloneInPlanted(t *testing.T) {
	canary := filepath.Join(t.TempDir(), "canary")
	source, target := MustSource(t), t.TempDir()
	want := MustGit(t, source, "rev-parse", "HEAD")
	MustPlant(t, filepath.Join(source, ".git"), canary)
	MustEnv(t, canary)
	g := MustFind(t)
	if err := g.CloneIn(t.Context(), source, target, ""); err != nil {
		t.Fatal(err)
	}
	if got := MustGit(t, target, "rev-parse", "HEAD"); got != want {
		t.Errorf("HEAD is %s, want %s", got, want)
	}
	for _, name := range []string{"hooks", "included"} {
		if _, err := os.Lstat(filepath.Join(target, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s was taken over", name)
		}
	}
	if config := MustGit(t, target, "config", "--list", "--local"); strings.Contains(config, "remote") {
		t.Errorf("the configuration was taken over: %s", config)
	}
	if text, err := os.ReadFile(canary); err == nil {
		t.Errorf("a trap snapped:\n%s", text)
	}
}

func TestCloneInRefuses(t *testing.T) {
	g := MustFind(t)
	other := MustSource(t)
	link := func(t *testing.T, dir, name string) {
		path := filepath.Join(dir, ".git", name)
		if err := errors.Join(os.RemoveAll(path), os.Symlink(filepath.Join(other, ".git", name), path)); err != nil {
			t.Fatal(err)
		}
	}
	objects := func(t *testing.T, dir, pattern string) string {
		names, err := filepath.Glob(filepath.Join(dir, ".git/objects", pattern))
		if err != nil || len(names) == 0 {
			t.Fatalf("no %s: %v", pattern, err)
		}
		return names[0]
	}
	rewrite := func(t *testing.T, path string, change func([]byte) []byte) {
		content, err := os.ReadFile(path)
		if err == nil {
			err = errors.Join(os.Remove(path), os.WriteFile(path, change(content), 0o600))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name  string
		spoil func(t *testing.T, dir string) (source string)
		says  string
	}{
		{"alternates", func(t *testing.T, dir string) string {
			shared := filepath.Join(t.TempDir(), "shared")
			MustGit(t, "/", "clone", "-q", "--shared", dir, shared)
			return shared
		}, "borrows"},
		{"objects are a link", func(t *testing.T, dir string) string { link(t, dir, "objects"); return dir }, "not a directory"},
		{"packs are a link", func(t *testing.T, dir string) string { link(t, dir, "objects/pack"); return dir }, "not a directory"},
		{"a folder of objects is a link", func(t *testing.T, dir string) string {
			path := filepath.Dir(objects(t, dir, "??/*"))
			if err := errors.Join(os.RemoveAll(path), os.Symlink(filepath.Join(other, ".git/objects"), path)); err != nil {
				t.Fatal(err)
			}
			return dir
		}, "not a directory"},
		{"an object is a link", func(t *testing.T, dir string) string {
			path := objects(t, dir, "??/*")
			if err := errors.Join(os.Remove(path), os.Symlink("/etc/passwd", path)); err != nil {
				t.Fatal(err)
			}
			return dir
		}, "not a plain file"},
		{"HEAD is a link", func(t *testing.T, dir string) string { link(t, dir, "HEAD"); return dir }, "not a plain file"},
		{".git is a link", func(t *testing.T, dir string) string {
			if err := errors.Join(os.RemoveAll(filepath.Join(dir, ".git")), os.Symlink(filepath.Join(other, ".git"), filepath.Join(dir, ".git"))); err != nil {
				t.Fatal(err)
			}
			return dir
		}, "no directory"},
		{"a linked work tree", func(t *testing.T, dir string) string {
			tree := filepath.Join(t.TempDir(), "tree")
			MustGit(t, dir, "worktree", "add", "-q", tree)
			return tree
		}, "no directory"},
		{"shallow", func(t *testing.T, dir string) string {
			shallow := filepath.Join(t.TempDir(), "shallow")
			MustGit(t, "/", "clone", "-q", "--depth=1", "file://"+dir, shallow)
			return shallow
		}, "unshallow"},
		{"partial", func(t *testing.T, dir string) string {
			partial := filepath.Join(t.TempDir(), "partial")
			MustGit(t, dir, "config", "uploadpack.allowFilter", "true")
			MustGit(t, "/", "clone", "-q", "--no-checkout", "--filter=blob:none", "file://"+dir, partial)
			return partial
		}, "completely"},
		{"SHA-256", func(t *testing.T, _ string) string {
			dir := filepath.Join(t.TempDir(), "sha256")
			MustGit(t, "/", "init", "-q", "--object-format=sha256", dir)
			MustCommit(t, dir, "home.md", "x\n")
			return dir
		}, "SHA-256"},
		{"no commits", func(t *testing.T, _ string) string {
			dir := filepath.Join(t.TempDir(), "empty")
			MustGit(t, "/", "init", "-q", dir)
			return dir
		}, "no commits"},
		{"detached without a name", func(t *testing.T, dir string) string {
			MustGit(t, dir, "checkout", "-q", "--detach")
			return dir
		}, "name the branch"},
		{"a missing object", func(t *testing.T, dir string) string {
			if err := os.Remove(objects(t, dir, "pack/*.pack")); err != nil {
				t.Fatal(err)
			}
			return dir
		}, "completely"},
		{"a damaged pack", func(t *testing.T, dir string) string {
			rewrite(t, objects(t, dir, "pack/*.pack"), func(b []byte) []byte {
				for i := len(b) / 2; i < len(b)/2+100; i++ {
					b[i] ^= 0x55
				}
				return b
			})
			return dir
		}, ""},
		{"an exchanged object", func(t *testing.T, dir string) string {
			tree := objects(t, dir, "??/*")
			from := MustGit(t, dir, "rev-parse", "HEAD:home.md")
			fake := MustObject(t, dir, "blob", "forged\n")
			path := func(hash string) string { return filepath.Join(dir, ".git/objects", hash[:2], hash[2:]) }
			content, err := os.ReadFile(path(fake))
			if err != nil {
				t.Fatal(err, tree)
			}
			rewrite(t, path(from), func([]byte) []byte { return content })
			return dir
		}, ""},
		{"a tree with ..", func(t *testing.T, dir string) string {
			inner := MustObject(t, dir, "tree", treeEntry(t, "100644", "f", MustObject(t, dir, "blob", "x")))
			tree := MustObject(t, dir, "tree", treeEntry(t, "40000", "..", inner))
			MustGit(t, dir, "update-ref", "HEAD", MustGit(t, dir, "commit-tree", tree, "-m", "x"))
			return dir
		}, "damaged"},
		{"a branch that is no commit", func(t *testing.T, dir string) string {
			MustWrite(t, filepath.Join(dir, ".git/refs/heads/main"), MustGit(t, dir, "rev-parse", "HEAD^{tree}")+"\n")
			return dir
		}, "damaged"},
	} {
		t.Run(test.name, func(t *testing.T) {
			source, target := test.spoil(t, MustSource(t)), t.TempDir()
			err := g.CloneIn(t.Context(), source, target, "")
			if !errors.Is(err, transport.ErrUnsupportedSource) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("it gives %v", err)
			}
			entries, err := os.ReadDir(target)
			if err != nil || len(entries) > 0 {
				t.Errorf("the target holds %v, %v", entries, err)
			}
		})
	}
	t.Run("a full target", func(t *testing.T) {
		target := t.TempDir()
		MustWrite(t, filepath.Join(target, "keep"), "x")
		if err := g.CloneIn(t.Context(), MustSource(t), target, ""); err == nil {
			t.Error("it was overwritten")
		}
		if _, err := os.Stat(filepath.Join(target, "keep")); err != nil {
			t.Error(err)
		}
	})
	for _, branch := range []string{"-x", "a..b", "../x", "/x", "x/", "a//b", ".x", "a/.b", "x.lock", "a b", "a\nb", "a:b", "HEAD", "@", "a@{1}", "x.", "a\\b", "*"} {
		if err := g.CloneIn(t.Context(), other, t.TempDir(), branch); !errors.Is(err, transport.ErrUnsupportedSource) {
			t.Errorf("branch %q gives %v", branch, err)
		}
	}
}

func TestCloneInCancelled(t *testing.T) {
	g := MustFind(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	target := t.TempDir()
	if err := g.CloneIn(ctx, MustSource(t), target, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("it gives %v", err)
	}
	if entries, err := os.ReadDir(target); err != nil || len(entries) > 0 {
		t.Errorf("the target holds %v, %v", entries, err)
	}
}
