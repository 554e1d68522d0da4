package clean

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	edgeLines   = 3  // how many lines at the top and the bottom may be running ones
	minRepeats  = 3  // how often a line must come back to be a running one
	maxSpread   = 14 // within so many pages: left and right pages alternate, chapters change
	maxEdgeText = 200
)

// edge is a line near the top or the bottom of a page.
type edge struct {
	page, at int    // the line begins at this byte of the page
	key      string // the line without what changes from page to page
	number   int    // the page number the line consists of, 0 where it does not
	roman    bool
}

// removeRunning blanks the running headers, footers and page numbers of tidy
// pages.
func removeRunning(pages []string) {
	tops := make([][]edge, len(pages))
	bottoms := make([][]edge, len(pages))
	for p, text := range pages {
		tops[p], bottoms[p] = edgesOf(p, text)
	}
	gone := make([][]int, len(pages))
	for p, lines := range runningLines(tops, true) {
		gone[p] = append(gone[p], lines...)
	}
	for p, lines := range runningLines(bottoms, false) {
		gone[p] = append(gone[p], lines...)
	}
	if emptiesMost(pages, gone) {
		return
	}
	for p, lines := range gone {
		if len(lines) > 0 {
			pages[p] = blankLines(pages[p], lines)
		}
	}
}

// blankLines makes blank ones of the lines that begin at the given bytes of a
// tidy text.
func blankLines(text string, gone []int) string {
	var w lineWriter
	w.text.Grow(len(text))
	at := 0
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" || slices.Contains(gone, at) {
			w.blank = true
		} else {
			w.begin()
			w.text.WriteString(line)
		}
		at += len(line) + 1
	}
	return w.text.String()
}

// edgesOf returns the outermost lines of a page that are not blank, both from
// the outside inwards.
func edgesOf(page int, text string) (top, bottom []edge) {
	for at := 0; at < len(text) && len(top) < edgeLines; {
		line, _, _ := strings.Cut(text[at:], "\n")
		if line != "" {
			top = append(top, edgeOf(page, at, line))
		}
		at += len(line) + 1
	}
	for end := len(text); end > 0 && len(bottom) < edgeLines; {
		at := strings.LastIndexByte(text[:end], '\n') + 1
		if at < end {
			bottom = append(bottom, edgeOf(page, at, text[at:end]))
		}
		end = at - 1
	}
	return top, bottom
}

// edgeOf makes the key of a line: lower case, each number a "#".
func edgeOf(page, at int, text string) edge {
	e := edge{page: page, at: at}
	if len(text) > maxEdgeText {
		return e
	}
	bare := strings.TrimFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if n, ok := arabic(bare); ok {
		e.number = n
		return e
	}
	if n, ok := roman(bare); ok {
		e.number, e.roman = n, true
		return e
	}
	var b strings.Builder
	digits := false
	for _, r := range strings.ToLower(text) {
		if unicode.IsDigit(r) {
			if !digits {
				b.WriteByte('#')
			}
			digits = true
			continue
		}
		digits = false
		b.WriteRune(r)
	}
	e.key = b.String()
	return e
}

// runningLines tells where, by page, those of the edges begin that are running
// lines. A line
// counts only if all those outside it do.
func runningLines(edges [][]edge, top bool) map[int][]int {
	type offset struct {
		shift int
		roman bool
	}
	numbers := map[offset]int{}
	seen := map[string][]int{}
	for p, list := range edges {
		for _, e := range list {
			if e.number > 0 {
				numbers[offset{e.number - p, e.roman}]++
			} else if at := seen[e.key]; e.key != "" && (len(at) == 0 || at[len(at)-1] != p) {
				seen[e.key] = append(at, p)
			}
		}
	}
	repeated := map[string]map[int]bool{}
	for key, at := range seen {
		// A title at the head of its chapter looks like the header that repeats
		// it on the pages after; the first of a run stays.
		keepFirst := top && !strings.Contains(key, "#")
		if running := runs(at, keepFirst); running != nil {
			repeated[key] = running
		}
	}
	constant := constantParts(edges)
	lines := map[int][]int{}
	for p, list := range edges {
		for i, e := range list {
			if e.number > 0 && numbers[offset{e.number - p, e.roman}] < minRepeats ||
				e.number == 0 && !repeated[e.key][p] && !(i == 0 && constant[p]) {
				break
			}
			lines[p] = append(lines[p], e.at)
		}
	}
	return lines
}

// constantParts tells the pages whose outermost line begins or ends like those
// of other pages while the rest of it changes: the title of the book beside that
// of the chapter.
func constantParts(edges [][]edge) map[int]bool {
	type use struct {
		pages []int
		keys  map[string]bool
	}
	uses := map[string]*use{}
	for p, list := range edges {
		if len(list) == 0 || list[0].number > 0 {
			continue
		}
		for _, part := range endsOf(list[0].key) {
			if uses[part] == nil {
				uses[part] = &use{keys: map[string]bool{}}
			}
			uses[part].pages = append(uses[part].pages, p)
			uses[part].keys[list[0].key] = true
		}
	}
	found := map[int]bool{}
	for _, u := range uses {
		if len(u.keys) < 2 {
			continue
		}
		for p := range runs(u.pages, false) {
			found[p] = true
		}
	}
	return found
}

const (
	endWords = 5  // how many words of a line's end must agree
	endText  = 20 // and how many bytes they have at least
)

// endsOf returns the first and the last words of a line that has more.
func endsOf(key string) []string {
	words := strings.Fields(key)
	if len(words) <= endWords {
		return nil
	}
	var ends []string
	if first := strings.Join(words[:endWords], " "); len(first) >= endText {
		ends = append(ends, "<"+first)
	}
	if last := strings.Join(words[len(words)-endWords:], " "); len(last) >= endText {
		ends = append(ends, ">"+last)
	}
	return ends
}

// runs returns those of the ascending pages that have enough others near them.
func runs(pages []int, keepFirst bool) map[int]bool {
	var found map[int]bool
	for i := 0; i+minRepeats <= len(pages); i++ {
		if pages[i+minRepeats-1]-pages[i] >= maxSpread {
			continue
		}
		if found == nil {
			found = map[int]bool{}
		}
		for j := i; j < i+minRepeats; j++ {
			if _, known := found[pages[j]]; !known {
				first := j == i && (i == 0 || pages[i]-pages[i-1] >= maxSpread)
				found[pages[j]] = !(keepFirst && first)
			}
		}
	}
	return found
}

// emptiesMost reports whether removing the lines would leave more than half of
// the pages with nothing: then they are the text, as on slides or forms.
func emptiesMost(pages []string, gone [][]int) bool {
	emptied := 0
	for p, text := range pages {
		left := -len(gone[p])
		for line := range strings.SplitSeq(text, "\n") {
			if line != "" {
				left++
			}
		}
		if left <= 0 && len(gone[p]) > 0 {
			emptied++
		}
	}
	return emptied*2 > len(pages)
}

// arabic reads a page number, also one in a phrase such as "Page 7 of 12".
func arabic(s string) (int, bool) {
	fields := strings.Fields(strings.ToLower(s))
	if len(fields) == 4 && (fields[2] == "of" || fields[2] == "/" || fields[2] == "von") {
		fields = fields[:2]
	}
	if len(fields) == 2 && (strings.TrimRight(fields[0], ".") == "page" || strings.TrimRight(fields[0], ".") == "p" || fields[0] == "seite") {
		fields = fields[1:]
	}
	if len(fields) != 1 || len(fields[0]) > 5 {
		return 0, false
	}
	n := 0
	for _, r := range fields[0] {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = n*10 + int(r-'0')
	}
	return n, n > 0
}

// roman reads a Roman numeral below 90, as front matter is numbered.
func roman(s string) (int, bool) {
	if s == "" || len(s) > 7 || utf8.RuneCountInString(s) != len(s) {
		return 0, false
	}
	value := map[byte]int{'i': 1, 'v': 5, 'x': 10, 'l': 50}
	n := 0
	for i := range len(s) {
		v := value[s[i]|0x20]
		if v == 0 {
			return 0, false
		}
		if i+1 < len(s) && v < value[s[i+1]|0x20] {
			v = -v
		}
		n += v
	}
	return n, n > 0
}
