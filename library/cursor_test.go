package library_test

import (
	"errors"
	"testing"

	"github.com/holtdb/holt/library"
)

// FuzzLibrary_After proves that whatever a client sends as the place to go on
// from is used or refused, and never anything else.
func FuzzLibrary_After(f *testing.F) {
	l := MustOpen(f, settings{})
	MustAdd(f, l, "a.pdf", PDF("The otter and the badger are on this page.", "The otter and the badger are here as well."))
	next := MustSearch(f, l, library.Query{Text: "otter", Limit: 1}).Next
	for _, s := range []string{next, "", "cwAAAAAAAAAAAAAAAAAAAAA", "bP_wAAAAAAAAAAAAAAAAAAA", "ZgAAAAAAAAAAAAAAAAAAAAAAAAAK", "eyJzIjoiYWRkZWQiLCJxIjoxfQ", "e30", "?"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, after string) {
		if _, err := l.Search(t.Context(), library.Query{Text: "otter", After: after}); err != nil && !errors.Is(err, library.ErrInvalid) {
			t.Errorf("search: %v", err)
		}
		if _, err := l.Documents(t.Context(), library.Filter{After: after}); err != nil && !errors.Is(err, library.ErrInvalid) {
			t.Errorf("list: %v", err)
		}
	})
}
