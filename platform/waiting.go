package platform

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/tenant/queue"
)

// NoteWaiting notes that a tenant of a kind is about to have a job waiting, and
// returns the generation of the note, which is never used twice. It is called
// before the job is committed: a crash between the two leaves a note too many,
// which costs a look, never a job that nobody finds.
func (s *Store) NoteWaiting(ctx context.Context, kind string, id tenant.ID) (int64, error) {
	var generation int64
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO waiting (kind, tenant) VALUES (?, ?)", kind, id.String())
		if err != nil {
			return err
		}
		generation, err = result.LastInsertId()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("note waiting work: %w", err)
	}
	return generation, nil
}

// ClearWaiting takes the note away after the tenant's queue was found empty,
// unless the tenant was noted again since the note was read.
func (s *Store) ClearWaiting(ctx context.Context, kind string, id tenant.ID, generation int64) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM waiting WHERE kind = ? AND tenant = ? AND generation = ?",
			kind, id.String(), generation)
		return err
	})
	if err != nil {
		return fmt.Errorf("clear waiting work: %w", err)
	}
	return nil
}

// Waiting returns the notes of the tenants of a kind, the oldest first.
func (s *Store) Waiting(ctx context.Context, kind string) ([]queue.Note, error) {
	scan := func(r sqlite.Row) (queue.Note, error) {
		var note queue.Note
		var name string
		err := r.Scan(&name, &note.Generation)
		if err != nil {
			return note, err
		}
		note.ID, err = tenant.ParseID(name)
		return note, err
	}
	notes, err := sqlite.Collect(ctx, s.db.Reader(), scan,
		"SELECT tenant, generation FROM waiting WHERE kind = ? ORDER BY generation", kind)
	if err != nil {
		return nil, fmt.Errorf("list waiting work: %w", err)
	}
	return notes, nil
}

// Ledger is the waiting work of one kind, for its [queue.Pool].
type Ledger struct {
	store *Store
	kind  string
}

// Ledger returns the ledger of a kind.
func (s *Store) Ledger(kind string) Ledger { return Ledger{store: s, kind: kind} }

// Note implements [queue.Ledger] with [Store.NoteWaiting].
func (l Ledger) Note(ctx context.Context, id tenant.ID) (int64, error) {
	return l.store.NoteWaiting(ctx, l.kind, id)
}

// Clear implements [queue.Ledger] with [Store.ClearWaiting].
func (l Ledger) Clear(ctx context.Context, id tenant.ID, generation int64) error {
	return l.store.ClearWaiting(ctx, l.kind, id, generation)
}

// Notes implements [queue.Ledger] with [Store.Waiting].
func (l Ledger) Notes(ctx context.Context) ([]queue.Note, error) {
	return l.store.Waiting(ctx, l.kind)
}
