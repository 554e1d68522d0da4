package activation

import "golang.org/x/sys/cpu"

// accelerated reports whether this processor has the instructions of the vector
// code.
func accelerated() bool { return cpu.X86.HasAVX2 && cpu.X86.HasFMA }

// expShifted replaces each x by the exponential of x - shift.
func expShifted(x []float32, shift float32) {
	if !accelerated() {
		expShiftedScalar(x, shift)
		return
	}
	whole := len(x) &^ (lanes - 1)
	if whole > 0 {
		expShiftedAVX2(&x[0], whole, shift)
	}
	// What is left is computed by the same code, so that a number does not depend
	// on how many stand beside it.
	if rest := x[whole:]; len(rest) > 0 {
		var full [lanes]float32
		copy(full[:], rest)
		expShiftedAVX2(&full[0], lanes, shift)
		copy(rest, full[:])
	}
}

func gelu(x []float32) {
	if !accelerated() {
		geluScalar(x)
		return
	}
	whole := len(x) &^ (lanes - 1)
	if whole > 0 {
		geluAVX2(&x[0], whole)
	}
	if rest := x[whole:]; len(rest) > 0 {
		var full [lanes]float32
		copy(full[:], rest)
		geluAVX2(&full[0], lanes)
		copy(rest, full[:])
	}
}

// expShiftedAVX2 is expShifted for n values, a multiple of lanes above 0.
//
//go:noescape
func expShiftedAVX2(x *float32, n int, shift float32)

// geluAVX2 is GELU for n values, a multiple of lanes above 0.
//
//go:noescape
func geluAVX2(x *float32, n int)
