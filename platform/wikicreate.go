package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/holtdb/holt/sqlite"
)

// ReservationLife is how long the address of a wiki is held while its home is made.
const ReservationLife = 15 * time.Minute

const maxPurpose = 200 // characters

// NewWiki describes a wiki to be made.
type NewWiki struct {
	Owner   string // account ID
	Slug    Slug
	Name    string // the slug when empty
	Purpose string // one line of at most 200 characters, may be empty
}

// ReserveWiki takes the address of a new wiki. A wiki is made in three steps:
// reserve the address, make the home, confirm with [Store.ConfirmWiki]; or
// give the address back with [Store.CancelWiki] when the home could not be made.
// Until it is confirmed nobody finds the wiki. A reservation that a crash left
// behind ends by itself after [ReservationLife]; the address is then free
// again, but a home may have been made. Nobody ever used such a home: who finds
// one when making theirs moves it to the trash and makes it anew.
//
// It fails with [ErrExists], also for the address of a removed wiki; with a
// [*TooManyWikis] when the owner, unless an administrator, has as many as the
// tier allows; with [ErrInvalidSlug], [ErrInvalidName], [ErrInvalidPurpose] or
// [ErrSuspended].
func (s *Store) ReserveWiki(ctx context.Context, n NewWiki) (Wiki, error) {
	w, err := s.newWiki(n)
	if err != nil {
		return Wiki{}, fmt.Errorf("reserve wiki: %w", err)
	}
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		owner, err := findAccount(ctx, tx, n.Owner)
		if err != nil {
			return err
		}
		if err := endReservation(ctx, tx, w.Slug, s.now()); err != nil {
			return err
		}
		if err := s.mayOwnMore(ctx, tx, owner); err != nil {
			return err
		}
		w.OwnerName = owner.Name
		if err := insertReservation(ctx, tx, w); err != nil {
			return err
		}
		return s.recordWiki(ctx, tx, w.Slug, ActionWikiReserve, w.Owner)
	})
	if err != nil {
		return Wiki{}, fmt.Errorf("reserve wiki: %w", err)
	}
	return w, nil
}

// newWiki checks what a new wiki is to be.
func (s *Store) newWiki(n NewWiki) (Wiki, error) {
	if n.Slug.IsZero() {
		return Wiki{}, ErrInvalidSlug
	}
	name, purpose, err := cleanWikiTexts(n.Slug, n.Name, n.Purpose)
	if err != nil {
		return Wiki{}, err
	}
	now := s.now()
	second := time.Unix(now.Unix(), 0)
	return Wiki{
		ID: newID(now), Slug: n.Slug, Owner: n.Owner, Name: name, Purpose: purpose,
		Created: second, LastUsed: second,
	}, nil
}

// cleanWikiTexts returns a wiki's name and purpose in the form to be shown.
func cleanWikiTexts(slug Slug, name, purpose string) (string, string, error) {
	name, err := cleanName(name)
	if err != nil {
		return "", "", err
	}
	if name == "" {
		name = slug.String()
	}
	if len(purpose) > maxPurpose*utf8.UTFMax {
		return "", "", ErrInvalidPurpose
	}
	purpose = norm.NFC.String(purpose)
	if utf8.RuneCountInString(purpose) > maxPurpose || !printable(purpose) {
		return "", "", ErrInvalidPurpose
	}
	return name, purpose, nil
}

// endReservation frees an address whose reservation has run out, or fails with
// [ErrExists] when it is not free.
func endReservation(ctx context.Context, tx *sql.Tx, slug Slug, now time.Time) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM wikis WHERE slug = ? AND reserved <> 0 AND reserved <= ?",
		slug.String(), now.Unix())
	if err != nil {
		return err
	}
	var taken bool
	err = tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM wikis WHERE slug = ?)", slug.String()).Scan(&taken)
	if err == nil && taken {
		return ErrExists
	}
	return err
}

func insertReservation(ctx context.Context, tx *sql.Tx, w Wiki) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO wikis (slug, id, owner, name, purpose, created, reserved, last_used)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, w.Slug.String(), w.ID, w.Owner, w.Name, w.Purpose,
		w.Created.Unix(), w.Created.Add(ReservationLife).Unix(), w.LastUsed.Unix())
	return err
}

// mayOwnMore refuses one wiki more for an account that is suspended or has as
// many as its tier allows. Wikis in the trash do not count: who wants one back
// is asked again.
func (s *Store) mayOwnMore(ctx context.Context, tx *sql.Tx, a Account) error {
	if a.Suspended {
		return ErrSuspended
	}
	if a.Admin {
		return nil
	}
	tier, err := findTier(ctx, tx, a.Tier)
	if err != nil || tier.Wikis == 0 {
		return err
	}
	var owned int64
	err = tx.QueryRowContext(ctx, `SELECT count(*) FROM wikis
		WHERE owner = ? AND removed = 0 AND (reserved = 0 OR reserved > ?)`, a.ID, s.now().Unix()).Scan(&owned)
	if err != nil {
		return err
	}
	if owned >= tier.Wikis {
		return &TooManyWikis{Owned: owned, Allowed: tier.Wikis}
	}
	return nil
}

// ConfirmWiki opens a reserved wiki, by its ID, once its home is made. It fails
// with [ErrNotFound] when the reservation has ended: then the home must go.
func (s *Store) ConfirmWiki(ctx context.Context, wikiID string) error {
	now := s.now()
	err := s.changeReservation(ctx, wikiID, func(tx *sql.Tx, w Wiki) error {
		result, err := tx.ExecContext(ctx, "UPDATE wikis SET reserved = 0 WHERE id = ? AND reserved > ?", wikiID, now.Unix())
		if err := changed(result, err, ErrNotFound); err != nil {
			return err
		}
		return s.recordWiki(ctx, tx, w.Slug, ActionWikiCreate, w.Owner)
	})
	if err != nil {
		return fmt.Errorf("confirm wiki: %w", err)
	}
	return nil
}

// CancelWiki ends a reservation, by the wiki's ID, after its home, if one was
// made, is gone. One that has ended already is no error; a confirmed wiki stays.
func (s *Store) CancelWiki(ctx context.Context, wikiID string) error {
	err := s.changeReservation(ctx, wikiID, func(tx *sql.Tx, w Wiki) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM wikis WHERE id = ?", wikiID); err != nil {
			return err
		}
		return s.recordWiki(ctx, tx, w.Slug, ActionWikiCancel, w.Owner)
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("cancel wiki: %w", err)
	}
	return nil
}

// changeReservation runs change on a wiki that is not confirmed yet, in one
// transaction.
func (s *Store) changeReservation(ctx context.Context, wikiID string, change func(tx *sql.Tx, w Wiki) error) error {
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		w, err := scanWiki(tx.QueryRowContext(ctx, selectWiki+" WHERE w.id = ? AND w.reserved <> 0", wikiID))
		if err != nil {
			return notFound(err)
		}
		return change(tx, w)
	})
}

// AbandonedWikis returns the reservations that ended without being confirmed or
// cancelled. The server moves what home there is to the trash, then cancels
// them. An abandoned wiki holds neither its address nor a place in its owner's
// tier.
func (s *Store) AbandonedWikis(ctx context.Context) ([]Wiki, error) {
	wikis, err := sqlite.Collect(ctx, s.db.Reader(), scanWikiRow,
		selectWiki+" WHERE w.reserved <> 0 AND w.reserved <= ? ORDER BY w.slug", s.now().Unix())
	if err != nil {
		return nil, fmt.Errorf("list abandoned wikis: %w", err)
	}
	return wikis, nil
}
