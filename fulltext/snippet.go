package fulltext

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	snippetWords = 34
	leadWords    = 5 // before the first hit
)

// Snippeter cuts from pages what shows why they match a query. It finds the
// words as the index does, many times faster. It is for one search, not for
// concurrent use.
type Snippeter struct {
	terms  []sought
	starts [utf8.RuneSelf]bool // first bytes of sought words

	words []span // scratch
	hits  []hit
}

// sought is a term as the index sees it.
type sought struct {
	stems  []string
	prefix bool
}

// hit is where a term was found.
type hit struct{ word, words, term int }

// NewSnippeter prepares the words of a query.
func NewSnippeter(q Query) *Snippeter {
	s := &Snippeter{}
	for _, t := range q.Words {
		term := sought{prefix: t.Prefix}
		for _, w := range wordSpans(t.Text, nil) {
			folded := fold(t.Text[w.start:w.end])
			if folded == "" {
				continue
			}
			term.stems = append(term.stems, stem(folded))
		}
		if len(term.stems) == 0 {
			continue
		}
		s.terms = append(s.terms, term)
		if first := term.stems[0][0]; first < utf8.RuneSelf {
			s.starts[first] = true
		}
	}
	return s
}

// Snippet returns the most telling part of a text as HTML: escaped, with the
// hits in <mark>.
func (s *Snippeter) Snippet(text string) string {
	s.words = wordSpans(text, s.words[:0])
	s.find(text)
	from, to := s.window()
	if to == 0 {
		return ""
	}
	var b strings.Builder
	at := s.words[from].start
	if from > 0 {
		b.WriteString("…")
	}
	for _, h := range s.hits {
		last := h.word + h.words - 1
		if h.word < from || last >= to || s.words[h.word].start < at {
			continue
		}
		writeText(&b, text[at:s.words[h.word].start])
		b.WriteString("<mark>")
		at = s.words[last].end
		writeText(&b, text[s.words[h.word].start:at])
		b.WriteString("</mark>")
	}
	end := s.words[to-1].end
	if to == len(s.words) {
		end = len(strings.TrimRightFunc(text, unicode.IsSpace))
	}
	writeText(&b, text[at:max(at, end)])
	if to < len(s.words) {
		b.WriteString("…")
	}
	return b.String()
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

// find fills hits.
func (s *Snippeter) find(text string) {
	s.hits = s.hits[:0]
	for i, w := range s.words {
		// Folding keeps ASCII words what they are, but for case.
		if first := text[w.start] | 0x20; first < utf8.RuneSelf && !s.starts[first] && !s.starts[text[w.start]] {
			continue
		}
		stemmed := stem(fold(text[w.start:w.end]))
		for n := range s.terms {
			if s.terms[n].found(text, s.words[i:], stemmed) {
				s.hits = append(s.hits, hit{word: i, words: len(s.terms[n].stems), term: n})
				break
			}
		}
	}
}

// found reports whether words begin with the term; stemmed is the first one.
// The index compares stems also where only the beginning counts.
func (t sought) found(text string, words []span, stemmed string) bool {
	if t.prefix {
		return strings.HasPrefix(stemmed, t.stems[0])
	}
	if stemmed != t.stems[0] || len(t.stems) > len(words) {
		return false
	}
	for i, want := range t.stems[1:] {
		if w := words[i+1]; stem(fold(text[w.start:w.end])) != want {
			return false
		}
	}
	return true
}

// window returns the range of words with the most different terms, and then
// the most hits.
func (s *Snippeter) window() (from, to int) {
	best, start := 0, 0
	for i, first := range s.hits {
		score, seen := 0, uint64(0)
		for _, h := range s.hits[i:] {
			if h.word+h.words > first.word+snippetWords-leadWords {
				break
			}
			score++
			if bit := uint64(1) << (h.term % 64); seen&bit == 0 {
				seen |= bit
				score += snippetWords
			}
		}
		if score > best {
			best, start = score, max(0, first.word-leadWords)
		}
	}
	to = min(len(s.words), start+snippetWords)
	return max(0, min(start, to-snippetWords)), to
}

// wordSpans appends the words of a text as the index divides it.
func wordSpans(text string, spans []span) []span {
	start := -1
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		var in bool
		if r < utf8.RuneSelf {
			in = 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		} else {
			r, size = utf8.DecodeRuneInString(text[i:])
			in = indexed(r) || start >= 0 && unicode.Is(unicode.Mn, r)
		}
		switch {
		case in && start < 0:
			start = i
		case !in && start >= 0:
			spans = append(spans, span{start, i})
			start = -1
		}
		i += size
	}
	if start >= 0 {
		spans = append(spans, span{start, len(text)})
	}
	return spans
}

// indexed reports whether the tokenizer unicode61 takes r as part of a word
// (https://www.sqlite.org/fts5.html#unicode61_tokenizer).
func indexed(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Co, r)
}

// fold returns a word in lower case without accents.
func fold(word string) string {
	if isLower(word) {
		return word
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(word) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

func isLower(word string) bool {
	for i := range len(word) {
		if c := word[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// span is a part of a text, as byte offsets.
type span struct{ start, end int }
