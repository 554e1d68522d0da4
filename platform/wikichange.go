package platform

import (
	"context"
	"database/sql"
	"fmt"
)

// RenameWiki changes the name and purpose that are shown. The slug is for ever.
// It fails with [ErrInvalidName], [ErrInvalidPurpose] or [ErrNotFound].
func (s *Store) RenameWiki(ctx context.Context, slug Slug, name, purpose string) error {
	name, purpose, err := cleanWikiTexts(slug, name, purpose)
	if err != nil {
		return fmt.Errorf("rename wiki: %w", err)
	}
	err = s.changeWiki(ctx, slug, func(tx *sql.Tx, w Wiki) error {
		if w.Name == name && w.Purpose == purpose {
			return nil
		}
		if _, err := tx.ExecContext(ctx, "UPDATE wikis SET name = ?, purpose = ? WHERE id = ?", name, purpose, w.ID); err != nil {
			return err
		}
		return s.recordWiki(ctx, tx, slug, ActionWikiRename, "")
	})
	if err != nil {
		return fmt.Errorf("rename wiki: %w", err)
	}
	return nil
}

// RemoveWiki notes that a wiki goes to the trash: nobody finds it any more, its
// tokens and sessions are refused, an offer is void, but its address stays
// taken so that [Store.RestoreWiki] can undo it. It comes before the home is
// moved: a crash between the two leaves a removed wiki whose home is in its
// place still.
func (s *Store) RemoveWiki(ctx context.Context, slug Slug) error {
	err := s.changeWiki(ctx, slug, func(tx *sql.Tx, w Wiki) error {
		_, err := tx.ExecContext(ctx, "UPDATE wikis SET removed = ?, offered_to = NULL WHERE id = ?", s.now().Unix(), w.ID)
		if err != nil {
			return err
		}
		return s.recordWiki(ctx, tx, slug, ActionWikiRemove, "")
	})
	if err != nil {
		return fmt.Errorf("remove wiki: %w", err)
	}
	return nil
}

// RestoreWiki brings a removed wiki back. It comes after the home is in its
// place again. It fails with a [*TooManyWikis] when the owner has made others
// meanwhile: ask [Store.MayRestoreWiki] before moving the home.
func (s *Store) RestoreWiki(ctx context.Context, slug Slug) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		w, err := s.restorable(ctx, tx, slug)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE wikis SET removed = 0 WHERE id = ?", w.ID); err != nil {
			return err
		}
		return s.recordWiki(ctx, tx, slug, ActionWikiRestore, "")
	})
	if err != nil {
		return fmt.Errorf("restore wiki: %w", err)
	}
	return nil
}

// MayRestoreWiki reports whether [Store.RestoreWiki] would succeed now: nil or
// its error.
func (s *Store) MayRestoreWiki(ctx context.Context, slug Slug) error {
	err := s.db.View(ctx, func(tx *sql.Tx) error {
		_, err := s.restorable(ctx, tx, slug)
		return err
	})
	if err != nil {
		return fmt.Errorf("restore wiki: %w", err)
	}
	return nil
}

// restorable returns a removed wiki whose owner may have one more.
func (s *Store) restorable(ctx context.Context, tx *sql.Tx, slug Slug) (Wiki, error) {
	w, err := findRemovedWiki(ctx, tx, slug)
	if err != nil {
		return Wiki{}, err
	}
	owner, err := findAccount(ctx, tx, w.Owner)
	if err != nil {
		return Wiki{}, err
	}
	return w, s.mayOwnMore(ctx, tx, owner)
}

// PurgeWiki forgets a removed wiki with its tokens, invitations and members,
// and frees its address. Its home is the caller's to delete, first.
// It fails with [ErrNotFound] for a wiki that is not removed.
func (s *Store) PurgeWiki(ctx context.Context, slug Slug) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		w, err := findRemovedWiki(ctx, tx, slug)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM wikis WHERE id = ?", w.ID); err != nil {
			return err
		}
		return s.recordWiki(ctx, tx, slug, ActionWikiPurge, w.Owner)
	})
	if err != nil {
		return fmt.Errorf("purge wiki: %w", err)
	}
	return nil
}

// changeWiki runs change on a live wiki, in one transaction.
func (s *Store) changeWiki(ctx context.Context, slug Slug, change func(tx *sql.Tx, w Wiki) error) error {
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		w, err := findWiki(ctx, tx, slug)
		if err != nil {
			return err
		}
		return change(tx, w)
	})
}

// ownsNone refuses an account that owns wikis, be they in the trash, and drops
// its reservations that have ended.
func (s *Store) ownsNone(ctx context.Context, tx *sql.Tx, accountID string) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM wikis WHERE owner = ? AND reserved <> 0 AND reserved <= ?",
		accountID, s.now().Unix())
	if err != nil {
		return err
	}
	var owns bool
	err = tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM wikis WHERE owner = ?)", accountID).Scan(&owns)
	if err == nil && owns {
		return ErrOwnsWikis
	}
	return err
}
