package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// Schema is what a database file must contain: steps that build it from
// nothing, one after the other. The number of steps done is kept in the file as
// PRAGMA user_version.
type Schema struct {
	// ApplicationID marks the file as one of this program's
	// (https://www.sqlite.org/pragma.html#pragma_application_id); 0 is not checked.
	ApplicationID int32
	// Steps are SQL texts. A step that was ever released is never changed.
	Steps []string
}

// Version is the user_version of a file that has the whole schema.
func (s Schema) Version() int { return len(s.Steps) }

// ReadSteps reads the steps of a schema from files named 0001_what.sql,
// 0002_what.sql and so on in the top folder of fsys.
func ReadSteps(fsys fs.FS) ([]string, error) {
	names, err := fs.Glob(fsys, "*.sql") // sorted
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("list migrations: no .sql files")
	}
	steps := make([]string, 0, len(names))
	for i, name := range names {
		number, _, ok := strings.Cut(path.Base(name), "_")
		if n, err := strconv.Atoi(number); !ok || err != nil || n != i+1 {
			return nil, fmt.Errorf("migration %s: want a name that starts with %04d_", name, i+1)
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read migration %s: %w", name, err)
		}
		steps = append(steps, string(text))
	}
	return steps, nil
}

// readVersion reads the number of schema steps that a file has.
func readVersion(ctx context.Context, conn *sql.Conn) (int, error) {
	var version int
	err := readPragma(ctx, conn, "user_version", &version)
	return version, err
}

// Version returns the number of schema steps that the file has.
func (db *DB) Version(ctx context.Context) (int, error) {
	conn, err := db.read.Conn(ctx)
	if err != nil {
		return 0, translate(err)
	}
	defer conn.Close()
	return readVersion(ctx, conn)
}

// recognise reports why a file is not one of this schema and returns its
// version. A file of the present version that check knows by its content needs
// no second look at its application id.
func (s Schema) recognise(ctx context.Context, conn *sql.Conn, check bool) (int, error) {
	version, err := readVersion(ctx, conn)
	if err != nil {
		return 0, err
	}
	if version > s.Version() && len(s.Steps) > 0 {
		return 0, fmt.Errorf("%w: it is at version %d, this program knows %d", ErrNewer, version, s.Version())
	}
	// A file with version 0 is new or made by another program, whose id the
	// first step replaces.
	if s.ApplicationID == 0 || version == 0 || check && version == s.Version() {
		return version, nil
	}
	var id int32
	if err := readPragma(ctx, conn, "application_id", &id); err != nil {
		return 0, err
	}
	if id != s.ApplicationID {
		return 0, fmt.Errorf("%w: application id %#x, want %#x", ErrForeign, id, s.ApplicationID)
	}
	return version, nil
}

// migrate does the steps that are missing. Each step and its version change are
// one transaction, so that a crash leaves a file at a whole step.
func (db *DB) migrate(ctx context.Context, schema Schema, version int, trace func(string)) error {
	for version < schema.Version() {
		done, err := db.step(ctx, schema, trace)
		if err != nil {
			return err
		}
		version = done
	}
	return nil
}

// step does the next missing step and returns the version after it. The version
// is read inside the transaction: another process may have been faster.
func (db *DB) step(ctx context.Context, schema Schema, trace func(string)) (int, error) {
	var version int
	err := db.Write(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
			return err
		}
		if version >= schema.Version() {
			return nil
		}
		if err := runStep(ctx, tx, schema, version); err != nil {
			return err
		}
		version++
		call(trace, "migrate:before-commit")
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	call(trace, "migrate:after-commit")
	return version, nil
}

func runStep(ctx context.Context, tx *sql.Tx, schema Schema, version int) error {
	if _, err := tx.ExecContext(ctx, schema.Steps[version]); err != nil {
		return fmt.Errorf("step %d: %w", version+1, err)
	}
	if version == 0 && schema.ApplicationID != 0 {
		if _, err := tx.ExecContext(ctx, "PRAGMA application_id="+strconv.Itoa(int(schema.ApplicationID))); err != nil {
			return fmt.Errorf("set application id: %w", err)
		}
	}
	_, err := tx.ExecContext(ctx, "PRAGMA user_version="+strconv.Itoa(version+1))
	return err
}

func call(trace func(string), point string) {
	if trace != nil {
		trace(point)
	}
}
