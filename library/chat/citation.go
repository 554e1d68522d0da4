package chat

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	item      = `(?:passages?|sources?|excerpts?|nos?\.?|#|\^)?\s*\d{1,3}(?:\s*[-–—‑]\s*\d{1,3})?(?:\s*,?\s*(?:pp?\.|pages?|S\.)\s*\d+(?:\s*[-–]\s*\d+)?)?`
	items     = `\s*` + item + `(?:\s*(?:,|;|&|and|und|et|y)\s*` + item + `)*\s*`
	maxSpread = 50 // passages that a range may name
)

var (
	// citationMark is a citation as models write it: [1], [1, 2], [1-3], [[1]],
	// [Passage 1, p. 4], 【1†source】. Numbers have up to three digits, so that a
	// year in brackets is none.
	citationMark = regexp.MustCompile(`(?i)^(?:\[\[` + items + `\]\]|\[` + items + `\]|【` + items + `(?:†[^】\n]{0,80})?】)`)
	anyCitation  = regexp.MustCompile(`(?i)(?:\[\[` + items + `\]\]|\[` + items + `\]|【` + items + `(?:†[^】\n]{0,80})?】)`)
	citedItem    = regexp.MustCompile(`(?i)(pp?\.|pages?|S\.)?\s*(\d+)(?:\s*[-–—‑]\s*(\d+))?`)
	// plainCitation is a citation in an answer that was parsed.
	plainCitation = regexp.MustCompile(`\[(\d{1,3})\]`)
)

// citationAt returns the numbers of the citation that a text begins with, and
// its length, 0 if there is none.
func citationAt(s string) (numbers []int, length int) {
	if !strings.HasPrefix(s, "[") && !strings.HasPrefix(s, "【") {
		return nil, 0
	}
	mark := citationMark.FindString(s)
	text, _, _ := strings.Cut(mark, "†")
	for _, m := range citedItem.FindAllStringSubmatch(text, -1) {
		if m[1] != "" {
			continue // a page
		}
		from, _ := strconv.Atoi(m[2])
		to := from
		if m[3] != "" {
			to, _ = strconv.Atoi(m[3])
		}
		for n := from; n <= min(to, from+maxSpread); n++ {
			if !slices.Contains(numbers, n) {
				numbers = append(numbers, n)
			}
		}
	}
	return numbers, len(mark)
}

// withoutCitations returns a text without its citations and the spaces before them.
func withoutCitations(s string) string {
	var b strings.Builder
	for {
		at := anyCitation.FindStringIndex(s)
		if at == nil {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(strings.TrimRight(s[:at[0]], " "))
		s = s[at[1]:]
	}
}

// roundBrackets returns a text of a document in which nothing looks like a
// citation of an answer: a document's own [3] becomes (3).
func roundBrackets(s string) string {
	return anyCitation.ReplaceAllStringFunc(s, func(mark string) string {
		return "(" + strings.Trim(mark, "[]【】") + ")"
	})
}
