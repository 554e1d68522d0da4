//go:build !amd64

package retrieve

// fastCodes reports whether codes are multiplied faster than float32.
func fastCodes() bool { return false }

func dot(a, b []float32) float32 { return dotPortable(a, b) }

// multiplyCodes fills out with the products of the query and rows of codes of
// its length.
func multiplyCodes(out []int32, codes []int8, query []int16) { multiplyPortable(out, codes, query) }
