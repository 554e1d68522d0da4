package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/sqlite"
)

// Invitation lets one person make an account. ID is public; it is not the secret.
type Invitation struct {
	ID      string
	By      string // account ID of the administrator who invites
	ByName  string
	Tier    string // of the account to be made
	Created time.Time
	Expires time.Time
}

// The invitations of an administrator who is none any more are void.
const selectInvitation = `SELECT v.id, v.invited_by, a.name, v.tier, v.created, v.expires
	FROM invitations v JOIN accounts a ON a.id = v.invited_by AND a.admin = 1 AND a.suspended = 0`

func scanInvitation(r sqlite.Row) (Invitation, error) {
	var v Invitation
	var created, expires int64
	err := r.Scan(&v.ID, &v.By, &v.ByName, &v.Tier, &created, &expires)
	v.Created, v.Expires = time.Unix(created, 0), time.Unix(expires, 0)
	return v, err
}

// Invite makes an invitation by an administrator and returns the secret of its
// link. An empty tier means "free". It fails with [ErrNotAdmin],
// [ErrInvalidExpiry] or [ErrInvalidTier].
func (s *Store) Invite(ctx context.Context, by, tier string, expires time.Time) (string, error) {
	now := s.now()
	if tier == "" {
		tier = TierFree
	}
	if !validTierName(tier) {
		return "", fmt.Errorf("invite: %w", ErrInvalidTier)
	}
	if !expires.After(now) {
		return "", fmt.Errorf("invite: %w", ErrInvalidExpiry)
	}
	secret, id := newSecret(), newID(now)
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		inviter, err := findAccount(ctx, tx, by)
		if err != nil {
			return err
		}
		if !inviter.Admin || inviter.Suspended {
			return ErrNotAdmin
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO invitations (hash, id, invited_by, tier, created, expires)
			VALUES (?, ?, ?, ?, ?, ?)`, hashSecret(secret), id, by, tier, now.Unix(), expires.Unix())
		if err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Account: by, Action: ActionInvitationCreate, Subject: id, Detail: tier})
	})
	if err != nil {
		return "", fmt.Errorf("invite: %w", err)
	}
	return secret, nil
}

// Invitation returns the invitation of a link's secret, or [ErrInvalidLink].
func (s *Store) Invitation(ctx context.Context, secret string) (Invitation, error) {
	v, err := s.findInvitation(ctx, s.db.Reader(), secret)
	if err != nil {
		return Invitation{}, fmt.Errorf("find invitation: %w", err)
	}
	return v, nil
}

func (s *Store) findInvitation(ctx context.Context, q sqlite.Queryer, secret string) (Invitation, error) {
	if !wellFormed(secret) {
		return Invitation{}, ErrInvalidLink
	}
	v, err := scanInvitation(q.QueryRowContext(ctx, selectInvitation+" WHERE v.hash = ? AND v.expires > ?",
		hashSecret(secret), s.now().Unix()))
	if errors.Is(err, sql.ErrNoRows) {
		return Invitation{}, ErrInvalidLink
	}
	return v, err
}

// AcceptInvitation makes an account with the invitation's tier, not an
// administrator, and uses the invitation up.
func (s *Store) AcceptInvitation(ctx context.Context, secret string, n NewAccount) (Account, error) {
	if _, err := s.Invitation(ctx, secret); err != nil { // before the costly hash
		return Account{}, fmt.Errorf("accept invitation: %w", err)
	}
	a, err := s.createLocal(ctx, n, func(ctx context.Context, tx *sql.Tx, a *Account) error {
		v, err := s.findInvitation(ctx, tx, secret)
		if err != nil {
			return err
		}
		a.Admin, a.Tier = false, v.Tier
		_, err = tx.ExecContext(ctx, "DELETE FROM invitations WHERE id = ?", v.ID)
		return err
	})
	if err != nil {
		return Account{}, fmt.Errorf("accept invitation: %w", err)
	}
	return a, nil
}

// Invitations returns the open invitations, newest first.
func (s *Store) Invitations(ctx context.Context) ([]Invitation, error) {
	invitations, err := sqlite.Collect(ctx, s.db.Reader(), scanInvitation,
		selectInvitation+" WHERE v.expires > ? ORDER BY v.id DESC", s.now().Unix())
	if err != nil {
		return nil, fmt.Errorf("list invitations: %w", err)
	}
	return invitations, nil
}

// RevokeInvitation voids an open invitation by its public ID, or fails with
// [ErrNotFound].
func (s *Store) RevokeInvitation(ctx context.Context, id string) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM invitations WHERE id = ?", id)
		if err := changed(result, err, ErrNotFound); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: ActionInvitationRevoke, Subject: id})
	})
	if err != nil {
		return fmt.Errorf("revoke invitation: %w", err)
	}
	return nil
}
