package repo

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Edit changes one file: it gets Content, or the content of an existing Blob,
// or is deleted.
type Edit struct {
	Path    Path
	Content []byte
	Blob    Hash // instead of Content, when not zero
	Delete  bool
}

// edits is a folder's part of a write: what happens to each of its names.
type edits map[string]*nameEdit

// nameEdit is what happens to one name: to the file of that name, to what lies
// below the folder of that name, or first one and then the other.
type nameEdit struct {
	file  *Edit
	below edits
}

// groupEdits sorts edits by folder.
func groupEdits(list []Edit) (edits, error) {
	top := make(edits)
	for i := range list {
		e := &list[i]
		if e.Path.text == "" {
			return nil, fmt.Errorf("%w: it is empty", ErrInvalidPath)
		}
		folder := top
		names := strings.Split(e.Path.text, "/")
		for _, name := range names[:len(names)-1] {
			n := folder.at(name)
			if n.below == nil {
				n.below = make(edits)
			}
			folder = n.below
		}
		n := folder.at(names[len(names)-1])
		if n.file != nil {
			return nil, fmt.Errorf("%w: %q is edited twice", ErrConflictingPath, e.Path.text)
		}
		n.file = e
	}
	return top, nil
}

// at returns the edit of a name, a new one if need be.
func (e edits) at(name string) *nameEdit {
	n := e[name]
	if n == nil {
		n = new(nameEdit)
		e[name] = n
	}
	return n
}

// editor applies edits to trees. It reads through rd and adds to out.
type editor struct {
	rd  *reader
	out *batch
}

// folder applies edits to the folder h, the zero hash for none, and returns the
// new one, the zero hash if nothing is left in it.
func (ed *editor) folder(h Hash, changes edits, dir string) (Hash, error) {
	before, err := ed.rd.tree(h)
	if err != nil {
		return Hash{}, err
	}
	after := slices.Clone(before)
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		result, err := ed.name(find(before, name), changes[name], dir+name)
		if err != nil {
			return Hash{}, err
		}
		after = slices.DeleteFunc(after, func(e entry) bool { return e.name == name })
		if result != nil {
			result.name = name
			after = append(after, *result)
		}
	}
	if len(after) == 0 {
		return Hash{}, nil
	}
	sortTree(after)
	if slices.Equal(before, after) {
		return h, nil
	}
	data := encodeTree(after)
	if len(data) > maxTree {
		return Hash{}, fmt.Errorf("%w: the folder %q has too many entries", ErrTooLarge, dir)
	}
	return ed.out.add(treeKind, data)
}

// name applies the edits of one name to what stands there, and returns what
// shall stand there, nil for nothing. Deletions below a name make room for a
// file of that name, and the deletion of a file makes room for a folder.
func (ed *editor) name(found []entry, n *nameEdit, full string) (*entry, error) {
	var now *entry
	switch {
	case len(found) > 1:
		return nil, fmt.Errorf("%w: the folder holds %q twice", ErrConflictingPath, full)
	case len(found) == 1:
		now = &found[0]
		if !now.isFile() && !now.isFolder() {
			return nil, fmt.Errorf("%w: %q is a symbolic link or a submodule", ErrConflictingPath, full)
		}
	}
	var err error
	if n.file != nil && n.file.Delete {
		if now == nil || !now.isFile() {
			return nil, fmt.Errorf("delete file %q: %w", full, ErrNotFound)
		}
		now = nil
	}
	if n.below != nil {
		if now, err = ed.below(now, n.below, full); err != nil {
			return nil, err
		}
	}
	if n.file != nil && !n.file.Delete {
		return ed.put(now, n.file)
	}
	return now, nil
}

// below applies edits to the folder that stands at a name.
func (ed *editor) below(now *entry, changes edits, full string) (*entry, error) {
	var h Hash
	mode := modeFolder
	if now != nil {
		if !now.isFolder() {
			return nil, fmt.Errorf("%w: %q is a file, not a folder", ErrConflictingPath, full)
		}
		h, mode = now.hash, now.mode
	}
	h, err := ed.folder(h, changes, full+"/")
	if err != nil || h.IsZero() {
		return nil, err
	}
	return &entry{mode: mode, hash: h}, nil
}

// put lets a file stand at a name. A file that was executable stays it.
func (ed *editor) put(now *entry, e *Edit) (*entry, error) {
	mode := modeFile
	if now != nil {
		if !now.isFile() {
			return nil, fmt.Errorf("%w: %q is a folder, not a file", ErrConflictingPath, e.Path.text)
		}
		mode = now.mode
	}
	if !e.Blob.IsZero() {
		k, _, err := ed.rd.stat(e.Blob)
		if err == nil && k != blobKind {
			err = ErrNotFound
		}
		if err == nil {
			err = ed.out.keep(e.Blob)
		}
		if err != nil {
			return nil, fmt.Errorf("write file %q: blob %s: %w", e.Path.text, e.Blob, err)
		}
		return &entry{mode: mode, hash: e.Blob}, nil
	}
	h, err := ed.out.add(blobKind, e.Content)
	if err != nil {
		return nil, fmt.Errorf("write file %q: %w", e.Path.text, err)
	}
	return &entry{mode: mode, hash: h}, nil
}
