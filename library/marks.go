package library

import (
	"html"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Delimiters of hits in what the index returns; texts never have them.
const (
	hitStart = "\x02"
	hitEnd   = "\x03"
)

// markedHTML escapes a text in which the index delimited the hits.
func markedHTML(text string) string {
	return strings.NewReplacer(hitStart, "<mark>", hitEnd, "</mark>").Replace(html.EscapeString(text))
}

// hitsIn returns what is delimited in a text that the index highlighted, each
// form once.
func hitsIn(text string) []string {
	var hits []string
	seen := make(map[string]bool)
	for {
		_, after, ok := strings.Cut(text, hitStart)
		if !ok {
			return hits
		}
		hit, rest, _ := strings.Cut(after, hitEnd)
		if text = rest; !seen[hit] {
			seen[hit] = true
			hits = append(hits, hit)
		}
	}
}

// token is a word without case and accents, and the placed word it is part of.
type token struct {
	text string
	word int // index
}

// markWords sets Hit on the words that are part of a hit. A hit that the text
// has as one word may be two on the page, divided by a hyphen at a line end.
func markWords(words []PlacedWord, hits []string) {
	tree := &hitTree{}
	for _, hit := range hits {
		tree.add(fold(hit))
	}
	if tree.next == nil {
		return
	}
	tokens := tokensOf(words)
	for i := range tokens {
		for _, j := range tree.match(tokens, i, words) {
			words[j].Hit = true
		}
	}
}

// hitTree has the words of all hits, one node per word.
type hitTree struct {
	next map[string]*hitTree
	end  bool
}

func (t *hitTree) add(words []string) {
	if len(words) == 0 {
		return
	}
	for _, w := range words {
		if t.next == nil {
			t.next = make(map[string]*hitTree)
		}
		if t.next[w] == nil {
			t.next[w] = &hitTree{}
		}
		t = t.next[w]
	}
	t.end = true
}

// match returns the indices of the placed words of the longest hit that begins
// at tokens[i].
func (t *hitTree) match(tokens []token, i int, words []PlacedWord) []int {
	var path, longest []int
	for i < len(tokens) {
		next, joined := t.next[tokens[i].text], false
		if next == nil && i+1 < len(tokens) && divided(words, tokens[i], tokens[i+1]) {
			next, joined = t.next[tokens[i].text+tokens[i+1].text], true
		}
		if next == nil {
			break
		}
		path = append(path, tokens[i].word)
		if joined {
			i++
			path = append(path, tokens[i].word)
		}
		i++
		if t = next; t.end {
			longest = append(longest[:0], path...)
		}
	}
	return longest
}

// divided reports whether a word that ends with a hyphen may go on with the
// next one.
func divided(words []PlacedWord, a, b token) bool {
	if a.word == b.word {
		return false
	}
	last := words[a.word].Text
	return strings.HasSuffix(last, "-") || strings.HasSuffix(last, "\u00ad") || strings.HasSuffix(last, "\u2010")
}

func tokensOf(words []PlacedWord) []token {
	tokens := make([]token, 0, len(words))
	for i, w := range words {
		for _, part := range fold(w.Text) {
			tokens = append(tokens, token{text: part, word: i})
		}
	}
	return tokens
}

// fold returns the words of s without case, accents and punctuation. Ligatures
// are resolved, as they are in the text that is searched.
func fold(s string) []string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r) || r == '\u00ad':
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}
