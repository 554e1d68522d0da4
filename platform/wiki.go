package platform

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

// Wiki is the directory's entry of one wiki. What is inside the wiki, and who
// may do what there, is in the wiki's own home.
type Wiki struct {
	ID        string // stable, never reused, also when the slug is
	Slug      Slug
	Owner     string // account ID
	OwnerName string
	Name      string // to be shown
	Purpose   string // one line, may be empty
	Created   time.Time
	LastUsed  time.Time // to the minute
	Pages     int64     // these two as the wiki last reported
	Bytes     int64
	Removed   time.Time // when its home went to the trash; else zero
	OfferedTo string    // account ID of who may take it over until OfferEnds; see [Store.OfferWiki]
	OfferEnds time.Time
}

const (
	// wikiColumns is the head of every query for wikis; scanWiki reads its row.
	wikiColumns = `SELECT w.id, w.slug, w.owner, a.name, w.name, w.purpose, w.created, w.last_used,
	w.pages, w.bytes, w.removed, coalesce(w.offered_to, ''), w.offer_ends`
	selectWiki = wikiColumns + " FROM wikis w JOIN accounts a ON a.id = w.owner"
	// isLive holds for the wikis that people may visit.
	isLive = "w.reserved = 0 AND w.removed = 0"
)

// scanWiki reads a wiki, and further columns into more.
func scanWiki(r sqlite.Row, more ...any) (Wiki, error) {
	var w Wiki
	var slug string
	var created, used, removed, offerEnds int64
	err := r.Scan(append([]any{&w.ID, &slug, &w.Owner, &w.OwnerName, &w.Name, &w.Purpose, &created, &used,
		&w.Pages, &w.Bytes, &removed, &w.OfferedTo, &offerEnds}, more...)...)
	if err != nil {
		return Wiki{}, err
	}
	if w.Slug, err = storedSlug(slug); err != nil {
		return Wiki{}, err
	}
	w.Created, w.LastUsed = time.Unix(created, 0), time.Unix(used, 0)
	if removed != 0 {
		w.Removed = time.Unix(removed, 0)
	}
	if w.OfferedTo != "" {
		w.OfferEnds = time.Unix(offerEnds, 0)
	}
	return w, nil
}

func scanWikiRow(r sqlite.Row) (Wiki, error) { return scanWiki(r) }

// storedSlug reads a slug that was checked when its wiki was made. The wiki is
// still found when the list of reserved names has grown since.
func storedSlug(text string) (Slug, error) {
	id, err := tenant.ParseID(text)
	if err != nil {
		return Slug{}, fmt.Errorf("wiki %q: %w", text, err)
	}
	return Slug{id: id}, nil
}

// findWiki returns the live wiki of a slug, or [ErrNotFound].
func findWiki(ctx context.Context, q sqlite.Queryer, slug Slug) (Wiki, error) {
	w, err := scanWiki(q.QueryRowContext(ctx, selectWiki+" WHERE w.slug = ? AND "+isLive, slug.String()))
	return w, notFound(err)
}

// findRemovedWiki returns the wiki of a slug whose home is in the trash, or
// [ErrNotFound].
func findRemovedWiki(ctx context.Context, q sqlite.Queryer, slug Slug) (Wiki, error) {
	w, err := scanWiki(q.QueryRowContext(ctx, selectWiki+" WHERE w.slug = ? AND w.removed <> 0", slug.String()))
	return w, notFound(err)
}

// Wiki returns the wiki of a slug. One that is being made or was removed is
// [ErrNotFound], like one that never was.
func (s *Store) Wiki(ctx context.Context, slug Slug) (Wiki, error) {
	w, err := findWiki(ctx, s.db.Prepared(), slug)
	if err != nil {
		return Wiki{}, fmt.Errorf("find wiki: %w", err)
	}
	return w, nil
}

// RemovedWiki returns a wiki whose home is in the trash, or [ErrNotFound].
func (s *Store) RemovedWiki(ctx context.Context, slug Slug) (Wiki, error) {
	w, err := findRemovedWiki(ctx, s.db.Reader(), slug)
	if err != nil {
		return Wiki{}, fmt.Errorf("find removed wiki: %w", err)
	}
	return w, nil
}

// RemovedWikis returns the wikis that were removed before a time, by slug.
func (s *Store) RemovedWikis(ctx context.Context, before time.Time) ([]Wiki, error) {
	wikis, err := sqlite.Collect(ctx, s.db.Reader(), scanWikiRow,
		selectWiki+" WHERE w.removed <> 0 AND w.removed < ? ORDER BY w.slug", before.Unix())
	if err != nil {
		return nil, fmt.Errorf("list removed wikis: %w", err)
	}
	return wikis, nil
}

// WikisOf returns the wikis that an account owns, also the removed ones, by slug.
func (s *Store) WikisOf(ctx context.Context, accountID string) ([]Wiki, error) {
	wikis, err := sqlite.Collect(ctx, s.db.Reader(), scanWikiRow,
		selectWiki+" WHERE w.owner = ? AND w.reserved = 0 ORDER BY w.slug", accountID)
	if err != nil {
		return nil, fmt.Errorf("list wikis of an account: %w", err)
	}
	return wikis, nil
}

// Wikis returns up to limit wikis by slug, also the removed ones, that come
// after the slug after; the zero value starts at the first. It is for
// administrators: text, when it is not empty, must be part of the slug or of
// the name, or of the owner's name or login; the case of a-z does not matter.
func (s *Store) Wikis(ctx context.Context, text string, after Slug, limit int) ([]Wiki, error) {
	wikis, err := sqlite.Collect(ctx, s.db.Reader(), scanWikiRow, selectWiki+`
		WHERE w.slug > ?1 AND w.reserved = 0 AND (?2 = '' OR instr(w.slug, lower(?2)) > 0
			OR instr(lower(w.name), lower(?2)) > 0 OR instr(lower(a.name), lower(?2)) > 0
			OR instr(lower(coalesce(a.login, '')), lower(?2)) > 0)
		ORDER BY w.slug LIMIT ?3`, after.String(), text, pageLimit(limit))
	if err != nil {
		return nil, fmt.Errorf("list wikis: %w", err)
	}
	return wikis, nil
}

// WikiFigures are what listings show of a wiki's size.
type WikiFigures struct {
	Pages int64
	Bytes int64
}

// SetWikiFigures notes the size that a wiki reports. It costs no write when
// nothing changed, and fails with [ErrNotFound].
func (s *Store) SetWikiFigures(ctx context.Context, slug Slug, f WikiFigures) error {
	w, err := findWiki(ctx, s.db.Reader(), slug)
	if err == nil && (w.Pages != f.Pages || w.Bytes != f.Bytes) {
		err = s.db.Write(ctx, func(tx *sql.Tx) error {
			result, err := tx.ExecContext(ctx, "UPDATE wikis AS w SET pages = ?, bytes = ? WHERE slug = ? AND "+isLive,
				f.Pages, f.Bytes, slug.String())
			return changed(result, err, ErrNotFound)
		})
	}
	if err != nil {
		return fmt.Errorf("note size of wiki: %w", err)
	}
	return nil
}

// TouchWiki notes that a wiki was used, at most once a minute by what w says of
// its last use.
func (s *Store) TouchWiki(ctx context.Context, w Wiki) error {
	now := s.now()
	if now.Sub(w.LastUsed) < touchEvery {
		return nil
	}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE wikis SET last_used = ? WHERE id = ? AND last_used <= ?",
			now.Unix(), w.ID, now.Add(-touchEvery).Unix())
		return err
	})
	if err != nil {
		return fmt.Errorf("note use of wiki: %w", err)
	}
	return nil
}

// recordWiki writes an audit event whose subject is a wiki.
func (s *Store) recordWiki(ctx context.Context, tx *sql.Tx, slug Slug, action, detail string) error {
	return s.record(ctx, tx, Event{Action: action, Subject: "wikis/" + slug.String(), Detail: detail})
}
