package repo

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/go-git/go-git/v5/plumbing/format/packfile"
)

// Kinds of entries in a pack (gitformat-pack).
const (
	packedCommit      = 1
	packedTree        = 2
	packedBlob        = 3
	packedTag         = 4
	packedOffsetDelta = 6
	packedNameDelta   = 7
)

const (
	// maxChain is the longest chain of deltas that git itself writes. It also
	// ends a chain that a broken pack makes run in a circle.
	maxChain = 4095
	// minWhole is the size up to which what a delta is applied to may always
	// be in memory, however small the result is.
	minWhole = 64 << 20
	// maxPackedHeader bounds the header of an entry: a size of ten bytes and
	// an offset of ten, or a hash.
	maxPackedHeader = 10 + hashSize
)

// packedEntry is the header of an entry in a pack.
type packedEntry struct {
	kind byte
	size int64 // of what is compressed: the content or a delta
	data int64 // offset of the compressed bytes
	base int64 // offset of the entry that a delta applies to
}

// isDelta reports whether the entry is a difference from another one.
func (e packedEntry) isDelta() bool { return e.kind == packedOffsetDelta || e.kind == packedNameDelta }

// object returns the kind of an entry that is no delta.
func (e packedEntry) object() (kind, error) {
	switch e.kind {
	case packedCommit:
		return commitKind, nil
	case packedTree:
		return treeKind, nil
	case packedBlob:
		return blobKind, nil
	case packedTag:
		return tagKind, nil
	}
	return "", fmt.Errorf("%w: an entry of a pack is of no known kind", ErrCorrupt)
}

// parseEntry reads the header of the entry at an offset.
func parseEntry(f *os.File, index *pack, offset int64) (packedEntry, error) {
	var buffer [maxPackedHeader]byte
	n, err := f.ReadAt(buffer[:], offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return packedEntry{}, fmt.Errorf("read pack: %w", err)
	}
	text := buffer[:n]
	broken := fmt.Errorf("%w: an entry of a pack at %d", ErrCorrupt, offset)
	pos := 0
	next := func() (byte, bool) {
		if pos == len(text) {
			return 0, false
		}
		pos++
		return text[pos-1], true
	}
	c, ok := next()
	if !ok {
		return packedEntry{}, broken
	}
	e := packedEntry{kind: c >> 4 & 7, size: int64(c & 15)}
	for shift := 4; c&0x80 != 0; shift += 7 {
		if c, ok = next(); !ok || shift > 56 {
			return packedEntry{}, broken
		}
		e.size |= int64(c&0x7f) << shift
	}
	switch e.kind {
	case packedOffsetDelta:
		distance := int64(-1)
		for c = 0x80; c&0x80 != 0; {
			if c, ok = next(); !ok || distance > math.MaxInt64>>8 {
				return packedEntry{}, broken
			}
			distance = (distance+1)<<7 | int64(c&0x7f)
		}
		if e.base = offset - distance; distance <= 0 || e.base <= 0 {
			return packedEntry{}, broken
		}
	case packedNameDelta:
		if len(text)-pos < hashSize {
			return packedEntry{}, broken
		}
		base, found := index.find(Hash(text[pos : pos+hashSize]))
		if !found {
			return packedEntry{}, fmt.Errorf("%w: a pack misses the base of a delta", ErrCorrupt)
		}
		e.base = base
		pos += hashSize
	}
	e.data = offset + int64(pos)
	return e, nil
}

// packedStream begins to decompress an entry.
func (rd *reader) packedStream(f *os.File, e packedEntry) (io.Reader, error) {
	return rd.zlib.reset(io.NewSectionReader(f, e.data, math.MaxInt64-e.data))
}

// inflate returns the decompressed bytes of an entry.
func (rd *reader) inflate(f *os.File, e packedEntry, limit int64) ([]byte, error) {
	if e.size > limit {
		return nil, tooLarge(e.size, limit)
	}
	stream, err := rd.packedStream(f, e)
	if err != nil {
		return nil, err
	}
	return exactly(stream, e.size)
}

// statPacked returns the kind and the size of a packed object. Of a delta only
// the beginning is decompressed.
func (rd *reader) statPacked(from stored) (kind, int64, error) {
	deltas, start, err := rd.chain(from)
	switch {
	case err != nil:
		return "", 0, err
	case len(deltas) == 0 && start.data != nil:
		return start.kind, int64(len(start.data)), nil
	case len(deltas) == 0:
		return start.kind, start.entry.size, nil
	}
	size, err := rd.resultSize(from.pack, deltas[0].packedEntry)
	return start.kind, size, err
}

// resultSize reads the size of what a delta makes from its beginning.
func (rd *reader) resultSize(f *os.File, e packedEntry) (int64, error) {
	stream, err := rd.packedStream(f, e)
	if err != nil {
		return 0, err
	}
	var start [20]byte
	n, err := io.ReadFull(stream, start[:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, fmt.Errorf("%w: a delta: %w", ErrCorrupt, err)
	}
	_, size, err := deltaSizes(start[:n])
	return size, err
}

// delta is an entry on the way to an object, and its place.
type delta struct {
	packedEntry
	offset int64
}

// chain follows deltas down to an object that is whole in the pack or known
// from before, and returns the deltas on the way, the object wanted first.
func (rd *reader) chain(from stored) ([]delta, base, error) {
	var deltas []delta
	offset := from.offset
	for range maxChain + 1 {
		if known, ok := rd.bases.get(from.index, offset); ok {
			return deltas, known, nil
		}
		e, err := parseEntry(from.pack, from.index, offset)
		if err != nil {
			return nil, base{}, err
		}
		if !e.isDelta() {
			k, err := e.object()
			return deltas, base{kind: k, entry: e}, err
		}
		deltas = append(deltas, delta{e, offset})
		offset = e.base
	}
	return nil, base{}, fmt.Errorf("%w: a chain of deltas has no end", ErrCorrupt)
}

// readPacked returns a packed object. The content is put together only if the
// kind is the one wanted and no step of it is larger than limit or minWhole.
func (rd *reader) readPacked(from stored, want kind, limit int64) (kind, []byte, error) {
	deltas, start, err := rd.chain(from)
	if err != nil || start.kind != want {
		return start.kind, nil, err
	}
	if len(deltas) == 0 && start.data == nil {
		data, err := rd.inflate(from.pack, start.entry, limit)
		if err == nil {
			rd.bases.put(from.index, from.offset, base{kind: want, data: data})
		}
		return want, data, err
	}
	whole := max(limit, minWhole)
	if len(deltas) > 0 {
		// The size of the result is known from the beginning of the first delta.
		size, err := rd.resultSize(from.pack, deltas[0].packedEntry)
		if err != nil {
			return want, nil, err
		}
		if size > limit {
			return want, nil, tooLarge(size, limit)
		}
	}
	data := start.data
	if data == nil {
		if data, err = rd.inflate(from.pack, start.entry, whole); err != nil {
			return want, nil, err
		}
		rd.bases.put(from.index, deltas[len(deltas)-1].base, base{kind: want, data: data})
	}
	for _, d := range slices.Backward(deltas) {
		if data, err = rd.apply(from.pack, data, d.packedEntry, whole); err != nil {
			return want, nil, err
		}
		rd.bases.put(from.index, d.offset, base{kind: want, data: data})
	}
	if int64(len(data)) > limit {
		return want, nil, tooLarge(int64(len(data)), limit)
	}
	return want, data, nil
}

// apply returns what a delta makes of data, if it is at most limit bytes.
func (rd *reader) apply(f *os.File, data []byte, e packedEntry, limit int64) ([]byte, error) {
	change, err := rd.inflate(f, e, limit)
	if err != nil {
		return nil, err
	}
	from, to, err := deltaSizes(change)
	switch {
	case err != nil:
		return nil, err
	case from != int64(len(data)):
		return nil, fmt.Errorf("%w: a delta does not fit its base", ErrCorrupt)
	case to > limit:
		return nil, tooLarge(to, limit)
	}
	data, err = packfile.PatchDelta(data, change)
	if err != nil {
		return nil, fmt.Errorf("%w: a delta: %w", ErrCorrupt, err)
	}
	return data, nil
}

// deltaSizes reads the sizes of base and result at the start of a delta.
func deltaSizes(delta []byte) (from, to int64, err error) {
	sizes := [2]int64{}
	for i := range sizes {
		for shift := 0; ; shift += 7 {
			if len(delta) == 0 || shift > 56 {
				return 0, 0, fmt.Errorf("%w: a delta's sizes", ErrCorrupt)
			}
			c := delta[0]
			delta = delta[1:]
			sizes[i] |= int64(c&0x7f) << shift
			if c&0x80 == 0 {
				break
			}
		}
	}
	return sizes[0], sizes[1], nil
}
