package sqlite

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
)

// Backup copies the database to a new file at path while others read and
// write. The copy is of one moment and complete without a write-ahead log.
func (db *DB) Backup(ctx context.Context, path string) (err error) {
	conn, err := db.read.Conn(ctx)
	if err != nil {
		return fmt.Errorf("back up database: %w", translate(err))
	}
	defer conn.Close()
	err = conn.Raw(func(driverConn any) error {
		b, err := driverConn.(interface {
			NewBackup(string) (*sqlite.Backup, error)
		}).NewBackup(fileURI(path))
		if err != nil {
			return err
		}
		_, stepErr := b.Step(-1) // all pages in one read transaction
		return errors.Join(stepErr, b.Finish())
	})
	if err != nil {
		return fmt.Errorf("back up database: %w", translate(err))
	}
	return nil
}
