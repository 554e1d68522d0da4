package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Image makes ready database files without running their schema each time: the
// schema is built once in memory, and every file is a copy with one change.
type Image struct {
	memory *sql.DB
}

// NewImage builds schema in memory.
func NewImage(ctx context.Context, schema Schema) (*Image, error) {
	memory, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, fmt.Errorf("build database image: %w", err)
	}
	memory.SetMaxOpenConns(1) // each connection would have a memory of its own
	im := &Image{memory: memory}
	for version := range schema.Steps {
		err := inTx(ctx, memory, func(tx *sql.Tx) error { return runStep(ctx, tx, schema, version) })
		if err != nil {
			return nil, errors.Join(fmt.Errorf("build database image: %w", err), im.Close())
		}
	}
	return im, nil
}

// File returns the bytes of a new database file in WAL mode, after change was
// applied to the image. Changes are not undone between calls: change replaces
// what the call before it wrote.
func (im *Image) File(ctx context.Context, change func(tx *sql.Tx) error) ([]byte, error) {
	conn, err := im.memory.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("make database file: %w", err)
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("make database file: %w", err)
	}
	if err := change(tx); err != nil {
		return nil, errors.Join(fmt.Errorf("make database file: %w", err), tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("make database file: %w", err)
	}
	return serialize(conn)
}

func serialize(conn *sql.Conn) ([]byte, error) {
	var file []byte
	err := conn.Raw(func(driverConn any) (err error) {
		file, err = driverConn.(interface{ Serialize() ([]byte, error) }).Serialize()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make database file: %w", err)
	}
	// Bytes 18 and 19 are the write and read version; 2 is WAL
	// (https://www.sqlite.org/fileformat2.html#file_format_version_numbers).
	file[18], file[19] = 2, 2
	return file, nil
}

// Close frees the memory.
func (im *Image) Close() error { return im.memory.Close() }
