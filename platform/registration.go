package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"

	"github.com/holtdb/holt/sqlite"
)

const settingOpenRegistration = "open_registration"

// OpenRegistration reports whether anybody may make an account. The default is no.
func (s *Store) OpenRegistration(ctx context.Context) (bool, error) {
	open, err := openRegistration(ctx, s.db.Reader())
	if err != nil {
		return false, fmt.Errorf("read setting: %w", err)
	}
	return open, nil
}

func openRegistration(ctx context.Context, q sqlite.Queryer) (bool, error) {
	var value string
	err := q.QueryRowContext(ctx, "SELECT value FROM settings WHERE name = ?", settingOpenRegistration).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return value == "yes", err
}

// SetOpenRegistration decides whether anybody may make an account.
func (s *Store) SetOpenRegistration(ctx context.Context, open bool) error {
	value := "no"
	if open {
		value = "yes"
	}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if now, err := openRegistration(ctx, tx); err != nil || now == open {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
			settingOpenRegistration, value)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: ActionSettingChange, Subject: settingOpenRegistration, Detail: value})
	})
	if err != nil {
		return fmt.Errorf("change setting: %w", err)
	}
	return nil
}

// Register makes an account for a stranger: tier "free", not an administrator.
// It fails with [ErrRegistrationClosed] unless registration is open, and with a
// [*Throttled] after many accounts from one address.
func (s *Store) Register(ctx context.Context, n NewAccount) (Account, error) {
	a, err := s.register(ctx, n, actorOf(ctx).Address)
	if err != nil {
		return Account{}, fmt.Errorf("register: %w", err)
	}
	return a, nil
}

func (s *Store) register(ctx context.Context, n NewAccount, address netip.Addr) (Account, error) {
	if err := mustBeOpen(ctx, s.db.Reader()); err != nil {
		return Account{}, err
	}
	if _, err := s.throttle.begin("", address, s.now()); err != nil {
		return Account{}, err
	}
	return s.createLocal(ctx, n, func(ctx context.Context, tx *sql.Tx, a *Account) error {
		a.Admin, a.Tier = false, TierFree
		return mustBeOpen(ctx, tx)
	})
}

func mustBeOpen(ctx context.Context, q sqlite.Queryer) error {
	open, err := openRegistration(ctx, q)
	if err != nil {
		return err
	}
	if !open {
		return ErrRegistrationClosed
	}
	return nil
}
