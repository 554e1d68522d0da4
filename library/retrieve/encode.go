package retrieve

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Encode returns a vector as it is stored: little-endian float32.
func Encode(vector []float32) []byte {
	out := make([]byte, 0, 4*len(vector))
	for _, x := range vector {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x))
	}
	return out
}

// Decode appends the dim numbers of a stored vector to dst. The error is
// [ErrVector].
func Decode(dst []float32, stored []byte, dim int) ([]float32, error) {
	if len(stored) != 4*dim {
		return dst, fmt.Errorf("%w: %d bytes are not %d numbers", ErrVector, len(stored), dim)
	}
	for ; len(stored) >= 4; stored = stored[4:] {
		dst = append(dst, math.Float32frombits(binary.LittleEndian.Uint32(stored)))
	}
	return dst, nil
}
