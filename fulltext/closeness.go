package fulltext

// Closeness says how the words of a query stand together in a text.
type Closeness struct {
	Found   float64 // share of the words and phrases that are there
	InOrder bool    // all stand one after the other as in the query
	// Together is 1 where those that are there stand side by side, the less the
	// further they are apart, and 0 where there are fewer than two.
	Together float64
}

// Closeness measures a text.
func (f *Finder) Closeness(text string) Closeness {
	f.find(text)
	whole := make([]bool, len(f.terms))
	there, found := 0, 0.0
	for _, h := range f.hits {
		if !whole[h.term] {
			whole[h.term] = true
			there++
			found += f.share(h)
		}
	}
	var c Closeness
	if len(f.terms) > 0 {
		c.Found = found / float64(len(f.terms))
	}
	if there >= 2 {
		least, stretch := f.stretch(there)
		c.Together = float64(least) / float64(stretch)
		c.InOrder = there == len(f.terms) && f.inOrder()
	}
	return c
}

// share is what a hit of a term counts: less when it is only a part of it.
func (f *Finder) share(h hit) float64 {
	const part = 0.5
	if t := f.terms[h.term]; f.trigrams && len(t.parts) > 0 && h.End-h.Start < len(t.needle) {
		return part
	}
	return 1
}

// stretch returns the length in words of the shortest stretch with all terms
// that are there, and how many of its words belong to hits.
func (f *Finder) stretch(there int) (hits, length int) {
	last := make([]int, len(f.terms)) // the latest hit of each term, from 1
	seen := 0
	length = len(f.words) + 1
	for i, h := range f.hits {
		if last[h.term] == 0 {
			seen++
		}
		last[h.term] = i + 1
		if seen < there {
			continue
		}
		first, end, words := len(f.words), 0, 0
		for _, n := range last {
			if n == 0 {
				continue
			}
			hit := f.hits[n-1]
			first, end = min(first, hit.word), max(end, hit.word+hit.words)
			words += hit.words
		}
		if end-first < length {
			length, hits = end-first, min(words, end-first)
		}
	}
	return hits, length
}

// inOrder reports whether all terms stand one after the other somewhere. A word
// or two between them may have been left out of the query as too common.
func (f *Finder) inOrder() bool {
	const gap = 2
	for i, first := range f.hits {
		if first.term != 0 {
			continue
		}
		next, end := 1, first.word+first.words
		for _, h := range f.hits[i+1:] {
			if h.word > end+gap {
				break
			}
			if next < len(f.terms) && h.term == next && h.word >= end {
				next, end = next+1, h.word+h.words
			}
		}
		if next == len(f.terms) {
			return true
		}
	}
	return false
}
