package library

import (
	"context"
	"fmt"
	"math"
	"sort"
	"unicode/utf8"

	"github.com/holtdb/holt/fulltext"
	"github.com/holtdb/holt/library/retrieve"
	"github.com/holtdb/holt/sqlite"
)

// hits makes the answer of pages that were found, by words or in another way.
// The index has a snippet function as well: on 20 pages it costs more than most
// searches.
func (s *searcher) hits(ctx context.Context, pages []found) ([]Hit, error) {
	if len(pages) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(pages))
	score := make(map[int64]float64, len(pages))
	for i, p := range pages {
		ids[i] = p.id
		score[p.id] = math.Max(0, -p.rank)
	}
	hits := make([]Hit, 0, len(pages))
	err := sqlite.Each(ctx, s.tx, func(r sqlite.Row) error {
		var h Hit
		var id int64
		var text string
		var tokenizer fulltext.Tokenizer
		err := r.Scan(&id, &h.DocumentID, &h.Title, &h.Page, &h.Label, &h.Heading, &text, &tokenizer)
		if err != nil {
			return err
		}
		h.Score = score[id]
		snippets := s.snippeter(tokenizer)
		if span, ok := s.passage[id]; ok && within(span, text) {
			h.Start, h.End = span.Start, span.End
			h.Snippet = snippets.SnippetOf(text, fulltext.Span(span))
		} else {
			h.Snippet = snippets.Snippet(text)
		}
		hits = append(hits, h)
		return nil
	}, `SELECT p.id, d.id, d.title, p.page_number, p.label, p.heading, p.text, p.tokenizer
		FROM json_each(?) j CROSS JOIN page_chunks p ON p.id = j.value CROSS JOIN documents d ON d.seq = p.id >> 20`,
		jsonArray(ids))
	if err != nil {
		return nil, fmt.Errorf("read hits: %w", err)
	}
	group(hits)
	return hits, nil
}

// within reports whether a span is a part of a text: it may be of one that has
// changed since.
func within(s retrieve.Span, text string) bool {
	return 0 <= s.Start && s.Start < s.End && s.End <= len(text) &&
		utf8.RuneStart(text[s.Start]) && (s.End == len(text) || utf8.RuneStart(text[s.End]))
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
