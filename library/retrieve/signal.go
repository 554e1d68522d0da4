package retrieve

// Signal is what the best of what was found shows.
type Signal struct {
	// Words is the share of the question's words that the best passage has, 0
	// to 1, as [BestPassage] returns it.
	Words float64
	// Cosine is that of the nearest passage; 0 where nothing was looked for by
	// meaning.
	Cosine float64
}

// LeastWords is the share of the question's words that a passage has to have
// to be an answer. Half is too much: who asks uses words that no answer
// repeats. With less than a third, one word of a long question is enough.
const LeastWords = 1.0 / 3

// Enough reports whether there is something to answer from: the words, or a
// passage that is at least as near as the floor, which belongs to the embedder
// (unrelated texts have a cosine of 0 with some and of 0.7 with others). With a
// floor of 0 or less the meaning alone is never enough.
func (s Signal) Enough(floor float64) bool {
	return s.Words >= LeastWords || floor > 0 && s.Cosine >= floor
}

// AtLeast returns the beginning of a list that reaches the floor.
func AtLeast(list []Ranked, floor float64) []Ranked {
	for i, r := range list {
		if r.Score < floor {
			return list[:i]
		}
	}
	return list
}
