package wordpiece

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// words yields the words of a text, prepared as the options say. Text is
// prepared a word at a time, so that the rest of a long one costs nothing when
// no more words are asked for.
func (o Options) words(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		var raw strings.Builder // the characters since the last space
		flush := func() bool {
			if raw.Len() == 0 {
				return true
			}
			word := o.prepare(raw.String())
			raw.Reset()
			return eachPart(word, yield)
		}
		for _, r := range text {
			switch {
			case o.Clean && isDropped(r):
			case isSpace(r):
				if !flush() {
					return
				}
			case o.SplitChinese && isChinese(r):
				if !flush() {
					return
				}
				raw.WriteRune(r)
				if !flush() {
					return
				}
			default:
				raw.WriteRune(r)
			}
		}
		flush()
	}
}

// prepare strips accents and makes letters small.
func (o Options) prepare(word string) string {
	if o.StripAccents && !isASCII(word) {
		word = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, norm.NFD.String(word))
	}
	if o.Lower {
		word = strings.ToLower(word)
	}
	return word
}

// eachPart yields each punctuation character of word, and what is between them.
func eachPart(word string, yield func(string) bool) bool {
	start := 0
	for at, r := range word {
		if !isPunctuation(r) {
			continue
		}
		if at > start && !yield(word[start:at]) {
			return false
		}
		start = at + utf8.RuneLen(r)
		if !yield(word[at:start]) {
			return false
		}
	}
	return start == len(word) || yield(word[start:])
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isSpace reports whether r ends a word.
func isSpace(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || '\t' <= r && r <= '\r'
	}
	return unicode.In(r, unicode.Zs, unicode.Zl, unicode.Zp) || r == 0x85
}

// isDropped reports whether cleaning drops r: control and format characters but
// for tabs and ends of lines, private and unassigned ones, and the mark of what
// could not be decoded.
func isDropped(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f
	}
	return r == utf8.RuneError || !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z)
}

// isPunctuation reports whether r is a word of its own: the signs of ASCII, also
// those that Unicode calls symbols, and what Unicode calls punctuation.
func isPunctuation(r rune) bool {
	if r < utf8.RuneSelf {
		return '!' <= r && r <= '/' || ':' <= r && r <= '@' || '[' <= r && r <= '`' || '{' <= r && r <= '~'
	}
	return unicode.Is(unicode.P, r)
}

// isChinese reports whether r is in the blocks of CJK ideographs that BERT
// splits. Kana and Hangul are written with spaces or as words and are not.
func isChinese(r rune) bool {
	return 0x4E00 <= r && r <= 0x9FFF ||
		0x3400 <= r && r <= 0x4DBF ||
		0x20000 <= r && r <= 0x2A6DF ||
		0x2A700 <= r && r <= 0x2B73F ||
		0x2B740 <= r && r <= 0x2B81F ||
		0x2B820 <= r && r <= 0x2CEAF ||
		0xF900 <= r && r <= 0xFAFF ||
		0x2F800 <= r && r <= 0x2FA1F
}
