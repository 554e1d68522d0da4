package gemm

// kernelGo is addTile for processors without a kernel in assembly. It sums two rows
// × four columns at a time, which is what the registers of most processors hold.
func kernelGo(c []float32, strideC int, a []float32, strideA int, panel []float32, inner int) {
	for row := 0; row < tileRows; row += 2 {
		a0, a1 := a[row*strideA:][:inner], a[(row+1)*strideA:][:inner]
		for column := 0; column < tileColumns; column += 4 {
			var s00, s01, s02, s03, s10, s11, s12, s13 float32
			for k, x := range a0 {
				b, y := panel[k*tileColumns+column:][:4:4], a1[k]
				s00 += x * b[0]
				s01 += x * b[1]
				s02 += x * b[2]
				s03 += x * b[3]
				s10 += y * b[0]
				s11 += y * b[1]
				s12 += y * b[2]
				s13 += y * b[3]
			}
			c0, c1 := c[row*strideC+column:][:4:4], c[(row+1)*strideC+column:][:4:4]
			c0[0] += s00
			c0[1] += s01
			c0[2] += s02
			c0[3] += s03
			c1[0] += s10
			c1[1] += s11
			c1[2] += s12
			c1[3] += s13
		}
	}
}
