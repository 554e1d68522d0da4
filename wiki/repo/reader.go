package repo

import (
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
)

// kind is an object's kind as git spells it.
type kind string

const (
	blobKind   kind = "blob"
	treeKind   kind = "tree"
	commitKind kind = "commit"
	tagKind    kind = "tag"
)

// rereads bounds how often a read looks for packs again. Each time, another
// process must have repacked the repository in the meantime.
const rereads = 8

// reader serves the reads of one call. It keeps the packs that the call needs
// open, so that a gc beside it takes nothing away, and closes them at its end.
// It is used by one goroutine.
type reader struct {
	ctx   context.Context
	root  *os.Root
	packs *packs
	open  map[*pack]*os.File
	bases bases
	zlib  inflater
}

// read begins a reader; close ends it.
func (r *Repository) read(ctx context.Context) *reader {
	return &reader{ctx: ctx, root: r.root, packs: &r.packs}
}

// close closes what the reader opened.
func (rd *reader) close() {
	for _, f := range rd.open {
		f.Close()
	}
	rd.open = nil
}

// stored is an object's place: a loose file, just opened, or an offset in a pack.
type stored struct {
	loose  *os.File
	pack   *os.File
	index  *pack
	offset int64
}

// locate finds an object. Packs come first because their indexes are in memory.
// When nothing is found the packs are listed again: gc in another process moves
// loose objects into packs, and packs into others.
func (rd *reader) locate(h Hash) (stored, error) {
	if err := rd.ctx.Err(); err != nil {
		return stored{}, err
	}
	var before []*pack
	for try := range rereads {
		set, err := rd.packs.list(rd.root, try > 0)
		if err != nil {
			return stored{}, err
		}
		place, err := rd.locatePacked(set, h)
		if !errors.Is(err, fs.ErrNotExist) {
			return place, err
		}
		f, err := rd.root.Open(loosePath(h))
		if err == nil {
			return stored{loose: f}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return stored{}, fmt.Errorf("open object: %w", err)
		}
		if try > 0 && slices.Equal(set, before) {
			break
		}
		before = set
	}
	return stored{}, rd.packs.missing()
}

// locatePacked finds an object in packs, or fails with fs.ErrNotExist.
func (rd *reader) locatePacked(set []*pack, h Hash) (stored, error) {
	for _, p := range set {
		offset, ok := p.find(h)
		if !ok {
			continue
		}
		f, err := rd.openPack(p)
		if err == nil {
			return stored{pack: f, index: p, offset: offset}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return stored{}, fmt.Errorf("open pack: %w", err)
		}
	}
	return stored{}, fs.ErrNotExist
}

// openPack opens a pack for the life of the reader.
func (rd *reader) openPack(p *pack) (*os.File, error) {
	if f := rd.open[p]; f != nil {
		return f, nil
	}
	f, err := rd.root.Open(p.path)
	if err != nil {
		return nil, err
	}
	if rd.open == nil {
		rd.open = make(map[*pack]*os.File)
	}
	rd.open[p] = f
	return f, nil
}

// object returns the content of an object of one kind and at most limit bytes,
// proven by its hash. Another kind is ErrNotFound.
func (rd *reader) object(h Hash, want kind, limit int64) ([]byte, error) {
	place, err := rd.locate(h)
	if err != nil {
		return nil, err
	}
	var got kind
	var data []byte
	if place.loose != nil {
		got, data, err = rd.readLoose(place.loose, want, limit)
		place.loose.Close()
	} else {
		got, data, err = rd.readPacked(place, want, limit)
	}
	switch {
	case err != nil:
		return nil, err
	case got != want:
		return nil, fmt.Errorf("%w: it is a %s, not a %s", ErrNotFound, got, want)
	case hashOf(got, data) != h:
		return nil, fmt.Errorf("%w: object %s has other content", ErrCorrupt, h)
	}
	return data, nil
}

// stat returns an object's kind and size without reading its content.
func (rd *reader) stat(h Hash) (kind, int64, error) {
	place, err := rd.locate(h)
	if err != nil {
		return "", 0, err
	}
	if place.loose != nil {
		defer place.loose.Close()
		return rd.looseHeader(place.loose)
	}
	return rd.statPacked(place)
}

// hashOf returns the name of an object.
func hashOf(k kind, data []byte) Hash {
	sum := sha1.New()
	io.WriteString(sum, header(k, int64(len(data))))
	sum.Write(data)
	return Hash(sum.Sum(nil))
}

// header is what stands before an object's content, in a loose file and in
// what is hashed.
func header(k kind, size int64) string {
	return string(k) + " " + strconv.FormatInt(size, 10) + "\x00"
}
