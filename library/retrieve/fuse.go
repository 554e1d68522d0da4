package retrieve

import (
	"cmp"
	"slices"
)

// Ranked is a page of a list that is sorted, best first.
type Ranked struct {
	ID    int64 // of the page
	Score float64
}

// rankOffset dampens what the first ranks are ahead of the others: the constant
// of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009).
const rankOffset = 60

// Fuse joins the pages found by words with those found by meaning. Scores are
// higher for better pages and above 0 in words. The weight, 0 to 1, is how far
// the embedder is to be trusted.
//
// With s(x) the evidence of a list for a page,
//
//	fused = s(words) + weight * s(meaning)
//	s(x)  = (1-weight) * relative score + weight * (rankOffset+1)/(rankOffset+rank)
//
// where the relative score is 1 for the first of the list and 0 for what is not in
// it; cosines, which differ little, are taken from the last one of the list on. So
// weight 0 is the list of words as it is; weight 1 is reciprocal rank
// fusion of two equal lists, which is best for a strong embedder; and between
// them, where ranks of meaning would make results worse than words alone, it is
// close to adding a little of the cosine to the score of the words (compared by
// Bruch, Gai and Ingber, ACM TOIS 2023).
//
// The result has every page once, best first; equal ones are in the order of
// words, then of meaning.
func Fuse(words, meaning []Ranked, weight float64) []Ranked {
	weight = max(0, min(1, weight))
	fused := make([]Ranked, 0, len(words)+len(meaning))
	at := make(map[int64]int, len(words)+len(meaning))
	add := func(list []Ranked, lowest, by float64) {
		seen := make(map[int64]bool, len(list))
		rank := 0
		for _, r := range list {
			if seen[r.ID] {
				continue
			}
			seen[r.ID] = true
			rank++
			relative := 1.0
			if span := list[0].Score - lowest; span > 0 {
				relative = (r.Score - lowest) / span
			}
			evidence := (1-weight)*relative + weight*(rankOffset+1)/float64(rankOffset+rank)
			i, ok := at[r.ID]
			if !ok {
				i = len(fused)
				at[r.ID] = i
				fused = append(fused, Ranked{ID: r.ID})
			}
			fused[i].Score += by * evidence
		}
	}
	add(words, 0, 1)
	if weight > 0 && len(meaning) > 0 {
		add(meaning, meaning[len(meaning)-1].Score, weight)
	}
	slices.SortStableFunc(fused, func(a, b Ranked) int { return cmp.Compare(b.Score, a.Score) })
	return fused
}

// CapPerDocument returns the first k of a list with at most max(2, k/3) pages
// of one document, so that one book does not crowd out the others.
func CapPerDocument(list []Ranked, k int, document func(id int64) int64) []Ranked {
	const least = 2
	most := max(least, k/3)
	taken := make(map[int64]int)
	var out []Ranked
	for _, r := range list {
		if len(out) >= k {
			break
		}
		if d := document(r.ID); taken[d] < most {
			taken[d]++
			out = append(out, r)
		}
	}
	return out
}

// Pages returns the pages of passages, each with the score of its best one.
func Pages(passages []Near) []Ranked {
	seen := make(map[int64]bool, len(passages))
	var out []Ranked
	for _, n := range passages {
		if !seen[n.Chunk] {
			seen[n.Chunk] = true
			out = append(out, Ranked{ID: n.Chunk, Score: n.Score})
		}
	}
	return out
}
