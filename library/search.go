package library

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"sort"

	"github.com/holtdb/holt/fulltext"
)

const (
	defaultHits = 20
	mostHits    = 100
	// titleLift is what a page gains when the names of its document have all
	// the words: who names a book means the book.
	titleLift = 1.5
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
		return Results{}, nil
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
	ctx, cancel := l.limitSearch(ctx)
	defer cancel()
	var out Results
	err = l.db.View(ctx, func(tx *sql.Tx) error {
		s := searcher{tx: tx, query: q, from: from, limit: limit}
		possible, err := s.restrict(ctx, query)
		if err != nil || !possible {
			return err
		}
		out, err = s.run(ctx)
		return err
	})
	if err != nil {
		return Results{}, fmt.Errorf("search: %w", searchError(ctx, err))
	}
	return out, nil
}

// searcher answers one search within one read transaction.
type searcher struct {
	tx    *sql.Tx
	query fulltext.Query
	from  cursor
	limit int

	conditions []string // constant SQL on the id of a page
	args       []any
}

// restrict prepares the filters. It returns false when nothing can match.
func (s *searcher) restrict(ctx context.Context, query Query) (bool, error) {
	if query.Tag != "" {
		s.where("rowid >> 20 IN (SELECT document FROM tags WHERE tag = ?)", query.Tag)
	}
	if byName := s.query.ByName(); byName != "" {
		s.where("rowid >> 20 IN (SELECT rowid FROM document_names WHERE document_names MATCH ?)", byName)
	}
	if len(query.Documents) == 0 {
		return true, nil
	}
	seqs, err := s.ids(ctx, "SELECT seq FROM documents WHERE id IN (SELECT value FROM json_each(?))", jsonArray(query.Documents))
	if err != nil {
		return false, err
	}
	if len(seqs) == 1 {
		first, last := pageRange(seqs[0])
		s.where("rowid BETWEEN ? AND ?", first, last)
	} else {
		s.where("rowid >> 20 IN (SELECT value FROM json_each(?))", jsonArray(seqs))
	}
	return len(seqs) > 0, nil
}

func (s *searcher) where(condition string, args ...any) {
	s.conditions = append(s.conditions, condition)
	s.args = append(s.args, args...)
}

func (s *searcher) run(ctx context.Context) (Results, error) {
	if len(s.query.Words) == 0 {
		return s.byName(ctx)
	}
	strict, loose := s.query.All(), s.query.Any()
	mode, match := strictHits, strict
	if s.from.mode == looseHits {
		mode, match = looseHits, loose
	}
	pages, err := s.pages(ctx, match)
	if err == nil && len(pages) == 0 && s.from.mode == fromStart && loose != strict {
		mode = looseHits
		pages, err = s.pages(ctx, loose)
	}
	if err != nil {
		return Results{}, err
	}
	out := Results{Loose: mode == looseHits && len(pages) > 0}
	if len(pages) > s.limit {
		pages = pages[:s.limit]
		last := pages[s.limit-1]
		out.Next = cursor{mode: mode, rank: last.rank, id: last.id}.String()
	}
	out.Hits, err = s.hits(ctx, pages)
	return out, err
}

// pages returns the best pages after the cursor, one more than the limit.
// Sorting outside of the index, with a limit, is faster than its own order.
func (s *searcher) pages(ctx context.Context, match string) ([]found, error) {
	statement := "SELECT rowid, rank FROM page_index WHERE page_index MATCH ?"
	args := append([]any{match}, s.args...)
	for _, c := range s.conditions {
		statement += " AND " + c
	}
	if s.from.mode != fromStart {
		statement += " AND (rank, rowid) > (?, ?)"
		args = append(args, s.from.rank, s.from.id)
	}
	return s.ranked(ctx, statement+" ORDER BY rank, rowid LIMIT ?", append(args, s.limit+1)...)
}

func (s *searcher) ranked(ctx context.Context, statement string, args ...any) ([]found, error) {
	rows, err := s.tx.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := make([]found, 0, s.limit+1)
	for rows.Next() {
		var f found
		if err := rows.Scan(&f.id, &f.rank); err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, rows.Err()
}

func (s *searcher) ids(ctx context.Context, statement string, args ...any) ([]int64, error) {
	rows, err := s.tx.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		list = append(list, id)
	}
	return list, rows.Err()
}

// hits makes the answer of the pages found.
func (s *searcher) hits(ctx context.Context, pages []found) ([]Hit, error) {
	if len(pages) == 0 {
		return nil, nil
	}
	lifted, err := s.lifted(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(pages))
	score := make(map[int64]float64, len(pages))
	for i, p := range pages {
		ids[i] = p.id
		score[p.id] = math.Max(0, -p.rank)
		if lifted[p.id>>pageBits] {
			score[p.id] *= titleLift
		}
	}
	// The index has a snippet function as well: on 20 pages it costs more than
	// most searches.
	snippets := fulltext.NewSnippeter(s.query)
	rows, err := s.tx.QueryContext(ctx, `SELECT p.id, d.id, d.title, p.page_number, p.label, p.heading, p.text
		FROM json_each(?) j CROSS JOIN page_chunks p ON p.id = j.value CROSS JOIN documents d ON d.seq = p.id >> 20`,
		jsonArray(ids))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	hits := make([]Hit, 0, len(pages))
	for rows.Next() {
		var h Hit
		var id int64
		var text string
		if err := rows.Scan(&id, &h.DocumentID, &h.Title, &h.Page, &h.Label, &h.Heading, &text); err != nil {
			return nil, err
		}
		h.Snippet = snippets.Snippet(text)
		h.Score = score[id]
		hits = append(hits, h)
	}
	group(hits)
	return hits, rows.Err()
}

// lifted returns the documents whose names have all the words.
func (s *searcher) lifted(ctx context.Context) (map[int64]bool, error) {
	matching, err := s.ids(ctx, "SELECT rowid FROM document_names WHERE document_names MATCH ?", s.query.LikeName())
	if err != nil {
		return nil, err
	}
	lifted := make(map[int64]bool, len(matching))
	for _, seq := range matching {
		lifted[seq] = true
	}
	return lifted, nil
}

// group sorts hits by document, the one with the best page first, and in it by
// score.
func group(hits []Hit) {
	best := make(map[string]float64)
	for _, h := range hits {
		best[h.DocumentID] = math.Max(best[h.DocumentID], h.Score)
	}
	sort.SliceStable(hits, func(i, j int) bool {
		a, b := hits[i], hits[j]
		switch {
		case a.DocumentID == b.DocumentID && a.Score != b.Score:
			return a.Score > b.Score
		case a.DocumentID == b.DocumentID:
			return a.Page < b.Page
		case best[a.DocumentID] != best[b.DocumentID]:
			return best[a.DocumentID] > best[b.DocumentID]
		}
		return a.DocumentID < b.DocumentID
	})
}
