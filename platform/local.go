package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/holtdb/holt/tenant"
)

// NewAccount describes a built-in account, which signs in with a password.
type NewAccount struct {
	Login    string
	Name     string // the login when empty
	Password string
	Admin    bool   // heeded by CreateLocal only
	Tier     string // heeded by CreateLocal only; "free" when empty
}

// CreateLocal makes a built-in account with the rights that n says. The caller
// has made sure that they may be given; a form of a stranger goes through
// [Store.Register] or [Store.AcceptInvitation]. Errors are [ErrLoginTaken],
// [ErrInvalidLogin], [ErrInvalidName] and those of passwords.
func (s *Store) CreateLocal(ctx context.Context, n NewAccount) (Account, error) {
	a, err := s.createLocal(ctx, n, func(context.Context, *sql.Tx, *Account) error { return nil })
	if err != nil {
		return Account{}, fmt.Errorf("create account: %w", err)
	}
	return a, nil
}

// createLocal makes an account. permit runs in its transaction, first; it may
// refuse, and sets what the account may be.
func (s *Store) createLocal(ctx context.Context, n NewAccount, permit func(context.Context, *sql.Tx, *Account) error) (Account, error) {
	a, err := s.localAccount(n)
	if err != nil {
		return Account{}, err
	}
	// Hashing takes a while and must not hold the writer.
	phc, err := s.hasher.hash(ctx, n.Password)
	if err != nil {
		return Account{}, err
	}
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		if err := permit(ctx, tx, &a); err != nil {
			return err
		}
		if err := loginFree(ctx, tx, a.Login); err != nil {
			return err
		}
		if err := insertAccount(ctx, tx, a, phc); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: ActionAccountCreate, Subject: a.ID, Detail: ProviderLocal})
	})
	if err != nil {
		return Account{}, err
	}
	return a, nil
}

// localAccount checks what a new account is to be.
func (s *Store) localAccount(n NewAccount) (Account, error) {
	login, err := NormalizeLogin(n.Login)
	if err != nil {
		return Account{}, err
	}
	name, err := cleanName(n.Name)
	if err != nil {
		return Account{}, err
	}
	if name == "" {
		name = login
	}
	tier := n.Tier
	if tier == "" {
		tier = TierFree
	}
	if !validTierName(tier) {
		return Account{}, ErrInvalidTier
	}
	now := s.now()
	id := newID(now)
	home, err := tenant.ParseID(ProviderLocal + ":" + id)
	if err != nil {
		return Account{}, err
	}
	return Account{
		ID: id, Tenant: home, Login: login, Name: name, Admin: n.Admin, Tier: tier,
		Created: now, LastSeen: now, HasPassword: true,
	}, nil
}

func loginFree(ctx context.Context, tx *sql.Tx, login string) error {
	var id string
	err := tx.QueryRowContext(ctx, "SELECT id FROM accounts WHERE login = ?", login).Scan(&id)
	switch {
	case err == nil:
		return ErrLoginTaken
	case errors.Is(err, sql.ErrNoRows):
		return nil
	default:
		return err
	}
}
