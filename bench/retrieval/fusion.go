package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/retrieve"
)

// lists are what the two ways of searching found for a question.
type lists struct {
	words, meaning []retrieve.Ranked
	answer         map[int64]bool
}

// formula is a way to join two lists.
type formula struct {
	name string
	fuse func(words, meaning []retrieve.Ranked) []retrieve.Ranked
}

const candidates = 100 // of each list, as the library takes

// fusions compares formulas on the same lists and prints a table.
func (e *evaluation) fusions(ctx context.Context, m embedder) error {
	if err := e.use(ctx, m); err != nil {
		return err
	}
	all, err := e.lists(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Fusion of words with %s:\n\n", m.name)
	fmt.Fprintln(e.out, "| formula | recall@1 | recall@5 | recall@10 | MRR@10 |")
	fmt.Fprintln(e.out, "|---|---|---|---|---|")
	for _, f := range formulas() {
		ranks := make([]int, len(all))
		for i, l := range all {
			fused := f.fuse(l.words, l.meaning)
			ranks[i] = 1 + slices.IndexFunc(fused, func(r retrieve.Ranked) bool { return l.answer[r.ID] })
		}
		s := rate(ranks)
		fmt.Fprintf(e.out, "| %s | %.3f | %.3f | %.3f | %.3f |\n", f.name, s.at1, s.at5, s.at10, s.mrr)
	}
	fmt.Fprintln(e.out)
	return nil
}

// lists asks all questions in both ways.
func (e *evaluation) lists(ctx context.Context) ([]lists, error) {
	type place struct {
		document string
		number   int
	}
	numbers := make(map[place]int64)
	all := make([]lists, len(e.pairs))
	for i, p := range e.pairs {
		l := lists{answer: make(map[int64]bool)}
		for _, way := range []struct {
			mode library.Mode
			list *[]retrieve.Ranked
		}{{library.ModeWords, &l.words}, {library.ModeMeaning, &l.meaning}} {
			pages, err := e.search(ctx, p.Question, way.mode, candidates)
			if err != nil {
				return nil, fmt.Errorf("%q: %w", p.Question, err)
			}
			for _, found := range pages {
				at := place{found.document, found.number}
				if numbers[at] == 0 {
					numbers[at] = int64(len(numbers) + 1)
				}
				*way.list = append(*way.list, retrieve.Ranked{ID: numbers[at], Score: found.score})
				if e.rankOf(p, []page{found}) > 0 {
					l.answer[numbers[at]] = true
				}
			}
		}
		all[i] = l
	}
	return all, nil
}

// formulas are those that are compared. The scores of the words are divided by
// the best one; those of the meaning likewise, or after the last candidate's was
// taken off both.
func formulas() []formula {
	all := []formula{
		{"words", func(words, _ []retrieve.Ranked) []retrieve.Ranked { return words }},
		{"meaning", func(_, meaning []retrieve.Ranked) []retrieve.Ranked { return meaning }},
	}
	weights := []float64{0.1, 0.2, 0.3, 0.5, 0.7, 1}
	add := func(name string, f func(words, meaning []retrieve.Ranked, weight float64) []retrieve.Ranked) {
		for _, w := range weights {
			all = append(all, formula{fmt.Sprintf("%s, weight %.1f", name, w), func(words, meaning []retrieve.Ranked) []retrieve.Ranked {
				return f(words, meaning, w)
			}})
		}
	}
	add("retrieve.Fuse", retrieve.Fuse)
	add("score/best", func(words, meaning []retrieve.Ranked, weight float64) []retrieve.Ranked {
		return sum(toBest(words), toBest(meaning), weight)
	})
	add("(score-last)/(best-last) of meaning only", func(words, meaning []retrieve.Ranked, weight float64) []retrieve.Ranked {
		return sum(toBest(words), overLast(meaning), weight)
	})
	add("(score-last)/(best-last) of both", func(words, meaning []retrieve.Ranked, weight float64) []retrieve.Ranked {
		return sum(overLast(words), overLast(meaning), weight)
	})
	add("standard scores", func(words, meaning []retrieve.Ranked, weight float64) []retrieve.Ranked {
		return sum(standard(words), standard(meaning), weight)
	})
	add("reciprocal ranks", func(words, meaning []retrieve.Ranked, weight float64) []retrieve.Ranked {
		return sum(reciprocal(words), reciprocal(meaning), weight)
	})
	return all
}

// scaled returns a list with other scores.
func scaled(list []retrieve.Ranked, score func(i int) float64) []retrieve.Ranked {
	out := slices.Clone(list)
	for i := range out {
		out[i].Score = score(i)
	}
	return out
}

func toBest(list []retrieve.Ranked) []retrieve.Ranked {
	return scaled(list, func(i int) float64 { return list[i].Score / list[0].Score })
}

func overLast(list []retrieve.Ranked) []retrieve.Ranked {
	return scaled(list, func(i int) float64 {
		last := list[len(list)-1].Score
		if list[0].Score == last {
			return 1
		}
		return (list[i].Score - last) / (list[0].Score - last)
	})
}

// standard measures scores in standard deviations above the mean; what is below
// it counts as nothing, as what is not in the list.
func standard(list []retrieve.Ranked) []retrieve.Ranked {
	var mean, square float64
	for _, r := range list {
		mean += r.Score / float64(len(list))
		square += r.Score * r.Score / float64(len(list))
	}
	deviation := math.Sqrt(max(square-mean*mean, 1e-12))
	return scaled(list, func(i int) float64 { return max(0, (list[i].Score-mean)/deviation) })
}

func reciprocal(list []retrieve.Ranked) []retrieve.Ranked {
	const offset = 60
	return scaled(list, func(i int) float64 { return 1 / float64(offset+i+1) })
}

// sum adds the scores of two lists, those of the second times a weight.
func sum(words, meaning []retrieve.Ranked, weight float64) []retrieve.Ranked {
	at := make(map[int64]int)
	var out []retrieve.Ranked
	add := func(list []retrieve.Ranked, by float64) {
		for _, r := range list {
			i, there := at[r.ID]
			if !there {
				i = len(out)
				at[r.ID] = i
				out = append(out, retrieve.Ranked{ID: r.ID})
			}
			out[i].Score += by * r.Score
		}
	}
	add(words, 1)
	add(meaning, weight)
	slices.SortStableFunc(out, func(a, b retrieve.Ranked) int { return cmp.Compare(b.Score, a.Score) })
	return out
}
