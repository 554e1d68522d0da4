package repo_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/repo"
)

// MustImport fills a repository with n commits by git fast-import: each changes
// one of the pages, and every tenth merges a side line.
func MustImport(tb testing.TB, dir string, n int) {
	tb.Helper()
	var b bytes.Buffer
	mark := 0
	commit := func(branch, file, text string, merge int) {
		mark++
		fmt.Fprintf(&b, "commit %s\nmark :%d\ncommitter a <a@example.org> %d +0000\ndata 1\nm\n", branch, mark, 1_700_000_000+mark)
		if merge > 0 {
			fmt.Fprintf(&b, "merge :%d\n", merge)
		}
		fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s\n", file, len(text), text)
	}
	page := strings.Repeat("a line of a page\n", 50)
	for mark < n {
		file := fmt.Sprintf("dir%02d/page%03d.md", mark%20, mark%500)
		if mark%10 == 8 {
			fmt.Fprintf(&b, "reset refs/heads/side\nfrom :%d\n\n", mark)
			commit("refs/heads/side", "side.md", fmt.Sprint(mark), 0)
			commit("refs/heads/main", file, page+fmt.Sprint(mark), mark)
			continue
		}
		commit("refs/heads/main", file, page+fmt.Sprint(mark), 0)
	}
	gitInput(tb, dir, b.Bytes(), "fast-import", "--quiet")
}

func TestAncestors(t *testing.T) {
	r, dir := MustCreate(t)
	MustImport(t, dir, 10_000)
	head := MustHead(t, r)
	commits, err := r.Ancestors(t.Context(), head, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Fields(git(t, dir, "rev-list", "main"))
	if len(commits) != len(want) || len(want) < 9_000 {
		t.Fatalf("%d commits, git has %d", len(commits), len(want))
	}
	position := make(map[repo.Hash]int)
	for i, c := range commits {
		for _, p := range c.Parents {
			if _, ok := position[p]; !ok {
				t.Fatalf("commit %s comes before its parent %s", c.Hash, p)
			}
		}
		position[c.Hash] = i
	}
	for _, text := range want {
		h, err := repo.ParseHash(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := position[h]; !ok {
			t.Fatalf("commit %s is missing", h)
		}
	}

	// Only what is new, as git counts it.
	base := commits[len(commits)-100].Hash
	old := make(map[repo.Hash]bool)
	before, err := r.Ancestors(t.Context(), base, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range before {
		old[c.Hash] = true
	}
	news, err := r.Ancestors(t.Context(), head, func(h repo.Hash) bool { return old[h] })
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Fields(git(t, dir, "rev-list", "main", "^"+base.String())); len(news) != len(want) {
		t.Errorf("%d new commits, git counts %d", len(news), len(want))
	}
	if none, err := r.Ancestors(t.Context(), repo.Hash{}, nil); err != nil || none != nil {
		t.Errorf("ancestors of nothing: %d, %v", len(none), err)
	}
}

// TestPackedContent compares every file of a delta-compressed repository with git.
func TestPackedContent(t *testing.T) {
	r, dir := MustCreate(t)
	MustImport(t, dir, 600)
	git(t, dir, "repack", "-adfq", "--depth=200", "--window=50")
	head := MustHead(t, r)
	files, err := r.Files(t.Context(), head)
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	if deltas := git(t, dir, "cat-file", "--batch-all-objects", "--batch-check=%(deltabase)"); strings.Count(deltas, strings.Repeat("0", 40)) > strings.Count(deltas, "\n")/2 {
		t.Fatal("the pack holds too few deltas for the test")
	}
	for _, f := range files {
		data, err := r.Blob(t.Context(), f.Blob, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if want := git(t, dir, "cat-file", "blob", "main:"+f.Path.String()); want != string(data) {
			t.Fatalf("%s: %q, git has %q", f.Path, data, want)
		}
		full, err := r.File(t.Context(), head, f.Path)
		if err != nil || full.Size != int64(len(data)) {
			t.Fatalf("%s: size %d of %d, %v", f.Path, full.Size, len(data), err)
		}
		if _, err := r.Blob(t.Context(), f.Blob, full.Size-1); !errors.Is(err, repo.ErrTooLarge) {
			t.Fatalf("%s above the limit: %v", f.Path, err)
		}
	}
}

func TestChanges(t *testing.T) {
	r, dir := MustCreate(t)
	first := MustWrite(t, r, put(t, "same/deep/x", "1"), put(t, "d/a", "1"), put(t, "d/b", "1"), put(t, "e", "1"), put(t, "f/x", "1"))
	second := MustWrite(t, r, put(t, "d/a", "2"), remove(t, "d/b"), put(t, "d/c", "1"), remove(t, "e"), put(t, "e/x", "1"), remove(t, "f/x"), put(t, "f", "1"))

	// What both share is not looked at: it may even be missing.
	shared := git(t, dir, "rev-parse", "HEAD:same")
	if err := os.Remove(filepath.Join(dir, "objects", shared[:2], shared[2:])); err != nil {
		t.Fatal(err)
	}
	show := func(from, to repo.Hash) (out []string) {
		changes, err := r.Changes(t.Context(), from, to)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			kind := "M"
			if c.Old.IsZero() {
				kind = "A"
			} else if c.New.IsZero() {
				kind = "D"
			}
			out = append(out, kind+" "+c.Path.String())
		}
		return out
	}
	if got, want := show(first, second), []string{"M d/a", "D d/b", "A d/c", "D e", "A e/x", "A f", "D f/x"}; !slices.Equal(got, want) {
		t.Errorf("changes %q, want %q", got, want)
	}
	if got, want := show(second, first), []string{"M d/a", "A d/b", "D d/c", "A e", "D e/x", "D f", "A f/x"}; !slices.Equal(got, want) {
		t.Errorf("changes back %q, want %q", got, want)
	}
	if got := show(second, second); got != nil {
		t.Errorf("changes to itself %q", got)
	}
	if _, err := r.Changes(t.Context(), repo.Hash{}, second); !errors.Is(err, repo.ErrNotFound) {
		t.Errorf("a folder is missing: %v", err)
	}
}

func TestResolve(t *testing.T) {
	r, dir := MustCreate(t)
	resolve := func(text string) (repo.Hash, error) {
		rev, err := repo.ParseRevision(text)
		if err != nil {
			t.Fatal(err)
		}
		return r.Resolve(t.Context(), rev)
	}
	if _, err := resolve("HEAD"); !errors.Is(err, repo.ErrNotFound) {
		t.Errorf("HEAD of nothing: %v", err)
	}
	MustImport(t, dir, 2_000)
	head := MustHead(t, r)
	loose := MustWrite(t, r, put(t, "new", "1"))
	for _, h := range []repo.Hash{head, loose} {
		for _, text := range []string{h.String(), h.String()[:16], strings.ToUpper(h.String()[:20])} {
			if got, err := resolve(text); err != nil || got != h {
				t.Errorf("%s: %s, %v", text, got, err)
			}
		}
	}
	if got, err := resolve("HEAD"); err != nil || got != loose {
		t.Errorf("HEAD: %s, %v", got, err)
	}
	tree := git(t, dir, "rev-parse", "HEAD^{tree}")
	for _, text := range []string{tree, tree[:16], strings.Repeat("0", 40), strings.Repeat("0", 12), head.String() + "00"} {
		if got, err := resolve(text); !errors.Is(err, repo.ErrNotFound) {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	// Abbreviations are ambiguous exactly where two commits share them.
	count := make(map[string][]string)
	for _, text := range strings.Fields(git(t, dir, "rev-list", "--all")) {
		count[text[:4]] = append(count[text[:4]], text)
	}
	ambiguous := 0
	for prefix, full := range count {
		got, err := resolve(prefix)
		if len(full) > 1 {
			ambiguous++
			if !errors.Is(err, repo.ErrAmbiguous) {
				t.Errorf("%s fits %d commits: %s, %v", prefix, len(full), got, err)
			}
		} else if err != nil || got.String() != full[0] {
			t.Errorf("%s: %s, %v", prefix, got, err)
		}
	}
	if ambiguous == 0 {
		t.Error("no two commits share four digits")
	}
}

func BenchmarkAncestors(b *testing.B) {
	r, dir := MustCreate(b)
	MustImport(b, dir, 10_000)
	git(b, dir, "repack", "-adq")
	head := MustHead(b, r)
	for b.Loop() {
		if _, err := r.Ancestors(b.Context(), head, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	r, dir := MustCreate(b)
	MustImport(b, dir, 10_000)
	p := MustPath(b, "dir03/page003.md")
	for b.Loop() {
		f, err := r.File(b.Context(), MustHead(b, r), p)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.Blob(b.Context(), f.Blob, 1<<20); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	r, dir := MustCreate(b)
	MustImport(b, dir, 1_000)
	n := 0
	for b.Loop() {
		n++
		MustWrite(b, r, put(b, "dir03/page003.md", fmt.Sprint(n)))
	}
}
