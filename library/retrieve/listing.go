package retrieve

import (
	"strings"
	"unicode"
)

// Bounds of what is a listing.
const (
	fewestEntries = 8   // lines
	entryShare    = 0.6 // of all lines
)

// Listing reports whether a page lists where things are and says nothing of
// them: a table of contents or an index. Most of its lines end with a
// page number, after words. Such a page has the words of many questions and the
// answer to none.
func Listing(text string) bool {
	lines, entries := 0, 0
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		lines++
		if entry(line) {
			entries++
		}
	}
	return entries >= fewestEntries && float64(entries) >= entryShare*float64(lines)
}

// entry reports whether a line is words and then a page number, which a row of
// dots, a comma or a space divides from them.
func entry(line string) bool {
	const longestNumber = 5
	name := strings.TrimRightFunc(line, func(r rune) bool {
		return unicode.IsDigit(r) || r == ',' || r == '-' || r == '–' || r == ' '
	})
	number := strings.TrimSpace(line[len(name):])
	if number == "" || !unicode.IsDigit(rune(number[len(number)-1])) {
		return false
	}
	if last := number[strings.LastIndexAny(number, ", ")+1:]; len(last) > longestNumber {
		return false
	}
	if !strings.ContainsAny(line[len(name):], " ,") && !strings.HasSuffix(name, "…") {
		return false // the number is a part of the last word
	}
	return strings.ContainsFunc(name, unicode.IsLetter)
}
