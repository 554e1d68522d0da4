package fulltext

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold returns a word as the tokenizers see it: in lower case, Latin letters
// without accents.
func fold(word string) string {
	if isLower(word) {
		return word
	}
	var b strings.Builder
	b.Grow(len(word))
	for _, r := range word {
		if r = foldRune(r); r != 0 {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// foldRune is fold of one character; 0 for an accent.
func foldRune(r rune) rune {
	const latinEnd, moreLatin, moreLatinEnd = 0x0250, 0x1e00, 0x1f00
	switch {
	case r < utf8.RuneSelf:
		return unicode.ToLower(r)
	case combining(r):
		return 0
	case r < latinEnd, moreLatin <= r && r < moreLatinEnd, r == 'Å':
		return foldLatin(r)
	}
	// Variants of a letter that have no capital of their own.
	switch r {
	case 'ς', 'ϐ', 'ϑ', 'ϕ', 'ϖ', 'ϰ', 'ϱ', 'ϵ', '\u1fbe':
		return unicode.ToLower(unicode.ToUpper(r))
	}
	return unicode.ToLower(r)
}

func foldLatin(r rune) rune {
	switch r {
	case 'ſ', 'ẛ':
		return 's'
	case 'µ':
		return 'μ'
	case 'Ǡ', 'ǡ': // no table of the index has them
		return 'ǡ'
	}
	var buf [utf8.UTFMax]byte
	letter := buf[:utf8.EncodeRune(buf[:], r)]
	if d := norm.NFD.Properties(letter).Decomposition(); len(d) > 0 && d[0] < utf8.RuneSelf {
		return unicode.ToLower(rune(d[0]))
	}
	return unicode.ToLower(r)
}

func isLower(word string) bool {
	for i := range len(word) {
		if c := word[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}
