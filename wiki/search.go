package wiki

import (
	"context"
	"fmt"
	"html"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/holtdb/holt/wiki/index"
)

// Results are what a search found.
type Results struct {
	Hits    []index.Hit
	Partial bool // no page has all words; these have some
	More    bool // there are more than were asked for
	Ended   bool // time was up before all pages were read
}

// maxQuery bounds what is searched for, in bytes.
const maxQuery = 1000

// Search returns up to limit pages that fit, the best first: words, "phrases",
// prefix*, -excluded, title:word, tag:name.
func (s *Session) Search(ctx context.Context, query string, limit int) (Results, error) {
	if err := s.needSome(); err != nil {
		return Results{}, err
	}
	if len(query) > maxQuery {
		return Results{}, invalid("search for at most %d characters", maxQuery)
	}
	hits, partial, err := s.w.index.Search(ctx, index.ParseQuery(query), limit+1, s.canRead)
	if err != nil {
		return Results{}, err
	}
	more := len(hits) > limit
	return Results{Hits: hits[:min(limit, len(hits))], Partial: partial, More: more}, nil
}

// expressionTime bounds the search with a regular expression.
const expressionTime = 5 * time.Second

// SearchExpression returns up to limit pages in which a regular expression (RE2)
// matches, or a plain text for plain: those in whose names it does first.
func (s *Session) SearchExpression(ctx context.Context, expression string, plain, caseSensitive bool, limit int) (Results, error) {
	if err := s.needSome(); err != nil {
		return Results{}, err
	}
	if len(expression) > maxQuery || strings.TrimSpace(expression) == "" {
		return Results{}, invalid("search for 1 to %d characters", maxQuery)
	}
	if plain {
		expression = regexp.QuoteMeta(expression)
	}
	flags := "(?m)"
	if !caseSensitive {
		flags = "(?im)"
	}
	re, err := regexp.Compile(flags + expression)
	if err != nil {
		return Results{}, invalid("this is no regular expression: %v", err)
	}
	var named, found []index.Hit
	var results Results
	until := time.Now().Add(expressionTime)
	err = s.w.index.EachText(ctx, func(p index.Page, text string) bool {
		if time.Now().After(until) {
			results.Ended = true
			return false
		}
		if !s.canRead(p.Path) {
			return true
		}
		hit := index.Hit{Page: p, Snippet: around(re, text)}
		switch {
		case re.MatchString(p.Path) || re.MatchString(p.Title):
			named = append(named, hit)
		case hit.Snippet != "" && len(found) <= limit:
			found = append(found, hit)
		}
		return len(named) <= limit
	})
	if err != nil {
		return Results{}, fmt.Errorf("search: %w", err)
	}
	results.Hits = append(named, found...)
	results.More = len(results.Hits) > limit
	results.Hits = results.Hits[:min(limit, len(results.Hits))]
	return results, nil
}

// beside is how much of a text is shown on each side of a match, in bytes.
const beside = 90

// around shows the first match in a text as HTML, "" when there is none.
func around(re *regexp.Regexp, text string) string {
	at := re.FindStringIndex(text)
	if at == nil {
		return ""
	}
	from, to := max(0, at[0]-beside), min(len(text), at[1]+beside)
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	end := min(at[1], at[0]+2*beside)
	for end < len(text) && !utf8.RuneStart(text[end]) {
		end++
	}
	to = min(to, end+beside)
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	return html.EscapeString(text[from:at[0]]) + "<mark>" + html.EscapeString(text[at[0]:end]) + "</mark>" + html.EscapeString(text[end:to])
}
