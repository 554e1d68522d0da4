package pdfium

import (
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf16"

	"github.com/holtdb/holt/library/extract"
	"github.com/tetratelabs/wazero/api"
)

// call runs one exported function and returns its result, 0 where it has none.
func (i *instance) call(name string, args ...uint64) uint64 {
	if i.err != nil {
		return 0
	}
	f := i.functions[name]
	if f == nil {
		if f = i.module.ExportedFunction(name); f == nil {
			i.err = fmt.Errorf("PDFium has no function %s", name)
			return 0
		}
		i.functions[name] = f
	}
	stack := [12]uint64{}
	copy(stack[:], args)
	if err := f.CallWithStack(i.ctx, stack[:]); err != nil {
		i.err = i.failure(name)
		return 0
	}
	return stack[0]
}

// failure names why the guest stopped. The trap's own text is a stack of
// guest addresses and helps nobody.
func (i *instance) failure(name string) error {
	if i.host.exhausted {
		return fmt.Errorf("%s ran out of memory: %w", name, extract.ErrTooLarge)
	}
	return fmt.Errorf("%s stopped: %w", name, extract.ErrBroken)
}

// callInt is call for a function that returns a C int.
func (i *instance) callInt(name string, args ...uint64) int {
	return int(int32(i.call(name, args...)))
}

// alloc reserves zeroed guest memory.
func (i *instance) alloc(size int) uint64 {
	p := i.call("malloc", uint64(size))
	if i.err == nil && p == 0 {
		i.err = fmt.Errorf("reserve %d bytes: %w", size, extract.ErrTooLarge)
	}
	clear(i.bytes(p, size))
	return p
}

func (i *instance) free(p uint64) { i.call("free", p) }

// bytes is a view of guest memory, valid until the next call. It is empty
// after a failure.
func (i *instance) bytes(p uint64, size int) []byte {
	if i.err != nil {
		return nil
	}
	b, ok := i.module.Memory().Read(uint32(p), uint32(size))
	if !ok {
		i.err = fmt.Errorf("PDFium pointed outside its memory: %w", extract.ErrBroken)
	}
	return b
}

// cString copies a NUL-terminated string into guest memory.
func (i *instance) cString(s string) uint64 {
	p := i.alloc(len(s) + 1)
	copy(i.bytes(p, len(s)), s)
	return p
}

// words32 reads four words of 32 bits, zeros after a failure.
func (i *instance) words32(p uint64) (words [4]uint32) {
	if b := i.bytes(p, 16); b != nil {
		for k := range words {
			words[k] = binary.LittleEndian.Uint32(b[4*k:])
		}
	}
	return words
}

// floats reads four C floats.
func (i *instance) floats(p uint64) (out [4]float64) {
	for k, w := range i.words32(p) {
		out[k] = float64(math.Float32frombits(w))
	}
	return out
}

// maxString is the most bytes of UTF-16 taken from one title, label or name.
const maxString = 2048

// wideString calls a function of PDFium's usual form for strings: its last two
// parameters are a buffer and its size, its result is the bytes needed for
// UTF-16LE with a final NUL. A longer string than maxString counts as none.
func (i *instance) wideString(name string, args ...uint64) string {
	p := i.alloc(maxString)
	defer i.free(p)
	n := i.callInt(name, append(args, p, maxString)...)
	if n <= 2 || n > maxString {
		return ""
	}
	b := i.bytes(p, n-n%2)
	units := make([]uint16, 0, n/2)
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, binary.LittleEndian.Uint16(b))
	}
	return oneLine(string(utf16.Decode(units)))
}

func f64(v float64) uint64 { return api.EncodeF64(v) }
