package gemm

// MultiplyAddGo is MultiplyAdd with the kernel that is written in Go.
func MultiplyAddGo(dst []float32, strideDst int, a []float32, strideA, rows int, b *Matrix) {
	multiplyAdd(false, dst, strideDst, a, strideA, rows, b)
}
