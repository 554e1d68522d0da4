package retrieve

import (
	"slices"
	"strings"

	"github.com/holtdb/holt/fulltext"
)

// BestPassage returns which of a page's passages has most of the words of a
// query, and the share of them that it has, 0 to 1. Of several the one in which
// they stand closest together is taken, then the first. With no spans it
// returns -1.
func BestPassage(text string, spans []Span, q fulltext.Query) (index int, share float64) {
	if len(spans) == 0 {
		return -1, 0
	}
	// Where no spaces are set, a word of the query may be a whole sentence.
	if slices.ContainsFunc(q.Words, func(t fulltext.Term) bool { return strings.ContainsFunc(t.Text, fulltext.Unspaced) }) {
		q = q.For(fulltext.Trigram)
	}
	finder := fulltext.NewFinder(q)
	var best fulltext.Closeness
	for i, s := range spans {
		c := finder.Closeness(text[s.Start:s.End])
		if c.Found > best.Found || c.Found == best.Found && c.Together > best.Together {
			index, best = i, c
		}
	}
	return index, best.Found
}
