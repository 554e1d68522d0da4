package platform

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/holtdb/holt/sqlite"
)

// OfferLife is how long an offered wiki can be taken over.
const OfferLife = 14 * 24 * time.Hour

// OfferWiki offers a wiki to another account, in place of an offer that was
// made before: nobody becomes an owner without wanting to. It fails with
// [ErrNotFound] when the wiki or the account does not exist or the account is
// suspended, and with [ErrOwner] when the account has the wiki already.
func (s *Store) OfferWiki(ctx context.Context, slug Slug, toAccountID string) error {
	err := s.changeWiki(ctx, slug, func(tx *sql.Tx, w Wiki) error {
		to, err := findAccount(ctx, tx, toAccountID)
		switch {
		case err != nil:
			return err
		case to.Suspended:
			return ErrNotFound
		case to.ID == w.Owner:
			return ErrOwner
		}
		_, err = tx.ExecContext(ctx, "UPDATE wikis SET offered_to = ?, offer_ends = ? WHERE id = ?",
			to.ID, s.now().Add(OfferLife).Unix(), w.ID)
		if err != nil {
			return err
		}
		return s.recordWiki(ctx, tx, slug, ActionWikiOffer, "to "+to.ID)
	})
	if err != nil {
		return fmt.Errorf("offer wiki: %w", err)
	}
	return nil
}

// OfferedWikis returns the wikis that an account may take over, by slug.
func (s *Store) OfferedWikis(ctx context.Context, accountID string) ([]Wiki, error) {
	wikis, err := sqlite.Collect(ctx, s.db.Reader(), scanWikiRow, selectWiki+`
		WHERE w.offered_to = ? AND w.offer_ends > ? AND `+isLive+" ORDER BY w.slug", accountID, s.now().Unix())
	if err != nil {
		return nil, fmt.Errorf("list offered wikis: %w", err)
	}
	return wikis, nil
}

// AcceptWiki makes an account the owner of a wiki that it was offered, and
// returns the wiki as it is now. The former owner keeps no more than the wiki
// itself gives: its own database names its users. It fails with [ErrNotFound]
// when there is no such offer, with a [*TooManyWikis] by the account's own tier,
// and with [ErrSuspended].
func (s *Store) AcceptWiki(ctx context.Context, slug Slug, accountID string) (Wiki, error) {
	var w Wiki
	err := s.changeOffer(ctx, slug, accountID, func(tx *sql.Tx, offered Wiki) error {
		a, err := findAccount(ctx, tx, accountID)
		if err != nil {
			return err
		}
		if err := s.mayOwnMore(ctx, tx, a); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE wikis SET owner = ?, offered_to = NULL WHERE id = ?", accountID, offered.ID)
		if err != nil {
			return err
		}
		// The owner's wikis are listed as such, not as shared.
		if _, err := deleteMember(ctx, tx, slug, accountID); err != nil {
			return err
		}
		if err := s.recordWiki(ctx, tx, slug, ActionWikiTransfer, offered.Owner+" to "+accountID); err != nil {
			return err
		}
		w, err = findWiki(ctx, tx, slug)
		return err
	})
	if err != nil {
		return Wiki{}, fmt.Errorf("accept wiki: %w", err)
	}
	return w, nil
}

// DeclineWiki ends an offer by the account that has it; [ErrNotFound] when it
// has none.
func (s *Store) DeclineWiki(ctx context.Context, slug Slug, accountID string) error {
	err := s.changeOffer(ctx, slug, accountID, func(tx *sql.Tx, w Wiki) error {
		return s.endOffer(ctx, tx, w, ActionWikiDecline)
	})
	if err != nil {
		return fmt.Errorf("decline wiki: %w", err)
	}
	return nil
}

// WithdrawWiki ends the offer of a wiki by its owner. No offer is no error.
func (s *Store) WithdrawWiki(ctx context.Context, slug Slug) error {
	err := s.changeWiki(ctx, slug, func(tx *sql.Tx, w Wiki) error {
		if w.OfferedTo == "" {
			return nil
		}
		return s.endOffer(ctx, tx, w, ActionWikiWithdraw)
	})
	if err != nil {
		return fmt.Errorf("withdraw wiki: %w", err)
	}
	return nil
}

func (s *Store) endOffer(ctx context.Context, tx *sql.Tx, w Wiki, action string) error {
	if _, err := tx.ExecContext(ctx, "UPDATE wikis SET offered_to = NULL WHERE id = ?", w.ID); err != nil {
		return err
	}
	return s.recordWiki(ctx, tx, w.Slug, action, w.OfferedTo)
}

// changeOffer runs change on a wiki that is offered to an account now.
func (s *Store) changeOffer(ctx context.Context, slug Slug, accountID string, change func(tx *sql.Tx, w Wiki) error) error {
	return s.changeWiki(ctx, slug, func(tx *sql.Tx, w Wiki) error {
		if accountID == "" || w.OfferedTo != accountID || !s.now().Before(w.OfferEnds) {
			return ErrNotFound
		}
		return change(tx, w)
	})
}
