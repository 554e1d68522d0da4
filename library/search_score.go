package library

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/holtdb/holt/fulltext"
	"github.com/holtdb/holt/sqlite"
)

// What a page gains over its rank in the index, which knows how often a page
// has the words and how rare they are, but not where they stand.
const (
	// titleLift is for pages of a document whose names have all the words: who
	// names a book means the book.
	titleLift = 1.5
	// orderGain is for all words one after the other as they were typed.
	orderGain = 0.5
	// nearGain is for words side by side, and less for words further apart.
	nearGain = 0.25
	// lengthPower is for long pages, which have many words by chance. The index
	// counts their length as well, but too little for questions.
	lengthPower = -0.05
)

// rescore ranks pages by the index, by their documents' names and by how the
// words stand together, the best first.
func (s *searcher) rescore(ctx context.Context, pages []candidate) ([]found, error) {
	lifted, err := s.lifted(ctx)
	if err != nil {
		return nil, err
	}
	gains, err := s.gains(ctx, pages)
	if err != nil {
		return nil, err
	}
	out := make([]found, len(pages))
	for i, p := range pages {
		gain := 1.0
		if g, measured := gains[p.id]; measured {
			gain = g
		}
		if lifted[p.id>>pageBits] {
			gain *= titleLift
		}
		out[i] = found{p.id, math.Min(0, p.rank) * gain}
	}
	slices.SortFunc(out, byRank)
	return out, nil
}

// lifted returns the documents whose names have all the words.
func (s *searcher) lifted(ctx context.Context) (map[int64]bool, error) {
	names, args := namesLike(s.query.LikeName(), s.query.Words)
	matching, err := s.ids(ctx, "SELECT rowid FROM ("+names+")", args...)
	if err != nil {
		return nil, fmt.Errorf("look up names: %w", err)
	}
	lifted := make(map[int64]bool, len(matching))
	for _, seq := range matching {
		lifted[seq] = true
	}
	return lifted, nil
}

// gains reads pages and measures how the words stand together there. Of a single
// word there is nothing to measure.
func (s *searcher) gains(ctx context.Context, pages []candidate) (map[int64]float64, error) {
	tokenizer := make(map[int64]fulltext.Tokenizer, len(pages))
	var ids []int64
	for _, p := range pages {
		if s.snippeter(p.tokenizer).Terms() > 1 {
			ids = append(ids, p.id)
			tokenizer[p.id] = p.tokenizer
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	gains := make(map[int64]float64, len(ids))
	err := sqlite.Each(ctx, s.tx, func(r sqlite.Row) error {
		var id int64
		var text string
		var words int
		if err := r.Scan(&id, &words, &text); err != nil {
			return err
		}
		c := s.snippeter(tokenizer[id]).Closeness(text)
		gain := 1 + nearGain*c.Together
		if c.InOrder {
			gain += orderGain
		}
		gains[id] = gain * math.Pow(float64(max(1, words)), lengthPower)
		return nil
	}, "SELECT p.id, p.word_count, p.text FROM json_each(?) j CROSS JOIN page_chunks p ON p.id = j.value", jsonArray(ids))
	if err != nil {
		return nil, fmt.Errorf("measure pages: %w", err)
	}
	return gains, nil
}

// snippeter finds the words on pages of an index.
func (s *searcher) snippeter(t fulltext.Tokenizer) *fulltext.Snippeter {
	if s.snippets == nil {
		s.snippets = make(map[fulltext.Tokenizer]*fulltext.Snippeter)
	}
	if s.snippets[t] == nil {
		s.snippets[t] = fulltext.NewSnippeter(s.query.For(t))
	}
	return s.snippets[t]
}
