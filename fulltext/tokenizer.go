package fulltext

import "unicode"

// Tokenizer is how an index divides texts into what it looks up, by the name
// that SQLite has for it (https://www.sqlite.org/fts5.html#tokenizers).
type Tokenizer string

// The tokenizers. All of them make no difference between capitals and small
// letters and between Latin letters with and without accents.
const (
	Porter  Tokenizer = "porter"    // words, less their English endings
	Plain   Tokenizer = "unicode61" // words
	Trigram Tokenizer = "trigram"   // any three characters in a row: scripts without spaces
)

// gram is how many characters the tokenizer trigram looks up at least.
const gram = 3

// Unspaced reports whether r is a character of a script that sets no spaces
// between words.
func Unspaced(r rune) bool {
	const lowest, longVowel = 0x0e00, 'ー'
	if r < lowest {
		return false
	}
	return r == longVowel || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Thai,
		unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.Yi)
}

// indexed reports whether the tokenizers Porter and Plain take r as part of a
// word. Their tables are those of Unicode 6.1, where what came later counts as
// a letter.
func indexed(r rune) bool {
	if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Co, r) {
		return true
	}
	const oldest = 0x058d
	return r >= oldest && laterSymbol(r)
}

// laterSymbol reports whether r is a currency sign, a control or a pictograph
// that came after Unicode 6.1.
func laterSymbol(r rune) bool {
	switch {
	case r == 0x058d, r == 0x058e, r == 0x061c,
		0x2066 <= r && r <= 0x2069,
		0x20ba <= r && r <= 0x20c0,
		0x23f4 <= r && r <= 0x23ff,
		0x2b5a <= r && r <= 0x2b73, 0x2b76 <= r && r <= 0x2bff,
		0x2e3c <= r && r <= 0x2e5d,
		0x1f900 <= r && r <= 0x1f9ff, 0x1fa70 <= r && r <= 0x1faff:
		return r != 0x2b96
	}
	return false
}

// combining reports whether r is an accent on the letter before it, which the
// tokenizers drop.
func combining(r rune) bool {
	switch {
	case 0x0300 <= r && r <= 0x030c && r != 0x0305, r == 0x030f, r == 0x0311, r == 0x031b,
		0x0323 <= r && r <= 0x0328, r == 0x032d, r == 0x032e, r == 0x0330, r == 0x0331:
		return true
	}
	return false
}
