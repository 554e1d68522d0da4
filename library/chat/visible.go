package chat

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// terminalCodes are escape sequences that change what a terminal shows (ECMA-48:
// control sequences, and strings up to BEL or ST).
var terminalCodes = regexp.MustCompile(`\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b.?`)

// joining are the scripts in which a zero-width joiner or non-joiner changes how
// a word is written.
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
	unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala,
}

// visible returns a text without what a reader of it cannot see: controls,
// terminal codes, zero-width and direction marks, tag characters, variation
// selectors and fillers. Joiners stay within the scripts that need them. Line
// ends become "\n".
func visible(s string) string {
	if printable(s) {
		return s
	}
	if strings.IndexByte(s, 0x1b) >= 0 {
		s = terminalCodes.ReplaceAllString(s, "")
	}
	var b strings.Builder
	b.Grow(len(s))
	var before rune
	for i, r := range s {
		size := utf8.RuneLen(r)
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			continue // not UTF-8
		case r == '\r':
			if strings.HasPrefix(s[i+1:], "\n") {
				continue
			}
			r = '\n'
		case r == '\u2028' || r == '\u2029' || r == '\v' || r == '\f' || r == '\u0085':
			r = '\n'
		case r == '\u200c' || r == '\u200d':
			after, _ := utf8.DecodeRuneInString(s[i+size:])
			if !unicode.In(before, joining...) || !unicode.In(after, joining...) {
				continue
			}
		case unseen(r):
			continue
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// printable reports whether a text is plain ASCII of which nothing has to go.
func printable(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

// unseen reports whether a character shows nothing.
func unseen(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < ' ', r >= 0x7f && r < 0xa0: // controls
		return true
	case r >= 0x0600 && r <= 0x0605, r == 0x06dd, r == 0x070f, r == 0x0890, r == 0x0891, r == 0x08e2:
		return false // signs around Arabic and Syriac numbers, of category Cf but visible
	case r == 0x034f, r == 0x115f, r == 0x1160, r == 0x17b4, r == 0x17b5, r == 0x2065, r == 0x3164, r == 0xffa0:
		return true // the grapheme joiner, fillers, inherent vowels
	case r >= 0x180b && r <= 0x180f, r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0000 && r <= 0xe0fff:
		return true // variation selectors, tags
	case r >= 0xfff0 && r <= 0xfffb, r&0xfffe == 0xfffe, r >= 0xfdd0 && r <= 0xfdef:
		return true // specials, non-characters
	}
	return unicode.Is(unicode.Cf, r)
}

// oneLine returns a text on one line with single spaces, of at most the given
// number of characters.
func oneLine(s string, most int) string {
	s = strings.Join(strings.Fields(visible(s)), " ")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	runes := []rune(s)[:most-1]
	for i := len(runes) - 1; i > most*2/3; i-- {
		if runes[i] == ' ' {
			runes = runes[:i]
			break
		}
	}
	return strings.TrimRight(string(runes), " ,;:–-") + "…"
}
