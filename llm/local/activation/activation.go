// Package activation computes the functions that a transformer encoder applies
// to each number between its multiplications. On amd64 with AVX2 and FMA eight
// numbers are computed at once; everywhere else one after another. Errors stay
// below those of summing in float32.
package activation

// lanes is the number of values that the vector code computes at once.
const lanes = 8

// Softmax turns scores into weights that add up to 1. There must be one score at
// least.
func Softmax(scores []float32) {
	top := scores[0]
	for _, s := range scores[1:] {
		if s > top { // plainer than the built-in max, which also orders zeros
			top = s
		}
	}
	expShifted(scores, top)
	var s0, s1, s2, s3 float32 // four at once: each addition waits for the one before it
	rest := scores
	for ; len(rest) >= 4; rest = rest[4:] {
		s0 += rest[0]
		s1 += rest[1]
		s2 += rest[2]
		s3 += rest[3]
	}
	for _, v := range rest {
		s0 += v
	}
	factor := 1 / (s0 + s1 + (s2 + s3))
	for i := range scores {
		scores[i] *= factor
	}
}

// GELU computes x·Φ(x), Φ being the normal distribution (D. Hendrycks,
// K. Gimpel, "Gaussian Error Linear Units", 2016).
func GELU(x []float32) { gelu(x) }

// GELUTanh is the approximation of GELU by the hyperbolic tangent, with which
// some models were trained: x·(1+tanh u)/2 = x/(1+e^-2u).
func GELUTanh(x []float32) {
	const c = 0.7978845608028654 // √(2/π)
	var block [256]float32
	for len(x) > 0 {
		part := block[:min(len(block), len(x))]
		for i, v := range x[:len(part)] {
			part[i] = -2 * c * (v + 0.044715*v*v*v)
		}
		expShifted(part, 0)
		for i, e := range part {
			x[i] /= 1 + e
		}
		x = x[len(part):]
	}
}

// ReLU sets what is negative to 0.
func ReLU(x []float32) {
	for i, v := range x {
		if v < 0 {
			x[i] = 0
		}
	}
}
