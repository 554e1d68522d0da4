package repo

import (
	"bufio"
	"compress/zlib"
	"fmt"
	"io"
)

// inflater decompresses zlib streams one after the other and keeps the memory
// of the last one for the next.
type inflater struct {
	source *bufio.Reader
	stream io.ReadCloser
}

// reset begins to decompress source.
func (z *inflater) reset(source io.Reader) (io.Reader, error) {
	if z.source == nil {
		z.source = bufio.NewReader(source)
	} else {
		z.source.Reset(source)
	}
	var err error
	if z.stream == nil {
		z.stream, err = zlib.NewReader(z.source)
	} else {
		err = z.stream.(zlib.Resetter).Reset(z.source, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return z.stream, nil
}

// exactly reads a stream that must hold size bytes and no more. The caller has
// checked that so much may be in memory.
func exactly(stream io.Reader, size int64) ([]byte, error) {
	data := make([]byte, size)
	if _, err := io.ReadFull(stream, data); err != nil {
		return nil, fmt.Errorf("%w: an object is cut off: %w", ErrCorrupt, err)
	}
	var more [1]byte
	n, err := io.ReadFull(stream, more[:])
	if n > 0 {
		return nil, fmt.Errorf("%w: an object is longer than it says", ErrCorrupt)
	}
	if err != io.EOF {
		return nil, fmt.Errorf("%w: an object's end: %w", ErrCorrupt, err)
	}
	return data, nil
}
