package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/holtdb/holt/sqlite"
)

// WikiRole is how much of a wiki a token or an invitation gives. What a role
// may do is the wiki's to say.
type WikiRole string

// Roles, each more than the one before.
const (
	RoleViewer WikiRole = "viewer"
	RoleEditor WikiRole = "editor"
	RoleAdmin  WikiRole = "admin"
)

// Valid reports whether r is one of the roles.
func (r WikiRole) Valid() bool { return r == RoleViewer || r == RoleEditor || r == RoleAdmin }

// SharedWiki is a wiki that an account takes part in without owning it.
type SharedWiki struct {
	Wiki
	Role string // in words, as the wiki reported
}

// SetWikiMember notes that an account takes part in a wiki, and as what: a
// [WikiRole] or other words on one line. It is reported by the wiki after it
// changed its own users and serves the list of shared wikis only, never a
// permission. It fails with [ErrNotFound] or [ErrInvalidName].
func (s *Store) SetWikiMember(ctx context.Context, slug Slug, accountID, role string) error {
	clean, err := cleanName(role)
	if err != nil || clean == "" {
		return fmt.Errorf("note member of wiki: %w", ErrInvalidName)
	}
	err = s.changeWiki(ctx, slug, func(tx *sql.Tx, _ Wiki) error {
		if _, err := findAccount(ctx, tx, accountID); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO wiki_members (wiki, account, role) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET role = excluded.role WHERE role <> excluded.role`, slug.String(), accountID, clean)
		if err := changed(result, err, errUnchanged); err != nil {
			return err
		}
		return s.recordWiki(ctx, tx, slug, ActionWikiMember, accountID+" "+clean)
	})
	if err != nil && !errors.Is(err, errUnchanged) {
		return fmt.Errorf("note member of wiki: %w", err)
	}
	return nil
}

// errUnchanged ends a transaction that has nothing to do.
var errUnchanged = errors.New("nothing to change")

// RemoveWikiMember notes that an account takes no part in a wiki any more. One
// that took none is no error.
func (s *Store) RemoveWikiMember(ctx context.Context, slug Slug, accountID string) error {
	err := s.changeWiki(ctx, slug, func(tx *sql.Tx, _ Wiki) error {
		if removed, err := deleteMember(ctx, tx, slug, accountID); err != nil || !removed {
			return err
		}
		return s.recordWiki(ctx, tx, slug, ActionWikiMemberRemove, accountID)
	})
	if err != nil {
		return fmt.Errorf("note former member of wiki: %w", err)
	}
	return nil
}

func deleteMember(ctx context.Context, tx *sql.Tx, slug Slug, accountID string) (bool, error) {
	result, err := tx.ExecContext(ctx, "DELETE FROM wiki_members WHERE wiki = ? AND account = ?", slug.String(), accountID)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// SharedWikis returns the wikis that an account takes part in, by slug, without
// those it owns.
func (s *Store) SharedWikis(ctx context.Context, accountID string) ([]SharedWiki, error) {
	scan := func(r sqlite.Row) (SharedWiki, error) {
		var shared SharedWiki
		var err error
		shared.Wiki, err = scanWiki(r, &shared.Role)
		return shared, err
	}
	wikis, err := sqlite.Collect(ctx, s.db.Reader(), scan, wikiColumns+`, m.role FROM wiki_members m
		JOIN wikis w ON w.slug = m.wiki JOIN accounts a ON a.id = w.owner
		WHERE m.account = ? AND w.owner <> m.account AND `+isLive+" ORDER BY w.slug", accountID)
	if err != nil {
		return nil, fmt.Errorf("list shared wikis: %w", err)
	}
	return wikis, nil
}
