package retrieve

import "math"

// A sketch holds rows in a quarter of their size: each number as one signed
// byte, a code, times a scale of the row. How far the sketch of a row is from
// the row is known, and so is then how far its product with a query can be from
// the true one: by the inequality of Cauchy and Schwarz at most the length of
// the difference times that of the query. A row whose sketch cannot reach what
// is wanted need not be looked at, and the search stays exact.
//
// It is kept only where the processor multiplies codes faster than float32.
type sketch struct {
	codes []int8 // rows of stride
	rows  []rowSketch
}

// rowSketch is what turns the codes of a row into bounds.
type rowSketch struct {
	scale float32 // of the codes
	off   float32 // length of the row less its sketch, rounded up
}

// querySketch is a query as whole numbers, to be multiplied with codes.
type querySketch struct {
	codes []int16 // stride
	scale float32
	reach float32 // by what off counts
	slack float32 // by what every product may be off besides
}

const (
	mostCode = 127
	// codesAtOnce is what the processor takes in one step: rows of codes are
	// filled up to it with zeros.
	codesAtOnce = 32
)

func strideOf(dim int) int { return (dim + codesAtOnce - 1) / codesAtOnce * codesAtOnce }

// sketchBytes returns the bytes of the sketch of a row.
func sketchBytes(dim int) int64 {
	if !fastCodes() {
		return 0
	}
	return int64(strideOf(dim)) + 8
}

func newSketch(dim, rows int) sketch {
	if !fastCodes() {
		return sketch{}
	}
	return sketch{codes: make([]int8, rows*strideOf(dim)), rows: make([]rowSketch, rows)}
}

func (s sketch) empty() bool { return len(s.rows) == 0 }

func (s sketch) copy(from sketch) {
	copy(s.codes, from.codes)
	copy(s.rows, from.rows)
}

// set writes the sketch of a row.
func (s sketch) set(at int, vector []float32) {
	if s.empty() {
		return
	}
	stride := strideOf(len(vector))
	codes := s.codes[at*stride : (at+1)*stride]
	scale := largest(vector) / mostCode
	off := 0.0
	for i, x := range vector {
		code := math.RoundToEven(float64(x) / float64(scale))
		codes[i] = int8(max(-mostCode, min(mostCode, code)))
		d := float64(x) - float64(scale)*float64(codes[i])
		off += d * d
	}
	s.rows[at] = rowSketch{scale: scale, off: roundUp(math.Sqrt(off))}
}

// sketchQuery returns a query of length 1 as whole numbers, so large as they
// can be without that the sum of the products overflows 32 bits.
func sketchQuery(vector []float32) querySketch {
	if !fastCodes() {
		return querySketch{}
	}
	dim := len(vector)
	most := min(math.MaxInt16, math.MaxInt32/(mostCode*dim))
	scale := largest(vector) / float32(most)
	codes := make([]int16, strideOf(dim))
	off := 0.0
	for i, x := range vector {
		code := math.RoundToEven(float64(x) / float64(scale))
		codes[i] = int16(max(-float64(most), min(float64(most), code)))
		d := float64(x) - float64(scale)*float64(codes[i])
		off += d * d
	}
	off = math.Sqrt(off)
	// With q, v of length 1 and their sketches q', v':
	// |qv - q'v'| <= |q(v-v')| + |(q-q')v'| <= |v-v'| + |q-q'|(1+|v-v'|).
	// Products of float32 are off as well, by half a last digit per number.
	const digit = 1.0 / (1 << 23)
	slack := 1.001*off + float64(dim+8)*digit
	return querySketch{codes: codes, scale: scale, reach: roundUp(1.001 + off), slack: roundUp(slack)}
}

// totals fills out with the products of the query and the first rows.
func (q querySketch) totals(out []int32, s sketch) {
	multiplyCodes(out, s.codes, q.codes)
}

// estimate returns the product of the query and a row by its sketch, and by how
// much the true one may be less or more.
func (q querySketch) estimate(total int32, row rowSketch) (score, off float32) {
	return float32(total) * q.scale * row.scale, q.reach*row.off + q.slack
}

// largest returns the largest absolute value, and never 0.
func largest(vector []float32) float32 {
	most := float32(math.SmallestNonzeroFloat32)
	for _, x := range vector {
		most = max(most, x, -x)
	}
	return most
}

// roundUp returns a float32 that is no less than x.
func roundUp(x float64) float32 { return float32(x * (1 + 1.0/(1<<20))) }
