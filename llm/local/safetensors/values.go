package safetensors

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// Errors of reading values.
var (
	ErrMissing = errors.New("no such tensor")
	ErrType    = errors.New("tensor is of another type")
)

// window is the number of bytes that are converted at once.
const window = 1 << 18

// Float32s returns the values of a tensor of type F32, F16 or BF16, the last
// dimension running fastest. The error matches ErrMissing or ErrType when the
// file has no such tensor or its values are of another type.
func (f *File) Float32s(name string) ([]float32, error) {
	t, ok := f.tensors[name]
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrMissing, name)
	}
	var convert func(dst []float32, src []byte)
	switch t.Type {
	case "F32":
		convert = fromF32
	case "F16":
		convert = fromF16
	case "BF16":
		convert = fromBF16
	default:
		return nil, fmt.Errorf("%w: %q holds %s, wanted are F32, F16 or BF16", ErrType, name, t.Type)
	}
	values := make([]float32, t.Len())
	size, _ := sizeOf(t.Type)
	source := io.NewSectionReader(f.source, t.start, t.end-t.start)
	buffer := make([]byte, min(window, t.end-t.start))
	for done := 0; done < len(values); {
		part := buffer[:min(int64(len(buffer)), int64(len(values)-done)*size)]
		if _, err := io.ReadFull(source, part); err != nil {
			return nil, fmt.Errorf("read tensor %q: %w", name, err)
		}
		n := len(part) / int(size)
		convert(values[done:done+n], part)
		done += n
	}
	return values, nil
}

func fromF32(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
	}
}

// fromBF16 converts bfloat16: the upper half of a float32.
func fromBF16(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(src[2*i:])) << 16)
	}
}

// fromF16 converts IEEE 754 binary16: a sign, five bits of exponent with the
// bias 15 and ten of fraction.
func fromF16(dst []float32, src []byte) {
	for i := range dst {
		bits := uint32(binary.LittleEndian.Uint16(src[2*i:]))
		sign, exponent, fraction := bits>>15<<31, bits>>10&0x1f, bits&0x3ff
		switch exponent {
		case 0: // zero and what is too small for an exponent
			dst[i] = float32(fraction) / (1 << 24)
			if sign != 0 {
				dst[i] = -dst[i]
			}
		case 0x1f: // infinity and what is no number
			dst[i] = math.Float32frombits(sign | 0xff<<23 | fraction<<13)
		default:
			dst[i] = math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
		}
	}
}
