package library_test

import (
	"context"
	"testing"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/llm"
)

// A model of the same name that makes embeddings of another length is noticed
// by the first query, and all is embedded again.
func TestLibrary_EmbedDimension(t *testing.T) {
	for name, held := range matrices() {
		t.Run(name, func(t *testing.T) {
			l, o, _, _ := withEmbedder(t, held)
			MustAddText(t, l, "otters.txt", otters)
			second := MustAddText(t, l, "badgers.txt", badgers)
			query := library.Query{Text: "earthworm", Mode: library.ModeMeaning}
			MustSearch(t, l, query)
			next := newHashed(32, "hash-64")
			o.change(func() { o.embed.Local = next })
			MustSearch(t, l, query)
			if state := MustMeaning(t, l); state.Embedded != 0 || state.Total != 2 {
				t.Errorf("state %+v", state)
			}
			MustWork(t, l)
			if state := MustMeaning(t, l); !state.Ready() || next.n != 2 {
				t.Errorf("state %+v, %d embedded", state, next.n)
			}
			if r := MustSearch(t, l, query); r.Mode != library.ModeMeaning || len(r.Hits) == 0 || r.Hits[0].DocumentID != second.ID {
				t.Errorf("afterwards: %+v", r)
			}
			if n := l.CountVectors(t.Context()); n != 2 {
				t.Errorf("%d embeddings are kept", n)
			}
		})
	}
}

// After a restart the length of the newest embeddings counts.
func TestLibrary_EmbedDimensionKept(t *testing.T) {
	o := newOffers()
	o.embed.Local = newHashed(64, "hash")
	s := MustServe(t, settings{idle: true, change: o.config()})
	l := s.MustLibrary(t, "ada")
	MustAddText(t, l, "otters.txt", otters)
	o.change(func() { o.embed.Local = newHashed(32, "hash") })
	MustAddText(t, l, "badgers.txt", badgers)
	s.stop()
	l = MustServe(t, settings{idle: true, dir: s.dir, notes: s.notes, change: o.config()}).MustLibrary(t, "ada")
	MustMeaning(t, l)
	MustWork(t, l)
	if n, err := l.Nearest(t.Context(), "hash", make32()); err != nil || n != 2 {
		t.Errorf("%d passages have an embedding of the new length; %v", n, err)
	}
}

func make32() []float32 {
	v := make([]float32, 32)
	v[0] = 1
	return v
}

// ending is an embedder that takes a number of calls and then fails.
type ending struct {
	*hashed
	left int
}

func (e *ending) Embed(ctx context.Context, texts []string, query bool) ([][]float32, error) {
	if e.left--; e.left < 0 {
		return nil, &llm.Error{Reason: llm.Unreachable}
	}
	return e.hashed.Embed(ctx, texts, query)
}

// What another model replaced meanwhile is not held twice.
func TestLibrary_EmbedReplaced(t *testing.T) {
	l, o, first, _ := withEmbedder(t, matrices()["in memory"])
	MustAddPages(t, l, 200)
	MustWork(t, l)
	query := library.Query{Text: "otter", Mode: library.ModeMeaning}
	MustSearch(t, l, query)
	if n := l.HeldRows(); n != 200 {
		t.Fatalf("%d rows are held", n)
	}
	o.change(func() { o.embed.Local = &ending{newHashed(64, "other"), 2} })
	MustMeaning(t, l)
	MustWork(t, l)
	if state := MustMeaning(t, l); state.Embedded == 0 || state.Ready() {
		t.Fatalf("state %+v", state)
	}
	o.change(func() { o.embed.Local = first })
	MustMeaning(t, l)
	if err := l.HurryJobs(t.Context()); err != nil {
		t.Fatal(err)
	}
	MustWork(t, l)
	MustSearch(t, l, query)
	if n := l.HeldRows(); n != 200 {
		t.Errorf("%d rows are held of 200", n)
	}
}
