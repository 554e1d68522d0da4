package wiki

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// settings are what the owner decides, as of one version of the database.
type settings struct {
	version     int64
	preferences preferences.Preferences
	rules       access.Rules
	members     map[string]access.Member // by account
}

// loadSettings returns the settings of a version, from memory if they are there.
func (w *Wiki) loadSettings(ctx context.Context, version int64) (*settings, error) {
	if s := w.settings.Load(); s != nil && s.version == version {
		return s, nil
	}
	s := &settings{version: version, members: make(map[string]access.Member)}
	err := w.db.View(ctx, func(tx *sql.Tx) error {
		// Read again: all of it must be of one moment.
		if err := tx.QueryRowContext(ctx, "SELECT settings FROM state").Scan(&s.version); err != nil {
			return err
		}
		rows, err := readPreferences(ctx, tx)
		if err != nil {
			return err
		}
		s.preferences = preferences.Parse(rows)
		rules, err := readRules(ctx, tx)
		if err != nil {
			return err
		}
		s.rules = access.NewRules(rules)
		return sqlite.Each(ctx, tx, func(r sqlite.Row) error {
			var account string
			var m access.Member
			if err := r.Scan(&account, &m.Approved, &m.Admin, &m.Read, &m.Write, &m.Upload, &m.Viewer); err != nil {
				return err
			}
			s.members[account] = m
			return nil
		}, "SELECT account, is_approved, is_admin, allow_read, allow_write, allow_upload, viewer FROM user WHERE account IS NOT NULL")
	})
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	w.settings.Store(s)
	return s, nil
}

func readPreferences(ctx context.Context, tx *sql.Tx) (map[string]string, error) {
	rows := make(map[string]string)
	err := sqlite.Each(ctx, tx, func(r sqlite.Row) error {
		var name string
		var value sql.NullString
		if err := r.Scan(&name, &value); err != nil {
			return err
		}
		if value.Valid {
			rows[name] = value.String
		}
		return nil
	}, "SELECT name, value FROM preferences")
	return rows, err
}
