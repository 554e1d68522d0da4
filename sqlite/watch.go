package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
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
	version driver.Stmt // without the pool's layer: it is asked at every request
	opened  int64       // how often: each connection counts for itself
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
	err = conn.Raw(func(c any) error {
		var err error
		w.version, err = c.(driver.ConnPrepareContext).PrepareContext(ctx, "PRAGMA data_version")
		return err
	})
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	w.conn = conn
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
	if w.conn == nil {
		return 0, sql.ErrConnDone
	}
	row := make([]driver.Value, 1)
	err := w.conn.Raw(func(any) error {
		rows, err := w.version.(driver.StmtQueryContext).QueryContext(ctx, nil)
		if err != nil {
			return err
		}
		return errors.Join(rows.Next(row), rows.Close())
	})
	if err != nil {
		return 0, err
	}
	version, ok := row[0].(int64)
	if !ok {
		return 0, fmt.Errorf("data_version is a %T", row[0])
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
	err := w.conn.Raw(func(any) error { return w.version.Close() })
	err = errors.Join(err, w.conn.Close())
	w.conn, w.version = nil, nil
	return err
}
