package repo

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxTree bounds one folder in bytes: about a million files.
const maxTree = 64 << 20

// Modes as this package writes them.
const (
	modeFile   = "100644"
	modeFolder = "40000"
)

// entry is one line of a tree object. The mode stays as it was written, so that
// an entry that nobody touches is written back byte for byte.
type entry struct {
	mode string
	name string
	hash Hash
}

// isFolder reports whether the entry is another tree.
func (e entry) isFolder() bool { return e.mode == modeFolder || e.mode == "0"+modeFolder }

// isFile reports whether the entry is a plain file. 100664 stands in
// repositories of git's first months.
func (e entry) isFile() bool {
	return e.mode == modeFile || e.mode == "100755" || e.mode == "100664"
}

// order is the name as git sorts it: a folder as if a slash followed.
func (e entry) order() string {
	if e.isFolder() {
		return e.name + "/"
	}
	return e.name
}

// parseTree reads a tree object: entries of mode, space, name, NUL and hash.
func parseTree(data []byte) ([]entry, error) {
	var entries []entry
	for len(data) > 0 {
		mode, rest, ok := bytes.Cut(data, []byte{' '})
		if !ok || len(mode) == 0 || len(mode) > 7 {
			return nil, fmt.Errorf("%w: a folder's entry has no mode", ErrCorrupt)
		}
		name, rest, ok := bytes.Cut(rest, []byte{0})
		if !ok || len(rest) < hashSize {
			return nil, fmt.Errorf("%w: a folder's entry is cut off", ErrCorrupt)
		}
		entries = append(entries, entry{string(mode), string(name), Hash(rest[:hashSize])})
		data = rest[hashSize:]
	}
	return entries, nil
}

// encodeTree returns entries in git's order as an object's content.
func encodeTree(entries []entry) []byte {
	var b bytes.Buffer
	for _, e := range entries {
		b.WriteString(e.mode)
		b.WriteByte(' ')
		b.WriteString(e.name)
		b.WriteByte(0)
		b.Write(e.hash[:])
	}
	return b.Bytes()
}

// sortTree puts entries into git's order.
func sortTree(entries []entry) {
	slices.SortStableFunc(entries, func(a, b entry) int { return strings.Compare(a.order(), b.order()) })
}

// tree reads a folder; the zero hash is the empty one.
func (rd *reader) tree(h Hash) ([]entry, error) {
	if h.IsZero() {
		return nil, nil
	}
	data, err := rd.object(h, treeKind, maxTree)
	if err != nil {
		return nil, fmt.Errorf("read folder %s: %w", h, err)
	}
	entries, err := parseTree(data)
	if err != nil {
		return nil, fmt.Errorf("read folder %s: %w", h, err)
	}
	return entries, nil
}

// visible returns the plain files and folders among entries that have a valid
// name of their own, sorted by name. A name that stands twice is left out: two
// readers could take it for different things.
func visible(entries []entry) []entry {
	kept := slices.Clone(entries)
	slices.SortFunc(kept, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	out := kept[:0]
	for i := 0; i < len(kept); {
		end := i + 1
		for end < len(kept) && kept[end].name == kept[i].name {
			end++
		}
		if e := kept[i]; end == i+1 && (e.isFile() || e.isFolder()) && validName(e.name) {
			out = append(out, e)
		}
		i = end
	}
	return out
}

// find returns the entries of one name.
func find(entries []entry, name string) []entry {
	var found []entry
	for _, e := range entries {
		if e.name == name {
			found = append(found, e)
		}
	}
	return found
}
