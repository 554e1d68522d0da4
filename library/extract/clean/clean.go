// Package clean turns the raw text of a document into text fit for an index:
// composed characters, no ligatures or control characters, words joined that a
// line end had divided, and no running headers or footers.
//
// Everything here takes time linear in its input and accepts any bytes.
package clean

import (
	"strings"
	"unicode/utf8"
)

// Text cleans one text. Lines stay lines; paragraphs are divided by one blank
// line; words divided at a line end are joined.
func Text(s string) string {
	lines := splitLines(s)
	return join(joinHyphens(lines, vocabularyOf(lines)))
}

// Pages cleans the pages of one document, given in reading order. Beyond what
// [Text] does it removes running headers, footers and page numbers, and it
// judges divided words by the vocabulary of the whole document. The result has
// one element per page.
func Pages(raw []string) []string {
	pages := make([][]string, len(raw))
	for i, s := range raw {
		pages[i] = splitLines(s)
	}
	removeRunning(pages)
	words := vocabularyOf(pages...)
	cleaned := make([]string, len(pages))
	for i, lines := range pages {
		cleaned[i] = join(joinHyphens(lines, words))
	}
	return cleaned
}

// splitLines returns the lines of s with clean characters, single spaces
// inside a line and none at its ends. A blank line is "". A line that ends in
// the middle of a word as its producer says ends with a soft hyphen; there is
// none elsewhere.
func splitLines(s string) []string {
	lines := strings.Split(normalize(s), "\n")
	for i, line := range lines {
		stem, divided := strings.CutSuffix(strings.TrimSpace(line), string(softHyphen))
		lines[i] = strings.Join(strings.Fields(dropSoftHyphens(stem)), " ")
		if last, _ := utf8.DecodeLastRuneInString(stem); divided && wordRune(last) {
			lines[i] += string(softHyphen)
		}
	}
	return lines
}

// join puts lines together, with no blank line at either end and never two in
// a row.
func join(lines []string) string {
	var b strings.Builder
	blank := false
	for _, line := range lines {
		if line == "" {
			blank = true
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
			if blank {
				b.WriteByte('\n')
			}
		}
		blank = false
		b.WriteString(line)
	}
	return b.String()
}
