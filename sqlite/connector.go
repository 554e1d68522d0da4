package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/url"
	"strconv"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

type role int

const (
	roleWriter role = iota
	roleReader
)

// dataSource is the only place where a data source name is built. Pragma values
// run as SQL, so everything in it but the path is a constant or a number, and
// the path is escaped as a URI.
func dataSource(path string, r role, opts Options) string {
	mode := "rw"
	if opts.Create {
		mode = "rwc"
	}
	synchronous := "FULL"
	if opts.Relaxed {
		synchronous = "NORMAL"
	}
	q := url.Values{
		"mode":          {mode},
		"_defensive":    {"1"},
		"_dqs":          {"0"},
		"_error_rc":     {"1"},
		"_busy_timeout": {strconv.FormatInt(opts.BusyTimeout.Milliseconds(), 10)},
		"_pragma":       {"trusted_schema(0)"},
	}
	switch r {
	case roleWriter:
		q.Set("_txlock", "immediate")
		q.Set("_synchronous", synchronous)
		q.Set("_foreign_keys", "on")
	case roleReader: // what only writing needs would cost each opening a statement
		q.Set("_query_only", "on")
	}
	return fileURI(path) + "?" + q.Encode()
}

// fileURI names a file in the form in which no character of its path has a
// meaning (https://www.sqlite.org/uri.html).
func fileURI(path string) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String()
}

// connector opens the physical connections of a pool and hardens each one
// before it is first used.
type connector struct {
	dsn     string
	ceiling func() int64 // bytes; nil for readers
}

// Driver implements [driver.Connector].
func (c *connector) Driver() driver.Driver { return &sqlite.Driver{} }

// Connect implements [driver.Connector].
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	conn, err := c.Driver().Open(c.dsn)
	if err != nil {
		return nil, err
	}
	if err := c.harden(ctx, conn); err != nil {
		return nil, fmt.Errorf("%w (closing: %v)", err, conn.Close())
	}
	return conn, nil
}

// harden forbids ATTACH, which is how SQL would reach another file, and sets
// the size ceiling. Both belong to a connection, not to the file.
//
// The driver offers the limit only on a sql.Conn. So the connection is shown to
// a passing sql.DB which never gets it back: closing that one ends its
// goroutine and leaves the connection open.
func (c *connector) harden(ctx context.Context, conn driver.Conn) error {
	passing := sql.OpenDB(single{conn})
	defer passing.Close()
	sc, err := passing.Conn(ctx)
	if err != nil {
		return err
	}
	if _, err := sqlite.Limit(sc, sqlite3.SQLITE_LIMIT_ATTACHED, 0); err != nil {
		return fmt.Errorf("forbid attach: %w", err)
	}
	if c.ceiling == nil {
		return nil
	}
	if limit := c.ceiling(); limit > 0 {
		return setCeiling(ctx, sc, limit)
	}
	return nil
}

// setCeiling bounds the file for one connection; 0 lifts the bound to SQLite's
// own (https://www.sqlite.org/pragma.html#pragma_max_page_count).
func setCeiling(ctx context.Context, conn *sql.Conn, limit int64) error {
	pages := int64(1<<32 - 2)
	if limit > 0 {
		var pageSize int64
		if err := readPragma(ctx, conn, "page_size", &pageSize); err != nil {
			return fmt.Errorf("set size ceiling: %w", err)
		}
		pages = max(1, limit/pageSize)
	}
	if _, err := conn.ExecContext(ctx, "PRAGMA max_page_count="+strconv.FormatInt(pages, 10)); err != nil {
		return fmt.Errorf("set size ceiling: %w", translate(err))
	}
	return nil
}

// readPragma reads a pragma that has one value. The name is a constant of the
// program.
func readPragma(ctx context.Context, conn *sql.Conn, name string, into any) error {
	if err := conn.QueryRowContext(ctx, "PRAGMA "+name).Scan(into); err != nil {
		return fmt.Errorf("read %s: %w", name, translate(err))
	}
	return nil
}

// single is a connector that has exactly one connection to give.
type single struct{ conn driver.Conn }

func (s single) Connect(context.Context) (driver.Conn, error) { return s.conn, nil }
func (s single) Driver() driver.Driver                        { return &sqlite.Driver{} }
