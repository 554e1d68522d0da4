package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/holtdb/holt/sqlite"
)

const appID = 0x486f6c74

var notes = sqlite.Schema{ApplicationID: appID, Steps: []string{
	`CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;`,
	`CREATE VIRTUAL TABLE note_fts USING fts5(text, content='note', content_rowid='id');
	 CREATE TRIGGER note_added AFTER INSERT ON note BEGIN
		INSERT INTO note_fts (rowid, text) VALUES (new.id, new.text);
	 END;`,
}}

func MustOpen(tb testing.TB, path string, opts sqlite.Options) *sqlite.DB {
	tb.Helper()
	db, err := sqlite.Open(tb.Context(), path, opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

func MustAdd(tb testing.TB, db *sqlite.DB, text string) {
	tb.Helper()
	if err := add(tb.Context(), db, text); err != nil {
		tb.Fatal(err)
	}
}

func add(ctx context.Context, db *sqlite.DB, text string) error {
	return db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO note (text) VALUES (?)", text)
		return err
	})
}

func MustCount(tb testing.TB, db *sqlite.DB) int {
	tb.Helper()
	var n int
	if err := db.Reader().QueryRowContext(tb.Context(), "SELECT count(*) FROM note").Scan(&n); err != nil {
		tb.Fatal(err)
	}
	return n
}

func TestOpen(t *testing.T) {
	t.Run("creates, migrates and finds again", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "a b?c#d%20.db")
		db, err := sqlite.Open(t.Context(), path, sqlite.Options{Schema: notes, Create: true})
		if err != nil {
			t.Fatal(err)
		}
		MustAdd(t, db, "hello")
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Fatalf("file is not where it was asked for: %v", err)
		}
		again := MustOpen(t, path, sqlite.Options{Schema: notes})
		if n := MustCount(t, again); n != 1 {
			t.Errorf("%d rows, want 1", n)
		}
		if v, err := again.Version(t.Context()); err != nil || v != 2 {
			t.Errorf("version %d, %v; want 2", v, err)
		}
	})
	t.Run("does not create without Create", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "none.db")
		_, err := sqlite.Open(t.Context(), path, sqlite.Options{Schema: notes})
		if !errors.Is(err, sqlite.ErrMissing) {
			t.Errorf("got %v, want ErrMissing", err)
		}
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("a file appeared: %v", err)
		}
	})
	t.Run("refuses a newer schema untouched", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "new.db")
		newer := notes
		newer.Steps = append([]string{}, append(notes.Steps, "CREATE TABLE later (x)")...)
		MustOpen(t, path, sqlite.Options{Schema: newer, Create: true})
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sqlite.Open(t.Context(), path, sqlite.Options{Schema: notes}); !errors.Is(err, sqlite.ErrNewer) {
			t.Errorf("got %v, want ErrNewer", err)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
			t.Errorf("the file changed (%v)", err)
		}
	})
	t.Run("refuses another program's file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "other.db")
		other := notes
		other.ApplicationID = 7
		MustOpen(t, path, sqlite.Options{Schema: other, Create: true})
		if _, err := sqlite.Open(t.Context(), path, sqlite.Options{Schema: notes}); !errors.Is(err, sqlite.ErrForeign) {
			t.Errorf("got %v, want ErrForeign", err)
		}
	})
	t.Run("refuses rubbish", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "rubbish.db")
		if err := os.WriteFile(path, []byte(strings.Repeat("this is no database ", 500)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := sqlite.Open(t.Context(), path, sqlite.Options{Schema: notes}); !errors.Is(err, sqlite.ErrCorrupt) {
			t.Errorf("got %v, want ErrCorrupt", err)
		}
	})
	t.Run("check comes before migration", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "check.db")
		first := sqlite.Schema{ApplicationID: appID, Steps: notes.Steps[:1]}
		MustOpen(t, path, sqlite.Options{Schema: first, Create: true})
		no := errors.New("not mine")
		_, err := sqlite.Open(t.Context(), path, sqlite.Options{Schema: notes,
			Check: func(context.Context, *sqlite.DB) error { return no }})
		if !errors.Is(err, no) {
			t.Errorf("got %v, want the check's error", err)
		}
		if v, err := MustOpen(t, path, sqlite.Options{Schema: first}).Version(t.Context()); err != nil || v != 1 {
			t.Errorf("version %d, %v; want 1: it was migrated in spite of the check", v, err)
		}
	})
}

func TestFailedMigrationLeavesWholeStep(t *testing.T) {
	path := filepath.Join(t.TempDir(), "half.db")
	broken := sqlite.Schema{ApplicationID: appID, Steps: []string{
		notes.Steps[0], "CREATE TABLE half (x); INSERT INTO nowhere VALUES (1);"}}
	if _, err := sqlite.Open(t.Context(), path, sqlite.Options{Schema: broken, Create: true}); err == nil {
		t.Fatal("a broken step passed")
	}
	db := MustOpen(t, path, sqlite.Options{Schema: notes})
	var tables int
	if err := db.Reader().QueryRow("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("%d half tables, %v; want none", tables, err)
	}
}

func TestNoWayOut(t *testing.T) {
	dir := t.TempDir()
	db := MustOpen(t, filepath.Join(dir, "mine.db"), sqlite.Options{Schema: notes, Create: true, Readers: 3})
	other := filepath.Join(dir, "other.db")
	MustOpen(t, other, sqlite.Options{Schema: notes, Create: true})
	attach := "ATTACH DATABASE '" + other + "' AS other"

	t.Run("writer", func(t *testing.T) {
		err := db.Write(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(attach); return err })
		if err == nil {
			t.Error("attach worked")
		}
	})
	t.Run("every reader", func(t *testing.T) {
		var conns []*sql.Conn
		for range 3 { // held together, so that they are three connections
			c, err := db.Reader().Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			conns = append(conns, c)
		}
		for _, c := range conns {
			if _, err := c.ExecContext(t.Context(), attach); err == nil {
				t.Error("attach worked")
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("after a connection was interrupted", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _ = db.Reader().QueryContext(ctx, "SELECT count(*) FROM note, note, note")
		if _, err := db.Reader().ExecContext(t.Context(), attach); err == nil {
			t.Error("attach worked")
		}
	})
	for _, statement := range []string{
		"PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = 'x'",
		"INSERT INTO note_fts_data (id, block) VALUES (99, x'00')",
		`SELECT "no_such_column" FROM note`,
	} {
		t.Run(statement, func(t *testing.T) {
			err := db.Write(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(statement); return err })
			if err == nil {
				t.Error("it worked")
			}
		})
	}
	t.Run("readers do not write", func(t *testing.T) {
		if _, err := db.Reader().Exec("INSERT INTO note (text) VALUES ('x')"); err == nil {
			t.Error("it worked")
		}
	})
}

func TestWrite(t *testing.T) {
	db := MustOpen(t, filepath.Join(t.TempDir(), "w.db"), sqlite.Options{Schema: notes, Create: true})
	t.Run("an error undoes", func(t *testing.T) {
		no := errors.New("no")
		err := db.Write(t.Context(), func(tx *sql.Tx) error {
			if _, err := tx.Exec("INSERT INTO note (text) VALUES ('gone')"); err != nil {
				return err
			}
			return no
		})
		if !errors.Is(err, no) || MustCount(t, db) != 0 {
			t.Errorf("got %v and %d rows", err, MustCount(t, db))
		}
	})
	t.Run("a panic undoes and frees the writer", func(t *testing.T) {
		func() {
			defer func() { _ = recover() }()
			_ = db.Write(t.Context(), func(tx *sql.Tx) error {
				_, _ = tx.Exec("INSERT INTO note (text) VALUES ('gone')")
				panic("x")
			})
		}()
		MustAdd(t, db, "here")
		if n := MustCount(t, db); n != 1 {
			t.Errorf("%d rows, want 1", n)
		}
	})
	t.Run("a second row with the key", func(t *testing.T) {
		MustAdd(t, db, "twin")
		if err := add(t.Context(), db, "twin"); !errors.Is(err, sqlite.ErrExists) {
			t.Errorf("got %v, want ErrExists", err)
		}
	})
	t.Run("many writers take turns", func(t *testing.T) {
		before := MustCount(t, db)
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				if err := add(t.Context(), db, fmt.Sprint("parallel ", i)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := MustCount(t, db) - before; n != 64 {
			t.Errorf("%d rows, want 64", n)
		}
	})
}

func TestImage(t *testing.T) {
	im, err := sqlite.NewImage(t.Context(), notes)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	for _, text := range []string{"first", "second"} {
		file, err := im.File(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.Exec("INSERT OR REPLACE INTO note (id, text) VALUES (1, ?)", text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "made.db")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		db := MustOpen(t, path, sqlite.Options{Schema: notes})
		var got, mode string
		if err := db.Reader().QueryRow("SELECT (SELECT text FROM note), (SELECT journal_mode FROM pragma_journal_mode)").Scan(&got, &mode); err != nil {
			t.Fatal(err)
		}
		if got != text || mode != "wal" {
			t.Errorf("got %q in mode %s, want %q in wal", got, mode, text)
		}
		if err := db.Check(t.Context()); err != nil {
			t.Error(err)
		}
		MustAdd(t, db, "it can be written")
	}
}

func TestReadSteps(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"gap":     {"0001_a.sql": "", "0003_b.sql": ""},
		"names":   {"first.sql": ""},
		"twice":   {"0001_a.sql": "", "0001_b.sql": ""},
		"nothing": {"readme.txt": ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range files {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if steps, err := sqlite.ReadSteps(os.DirFS(dir)); err == nil {
				t.Errorf("accepted as %d steps", len(steps))
			}
		})
	}
}
