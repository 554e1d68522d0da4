// Package sqlite opens one SQLite database file the way Holt needs it: one
// writer, readers on demand, an acknowledged write on disk, no way from its SQL
// to another file, and a schema that is migrated step by step.
//
// It knows nothing of tenants. The driver is modernc.org/sqlite (pure Go).
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Defaults of [Options].
const (
	DefaultReaders     = 4
	DefaultBusyTimeout = 5 * time.Second
	// DefaultReaderIdle is how long an unused reader connection stays open. A
	// connection in WAL mode costs three descriptors.
	DefaultReaderIdle = time.Minute
)

// Options says how a database is opened. The zero value is the safe default.
type Options struct {
	// Schema is what the file must contain. Open migrates an older file and
	// refuses a newer one and one with another application id.
	Schema Schema
	// Create makes the file when it is absent; without it that is an error.
	Create bool
	// MaxBytes is the size ceiling of the main file; 0 means none. A write
	// beyond it fails with [ErrFull] and leaves the old state.
	MaxBytes int64
	// Relaxed sets synchronous=NORMAL: a crash of the program still loses
	// nothing, a loss of power may lose the latest writes.
	Relaxed bool
	// Readers bounds the reader connections; 0 means DefaultReaders.
	Readers int
	// BusyTimeout is how long a statement waits for another process's lock; 0
	// means DefaultBusyTimeout.
	BusyTimeout time.Duration
	// Check, when set, looks at the file before it is migrated. Its error makes
	// Open fail with the file untouched.
	Check func(ctx context.Context, db *DB) error
	// Trace, when set, is called at named points of a migration. Crash tests
	// end the process there.
	Trace func(point string)
}

// DB is one open database file. It is safe for concurrent use.
type DB struct {
	write    *sql.DB
	read     *sql.DB
	maxBytes atomic.Int64 // size ceiling; 0 means none

	statements sync.Map // of the readers: *sql.Stmt by query text
}

// Open opens the database file at path and brings it to opts.Schema. The path
// is a constant of the program or was proven by the caller; it never comes
// from a client unchecked.
//
// Only one connection is opened: the writer follows with the first write.
func Open(ctx context.Context, path string, opts Options) (*DB, error) {
	if opts.Readers <= 0 {
		opts.Readers = DefaultReaders
	}
	if opts.BusyTimeout <= 0 {
		opts.BusyTimeout = DefaultBusyTimeout
	}
	db := &DB{}
	db.write = sql.OpenDB(&connector{dsn: dataSource(path, roleWriter, opts), ceiling: db.maxBytes.Load})
	db.write.SetMaxOpenConns(1)
	db.read = sql.OpenDB(&connector{dsn: dataSource(path, roleReader, opts)})
	db.read.SetMaxOpenConns(opts.Readers)
	db.read.SetMaxIdleConns(opts.Readers)
	db.read.SetConnMaxIdleTime(DefaultReaderIdle)
	if err := db.prepare(ctx, opts); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), db.Close())
	}
	return db, nil
}

// prepare checks what the file is and migrates it.
func (db *DB) prepare(ctx context.Context, opts Options) error {
	if opts.Create {
		// Only a writer may create the file and turn it to WAL.
		if _, err := db.write.ExecContext(ctx, "PRAGMA journal_mode=WAL"); err != nil {
			return translate(err)
		}
	}
	version, err := db.recognise(ctx, opts)
	if err != nil {
		return err
	}
	if opts.Check != nil {
		if err := opts.Check(ctx, db); err != nil {
			return translate(err)
		}
	}
	if err := db.migrate(ctx, opts.Schema, version, opts.Trace); err != nil {
		return err
	}
	// Only now: a full file must not be kept from its migration.
	if opts.Create || version < opts.Schema.Version() {
		return db.SetMaxBytes(ctx, opts.MaxBytes)
	}
	db.maxBytes.Store(opts.MaxBytes) // the writer has no connection yet
	return nil
}

func (db *DB) recognise(ctx context.Context, opts Options) (version int, err error) {
	conn, err := db.read.Conn(ctx)
	if err != nil {
		return 0, translate(err)
	}
	defer conn.Close()
	return opts.Schema.recognise(ctx, conn, opts.Check != nil)
}

// Reader returns the pool of read-only connections. A statement that writes
// fails on it.
func (db *DB) Reader() *sql.DB { return db.read }

// View runs do in one read transaction: everything it reads is of one moment.
func (db *DB) View(ctx context.Context, do func(tx *sql.Tx) error) error {
	return inTx(ctx, db.read, do)
}

// Write runs do in one write transaction (BEGIN IMMEDIATE). When do returns nil
// and Write returns nil, what was written is on disk; otherwise nothing
// changed. Writers of one database take turns.
func (db *DB) Write(ctx context.Context, do func(tx *sql.Tx) error) error {
	return inTx(ctx, db.write, do)
}

func inTx(ctx context.Context, pool *sql.DB, do func(tx *sql.Tx) error) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", translate(err))
	}
	// After a commit Rollback does nothing; in a panic it frees the connection.
	defer func() { _ = tx.Rollback() }()
	if err := do(tx); err != nil {
		return translate(err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", translate(err))
	}
	return nil
}

// SetMaxBytes changes the size ceiling; 0 means none. A file that is already
// larger stays readable and can shrink, but not grow.
func (db *DB) SetMaxBytes(ctx context.Context, limit int64) error {
	if db.maxBytes.Load() == limit {
		return nil
	}
	conn, err := db.write.Conn(ctx) // there is one: of several callers the last one wins whole
	if err != nil {
		return fmt.Errorf("set size ceiling: %w", translate(err))
	}
	defer conn.Close()
	if err := setCeiling(ctx, conn, limit); err != nil {
		return err
	}
	db.maxBytes.Store(limit)
	return nil
}

// Size returns the bytes in use: allocated pages less the free ones.
func (db *DB) Size(ctx context.Context) (int64, error) {
	conn, err := db.read.Conn(ctx)
	if err != nil {
		return 0, fmt.Errorf("read database size: %w", translate(err))
	}
	defer conn.Close()
	var pages, free, pageSize int64
	err = errors.Join(readPragma(ctx, conn, "page_count", &pages),
		readPragma(ctx, conn, "freelist_count", &free), readPragma(ctx, conn, "page_size", &pageSize))
	if err != nil {
		return 0, fmt.Errorf("read database size: %w", err)
	}
	return (pages - free) * pageSize, nil
}

// Check runs SQLite's quick integrity check and returns [ErrCorrupt] with the
// first finding when the file is damaged.
func (db *DB) Check(ctx context.Context) error {
	var finding string
	if err := db.read.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&finding); err != nil {
		return fmt.Errorf("check database: %w", translate(err))
	}
	if finding != "ok" {
		return fmt.Errorf("check database: %w: %s", ErrCorrupt, finding)
	}
	return nil
}

// Close closes all connections. The last one in any process moves the
// write-ahead log into the main file.
func (db *DB) Close() error {
	if err := errors.Join(db.read.Close(), db.write.Close()); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}
