package gemm

import "golang.org/x/sys/cpu"

// Accelerated reports whether this processor has the instructions that the fast
// kernel needs: AVX2 and FMA.
func Accelerated() bool { return cpu.X86.HasAVX2 && cpu.X86.HasFMA }

// addTile adds to the tile at the start of c the product of tileRows rows of a
// and the inner rows of a panel.
func addTile(fast bool, c []float32, strideC int, a []float32, strideA int, panel []float32, inner int) {
	if fast {
		kernelAVX2(&c[0], strideC, &a[0], strideA, &panel[0], inner)
	} else {
		kernelGo(c, strideC, a, strideA, panel, inner)
	}
}

// kernelAVX2 is addTile in assembly. It checks no bounds.
//
//go:noescape
func kernelAVX2(c *float32, strideC int, a *float32, strideA int, panel *float32, inner int)
