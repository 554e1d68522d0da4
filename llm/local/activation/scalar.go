package activation

import "math"

// exp returns e to the power of x, with a relative error below 3e-7. Below -87,
// where float32 ends, it is the value at -87, and above 88 that at 88.
//
// x is taken apart into n·ln 2 + r with |r| ≤ ln 2 / 2; the power of r is a
// Taylor polynomial, that of n·ln 2 is written into the exponent.
func exp(x float32) float32 {
	const (
		ln2High = 0.693359375 // few bits, so that n times it is exact
		ln2Low  = math.Ln2 - ln2High
	)
	x = min(max(x, -87), 88)
	n := int32(x*math.Log2E+128.5) - 128 // the sum is positive, where conversion rounds down
	f := float32(n)
	r := x - f*ln2High - f*ln2Low
	p := 1 + r*(1+r*(1.0/2+r*(1.0/6+r*(1.0/24+r*(1.0/120+r*(1.0/720))))))
	return p * math.Float32frombits(uint32(n+127)<<23)
}

// expShiftedScalar replaces each x by the exponential of x - shift.
func expShiftedScalar(x []float32, shift float32) {
	for i, v := range x {
		x[i] = exp(v - shift)
	}
}

// geluScalar is GELU. Φ is computed from its tail by formula 7.1.26 of
// Abramowitz and Stegun, "Handbook of Mathematical Functions", whose error is
// below 1.5e-7.
func geluScalar(x []float32) {
	for i, v := range x {
		z := v * (1 / math.Sqrt2)
		if z < 0 {
			z = -z
		}
		t := 1 / (1 + 0.3275911*z)
		tail := 0.5 * t * (0.254829592 + t*(-0.284496736+t*(1.421413741+t*(-1.453152027+t*1.061405429)))) * exp(-z*z)
		if v > 0 {
			tail = 1 - tail
		}
		x[i] = v * tail
	}
}
