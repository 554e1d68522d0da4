package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/holtdb/holt/fulltext"
	"github.com/holtdb/holt/library/retrieve"
	"github.com/holtdb/holt/sqlite"
)

const (
	defaultHits = 20
	mostHits    = 100
)

// found is a page that matches, with its rank: the lower, the better.
type found struct {
	id   int64
	rank float64
}

// Search finds pages. Any text is a valid query. Each answer has the next best
// pages, grouped by document; a library that changes between two answers may
// move a page from one to the other. A search that takes too long is
// [ErrInvalid] and says so.
func (l *Library) Search(ctx context.Context, query Query) (Results, error) {
	q := fulltext.Parse(query.Text)
	if q.Empty() {
		return Results{Mode: ModeWords}, nil
	}
	from, err := parseCursor(query.After)
	if err != nil {
		return Results{}, err
	}
	limit := query.Limit
	if limit <= 0 {
		limit = defaultHits
	}
	limit = min(limit, mostHits)
	if from.mode == strictHits || from.mode == looseHits || from.mode == anyHits {
		query.Mode = ModeWords // it began so
	}
	w, err := l.waysOf(ctx, q, query, l.embedTime)
	if errors.Is(err, ErrInvalid) {
		return Results{}, err
	}
	if err != nil {
		return Results{}, fmt.Errorf("search: %w", err)
	}
	ctx, cancel := l.limitSearch(ctx)
	defer cancel()
	if from.mode == fusedHits && w.embedder == nil {
		return Results{Mode: w.mode, Notice: w.notice}, nil // the rest cannot be found now
	}
	var out Results
	if w.embedder != nil {
		out, err = l.searchByMeaning(ctx, q, query, w, from, limit)
	} else {
		out, err = l.searchWords(ctx, q, query, from, limit)
		out.Notice = w.notice
	}
	if err != nil {
		return Results{}, fmt.Errorf("search: %w", searchError(ctx, err))
	}
	return out, nil
}

// searchWords answers a search with the pages that have its words.
func (l *Library) searchWords(ctx context.Context, q fulltext.Query, query Query, from cursor, limit int) (Results, error) {
	var out Results
	err := l.db.View(ctx, func(tx *sql.Tx) error {
		s := searcher{tx: tx, query: q, from: from, limit: limit}
		possible, err := s.restrict(ctx, query)
		if err != nil || !possible {
			return err
		}
		out, err = s.run(ctx)
		return err
	})
	out.Mode = ModeWords
	return out, err
}

// searcher answers one search within one read transaction.
type searcher struct {
	tx    *sql.Tx
	query fulltext.Query
	from  cursor
	limit int
	// passage says of pages which part of the text their snippet is cut from.
	passage map[int64]retrieve.Span

	restricts bool    // to the documents below
	documents []int64 // seq

	snippets map[fulltext.Tokenizer]*fulltext.Snippeter
}

// run answers with the pages after the cursor.
func (s *searcher) run(ctx context.Context) (Results, error) {
	if s.from.mode == fusedHits {
		return Results{}, badCursor()
	}
	if len(s.query.Words) == 0 {
		return s.byName(ctx)
	}
	pages, next, err := s.pages(ctx)
	if err != nil {
		return Results{}, err
	}
	out := Results{Loose: next.mode == looseHits && len(pages) > 0}
	if s.from.mode == fromStart && next.mode == anyHits && len(pages) > 0 {
		complete, err := s.complete(ctx)
		if err != nil {
			return Results{}, err
		}
		out.Loose = !complete
	}
	if next.id > 0 || next.offset > 0 {
		out.Next = next.String()
	}
	out.Hits, err = s.hits(ctx, pages)
	return out, err
}

// best returns the n best pages for a question, whose words no page needs to
// have all.
func (s *searcher) best(ctx context.Context, n int) ([]found, error) {
	s.from, s.limit = cursor{mode: anyHits}, n
	pages, _, err := s.pages(ctx)
	return pages, err
}

// complete reports whether a page has all the words.
func (s *searcher) complete(ctx context.Context) (bool, error) {
	for _, t := range tokenizers() {
		pages, err := s.lookUp(ctx, t, cursor{mode: strictHits}, 1)
		if err != nil || len(pages) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// questionWords is from how many words on a query is a question, whose words no
// page needs to have all: the page that does is seldom the one that answers.
const questionWords = 3

// question reports whether a query is one.
func (s *searcher) question() bool {
	return !s.query.Exact() && len(s.query.Words) >= questionWords
}

// pages returns the pages after the cursor, the best first, and where to go on.
// The mode of that cursor says how they were found; its place is empty at the
// end.
func (s *searcher) pages(ctx context.Context) ([]found, cursor, error) {
	at := s.from
	switch {
	case at.mode == fromStart && s.question():
		at.mode = anyHits
	case at.mode == fromStart:
		at.mode = strictHits
	}
	w, err := s.window(ctx, at)
	if err == nil && len(w.pages) == 0 && s.from.mode == fromStart && s.loosens() {
		at.mode = looseHits
		w, err = s.window(ctx, at)
	}
	var list []found
	for err == nil {
		rest := w.pages[min(at.offset, len(w.pages)):]
		take := min(len(rest), s.limit-len(list))
		list = append(list, rest[:take]...)
		if take < len(rest) {
			at.offset += take
			return list, at, nil
		}
		at = cursor{mode: at.mode, rank: w.last.rank, id: w.last.id}
		if !w.more {
			return list, cursor{mode: at.mode}, nil
		}
		if len(list) == s.limit {
			return list, at, nil
		}
		w, err = s.window(ctx, at)
	}
	return nil, cursor{}, err
}

func (s *searcher) ids(ctx context.Context, statement string, args ...any) ([]int64, error) {
	return sqlite.Collect(ctx, s.tx, func(r sqlite.Row) (id int64, err error) { return id, r.Scan(&id) }, statement, args...)
}

func (s *searcher) ranked(ctx context.Context, statement string, args ...any) ([]found, error) {
	return sqlite.Collect(ctx, s.tx, func(r sqlite.Row) (f found, err error) { return f, r.Scan(&f.id, &f.rank) }, statement, args...)
}
