package platform_test

import (
	"testing"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/tenant/queue"
)

var _ queue.Ledger = platform.Ledger{}

func MustParseID(tb testing.TB, name string) tenant.ID {
	tb.Helper()
	id, err := tenant.ParseID(name)
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

func TestWaiting(t *testing.T) {
	s, _ := MustOpen(t)
	ledger, other := s.Ledger("users"), s.Ledger("wikis")
	alice, bob := MustParseID(t, "alice"), MustParseID(t, "bob")
	note := func(l platform.Ledger, id tenant.ID) int64 {
		t.Helper()
		generation, err := l.Note(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return generation
	}
	expect := func(l platform.Ledger, want ...queue.Note) {
		t.Helper()
		notes, err := l.Notes(t.Context())
		if err != nil || len(notes) != len(want) {
			t.Fatalf("notes: %v, %v; want %v", notes, err, want)
		}
		for i := range want {
			if notes[i] != want[i] {
				t.Errorf("note %d: %v, want %v", i, notes[i], want[i])
			}
		}
	}
	first := note(ledger, alice)
	b := note(ledger, bob)
	second := note(ledger, alice)
	elsewhere := note(other, alice)
	expect(ledger, queue.Note{ID: bob, Generation: b}, queue.Note{ID: alice, Generation: second})
	if err := ledger.Clear(t.Context(), alice, first); err != nil {
		t.Fatal(err)
	}
	expect(ledger, queue.Note{ID: bob, Generation: b}, queue.Note{ID: alice, Generation: second})
	if err := ledger.Clear(t.Context(), alice, second); err != nil {
		t.Fatal(err)
	}
	expect(ledger, queue.Note{ID: bob, Generation: b})
	expect(other, queue.Note{ID: alice, Generation: elsewhere})

	// A note made anew is never taken for one that was cleared.
	third := note(ledger, alice)
	for _, old := range []int64{first, second} {
		if err := ledger.Clear(t.Context(), alice, old); err != nil {
			t.Fatal(err)
		}
	}
	expect(ledger, queue.Note{ID: bob, Generation: b}, queue.Note{ID: alice, Generation: third})
}
