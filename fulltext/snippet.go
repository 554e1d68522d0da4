package fulltext

import (
	"html"
	"strings"
	"unicode"
)

const (
	snippetWords = 34
	leadWords    = 5 // before the first hit
	// A word of a script without spaces is some two characters.
	snippetUnits = 60
)

// Snippeter cuts from pages what shows why they match a query.
type Snippeter struct{ *Finder }

// NewSnippeter prepares the words of a query.
func NewSnippeter(q Query) *Snippeter { return &Snippeter{NewFinder(q)} }

// Snippet returns the most telling part of a text as HTML: escaped, with the
// hits in <mark>. Without hits it is the beginning.
func (s *Snippeter) Snippet(text string) string {
	hits := s.Hits(text)
	from, to := s.window()
	if to == 0 {
		return ""
	}
	var b strings.Builder
	at, end := s.words[from].Start, s.words[to-1].End
	if from > 0 {
		b.WriteString("…")
	}
	for _, h := range hits {
		h.Start, h.End = max(h.Start, at), min(h.End, end)
		if h.Start >= h.End {
			continue
		}
		writeText(&b, text[at:h.Start])
		b.WriteString("<mark>")
		writeText(&b, text[h.Start:h.End])
		b.WriteString("</mark>")
		at = h.End
	}
	if to == len(s.words) {
		end = len(strings.TrimRightFunc(text, unicode.IsSpace))
	}
	writeText(&b, text[at:max(at, end)])
	if to < len(s.words) {
		b.WriteString("…")
	}
	return b.String()
}

// SnippetOf is [Snippeter.Snippet] of a part of a text.
func (s *Snippeter) SnippetOf(text string, part Span) string {
	snippet := s.Snippet(text[part.Start:part.End])
	if snippet == "" {
		return ""
	}
	if strings.TrimSpace(text[:part.Start]) != "" && !strings.HasPrefix(snippet, "…") {
		snippet = "…" + snippet
	}
	if strings.TrimSpace(text[part.End:]) != "" && !strings.HasSuffix(snippet, "…") {
		snippet += "…"
	}
	return snippet
}

// writeText writes escaped text on one line.
func writeText(b *strings.Builder, text string) {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, text)
	b.WriteString(html.EscapeString(text))
}

// window returns the range of words with the most different terms, and then
// the most hits.
func (s *Snippeter) window() (from, to int) {
	length := snippetWords
	if s.trigrams {
		length = snippetUnits
	}
	best, start := 0, 0
	for i, first := range s.hits {
		score, seen := 0, uint64(0)
		for _, h := range s.hits[i:] {
			if h.word+h.words > first.word+length-leadWords {
				break
			}
			score++
			if bit := uint64(1) << (h.term % 64); seen&bit == 0 {
				seen |= bit
				score += length
			}
		}
		if score > best {
			best, start = score, max(0, first.word-leadWords)
		}
	}
	to = min(len(s.words), start+length)
	return max(0, min(start, to-length)), to
}
