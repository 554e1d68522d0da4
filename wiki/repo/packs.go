package repo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
)

const (
	packDir   = objectsDir + "/pack"
	indexExt  = ".idx"
	packExt   = ".pack"
	packStart = "pack-"
)

// pack is a pack's index in memory. It never changes.
type pack struct {
	path  string // of the pack itself, in the repository
	index *idxfile.MemoryIndex
}

// find returns the offset of an object in the pack. The index's own lookup
// would remember each answer, and so grow with use.
func (p *pack) find(h Hash) (int64, bool) {
	names, bucket := p.bucket(h)
	i := search(names, h)
	if i*hashSize == len(names) || Hash(names[i*hashSize:(i+1)*hashSize]) != h {
		return 0, false
	}
	offset := binary.BigEndian.Uint32(p.index.Offset32[bucket][4*i:])
	if offset&(1<<31) == 0 {
		return int64(offset), true
	}
	// Offsets of packs above 2 GB stand in a table of their own.
	at := 8 * int64(offset&^(1<<31))
	if at+8 > int64(len(p.index.Offset64)) {
		return 0, false
	}
	far := binary.BigEndian.Uint64(p.index.Offset64[at:])
	return int64(far), far <= math.MaxInt64
}

// bucket returns the sorted names that share the first byte of h.
func (p *pack) bucket(h Hash) ([]byte, int) {
	i := p.index.FanoutMapping[h[0]]
	if i < 0 || i >= len(p.index.Names) {
		return nil, 0
	}
	return p.index.Names[i], i
}

// search returns the position of the first of sorted names that is not below h.
func search(names []byte, h Hash) int {
	return sort.Search(len(names)/hashSize, func(i int) bool {
		return bytes.Compare(names[i*hashSize:(i+1)*hashSize], h[:]) >= 0
	})
}

// withPrefix calls do for each object whose name begins with the digits, of
// which there are at least two.
func (p *pack) withPrefix(digits string, do func(Hash)) {
	var first Hash
	for i := range len(digits) {
		first[i/2] |= hexValue(digits[i]) << (4 * (1 - i%2))
	}
	names, _ := p.bucket(first)
	for name := range slices.Chunk(names[search(names, first)*hashSize:], hashSize) {
		h := Hash(name)
		if !strings.HasPrefix(h.String(), digits) {
			return
		}
		do(h)
	}
}

// hexValue returns the value of a lower-case hexadecimal digit.
func hexValue(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

// packs are the packs of a repository as they were listed last.
type packs struct {
	mu     sync.Mutex
	loaded bool
	set    []*pack
	broken error // why the index of a pack could not be read
}

// list returns the packs, from memory unless the directory shall be read again.
func (p *packs) list(root *os.Root, again bool) ([]*pack, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.loaded && !again {
		return p.set, nil
	}
	names, err := fs.ReadDir(root.FS(), packDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list packs: %w", err)
	}
	known := make(map[string]*pack, len(p.set))
	for _, have := range p.set {
		known[have.path] = have
	}
	var set []*pack
	p.broken = nil
	for _, entry := range names {
		name, isIndex := strings.CutSuffix(entry.Name(), indexExt)
		if !isIndex || !strings.HasPrefix(name, packStart) {
			continue
		}
		file := path.Join(packDir, name)
		if have := known[file+packExt]; have != nil {
			set = append(set, have)
			continue
		}
		next, err := loadPack(root, file)
		switch {
		case err == nil:
			set = append(set, next)
		case !errors.Is(err, fs.ErrNotExist): // else gc removed it just now
			p.broken = err
		}
	}
	p.set, p.loaded = set, true
	return set, nil
}

// missing says why an object was not found: a pack with a broken index may hold it.
func (p *packs) missing() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken != nil {
		return p.broken
	}
	return ErrNotFound
}

// loadPack reads the index of a pack; file is its path without an extension.
func loadPack(root *os.Root, file string) (*pack, error) {
	f, err := root.Open(file + indexExt)
	if err != nil {
		return nil, fmt.Errorf("open pack index: %w", err)
	}
	defer f.Close()
	index := idxfile.NewMemoryIndex()
	if err := idxfile.NewDecoder(f).Decode(index); err != nil {
		return nil, fmt.Errorf("%w: pack index %s: %w", ErrCorrupt, path.Base(file), err)
	}
	return &pack{path: file + packExt, index: index}, nil
}
