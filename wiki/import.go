package wiki

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki/preferences"
	"github.com/holtdb/holt/wiki/transport"
)

// Source is an existing wiki of An Otter Wiki's layout, to be taken over. It is
// only read.
type Source struct {
	Repository string // absolute path of a git repository, with a work tree or bare
	Database   string // path of the SQLite file; "" for none
}

// Import makes a wiki of an existing repository and database: pages and
// history, preferences, users and drafts. Access levels that the database does
// not state are those of f's visibility. Users keep their rows; they become
// somebody's when an admin links them to an account. The row with the owner's
// address becomes the owner's. It fails with [tenant.ErrExists] and
// [transport.ErrUnsupportedSource], and then leaves nothing behind.
func Import(ctx context.Context, fleet *tenant.Fleet, git *transport.Git, id tenant.ID, f Founding, from Source) error {
	return fleet.CreateWith(ctx, id, func(ctx context.Context, home *tenant.Home) error {
		target, err := home.FolderPath(repoDir)
		if err != nil {
			return err
		}
		if err := git.CloneIn(ctx, from.Repository, target, ""); err != nil {
			return fmt.Errorf("take over repository: %w", err)
		}
		return settle(ctx, home, f, func(ctx context.Context, w *Wiki) error {
			if from.Database == "" {
				return nil
			}
			if err := w.takeOver(ctx, from.Database, f.Owner); err != nil {
				return fmt.Errorf("take over database: %w", err)
			}
			return nil
		})
	})
}

// takeOver copies the tables that An Otter Wiki has.
func (w *Wiki) takeOver(ctx context.Context, path string, owner Owner) (err error) {
	// A file of another program is neither checked nor migrated.
	from, err := sqlite.Open(ctx, path, sqlite.Options{Check: func(context.Context, *sqlite.DB) error { return nil }})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	return from.View(ctx, func(old *sql.Tx) error {
		return w.db.Write(ctx, func(tx *sql.Tx) error {
			if err := takePreferences(ctx, old, tx); err != nil {
				return err
			}
			if err := takeUsers(ctx, old, tx); err != nil {
				return err
			}
			if err := takeDrafts(ctx, old, tx); err != nil {
				return err
			}
			return giveToOwner(ctx, tx, owner)
		})
	})
}

// takePreferences copies the rows that the database has. Rows that settle wrote
// for a new wiki give way, but those of the access levels.
func takePreferences(ctx context.Context, old, tx *sql.Tx) error {
	rows, err := readPreferences(ctx, old)
	if err != nil {
		return err
	}
	fresh, err := readPreferences(ctx, tx)
	if err != nil {
		return err
	}
	for name := range fresh {
		if !preferences.IsAccessLevel(name) {
			if _, err := tx.ExecContext(ctx, "DELETE FROM preferences WHERE name = ?", name); err != nil {
				return err
			}
		}
	}
	return storePreferences(ctx, tx, rows)
}

// giveToOwner makes the row and the drafts with the owner's address the owner's.
func giveToOwner(ctx context.Context, tx *sql.Tx, owner Owner) error {
	if owner.Email == "" {
		return nil
	}
	result, err := tx.ExecContext(ctx, "UPDATE user SET account = ? WHERE email = ?", owner.Account, owner.Email)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return linkDrafts(ctx, tx, owner.Email, owner.Account)
}

// columns returns what to select of a table that a version of An Otter Wiki made:
// NULL for columns that it did not have yet, and times as they are written. ok is
// false without the table.
func columns(ctx context.Context, old *sql.Tx, table string, wanted ...string) (list string, ok bool, err error) {
	types := make(map[string]string)
	err = sqlite.Each(ctx, old, func(r sqlite.Row) error {
		var name, kind string
		err := r.Scan(&name, &kind)
		types[name] = kind
		return err
	}, "SELECT name, type FROM pragma_table_info(?)", table)
	for i, name := range wanted {
		switch kind, has := types[name]; {
		case !has:
			wanted[i] = "NULL"
		case strings.EqualFold(kind, "DATETIME"):
			wanted[i] = "CAST(" + name + " AS TEXT)"
		}
	}
	return strings.Join(wanted, ", "), len(types) > 0, err
}

func takeUsers(ctx context.Context, old, tx *sql.Tx) error {
	list, ok, err := columns(ctx, old, "user", "name", "email", "password_hash", "first_seen", "last_seen", "is_approved", "is_admin",
		"email_confirmed", "allow_read", "allow_write", "allow_upload")
	if err != nil || !ok {
		return err
	}
	return sqlite.Each(ctx, old, func(r sqlite.Row) error {
		var name, email, password, first, last sql.NullString
		var approved, admin, confirmed, read, write, upload sql.NullBool
		err := r.Scan(&name, &email, &password, &first, &last, &approved, &admin, &confirmed, &read, &write, &upload)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO user (name, email, password_hash, first_seen, last_seen, is_approved, is_admin,
			email_confirmed, allow_read, allow_write, allow_upload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			name, email, password, first, last, approved.Bool, admin.Bool, confirmed.Bool, read.Bool, write.Bool, upload.Bool)
		return err
	}, "SELECT "+list+" FROM user")
}

func takeDrafts(ctx context.Context, old, tx *sql.Tx) error {
	list, ok, err := columns(ctx, old, "drafts", "pagepath", "revision", "author_email", "content", "cursor_line", "cursor_ch", "datetime")
	if err != nil || !ok {
		return err
	}
	return sqlite.Each(ctx, old, func(r sqlite.Row) error {
		var page, revision, author, content, changed sql.NullString
		var line, ch sql.NullInt64
		if err := r.Scan(&page, &revision, &author, &content, &line, &ch, &changed); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO drafts (pagepath, revision, author_email, content, cursor_line, cursor_ch, datetime)
			VALUES (?, ?, ?, ?, ?, ?, ?)`, page, revision, author, content, line, ch, changed)
		return err
	}, "SELECT "+list+" FROM drafts")
}
