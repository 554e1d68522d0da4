package gemm_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/viterin/vek/vek32"

	"github.com/holtdb/holt/llm/local/gemm"
)

// multiply is a form of MultiplyAdd.
type multiply func(dst []float32, strideDst int, a []float32, strideA, rows int, b *gemm.Matrix)

func random(r *rand.Rand, n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(r.NormFloat64())
	}
	return values
}

// TestMultiplyAdd holds both kernels against sums in float64, in shapes that
// fill tiles and blocks and in those that do not, with rows that stand apart.
func TestMultiplyAdd(t *testing.T) {
	kernels := map[string]multiply{"chosen": gemm.MultiplyAdd, "go": gemm.MultiplyAddGo}
	shapes := []struct{ rows, inner, columns, gap int }{
		{1, 1, 1, 0}, {6, 16, 16, 0}, {5, 3, 15, 2}, {7, 4, 17, 1}, {12, 384, 32, 0}, {13, 385, 33, 3},
		{96, 8, 16, 0}, {97, 5, 16, 0}, {100, 800, 48, 5}, {3, 769, 1, 0}, {1, 32, 100, 7},
	}
	for name, run := range kernels {
		for _, s := range shapes {
			t.Run(fmt.Sprintf("%s/%d×%d×%d", name, s.rows, s.inner, s.columns), func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, uint64(s.rows)))
				strideA, strideB, strideC := s.inner+s.gap, s.columns+s.gap, s.columns+s.gap
				a, b := random(r, s.rows*strideA), random(r, s.inner*strideB)
				before := random(r, s.rows*strideC)

				var packed, transposed gemm.Matrix
				packed.Pack(b, s.inner, s.columns, strideB)
				turned := make([]float32, s.columns*strideA)
				for k := range s.inner {
					for c := range s.columns {
						turned[c*strideA+k] = b[k*strideB+c]
					}
				}
				transposed.PackTransposed(random(r, 64*1024), 40, 1000, 1000) // what is packed twice keeps nothing
				transposed.PackTransposed(turned, s.columns, s.inner, strideA)

				for way, right := range map[string]*gemm.Matrix{"packed": &packed, "transposed": &transposed} {
					if right.Inner() != s.inner || right.Columns() != s.columns {
						t.Fatalf("%s: a matrix of %d×%d", way, right.Inner(), right.Columns())
					}
					got := append([]float32(nil), before...)
					run(got, strideC, a, strideA, s.rows, right)
					for row := range s.rows {
						for c := range strideC {
							want := float64(before[row*strideC+c])
							size := math.Abs(want)
							for k := 0; k < s.inner && c < s.columns; k++ {
								product := float64(a[row*strideA+k]) * float64(b[k*strideB+c])
								want, size = want+product, size+math.Abs(product)
							}
							if value := float64(got[row*strideC+c]); math.Abs(value-want) > 1e-6*size {
								t.Fatalf("%s: row %d column %d is %g, want %g", way, row, c, value, want)
							}
						}
					}
				}
			})
		}
	}
}

// TestNothingToMultiply leaves the destination alone.
func TestNothingToMultiply(t *testing.T) {
	var empty gemm.Matrix
	dst := []float32{7}
	gemm.MultiplyAdd(dst, 1, nil, 0, 0, &empty)
	gemm.MultiplyAdd(dst, 1, []float32{1}, 1, 1, &empty)
	if dst[0] != 7 {
		t.Errorf("the destination became %g", dst[0])
	}
}

// TestShortSlicesPanic keeps the kernels, which check nothing, from memory that
// is not theirs.
func TestShortSlicesPanic(t *testing.T) {
	var b gemm.Matrix
	b.Pack(make([]float32, 16), 4, 4, 4)
	cases := map[string]func(){
		"destination":        func() { gemm.MultiplyAdd(make([]float32, 11), 4, make([]float32, 12), 4, 3, &b) },
		"left side":          func() { gemm.MultiplyAdd(make([]float32, 12), 4, make([]float32, 11), 4, 3, &b) },
		"destination stride": func() { gemm.MultiplyAdd(make([]float32, 12), 3, make([]float32, 12), 4, 3, &b) },
		"left stride":        func() { gemm.MultiplyAdd(make([]float32, 12), 4, make([]float32, 12), 3, 3, &b) },
	}
	for name, do := range cases {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			do()
		})
	}
}

// BenchmarkMultiply compares the kernels, the loop that one would write first,
// and vek32, in the shapes of MiniLM and of a base model.
func BenchmarkMultiply(b *testing.B) {
	for _, s := range []struct{ rows, inner, columns int }{
		{16, 384, 1536}, {128, 384, 1152}, {128, 384, 1536}, {128, 1536, 384}, {256, 768, 3072}, {256, 3072, 768},
	} {
		r := rand.New(rand.NewPCG(1, 1))
		x, y, z := random(r, s.rows*s.inner), random(r, s.inner*s.columns), make([]float32, s.rows*s.columns)
		var packed gemm.Matrix
		packed.Pack(y, s.inner, s.columns, s.columns)
		ways := []struct {
			name string
			do   func()
		}{
			{"chosen", func() { gemm.MultiplyAdd(z, s.columns, x, s.inner, s.rows, &packed) }},
			{"go", func() { gemm.MultiplyAddGo(z, s.columns, x, s.inner, s.rows, &packed) }},
			{"vek32", func() { vek32.MatMul_Into(z, x, y, s.inner) }},
			{"naive", func() { naive(z, x, y, s.rows, s.inner, s.columns) }},
		}
		for _, way := range ways {
			b.Run(fmt.Sprintf("%d×%d×%d/%s", s.rows, s.inner, s.columns, way.name), func(b *testing.B) {
				for b.Loop() {
					way.do()
				}
				flops := 2 * float64(s.rows) * float64(s.inner) * float64(s.columns) * float64(b.N)
				b.ReportMetric(flops/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}

// naive multiplies by three loops in the order that suits the caches.
func naive(dst, x, y []float32, rows, inner, columns int) {
	clear(dst)
	for i := range rows {
		row := dst[i*columns:][:columns]
		for k := range inner {
			v := x[i*inner+k]
			for j, w := range y[k*columns:][:columns] {
				row[j] += v * w
			}
		}
	}
}
