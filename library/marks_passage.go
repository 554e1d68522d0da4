package library

import "strings"

// How a passage of the text is found again among the words of a page, which has
// running heads and divided words that the text has not.
const (
	leastRun  = 4  // words in a row that are no accident
	widestGap = 80 // words of the page that the text may have left out
	smallGap  = 3  // words between two runs that belong to the passage all the same
)

// markPassage sets Passage on the words that make up a passage of the page's
// text: runs of at least leastRun words, in order. A shorter passage has to
// stand there as a whole.
func markPassage(words []PlacedWord, passage string) {
	wanted := fold(passage)
	page := joinedTokens(words, wanted)
	least := min(leastRun, len(wanted))
	if least == 0 {
		return
	}
	places := make(map[string][]int) // of each run of least words on the page
	for i := 0; i+least <= len(page); i++ {
		key := runKey(page[i:i+least], func(t wordRun) string { return t.text })
		places[key] = append(places[key], i)
	}
	at, reached := 0, -1 // words of the page, and of the passage, up to which all is done
	for i := 0; i+least <= len(wanted); {
		place, length := longestRun(page, wanted[i:], places[runKey(wanted[i:i+least], func(s string) string { return s })], at, reached >= 0)
		if length == 0 {
			i++
			continue
		}
		from := place
		if reached >= 0 && place-at <= smallGap && i-reached <= smallGap {
			from = at
		}
		for n := page[from].first; n <= page[place+length-1].last; n++ {
			words[n].Passage = true // signs between words as well
		}
		at, i = place+length, i+length
		reached = i
	}
}

func runKey[T any](run []T, text func(T) string) string {
	var b strings.Builder
	for _, t := range run {
		b.WriteString(text(t))
		b.WriteByte(' ')
	}
	return b.String()
}

// longestRun returns the place not before at where most of the wanted words
// stand in a row, the first of several. Once a part of the passage was found the
// next one is near.
func longestRun(page []wordRun, wanted []string, places []int, at int, begun bool) (place, length int) {
	for _, p := range places {
		if p < at {
			continue
		}
		if begun && p > at+widestGap {
			break
		}
		n := 0
		for n < len(wanted) && p+n < len(page) && page[p+n].text == wanted[n] {
			n++
		}
		if n > length {
			place, length = p, n
		}
	}
	return place, length
}

// wordRun is a word of the text and the placed words that it stands in.
type wordRun struct {
	text        string
	first, last int
}

// joinedTokens returns the words of a page with those joined that a hyphen
// divides there, but not in the passage.
func joinedTokens(words []PlacedWord, passage []string) []wordRun {
	known := make(map[string]bool, len(passage))
	for _, w := range passage {
		known[w] = true
	}
	tokens := tokensOf(words)
	runs := make([]wordRun, 0, len(tokens))
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if i+1 < len(tokens) && divided(words, t, tokens[i+1]) && known[t.text+tokens[i+1].text] {
			runs = append(runs, wordRun{t.text + tokens[i+1].text, t.word, tokens[i+1].word})
			i++
			continue
		}
		runs = append(runs, wordRun{t.text, t.word, t.word})
	}
	return runs
}
