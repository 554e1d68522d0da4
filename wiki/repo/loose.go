package repo

import (
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
)

// maxHeader is the length of the longest header of a loose object: the longest
// kind, a space, 19 digits and NUL.
const maxHeader = len(commitKind) + 1 + 19 + 1

const objectsDir = "objects"

// loosePath is the place of a loose object in the repository.
func loosePath(h Hash) string {
	text := h.String()
	return path.Join(objectsDir, text[:2], text[2:])
}

// looseStream opens a loose object and returns its kind, size and content.
func (rd *reader) looseStream(f *os.File) (kind, int64, io.Reader, error) {
	stream, err := rd.zlib.reset(f)
	if err != nil {
		return "", 0, nil, err
	}
	k, size, err := parseHeader(stream)
	return k, size, stream, err
}

// parseHeader reads an object's header, byte by byte because content follows.
func parseHeader(stream io.Reader) (kind, int64, error) {
	var text [maxHeader]byte
	n := 0
	for {
		if n == len(text) {
			return "", 0, fmt.Errorf("%w: an object's header is too long", ErrCorrupt)
		}
		if _, err := io.ReadFull(stream, text[n:n+1]); err != nil {
			return "", 0, fmt.Errorf("%w: an object's header: %w", ErrCorrupt, err)
		}
		if text[n] == 0 {
			break
		}
		n++
	}
	name, digits, _ := strings.Cut(string(text[:n]), " ")
	size, err := strconv.ParseUint(digits, 10, 63)
	if err != nil {
		return "", 0, fmt.Errorf("%w: an object's size is not readable", ErrCorrupt)
	}
	switch k := kind(name); k {
	case blobKind, treeKind, commitKind, tagKind:
		return k, int64(size), nil
	}
	return "", 0, fmt.Errorf("%w: an object is of no known kind", ErrCorrupt)
}

// looseHeader returns a loose object's kind and size.
func (rd *reader) looseHeader(f *os.File) (kind, int64, error) {
	k, size, _, err := rd.looseStream(f)
	return k, size, err
}

// readLoose returns a loose object. The content is read only if the kind is the
// one wanted.
func (rd *reader) readLoose(f *os.File, want kind, limit int64) (kind, []byte, error) {
	k, size, stream, err := rd.looseStream(f)
	switch {
	case err != nil || k != want:
		return k, nil, err
	case size > limit:
		return k, nil, tooLarge(size, limit)
	}
	data, err := exactly(stream, size)
	return k, data, err
}
