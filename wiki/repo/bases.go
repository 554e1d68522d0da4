package repo

// maxBases bounds the memory of the bases that a reader keeps, in bytes. Two
// generations may be alive, so that it is at most twice as much.
const maxBases = 8 << 20

// place is an entry of a pack.
type place struct {
	pack   *pack
	offset int64
}

// base is an object that deltas may apply to: its content or, as long as that
// is nil, the entry that holds it.
type base struct {
	kind  kind
	data  []byte
	entry packedEntry
}

// bases keeps objects that deltas may apply to, for the life of one reader:
// neighbouring versions share most of their chain. When a generation is full it
// becomes the old one, and the one before is dropped.
type bases struct {
	young, old map[place]base
	bytes      int
}

// get returns a kept object. The caller must not change it.
func (b *bases) get(p *pack, offset int64) (base, bool) {
	at := place{p, offset}
	if known, ok := b.young[at]; ok {
		return known, true
	}
	known, ok := b.old[at]
	if ok {
		b.put(p, offset, known)
	}
	return known, ok
}

// put keeps an object, unless it is empty or would push out everything else.
func (b *bases) put(p *pack, offset int64, known base) {
	if len(known.data) == 0 || len(known.data) > maxBases/2 {
		return
	}
	if b.bytes+len(known.data) > maxBases {
		b.old, b.young, b.bytes = b.young, nil, 0
	}
	if b.young == nil {
		b.young = make(map[place]base)
	}
	b.young[place{p, offset}] = known
	b.bytes += len(known.data)
}
