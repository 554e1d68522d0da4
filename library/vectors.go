package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

// vectors is the database of embeddings. It is opened when it is first needed:
// most visits need none.
type vectors struct {
	mu       sync.Mutex
	db       *sqlite.DB
	maxBytes int64
}

// open returns the database.
func (v *vectors) open(ctx context.Context, home *tenant.Home) (*sqlite.DB, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.db != nil {
		return v.db, nil
	}
	db, err := home.OpenDatabase(ctx, vectorsFile, tenant.DatabaseOptions{MaxBytes: v.maxBytes, Readers: 1})
	if err != nil {
		return nil, fmt.Errorf("open embeddings: %w", err)
	}
	v.db = db
	return db, nil
}

// setMaxBytes changes the ceiling of the database.
func (v *vectors) setMaxBytes(ctx context.Context, n int64) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.maxBytes = n
	if v.db == nil {
		return nil
	}
	return v.db.SetMaxBytes(ctx, n)
}

func (v *vectors) close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.db == nil {
		return nil
	}
	db := v.db
	v.db = nil
	return db.Close()
}

// newGeneration says, within a transaction that removes vectors, that what is
// held in memory is to be read again.
func newGeneration(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "UPDATE state SET generation = generation + 1")
	return err
}

// forgetVectors removes the embeddings of a range of pages.
func (l *Library) forgetVectors(ctx context.Context, first, last int64) error {
	if _, err := l.files.Lstat(vectorsFile); errors.Is(err, fs.ErrNotExist) {
		return nil // it is derived, and was taken away
	}
	db, err := l.vectors.open(ctx, l.home)
	if err != nil {
		return err
	}
	err = db.Write(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM vectors WHERE chunk BETWEEN ? AND ?", first, last)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return newGeneration(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("forget embeddings: %w", err)
	}
	return nil
}
