package tenant_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

// openIndex opens a tenant's databases and returns the derived one.
func openIndex(ctx context.Context, f *tenant.Fleet, id tenant.ID, use func(index *sqlite.DB) error) (err error) {
	h, err := f.Open(ctx, id)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	primary, err := h.OpenDatabase(ctx, "notes.db", tenant.DatabaseOptions{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, primary.Close()) }()
	index, err := h.OpenDatabase(ctx, "index.db", tenant.DatabaseOptions{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, index.Close()) }()
	return use(index)
}

func addWord(ctx context.Context, index *sqlite.DB) error {
	return index.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO word VALUES ('otter')")
		return err
	})
}

// MustLoseIndex removes a tenant's derived database.
func MustLoseIndex(tb testing.TB, dir, name string) {
	tb.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(homePath(dir, name), "index.db"+suffix)); err != nil && !os.IsNotExist(err) {
			tb.Fatal(err)
		}
	}
}

func TestDerivedDatabaseIsRebuilt(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	MustCreate(t, f, "bob")
	MustLoseIndex(t, dir, "bob")
	MustWrite(t, filepath.Join(homePath(dir, "bob"), "index.db-wal"), "left by the old one")
	err := openIndex(t.Context(), f, MustID(t, "bob"), func(index *sqlite.DB) error { return index.Check(t.Context()) })
	if err != nil {
		t.Error(err)
	}
}

// TestOneRebuildsForAll: of two processes that miss a derived database, the
// second must not replace what the first made.
func TestOneRebuildsForAll(t *testing.T) {
	dir := t.TempDir()
	fleets := []*tenant.Fleet{MustFleet(t, dir), MustFleet(t, dir)}
	bob := MustID(t, "bob")
	MustCreate(t, fleets[0], "bob")
	for range 20 {
		MustLoseIndex(t, dir, "bob")
		var wg sync.WaitGroup
		for _, f := range fleets {
			wg.Go(func() {
				err := openIndex(t.Context(), f, bob, func(index *sqlite.DB) error { return addWord(t.Context(), index) })
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var words int
		err := openIndex(t.Context(), fleets[0], bob, func(index *sqlite.DB) error {
			return index.Reader().QueryRow("SELECT count(*) FROM word").Scan(&words)
		})
		if err != nil || words != len(fleets) {
			t.Fatalf("%d words, %v; want one of each", words, err)
		}
	}
}

func TestRebuildKeepsOthersOut(t *testing.T) {
	dir := t.TempDir()
	f, other := MustFleet(t, dir), MustFleet(t, dir)
	bob := MustID(t, "bob")
	MustCreate(t, f, "bob")
	MustLoseIndex(t, dir, "bob")
	h, err := other.Open(t.Context(), bob)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	primary, err := h.OpenDatabase(t.Context(), "notes.db", tenant.DatabaseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer primary.Close()
	ended, end := context.WithCancel(t.Context())
	end()
	var meanwhile error
	f.SetTrace(func(point string) {
		if point == "rebuild:cleared" {
			_, meanwhile = h.OpenDatabase(ended, "index.db", tenant.DatabaseOptions{})
		}
	})
	if err := openIndex(t.Context(), f, bob, func(index *sqlite.DB) error { return addWord(t.Context(), index) }); err != nil {
		t.Error(err)
	}
	wantErr(t, meanwhile, tenant.ErrBusy)
}

func TestDatabaseOfEarlierHome(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	MustCreate(t, f, "bob")
	old := filepath.Join(dir, "old.db")
	MustCopy(t, filepath.Join(homePath(dir, "bob"), "index.db"), old)
	if err := f.Delete(t.Context(), MustID(t, "bob")); err != nil {
		t.Fatal(err)
	}
	MustCreate(t, f, "bob")
	MustCopy(t, old, filepath.Join(homePath(dir, "bob"), "index.db"))
	h, err := f.Open(t.Context(), MustID(t, "bob"))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	primary, err := h.OpenDatabase(t.Context(), "notes.db", tenant.DatabaseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer primary.Close()
	_, err = h.OpenDatabase(t.Context(), "index.db", tenant.DatabaseOptions{})
	wantErr(t, err, tenant.ErrWrongHome)
}

func TestDatabaseVersionChangesNothing(t *testing.T) {
	dir := t.TempDir()
	MustCreate(t, MustFleet(t, dir), "bob")
	MustLoseIndex(t, dir, "bob")
	h, err := MustFleetOf(t, dir, nextNotesKind()).Open(t.Context(), MustID(t, "bob"))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for range 2 {
		if v, err := h.DatabaseVersion(t.Context(), "notes.db"); err != nil || v != 1 {
			t.Errorf("version %d, %v; want 1", v, err)
		}
		_, err := h.DatabaseVersion(t.Context(), "index.db")
		wantErr(t, err, sqlite.ErrMissing)
	}
}
