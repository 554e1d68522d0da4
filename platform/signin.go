package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// CheckPassword returns the account with this login and password. It fails with
// [ErrWrongPassword], after the same work for an unknown login; with a
// [*Throttled] after too many failures of the login or of the context's actor's
// address; and with [ErrSuspended] when the password was right. The caller
// starts a session.
func (s *Store) CheckPassword(ctx context.Context, login, password string) (Account, error) {
	a, err := s.checkPassword(ctx, login, password)
	if err != nil {
		return Account{}, fmt.Errorf("check password: %w", err)
	}
	return a, nil
}

func (s *Store) checkPassword(ctx context.Context, login, password string) (Account, error) {
	normal, err := NormalizeLogin(login)
	if err != nil {
		normal = "" // nobody's; still counted by address and answered after the same work
	}
	attempt, err := s.throttle.begin(normal, actorOf(ctx).Address, s.now())
	if err != nil {
		return Account{}, err
	}
	a, stored, err := s.passwordOf(ctx, normal)
	if err != nil && !errors.Is(err, ErrNotFound) {
		attempt.cancel()
		return Account{}, err
	}
	ok, outdated, err := s.hasher.verify(ctx, stored, password)
	if err != nil {
		attempt.cancel()
		return Account{}, err
	}
	if !ok {
		return Account{}, ErrWrongPassword
	}
	attempt.succeed()
	if a.Suspended {
		return Account{}, ErrSuspended
	}
	if outdated {
		if err := s.rehash(ctx, a.ID, stored, password); err != nil {
			return Account{}, err
		}
	}
	return a, nil
}

// passwordOf returns the account with a login and its stored password.
func (s *Store) passwordOf(ctx context.Context, login string) (Account, string, error) {
	var stored string
	a, err := scanAccount(s.db.Reader().QueryRowContext(ctx,
		selectAccount+", a.password FROM accounts a WHERE a.login = ?", login), &stored)
	return a, stored, notFound(err)
}

// rehash stores a password at the present cost, unless it was changed meanwhile.
func (s *Store) rehash(ctx context.Context, id, stored, password string) error {
	prepared, err := preparePassword(password)
	if err != nil {
		return err
	}
	phc, err := s.hasher.hashPrepared(ctx, prepared)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE accounts SET password = ? WHERE id = ? AND password = ?", phc, id, stored)
		return err
	})
}

// ChangePassword replaces the password of an account whose owner knows the old
// one. It ends every session of the account: the caller starts a new one for
// the browser that asked. Wrong old passwords are counted like failed sign-ins.
func (s *Store) ChangePassword(ctx context.Context, accountID, old, new string) error {
	a, err := s.Account(ctx, accountID)
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	if !a.HasPassword {
		return fmt.Errorf("change password: %w", ErrNoPassword)
	}
	if _, err := s.checkPassword(ctx, a.Login, old); err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	if err := s.storePassword(ctx, accountID, new, ActionPasswordChange); err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	return nil
}

// ResetPassword replaces the password of an account whose owner forgot it, and
// ends every session of the account.
func (s *Store) ResetPassword(ctx context.Context, accountID, new string) error {
	if err := s.storePassword(ctx, accountID, new, ActionPasswordReset); err != nil {
		return fmt.Errorf("reset password: %w", err)
	}
	return nil
}

func (s *Store) storePassword(ctx context.Context, accountID, password, action string) error {
	phc, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		a, err := findAccount(ctx, tx, accountID)
		if err != nil {
			return err
		}
		if !a.HasPassword {
			return ErrNoPassword
		}
		if _, err := tx.ExecContext(ctx, "UPDATE accounts SET password = ? WHERE id = ?", phc, accountID); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, accountID); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: action, Subject: accountID})
	})
}
