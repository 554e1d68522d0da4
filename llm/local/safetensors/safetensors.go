// Package safetensors reads the safetensors file format, in which the weights
// of models are published (https://huggingface.co/docs/safetensors): eight bytes
// with the length of a header, little-endian, the header in JSON, which names
// each tensor's type, shape and place, and the tensors' values.
//
// Files are not trusted. Every number of the header is checked against the size
// of the file before memory is asked for.
package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// ErrFormat means that a file is no safetensors file, or a damaged one.
var ErrFormat = errors.New("not a valid safetensors file")

// MaxHeader is the greatest length of a header in bytes. The header of an
// encoder of 24 layers has about 50 kB.
const MaxHeader = 8 << 20

// maxDimensions is the greatest number of dimensions of a tensor.
const maxDimensions = 8

// Tensor is an entry of the header.
type Tensor struct {
	Name       string
	Type       string // as in the file: F32, F16, BF16, I64, …
	Shape      []int
	start, end int64 // from the start of the file
}

// Len returns the number of values.
func (t Tensor) Len() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// File is an open file of tensors.
type File struct {
	source  io.ReaderAt
	tensors map[string]Tensor
	names   []string
}

// Open reads and checks the header of a file of size bytes. Errors of a file
// that is not as the format wants it match ErrFormat.
func Open(source io.ReaderAt, size int64) (*File, error) {
	var prefix [8]byte
	if size < int64(len(prefix)) {
		return nil, fmt.Errorf("%w: it has %d bytes", ErrFormat, size)
	}
	if _, err := source.ReadAt(prefix[:], 0); err != nil {
		return nil, fmt.Errorf("read the length of the header: %w", err)
	}
	length := binary.LittleEndian.Uint64(prefix[:])
	if length > uint64(size)-8 {
		return nil, fmt.Errorf("%w: the header has %d bytes, the file %d: it may have been cut off", ErrFormat, length, size)
	}
	if length > MaxHeader {
		return nil, fmt.Errorf("%w: the header has %d bytes, more than %d", ErrFormat, length, MaxHeader)
	}
	if length == 0 {
		return nil, fmt.Errorf("%w: it has no header", ErrFormat)
	}
	header := make([]byte, length)
	if _, err := source.ReadAt(header, 8); err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	tensors, err := parseHeader(header, size-8-int64(length))
	if err != nil {
		return nil, err
	}
	f := &File{source: source, tensors: make(map[string]Tensor, len(tensors))}
	for _, t := range tensors {
		if _, twice := f.tensors[t.Name]; twice {
			return nil, fmt.Errorf("%w: two tensors are called %q", ErrFormat, t.Name)
		}
		t.start += 8 + int64(length)
		t.end += 8 + int64(length)
		f.tensors[t.Name] = t
		f.names = append(f.names, t.Name)
	}
	slices.Sort(f.names)
	return f, nil
}

// Names returns the names of the tensors, sorted.
func (f *File) Names() []string { return slices.Clone(f.names) }

// Tensor returns the entry of a tensor.
func (f *File) Tensor(name string) (Tensor, bool) {
	t, ok := f.tensors[name]
	return t, ok
}

// parseHeader reads the entries of a header and checks that they share the size
// bytes of data among them: each as long as its type and shape say, none
// overlapping another, nothing left over.
func parseHeader(header []byte, size int64) ([]Tensor, error) {
	d := json.NewDecoder(bytes.NewReader(header))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("%w: the header is no JSON object", ErrFormat)
	}
	var tensors []Tensor
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("%w: the header: %w", ErrFormat, err)
		}
		name := key.(string) // the decoder hands out nothing else where a key stands
		if name == "__metadata__" {
			var metadata map[string]string
			if err := d.Decode(&metadata); err != nil {
				return nil, fmt.Errorf("%w: the metadata: %w", ErrFormat, err)
			}
			continue
		}
		t, err := parseEntry(d, name)
		if err != nil {
			return nil, err
		}
		tensors = append(tensors, t)
	}
	if _, err := d.Token(); err != nil { // the closing brace
		return nil, fmt.Errorf("%w: the header: %w", ErrFormat, err)
	}
	if rest, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: %v follows the header", ErrFormat, rest)
	}
	slices.SortStableFunc(tensors, func(a, b Tensor) int {
		if a.start != b.start {
			return int(min(1, max(-1, a.start-b.start)))
		}
		return int(min(1, max(-1, a.end-b.end))) // an empty tensor may share its place
	})
	var at int64
	for _, t := range tensors {
		if t.start != at {
			return nil, fmt.Errorf("%w: tensor %q starts at byte %d, and the one before it ends at %d", ErrFormat, t.Name, t.start, at)
		}
		at = t.end
	}
	if at != size {
		return nil, fmt.Errorf("%w: its tensors have %d bytes, it holds %d: it may have been cut off", ErrFormat, at, size)
	}
	return tensors, nil
}

// parseEntry reads the next value of the header as the entry of a tensor.
func parseEntry(d *json.Decoder, name string) (Tensor, error) {
	var entry struct {
		Type    string  `json:"dtype"`
		Shape   []int64 `json:"shape"`
		Offsets []int64 `json:"data_offsets"`
	}
	if err := d.Decode(&entry); err != nil {
		return Tensor{}, fmt.Errorf("%w: tensor %q: %w", ErrFormat, name, err)
	}
	bytes, known := sizeOf(entry.Type)
	if !known {
		return Tensor{}, fmt.Errorf("%w: tensor %q is of the unknown type %q", ErrFormat, name, entry.Type)
	}
	if len(entry.Shape) > maxDimensions {
		return Tensor{}, fmt.Errorf("%w: tensor %q has %d dimensions", ErrFormat, name, len(entry.Shape))
	}
	if len(entry.Offsets) != 2 || entry.Offsets[0] < 0 || entry.Offsets[1] < entry.Offsets[0] {
		return Tensor{}, fmt.Errorf("%w: tensor %q has the offsets %v", ErrFormat, name, entry.Offsets)
	}
	t := Tensor{Name: name, Type: entry.Type, start: entry.Offsets[0], end: entry.Offsets[1]}
	want := bytes
	for _, dim := range entry.Shape {
		// The product is held below 2^46, so that it cannot overflow.
		if dim < 0 || dim > 1<<31-1 || dim > 0 && want > 1<<46/dim {
			return Tensor{}, fmt.Errorf("%w: tensor %q has the shape %v", ErrFormat, name, entry.Shape)
		}
		want *= dim
		t.Shape = append(t.Shape, int(dim))
	}
	if t.end-t.start != want {
		return Tensor{}, fmt.Errorf("%w: tensor %q of type %s and shape %v has %d bytes instead of %d",
			ErrFormat, name, t.Type, t.Shape, t.end-t.start, want)
	}
	return t, nil
}

// sizeOf returns the bytes of a value of a type.
func sizeOf(name string) (bytes int64, known bool) {
	switch name {
	case "BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0":
		return 1, true
	case "U16", "I16", "F16", "BF16":
		return 2, true
	case "U32", "I32", "F32":
		return 4, true
	case "U64", "I64", "F64", "C64":
		return 8, true
	}
	return 0, false
}
