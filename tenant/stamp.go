package tenant

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/sqlite"
)

// stamp is what a database says of the home it belongs to. It is how a file
// that a mistaken restore or a swapped mount put elsewhere is recognised.
type stamp struct {
	kind   string
	tenant string
	home   string // random, new with every home made
}

const stampTable = `CREATE TABLE IF NOT EXISTS holt_stamp (
	only    INTEGER PRIMARY KEY CHECK (only = 1),
	kind    TEXT NOT NULL,
	tenant  TEXT NOT NULL,
	home    TEXT NOT NULL,
	created INTEGER NOT NULL
) STRICT`

// write puts the stamp into a database.
func (s stamp) write(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, stampTable); err != nil {
		return fmt.Errorf("stamp database: %w", err)
	}
	_, err := tx.ExecContext(ctx,
		"INSERT OR REPLACE INTO holt_stamp (only, kind, tenant, home, created) VALUES (1, ?, ?, ?, ?)",
		s.kind, s.tenant, s.home, time.Now().Unix())
	if err != nil {
		return fmt.Errorf("stamp database: %w", err)
	}
	return nil
}

// readStamp reads the stamp of an open database.
func readStamp(ctx context.Context, db *sqlite.DB) (stamp, error) {
	var s stamp
	err := db.Reader().QueryRowContext(ctx, "SELECT kind, tenant, home FROM holt_stamp").
		Scan(&s.kind, &s.tenant, &s.home)
	if err == nil {
		return s, nil
	}
	var tables int
	look := db.Reader().QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = 'holt_stamp'").Scan(&tables)
	if look == nil && (tables == 0 || errors.Is(err, sql.ErrNoRows)) {
		return stamp{}, fmt.Errorf("%w: it carries no stamp of any home", ErrWrongHome)
	}
	return stamp{}, fmt.Errorf("read stamp: %w", err)
}

// matches compares a database's stamp with the home it was found in. An empty
// home id in want is not compared: it is not known before the primary database
// was read.
func (s stamp) matches(want stamp) error {
	if s.kind != want.kind || s.tenant != want.tenant {
		return fmt.Errorf("%w: it is of %s/%s and lies in the home of %s/%s",
			ErrWrongHome, s.kind, s.tenant, want.kind, want.tenant)
	}
	if want.home != "" && s.home != want.home {
		return fmt.Errorf("%w: it is of an earlier or other home of %s/%s (%s, want %s)",
			ErrWrongHome, s.kind, s.tenant, s.home, want.home)
	}
	return nil
}
