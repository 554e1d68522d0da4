package library

import (
	"strings"
	"unicode/utf8"

	"github.com/holtdb/holt/fulltext"
)

// Size of the sample that the language of a document is told from.
const (
	samplePages = 24
	sampleBytes = 1500 // of each page
)

// languageOf tells the language of a document and with it the index that its
// pages go into. What the document says of itself is its language; what is
// detected counts where it says nothing.
func languageOf(c content) (language string, tokenizer fulltext.Tokenizer) {
	var sample strings.Builder
	step := max(1, len(c.Pages)/samplePages)
	for i := 0; i < len(c.Pages); i += step {
		text := c.Pages[i].Text
		if len(text) > sampleBytes {
			end := sampleBytes
			for end > 0 && !utf8.RuneStart(text[end]) {
				end--
			}
			text = text[:end]
		}
		sample.WriteString(text)
		sample.WriteByte('\n')
	}
	d := fulltext.Detect(sample.String(), c.Meta.Language)
	if language = c.Meta.Language; language == "" {
		language = d.Language
	}
	return language, d.Tokenizer
}

// plain returns a text as pages have it: a word of a script that sets no spaces
// is not divided where a line ends.
func plain(text string) string {
	var b strings.Builder
	done := 0
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		before, _ := utf8.DecodeLastRuneInString(text[:at-1])
		after, _ := utf8.DecodeRuneInString(text[at:])
		if fulltext.Unspaced(before) && fulltext.Unspaced(after) {
			b.WriteString(text[done : at-1])
			done = at
		}
	}
	if done == 0 {
		return text
	}
	return b.String() + text[done:]
}
