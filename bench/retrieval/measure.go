package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/holtdb/holt/bench/retrieval/corpus"
	"github.com/holtdb/holt/library"
)

// deepest is the last rank that counts.
const deepest = 10

// evaluation asks the questions of a corpus.
type evaluation struct {
	server *server
	pairs  []corpus.Pair
	out    io.Writer
}

// score is what a way of finding pages is worth.
type score struct {
	at1, at5, at10, mrr float64
	took                []time.Duration
}

// rate makes a score of the ranks of the answers, 0 where one was not found.
func rate(ranks []int) score {
	var s score
	for _, rank := range ranks {
		if rank < 1 || rank > deepest {
			continue
		}
		s.at10++
		s.mrr += 1 / float64(rank)
		if rank <= 5 {
			s.at5++
		}
		if rank == 1 {
			s.at1++
		}
	}
	n := float64(len(ranks))
	s.at1, s.at5, s.at10, s.mrr = s.at1/n, s.at5/n, s.at10/n, s.mrr/n
	return s
}

// quantile is the time in which a share of the questions was answered.
func (s score) quantile(share float64) time.Duration {
	if len(s.took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s.took))
	return sorted[int(share*float64(len(sorted)-1))]
}

// rankOf returns the rank of a question's answer among pages, 0 if it is not
// there.
func (e *evaluation) rankOf(p corpus.Pair, pages []page) int {
	document := e.server.files[p.File]
	for i, found := range pages {
		if found.document == document && ofLabel(found.label, p.Label) {
			return i + 1
		}
	}
	return 0
}

// ofLabel reports whether a page with a label belongs to a section: a long one
// has pages "7", "7 (2)", "7 (3)".
func ofLabel(label, section string) bool {
	return label == section || strings.HasPrefix(label, section+" (")
}

// page is one that was found.
type page struct {
	document, label string
	number          int
	score           float64
}

// search finds the best pages for a text, the best first.
func (e *evaluation) search(ctx context.Context, text string, mode library.Mode, limit int) ([]page, error) {
	r, err := e.server.library.Search(ctx, library.Query{Text: text, Mode: mode, Limit: limit})
	if err != nil {
		return nil, err
	}
	if r.Mode != mode {
		return nil, fmt.Errorf("searched by %s instead of %s: %s", r.Mode, mode, r.Notice)
	}
	pages := make([]page, len(r.Hits))
	for i, h := range r.Hits {
		pages[i] = page{h.DocumentID, h.Label, h.Page, h.Score}
	}
	// The answer is grouped by document.
	slices.SortStableFunc(pages, func(a, b page) int { return cmp.Compare(b.score, a.score) })
	return pages, nil
}

// answer asks a question as a chat does where there is no language model, and
// returns the pages that the answer quotes or would rest on.
func (e *evaluation) answer(ctx context.Context, text string) (pages []page, err error) {
	l := e.server.library
	asked, err := l.Ask(ctx, library.Question{Text: text})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.DeleteChat(ctx, asked.Chat.ID)) }()
	for event, err := range l.Follow(ctx, asked.Chat.ID, asked.Answer) {
		if err != nil {
			return nil, err
		}
		if event.Final == nil {
			continue
		}
		if event.Final.Status != library.AnswerDone {
			return nil, fmt.Errorf("answer %s: %s", event.Final.Status, event.Final.Error)
		}
		for _, c := range event.Final.Passages {
			pages = append(pages, page{c.DocumentID, c.Label, c.Page, c.Score})
		}
	}
	return pages, nil
}

// measure asks all questions in one way.
func (e *evaluation) measure(ctx context.Context, ask func(ctx context.Context, text string) ([]page, error)) (score, error) {
	ranks := make([]int, len(e.pairs))
	took := make([]time.Duration, len(e.pairs))
	for i, p := range e.pairs {
		began := time.Now()
		pages, err := ask(ctx, p.Question)
		if err != nil {
			return score{}, fmt.Errorf("%q: %w", p.Question, err)
		}
		took[i] = time.Since(began)
		ranks[i] = e.rankOf(p, pages)
	}
	s := rate(ranks)
	s.took = took
	return s, nil
}

// in returns a search in one mode.
func (e *evaluation) in(mode library.Mode) func(ctx context.Context, text string) ([]page, error) {
	return func(ctx context.Context, text string) ([]page, error) { return e.search(ctx, text, mode, deepest) }
}

// use has the library embedded by an embedder, or by none.
func (e *evaluation) use(ctx context.Context, m embedder) error {
	e.server.models.offer(m.offer)
	for {
		state, err := e.server.library.Meaning(ctx)
		if err != nil {
			return err
		}
		if !m.offer.Exists() || state.Configured && state.Total > 0 && state.Embedded == state.Total {
			return nil
		}
		if state.Problem != "" {
			return fmt.Errorf("embed by %s: %s", m.name, state.Problem)
		}
		if err := e.server.work(ctx); err != nil {
			return err
		}
		select {
		case <-time.After(time.Second): // counts are believed for a while
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
