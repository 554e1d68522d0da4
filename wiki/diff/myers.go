package diff

import "math"

// search finds a shortest edit script by Myers' algorithm in linear space
// ("An O(ND) Difference Algorithm and Its Variations", 1986): from both ends of
// a range it follows, diagonal by diagonal, the paths that get furthest with one
// more edit, until two of them meet; there the range is split.
type search struct {
	a, b               []int
	changedA, changedB []bool
	// forward and backward hold, for each diagonal x−y, how far the path on it
	// has come in a. They are indexed from the lowest diagonal on.
	forward, backward []int
	origin            int
	// limit is how many edits are tried from each end before a range is split at
	// the best path so far. As a split then gets on by at least as many elements,
	// the whole work is bounded by limit × (len(a)+len(b)).
	limit int
}

const (
	maxWork  = 1 << 25 // steps
	minLimit = 32
	maxLimit = 2048
)

// newSearch prepares a search.
func newSearch(a, b []int) *search {
	total := len(a) + len(b)
	return &search{
		a: a, b: b,
		changedA: make([]bool, len(a)), changedB: make([]bool, len(b)),
		forward: make([]int, total+3), backward: make([]int, total+3),
		origin: len(b) + 1,
		limit:  max(minLimit, min(maxLimit, maxWork/(total+1))),
	}
}

// run marks what changed between a[x:endX] and b[y:endY].
func (s *search) run(x, endX, y, endY int) {
	for {
		for x < endX && y < endY && s.a[x] == s.b[y] {
			x++
			y++
		}
		for x < endX && y < endY && s.a[endX-1] == s.b[endY-1] {
			endX--
			endY--
		}
		if x == endX || y == endY {
			mark(s.changedA[x:endX])
			mark(s.changedB[y:endY])
			return
		}
		midX, midY := s.split(x, endX, y, endY)
		s.run(x, midX, y, midY)
		x, y = midX, midY
	}
}

func mark(changed []bool) {
	for i := range changed {
		changed[i] = true
	}
}

// diagonals is the range of diagonals that paths have reached.
type diagonals struct{ low, high int }

// widen lets paths reach one more diagonal on each side, as far as the range
// allows, and writes unreached beside them.
func (d *diagonals) widen(least, most int, reached []int, origin, unreached int) {
	if d.low > least {
		d.low--
		reached[origin+d.low-1] = unreached
	} else {
		d.low++
	}
	if d.high < most {
		d.high++
		reached[origin+d.high+1] = unreached
	} else {
		d.high--
	}
}

// split returns a point on a shortest path through a range, neither of whose
// sides can be empty and whose first and last elements differ. Beyond the limit
// it returns a point on the best path so far.
func (s *search) split(x, endX, y, endY int) (int, int) {
	least, most := x-endY, endX-y
	first, last := x-y, endX-endY
	s.forward[s.origin+first], s.backward[s.origin+last] = x, endX
	f, b := diagonals{first, first}, diagonals{last, last}
	meetForward := (first-last)%2 != 0
	for edits := 1; ; edits++ {
		f.widen(least, most, s.forward, s.origin, -1)
		for d := f.high; d >= f.low; d -= 2 {
			at := s.advance(d, endX, endY)
			if meetForward && d >= b.low && d <= b.high && s.backward[s.origin+d] <= at {
				return at, at - d
			}
		}
		b.widen(least, most, s.backward, s.origin, math.MaxInt)
		for d := b.high; d >= b.low; d -= 2 {
			at := s.retreat(d, x, y)
			if !meetForward && d >= f.low && d <= f.high && at <= s.forward[s.origin+d] {
				return at, at - d
			}
		}
		if edits >= s.limit {
			return s.best(f, b, x, endX, y, endY)
		}
	}
}

// advance takes the forward path on diagonal d one edit further and returns how
// far it gets in a.
func (s *search) advance(d, endX, endY int) int {
	x := max(s.forward[s.origin+d-1]+1, s.forward[s.origin+d+1])
	for y := x - d; x < endX && y < endY && s.a[x] == s.b[y]; y++ {
		x++
	}
	s.forward[s.origin+d] = x
	return x
}

// retreat is advance for the path from the end.
func (s *search) retreat(d, startX, startY int) int {
	x := min(s.backward[s.origin+d-1], s.backward[s.origin+d+1]-1)
	for y := x - d; x > startX && y > startY && s.a[x-1] == s.b[y-1]; y-- {
		x--
	}
	s.backward[s.origin+d] = x
	return x
}

// best returns the end of the path that has come furthest from its start.
func (s *search) best(f, b diagonals, x, endX, y, endY int) (int, int) {
	most, bestX, bestY := -1, x, y
	for d := f.low; d <= f.high; d += 2 {
		atX := min(s.forward[s.origin+d], endX, endY+d)
		if atY := atX - d; atX >= x && atY >= y && atX+atY-x-y > most {
			most, bestX, bestY = atX+atY-x-y, atX, atY
		}
	}
	for d := b.low; d <= b.high; d += 2 {
		atX := max(s.backward[s.origin+d], x, y+d)
		if atY := atX - d; atX <= endX && atY <= endY && endX+endY-atX-atY > most {
			most, bestX, bestY = endX+endY-atX-atY, atX, atY
		}
	}
	return bestX, bestY
}
