package library

import (
	"strings"
	"unicode"

	"github.com/holtdb/holt/library/retrieve"
)

// leastLocated is how many words of a snippet have to stand in a row to say
// where it is from.
const leastLocated = 3

// locate finds the words of a snippet in a part of a text, whatever stands
// between them: what an answer cites is marked there, which is often less than
// the passage that was found.
func locate(text string, from, to int, snippet string) (span retrieve.Span, found bool) {
	sought := letterWords(snippet, 0)
	if from < 0 || from > to || to > len(text) || len(sought) == 0 {
		return retrieve.Span{}, false
	}
	words := letterWords(text[from:to], from)
	least := min(leastLocated, len(sought))
	for i := range words {
		n := 0
		for n < len(sought) && i+n < len(words) && words[i+n].text == sought[n].text {
			n++
		}
		if n >= least && n*2 > len(sought) {
			return retrieve.Span{Start: words[i].start, End: words[i+n-1].end}, true
		}
	}
	return retrieve.Span{}, false
}

// letterWord is a word without what is no letter or digit, and where it stands.
type letterWord struct {
	text       string
	start, end int
}

// letterWords returns the words of a text that stands at an offset.
func letterWords(text string, offset int) []letterWord {
	var words []letterWord
	start := -1
	end := func(i int) {
		if start < 0 {
			return
		}
		word := strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsNumber(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, text[start:i])
		if word != "" {
			words = append(words, letterWord{word, offset + start, offset + i})
		}
		start = -1
	}
	for i, r := range text {
		switch {
		case unicode.IsSpace(r):
			end(i)
		case start < 0:
			start = i
		}
	}
	end(len(text))
	return words
}
