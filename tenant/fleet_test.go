package tenant_test

import (
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
