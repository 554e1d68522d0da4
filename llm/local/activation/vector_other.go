//go:build !amd64

package activation

// expShifted replaces each x by the exponential of x - shift.
func expShifted(x []float32, shift float32) { expShiftedScalar(x, shift) }

func gelu(x []float32) { geluScalar(x) }
