package retrieve

import "math"

// lowest keeps the k highest of the numbers that are added: a heap with the
// least of them on top.
type lowest struct {
	k    int
	heap []float32
	// least is the k-th highest number; below everything before there are k.
	least float32
}

func newLowest(k int) lowest { return lowest{k: k, least: float32(math.Inf(-1))} }

func (l *lowest) add(x float32) {
	h := l.heap
	switch {
	case len(h) < l.k:
		h = append(h, x)
		l.heap = h
		for i := len(h) - 1; i > 0 && h[i] < h[(i-1)/2]; i = (i - 1) / 2 {
			h[i], h[(i-1)/2] = h[(i-1)/2], h[i]
		}
	case x > h[0]:
		h[0] = x
		for i, child := 0, 1; child < len(h); child = 2*i + 1 {
			if child+1 < len(h) && h[child+1] < h[child] {
				child++
			}
			if h[i] <= h[child] {
				break
			}
			h[i], h[child] = h[child], h[i]
			i = child
		}
	}
	if len(h) == l.k {
		l.least = h[0]
	}
}
