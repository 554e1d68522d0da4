// Package clean turns the raw text of a document into text fit for an index:
// composed characters, no ligatures or control characters, words joined that a
// line end had divided, and no running headers or footers.
//
// Everything here takes time and memory linear in its input, however short the
// lines are, and accepts any bytes.
package clean

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text cleans one text. Lines stay lines; paragraphs are divided by one blank
// line; words divided at a line end are joined.
func Text(s string) string {
	text := tidy(s)
	return joinHyphens(text, vocabularyOf(text))
}

// Pages cleans the pages of one document, given in reading order. Beyond what
// [Text] does it removes running headers, footers and page numbers, and it
// judges divided words by the vocabulary of the whole document. The result has
// one element per page.
func Pages(raw []string) []string {
	pages := make([]string, len(raw))
	for i, s := range raw {
		pages[i] = tidy(s)
	}
	removeRunning(pages)
	words := vocabularyOf(pages...)
	for i, text := range pages {
		pages[i] = joinHyphens(text, words)
	}
	return pages
}

// tidy returns the lines of s with clean characters, single spaces inside a
// line and none at its ends; between lines there is at most one blank one, and
// none before or after them. A line that ends in the middle of a word as its
// producer says ends with a soft hyphen; there is none elsewhere.
//
// A text is kept as one string throughout: a slice of its lines would take many
// times the memory where the lines are short.
func tidy(s string) string {
	s = normalize(strings.TrimSpace(s))
	var w lineWriter
	w.text.Grow(len(s))
	for line := range strings.SplitSeq(s, "\n") {
		w.tidyLine(line)
	}
	// An accent may have come to stand next to its letter.
	return norm.NFC.String(w.text.String())
}

// lineWriter puts lines together, with no blank line at either end and never
// two in a row.
type lineWriter struct {
	text  strings.Builder
	blank bool // a blank line waits for the next line
}

// begin begins a line that is not blank.
func (w *lineWriter) begin() {
	if w.text.Len() > 0 {
		w.text.WriteByte('\n')
		if w.blank {
			w.text.WriteByte('\n')
		}
	}
	w.blank = false
}

// tidyLine adds a line without needless white space and soft hyphens.
func (w *lineWriter) tidyLine(line string) {
	stem, divided := strings.CutSuffix(strings.TrimSpace(withoutLeaders(line)), string(softHyphen))
	begun := false
	for word := range strings.FieldsSeq(stem) {
		word = strings.TrimLeft(word, string(softHyphen))
		if word == "" {
			continue
		}
		if begun {
			w.text.WriteByte(' ')
		} else {
			w.begin()
			begun = true
		}
		for part := range strings.SplitSeq(word, string(softHyphen)) {
			w.text.WriteString(part)
		}
	}
	if !begun {
		w.blank = true
	}
	if last, _ := utf8.DecodeLastRuneInString(stem); divided && wordRune(last) {
		w.text.WriteRune(softHyphen)
	}
}
