package markup

import (
	"bytes"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	nethtml "golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

const (
	maxTerms     = 200
	maxTermWords = 32
)

// Mark wraps what matches one of the terms in <mark>. A term is one or more
// words as they stand in a text; case, accents and the punctuation between
// words make no difference, and only whole words match. In scripts that set no
// spaces every letter counts as a word. A match may reach
// across inline elements; each of its parts is then marked on its own, so that
// the result is as balanced as the source. Without the marks it is the source,
// byte for byte.
func Mark(source string, terms []string) string {
	root := &branch{}
	for _, term := range terms[:min(len(terms), maxTerms)] {
		root.add(wordsOf(term))
	}
	if root.next == nil {
		return source
	}
	words := scan(source)
	var b strings.Builder
	done := 0
	for i := 0; i < len(words); {
		n := root.match(words[i:])
		if n == 0 {
			i++
			continue
		}
		for _, s := range join(words[i : i+n]) {
			b.WriteString(source[done:s.from] + "<mark>" + source[s.from:s.to] + "</mark>")
			done = s.to
		}
		i += n
	}
	return b.String() + source[done:]
}

// branch is a node in the tree of terms, word by word.
type branch struct {
	next map[string]*branch
	end  bool
}

func (t *branch) add(words []string) {
	if len(words) == 0 || len(words) > maxTermWords {
		return
	}
	for _, w := range words {
		if t.next == nil {
			t.next = map[string]*branch{}
		}
		if t.next[w] == nil {
			t.next[w] = &branch{}
		}
		t = t.next[w]
	}
	t.end = true
}

// match returns the number of words in the longest term that words begin with.
func (t *branch) match(words []word) int {
	longest := 0
	for i, w := range words {
		if t = t.next[w.folded]; t == nil {
			break
		}
		if t.end {
			longest = i + 1
		}
	}
	return longest
}

// stretch is a part of the source within one text node.
type stretch struct{ node, from, to int }

// word is a word of the source; inline elements may divide it.
type word struct {
	folded string
	parts  []stretch
}

// join gathers the parts of some words by text node, in order.
func join(words []word) []stretch {
	var joined []stretch
	for _, w := range words {
		for _, p := range w.parts {
			if last := len(joined) - 1; last >= 0 && joined[last].node == p.node {
				joined[last].to = p.to
			} else {
				joined = append(joined, p)
			}
		}
	}
	return joined
}

// scan finds the words in the text nodes of source.
func scan(source string) []word {
	var s scanner
	tokens := nethtml.NewTokenizer(strings.NewReader(source))
	at, raw := 0, false
	for node := 0; ; node++ {
		kind := tokens.Next()
		from := at
		at += len(tokens.Raw())
		switch kind {
		case nethtml.ErrorToken:
			s.endWord()
			return s.words
		case nethtml.TextToken:
			if !raw {
				s.text(source[from:at], node, from)
			}
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken, nethtml.EndTagToken:
			name, _ := tokens.TagName()
			raw = kind != nethtml.EndTagToken && rawText(name)
			if role := roleOf(string(name)); role != inline && role != unknown || bytes.Equal(name, []byte("br")) {
				s.endWord()
			}
		}
	}
}

// rawText reports whether what follows the tag is not text for a reader.
func rawText(tag []byte) bool {
	switch string(tag) {
	case "script", "style", "title", "textarea", "iframe", "xmp", "noscript",
		"noembed", "noframes", "plaintext":
		return true
	}
	return false
}

type scanner struct {
	words  []word
	folded strings.Builder
	parts  []stretch
	apart  bool // the word is a letter of a script without spaces
}

func (s *scanner) endWord() {
	s.apart = false
	if s.folded.Len() > 0 {
		s.words = append(s.words, word{s.folded.String(), s.parts})
		s.folded.Reset()
	}
	s.parts = nil
}

// text reads one text node, which begins at offset base of the source.
func (s *scanner) text(text string, node, base int) {
	for i := 0; i < len(text); {
		plain, size := character(text[i:])
		// A reference may stand for several characters. It is part of a word as a
		// whole or not at all: its parts have no place of their own to be marked.
		if strings.IndexFunc(plain, func(r rune) bool { return !wordRune(r) }) >= 0 {
			s.endWord()
			i += size
			continue
		}
		first, _ := utf8.DecodeRuneInString(plain)
		if apart := unspaced(first); apart || s.apart && !unicode.Is(unicode.M, first) {
			s.endWord()
			s.apart = apart
		}
		for _, r := range plain {
			foldRune(&s.folded, r)
		}
		from, to := base+i, base+i+size
		if last := len(s.parts) - 1; last >= 0 && s.parts[last].node == node {
			s.parts[last].to = to
		} else {
			s.parts = append(s.parts, stretch{node, from, to})
		}
		i += size
	}
}

// character decodes the character or character reference that s begins with.
func character(s string) (plain string, size int) {
	const longest = 34 // "&CounterClockwiseContourIntegral;"
	if s[0] == '&' {
		// Only one reference: another may begin before the next semicolon.
		if end := strings.IndexAny(s[1:min(len(s), longest)], ";& \"'<>") + 1; end > 0 && s[end] == ';' {
			if plain = html.UnescapeString(s[:end+1]); plain != s[:end+1] {
				return plain, end + 1
			}
		}
	}
	_, size = utf8.DecodeRuneInString(s)
	return s[:size], size
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Mc, r)
}

// foldRune writes r without case and accents.
func foldRune(b *strings.Builder, r rune) {
	if r < utf8.RuneSelf {
		b.WriteRune(unicode.ToLower(r))
		return
	}
	var buf [utf8.UTFMax]byte
	plain := buf[:utf8.EncodeRune(buf[:], r)]
	if d := norm.NFD.Properties(plain).Decomposition(); d != nil {
		plain = d
	}
	for len(plain) > 0 {
		part, size := utf8.DecodeRune(plain)
		plain = plain[size:]
		if !unicode.Is(unicode.Mn, part) {
			b.WriteRune(unicode.ToLower(part))
		}
	}
}

// wordsOf returns the folded words of a term.
func wordsOf(term string) []string {
	var words []string
	var b strings.Builder
	end := func() {
		if b.Len() > 0 {
			words = append(words, b.String())
		}
		b.Reset()
	}
	apart := false
	for _, r := range term {
		switch {
		case !wordRune(r):
			end()
			continue
		case unspaced(r), apart && !unicode.Is(unicode.M, r):
			end()
			apart = unspaced(r)
		}
		foldRune(&b, r)
	}
	end()
	return words
}

// unspaced reports whether r is a letter of a script that sets no spaces
// between words.
func unspaced(r rune) bool {
	const lowest, longVowel = 0x0e00, 'ー'
	return r == longVowel || r >= lowest && unicode.IsLetter(r) && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana,
		unicode.Bopomofo, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.Yi)
}
