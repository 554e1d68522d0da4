package retrieve

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Length of passages in words. One is long enough to answer a question and
// short enough for an embedding model.
const (
	passageWords = 160
	leastWords   = 60  // a shorter end of a page joins the passage before it
	longSentence = 80  // words after which a sentence is divided
	longWord     = 200 // bytes after which a word is divided: scripts without spaces
	overlapWords = 30
)

// Span is a part of a text, as byte offsets.
type Span struct{ Start, End int }

// Passages divides the text of a page into overlapping spans of some 160
// words, with borders between sentences. Every word lies in at least one; the
// spans begin and end with a word.
func Passages(text string) []Span {
	sentences := sentencesOf(text)
	var spans []Span
	for from := 0; from < len(sentences); {
		words, to := 0, from
		for to < len(sentences) && (to == from || words+sentences[to].words <= passageWords) {
			words += sentences[to].words
			to++
		}
		if wordsIn(sentences[to:]) < leastWords {
			to = len(sentences)
		}
		spans = append(spans, Span{sentences[from].Start, sentences[to-1].End})
		if to == len(sentences) {
			break
		}
		from = overlap(sentences, from, to)
	}
	return spans
}

// overlap returns where the passage after sentences[from:to] begins: a little
// before its end, so that what belongs together is together in one of the two.
func overlap(sentences []sentence, from, to int) int {
	next, words := to, 0
	for next-1 > from && words+sentences[next-1].words <= overlapWords {
		next--
		words += sentences[next].words
	}
	return next
}

func wordsIn(sentences []sentence) int {
	words := 0
	for _, s := range sentences {
		if words += s.words; words >= leastWords {
			break // it is enough to know that it is no short end
		}
	}
	return words
}

type sentence struct {
	Span
	words int
}

// sentencesOf divides a text after what ends a sentence, at blank lines and
// where a sentence is too long.
func sentencesOf(text string) []sentence {
	var all []sentence
	var current sentence
	end := func() {
		if current.words > 0 {
			all = append(all, current)
		}
		current = sentence{}
	}
	for at := 0; at < len(text); {
		gap := len(text[at:]) - len(strings.TrimLeftFunc(text[at:], unicode.IsSpace))
		if strings.Count(text[at:at+gap], "\n") > 1 {
			end()
		}
		at += gap
		length := wordLength(text[at:])
		if length == 0 {
			break
		}
		if current.words == 0 {
			current.Start = at
		}
		word := text[at : at+length]
		at += length
		current.End = at
		current.words++
		if endsSentence(word) || current.words >= longSentence {
			end()
		}
	}
	end()
	return all
}

// wordLength returns the bytes of the word that s begins with.
func wordLength(s string) int {
	near := s[:min(len(s), longWord)]
	if n := strings.IndexFunc(near, unicode.IsSpace); n >= 0 {
		return n
	}
	n := len(near)
	for n > 1 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}

// endsSentence reports whether a word ends with a full stop or its like, inside
// quotes and brackets or not. Initials such as "J." do not.
func endsSentence(word string) bool {
	bare := strings.TrimRight(word, `"'”’»)]`)
	last, size := utf8.DecodeLastRuneInString(bare)
	switch last {
	case '!', '?', '…', '。', '！', '？':
		return true
	case '.':
		return utf8.RuneCountInString(bare[:len(bare)-size]) > 1
	}
	return false
}
