package library

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/holtdb/holt/fulltext"
	"github.com/holtdb/holt/library/chat"
	"github.com/holtdb/holt/library/retrieve"
	"github.com/holtdb/holt/sqlite"
)

const (
	wholePage = 3000 // bytes of a page that is given to the model whole
	around    = 900  // bytes before and after a passage of a longer one
	beside    = 700  // bytes of the pages before and after
	lookedAt  = 4    // times as many pages as are wanted are looked at
)

// evidence is what an answer can draw on.
type evidence struct {
	passages []chat.Passage
	// ranges says which bytes of its page a passage's text is. Numbers change
	// when a prompt has not room for all.
	ranges map[place]retrieve.Span
	ids    []int64 // of the pages that were found
}

// place is where a passage lies.
type place struct {
	document         string
	page, start, end int
}

func placeOf(p chat.Passage) place { return place{p.DocumentID, p.Page, p.Start, p.End} }

// retrieve finds the passages to answer a question from, the best first, and
// then some of the pages beside them. It returns none when nothing that was
// found has enough to do with the question.
func (l *Library) retrieve(ctx context.Context, query Query, k int) (evidence, Mode, error) {
	q := fulltext.Parse(fulltext.WithoutSyntax(query.Text))
	if query.Mode = ModeHybrid; q.Empty() {
		query.Mode = ModeMeaning // nothing but signs, or a script without words
	}
	w, err := l.waysOf(ctx, q, query, embedTimeOfAnswer)
	if err != nil {
		return evidence{}, "", fmt.Errorf("find passages: %w", err)
	}
	ctx, cancel := l.limitSearch(ctx)
	defer cancel()
	var out evidence
	err = l.db.View(ctx, func(tx *sql.Tx) error {
		r, err := l.rank(ctx, tx, q, query, w)
		if err != nil {
			return err
		}
		out, err = gather(ctx, tx, q, r, w, k, len(query.Documents) == 1 && len(query.Tags) == 0)
		return err
	})
	if err != nil {
		return evidence{}, "", fmt.Errorf("find passages: %w", searchError(ctx, err))
	}
	return out, w.mode, nil
}

// evidencePage is a page as it is read for an answer.
type evidencePage struct {
	document, title, label, heading, text string
	number                                int
}

// gather makes passages of the best pages.
func gather(ctx context.Context, tx *sql.Tx, q fulltext.Query, r ranking, w ways, k int, oneDocument bool) (evidence, error) {
	if len(r.pages) == 0 {
		return evidence{}, nil
	}
	pages, err := readEvidence(ctx, tx, r.pages[:min(lookedAt*k, len(r.pages))])
	if err != nil {
		return evidence{}, err
	}
	out, signal := choose(listingsLast(r.pages, pages), pages, q, r, k, oneDocument)
	if floor := w.floor(); !signal.Enough(floor) {
		// What lists things may be what was asked for.
		if out, signal = choose(r.pages, pages, q, r, k, oneDocument); !signal.Enough(floor) {
			return evidence{}, nil
		}
	}
	out.addNeighbours(pages)
	return out, nil
}

// floor is the cosine from which a passage answers a question by itself.
func (w ways) floor() float64 {
	if w.embedder == nil {
		return 0
	}
	return w.embedder.Floor()
}

// choose makes passages of the first k pages, and says how much they have to do
// with the question.
func choose(ranked []retrieve.Ranked, pages map[int64]evidencePage, q fulltext.Query, r ranking, k int, oneDocument bool) (evidence, retrieve.Signal) {
	best := ranked
	if !oneDocument {
		best = retrieve.CapPerDocument(ranked, k, func(id int64) int64 { return id >> pageBits })
	}
	best = best[:min(k, len(best))]
	out := evidence{ranges: make(map[place]retrieve.Span)}
	signal := retrieve.Signal{Cosine: r.cosine}
	for _, ranked := range best {
		page, there := pages[ranked.ID]
		if !there {
			continue
		}
		spans := retrieve.Passages(page.text)
		index, share := retrieve.BestPassage(page.text, spans, q)
		signal.Words = max(signal.Words, share)
		span, byMeaning := r.passages[ranked.ID]
		if !byMeaning || span.End > len(page.text) {
			if index < 0 {
				continue
			}
			span = spans[index]
		}
		out.ids = append(out.ids, ranked.ID)
		out.add(page, span, surroundings(page.text, span), ranked.Score, false)
	}
	return out, signal
}

// addNeighbours adds the pages beside the better half of those that are there.
func (e *evidence) addNeighbours(pages map[int64]evidencePage) {
	have := make(map[int64]bool, len(e.ids))
	for _, id := range e.ids {
		have[id] = true
	}
	for _, found := range e.ids[:(len(e.ids)+1)/2] {
		for _, step := range []int64{-1, 1} {
			id := found + step
			page, there := pages[id]
			if !there || have[id] || strings.TrimSpace(page.text) == "" {
				continue
			}
			have[id] = true
			span := retrieve.Span{End: cutAt(page.text, beside)}
			if step < 0 {
				span = retrieve.Span{Start: cutAt(page.text, max(0, len(page.text)-beside)), End: len(page.text)}
			}
			e.add(page, span, span, 0, true)
		}
	}
}

// listingsLast puts tables of contents and indices behind what they list.
func listingsLast(ranked []retrieve.Ranked, pages map[int64]evidencePage) []retrieve.Ranked {
	var said, listed []retrieve.Ranked
	for _, r := range ranked {
		page, there := pages[r.ID]
		switch {
		case !there: // gone, or too far down
		case retrieve.Listing(page.text):
			listed = append(listed, r)
		default:
			said = append(said, r)
		}
	}
	return append(said, listed...)
}

// add adds a passage under the next number.
func (e *evidence) add(page evidencePage, span, around retrieve.Span, score float64, neighbour bool) {
	passage := chat.Passage{
		Number: len(e.passages) + 1, DocumentID: page.document, Title: page.title, Label: page.label, Heading: page.heading, Page: page.number,
		Start: span.Start, End: span.End, Text: page.text[around.Start:around.End], Score: score, Neighbour: neighbour,
	}
	e.passages = append(e.passages, passage)
	e.ranges[placeOf(passage)] = around
}

// surroundings is what the model gets of a page around a passage.
func surroundings(text string, span retrieve.Span) retrieve.Span {
	if len(text) <= wholePage {
		return retrieve.Span{End: len(text)}
	}
	return retrieve.Span{
		Start: cutAt(text, max(0, span.Start-around)),
		End:   cutAt(text, min(len(text), span.End+around)),
	}
}

// cutAt returns a place near n, not after it, where no word is cut in two if
// one is near.
func cutAt(text string, n int) int {
	if n <= 0 || n >= len(text) {
		return max(0, min(n, len(text)))
	}
	const near = 40
	if i := strings.LastIndexAny(text[max(0, n-near):n], " \n"); i >= 0 {
		return max(0, n-near) + i + 1
	}
	for !utf8.RuneStart(text[n]) {
		n--
	}
	return n
}

// readEvidence reads pages and those beside them, of the same document.
func readEvidence(ctx context.Context, tx *sql.Tx, ranked []retrieve.Ranked) (map[int64]evidencePage, error) {
	var ids []int64
	for _, r := range ranked {
		ids = append(ids, r.ID-1, r.ID, r.ID+1)
	}
	pages := make(map[int64]evidencePage, len(ids))
	err := sqlite.Each(ctx, tx, func(r sqlite.Row) error {
		var id int64
		var p evidencePage
		if err := r.Scan(&id, &p.document, &p.title, &p.label, &p.heading, &p.text, &p.number); err != nil {
			return err
		}
		pages[id] = p
		return nil
	}, `SELECT p.id, d.id, d.title, p.label, p.heading, p.text, p.page_number
		FROM page_chunks p CROSS JOIN documents d ON d.seq = p.id >> 20
		WHERE p.id IN (SELECT value FROM json_each(?))`, jsonArray(ids))
	if err != nil {
		return nil, fmt.Errorf("read pages: %w", err)
	}
	return pages, nil
}
