package library

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/holtdb/holt/fulltext"
	"github.com/holtdb/holt/sqlite"
)

// windowPages is how many pages are ranked by their texts at a time: the best
// ones as the indexes rank them.
const windowPages = 100

// window is a part of what matches.
type window struct {
	pages []found // the best first
	last  found   // the last one as the indexes rank it
	more  bool    // others follow
}

// candidate is a page as an index found it.
type candidate struct {
	found
	tokenizer fulltext.Tokenizer
}

// indexOf is the table that has the pages of a tokenizer.
func indexOf(t fulltext.Tokenizer) string {
	switch t {
	case fulltext.Plain:
		return "page_index_plain"
	case fulltext.Trigram:
		return "page_index_trigram"
	}
	return "page_index"
}

func tokenizers() []fulltext.Tokenizer {
	return []fulltext.Tokenizer{fulltext.Porter, fulltext.Plain, fulltext.Trigram}
}

// window finds the candidates after a place and ranks them.
func (s *searcher) window(ctx context.Context, at cursor) (window, error) {
	var all []candidate
	for _, t := range tokenizers() {
		pages, err := s.lookUp(ctx, t, at, windowPages+1)
		if err != nil {
			return window{}, err
		}
		for _, p := range pages {
			all = append(all, candidate{p, t})
		}
	}
	slices.SortFunc(all, func(a, b candidate) int { return byRank(a.found, b.found) })
	w := window{more: len(all) > windowPages}
	all = all[:min(len(all), windowPages)]
	if len(all) == 0 {
		return w, nil
	}
	w.last = all[len(all)-1].found
	var err error
	w.pages, err = s.rescore(ctx, all)
	return w, err
}

func byRank(a, b found) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.id, b.id))
}

// loosens reports whether pages with some of the words may be others than those
// with all of them.
func (s *searcher) loosens() bool {
	for _, t := range tokenizers() {
		if q := s.query.For(t); len(q.Words) > 1 || q.Any() != q.All() {
			return true
		}
	}
	return false
}

// lookUp returns the best pages of one index after a place, at most limit.
// Sorting outside of the index, with a limit, is faster than its own order.
func (s *searcher) lookUp(ctx context.Context, t fulltext.Tokenizer, at cursor, limit int) ([]found, error) {
	q := s.query.For(t)
	loose := at.mode != strictHits
	if q.Scanned() {
		return s.scan(ctx, q, loose, at, limit)
	}
	match := q.All()
	if loose {
		match = q.Any()
	}
	if match == "" {
		return nil, nil
	}
	index := indexOf(t)
	condition, args := s.condition()
	statement := "SELECT rowid AS rowid, rank FROM " + index + " WHERE " + index + " MATCH ?" + condition
	args = append([]any{match}, args...)
	if at.id > 0 {
		// The limit keeps SQLite from merging the queries, and so from computing
		// the rank of each page twice.
		statement = "SELECT rowid, rank FROM (" + statement + " LIMIT -1) WHERE (rank, rowid) > (?, ?)"
		args = append(args, at.rank, at.id)
	}
	pages, err := s.ranked(ctx, statement+" ORDER BY rank, rowid LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("look up words: %w", err)
	}
	return pages, nil
}

// scan is lookUp for words that are too short for the index of scripts without
// spaces. It reads the pages themselves, those that have the longer words if
// all are wanted.
func (s *searcher) scan(ctx context.Context, q fulltext.Query, loose bool, at cursor, limit int) ([]found, error) {
	condition, args := s.condition()
	statement := `SELECT id, text, heading FROM page_chunks INDEXED BY page_chunks_unspaced
		WHERE tokenizer = 'trigram'` + condition
	if match := q.All(); match != "" && !loose {
		statement += " AND id IN (SELECT rowid FROM page_index_trigram WHERE page_index_trigram MATCH ?)"
		args = append(args, match)
	}
	var pages []found
	scanner := fulltext.NewScanner(q, !loose)
	err := sqlite.Each(ctx, s.tx, func(r sqlite.Row) error {
		var f found
		var text, heading string
		if err := r.Scan(&f.id, &text, &heading); err != nil {
			return err
		}
		score := scanner.Score(text, heading)
		if f.rank = -score; score > 0 && (at.id == 0 || byRank(f, found{at.id, at.rank}) > 0) {
			pages = append(pages, f)
		}
		return nil
	}, statement, args...)
	if err != nil {
		return nil, fmt.Errorf("look through pages: %w", err)
	}
	slices.SortFunc(pages, byRank)
	return pages[:min(len(pages), limit)], nil
}
