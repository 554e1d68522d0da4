package retrieve

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
)

// ErrVector means that a vector is of another dimension than the others, is
// zero or has values that are no finite numbers.
var ErrVector = errors.New("not a usable vector")

// Rows of a block. The first block of a matrix begins with the least and
// doubles, so that a small library costs little; the others have the most.
const (
	leastRows = 16
	mostRows  = 256
)

// Matrix is the vectors of one tenant in memory: a row of dim float32 for each
// passage, with the ids of the passage and of its page. It only grows.
//
// It is for concurrent use. Rows are written once, behind those that can be
// seen, and are then made visible by one atomic store: a search sees all rows
// that were appended before it began and waits for no appending.
type Matrix struct {
	dim     int
	appends sync.Mutex

	// rows is stored after blocks and loaded before it: whoever sees a count
	// sees blocks that have so many rows.
	rows   atomic.Int64
	blocks atomic.Pointer[[]*block]
}

// block is some rows in one piece, filled from the front.
type block struct {
	vectors  []float32 // rows of dim, of length 1
	sketch   sketch    // the rows in short
	passages []int64
	chunks   []int64
}

// NewMatrix returns an empty matrix for vectors with dim numbers.
func NewMatrix(dim int) *Matrix {
	m := &Matrix{dim: dim}
	m.blocks.Store(&[]*block{})
	return m
}

// Dim returns the numbers in a row.
func (m *Matrix) Dim() int { return m.dim }

// Len returns the number of rows.
func (m *Matrix) Len() int { return int(m.rows.Load()) }

// Bytes returns the memory that the matrix takes, its spare rows included.
func (m *Matrix) Bytes() int64 { return Footprint(m.dim, m.Len()) }

// Footprint returns the bytes of a matrix with so many rows of dim numbers.
func Footprint(dim, rows int) int64 {
	held := int64(0)
	if rows > 0 {
		held = int64(capacity(0, rows))
		if rows > mostRows {
			held = int64((rows + mostRows - 1) / mostRows * mostRows)
		}
	}
	const ids = 16
	return held * (4*int64(dim) + sketchBytes(dim) + ids)
}

// capacity returns the rows of a block that has to hold at least rows.
func capacity(had, rows int) int {
	n := max(had, leastRows)
	for n < min(rows, mostRows) {
		n *= 2
	}
	return n
}

// Append adds a row for a passage of a page (chunk). The vector is copied and
// brought to length 1. The error is [ErrVector].
func (m *Matrix) Append(passage, chunk int64, vector []float32) error {
	if len(vector) != m.dim {
		return fmt.Errorf("%w: %d numbers where the others have %d", ErrVector, len(vector), m.dim)
	}
	length, err := lengthOf(vector)
	if err != nil {
		return err
	}
	m.appends.Lock()
	defer m.appends.Unlock()
	row := int(m.rows.Load())
	b, at := m.blockFor(row), row%mostRows
	into := b.vectors[at*m.dim : (at+1)*m.dim]
	scaled(into, vector, length)
	b.sketch.set(at, into)
	b.passages[at], b.chunks[at] = passage, chunk
	m.rows.Store(int64(row + 1))
	return nil
}

// blockFor returns the block of a new row. A list of blocks and a block that
// readers may hold are replaced, not changed.
func (m *Matrix) blockFor(row int) *block {
	blocks := *m.blocks.Load()
	n, at := row/mostRows, row%mostRows
	if n < len(blocks) && at < len(blocks[n].passages) {
		return blocks[n]
	}
	size := mostRows
	if n == 0 {
		size = capacity(at, at+1)
	}
	grown := newBlock(m.dim, size)
	if n < len(blocks) {
		grown.copy(blocks[n])
	}
	list := append(make([]*block, 0, n+1), blocks[:n]...)
	list = append(list, grown)
	m.blocks.Store(&list)
	return grown
}

func newBlock(dim, rows int) *block {
	return &block{
		vectors:  make([]float32, rows*dim),
		sketch:   newSketch(dim, rows),
		passages: make([]int64, rows),
		chunks:   make([]int64, rows),
	}
}

func (b *block) copy(from *block) {
	copy(b.vectors, from.vectors)
	b.sketch.copy(from.sketch)
	copy(b.passages, from.passages)
	copy(b.chunks, from.chunks)
}

// lengthOf returns the length of a vector, 1 where it is so near to it that
// nothing is to be done.
func lengthOf(vector []float32) (float64, error) {
	sum := 0.0
	for _, x := range vector {
		sum += float64(x) * float64(x)
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) || sum == 0 {
		return 0, fmt.Errorf("%w: its length is %v", ErrVector, math.Sqrt(sum))
	}
	const near = 1e-6
	if math.Abs(sum-1) < near {
		return 1, nil
	}
	return math.Sqrt(sum), nil
}

// scaled writes a vector that has the given length at length 1.
func scaled(into, vector []float32, length float64) {
	if length == 1 {
		copy(into, vector)
		return
	}
	for i, x := range vector {
		into[i] = float32(float64(x) / length)
	}
}
