package index

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"github.com/holtdb/holt/fulltext"
	"github.com/holtdb/holt/wiki/source"
)

// Hit is a page that fits a search.
type Hit struct {
	Page    Page
	Score   float64 // larger is better; comparable within one search
	Snippet string  // HTML: the telling part of the text, escaped, hits in <mark>
}

// Query is what to search for.
type Query struct {
	Text string   // words, "phrases", prefix*, -excluded, title:word
	Tags []string // pages must have all of them
}

// ParseQuery takes the terms tag:name and tag:"a name" out of what a person
// typed.
func ParseQuery(text string) Query {
	var q Query
	var rest []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		var term string
		if after, ok := strings.CutPrefix(text, `tag:"`); ok {
			term, text, _ = strings.Cut(after, `"`)
			q.Tags = append(q.Tags, term)
			continue
		}
		term, text = cutTerm(text)
		if tag, ok := strings.CutPrefix(term, "tag:"); ok && tag != "" {
			q.Tags = append(q.Tags, tag)
			continue
		}
		rest = append(rest, term)
	}
	q.Text = strings.Join(rest, " ")
	return q
}

// cutTerm cuts a word, or what stands in quotes with what precedes it.
func cutTerm(text string) (term, rest string) {
	quoted := false
	for i, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case unicode.IsSpace(r) && !quoted:
			return text[:i], text[i:]
		}
	}
	return text, ""
}

// ranking weighs a hit in the title, the path and the text.
const ranking = "bm25(8.0, 4.0, 1.0)"

// Search returns up to limit pages that fit, the best first, of those that
// visible accepts. All words must be on a page; when no page has them all,
// pages with some are returned and partial is true.
func (x *Index) Search(ctx context.Context, q Query, limit int, visible func(path string) bool) (hits []Hit, partial bool, err error) {
	parsed := fulltext.Parse(q.Text)
	if parsed.Empty() {
		hits, err = x.byTags(ctx, q.Tags, limit, visible)
	} else {
		hits, err = x.match(ctx, parsed, parsed.All(), q.Tags, limit, visible)
		if err == nil && len(hits) == 0 && len(parsed.Words) > 1 {
			partial = true
			hits, err = x.match(ctx, parsed, parsed.Any(), q.Tags, limit, visible)
		}
	}
	if err != nil {
		return nil, false, fmt.Errorf("search: %w", err)
	}
	return hits, partial && len(hits) > 0, nil
}

// byTags returns pages by their tags alone.
func (x *Index) byTags(ctx context.Context, tags []string, limit int, visible func(string) bool) ([]Hit, error) {
	if len(tags) == 0 {
		return nil, nil
	}
	query := "SELECT " + pageColumns + ", 0.0, substr(g.text, 1, 400) FROM pages g WHERE 1" + tagged(len(tags)) + " ORDER BY g.path"
	return x.hits(ctx, fulltext.Query{}, limit, visible, query, folded(tags)...)
}

// match returns the pages that an expression fits, best first.
func (x *Index) match(ctx context.Context, q fulltext.Query, expression string, tags []string, limit int, visible func(string) bool) ([]Hit, error) {
	if names := q.ByName(); names != "" {
		names = "{title path} : (" + names + ")"
		if expression != "" {
			names += " AND (" + expression + ")"
		}
		expression = names
	}
	// The index sorts, and hands out the best before it has read the others' text.
	query := "SELECT " + pageColumns + `, -w.rank, g.text FROM page_words w CROSS JOIN pages g ON g.id = w.rowid
		WHERE page_words MATCH ? AND w.rank MATCH '` + ranking + "'" + tagged(len(tags)) + " ORDER BY w.rank"
	return x.hits(ctx, q, limit, visible, query, append([]any{expression}, folded(tags)...)...)
}

// hits reads pages until there are enough that the caller may see.
func (x *Index) hits(ctx context.Context, q fulltext.Query, limit int, visible func(string) bool, query string, args ...any) ([]Hit, error) {
	rows, err := x.db.Reader().QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	snippets := fulltext.NewSnippeter(q)
	var hits []Hit
	for len(hits) < limit && rows.Next() {
		var h Hit
		var text string
		if h.Page, err = scanPage(rows, &h.Score, &text); err != nil {
			return nil, err
		}
		if visible(h.Page.Path) {
			h.Snippet = snippets.Snippet(readable(text))
			hits = append(hits, h)
		}
	}
	return hits, rows.Err()
}

// tagged is the condition that a page has n tags.
func tagged(n int) string {
	return strings.Repeat(" AND EXISTS (SELECT 1 FROM tags t WHERE t.page = g.id AND t.fold = ?)", n)
}

func folded(tags []string) []any {
	all := make([]any, len(tags))
	for i, t := range tags {
		all[i] = source.FoldTag(t)
	}
	return all
}
