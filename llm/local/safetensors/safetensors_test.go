package safetensors_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/llm/local/safetensors"
)

// file builds a file of a header and data.
func file(header string, data []byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

func open(b []byte) (*safetensors.File, error) {
	return safetensors.Open(bytes.NewReader(b), int64(len(b)))
}

func MustOpen(tb testing.TB, b []byte) *safetensors.File {
	tb.Helper()
	f, err := open(b)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// TestValues reads each type, with values written out by hand.
func TestValues(t *testing.T) {
	header := `{"__metadata__":{"format":"pt"},
		"half":{"dtype":"F16","shape":[2,4],"data_offsets":[8,24]},
		"single":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
		"brain":{"dtype":"BF16","shape":[3],"data_offsets":[24,30]},
		"none":{"dtype":"F32","shape":[0,5],"data_offsets":[30,30]},
		"one":{"dtype":"F16","shape":[],"data_offsets":[30,32]},
		"ids":{"dtype":"I64","shape":[1],"data_offsets":[32,40]}}   `
	data := []byte{
		0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x20, 0xc0, // 1, -2.5
		0x00, 0x3c, 0x00, 0xc1, 0xff, 0x7b, 0x01, 0x00, // 1, -2.5, 65504, 2^-24
		0x00, 0x80, 0xff, 0x83, 0x55, 0x35, 0x00, 0x7c, // -0, -1023·2^-24, 0.333…, infinity
		0x80, 0x3f, 0x20, 0xc0, 0xab, 0x3e, // 1, -2.5, 0.333…
		0x00, 0x40, // 2
		1, 0, 0, 0, 0, 0, 0, 0,
	}
	f := MustOpen(t, file(header, data))
	cases := []struct {
		name  string
		shape []int
		want  []float32
	}{
		{"single", []int{2}, []float32{1, -2.5}},
		{"half", []int{2, 4}, []float32{1, -2.5, 65504, 1.0 / (1 << 24), float32(math.Copysign(0, -1)), -1023.0 / (1 << 24), 0.333251953125, float32(math.Inf(1))}},
		{"brain", []int{3}, []float32{1, -2.5, 0.333984375}},
		{"none", []int{0, 5}, []float32{}},
		{"one", nil, []float32{2}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tensor, ok := f.Tensor(c.name)
			if !ok || !slices.Equal(tensor.Shape, c.shape) || tensor.Len() != len(c.want) {
				t.Errorf("the entry is %+v", tensor)
			}
			got, err := f.Float32s(c.name)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(got, c.want, func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }) {
				t.Errorf("values %v, want %v", got, c.want)
			}
		})
	}
	if _, err := f.Float32s("other"); !errors.Is(err, safetensors.ErrMissing) {
		t.Errorf("a missing tensor: %v", err)
	}
	if _, err := f.Float32s("ids"); !errors.Is(err, safetensors.ErrType) {
		t.Errorf("a tensor of integers: %v", err)
	}
	if want := []string{"brain", "half", "ids", "none", "one", "single"}; !slices.Equal(f.Names(), want) {
		t.Errorf("names %q, want %q", f.Names(), want)
	}
}

// TestLongTensor reads more values than are converted at once.
func TestLongTensor(t *testing.T) {
	const n = 200_001
	var data []byte
	for i := range n {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(i)))
	}
	f := MustOpen(t, file(`{"a":{"dtype":"F32","shape":[200001],"data_offsets":[0,800004]}}`, data))
	values, err := f.Float32s("a")
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range values {
		if v != float32(i) {
			t.Fatalf("value %d is %g", i, v)
		}
	}
}

// TestHostileFiles are refused with a reason.
func TestHostileFiles(t *testing.T) {
	eight := make([]byte, 8)
	huge := file("", nil)
	binary.LittleEndian.PutUint64(huge, math.MaxUint64)
	longHeader := file("{"+strings.Repeat(" ", safetensors.MaxHeader)+"}", nil)
	cases := []struct {
		name string
		file []byte
		want string // a part of the reason
	}{
		{"empty", nil, "0 bytes"},
		{"short", []byte{1, 2, 3}, "3 bytes"},
		{"huge header", huge, "cut off"},
		{"cut in the header", file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, nil)[:30], "cut off"},
		{"long header", longHeader, "more than"},
		{"no header", file("", nil), "no header"},
		{"no object", file("[]", nil), "no JSON object"},
		{"unfinished object", file(`{"a":`, nil), "EOF"},
		{"unclosed object", file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`, eight), "EOF"},
		{"two objects", file(`{}{}`, nil), "follows"},
		{"entry no object", file(`{"a":7}`, nil), "cannot unmarshal"},
		{"metadata no strings", file(`{"__metadata__":{"a":{}}}`, nil), "metadata"},
		{"unknown type", file(`{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}`, eight), "unknown type"},
		{"no offsets", file(`{"a":{"dtype":"F32","shape":[2]}}`, eight), "offsets"},
		{"one offset", file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}`, eight), "offsets"},
		{"offsets turned", file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}`, eight), "offsets"},
		{"negative offset", file(`{"a":{"dtype":"F32","shape":[4],"data_offsets":[-8,8]}}`, eight), "offsets"},
		{"fraction of an offset", file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8.5]}}`, eight), "cannot unmarshal"},
		{"past the end", file(`{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}`, eight), "cut off"},
		{"too little", file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, eight), "holds 8"},
		{"negative dimension", file(`{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}`, eight), "shape"},
		{"huge dimension", file(`{"a":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,8]}}`, eight), "shape"},
		{"overflowing product", file(`{"a":{"dtype":"F32","shape":[2147483647,2147483647,4],"data_offsets":[0,8]}}`, eight), "shape"},
		{"product that would wrap to 8", file(`{"a":{"dtype":"U8","shape":[1073741824,1073741824,16,8],"data_offsets":[0,8]}}`, eight), "shape"},
		{"number beyond any", file(`{"a":{"dtype":"F32","shape":[1e400],"data_offsets":[0,8]}}`, eight), "cannot unmarshal"},
		{"many dimensions", file(`{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}`, eight), "dimensions"},
		{"shape and size differ", file(`{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}`, eight), "instead of 4"},
		{"overlap", file(`{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}`, eight), "starts at byte 4"},
		{"same place", file(`{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}`, eight), "starts at byte 0"},
		{"hole", file(`{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}`, eight), "starts at byte 4"},
		{"same name", file(`{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}`, eight), "two tensors"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := open(c.file)
			if !errors.Is(err, safetensors.ErrFormat) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// TestUnreadable passes on errors of the file itself.
func TestUnreadable(t *testing.T) {
	whole := file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, make([]byte, 8))
	for _, length := range []int{4, 20} { // while the length, and while the header is read
		if _, err := safetensors.Open(bytes.NewReader(whole[:length]), int64(len(whole))); err == nil || errors.Is(err, safetensors.ErrFormat) {
			t.Errorf("a file that ends at %d: %v", length, err)
		}
	}
	f, err := safetensors.Open(bytes.NewReader(whole[:len(whole)-1]), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Float32s("a"); err == nil {
		t.Error("values that are not there were read")
	}
}

// FuzzOpen looks for a file that is taken and then cannot be read whole.
func FuzzOpen(f *testing.F) {
	f.Add(file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, make([]byte, 8)))
	f.Add(file(`{"__metadata__":{"x":"y"},"b":{"dtype":"BF16","shape":[2,1],"data_offsets":[4,8]},"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`, make([]byte, 8)))
	f.Add(file(`{"a":{"dtype":"U8","shape":[4294967296,0],"data_offsets":[0,0]}}`, nil))
	f.Add(file(`{}`, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := open(b)
		if err != nil {
			return
		}
		total := 0
		for _, name := range file.Names() {
			tensor, _ := file.Tensor(name)
			values, err := file.Float32s(name)
			if err == nil && len(values) != tensor.Len() {
				t.Errorf("%d values of %+v", len(values), tensor)
			}
			if err != nil && !errors.Is(err, safetensors.ErrType) {
				t.Errorf("read %q: %v", name, err)
			}
			if total += tensor.Len(); total > len(b) {
				t.Errorf("%d values of %d bytes", total, len(b))
			}
		}
	})
}
