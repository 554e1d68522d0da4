package platform

import (
	"context"
	"database/sql"
	"fmt"
	"net/netip"

	"github.com/holtdb/holt/sqlite"
)

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
	open, err := readSetting(ctx, q, settingOpenRegistration)
	if err != nil {
		return err
	}
	if !open {
		return ErrRegistrationClosed
	}
	return nil
}
