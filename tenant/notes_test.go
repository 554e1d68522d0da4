package tenant_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

// notes is the application of these tests: a notebook per tenant.
type notes struct {
	home *tenant.Home
	db   *sqlite.DB
}

var notesSchema = sqlite.Schema{ApplicationID: 0x6e6f7465, Steps: []string{
	"CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;",
}}

var notesKind = tenant.Kind{
	Name: "notebooks",
	Databases: []tenant.Database{
		{File: "notes.db", Schema: notesSchema},
		{File: "index.db", Schema: sqlite.Schema{Steps: []string{"CREATE TABLE word (w TEXT) STRICT;"}}, Derived: true},
	},
	Dirs: []string{"uploads"},
}

func openNotes(ctx context.Context, home *tenant.Home) (*notes, error) {
	db, err := home.OpenDatabase(ctx, "notes.db", tenant.DatabaseOptions{})
	if err != nil {
		return nil, err
	}
	return &notes{home: home, db: db}, nil
}

func (n *notes) Close() error { return n.db.Close() }

func (n *notes) Add(ctx context.Context, text string) error {
	return n.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO note (text) VALUES (?)", text)
		return err
	})
}

func (n *notes) All(ctx context.Context) ([]string, error) {
	rows, err := n.db.Reader().QueryContext(ctx, "SELECT text FROM note ORDER BY id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func MustID(tb testing.TB, name string) tenant.ID {
	tb.Helper()
	id, err := tenant.ParseID(name)
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

func MustFleet(tb testing.TB, dir string) *tenant.Fleet {
	tb.Helper()
	return MustFleetOf(tb, dir, notesKind)
}

func MustFleetOf(tb testing.TB, dir string, kind tenant.Kind) *tenant.Fleet {
	tb.Helper()
	f, err := tenant.OpenFleet(dir, kind)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := f.Close(); err != nil {
			tb.Error(err)
		}
	})
	return f
}

func MustRegistry(tb testing.TB, f *tenant.Fleet, opts tenant.Options) *tenant.Registry[*notes] {
	tb.Helper()
	r := tenant.NewRegistry(f, openNotes, opts)
	tb.Cleanup(func() { MustClose(tb, r) })
	return r
}

func MustClose(tb testing.TB, r *tenant.Registry[*notes]) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := r.Close(ctx); err != nil {
		tb.Error(err)
	}
	if s := r.Stats(); s.Open != 0 || s.Pinned != 0 || s.Waiting != 0 {
		tb.Errorf("after close: %+v", s)
	}
}

func MustCreate(tb testing.TB, f *tenant.Fleet, names ...string) {
	tb.Helper()
	for _, name := range names {
		if err := f.Create(tb.Context(), MustID(tb, name)); err != nil {
			tb.Fatal(err)
		}
	}
}

func MustAdd(tb testing.TB, r *tenant.Registry[*notes], name, text string) {
	tb.Helper()
	err := r.With(tb.Context(), MustID(tb, name), func(ctx context.Context, n *notes) error { return n.Add(ctx, text) })
	if err != nil {
		tb.Fatal(err)
	}
}

func all(ctx context.Context, r *tenant.Registry[*notes], id tenant.ID) ([]string, error) {
	var out []string
	err := r.With(ctx, id, func(ctx context.Context, n *notes) (err error) {
		out, err = n.All(ctx)
		return err
	})
	return out, err
}

func wantErr(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got error %v, want %v", got, want)
	}
}

// call makes a request as a user and prints the answer.
func call(server *httptest.Server, method, user, text string) {
	req, err := http.NewRequest(method, server.URL, strings.NewReader(text))
	if err != nil {
		panic(err)
	}
	req.SetBasicAuth(user, "")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(os.Stdout, answer.Body); err != nil {
		panic(err)
	}
}
