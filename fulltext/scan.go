package fulltext

import "strings"

// Scanner looks pages through for what an index by [Trigram] cannot look up,
// such as words of two characters. It is for one search, not for concurrent use.
type Scanner struct {
	wanted, excluded *Finder
	all              bool // of the wanted terms
}

// NewScanner prepares a query: with all, pages must have all its words, else
// one is enough.
func NewScanner(q Query, all bool) *Scanner {
	return &Scanner{wanted: NewFinder(q), excluded: NewFinder(q.Unwanted()), all: all}
}

// The constants of BM25 as FTS5 has them, and what it cannot know of a word
// without an index: how rare it is, taken to be on one page of eight, and how
// long a page is on the average, in bytes.
const (
	saturation   = 1.2
	lengthWeight = 0.75
	rarity       = 2.0
	usualLength  = 3000
)

// Score returns how well a page matches, as BM25 would, and 0 where it does
// not. A word in the heading counts as two.
func (s *Scanner) Score(text, heading string) float64 {
	const headingWeight = 2
	length := float64(len(text)+len(heading)) / usualLength
	score := 0.0
	for _, n := range s.wanted.counts(text, heading, headingWeight, !s.all) {
		if n == 0 && s.all {
			return 0
		}
		score += rarity * n * (saturation + 1) / (n + saturation*(1-lengthWeight+lengthWeight*length))
	}
	if score == 0 {
		return 0
	}
	for _, n := range s.excluded.counts(text, heading, 1, false) {
		if n > 0 {
			return 0
		}
	}
	return score
}

// counts returns how often each term stands in a page. With parts, a part of a
// sentence counts as its share of it.
func (f *Finder) counts(text, heading string, headingWeight float64, parts bool) []float64 {
	counts := make([]float64, len(f.terms))
	for _, of := range []struct {
		text   string
		weight float64
	}{{text, 1}, {heading, headingWeight}} {
		ready := false
		in := func(t sought, needle string) float64 {
			if t.plain {
				return float64(strings.Count(of.text, needle))
			}
			if !ready {
				f.inner.fold(of.text)
				ready = true
			}
			return float64(strings.Count(f.inner.text, needle))
		}
		for i, t := range f.terms {
			n := in(t, t.needle)
			if n == 0 && parts {
				for _, p := range t.parts {
					n += in(t, p) / float64(len(t.parts))
				}
			}
			counts[i] += n * of.weight
		}
	}
	return counts
}
