package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode"

	"github.com/holtdb/holt/fulltext"
	"github.com/holtdb/holt/library/extract/markup"
	"github.com/holtdb/holt/library/retrieve"
)

// Marks says what is marked on a page.
type Marks struct {
	Query string // its words and phrases are hits
	// Start and End are a passage, in bytes of the page's text; End is 0 without
	// one. What is no part of the text is not marked.
	Start, End int
}

const (
	hitMark     = "<mark>"
	passageMark = `<mark class="passage">`
	markEnd     = "</mark>"
)

// marking is where the marks of a page stand in its text.
type marking struct {
	text    string
	hits    []fulltext.Span
	passage fulltext.Span
}

// marking finds the words of a query on a page as the index does, so that marks
// and search agree on word forms.
func (l *Library) marking(ctx context.Context, seq int64, number int, m Marks) (marking, error) {
	q := fulltext.Parse(m.Query)
	if len(q.Words) == 0 && m.End <= 0 {
		return marking{}, nil
	}
	ctx, cancel := l.limitSearch(ctx)
	defer cancel()
	var out marking
	var tokenizer fulltext.Tokenizer
	err := l.db.Reader().QueryRowContext(ctx, "SELECT text, tokenizer FROM page_chunks WHERE id = ?", pageID(seq, number)).
		Scan(&out.text, &tokenizer)
	if errors.Is(err, sql.ErrNoRows) {
		return marking{}, nil
	}
	if err != nil {
		return marking{}, fmt.Errorf("mark hits: %w", searchError(ctx, err))
	}
	out.hits = fulltext.NewFinder(q.For(tokenizer)).Hits(out.text)
	if within(retrieve.Span{Start: m.Start, End: m.End}, out.text) {
		out.passage = fulltext.Span{Start: m.Start, End: m.End}
	}
	return out, nil
}

// forms returns the words and phrases that are hits as they stand on the page,
// each once.
func (m marking) forms() []string {
	var forms []string
	seen := make(map[string]bool)
	for _, h := range m.hits {
		if form := m.text[h.Start:h.End]; !seen[form] {
			seen[form] = true
			forms = append(forms, form)
		}
	}
	return forms
}

// passageText returns the passage that is marked.
func (m marking) passageText() string { return m.text[m.passage.Start:m.passage.End] }

// html returns the text of the page escaped and with its marks. A hit that
// reaches over a border of the passage is marked in two parts.
func (m marking) html() string {
	borders := []int{0, len(m.text), m.passage.Start, m.passage.End}
	for _, h := range m.hits {
		borders = append(borders, h.Start, h.End)
	}
	slices.Sort(borders)
	borders = slices.Compact(borders)
	var b strings.Builder
	next, open := 0, false // the hit at hand or the one that follows; whether the passage has begun
	for i, from := range borders[:len(borders)-1] {
		if inside := m.passage.Start <= from && from < m.passage.End; inside != open {
			open = inside
			b.WriteString(passageEdge(open))
		}
		for next < len(m.hits) && m.hits[next].End <= from {
			next++
		}
		part := html.EscapeString(m.text[from:borders[i+1]])
		if next < len(m.hits) && m.hits[next].Start <= from {
			part = hitMark + part + markEnd
		}
		b.WriteString(part)
	}
	if open {
		b.WriteString(markEnd)
	}
	return b.String()
}

func passageEdge(begins bool) string {
	if begins {
		return passageMark
	}
	return markEnd
}

// inHTML marks the passage and the hits in the HTML of the page.
func (m marking) inHTML(source string) string {
	if m.passage.End > 0 {
		// The policy for pages lets no <mark> of their own through.
		source = markup.Mark(source, chunksOf(m.passageText()))
		source = strings.ReplaceAll(source, hitMark, passageMark)
	}
	return markup.Mark(source, m.forms())
}

// chunksOf divides a passage into what is long enough to stand nowhere else on
// the page and short enough for [markup.Mark].
func chunksOf(passage string) []string {
	const words = 12
	var chunks []string
	start, n, inside := 0, 0, false
	for i, r := range passage {
		apart := fulltext.Unspaced(r)
		if apart || !inside && !unicode.IsSpace(r) {
			if n == words && strings.TrimSpace(passage[i:]) != "" {
				chunks = append(chunks, passage[start:i])
				start, n = i, 0
			}
			n++
		}
		inside = !apart && !unicode.IsSpace(r)
	}
	if last := len(chunks) - 1; last >= 0 && n < words {
		return append(chunks[:last], passage[start-len(chunks[last]):]) // joined to the one before
	}
	return append(chunks, passage[start:])
}
