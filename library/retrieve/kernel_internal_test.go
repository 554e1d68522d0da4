package retrieve

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestMultiplyCodes holds the processor's way against plain Go, at the bounds
// of the numbers as well.
func TestMultiplyCodes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, stride := range []int{32, 64, 96, 384, 1024} {
		for rows := range 14 {
			most := min(math.MaxInt16, math.MaxInt32/(mostCode*stride))
			for _, extreme := range []bool{false, true} {
				codes, query := make([]int8, rows*stride), make([]int16, stride)
				for i := range codes {
					codes[i] = int8(rng.IntN(2*mostCode+1) - mostCode)
					if extreme {
						codes[i] = -mostCode
					}
				}
				for i := range query {
					query[i] = int16(rng.IntN(2*most+1) - most)
					if extreme {
						query[i] = int16(most)
					}
				}
				got, want := make([]int32, rows+1), make([]int32, rows+1)
				got[rows], want[rows] = 42, 42
				multiplyCodes(got[:rows], codes, query)
				multiplyPortable(want[:rows], codes, query)
				if !slices.Equal(got, want) {
					t.Fatalf("%d rows of %d: got %v, want %v", rows, stride, got, want)
				}
				for i := range rows {
					sum := int64(0)
					for j, c := range codes[i*stride : (i+1)*stride] {
						sum += int64(c) * int64(query[j])
					}
					if sum != int64(want[i]) {
						t.Fatalf("the sum %d overflows", sum)
					}
				}
			}
		}
	}
}

func TestDot(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for n := range 150 {
		a, b := make([]float32, n+1), make([]float32, n+1)
		want := 0.0
		for i := range a {
			a[i], b[i] = float32(rng.NormFloat64()), float32(rng.NormFloat64())
			want += float64(a[i]) * float64(b[i])
		}
		for _, got := range []float32{dot(a, b), dotPortable(a, b)} {
			if math.Abs(float64(got)-want) > 1e-4 {
				t.Errorf("%d numbers: %v, want %v", n+1, got, want)
			}
		}
	}
}

// TestSketch_Bounds is what the search rests on: the true product never lies
// beyond what the sketch allows, and the bound is of use.
func TestSketch_Bounds(t *testing.T) {
	if !fastCodes() {
		t.Skip("no sketches on this processor")
	}
	rng := rand.New(rand.NewPCG(3, 3))
	for _, dim := range []int{1, 3, 32, 384, 1536, 4096, 20000} {
		widest := float32(0)
		for range 60 {
			row, asked := make([]float32, dim), make([]float32, dim)
			for i := range row {
				row[i], asked[i] = float32(rng.NormFloat64()), float32(rng.NormFloat64())
			}
			if rng.IntN(2) == 0 {
				copy(asked, row) // nothing is nearer
			}
			if rng.IntN(3) == 0 {
				row[rng.IntN(dim)] *= 300
			}
			for _, v := range [][]float32{row, asked} {
				length, err := lengthOf(v)
				if err != nil {
					t.Fatal(err)
				}
				scaled(v, v, length)
			}
			s, q := newSketch(dim, 1), sketchQuery(asked)
			s.set(0, row)
			var totals [1]int32
			q.totals(totals[:], s)
			score, off := q.estimate(totals[0], s.rows[0])
			exact := 0.0
			for i, x := range row {
				exact += float64(x) * float64(asked[i])
			}
			for _, product := range []float64{exact, float64(dot(row, asked)), float64(dotPortable(row, asked))} {
				if product > float64(score+off) || product < float64(score-off) {
					t.Fatalf("dim %d: %v is not within %v of %v", dim, product, off, score)
				}
			}
			widest = max(widest, off)
		}
		if dim == 384 && widest > 0.1 {
			t.Errorf("a bound of %v says nothing", widest)
		}
	}
}
