package tenant_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

// Notebook is everything of one user.
type Notebook struct{ *sqlite.DB }

// A notes server with a database per user.
func Example() {
	dir, _ := os.MkdirTemp("", "notes")
	defer os.RemoveAll(dir)
	fleet, err := tenant.OpenFleet(dir, tenant.Kind{Name: "users", Databases: []tenant.Database{{
		File: "notes.db", Schema: sqlite.Schema{Steps: []string{"CREATE TABLE note (text TEXT)"}},
	}}})
	if err != nil {
		panic(err)
	}
	defer fleet.Close()
	users := tenant.NewRegistry(fleet, func(ctx context.Context, home *tenant.Home) (Notebook, error) {
		db, err := home.OpenDatabase(ctx, "notes.db", tenant.DatabaseOptions{MaxBytes: 10 << 20})
		return Notebook{db}, err
	}, tenant.Options{MaxOpen: 100})
	defer users.Close(context.Background())

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, _ := r.BasicAuth() // a real server proves who calls
		id, err := tenant.ParseID(name)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		user, err := users.AcquireOrCreate(r.Context(), id)
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		defer user.Release()
		if r.Method == http.MethodPost {
			text, _ := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
			err = user.Value().Write(r.Context(), func(tx *sql.Tx) error {
				_, err := tx.ExecContext(r.Context(), "INSERT INTO note VALUES (?)", string(text))
				return err
			})
		} else {
			var all string
			err = user.Value().Reader().QueryRowContext(r.Context(), "SELECT group_concat(text, ', ') FROM note").Scan(&all)
			fmt.Fprintln(w, all)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}))
	defer server.Close()

	call(server, "POST", "ann", "buy milk")
	call(server, "POST", "bob", "feed the otters")
	call(server, "POST", "ann", "call mother")
	call(server, "GET", "ann", "")
	call(server, "GET", "bob", "")
	// Output:
	// buy milk, call mother
	// feed the otters
}
