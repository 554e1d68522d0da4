package library_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract"
)

// awaitOr waits for an event that comes before the answer.
func awaitOr(tb testing.TB, answered <-chan error, event func() bool) {
	tb.Helper()
	for !event() {
		select {
		case err := <-answered:
			tb.Fatalf("answered too early: %v", err)
		default:
			runtime.Gosched()
		}
	}
}

// TestLibrary_PageImage_OneAtATime has a second page wait for the first.
func TestLibrary_PageImage_OneAtATime(t *testing.T) {
	l := MustOpen(t, settings{})
	doc := MustAdd(t, l, "a.pdf", LongPDF(2))
	release := l.HoldSlot()
	drawn := make(chan error, 1)
	go func() {
		_, err := l.PageImage(t.Context(), doc.ID, 1, 360)
		drawn <- err
	}()
	awaitOr(t, drawn, func() bool { return l.Queued() > 0 })
	release()
	if err := <-drawn; err != nil {
		t.Error(err)
	}
}

// TestLibrary_PageImage_NobodyWaits has the only client go away while its page
// waits and while it is drawn: neither is finished.
func TestLibrary_PageImage_NobodyWaits(t *testing.T) {
	l := MustOpen(t, settings{})
	doc := MustAdd(t, l, "slow.pdf", SlowPDF())
	for _, waiting := range []bool{true, false} {
		release := func() {}
		if waiting {
			release = l.HoldSlot()
		}
		ctx, cancel := context.WithCancel(t.Context())
		answered := make(chan error, 1)
		go func() {
			_, err := l.PageImage(ctx, doc.ID, 2, 2160)
			answered <- err
		}()
		awaitOr(t, answered, func() bool { return l.Drawing() && (!waiting || l.Queued() > 0) })
		cancel()
		if err := <-answered; !errors.Is(err, context.Canceled) {
			t.Errorf("waiting %v: %v", waiting, err)
		}
		release()
		l.Settle()
		if l.HasImage(doc.ID, 2, 2160) {
			t.Fatalf("waiting %v: the page was drawn for nobody", waiting)
		}
	}
}

// TestLibrary_PageImage_TooSlow draws a page that passes its time, once.
func TestLibrary_PageImage_TooSlow(t *testing.T) {
	s := MustServe(t, settings{})
	l := s.MustLibrary(t, "ada")
	doc := MustAdd(t, l, "a.pdf", LongPDF(2))
	l.SetTimes(time.Nanosecond, time.Minute)
	_, err := l.PageImage(t.Context(), doc.ID, 1, 360)
	if !errors.Is(err, library.ErrPageTooSlow) || !errors.Is(err, extract.ErrTooLarge) {
		t.Fatalf("image: %v", err)
	}
	l.SetTimes(time.Minute, time.Minute)
	if _, err := l.PageImage(t.Context(), doc.ID, 2, 360); err != nil {
		t.Errorf("another page: %v", err)
	}
	l.Settle()
	s.engine.Close() // whoever tries again meets ErrClosed
	for _, width := range []int{360, 2160} {
		if _, err := l.PageImage(t.Context(), doc.ID, 1, width); !errors.Is(err, library.ErrPageTooSlow) {
			t.Errorf("%d pixels wide again: %v", width, err)
		}
	}
	if p, err := l.Page(t.Context(), doc.ID, 1); err != nil || p.Text == "" {
		t.Errorf("the text: %q, %v", p.Text, err)
	}
}

// TestLibrary_PageImage_Ahead draws the next page only where that leaves a
// process to others.
func TestLibrary_PageImage_Ahead(t *testing.T) {
	for _, c := range []struct {
		processes int
		ahead     bool
	}{{1, false}, {2, true}} {
		l := MustOpen(t, settings{processes: c.processes})
		doc := MustAdd(t, l, "a.pdf", LongPDF(3))
		if _, err := l.PageImage(t.Context(), doc.ID, 1, 360); err != nil {
			t.Fatal(err)
		}
		l.Settle()
		if got := l.HasImage(doc.ID, 2, 360); got != c.ahead {
			t.Errorf("%d processes: next page drawn %v, want %v", c.processes, got, c.ahead)
		}
	}
}
