package library_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/retrieve"
)

// patience is how long a test waits for what would otherwise never come.
const patience = 20 * time.Second

// Counting and failing at the same time do not wait for each other.
func TestLibrary_EmbedStateAtOnce(t *testing.T) {
	l, o, _, _ := withEmbedder(t)
	MustAddText(t, l, "otters.txt", otters)
	o.change(func() { o.embed.Local = newHashed(64, "other") }) // so that the problem is told
	done := make(chan struct{})
	go func() {
		defer close(done)
		var both sync.WaitGroup
		both.Go(func() {
			for range 500 {
				l.Recount()
				if _, err := l.Meaning(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
		both.Go(func() {
			for range 200_000 {
				l.SetProblem(errors.New("no model"))
			}
		})
		both.Wait()
	}()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("they wait for each other")
	}
}

// Who searches while a long book is published does not wait for its end only to
// have embeddings made.
func TestLibrary_EmbedAskedForAside(t *testing.T) {
	l, o, _, _ := withEmbedder(t)
	MustAddText(t, l, "otters.txt", otters)
	o.change(func() { o.embed.Local = newHashed(32, "next") })
	release := l.HoldWriter(t.Context())
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := l.Search(ctx, library.Query{Text: "otters"})
	if err != nil || r.Mode != library.ModeWords || len(r.Hits) != 1 || ctx.Err() != nil {
		t.Errorf("%+v, %v", r, errors.Join(err, ctx.Err()))
	}
	release()
	l.Settle()
	MustWork(t, l)
	if state := MustMeaning(t, l); !state.Ready() {
		t.Errorf("state %+v", state)
	}
}

// A search that cannot wait for the matrix leaves it to the next.
func TestLibrary_EmbedMatrixInBackground(t *testing.T) {
	l, _, e, _ := withEmbedder(t, matrices()["in memory"])
	MustAddPages(t, l, 20)
	MustWork(t, l)
	vectors, err := l.VectorReader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	waits := vectors.Stats().WaitCount
	release := MustHold(t, vectors)
	ctx, cancel := context.WithCancel(t.Context())
	searched := make(chan error, 1)
	go func() {
		query := make([]float32, 64)
		query[0] = 1
		_, err := l.Nearest(ctx, e.ID(), query)
		searched <- err
	}()
	awaitWait(t, vectors, waits)
	cancel()
	if err := <-searched; !errors.Is(err, context.Canceled) {
		t.Errorf("the search: %v", err)
	}
	release()
	l.Settle()
	if n := l.HeldRows(); n != 20 {
		t.Errorf("%d rows are held", n)
	}
}

// Embeddings that cannot be read take no room.
func TestLibrary_EmbedMatrixFails(t *testing.T) {
	budget := retrieve.NewBudget(1 << 20)
	l, _, e, _ := withEmbedder(t, func(c *library.Config) { c.Matrices = budget })
	MustAddPages(t, l, 20)
	MustWork(t, l)
	if err := l.SpoilVectors(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Nearest(t.Context(), e.ID(), make([]float32, 64)); !errors.Is(err, retrieve.ErrVector) {
		t.Errorf("the search: %v", err)
	}
	if n := budget.Used(); n != 0 {
		t.Errorf("%d bytes of the budget are taken", n)
	}
}
