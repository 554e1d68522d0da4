package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/holtdb/holt/fulltext"
	"github.com/holtdb/holt/library/retrieve"
	"github.com/holtdb/holt/sqlite"
)

const (
	// candidates is how many pages each way of searching contributes to a fused
	// answer.
	candidates = 100
	// passagesPerPage is how many of the nearest passages are looked at for each
	// page that is wanted: several may be of one page.
	passagesPerPage = 3
	// embedTime and embedTimeOfAnswer are how long a query may take to be
	// embedded: who searches waits for less than who asks.
	embedTime         = 5 * time.Second
	embedTimeOfAnswer = time.Minute
)

// ways says which searches are run and why a better one is not.
type ways struct {
	mode     Mode
	embedder Embedder
	near     []retrieve.Near // the passages nearest to it, the best first
	notice   string
}

// waysOf decides how a query is answered, and finds the nearest passages if that
// is wanted. It does so outside of any transaction: asking the model and reading
// embeddings may take long.
func (l *Library) waysOf(ctx context.Context, q fulltext.Query, query Query, patience time.Duration) (ways, error) {
	w, err := l.chooseWays(ctx, q, query.Mode)
	if err != nil || w.embedder == nil {
		return w, err
	}
	if l.meaning.failedLately(time.Now()) {
		return ways{mode: ModeWords, notice: "Searched by words only: the embedding model did not work a moment ago."}, nil
	}
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	vectors, err := w.embedder.Embed(asking, []string{query.Text}, true)
	var failed *ModelError
	if err != nil && ctx.Err() == nil {
		l.meaning.failed(time.Now())
	}
	switch {
	case err != nil && asking.Err() != nil && ctx.Err() == nil:
		return ways{mode: ModeWords, notice: "Searched by words only: the embedding model takes too long to answer."}, nil
	case errors.As(err, &failed):
		return ways{mode: ModeWords, notice: "Searched by words only. " + failed.Error()}, nil
	case err != nil && ctx.Err() != nil:
		return ways{}, fmt.Errorf("embed query: %w", err)
	case err != nil || len(vectors) != 1:
		l.log.Warn("embed query", "tenant", l.home.ID().String(), "error", err)
		return ways{mode: ModeWords, notice: "Searched by words only: the embedding model failed."}, nil
	}
	vector := vectors[0]
	if l.meaning.learn(w.embedder.ID(), len(vector)) {
		// Embeddings of another length than before are of no use with this one:
		// they count as missing from now on, and are made again.
		state, err := l.meaningState(ctx, w.embedder)
		if err != nil {
			return ways{}, err
		}
		if !state.Ready() {
			return unready(state), nil
		}
	}
	w.near, err = l.nearestAllowed(ctx, q, query, w.embedder.ID(), vector)
	return w, err
}

func (l *Library) chooseWays(ctx context.Context, q fulltext.Query, wanted Mode) (ways, error) {
	switch wanted {
	case ModeWords:
		return ways{mode: ModeWords}, nil
	case ModeBest, ModeMeaning, ModeHybrid:
	default:
		return ways{}, fmt.Errorf("%w: the mode of a search is words, meaning or hybrid", ErrInvalid)
	}
	// Who quotes, excludes or cuts words short means these words.
	if wanted == ModeBest && q.Exact() {
		return ways{mode: ModeWords}, nil
	}
	asked := wanted != ModeBest
	e, problem, err := l.embedder(ctx)
	if err != nil {
		return ways{}, err
	}
	switch {
	case e == nil && problem != "":
		return ways{mode: ModeWords, notice: "Searched by words only. " + problem}, nil
	case e == nil && asked:
		return ways{mode: ModeWords, notice: "No embedding model is connected, so this was searched by words."}, nil
	case e == nil:
		return ways{mode: ModeWords}, nil
	}
	state, err := l.meaningState(ctx, e)
	if err != nil {
		return ways{}, err
	}
	if !state.Ready() {
		return unready(state), nil
	}
	w := ways{mode: wanted, embedder: e}
	if wanted == ModeBest {
		w.mode = ModeHybrid
	}
	return w, nil
}

// unready is the way while too few passages have an embedding.
func unready(state MeaningState) ways {
	w := ways{mode: ModeWords}
	if state.Total > 0 {
		w.notice = fmt.Sprintf("Searched by words: %d of %d passages are ready to be searched by meaning.", state.Embedded, state.Total)
	}
	if state.Problem != "" {
		w.notice = strings.TrimSpace(w.notice + " " + state.Problem)
	}
	return w
}

// ranking is the pages that were found.
type ranking struct {
	pages    []retrieve.Ranked       // the best first
	passages map[int64]retrieve.Span // of pages that were found by meaning
	cosine   float64                 // of the nearest passage
}

// rank finds the best pages in one of the ways that use embeddings, or by words.
func (l *Library) rank(ctx context.Context, tx *sql.Tx, q fulltext.Query, query Query, w ways) (ranking, error) {
	s := searcher{tx: tx, query: q, limit: candidates}
	possible, err := s.restrict(ctx, query)
	if err != nil || !possible {
		return ranking{}, err
	}
	var out ranking
	var words []retrieve.Ranked
	if w.mode != ModeMeaning && len(q.Words) > 0 {
		pages, err := s.best(ctx, candidates)
		if err != nil {
			return ranking{}, err
		}
		words = make([]retrieve.Ranked, len(pages))
		for i, p := range pages {
			words[i] = retrieve.Ranked{ID: p.id, Score: -p.rank}
		}
	}
	if w.mode == ModeWords {
		out.pages = words
		return out, nil
	}
	near := slices.Clone(w.near)
	if len(near) > 0 {
		out.cosine = near[0].Score
	}
	if out.passages, err = passagesOf(ctx, tx, near); err != nil {
		return ranking{}, err
	}
	near = slices.DeleteFunc(near, func(n retrieve.Near) bool {
		_, there := out.passages[n.Chunk]
		return !there
	})
	meaning := retrieve.Pages(near)
	meaning = meaning[:min(len(meaning), candidates)]
	if w.mode == ModeMeaning {
		out.pages = meaning
		return out, nil
	}
	out.pages = retrieve.Fuse(words, meaning, w.embedder.Weight())
	return out, nil
}

// nearestAllowed finds the passages nearest to the query among the documents
// that the search is restricted to.
func (l *Library) nearestAllowed(ctx context.Context, q fulltext.Query, query Query, model string, vector []float32) ([]retrieve.Near, error) {
	ctx, cancel := l.limitSearch(ctx)
	defer cancel()
	var documents map[int64]bool
	restricted := false
	err := l.db.View(ctx, func(tx *sql.Tx) error {
		s := searcher{tx: tx, query: q}
		if _, err := s.restrict(ctx, query); err != nil {
			return err
		}
		var err error
		documents, restricted, err = s.restricted(ctx)
		return err
	})
	if err != nil {
		return nil, searchError(ctx, err)
	}
	if restricted && len(documents) == 0 {
		return nil, nil
	}
	var keep func(chunk int64) bool
	if restricted {
		keep = func(chunk int64) bool { return documents[chunk>>pageBits] }
	}
	return l.nearest(ctx, model, vector, passagesPerPage*candidates, keep)
}

// passagesOf returns where the best passage of each page lies. Passages that
// are gone, whose embedding is not yet, are missing.
func passagesOf(ctx context.Context, tx *sql.Tx, near []retrieve.Near) (map[int64]retrieve.Span, error) {
	ids := make([]int64, len(near))
	for i, n := range near {
		ids[i] = n.Passage
	}
	spans := make(map[int64]retrieve.Span, len(near))
	// json_each keeps the order, so that the best passage of a page comes first.
	err := sqlite.Each(ctx, tx, func(r sqlite.Row) error {
		var chunk int64
		var span retrieve.Span
		if err := r.Scan(&chunk, &span.Start, &span.End); err != nil {
			return err
		}
		if _, have := spans[chunk]; !have {
			spans[chunk] = span
		}
		return nil
	}, `SELECT p.chunk_id, p.start, p."end" FROM json_each(?) j CROSS JOIN passages p ON p.id = j.value ORDER BY j.key`, jsonArray(ids))
	if err != nil {
		return nil, fmt.Errorf("read passages: %w", err)
	}
	return spans, nil
}

// searchByMeaning answers a search in one of the ways that use embeddings. The
// answer is one ranking of a bounded length, in parts.
func (l *Library) searchByMeaning(ctx context.Context, q fulltext.Query, query Query, w ways, from cursor, limit int) (Results, error) {
	out := Results{Mode: w.mode, Notice: w.notice}
	err := l.db.View(ctx, func(tx *sql.Tx) error {
		r, err := l.rank(ctx, tx, q, query, w)
		if err != nil {
			return err
		}
		list, err := withoutExcluded(ctx, tx, q, r.pages)
		if err != nil {
			return err
		}
		list = list[min(from.offset, len(list)):]
		if len(list) > limit {
			list = list[:limit]
			out.Next = cursor{mode: fusedHits, offset: from.offset + limit}.String()
		}
		s := searcher{tx: tx, query: q, limit: limit, passage: r.passages}
		found := make([]found, len(list))
		for i, p := range list {
			found[i].id, found[i].rank = p.ID, -p.Score
		}
		out.Hits, err = s.hits(ctx, found)
		return err
	})
	return out, err
}

// withoutExcluded leaves out the pages that have an excluded word.
func withoutExcluded(ctx context.Context, tx *sql.Tx, q fulltext.Query, pages []retrieve.Ranked) ([]retrieve.Ranked, error) {
	if len(q.Excluded) == 0 || len(pages) == 0 {
		return pages, nil
	}
	ids := make([]int64, len(pages))
	for i, p := range pages {
		ids[i] = p.ID
	}
	has := make(map[int64]bool)
	finders := make(map[fulltext.Tokenizer]*fulltext.Finder)
	err := sqlite.Each(ctx, tx, func(r sqlite.Row) error {
		var id int64
		var tokenizer fulltext.Tokenizer
		var text string
		if err := r.Scan(&id, &tokenizer, &text); err != nil {
			return err
		}
		if finders[tokenizer] == nil {
			finders[tokenizer] = fulltext.NewFinder(q.For(tokenizer).Unwanted())
		}
		has[id] = len(finders[tokenizer].Hits(text)) > 0
		return nil
	}, "SELECT id, tokenizer, text FROM page_chunks WHERE id IN (SELECT value FROM json_each(?))", jsonArray(ids))
	if err != nil {
		return nil, fmt.Errorf("leave out excluded words: %w", err)
	}
	return slices.DeleteFunc(slices.Clone(pages), func(p retrieve.Ranked) bool { return has[p.ID] }), nil
}
