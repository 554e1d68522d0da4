package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// Watch notices that a database was changed, by this process or another. It
// holds one of the reader connections, and is for a database that is open all
// the time.
type Watch struct {
	db *DB

	mu      sync.Mutex // a connection serves one at a time
	conn    *sql.Conn
	version *sql.Stmt
	opened  int64 // how often: each connection counts for itself
}

// Watch begins to watch. The caller closes it before the database.
func (db *DB) Watch(ctx context.Context) (*Watch, error) {
	w := &Watch{db: db}
	if err := w.open(ctx); err != nil {
		return nil, fmt.Errorf("watch database: %w", translate(err))
	}
	return w, nil
}

func (w *Watch) open(ctx context.Context) error {
	conn, err := w.db.read.Conn(ctx)
	if err != nil {
		return err
	}
	version, err := conn.PrepareContext(ctx, "PRAGMA data_version")
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	w.conn, w.version = conn, version
	w.opened++
	return nil
}

// Version returns a number that is another one after every change that was
// committed through other connections
// (https://www.sqlite.org/pragma.html#pragma_data_version).
func (w *Watch) Version(ctx context.Context) (int64, error) {
	// It takes microseconds; a query that is cut off would cost the connection.
	ctx = context.WithoutCancel(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	version, err := w.read(ctx)
	if err != nil && w.conn != nil {
		if err = errors.Join(w.close(), w.open(ctx)); err == nil {
			version, err = w.read(ctx)
		}
	}
	if err != nil {
		return 0, fmt.Errorf("read version of database: %w", translate(err))
	}
	return version, nil
}

func (w *Watch) read(ctx context.Context) (int64, error) {
	var version int64
	if w.conn == nil {
		return 0, sql.ErrConnDone
	}
	if err := w.version.QueryRowContext(ctx).Scan(&version); err != nil {
		return 0, err
	}
	return w.opened<<32 + version, nil // SQLite counts in 32 bits
}

// Close gives the connection back.
func (w *Watch) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.close()
}

func (w *Watch) close() error {
	if w.conn == nil {
		return nil
	}
	err := errors.Join(w.version.Close(), w.conn.Close())
	w.conn, w.version = nil, nil
	return err
}
