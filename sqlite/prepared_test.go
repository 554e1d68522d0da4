package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"sync"
	"testing"

	"github.com/holtdb/holt/sqlite"
)

// TestPrepared asks from many goroutines, while the schema changes, and for what
// is no SQL.
func TestPrepared(t *testing.T) {
	db := MustOpen(t, filepath.Join(t.TempDir(), "n.db"), sqlite.Options{Create: true})
	write := func(query string) {
		t.Helper()
		err := db.Write(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), query)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	write("CREATE TABLE n (x INTEGER)")
	write("INSERT INTO n VALUES (1), (2)")
	ask := func() (sum int) {
		if err := db.Prepared().QueryRowContext(t.Context(), "SELECT sum(x) FROM n").Scan(&sum); err != nil {
			t.Error(err)
		}
		return sum
	}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 50 {
				if got := ask(); got != 3 {
					t.Errorf("sum %d", got)
				}
			}
		})
	}
	wg.Wait()
	write("ALTER TABLE n ADD COLUMN y INTEGER")
	write("INSERT INTO n VALUES (4, 4)")
	if got := ask(); got != 7 {
		t.Errorf("after a change: %d", got)
	}
	rows, err := db.Prepared().QueryContext(t.Context(), "SELECT x FROM n WHERE x > ?", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := 0
	for rows.Next() {
		found++
	}
	if found != 2 || rows.Err() != nil {
		t.Errorf("%d rows, %v", found, rows.Err())
	}
	var x int
	if err := db.Prepared().QueryRowContext(t.Context(), "SELECT nothing").Scan(&x); err == nil {
		t.Error("nonsense was answered")
	}
	if _, err := db.Prepared().QueryContext(t.Context(), "INSERT INTO n VALUES (1)"); err == nil {
		t.Error("a reader wrote")
	}
}
