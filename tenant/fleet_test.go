package tenant_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

func homePath(dir, name string) string { return filepath.Join(dir, "notebooks", name) }

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	MustCreate(t, f, "bob")
	wantErr(t, f.Create(t.Context(), MustID(t, "bob")), tenant.ErrExists)
	wantErr(t, f.Create(t.Context(), tenant.ID{}), tenant.ErrInvalidID)
	for _, name := range []string{"notes.db", "index.db", "uploads"} {
		if _, err := os.Stat(filepath.Join(homePath(dir, "bob"), name)); err != nil {
			t.Error(err)
		}
	}
	if left, err := os.ReadDir(filepath.Join(dir, "tmp")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if info, err := os.Stat(homePath(dir, "bob")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("home is open to others: %v, %v", info.Mode(), err)
	}
}

func TestCreateRace(t *testing.T) {
	f := MustFleet(t, t.TempDir())
	var made atomic.Int32
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			switch err := f.Create(t.Context(), MustID(t, "bob")); {
			case err == nil:
				made.Add(1)
			case !errors.Is(err, tenant.ErrExists):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := made.Load(); n != 1 {
		t.Errorf("%d creations succeeded, want 1", n)
	}
}

func TestSweep(t *testing.T) {
	dir := t.TempDir()
	MustFleet(t, dir)
	fresh, old := filepath.Join(dir, "tmp", "fresh"), filepath.Join(dir, "tmp", "old")
	for _, d := range []string{fresh, old} {
		if err := os.MkdirAll(filepath.Join(d, "uploads"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	MustFleet(t, dir)
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the old one is still there: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("a home under construction was swept: %v", err)
	}
}

func TestIDs(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	want := []string{"BOB", "alice", "bob", "did:plc:x"}
	MustCreate(t, f, want...)
	if err := os.Mkdir(homePath(dir, "Not-An-ID"), 0o700); err != nil {
		t.Fatal(err)
	}
	var got []string
	bad := 0
	for id, err := range f.IDs(t.Context()) {
		if err != nil {
			bad++
			continue
		}
		got = append(got, id.String())
	}
	slices.Sort(got)
	if !slices.Equal(got, want) || bad != 1 {
		t.Errorf("got %q and %d errors, want %q and 1", got, bad, want)
	}
}

// TestTroubleStaysAlone puts each kind of trouble into one tenant's home and
// looks that it is named there and that the neighbour works.
func TestTroubleStaysAlone(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, home, neighbour string)
		want  error
		says  string
	}{
		{"rubbish in the file", func(t *testing.T, home, _ string) {
			MustWrite(t, filepath.Join(home, "notes.db"), strings.Repeat("rubbish! ", 1000))
		}, sqlite.ErrCorrupt, "notes.db"},
		{"empty file", func(t *testing.T, home, _ string) {
			MustWrite(t, filepath.Join(home, "notes.db"), "")
		}, tenant.ErrWrongHome, "notes.db"},
		{"file of another tenant", func(t *testing.T, home, neighbour string) {
			MustCopy(t, filepath.Join(neighbour, "notes.db"), filepath.Join(home, "notes.db"))
		}, tenant.ErrWrongHome, "notebooks/neighbour"},
		{"newer schema", func(t *testing.T, home, _ string) {
			db, err := sqlite.Open(t.Context(), filepath.Join(home, "notes.db"), sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			err = db.Write(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec("PRAGMA user_version=99"); return err })
			if err := errors.Join(err, db.Close()); err != nil {
				t.Fatal(err)
			}
		}, sqlite.ErrNewer, "99"},
		{"file missing", func(t *testing.T, home, _ string) {
			if err := os.Remove(filepath.Join(home, "notes.db")); err != nil {
				t.Fatal(err)
			}
		}, sqlite.ErrMissing, "notes.db"},
		{"database is a link out", func(t *testing.T, home, neighbour string) {
			MustLink(t, filepath.Join(neighbour, "notes.db"), filepath.Join(home, "notes.db"))
		}, tenant.ErrUnsafe, "notes.db"},
		{"log is a link out", func(t *testing.T, home, neighbour string) {
			MustLink(t, filepath.Join(neighbour, "notes.db"), filepath.Join(home, "notes.db-wal"))
		}, tenant.ErrUnsafe, "notes.db-wal"},
		{"home is a link to the neighbour", func(t *testing.T, home, neighbour string) {
			MustLink(t, neighbour, home)
		}, tenant.ErrUnsafe, "not a directory"},
		{"home is gone", func(t *testing.T, home, _ string) {
			if err := os.RemoveAll(home); err != nil {
				t.Fatal(err)
			}
		}, tenant.ErrNotExist, ""},
		{"suspended", func(t *testing.T, home, _ string) {
			MustWrite(t, filepath.Join(home, "state.json"), `{"status":"suspended","reason":"unpaid"}`)
		}, tenant.ErrUnavailable, "unpaid"},
		{"unreadable state is the safe one", func(t *testing.T, home, _ string) {
			MustWrite(t, filepath.Join(home, "state.json"), `{"status":`)
		}, tenant.ErrUnavailable, "suspended"},
		{"unknown state is the safe one", func(t *testing.T, home, _ string) {
			MustWrite(t, filepath.Join(home, "state.json"), `{"status":"excellent"}`)
		}, tenant.ErrUnavailable, "excellent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			f := MustFleet(t, dir)
			MustCreate(t, f, "bob", "neighbour")
			c.spoil(t, homePath(dir, "bob"), homePath(dir, "neighbour"))
			r := MustRegistry(t, f, tenant.Options{})
			_, err := r.Acquire(t.Context(), MustID(t, "bob"))
			wantErr(t, err, c.want)
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %q does not say %q", err, c.says)
			}
			_, again := r.Acquire(t.Context(), MustID(t, "bob"))
			wantErr(t, again, c.want)
			MustAdd(t, r, "neighbour", "I am well")
		})
	}
}

func TestDerivedDatabaseIsRebuilt(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	MustCreate(t, f, "bob")
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
	index := filepath.Join(homePath(dir, "bob"), "index.db")
	if err := os.Remove(index); err != nil {
		t.Fatal(err)
	}
	MustWrite(t, index+"-wal", "left by the old one")
	db, err := h.OpenDatabase(t.Context(), "index.db", tenant.DatabaseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
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

func TestTrash(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	r := MustRegistry(t, f, tenant.Options{})
	bob := MustID(t, "bob")
	MustCreate(t, f, "bob")
	MustAdd(t, r, "bob", "first life")
	if err := r.Delete(t.Context(), bob); err != nil {
		t.Fatal(err)
	}
	_, err := r.Acquire(t.Context(), bob)
	wantErr(t, err, tenant.ErrNotExist)

	MustCreate(t, f, "bob")
	if got, err := all(t.Context(), r, bob); err != nil || len(got) != 0 {
		t.Errorf("a new bob has %q, %v", got, err)
	}
	wantErr(t, f.Undelete(t.Context(), bob), tenant.ErrExists)
	if err := r.Delete(t.Context(), bob); err != nil {
		t.Fatal(err)
	}
	trash, err := f.Trash()
	if err != nil || len(trash) != 2 || trash[0].Deleted.Before(trash[1].Deleted) {
		t.Fatalf("trash: %v, %v", trash, err)
	}
	if n, err := f.Purge(t.Context(), trash[1].Deleted.Add(1)); err != nil || n != 1 {
		t.Errorf("purged %d, %v; want the older one", n, err)
	}
	if err := f.Undelete(t.Context(), bob); err != nil {
		t.Fatal(err)
	}
	MustAdd(t, r, "bob", "it can be used")
	wantErr(t, f.Undelete(t.Context(), MustID(t, "nobody")), tenant.ErrNotExist)
}

func TestDeleteWaitsForOtherProcesses(t *testing.T) {
	// A second fleet on the same directory has locks of its own, like another process.
	dir := t.TempDir()
	f, other := MustFleet(t, dir), MustFleet(t, dir)
	MustCreate(t, f, "bob")
	r := MustRegistry(t, other, tenant.Options{})
	h, err := r.Acquire(t.Context(), MustID(t, "bob"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	wantErr(t, f.Delete(ctx, MustID(t, "bob")), tenant.ErrBusy)
	if err := h.Value().Add(t.Context(), "still here"); err != nil {
		t.Error(err)
	}
	if s, err := f.State(t.Context(), MustID(t, "bob")); err != nil || s.Status != tenant.Active {
		t.Errorf("after the failed deletion: %v, %v", s, err)
	}

	deleted := make(chan error, 1)
	go func() { deleted <- f.Delete(t.Context(), MustID(t, "bob")) }()
	<-h.Leaving().Done() // the other registry follows the announced deletion
	h.Release()
	if err := <-deleted; err != nil {
		t.Error(err)
	}
}

func TestSuspendedByOtherProcess(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	MustCreate(t, f, "bob")
	r := MustRegistry(t, MustFleet(t, dir), tenant.Options{})
	h, err := r.Acquire(t.Context(), MustID(t, "bob"))
	if err != nil {
		t.Fatal(err)
	}
	state := tenant.State{Status: tenant.Suspended, Reason: "unpaid"}
	if err := f.SetState(t.Context(), MustID(t, "bob"), state); err != nil {
		t.Fatal(err)
	}
	<-h.Leaving().Done()
	h.Release()
	_, err = r.Acquire(t.Context(), MustID(t, "bob"))
	wantErr(t, err, tenant.ErrUnavailable)
}

func TestReadOnly(t *testing.T) {
	f := MustFleet(t, t.TempDir())
	MustCreate(t, f, "bob")
	r := MustRegistry(t, f, tenant.Options{})
	h, err := r.Acquire(t.Context(), MustID(t, "bob"))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Release()
	if err := h.Home().CheckWritable(); err != nil {
		t.Error(err)
	}
	if err := r.SetState(t.Context(), MustID(t, "bob"), tenant.State{Status: tenant.ReadOnly, Reason: "moving"}); err != nil {
		t.Fatal(err)
	}
	err = h.Home().CheckWritable()
	wantErr(t, err, tenant.ErrReadOnly)
	if err == nil || !strings.Contains(err.Error(), "moving") {
		t.Errorf("%v does not give the reason", err)
	}
	if _, err := h.Value().All(t.Context()); err != nil {
		t.Errorf("reading: %v", err)
	}
}

// TestReadingLiveFilesDropsNoLock keeps the rule that live database files are
// only opened by SQLite: what Home offers for copying must leave its locks alone.
func TestBackupKeepsLocks(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	MustCreate(t, f, "bob")
	r := MustRegistry(t, f, tenant.Options{})
	h, err := r.Acquire(t.Context(), MustID(t, "bob"))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Release()
	err = h.Value().db.Write(t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.Exec("INSERT INTO note (text) VALUES ('mine')"); err != nil {
			return err
		}
		return h.Value().db.Backup(t.Context(), filepath.Join(dir, "copy.db"))
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := h.Value().All(t.Context()); err != nil || !slices.Equal(got, []string{"mine"}) {
		t.Errorf("got %q, %v", got, err)
	}
}

func MustWrite(tb testing.TB, path, content string) {
	tb.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
}

func MustCopy(tb testing.TB, from, to string) {
	tb.Helper()
	in, err := os.Open(from)
	if err != nil {
		tb.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		tb.Fatal(err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		tb.Fatal(err)
	}
}

// MustLink replaces path by a symbolic link.
func MustLink(tb testing.TB, target, path string) {
	tb.Helper()
	if err := os.RemoveAll(path); err != nil {
		tb.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		tb.Fatal(err)
	}
}
