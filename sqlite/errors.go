package sqlite

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

var (
	// ErrFull means that a write would pass the size ceiling or that the disk is full.
	ErrFull = errors.New("database is full")
	// ErrLocked means that another process held a lock for longer than the busy timeout.
	ErrLocked = errors.New("database is locked by another process")
	// ErrCorrupt means that the file is damaged or not a database.
	ErrCorrupt = errors.New("database file is damaged")
	// ErrNewer means that a newer version of the program wrote the file.
	ErrNewer = errors.New("database was written by a newer version of this program")
	// ErrForeign means that the file belongs to another program.
	ErrForeign = errors.New("database belongs to another program")
	// ErrMissing means that the file is absent or cannot be opened.
	ErrMissing = errors.New("database file is missing or cannot be opened")
	// ErrExists means that a row with the same key is there already.
	ErrExists = errors.New("a row with this key exists")
)

// translate adds the sentinel that matches a driver error, so that callers use
// errors.Is and never look at codes. Other errors pass unchanged.
func translate(err error) error {
	var driverErr *sqlite.Error
	if err == nil || !errors.As(err, &driverErr) {
		return err
	}
	sentinel := sentinelOf(driverErr.Code())
	if sentinel == nil || errors.Is(err, sentinel) {
		return err
	}
	return fmt.Errorf("%w: %w", sentinel, err)
}

// sentinelOf maps a result code (https://www.sqlite.org/rescode.html).
func sentinelOf(code int) error {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return ErrExists
	}
	const primary = 0xff // extended codes keep the primary one in the low byte
	switch code & primary {
	case sqlite3.SQLITE_FULL:
		return ErrFull
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return ErrLocked
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return ErrCorrupt
	case sqlite3.SQLITE_CANTOPEN:
		return ErrMissing
	}
	return nil
}
