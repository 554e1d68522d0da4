package repo_test

import (
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/repo"
)

// rawEntry is an entry of a tree as an attacker may write it.
type rawEntry struct{ mode, name, hash string }

// rawTree stores a tree that git itself would refuse.
func rawTree(tb testing.TB, dir string, entries ...rawEntry) string {
	tb.Helper()
	var data []byte
	for _, e := range entries {
		h, err := hex.DecodeString(e.hash)
		if err != nil {
			tb.Fatal(err)
		}
		data = append(data, e.mode+" "+e.name+"\x00"...)
		data = append(data, h...)
	}
	return gitInput(tb, dir, data, "hash-object", "--literally", "-w", "-t", "tree", "--stdin")
}

// rawCommit commits a tree and moves the branch to it.
func rawCommit(tb testing.TB, dir, tree string, parents ...string) repo.Hash {
	tb.Helper()
	args := []string{"commit-tree", "-m", "hostile", tree}
	for _, p := range parents {
		args = append(args, "-p", p)
	}
	text := git(tb, dir, args...)
	git(tb, dir, "update-ref", "refs/heads/main", text)
	h, err := repo.ParseHash(text)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

func TestHostileTree(t *testing.T) {
	r, dir := MustCreate(t)
	blob := gitInput(t, dir, []byte("x"), "hash-object", "-w", "--stdin")
	target := gitInput(t, dir, []byte("/etc/passwd"), "hash-object", "-w", "--stdin")
	inner := rawTree(t, dir, rawEntry{"100644", "page.md", blob})
	commit := rawCommit(t, dir, inner)
	tree := rawTree(t, dir,
		rawEntry{"100644", ".", blob},
		rawEntry{"40000", "..", inner},
		rawEntry{"100644", "../x", blob},
		rawEntry{"40000", ".git", inner},
		rawEntry{"40000", ".GIT ", inner},
		rawEntry{"40000", ".g\u200cit", inner},
		rawEntry{"40000", "GIT~1", inner},
		rawEntry{"100644", "/etc/passwd", blob},
		rawEntry{"100644", "C:\\x", blob},
		rawEntry{"100644", "bad\xff", blob},
		rawEntry{"100644", "line\nbreak", blob},
		rawEntry{"100644", strings.Repeat("n", 256), blob},
		rawEntry{"120000", "link", target},
		rawEntry{"160000", "module", commit.String()},
		rawEntry{"100644", "twice", blob},
		rawEntry{"100644", "twice", target},
		rawEntry{"100644", "both", blob},
		rawEntry{"40000", "both", inner},
		rawEntry{"040000", "old", inner},
		rawEntry{"100755", "run.sh", blob},
		rawEntry{"100644", "good.md", blob},
	)
	head := rawCommit(t, dir, tree, commit.String())
	want := []string{"good.md=x", "old/page.md=x", "run.sh=x"}
	if got := listing(t, r, head); !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
	for _, name := range []string{"link", "link/x", "module", "module/page.md", "twice", "both", "both/page.md", "old"} {
		if f, err := r.File(t.Context(), head, MustPath(t, name)); !errors.Is(err, repo.ErrNotFound) {
			t.Errorf("file %q: %+v, %v", name, f, err)
		}
	}
	changes, err := r.Changes(t.Context(), repo.Hash{}, head)
	if err != nil {
		t.Fatal(err)
	}
	var changed []string
	for _, c := range changes {
		changed = append(changed, c.Path.String())
	}
	if !slices.Equal(changed, []string{"good.md", "old/page.md", "run.sh"}) {
		t.Errorf("changed %q", changed)
	}
	for _, name := range []string{"link", "link/x", "module", "module/x", "twice", "both", "both/x"} {
		if _, err := write(t.Context(), r, head, put(t, name, "y")); !errors.Is(err, repo.ErrConflictingPath) {
			t.Errorf("write to %q: %v", name, err)
		}
	}

	// Whatever is not understood stays as it is.
	next := MustWrite(t, r, put(t, "good.md", "y"), put(t, "run.sh", "z"))
	raw := func(h repo.Hash) []string {
		var kept []string
		text := git(t, dir, "cat-file", "tree", h.String()+"^{tree}")
		for text != "" {
			line, rest, _ := strings.Cut(text, "\x00")
			if !strings.HasSuffix(line, " good.md") && !strings.HasSuffix(line, " run.sh") {
				kept = append(kept, line+hex.EncodeToString([]byte(rest[:20])))
			}
			text = rest[20:]
		}
		slices.Sort(kept)
		return kept
	}
	if before, after := raw(head), raw(next); !slices.Equal(before, after) || len(after) != 19 {
		t.Errorf("other entries changed from %q to %q", before, after)
	}
	if out := git(t, dir, "ls-tree", next.String(), "run.sh"); !strings.HasPrefix(out, "100755") {
		t.Errorf("executable file: %s", out)
	}
}

func TestTreeWithEmptyName(t *testing.T) {
	r, dir := MustCreate(t)
	blob := gitInput(t, dir, []byte("x"), "hash-object", "-w", "--stdin")
	head := rawCommit(t, dir, rawTree(t, dir, rawEntry{"100644", "", blob}, rawEntry{"100644", "a", blob}))
	if got := listing(t, r, head); !slices.Equal(got, []string{"a=x"}) {
		t.Errorf("listed %q", got)
	}
}

func TestDeepTree(t *testing.T) {
	r, dir := MustCreate(t)
	blob := gitInput(t, dir, []byte("x"), "hash-object", "-w", "--stdin")
	tree := rawTree(t, dir, rawEntry{"100644", "deep", blob})
	for range 600 {
		tree = rawTree(t, dir, rawEntry{"40000", "d", tree})
	}
	top := rawTree(t, dir, rawEntry{"40000", "d", tree}, rawEntry{"100644", "page.md", blob})
	head := rawCommit(t, dir, top)
	if got := listing(t, r, head); !slices.Equal(got, []string{"page.md=x"}) {
		t.Errorf("listed %d files", len(got))
	}
	if changes, err := r.Changes(t.Context(), repo.Hash{}, head); err != nil || len(changes) != 1 {
		t.Errorf("%d changes, %v", len(changes), err)
	}
}

// TestTreeBomb walks a commit of thirty objects that stands for 2^28 files.
func TestTreeBomb(t *testing.T) {
	r, dir := MustCreate(t)
	blob := gitInput(t, dir, []byte("x"), "hash-object", "-w", "--stdin")
	tree := rawTree(t, dir, rawEntry{"100644", "a", blob}, rawEntry{"100644", "b", blob})
	for range 27 {
		tree = rawTree(t, dir, rawEntry{"40000", "a", tree}, rawEntry{"40000", "b", tree})
	}
	head := rawCommit(t, dir, tree)
	if _, err := r.Files(t.Context(), head); !errors.Is(err, repo.ErrTooLarge) {
		t.Errorf("files: %v", err)
	}
	if _, err := r.Changes(t.Context(), repo.Hash{}, head); !errors.Is(err, repo.ErrTooLarge) {
		t.Errorf("changes: %v", err)
	}
}
