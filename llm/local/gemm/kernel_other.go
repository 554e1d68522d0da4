//go:build !amd64

package gemm

// Accelerated reports whether this processor has the instructions that the fast
// kernel needs. There is none for this architecture.
func Accelerated() bool { return false }

// addTile adds to the tile at the start of c the product of tileRows rows of a
// and the inner rows of a panel.
func addTile(_ bool, c []float32, strideC int, a []float32, strideA int, panel []float32, inner int) {
	kernelGo(c, strideC, a, strideA, panel, inner)
}
