package retrieve

// dotPortable returns the product of two vectors of one length.
func dotPortable(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		x, y := a[i:i+4:i+4], b[i:i+4:i+4]
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + (s2 + s3)
}

// multiplyPortable is multiplyCodes in plain Go.
func multiplyPortable(out []int32, codes []int8, query []int16) {
	for i := range out {
		sum := int32(0)
		for j, c := range codes[i*len(query) : (i+1)*len(query)] {
			sum += int32(c) * int32(query[j])
		}
		out[i] = sum
	}
}
