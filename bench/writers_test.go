package bench_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

const (
	writers       = 64
	noteTable     = "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)"
	sharedTable   = "CREATE TABLE note (id INTEGER PRIMARY KEY, user_id TEXT NOT NULL, text TEXT NOT NULL); CREATE INDEX note_user ON note (user_id)"
	insertNote    = "INSERT INTO note (text) VALUES (?)"
	insertShared  = "INSERT INTO note (user_id, text) VALUES (?, ?)"
	noteText      = "an otter sleeps in a holt by the river"
	writesPerTurn = 8
)

// BenchmarkWriters lets 64 people write at once, each a row a transaction: to
// 64 tenants, to 64 bare databases and to one database that all share.
func BenchmarkWriters(b *testing.B) {
	for _, mode := range []struct {
		synchronous string
		relaxed     bool
	}{{"FULL", false}, {"NORMAL", true}} {
		tenants := settled(tenantWriters(b, mode.relaxed))
		b.Run(mode.synchronous+"/against-64-bare-databases", func(b *testing.B) {
			compare(b, writesPerTurn, tenants, settled(bareWriters(b, mode.synchronous)))
		})
		b.Run(mode.synchronous+"/against-one-shared-database", func(b *testing.B) {
			compare(b, writesPerTurn, tenants, settled(sharedWriters(b, mode.synchronous)))
		})
	}
}

// settled writes until every log has reached the size at which SQLite begins to
// write it anew. Before that each write makes a file longer, which costs the
// file system a journal entry of its own.
func settled(s side) side {
	s(600)
	return s
}

// atOnce runs one writer per person, each n times.
func atOnce(write func(i int)) side {
	return func(n int) {
		var wg sync.WaitGroup
		for i := range writers {
			wg.Go(func() {
				for range n {
					write(i)
				}
			})
		}
		wg.Wait()
	}
}

func tenantWriters(b *testing.B, relaxed bool) side {
	b.Helper()
	fleet, err := tenant.OpenFleet(b.TempDir(), tenant.Kind{Name: "users",
		Databases: []tenant.Database{{File: mainDatabase, Schema: sqlite.Schema{Steps: []string{noteTable}}}}})
	must(b, err)
	b.Cleanup(func() { must(b, fleet.Close()) })
	r := registryOf(b, fleet, relaxed, writers)
	ids := make([]tenant.ID, writers)
	for i := range ids {
		ids[i] = mustID(b, i)
		must(b, fleet.Create(b.Context(), ids[i]))
	}
	ctx := context.Background()
	return atOnce(func(i int) {
		err := r.With(ctx, ids[i], func(ctx context.Context, db *sqlite.DB) error {
			return db.Write(ctx, func(tx *sql.Tx) error {
				_, err := tx.ExecContext(ctx, insertNote, noteText)
				return err
			})
		})
		if err != nil {
			b.Error(err)
		}
	})
}

func bareWriters(b *testing.B, synchronous string) side {
	b.Helper()
	dir := b.TempDir()
	plain := make([]*sql.DB, writers)
	for i := range plain {
		plain[i] = bareDatabase(b, filepath.Join(dir, fmt.Sprint(i)), synchronous, noteTable)
	}
	return atOnce(func(i int) { insert(b, plain[i], insertNote, noteText) })
}

func sharedWriters(b *testing.B, synchronous string) side {
	b.Helper()
	db := bareDatabase(b, filepath.Join(b.TempDir(), "shared"), synchronous, sharedTable)
	return atOnce(func(i int) { insert(b, db, insertShared, fmt.Sprint("user-", i), noteText) })
}

func bareDatabase(b *testing.B, path, synchronous, schema string) *sql.DB {
	b.Helper()
	db, err := sql.Open("sqlite", bare(path, synchronous))
	must(b, err)
	b.Cleanup(func() { must(b, db.Close()) })
	db.SetMaxOpenConns(1)
	_, err = db.Exec("PRAGMA journal_mode=WAL")
	must(b, err)
	_, err = db.Exec(schema)
	must(b, err)
	return db
}

func insert(b *testing.B, db *sql.DB, statement string, args ...any) {
	tx, err := db.BeginTx(b.Context(), nil)
	if err == nil {
		_, err = tx.ExecContext(b.Context(), statement, args...)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		b.Error(err)
	}
}
