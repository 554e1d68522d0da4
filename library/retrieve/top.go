package retrieve

import (
	"cmp"
	"math"
)

// compareNear orders by score, the highest first, and then by passage.
func compareNear(a, b Near) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Passage, b.Passage))
}

// top keeps the k best of what is added: a heap with the worst of them on top.
type top struct {
	k    int
	list []Near
	// least is the score below which nothing is taken any more.
	least float32
}

func newTop(k int) top {
	return top{k: k, least: float32(math.Inf(-1))}
}

func (t *top) add(n Near) {
	if len(t.list) < t.k {
		t.list = append(t.list, n)
		for i := len(t.list) - 1; i > 0 && worse(t.list[i], t.list[(i-1)/2]); i = (i - 1) / 2 {
			t.list[i], t.list[(i-1)/2] = t.list[(i-1)/2], t.list[i]
		}
	} else if worse(t.list[0], n) {
		t.list[0] = n
		t.sink()
	}
	if len(t.list) == t.k {
		t.least = float32(t.list[0].Score)
	}
}

// sink brings the top of the heap to its place.
func (t *top) sink() {
	for i := 0; ; {
		worst := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < len(t.list) && worse(t.list[child], t.list[worst]) {
				worst = child
			}
		}
		if worst == i {
			return
		}
		t.list[i], t.list[worst] = t.list[worst], t.list[i]
		i = worst
	}
}

func worse(a, b Near) bool { return compareNear(a, b) > 0 }
