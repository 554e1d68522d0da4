package chat

import (
	"regexp"
	"strings"
)

// maxTarget is the most bytes of a link's target.
const maxTarget = 4000

var (
	// definition is a line that gives the address of a reference link.
	definition = regexp.MustCompile(`(?mi)^[ \t>]*\[([^\[\]\n]{1,200})\]:[ \t]*\n?[ \t>]*<?(?:[a-z][a-z0-9+.-]*:|//|/|\./|\.\./|#|\?|www\.)[^\n]*$\n?`)
	autolink   = regexp.MustCompile(`^<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[^\s<>@]+@[^\s<>]+)>`)
)

// withoutDefinitions returns a source without the lines that give reference
// links their addresses, and the labels of these, in lower case.
func withoutDefinitions(source string) (string, map[string]bool) {
	labels := map[string]bool{}
	code := codeMask(parseMarkdown(source), source)
	var b strings.Builder
	from := 0
	for _, at := range definition.FindAllStringSubmatchIndex(source, -1) {
		if code[at[2]] {
			continue
		}
		labels[strings.ToLower(source[at[2]:at[3]])] = true
		b.WriteString(source[from:at[0]])
		from = at[1]
	}
	b.WriteString(source[from:])
	return b.String(), labels
}

// bracketPairs returns where each square bracket closes that does so within its
// paragraph.
func bracketPairs(source string, code []bool) map[int]int {
	pairs := map[int]int{}
	var open []int
	for i := 0; i < len(source); i++ {
		switch c := source[i]; {
		case code[i]:
		case c == '\\':
			i++
		case c == '\n' && emptyLine(source[i+1:]):
			open = open[:0]
		case c == '[':
			open = append(open, i)
		case c == ']' && len(open) > 0:
			pairs[open[len(open)-1]] = i
			open = open[:len(open)-1]
		}
	}
	return pairs
}

// emptyLine reports whether a text begins with a line that has nothing but marks
// of quotes.
func emptyLine(s string) bool {
	return strings.HasPrefix(strings.TrimLeft(s[:min(len(s), 40)], " \t>"), "\n")
}

// roundEnd returns where the round bracket closes that opens at a place, and -1
// if it does not within its paragraph.
func roundEnd(source string, code []bool, at int) int {
	depth := 0
	for i := at; i < min(len(source), at+maxTarget); i++ {
		switch c := source[i]; {
		case code[i]:
		case c == '\\':
			i++
		case c == '\n' && emptyLine(source[i+1:]):
			return -1
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// targetEnd returns the place behind the target of a link, which begins with a
// round bracket, and -1 if what stands there is none: words in brackets are not.
func targetEnd(source string, code []bool, at int) int {
	if at >= len(source) || source[at] != '(' || code[at] {
		return -1
	}
	end := roundEnd(source, code, at)
	if end < 0 {
		return -1
	}
	inner := strings.TrimSpace(source[at+1 : end])
	if address, pointed := strings.CutPrefix(inner, "<"); pointed {
		if _, inner, pointed = strings.Cut(address, ">"); !pointed {
			return -1
		}
	} else if i := strings.IndexAny(inner, " \t\n"); i >= 0 {
		inner = inner[i:]
	} else {
		inner = ""
	}
	if title := strings.TrimSpace(inner); title != "" && !strings.Contains(`"'(`, title[:1]) {
		return -1
	}
	return end + 1
}
