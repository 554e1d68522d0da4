package retrieve

import (
	"strconv"
	"strings"
	"unicode"
)

// Bounds of what is a listing.
const (
	fewestEntries = 8   // lines
	entryShare    = 0.6 // of all lines
	// Of the entries, to tell page numbers from others.
	markedShare    = 0.5
	ascendingShare = 0.8
)

// Listing reports whether a page lists where things are and says nothing of
// them: a table of contents or an index. Most of its lines end with page numbers,
// after words, and these look like page numbers: dots lead to them, there are
// several to a line, or they ascend. A list of prices is none. Such a page has the
// words of many questions and the answer to none.
func Listing(text string) bool {
	lines, entries, marked, ascending := 0, 0, 0, 0
	last := -1
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		lines++
		name, numbers, ok := entry(line)
		if !ok {
			continue
		}
		entries++
		if strings.HasSuffix(name, "…") || strings.Contains(numbers, ",") {
			marked++
		}
		if n, err := strconv.Atoi(numbers); err == nil {
			if n >= last {
				ascending++
			}
			last = n
		}
	}
	return entries >= fewestEntries && float64(entries) >= entryShare*float64(lines) &&
		(float64(marked) >= markedShare*float64(entries) || float64(ascending) >= ascendingShare*float64(entries))
}

// entry divides a line into words and the page numbers after them, which a row of
// dots, a comma or a space divides from them.
func entry(line string) (name, numbers string, ok bool) {
	const longestNumber = 4
	name = strings.TrimRightFunc(line, func(r rune) bool {
		return unicode.IsDigit(r) || r == ',' || r == '-' || r == '–' || r == ' '
	})
	end := line[len(name):]
	numbers = strings.Trim(end, ", -–")
	if last := numbers[strings.LastIndexAny(numbers, ", –-")+1:]; last == "" || len(last) > longestNumber {
		return "", "", false
	}
	if !strings.ContainsAny(end, " ,") && !strings.HasSuffix(name, "…") {
		return "", "", false // the number is a part of the last word
	}
	return name, numbers, strings.ContainsFunc(name, unicode.IsLetter)
}
