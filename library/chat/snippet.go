package chat

import (
	"strings"
	"unicode/utf8"
)

const maxSnippet = 300 // characters

// snippet returns the part of a passage that says most of what a claim says, as
// one line of whole sentences where they fit. Without a claim it is the beginning.
func snippet(text, claim string) string {
	all := sentences(visible(text))
	if len(all) == 0 {
		return ""
	}
	best := mostAlike(all, claim)
	chosen := all[best]
	for _, next := range all[best+1:] {
		if utf8.RuneCountInString(chosen+next) >= maxSnippet {
			break
		}
		chosen += " " + next
	}
	return oneLine(chosen, maxSnippet)
}

// mostAlike returns the index of the sentence that has most of the words of a
// text, the first of several. Words of two letters say little.
func mostAlike(all []string, text string) int {
	wanted := map[string]bool{}
	for _, w := range words(text) {
		if utf8.RuneCountInString(w) > 2 || strings.IndexFunc(w, unspaced) >= 0 {
			wanted[w] = true
		}
	}
	best, most := 0, 0
	for i, s := range all {
		seen := map[string]bool{}
		for _, w := range words(s) {
			if wanted[w] {
				seen[w] = true
			}
		}
		if len(seen) > most {
			best, most = i, len(seen)
		}
	}
	return best
}
