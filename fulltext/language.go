package fulltext

import (
	"strings"
	"unicode"
)

// Detected is what can be told of the language of a text by its letters and its
// most frequent words.
type Detected struct {
	Language  string // BCP 47; "" when it is not sure
	Tokenizer Tokenizer
}

// Detect looks at a sample of a text. said is what the text says of its own
// language, "" for nothing. The letters decide where they contradict it: many
// programs write "en" into every file.
func Detect(sample, said string) Detected {
	l := countLetters(sample)
	primary, _, _ := strings.Cut(strings.ToLower(said), "-")
	switch {
	case l.all == 0:
		return Detected{Tokenizer: tokenizerOf(primary)}
	case l.mostlyUnspaced():
		return Detected{Language: l.unspacedLanguage(), Tokenizer: Trigram}
	case l.latin*2 < l.all:
		return Detected{Language: l.otherLanguage(), Tokenizer: Plain}
	}
	found := Detected{Language: latinLanguage(sample)}
	switch {
	case primary != "" && tokenizerOf(primary) != Trigram:
		found.Tokenizer = tokenizerOf(primary)
	default:
		found.Tokenizer = tokenizerOf(found.Language)
	}
	return found
}

// tokenizerOf returns the tokenizer for a language by its primary subtag, that
// for English when it is unknown.
func tokenizerOf(language string) Tokenizer {
	switch language {
	case "", "und", "en", "eng":
		return Porter
	case "zh", "ja", "th", "lo", "km", "my", "bo", "dz", "ii", "yue", "wuu", "cmn", "zho", "jpn", "tha", "lao", "khm", "mya", "bod":
		return Trigram
	}
	return Plain
}

// letters counts the letters of a text by script.
type letters struct {
	all, latin, unspaced                        int
	han, kana, thai, lao, khmer, burmese, tibet int
	hangul, greek, georgian, armenian           int
}

func countLetters(text string) letters {
	var l letters
	for _, r := range text {
		if r < 'A' || !unicode.IsLetter(r) {
			continue
		}
		l.all++
		if unicode.Is(unicode.Latin, r) {
			l.latin++
			continue
		}
		if Unspaced(r) {
			l.unspaced++
		}
		for _, script := range []struct {
			table *unicode.RangeTable
			count *int
		}{
			{unicode.Han, &l.han}, {unicode.Hiragana, &l.kana}, {unicode.Katakana, &l.kana}, {unicode.Hangul, &l.hangul},
			{unicode.Thai, &l.thai}, {unicode.Lao, &l.lao}, {unicode.Khmer, &l.khmer}, {unicode.Myanmar, &l.burmese},
			{unicode.Tibetan, &l.tibet}, {unicode.Greek, &l.greek},
			{unicode.Georgian, &l.georgian}, {unicode.Armenian, &l.armenian},
		} {
			if unicode.Is(script.table, r) {
				*script.count++
				break
			}
		}
	}
	return l
}

// mostlyUnspaced reports whether at least a quarter of the words are of scripts
// without spaces. Only an index by trigrams finds these; it finds others too.
func (l letters) mostlyUnspaced() bool {
	const (
		unspacedWord = 2 // letters
		spacedWord   = 5
	)
	unspaced := float64(l.unspaced) / unspacedWord
	return unspaced > 0 && unspaced*3 >= float64(l.all-l.unspaced)/spacedWord
}

func (l letters) unspacedLanguage() string {
	const someKana = 20 // Japanese has more than one kana in so many letters
	switch {
	case l.han+l.kana >= l.unspaced/2 && l.kana*someKana > l.han+l.kana:
		return "ja"
	case l.han*2 >= l.unspaced:
		return "zh"
	}
	for _, c := range []struct {
		language string
		letters  int
	}{{"th", l.thai}, {"lo", l.lao}, {"km", l.khmer}, {"my", l.burmese}, {"bo", l.tibet}} {
		if c.letters*2 > l.unspaced {
			return c.language
		}
	}
	return ""
}

// otherLanguage names the language of a script that only one language has.
func (l letters) otherLanguage() string {
	for _, c := range []struct {
		language string
		letters  int
	}{{"ko", l.hangul}, {"el", l.greek}, {"ka", l.georgian}, {"hy", l.armenian}} {
		if c.letters*2 > l.all {
			return c.language
		}
	}
	return ""
}

// latinLanguage names the language whose function words a text has, "" where
// it has too few or those of two languages.
func latinLanguage(text string) string {
	const (
		leastWords = 40
		leastShare = 0.15 // of the words
		lead       = 1.3  // before the second
	)
	lists := [...]struct{ language, words string }{
		{"en", englishWords}, {"de", germanWords}, {"fr", frenchWords}, {"es", spanishWords},
		{"it", italianWords}, {"pt", portugueseWords}, {"nl", dutchWords},
	}
	var hits [len(lists)]int
	words := 0
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !wordRune(r) }) {
		if strings.IndexFunc(word, unicode.IsLetter) < 0 {
			continue
		}
		words++
		word = strings.ToLower(word)
		for i := range lists {
			if listed(lists[i].words, word) {
				hits[i]++
			}
		}
	}
	best, second := 0, 0
	for i := range hits {
		if hits[i] > hits[best] {
			best = i
		}
	}
	for i := range hits {
		if i != best {
			second = max(second, hits[i])
		}
	}
	if words < leastWords || float64(hits[best]) < leastShare*float64(words) || float64(hits[best]) < lead*float64(second) {
		return ""
	}
	return lists[best].language
}
