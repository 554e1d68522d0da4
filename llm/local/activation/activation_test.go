package activation_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/holtdb/holt/llm/local/activation"
)

// values returns numbers over the whole range that occurs, dense around 0, and
// the ends of float32. Their count is no multiple of eight.
func values() []float32 {
	x := []float32{0, float32(math.Copysign(0, -1)), 1e-30, -1e-30, 1e-45, 500, -500, 3e38, -3e38, 87.9, -86.9, -88.5}
	for v := -20.0; v <= 20; v += 1.0 / 512 {
		x = append(x, float32(v))
	}
	for v := -87.0; v <= 88; v += 0.37 {
		x = append(x, float32(v))
	}
	if len(x)%8 == 0 {
		x = append(x, 1)
	}
	return x
}

// compare applies f to the values and holds what comes out against want, within
// an error that is relative above 1 and absolute below.
func compare(t *testing.T, f func([]float32), want func(float64) float64, tolerance func(x, want float64) float64) {
	t.Helper()
	x := values()
	got := slices.Clone(x)
	f(got)
	for i, v := range x {
		w := want(float64(v))
		if !(math.Abs(float64(got[i])-w) <= tolerance(float64(v), w)) {
			t.Fatalf("at %g: %g, want %g", v, got[i], w)
		}
	}
}

// TestExp holds both forms against the exponential of the library.
func TestExp(t *testing.T) {
	want := func(x float64) float64 { return math.Exp(min(max(x, -87), 88)) }
	relative := func(_, want float64) float64 { return 3e-7 * want }
	compare(t, func(x []float32) { activation.ExpShifted(x, 0) }, want, relative)
	compare(t, func(x []float32) { activation.ExpShiftedScalar(x, 0) }, want, relative)
	shifted := []float32{5, 6, 7, 4}
	activation.ExpShifted(shifted, 7)
	for i, w := range []float64{math.Exp(-2), math.Exp(-1), 1, math.Exp(-3)} {
		if math.Abs(float64(shifted[i])-w) > 1e-6 {
			t.Errorf("shifted: %g, want %g", shifted[i], w)
		}
	}
}

// TestGELU holds all forms against their definitions.
func TestGELU(t *testing.T) {
	// The tail of the distribution has an absolute error, which x multiplies.
	tolerance := func(x, want float64) float64 { return 2e-7*math.Abs(x) + 1e-7*math.Abs(want) + 1e-44 }
	exact := func(x float64) float64 { return x / 2 * (1 + math.Erf(x/math.Sqrt2)) }
	compare(t, activation.GELU, exact, tolerance)
	compare(t, activation.GELUScalar, exact, tolerance)
	tanh := func(x float64) float64 {
		return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
	}
	compare(t, activation.GELUTanh, tanh, func(x, _ float64) float64 { return 1e-6*math.Abs(x) + 1e-44 })
	compare(t, activation.ReLU, func(x float64) float64 { return max(x, 0) }, func(_, _ float64) float64 { return 0 })
}

// TestNotANumber is passed on: it must not become one.
func TestNotANumber(t *testing.T) {
	nan := float32(math.NaN())
	for name, f := range map[string]func([]float32){
		"GELU": activation.GELU, "GELUScalar": activation.GELUScalar, "GELUTanh": activation.GELUTanh, "Softmax": activation.Softmax,
		"exp": func(x []float32) { activation.ExpShifted(x, 0) }, "scalar exp": func(x []float32) { activation.ExpShiftedScalar(x, 0) },
	} {
		x := []float32{1, 2, nan, 3}
		if f(x); x[2] == x[2] {
			t.Errorf("%s made %g of what is no number", name, x[2])
		}
	}
}

// TestPlace gives a number the same result wherever it stands.
func TestPlace(t *testing.T) {
	x := values()[:41]
	whole := slices.Clone(x)
	activation.GELU(whole)
	for i := range x {
		alone := []float32{x[i]}
		activation.GELU(alone)
		if math.Float32bits(alone[0]) != math.Float32bits(whole[i]) {
			t.Errorf("%g alone is %g, among others %g", x[i], alone[0], whole[i])
		}
	}
	activation.GELU(nil)
	activation.ExpShifted(nil, 1)
}

// TestSoftmax holds weights against those in float64, of every length up to 40.
func TestSoftmax(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for n := 1; n <= 40; n++ {
		scores, want, total := make([]float32, n), make([]float64, n), 0.0
		for i := range scores {
			scores[i] = float32(10*r.NormFloat64() - 200)
			want[i] = math.Exp(float64(scores[i]))
			total += want[i]
		}
		activation.Softmax(scores)
		for i := range scores {
			if math.Abs(float64(scores[i])-want[i]/total) > 1e-6 {
				t.Errorf("of %d: weight %d is %g, want %g", n, i, scores[i], want[i]/total)
			}
		}
	}
}

func BenchmarkSoftmax(b *testing.B) {
	x, y := make([]float32, 128), make([]float32, 128)
	r := rand.New(rand.NewPCG(3, 3))
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	for b.Loop() {
		copy(y, x)
		activation.Softmax(y)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(x)), "ns/value")
}

func BenchmarkGELU(b *testing.B) {
	x, y := make([]float32, 1536), make([]float32, 1536)
	r := rand.New(rand.NewPCG(3, 3))
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	for name, f := range map[string]func([]float32){"chosen": activation.GELU, "scalar": activation.GELUScalar} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				copy(y, x)
				f(y)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(x)), "ns/value")
		})
	}
}
