package library

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/holtdb/holt/fulltext"
)

// FindPages returns the pages of one document with hits, ascending: those with
// all the words, or else those with some. A search that takes too long is
// [ErrInvalid] and says so.
func (l *Library) FindPages(ctx context.Context, id, query string) ([]int, error) {
	rec, err := recordByID(ctx, l.db.Reader(), id)
	if err != nil {
		return nil, err
	}
	pages := []int{}
	q := fulltext.Parse(query)
	if len(q.Words) == 0 {
		return pages, nil
	}
	ctx, cancel := l.limitSearch(ctx)
	defer cancel()
	err = l.db.View(ctx, func(tx *sql.Tx) error {
		s := searcher{tx: tx, query: q, restricts: true, documents: []int64{rec.seq}}
		for _, mode := range []searchMode{strictHits, looseHits} {
			for _, t := range tokenizers() {
				found, err := s.lookUp(ctx, t, cursor{mode: mode}, maxPages)
				if err != nil {
					return err
				}
				for _, f := range found {
					pages = append(pages, int(f.id&maxPages))
				}
			}
			if len(pages) > 0 || !s.loosens() {
				break
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find in document: %w", searchError(ctx, err))
	}
	slices.Sort(pages)
	return pages, nil
}
