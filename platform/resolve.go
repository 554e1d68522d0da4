package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

// Resolve returns the account that a proven identity belongs to, and makes it
// at the first request. A tier in the proof becomes the account's. It fails
// with [ErrInvalidProof] when the subject cannot name a library, with
// [ErrIdentityTaken] when the library it names belongs to another identity, and
// with [ErrSuspended].
func (s *Store) Resolve(ctx context.Context, p Proof) (Account, error) {
	home, err := p.tenantID()
	if err != nil {
		return Account{}, fmt.Errorf("resolve identity: %w", err)
	}
	now := s.now()
	a, err := accountOfIdentity(ctx, s.db.Prepared(), p)
	fresh := err == nil && !p.changesTier(a) && now.Sub(a.LastSeen) < touchEvery
	switch {
	case errors.Is(err, ErrNotFound), err == nil && !fresh && !a.Suspended:
		a, err = s.refresh(ctx, p, home, now)
	}
	if err != nil {
		return Account{}, fmt.Errorf("resolve identity: %w", err)
	}
	if a.Suspended {
		return Account{}, fmt.Errorf("resolve identity: %w", ErrSuspended)
	}
	return a, nil
}

func (p Proof) changesTier(a Account) bool { return p.Tier != "" && p.Tier != a.Tier }

func accountOfIdentity(ctx context.Context, q sqlite.Queryer, p Proof) (Account, error) {
	a, err := scanAccount(q.QueryRowContext(ctx, selectAccount+` FROM identities i JOIN accounts a ON a.id = i.account
		WHERE i.provider = ? AND i.subject = ?`, p.Provider, p.Subject))
	return a, notFound(err)
}

// refresh finds or makes the account and brings it up to date. It reads again
// inside the transaction: of many first requests one makes the account.
func (s *Store) refresh(ctx context.Context, p Proof, home tenant.ID, now time.Time) (Account, error) {
	var a Account
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		var err error
		a, err = accountOfIdentity(ctx, tx, p)
		if errors.Is(err, ErrNotFound) {
			a, err = s.adopt(ctx, tx, p, home, now)
			return err
		}
		if err != nil || a.Suspended {
			return err
		}
		if p.changesTier(a) {
			if err := s.setTier(ctx, tx, a, p.Tier); err != nil {
				return err
			}
			a.Tier = p.Tier
		}
		return touch(ctx, tx, a.ID, now)
	})
	return a, err
}

// adopt makes the account of an identity that was never seen before.
func (s *Store) adopt(ctx context.Context, tx *sql.Tx, p Proof, home tenant.ID, now time.Time) (Account, error) {
	a := Account{
		ID:       newID(now),
		Tenant:   home,
		Name:     displayName(p.Name, p.Subject),
		Tier:     p.Tier,
		Created:  now,
		LastSeen: now,
	}
	if a.Tier == "" {
		a.Tier = TierFree
	}
	var owner string
	err := tx.QueryRowContext(ctx, "SELECT id FROM accounts WHERE tenant = ?", home.String()).Scan(&owner)
	if err == nil {
		return Account{}, ErrIdentityTaken
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return Account{}, err
	}
	if err := insertAccount(ctx, tx, a, ""); err != nil {
		return Account{}, err
	}
	if err := insertIdentity(ctx, tx, a.ID, p, now); err != nil {
		return Account{}, err
	}
	return a, s.record(ctx, tx, Event{Account: a.ID, Action: ActionAccountCreate, Subject: a.ID, Detail: p.Provider})
}

func insertIdentity(ctx context.Context, tx *sql.Tx, account string, p Proof, now time.Time) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO identities (provider, subject, account, created) VALUES (?, ?, ?, ?)",
		p.Provider, p.Subject, account, now.Unix())
	return err
}

// Identity is one way in which an account is proven from outside.
type Identity struct {
	Provider string
	Subject  string
	Created  time.Time
}

// Identities returns the identities of an account, oldest first.
func (s *Store) Identities(ctx context.Context, accountID string) ([]Identity, error) {
	scan := func(r sqlite.Row) (Identity, error) {
		var i Identity
		var created int64
		err := r.Scan(&i.Provider, &i.Subject, &created)
		i.Created = time.Unix(created, 0)
		return i, err
	}
	identities, err := sqlite.Collect(ctx, s.db.Reader(), scan, `SELECT provider, subject, created FROM identities
		WHERE account = ? ORDER BY created, provider, subject`, accountID)
	if err != nil {
		return nil, fmt.Errorf("list identities: %w", err)
	}
	return identities, nil
}

// LinkIdentity lets a proven identity sign in to an existing account. It fails
// with [ErrIdentityTaken] when the identity has an account of its own.
func (s *Store) LinkIdentity(ctx context.Context, accountID string, p Proof) error {
	if _, err := p.tenantID(); err != nil {
		return fmt.Errorf("link identity: %w", err)
	}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := findAccount(ctx, tx, accountID); err != nil {
			return err
		}
		switch owner, err := accountOfIdentity(ctx, tx, p); {
		case err == nil && owner.ID == accountID:
			return nil
		case err == nil:
			return ErrIdentityTaken
		case !errors.Is(err, ErrNotFound):
			return err
		}
		if err := insertIdentity(ctx, tx, accountID, p, s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: ActionIdentityLink, Subject: accountID, Detail: p.Provider})
	})
	if err != nil {
		return fmt.Errorf("link identity: %w", err)
	}
	return nil
}

// UnlinkIdentity takes an identity from an account. It fails with
// [ErrLastIdentity] when the account could not sign in without it.
func (s *Store) UnlinkIdentity(ctx context.Context, accountID, provider, subject string) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM identities WHERE account = ? AND provider = ? AND subject = ?",
			accountID, provider, subject)
		if err := changed(result, err, ErrNotFound); err != nil {
			return err
		}
		var ways int
		err = tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM identities WHERE account = ?1)
			+ (SELECT count(*) FROM accounts WHERE id = ?1 AND password IS NOT NULL)`, accountID).Scan(&ways)
		if err != nil {
			return err
		}
		if ways == 0 {
			return ErrLastIdentity
		}
		return s.record(ctx, tx, Event{Action: ActionIdentityUnlink, Subject: accountID, Detail: provider})
	})
	if err != nil {
		return fmt.Errorf("unlink identity: %w", err)
	}
	return nil
}
