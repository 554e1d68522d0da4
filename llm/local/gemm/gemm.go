// Package gemm multiplies matrices of float32 values in one goroutine, in the
// shapes of a transformer encoder: a few hundred rows of activations times a
// matrix of weights that is known beforehand.
//
// The right-hand matrix is packed once into panels of 16 columns, which is the
// order in which the kernel reads it. On amd64 with AVX2 and FMA the kernel is
// written in assembly; everywhere else it is plain Go. The method is the usual
// one of blocking for the registers and the caches: K. Goto, R. van de Geijn,
// "Anatomy of High-Performance Matrix Multiplication", 2008.
package gemm

// Size of the block of the product that a kernel keeps in registers, and how
// the operands are divided so that a panel stays in the first cache (16 × 384 ×
// 4 bytes = 24 KiB) and a block of left-hand rows in the second.
const (
	tileRows    = 6
	tileColumns = 16
	depth       = 384
	blockRows   = 16 * tileRows
)

// Matrix is a right-hand operand, packed into panels. The zero value is an
// empty one; a Matrix may be packed again, which reuses its memory.
type Matrix struct {
	inner, columns int
	panels         []float32 // [panel][inner][tileColumns], the last one filled up with zeros
}

// Inner returns the number of rows of the matrix: the length over which the
// product sums.
func (m *Matrix) Inner() int { return m.inner }

// Columns returns the number of columns of the matrix.
func (m *Matrix) Columns() int { return m.columns }

// PackTransposed packs the transpose of src, which has a row of inner values
// for each column of m; the rows of src are stride values apart. Weights of
// linear layers are stored so: a row for each output.
func (m *Matrix) PackTransposed(src []float32, columns, inner, stride int) {
	m.resize(inner, columns)
	for column := range columns {
		row := src[column*stride:][:inner]
		panel := m.panels[column/tileColumns*tileColumns*inner:][:tileColumns*inner]
		for k, at := 0, column%tileColumns; k < len(row); k, at = k+1, at+tileColumns {
			panel[at] = row[k]
		}
	}
	m.clearRest()
}

// Pack packs src, which has inner rows of columns values, stride values apart.
func (m *Matrix) Pack(src []float32, inner, columns, stride int) {
	m.resize(inner, columns)
	for first := 0; first < columns; first += tileColumns {
		width := min(tileColumns, columns-first)
		panel := m.panels[first*inner:][:tileColumns*inner]
		for k := range inner {
			copy(panel[k*tileColumns:][:width], src[k*stride+first:])
		}
	}
	m.clearRest()
}

// resize gives m room for its panels.
func (m *Matrix) resize(inner, columns int) {
	m.inner, m.columns = inner, columns
	size := (columns + tileColumns - 1) / tileColumns * tileColumns * inner
	if cap(m.panels) < size {
		m.panels = make([]float32, size)
	}
	m.panels = m.panels[:size]
}

// clearRest sets the columns of the last panel to zero that are none of m's: a
// kernel reads them, and memory that is used again may hold anything there.
func (m *Matrix) clearRest() {
	used := m.columns % tileColumns
	if used == 0 {
		return
	}
	last := m.panels[m.columns/tileColumns*tileColumns*m.inner:]
	for k := range m.inner {
		clear(last[k*tileColumns+used : (k+1)*tileColumns])
	}
}

// MultiplyAdd adds the product a·b to dst. The rows of a have b.Inner() values
// and are strideA values apart, those of dst b.Columns() values, strideDst
// apart. dst must not overlap a. It panics when a slice is too short.
func MultiplyAdd(dst []float32, strideDst int, a []float32, strideA, rows int, b *Matrix) {
	multiplyAdd(Accelerated(), dst, strideDst, a, strideA, rows, b)
}

func multiplyAdd(fast bool, dst []float32, strideDst int, a []float32, strideA, rows int, b *Matrix) {
	if rows == 0 || b.inner == 0 || b.columns == 0 {
		return
	}
	// One check here lets the kernels do without.
	_, _ = dst[(rows-1)*strideDst+b.columns-1], a[(rows-1)*strideA+b.inner-1]
	if strideDst < b.columns || strideA < b.inner {
		panic("gemm: rows overlap")
	}
	for from := 0; from < b.inner; from += depth {
		inner := min(depth, b.inner-from)
		for first := 0; first < rows; first += blockRows {
			block := min(blockRows, rows-first)
			multiplyBlock(fast, dst[first*strideDst:], strideDst, a[first*strideA+from:], strideA, block, b, from, inner)
		}
	}
}

// multiplyBlock multiplies a block of rows by the rows from, from+1, … of b.
func multiplyBlock(fast bool, dst []float32, strideDst int, a []float32, strideA, rows int, b *Matrix, from, inner int) {
	whole := rows - rows%tileRows
	var rest [tileRows * depth]float32 // the rows that fill no tile, followed by zeros
	for r := range rows - whole {
		copy(rest[r*depth:][:inner], a[(whole+r)*strideA:])
	}
	for first := 0; first < b.columns; first += tileColumns {
		panel := b.panels[first*b.inner+from*tileColumns:][:inner*tileColumns]
		width := min(tileColumns, b.columns-first)
		for r := 0; r < whole; r += tileRows {
			if width == tileColumns {
				addTile(fast, dst[r*strideDst+first:], strideDst, a[r*strideA:], strideA, panel, inner)
			} else {
				edge(fast, dst[r*strideDst+first:], strideDst, tileRows, width, a[r*strideA:], strideA, panel, inner)
			}
		}
		if whole < rows {
			edge(fast, dst[whole*strideDst+first:], strideDst, rows-whole, width, rest[:], depth, panel, inner)
		}
	}
}

// edge computes a tile that does not fit into dst beside it, and adds the part
// that does.
func edge(fast bool, dst []float32, strideDst, rows, width int, a []float32, strideA int, panel []float32, inner int) {
	var tile [tileRows * tileColumns]float32
	addTile(fast, tile[:], tileColumns, a, strideA, panel, inner)
	for r := range rows {
		out := dst[r*strideDst:][:width]
		for c, v := range tile[r*tileColumns:][:width] {
			out[c] += v
		}
	}
}
