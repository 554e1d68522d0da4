package chat

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

var (
	ellipsis    = regexp.MustCompile(`[\[(]\s*(?:…|\.{2,}|\. \. \.)\s*[\])]|…|\.{3,}|\. \. \.`)
	lineHyphen  = regexp.MustCompile(`(\pL)[-‐‑\x{ad}]\s*(\pL)`)
	spacedDash  = regexp.MustCompile(`\s*(?:[–—―]|--+)\s*`)
	numberDash  = regexp.MustCompile(`(\d)\s*[-–—‑]\s*(\d)`)
	beforePoint = regexp.MustCompile(`\s+([.,;:!?)%»])`)
)

// comparable returns a text as quotations are compared: what type-setting and
// extraction change is levelled, everything else stays. Levelled are white space,
// case, ligatures and other compatibility forms (Unicode NFKC), kinds of quotation
// marks and dashes, hyphens within words, ellipses, marks of Markdown, square
// brackets around words put in, and citations.
func comparable(s string) string {
	s = ellipsis.ReplaceAllString(withoutCitations(s), " ")
	s = strings.ToLower(norm.NFKC.String(plain(s)))
	// Twice: a letter may stand between two hyphens.
	s = lineHyphen.ReplaceAllString(lineHyphen.ReplaceAllString(s, "$1$2"), "$1$2")
	s = numberDash.ReplaceAllString(s, "$1-$2")
	s = spacedDash.ReplaceAllString(s, " - ")
	var b strings.Builder
	var before rune
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = true
			continue
		case strings.ContainsRune("\"'`´‘’‚‛“”„‟«»‹›「」『』*_#~|\\[]\u00ad", r):
			continue
		}
		if space && before != 0 && !(unspaced(before) && unspaced(r)) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		before, space = r, false
	}
	return beforePoint.ReplaceAllString(b.String(), "$1")
}

// verifier looks quotations up in passages.
type verifier struct {
	passages []Passage
	texts    []string // of each passage, comparable
}

func newVerifier(passages []Passage) *verifier {
	v := &verifier{passages: passages, texts: make([]string, len(passages))}
	for i, p := range passages {
		v.texts[i] = comparable(p.Text)
	}
	return v
}

// find returns the number of the passage that has the words of a quotation, that
// of the given number first, and 0 if none has them.
func (v *verifier) find(quote string, first int) int {
	parts := quotedParts(quote)
	if len(parts) == 0 {
		return 0
	}
	number := 0
	for i, p := range v.passages {
		if (number == 0 || p.Number == first) && inOrder(v.texts[i], parts) {
			number = p.Number
		}
	}
	return number
}

// quotedParts returns the parts of a quotation between its ellipses, comparable,
// and nothing if one of them has a single word, which would be found anywhere.
func quotedParts(quote string) []string {
	var parts []string
	for _, part := range ellipsis.Split(quote, -1) {
		part = strings.Trim(comparable(part), " .,;:!?-")
		switch n := countWords(part); {
		case part == "":
		case n < 2:
			return nil
		default:
			parts = append(parts, part)
		}
	}
	return parts
}

// inOrder reports whether a text has all parts, each as whole words, one behind
// the other.
func inOrder(text string, parts []string) bool {
	for _, part := range parts {
		end := indexWords(text, part)
		if end < 0 {
			return false
		}
		text = text[end:]
	}
	return true
}

// indexWords returns the end of the first place where a text has a part that
// begins and ends with whole words, -1 if there is none.
func indexWords(text, part string) int {
	for from := 0; ; {
		i := strings.Index(text[from:], part)
		if i < 0 {
			return -1
		}
		start, end := from+i, from+i+len(part)
		if !splitsWord(text, start) && !splitsWord(text, end) {
			return end
		}
		_, size := utf8.DecodeRuneInString(text[start:])
		from = start + size
	}
}

// splitsWord reports whether a place of a text lies within a word or a number.
func splitsWord(text string, at int) bool {
	before, n := utf8.DecodeLastRuneInString(text[:at])
	after, m := utf8.DecodeRuneInString(text[at:])
	if n == 0 || m == 0 || unspaced(before) || unspaced(after) {
		return false
	}
	inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
	return inWord(before) && inWord(after)
}
