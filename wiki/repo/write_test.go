package repo_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/holtdb/holt/wiki/repo"
)

func TestWriteIsReadByGit(t *testing.T) {
	r, dir := MustCreate(t)
	fsck(t, dir)
	if h := MustHead(t, r); !h.IsZero() {
		t.Fatalf("head of an empty repository: %s", h)
	}
	first := MustWrite(t, r, put(t, "Home.md", "hello\n"), put(t, "Guides/Set up.md", "a"), put(t, "Guides/Set up/plan.png", "b"))
	second := MustWrite(t, r, put(t, "Guides/Set up.md", "c"), remove(t, "Home.md"))
	fsck(t, dir)
	if got := git(t, dir, "rev-parse", "main"); got != second.String() {
		t.Errorf("git sees %s, want %s", got, second)
	}
	if got, want := git(t, dir, "ls-tree", "-r", "--name-only", "HEAD"), "Guides/Set up.md\nGuides/Set up/plan.png"; got != want {
		t.Errorf("git lists %q, want %q", got, want)
	}
	if got, want := git(t, dir, "log", "--format=%an <%ae> %ai|%s"), "Ada <ada@example.org> 2026-03-01 12:00:00 +0100|Edit"; got != want+"\n"+want {
		t.Errorf("git log: %q", got)
	}
	if got := listing(t, r, first); !slices.Equal(got, []string{"Guides/Set up.md=a", "Guides/Set up/plan.png=b", "Home.md=hello\n"}) {
		t.Errorf("first commit: %q", got)
	}
	c, err := r.Commit(t.Context(), second)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Parents, []repo.Hash{first}) || c.Message != "Edit" || c.Author.Name != "Ada" || !c.Author.When.Equal(ada.When) || c.Committer.Email != ada.Email {
		t.Errorf("commit: %+v", c)
	}
	if found := leftovers(t, dir); found != nil {
		t.Errorf("left behind: %q", found)
	}
}

func TestWriteCases(t *testing.T) {
	tests := []struct {
		name  string
		edits func(tb testing.TB) []repo.Edit
		want  []string
		err   error
	}{
		{"unchanged content", func(tb testing.TB) []repo.Edit { return []repo.Edit{put(tb, "a.md", "1")} }, nil, repo.ErrUnchanged},
		{"no edits", func(tb testing.TB) []repo.Edit { return nil }, nil, repo.ErrUnchanged},
		{"file over folder", func(tb testing.TB) []repo.Edit { return []repo.Edit{put(tb, "d", "x")} }, nil, repo.ErrConflictingPath},
		{"file below file", func(tb testing.TB) []repo.Edit { return []repo.Edit{put(tb, "a.md/x", "x")} }, nil, repo.ErrConflictingPath},
		{"delete nothing", func(tb testing.TB) []repo.Edit { return []repo.Edit{remove(tb, "none")} }, nil, repo.ErrNotFound},
		{"delete below nothing", func(tb testing.TB) []repo.Edit { return []repo.Edit{remove(tb, "none/x")} }, nil, repo.ErrNotFound},
		{"delete folder", func(tb testing.TB) []repo.Edit { return []repo.Edit{remove(tb, "d")} }, nil, repo.ErrNotFound},
		{"edited twice", func(tb testing.TB) []repo.Edit { return []repo.Edit{put(tb, "n", "1"), put(tb, "n", "2")} }, nil, repo.ErrConflictingPath},
		{"no path", func(tb testing.TB) []repo.Edit { return []repo.Edit{{Content: []byte("x")}} }, nil, repo.ErrInvalidPath},
		{"blob that is not there", func(tb testing.TB) []repo.Edit {
			return []repo.Edit{{Path: MustPath(tb, "n"), Blob: repo.Hash{1}}}
		}, nil, repo.ErrNotFound},
		{"emptied folder vanishes", func(tb testing.TB) []repo.Edit {
			return []repo.Edit{remove(tb, "d/e/x.md"), remove(tb, "d/y.md")}
		}, []string{"a.md=1"}, nil},
		{"file becomes folder", func(tb testing.TB) []repo.Edit {
			return []repo.Edit{remove(tb, "a.md"), put(tb, "a.md/b", "2")}
		}, []string{"a.md/b=2", "d/e/x.md=3", "d/y.md=4"}, nil},
		{"folder becomes file", func(tb testing.TB) []repo.Edit {
			return []repo.Edit{remove(tb, "d/e/x.md"), put(tb, "d/e", "5")}
		}, []string{"a.md=1", "d/e=5", "d/y.md=4"}, nil},
		{"empty file", func(tb testing.TB) []repo.Edit { return []repo.Edit{put(tb, "n", "")} },
			[]string{"a.md=1", "d/e/x.md=3", "d/y.md=4", "n="}, nil},
		{"everything deleted", func(tb testing.TB) []repo.Edit {
			return []repo.Edit{remove(tb, "a.md"), remove(tb, "d/e/x.md"), remove(tb, "d/y.md")}
		}, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, dir := MustCreate(t)
			base := MustWrite(t, r, put(t, "a.md", "1"), put(t, "d/e/x.md", "3"), put(t, "d/y.md", "4"))
			h, err := write(t.Context(), r, base, test.edits(t)...)
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			if err != nil {
				if got := MustHead(t, r); got != base {
					t.Error("a failed write moved the branch")
				}
				if found := leftovers(t, dir); found != nil {
					t.Errorf("left behind: %q", found)
				}
				return
			}
			if got := listing(t, r, h); !slices.Equal(got, test.want) {
				t.Errorf("files %q, want %q", got, test.want)
			}
			fsck(t, dir)
		})
	}
}

func TestWriteOrdersAsGit(t *testing.T) {
	r, dir := MustCreate(t)
	names := []string{"a", "a.md", "a-b", "a0", "b/c", "b.md", "b-", "b0", "ä", "Z"}
	var edits []repo.Edit
	for _, name := range names {
		edits = append(edits, put(t, name, name))
	}
	MustWrite(t, r, edits...)
	MustWrite(t, r, remove(t, "a"), put(t, "a/x", "1"))
	fsck(t, dir)
	git(t, dir, "read-tree", "--index-output="+dir+"/index.check", "HEAD")
	if tree := git(t, dir, "rev-parse", "HEAD^{tree}"); tree != gitInput(t, dir, []byte(git(t, dir, "ls-tree", "HEAD")+"\n"), "mktree") {
		t.Error("git orders the tree in another way")
	}
}

func TestWriteMovesBlob(t *testing.T) {
	r, dir := MustCreate(t)
	content := bytes.Repeat([]byte("picture"), 100_000)
	blob, err := r.WriteStream(t.Context(), bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	again, err := r.WriteStream(t.Context(), bytes.NewReader(content), int64(len(content)))
	if err != nil || again != blob {
		t.Fatalf("second time: %s, %v", again, err)
	}
	MustWrite(t, r, repo.Edit{Path: MustPath(t, "p/old.png"), Blob: blob})
	h := MustWrite(t, r, remove(t, "p/old.png"), repo.Edit{Path: MustPath(t, "q/new.png"), Blob: blob})
	f, err := r.File(t.Context(), h, MustPath(t, "q/new.png"))
	if err != nil || f.Blob != blob || f.Size != int64(len(content)) {
		t.Fatalf("file: %+v, %v", f, err)
	}
	stream, size, err := r.OpenBlob(t.Context(), blob)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(stream)
	if err != nil || size != int64(len(content)) || !bytes.Equal(got, content) {
		t.Fatalf("stream of %d bytes: %d read, %v", size, len(got), err)
	}
	stream.Close()
	if _, err := r.Blob(t.Context(), blob, int64(len(content))-1); !errors.Is(err, repo.ErrTooLarge) {
		t.Errorf("blob above the limit: %v", err)
	}
	fsck(t, dir)
}

func TestWriteStreamOfWrongLength(t *testing.T) {
	r, dir := MustCreate(t)
	for _, size := range []int64{-1, 0, 4, 6} {
		if h, err := r.WriteStream(t.Context(), strings.NewReader("12345"), size); err == nil {
			t.Errorf("size %d: stored %s", size, h)
		}
	}
	if found := leftovers(t, dir); found != nil {
		t.Errorf("left behind: %q", found)
	}
}

func TestWriteCleansSignature(t *testing.T) {
	r, dir := MustCreate(t)
	h, err := r.Write(t.Context(), repo.Write{
		Edits:   []repo.Edit{put(t, "a", "1")},
		Author:  repo.Signature{Name: "Eve <root>\ncommitter x", Email: "a>b\x00@c\n"},
		Message: "one\x00\r\n\r\ntwo\xff  \n\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	fsck(t, dir)
	c, err := r.Commit(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	if c.Author.Name != "Eve root committer x" || c.Author.Email != "ab @c" || c.Message != "one\n\ntwo\uFFFD" {
		t.Errorf("commit: %+v", c)
	}
	if _, err := r.Write(t.Context(), repo.Write{Parent: h, Edits: []repo.Edit{put(t, "a", "2")}}); err != nil {
		t.Fatal(err)
	}
	fsck(t, dir)
}

func TestConcurrentWriters(t *testing.T) {
	r, dir := MustCreate(t)
	other := MustOpen(t, dir)
	const writers, rounds = 8, 10
	parent := MustWrite(t, r, put(t, "start", ""))
	for round := range rounds {
		var wg sync.WaitGroup
		won := make(chan repo.Hash, writers)
		for n := range writers {
			wg.Go(func() {
				in := []*repo.Repository{r, other}[n%2]
				h, err := write(t.Context(), in, parent, put(t, fmt.Sprintf("f%d", n), fmt.Sprint(round)))
				switch {
				case err == nil:
					won <- h
				case !errors.Is(err, repo.ErrMoved):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		close(won)
		if len(won) != 1 {
			t.Fatalf("%d writers won", len(won))
		}
		parent = <-won
		if MustHead(t, r) != parent || MustHead(t, other) != parent {
			t.Fatal("the winner is not the head")
		}
	}
	fsck(t, dir)
	if found := leftovers(t, dir); found != nil {
		t.Errorf("left behind: %q", found)
	}
}

func TestAdvance(t *testing.T) {
	r, _ := MustCreate(t)
	first := MustWrite(t, r, put(t, "a", "1"))
	second := MustWrite(t, r, put(t, "a", "2"))
	if err := r.Advance(t.Context(), first, second); !errors.Is(err, repo.ErrMoved) {
		t.Errorf("from the wrong commit: %v", err)
	}
	if err := r.Advance(t.Context(), second, repo.Hash{7}); !errors.Is(err, repo.ErrNotFound) {
		t.Errorf("to no commit: %v", err)
	}
	if err := r.Advance(t.Context(), second, first); err != nil || MustHead(t, r) != first {
		t.Errorf("head %s, %v", MustHead(t, r), err)
	}
}
