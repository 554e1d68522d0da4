package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/sqlite"
)

func TestSizeCeiling(t *testing.T) {
	db := MustOpen(t, filepath.Join(t.TempDir(), "full.db"),
		sqlite.Options{Schema: notes, Create: true, MaxBytes: 200 << 10})
	fill := func(n int) error {
		for i := range n {
			if err := add(t.Context(), db, fmt.Sprint(i, strings.Repeat(" otter", 4000))); err != nil {
				return err
			}
		}
		return nil
	}
	if err := fill(100); !errors.Is(err, sqlite.ErrFull) {
		t.Fatalf("got %v, want ErrFull", err)
	}
	kept := MustCount(t, db)
	if kept == 0 {
		t.Error("nothing fitted")
	}
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if size, err := db.Size(t.Context()); err != nil || size > 200<<10 {
		t.Errorf("size %d, %v; want at most %d", size, err, 200<<10)
	}
	if err := db.SetMaxBytes(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if err := add(t.Context(), db, strings.Repeat("more ", 50_000)); err != nil {
		t.Errorf("after the ceiling was lifted: %v", err)
	}
}

func TestCeilingIsNotChangedByHalves(t *testing.T) {
	db := MustOpen(t, filepath.Join(t.TempDir(), "x.db"), sqlite.Options{Schema: notes, Create: true})
	ended, end := context.WithCancel(t.Context())
	end()
	const ceiling = 200 << 10
	large := func(seed string) string { return strings.Repeat(seed, ceiling) }

	if err := db.SetMaxBytes(ended, ceiling); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was not done", err)
	}
	MustAdd(t, db, large("a")) // the old ceiling holds: none
	if err := db.SetMaxBytes(t.Context(), ceiling); err != nil {
		t.Fatal(err)
	}
	if err := add(t.Context(), db, large("b")); !errors.Is(err, sqlite.ErrFull) {
		t.Errorf("got %v, want ErrFull: the second call did nothing", err)
	}
	if err := db.SetMaxBytes(ended, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was not done", err)
	}
	if err := add(t.Context(), db, large("c")); !errors.Is(err, sqlite.ErrFull) {
		t.Errorf("got %v, want ErrFull: the ceiling was lifted in part", err)
	}
}

func TestFullFileIsMigrated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "full.db")
	old := MustOpen(t, path, sqlite.Options{Schema: notes, Create: true})
	MustAdd(t, old, "otter")
	size, err := old.Size(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	newer := notes
	newer.Steps = append(slices.Clone(notes.Steps), "CREATE TABLE later (x TEXT UNIQUE)")
	db := MustOpen(t, path, sqlite.Options{Schema: newer, MaxBytes: size})
	if v, err := db.Version(t.Context()); err != nil || v != 3 {
		t.Errorf("version %d, %v; want 3", v, err)
	}
	if err := add(t.Context(), db, strings.Repeat("more ", 50_000)); !errors.Is(err, sqlite.ErrFull) {
		t.Errorf("got %v, want ErrFull: the ceiling was forgotten", err)
	}
}
