package library

import (
	"context"
	"fmt"

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
	ctx, cancel := l.limitSearch(ctx)
	defer cancel()
	q := fulltext.Parse(query)
	pages := []int{}
	for _, match := range []string{q.All(), q.Any()} {
		if match == "" || len(pages) > 0 {
			break
		}
		if pages, err = l.findPages(ctx, rec.seq, match); err != nil {
			return nil, searchError(ctx, err)
		}
	}
	return pages, nil
}

func (l *Library) findPages(ctx context.Context, seq int64, match string) ([]int, error) {
	first, last := pageRange(seq)
	rows, err := l.db.Reader().QueryContext(ctx, `SELECT rowid FROM page_index
		WHERE page_index MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid`, match, first, last)
	if err != nil {
		return nil, fmt.Errorf("find in document: %w", err)
	}
	defer rows.Close()
	pages := []int{}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("find in document: %w", err)
		}
		pages = append(pages, int(id&maxPages))
	}
	return pages, rows.Err()
}
