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

// vectorReaders lets passages be counted while a matrix is read.
const vectorReaders = 2

// open returns the database.
func (v *vectors) open(ctx context.Context, home *tenant.Home) (*sqlite.DB, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.db != nil {
		return v.db, nil
	}
	db, err := home.OpenDatabase(ctx, vectorsFile, tenant.DatabaseOptions{MaxBytes: v.maxBytes, Readers: vectorReaders})
	if err != nil {
		return nil, fmt.Errorf("open embeddings: %w", err)
	}
	v.db = db
	return db, nil
}

// replaced reports whether another database than this is open by now, or none.
func (v *vectors) replaced(db *sqlite.DB) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return db != nil && v.db != db
}

// discard closes a database and removes its files, unless that was done. db is
// nil when it could not be opened.
func (v *vectors) discard(db *sqlite.DB, home *tenant.Home) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.db != db {
		return nil
	}
	var errs []error
	if db != nil {
		v.db = nil
		_ = db.Close() // what is damaged may not close well
	}
	for _, end := range []string{"-wal", "-shm", "-journal", ""} {
		if err := home.Files().Remove(vectorsFile + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
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

// useVectors runs do with the database of embeddings. One that turns out to be
// damaged is taken away, as it is derived, and do runs again with an empty one.
func (l *Library) useVectors(ctx context.Context, do func(db *sqlite.DB) error) error {
	for tried := false; ; tried = true {
		db, err := l.vectors.open(ctx, l.home)
		if err == nil {
			err = do(db)
		}
		switch {
		case err == nil || tried:
			return err
		case errors.Is(err, sqlite.ErrCorrupt):
			l.log.Error("embeddings are damaged and are made anew", "tenant", l.home.ID().String(), "error", err)
			if failed := l.vectors.discard(db, l.home); failed != nil {
				return fmt.Errorf("remove damaged embeddings: %w", errors.Join(err, failed))
			}
			l.meaning.drop()
			l.meaning.recount()
		case !l.vectors.replaced(db):
			return err
		}
	}
}

// newGeneration says, within a transaction that removes vectors, that what is
// held in memory is to be read again.
func newGeneration(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "UPDATE state SET generation = generation + 1")
	return err
}

// removeVectors runs a DELETE of vectors within a transaction.
func removeVectors(ctx context.Context, tx *sql.Tx, where string, args ...any) error {
	res, err := tx.ExecContext(ctx, "DELETE FROM vectors WHERE "+where, args...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return newGeneration(ctx, tx)
}

// forgetVectors removes the embeddings of a range of pages.
func (l *Library) forgetVectors(ctx context.Context, first, last int64) error {
	if _, err := l.files.Lstat(vectorsFile); errors.Is(err, fs.ErrNotExist) {
		return nil // it is derived, and was taken away
	}
	err := l.useVectors(ctx, func(db *sqlite.DB) error {
		return db.Write(ctx, func(tx *sql.Tx) error {
			return removeVectors(ctx, tx, "chunk BETWEEN ? AND ?", first, last)
		})
	})
	if err != nil {
		return fmt.Errorf("forget embeddings: %w", err)
	}
	return nil
}
