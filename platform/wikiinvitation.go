package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/sqlite"
)

const (
	maxUses            = 1000 // of one invitation to a wiki
	maxWikiInvitations = 100  // open ones of one wiki
)

// WikiInvitation lets people with an account take part in a wiki. ID is public;
// it is not the secret.
type WikiInvitation struct {
	ID      string
	Slug    Slug
	By      string // account ID of who invites
	ByName  string
	Role    WikiRole
	Created time.Time
	Expires time.Time
	Uses    int // so far
	MaxUses int
}

// The invitations of a suspended account are void.
const selectWikiInvitation = `SELECT v.id, v.wiki, v.invited_by, a.name, v.role, v.created, v.expires, v.uses, v.max_uses
	FROM wiki_invitations v JOIN accounts a ON a.id = v.invited_by AND a.suspended = 0
	JOIN wikis w ON w.slug = v.wiki AND ` + isLive

func scanWikiInvitation(r sqlite.Row) (WikiInvitation, error) {
	var v WikiInvitation
	var slug string
	var created, expires int64
	err := r.Scan(&v.ID, &slug, &v.By, &v.ByName, &v.Role, &created, &expires, &v.Uses, &v.MaxUses)
	if err != nil {
		return WikiInvitation{}, err
	}
	v.Created, v.Expires = time.Unix(created, 0), time.Unix(expires, 0)
	v.Slug, err = storedSlug(slug)
	return v, err
}

// CreateWikiInvitation makes an invitation to a wiki for up to uses people and
// returns the secret of its link. Whether the account may give the role is the
// wiki's to check. It fails with [ErrNotFound], [ErrSuspended],
// [ErrInvalidRole], [ErrInvalidExpiry], [ErrInvalidUses] or [ErrTooMany].
func (s *Store) CreateWikiInvitation(ctx context.Context, slug Slug, byAccountID string, role WikiRole, expires time.Time, uses int) (string, error) {
	now := s.now()
	switch {
	case !role.Valid():
		return "", fmt.Errorf("invite to wiki: %w", ErrInvalidRole)
	case !expires.After(now):
		return "", fmt.Errorf("invite to wiki: %w", ErrInvalidExpiry)
	case uses < 1 || uses > maxUses:
		return "", fmt.Errorf("invite to wiki: %w", ErrInvalidUses)
	}
	secret, id := newSecret(), newID(now)
	err := s.changeWiki(ctx, slug, func(tx *sql.Tx, _ Wiki) error {
		if err := mayInviteToWiki(ctx, tx, slug, byAccountID, now); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO wiki_invitations
			(hash, id, wiki, invited_by, role, created, expires, uses, max_uses) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)`,
			hashSecret(secret), id, slug.String(), byAccountID, string(role), now.Unix(), expires.Unix(), uses)
		if err != nil {
			return err
		}
		return s.recordWiki(ctx, tx, slug, ActionWikiInvitationCreate, string(role)+" "+id)
	})
	if err != nil {
		return "", fmt.Errorf("invite to wiki: %w", err)
	}
	return secret, nil
}

func mayInviteToWiki(ctx context.Context, tx *sql.Tx, slug Slug, accountID string, now time.Time) error {
	a, err := findAccount(ctx, tx, accountID)
	if err != nil {
		return err
	}
	if a.Suspended {
		return ErrSuspended
	}
	var open int
	err = tx.QueryRowContext(ctx, "SELECT count(*) FROM wiki_invitations WHERE wiki = ? AND expires > ? AND uses < max_uses",
		slug.String(), now.Unix()).Scan(&open)
	if err == nil && open >= maxWikiInvitations {
		return ErrTooMany
	}
	return err
}

// WikiInvitation returns the invitation of a link's secret without using it, or
// [ErrInvalidLink]. The wiki then checks that who invited may still do so, and
// that who follows the link is no member yet.
func (s *Store) WikiInvitation(ctx context.Context, secret string) (WikiInvitation, error) {
	v, err := s.findWikiInvitation(ctx, s.db.Reader(), secret)
	if err != nil {
		return WikiInvitation{}, fmt.Errorf("find invitation to wiki: %w", err)
	}
	return v, nil
}

func (s *Store) findWikiInvitation(ctx context.Context, q sqlite.Queryer, secret string) (WikiInvitation, error) {
	if !wellFormed(secret) {
		return WikiInvitation{}, ErrInvalidLink
	}
	v, err := scanWikiInvitation(q.QueryRowContext(ctx,
		selectWikiInvitation+" WHERE v.hash = ? AND v.expires > ? AND v.uses < v.max_uses", hashSecret(secret), s.now().Unix()))
	if errors.Is(err, sql.ErrNoRows) {
		return WikiInvitation{}, ErrInvalidLink
	}
	return v, err
}

// RedeemWikiInvitation uses an invitation once, for an account, and returns it
// as it is after that: the caller enters the account into the wiki with the
// invitation's role. It fails with [ErrInvalidLink], [ErrNotFound] when there is
// no such account, or [ErrSuspended].
func (s *Store) RedeemWikiInvitation(ctx context.Context, secret, accountID string) (WikiInvitation, error) {
	var v WikiInvitation
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		var err error
		if v, err = s.findWikiInvitation(ctx, tx, secret); err != nil {
			return err
		}
		a, err := findAccount(ctx, tx, accountID)
		if err != nil {
			return err
		}
		if a.Suspended {
			return ErrSuspended
		}
		if _, err := tx.ExecContext(ctx, "UPDATE wiki_invitations SET uses = uses + 1 WHERE id = ?", v.ID); err != nil {
			return err
		}
		v.Uses++
		return s.recordWiki(ctx, tx, v.Slug, ActionWikiInvitationUse, accountID+" "+v.ID)
	})
	if err != nil {
		return WikiInvitation{}, fmt.Errorf("redeem invitation to wiki: %w", err)
	}
	return v, nil
}

// WikiInvitations returns the open invitations to a wiki, newest first.
func (s *Store) WikiInvitations(ctx context.Context, slug Slug) ([]WikiInvitation, error) {
	invitations, err := sqlite.Collect(ctx, s.db.Reader(), scanWikiInvitation, selectWikiInvitation+`
		WHERE v.wiki = ? AND v.expires > ? AND v.uses < v.max_uses ORDER BY v.id DESC`, slug.String(), s.now().Unix())
	if err != nil {
		return nil, fmt.Errorf("list invitations to wiki: %w", err)
	}
	return invitations, nil
}

// RevokeWikiInvitation voids an invitation to a wiki by its public ID, or fails
// with [ErrNotFound].
func (s *Store) RevokeWikiInvitation(ctx context.Context, slug Slug, id string) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM wiki_invitations WHERE wiki = ? AND id = ?", slug.String(), id)
		if err := changed(result, err, ErrNotFound); err != nil {
			return err
		}
		return s.recordWiki(ctx, tx, slug, ActionWikiInvitationRevoke, id)
	})
	if err != nil {
		return fmt.Errorf("revoke invitation to wiki: %w", err)
	}
	return nil
}
