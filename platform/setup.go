package platform

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"

	"github.com/holtdb/holt/sqlite"
)

// SetupNeeded reports whether the server has no administrator yet.
func (s *Store) SetupNeeded(ctx context.Context) (bool, error) {
	exists, err := hasAdmin(ctx, s.db.Reader())
	if err != nil {
		return false, fmt.Errorf("check set-up: %w", err)
	}
	return !exists, nil
}

func hasAdmin(ctx context.Context, q sqlite.Queryer) (bool, error) {
	var exists bool
	err := q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM accounts WHERE admin = 1)").Scan(&exists)
	return exists, err
}

// SetupSecret makes the secret of the set-up link and voids the one before. It
// fails with [ErrSetupDone] when there is an administrator.
func (s *Store) SetupSecret(ctx context.Context) (string, error) {
	secret := newSecret()
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if exists, err := hasAdmin(ctx, tx); err != nil {
			return err
		} else if exists {
			return ErrSetupDone
		}
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO setup (id, hash) VALUES (1, ?)", hashSecret(secret))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("make set-up link: %w", err)
	}
	return secret, nil
}

// CheckSetup reports whether the secret of a set-up link is valid, so that its
// page can be shown: nil, [ErrInvalidLink] or [ErrSetupDone].
func (s *Store) CheckSetup(ctx context.Context, secret string) error {
	err := s.db.View(ctx, func(tx *sql.Tx) error { return checkSetup(ctx, tx, secret) })
	if err != nil {
		return fmt.Errorf("check set-up link: %w", err)
	}
	return nil
}

// checkSetup asks twice, and so needs a transaction.
func checkSetup(ctx context.Context, tx *sql.Tx, secret string) error {
	if exists, err := hasAdmin(ctx, tx); err != nil {
		return err
	} else if exists {
		return ErrSetupDone
	}
	var hash []byte
	err := tx.QueryRowContext(ctx, "SELECT hash FROM setup WHERE id = 1").Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) || err == nil && subtle.ConstantTimeCompare(hash, hashSecret(secret)) != 1 {
		return ErrInvalidLink
	}
	return err
}

// CompleteSetup makes the first administrator, with the tier "local". Of
// several callers with the secret one succeeds; the others get [ErrSetupDone].
func (s *Store) CompleteSetup(ctx context.Context, secret string, n NewAccount) (Account, error) {
	if err := s.CheckSetup(ctx, secret); err != nil { // before the costly hash
		return Account{}, fmt.Errorf("complete set-up: %w", err)
	}
	a, err := s.createLocal(ctx, n, func(ctx context.Context, tx *sql.Tx, a *Account) error {
		if err := checkSetup(ctx, tx, secret); err != nil {
			return err
		}
		a.Admin, a.Tier = true, TierLocal
		_, err := tx.ExecContext(ctx, "DELETE FROM setup")
		return err
	})
	if err != nil {
		return Account{}, fmt.Errorf("complete set-up: %w", err)
	}
	return a, nil
}
