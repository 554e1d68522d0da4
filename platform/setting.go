package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/holtdb/holt/sqlite"
)

// Settings that are on or off. Each is off until an administrator turns it on.
const (
	settingOpenRegistration = "open_registration"
	settingPrivateModels    = "private_models"
)

// OpenRegistration reports whether anybody may make an account. The default is no.
func (s *Store) OpenRegistration(ctx context.Context) (bool, error) {
	return s.setting(ctx, settingOpenRegistration)
}

// SetOpenRegistration decides whether anybody may make an account.
func (s *Store) SetOpenRegistration(ctx context.Context, open bool) error {
	return s.changeSetting(ctx, settingOpenRegistration, open)
}

// PrivateModels reports whether the model servers that people name for
// themselves may be at private addresses, such as the server's own network. The
// default is no: they could reach there what they otherwise cannot.
func (s *Store) PrivateModels(ctx context.Context) (bool, error) {
	return s.setting(ctx, settingPrivateModels)
}

// SetPrivateModels decides whether people's own model servers may be at private
// addresses.
func (s *Store) SetPrivateModels(ctx context.Context, allowed bool) error {
	return s.changeSetting(ctx, settingPrivateModels, allowed)
}

func (s *Store) setting(ctx context.Context, name string) (bool, error) {
	on, err := readSetting(ctx, s.db.Prepared(), name)
	if err != nil {
		return false, fmt.Errorf("read setting: %w", err)
	}
	return on, nil
}

func readSetting(ctx context.Context, q sqlite.Queryer, name string) (bool, error) {
	var value string
	err := q.QueryRowContext(ctx, "SELECT value FROM settings WHERE name = ?", name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return value == "yes", err
}

func (s *Store) changeSetting(ctx context.Context, name string, on bool) error {
	value := "no"
	if on {
		value = "yes"
	}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if now, err := readSetting(ctx, tx, name); err != nil || now == on {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, value)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: ActionSettingChange, Subject: name, Detail: value})
	})
	if err != nil {
		return fmt.Errorf("change setting: %w", err)
	}
	return nil
}
