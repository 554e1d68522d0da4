package retrieve_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/holtdb/holt/library/retrieve"
)

func ids(list []retrieve.Ranked) []int64 {
	out := make([]int64, len(list))
	for i, r := range list {
		out[i] = r.ID
	}
	return out
}

// rankedList returns a sorted list of some of a hundred pages.
func rankedList(rng *rand.Rand) []retrieve.Ranked {
	var list []retrieve.Ranked
	for _, id := range rng.Perm(100)[:rng.IntN(40)] {
		list = append(list, retrieve.Ranked{ID: int64(id), Score: float64(1+rng.IntN(20)) / 20})
	}
	slices.SortStableFunc(list, func(a, b retrieve.Ranked) int { return cmp.Compare(b.Score, a.Score) })
	return list
}

func TestFuse(t *testing.T) {
	words := []retrieve.Ranked{{1, 10}, {2, 9}, {3, 1}}
	meaning := []retrieve.Ranked{{9, 0.9}, {3, 0.8}, {2, 0.1}}
	for _, test := range []struct {
		weight float64
		want   []int64
	}{
		{0, []int64{1, 2, 3}},
		{-1, []int64{1, 2, 3}},
		{0.2, []int64{1, 2, 3, 9}},
		{1, []int64{2, 3, 1, 9}}, // 1/62+1/63, 1/63+1/62, 1/61, 1/61
		{7, []int64{2, 3, 1, 9}},
	} {
		if got := ids(retrieve.Fuse(words, meaning, test.weight)); !slices.Equal(got, test.want) {
			t.Errorf("weight %v: %v, want %v", test.weight, got, test.want)
		}
	}
	if got := ids(retrieve.Fuse(nil, meaning, 0.3)); !slices.Equal(got, ids(meaning)) {
		t.Errorf("meaning alone: %v", got)
	}
	if got := retrieve.Fuse(nil, nil, 1); len(got) != 0 {
		t.Errorf("nothing: %v", got)
	}
}

func TestFuse_Properties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for range 2000 {
		words, meaning := rankedList(rng), rankedList(rng)
		weight := []float64{0, 0.2, 0.5, 1, rng.Float64()}[rng.IntN(5)]
		fused := retrieve.Fuse(words, meaning, weight)
		checkFused(t, words, meaning, fused, weight)

		if weight == 0 || len(meaning) == 0 {
			if !slices.Equal(ids(fused), ids(words)) {
				t.Fatalf("words %v became %v", words, fused)
			}
			continue
		}
		// A page that rises in one list does not sink in the fused one, nor
		// another rise beyond it.
		i := rng.IntN(len(meaning))
		risen := slices.Clone(meaning)
		page := risen[i]
		risen = slices.Insert(slices.Delete(risen, i, i+1), 0, retrieve.Ranked{ID: page.ID, Score: meaning[0].Score})
		before := slices.Index(ids(fused), page.ID)
		after := slices.Index(ids(retrieve.Fuse(words, risen, weight)), page.ID)
		if after > before {
			t.Fatalf("weight %v: page %d rose in %v and sank from %d to %d", weight, page.ID, meaning, before, after)
		}
	}
}

// checkFused proves that every page is there once, sorted, and that a page that
// is ahead of another in both lists is ahead of it.
func checkFused(t *testing.T, words, meaning, fused []retrieve.Ranked, weight float64) {
	t.Helper()
	if !slices.IsSortedFunc(fused, func(a, b retrieve.Ranked) int { return cmp.Compare(b.Score, a.Score) }) {
		t.Fatalf("not sorted: %v", fused)
	}
	place := map[int64]int{}
	for i, r := range fused {
		if _, twice := place[r.ID]; twice {
			t.Fatalf("page %d is twice", r.ID)
		}
		place[r.ID] = i
	}
	all := slices.Concat(ids(words), ids(meaning))
	if weight == 0 {
		all = ids(words)
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) != len(fused) {
		t.Fatalf("%d pages of %d", len(fused), len(all))
	}
	for i, a := range words {
		for _, b := range words[i+1:] {
			x, y := slices.Index(ids(meaning), a.ID), slices.Index(ids(meaning), b.ID)
			if (y < 0 || x >= 0 && x < y) && place[a.ID] > place[b.ID] {
				t.Fatalf("weight %v: %d is ahead of %d in both lists", weight, a.ID, b.ID)
			}
		}
	}
}

func TestCapPerDocument(t *testing.T) {
	var list []retrieve.Ranked
	for i := range 30 {
		list = append(list, retrieve.Ranked{ID: int64(i), Score: float64(-i)})
	}
	document := func(id int64) int64 { return min(id/8, 2) } // 8, 8 and 14 pages
	for k, want := range map[int][]int64{
		-1: nil,
		0:  nil,
		1:  {0},
		4:  {0, 1, 8, 9},
		7:  {0, 1, 8, 9, 16, 17},
		10: {0, 1, 2, 8, 9, 10, 16, 17, 18},
		12: {0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19},
	} {
		if got := ids(retrieve.CapPerDocument(list, k, document)); !slices.Equal(got, want) {
			t.Errorf("%d: %v, want %v", k, got, want)
		}
	}
}

func TestPages(t *testing.T) {
	near := []retrieve.Near{{5, 1, 0.9}, {6, 2, 0.8}, {7, 1, 0.7}, {8, 3, 0.2}, {9, 2, 0.1}}
	want := []retrieve.Ranked{{1, 0.9}, {2, 0.8}, {3, 0.2}}
	got := retrieve.Pages(near)
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if got := retrieve.AtLeast(got, 0.8); !slices.Equal(got, want[:2]) {
		t.Errorf("at least 0.8: %v", got)
	}
	if got := retrieve.AtLeast(got, 0.1); !slices.Equal(got, want) {
		t.Errorf("at least 0.1: %v", got)
	}
}

func TestSignal(t *testing.T) {
	for _, test := range []struct {
		signal retrieve.Signal
		floor  float64
		want   bool
	}{
		{retrieve.Signal{}, 0.3, false},
		{retrieve.Signal{}, 0, false},
		{retrieve.Signal{Words: 0.2, Cosine: 0.29}, 0.3, false},
		{retrieve.Signal{Words: 0.2, Cosine: 0.3}, 0.3, true},
		{retrieve.Signal{Words: 0.2, Cosine: 0.9}, 0, false},
		{retrieve.Signal{Words: 0.2, Cosine: -0.5}, -1, false},
		{retrieve.Signal{Words: 1.0 / 3}, 0.3, true},
		{retrieve.Signal{Words: 1}, 0, true},
	} {
		if got := test.signal.Enough(test.floor); got != test.want {
			t.Errorf("%+v with floor %v: %v", test.signal, test.floor, got)
		}
	}
}
