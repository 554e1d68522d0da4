package retrieve

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// rowsPerWorker is from how many rows on another goroutine pays.
const rowsPerWorker = 16 << 10

// Near is a passage that was found by its vector.
type Near struct {
	Passage, Chunk int64
	Score          float64 // the cosine of the angle to the query, -1 to 1
}

// Nearest returns the k passages with the highest cosine to the query, best
// first, equal ones by their ids. Every row is looked at: nothing is missed.
// keep says which pages count at all, before ranking; nil means all. It may be
// called from several goroutines, and only for pages that could be among the
// best. The error is [ErrVector], or the context's.
func (m *Matrix) Nearest(ctx context.Context, query []float32, k int, keep func(chunk int64) bool) ([]Near, error) {
	q, err := prepare(query, m.dim)
	if err != nil {
		return nil, err
	}
	if k <= 0 {
		return nil, nil
	}
	rows := m.Len()
	blocks := (*m.blocks.Load())[:(rows+mostRows-1)/mostRows]
	found := make([]finder, max(1, min(runtime.GOMAXPROCS(0), rows/rowsPerWorker)))
	var next atomic.Int64
	// The goroutines are waited for by the blocks that they took, so that on a
	// busy machine nobody waits for one that never got to run.
	var pending sync.WaitGroup
	pending.Add(len(blocks))
	work := func(f *finder) {
		n := int(next.Add(1)) - 1
		if n >= len(blocks) {
			return
		}
		*f = newFinder(q, k, keep)
		taken := 0
		for ; n < len(blocks); n = int(next.Add(1)) - 1 {
			taken++
			if ctx.Err() == nil {
				f.search(blocks[n], min(mostRows, rows-n*mostRows))
			}
		}
		f.finish()
		pending.Add(-taken)
	}
	for i := range found[1:] {
		go work(&found[i+1])
	}
	work(&found[0])
	pending.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("search vectors: %w", err)
	}
	var all []Near
	for _, f := range found {
		all = append(all, f.best.list...)
	}
	slices.SortFunc(all, compareNear)
	return all[:min(len(all), k)], nil
}

// finder collects the nearest rows of some blocks. It is for one goroutine.
type finder struct {
	query  query
	best   top // of the rows as they are
	filter filter

	lower      lowest // what the best rows have at least, by their sketches
	candidates []candidate
	totals     [mostRows]int32 // scratch
}

// candidate is a row whose sketch says that it could be among the best.
type candidate struct {
	block *block
	row   int
	upper float32 // what its score is at most
}

func newFinder(q query, k int, keep func(chunk int64) bool) finder {
	return finder{query: q, best: newTop(k), filter: filter{keep: keep}, lower: newLowest(k)}
}

// search looks at the first rows of a block.
func (f *finder) search(b *block, rows int) {
	if !b.sketch.empty() {
		f.choose(b, rows)
		return
	}
	for i := range rows {
		f.weigh(b, i)
	}
}

// choose looks at the sketches of the first rows of a block and notes which of
// the rows have to be looked at as they are.
func (f *finder) choose(b *block, rows int) {
	f.query.sketch.totals(f.totals[:rows], b.sketch)
	for i, total := range f.totals[:rows] {
		score, off := f.query.sketch.estimate(total, b.sketch.rows[i])
		if score+off >= f.lower.least && f.filter.keeps(b.chunks[i]) {
			f.lower.add(score - off)
			f.candidates = append(f.candidates, candidate{b, i, score + off})
		}
	}
}

// finish looks at the chosen rows.
func (f *finder) finish() {
	for _, c := range f.candidates {
		if c.upper >= f.lower.least {
			f.weigh(c.block, c.row)
		}
	}
}

// weigh takes a row among the best if it belongs there.
func (f *finder) weigh(b *block, i int) {
	dim := len(f.query.vector)
	score := dot(f.query.vector, b.vectors[i*dim:(i+1)*dim])
	if score >= f.best.least && f.filter.keeps(b.chunks[i]) {
		f.best.add(Near{Passage: b.passages[i], Chunk: b.chunks[i], Score: float64(score)})
	}
}

// filter asks once for the passages of a page that follow one another.
type filter struct {
	keep  func(chunk int64) bool
	asked bool
	chunk int64
	kept  bool
}

func (f *filter) keeps(chunk int64) bool {
	if f.keep == nil {
		return true
	}
	if !f.asked || f.chunk != chunk {
		f.asked, f.chunk, f.kept = true, chunk, f.keep(chunk)
	}
	return f.kept
}

// query is what rows are compared with.
type query struct {
	vector []float32 // of length 1
	sketch querySketch
}

func prepare(vector []float32, dim int) (query, error) {
	if len(vector) != dim {
		return query{}, fmt.Errorf("%w: the query has %d numbers, the passages have %d", ErrVector, len(vector), dim)
	}
	length, err := lengthOf(vector)
	if err != nil {
		return query{}, err
	}
	unit := make([]float32, dim)
	scaled(unit, vector, length)
	return query{vector: unit, sketch: sketchQuery(unit)}, nil
}
