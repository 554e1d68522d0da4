package library_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/retrieve"
	"github.com/holtdb/holt/llm"
)

func MustMeaning(tb testing.TB, l *library.Library) library.MeaningState {
	tb.Helper()
	l.Recount()
	state, err := l.Meaning(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	l.Settle() // what is missing is asked for in the background
	return state
}

// withEmbedder serves a library whose jobs the test does itself.
func withEmbedder(tb testing.TB, change ...func(*library.Config)) (*library.Library, *offers, *hashed, *server) {
	tb.Helper()
	o, e := newOffers(), newHashed(64, "hash-64")
	o.embed.Local = e
	s := MustServe(tb, settings{idle: true, change: o.config(change...)})
	return s.MustLibrary(tb, "ada"), o, e, s
}

func MustAddText(tb testing.TB, l *library.Library, name, content string) library.Document {
	tb.Helper()
	doc := MustUpload(tb, l, name, []byte(content))
	MustWork(tb, l)
	doc, err := l.Document(tb.Context(), doc.ID)
	if err != nil || doc.Progress.Status != library.Ready {
		tb.Fatalf("%s: %+v, %v", name, doc.Progress, err)
	}
	return doc
}

// matrices are the ways in which embeddings are held.
func matrices() map[string]func(*library.Config) {
	return map[string]func(*library.Config){
		"in memory":   func(c *library.Config) { c.Matrices = retrieve.NewBudget(1 << 20) },
		"no room":     func(c *library.Config) { c.Matrices = retrieve.NewBudget(1) },
		"read always": func(*library.Config) {},
	}
}

func TestLibrary_Search_Modes(t *testing.T) {
	for name, held := range matrices() {
		t.Run(name, func(t *testing.T) {
			l, o, _, _ := withEmbedder(t, held)
			first := MustAddText(t, l, "otters.txt", otters)
			second := MustAddText(t, l, "badgers.txt", badgers)
			for _, c := range []struct {
				query library.Query
				mode  library.Mode
				first string // document
			}{
				{library.Query{Text: "otters fish"}, library.ModeHybrid, first.ID},
				{library.Query{Text: "otters fish", Mode: library.ModeWords}, library.ModeWords, first.ID},
				{library.Query{Text: "otters fish", Mode: library.ModeMeaning}, library.ModeMeaning, first.ID},
				{library.Query{Text: "earthworm", Mode: library.ModeMeaning}, library.ModeMeaning, second.ID},
				{library.Query{Text: `"eat fish"`}, library.ModeWords, first.ID},
				{library.Query{Text: "otters -badgers"}, library.ModeWords, first.ID},
				{library.Query{Text: "otters fish", Mode: library.ModeMeaning, Documents: []string{second.ID}}, library.ModeMeaning, second.ID},
				{library.Query{Text: "otters fish -earthworms", Mode: library.ModeHybrid}, library.ModeHybrid, first.ID},
			} {
				r := MustSearch(t, l, c.query)
				if r.Mode != c.mode || r.Notice != "" || len(r.Hits) == 0 || r.Hits[0].DocumentID != c.first {
					t.Errorf("%+v: %+v", c.query, r)
					continue
				}
				if r.Mode != library.ModeWords && r.Hits[0].End == 0 {
					t.Errorf("%+v: no passage in %+v", c.query, r.Hits[0])
				}
				for _, h := range r.Hits {
					if strings.Contains(c.query.Text, "-earthworms") && h.DocumentID == second.ID {
						t.Errorf("an excluded page: %+v", h)
					}
				}
			}
			if _, err := l.Search(t.Context(), library.Query{Text: "x", Mode: "magic"}); !errors.Is(err, library.ErrInvalid) {
				t.Errorf("an unknown mode: %v", err)
			}
			// What is deleted is not found any more, and what comes is.
			if err := l.Delete(t.Context(), second.ID); err != nil {
				t.Fatal(err)
			}
			for _, h := range MustSearch(t, l, library.Query{Text: "earthworm", Mode: library.ModeMeaning}).Hits {
				if h.DocumentID == second.ID {
					t.Error("a deleted document is found")
				}
			}
			third := MustAddText(t, l, "moles.txt", "Moles eat earthworms as well, in the meadow beside the river bank.")
			r := MustSearch(t, l, library.Query{Text: "earthworms in a meadow", Mode: library.ModeMeaning})
			if len(r.Hits) == 0 || r.Hits[0].DocumentID != third.ID {
				t.Errorf("what came later: %+v", r)
			}
			o.change(func() { o.embed.Local = nil })
			r = MustSearch(t, l, library.Query{Text: "otters", Mode: library.ModeMeaning})
			if r.Mode != library.ModeWords || r.Notice == "" || len(r.Hits) != 1 {
				t.Errorf("without a model: %+v", r)
			}
		})
	}
}

// Every hit comes once over the parts of an answer.
func TestLibrary_Search_FusedPaging(t *testing.T) {
	l, _, _, _ := withEmbedder(t)
	texts := make([]string, 30)
	for i := range texts {
		texts[i] = fmt.Sprintf("Otter number %d swims in river %d.", i, i%7)
	}
	if err := l.AddPages(t.Context(), "Many otters", texts); err != nil {
		t.Fatal(err)
	}
	MustWork(t, l)
	seen := make(map[int]bool)
	q := library.Query{Text: "otter river", Mode: library.ModeHybrid, Limit: 7}
	for {
		r := MustSearch(t, l, q)
		for _, h := range r.Hits {
			if seen[h.Page] {
				t.Errorf("page %d comes twice", h.Page)
			}
			seen[h.Page] = true
		}
		if q.After = r.Next; q.After == "" {
			break
		}
	}
	if len(seen) != len(texts) {
		t.Errorf("%d pages of %d", len(seen), len(texts))
	}
}

func TestLibrary_ModelChange(t *testing.T) {
	l, o, before, _ := withEmbedder(t, matrices()["in memory"])
	MustAddText(t, l, "otters.txt", otters)
	MustAddText(t, l, "badgers.txt", badgers)
	if state := MustMeaning(t, l); !state.Ready() || state.Embedded != state.Total || state.Model != "hash-64" {
		t.Fatalf("state %+v", state)
	}
	MustSearch(t, l, library.Query{Text: "otters"})
	next := newHashed(32, "hash-32")
	o.change(func() { o.embed.Local = next })
	r := MustSearch(t, l, library.Query{Text: "otters fish"})
	if r.Mode != library.ModeWords || !strings.Contains(r.Notice, "0 of 2") || len(r.Hits) == 0 {
		t.Errorf("meanwhile: %+v", r)
	}
	l.Settle()
	MustWork(t, l) // the search asked for it
	if state := MustMeaning(t, l); !state.Ready() || state.Model != "hash-32" {
		t.Errorf("state %+v", state)
	}
	if r := MustSearch(t, l, library.Query{Text: "otters fish"}); r.Mode != library.ModeHybrid || r.Hits[0].Title != "otters" {
		t.Errorf("after: %+v", r)
	}
	if before.n != 2 || next.n != 2 {
		t.Errorf("%d and %d passages were embedded", before.n, next.n)
	}
	if n := l.CountVectors(t.Context()); n != 2 {
		t.Errorf("%d embeddings are kept", n)
	}
}

// A model server that is away does not keep words from being found; the work
// goes on where it was when it is back.
func TestLibrary_EmbeddingFails(t *testing.T) {
	l, _, e, _ := withEmbedder(t)
	e.setFail(&library.ModelError{Call: &llm.Error{Reason: llm.Unreachable, Endpoint: llm.Endpoint{URL: "http://models.example"}}})
	MustAddText(t, l, "otters.txt", otters)
	state := MustMeaning(t, l)
	if state.Ready() || state.Problem == "" || strings.Contains(state.Problem, "models.example") || state.Total != 1 {
		t.Errorf("state %+v", state)
	}
	r := MustSearch(t, l, library.Query{Text: "otters", Mode: library.ModeHybrid})
	if r.Mode != library.ModeWords || r.Notice == "" || len(r.Hits) != 1 {
		t.Errorf("meanwhile: %+v", r)
	}
	e.setFail(nil)
	l.HurryJobs(t.Context())
	MustWork(t, l)
	if state := MustMeaning(t, l); !state.Ready() || state.Problem != "" {
		t.Errorf("back again: %+v", state)
	}
	// A query that cannot be embedded is still searched by words.
	e.setFail(&library.ModelError{Call: &llm.Error{Reason: llm.Overloaded}})
	r = MustSearch(t, l, library.Query{Text: "otters"})
	if r.Mode != library.ModeWords || r.Notice == "" || len(r.Hits) != 1 {
		t.Errorf("a query that is not embedded: %+v", r)
	}
}

// A model that does not answer keeps nobody waiting for long.
func TestLibrary_EmbeddingHangs(t *testing.T) {
	l, _, e, _ := withEmbedder(t)
	MustAddText(t, l, "otters.txt", otters)
	e.hang = true
	l.SetEmbedTime(1)
	r := MustSearch(t, l, library.Query{Text: "otters"})
	if r.Mode != library.ModeWords || r.Notice == "" || len(r.Hits) != 1 {
		t.Errorf("%+v", r)
	}
}

// The file of embeddings may be taken away at any time while the library is closed.
func TestLibrary_EmbeddingsAreDerived(t *testing.T) {
	o := newOffers()
	o.embed.Local = newHashed(64, "hash-64")
	s := MustServe(t, settings{idle: true, change: o.config()})
	l := s.MustLibrary(t, "ada")
	MustAddText(t, l, "otters.txt", otters)
	s.stop()
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(s.dir, "users", "ada", "pagepiper_vecs.db"+end)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	l = MustServe(t, settings{idle: true, dir: s.dir, notes: s.notes, change: o.config()}).MustLibrary(t, "ada")
	if state := MustMeaning(t, l); state.Embedded != 0 || state.Total != 1 {
		t.Errorf("state %+v", state)
	}
	MustWork(t, l)
	if r := MustSearch(t, l, library.Query{Text: "otters fish"}); r.Mode != library.ModeHybrid {
		t.Errorf("after: %+v", r)
	}
}

// A library that is being embedded gives its place to others.
func TestLibrary_EmbeddingInSlices(t *testing.T) {
	l, _, e, _ := withEmbedder(t)
	texts := make([]string, 200)
	for i := range texts {
		texts[i] = fmt.Sprintf("Page %d tells of an otter.", i)
	}
	if err := l.AddPages(t.Context(), "Long", texts); err != nil {
		t.Fatal(err)
	}
	l.SetSlice(1) // a nanosecond
	tasks := 0
	for {
		task, _, err := l.Claim(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if task == nil {
			break
		}
		tasks++
		if tasks == 2 {
			l.SetSlice(1 << 40)
		}
		task(context.Background())
	}
	if tasks < 2 || e.n != len(texts) {
		t.Errorf("%d tasks embedded %d passages of %d", tasks, e.n, len(texts))
	}
}
