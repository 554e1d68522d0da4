package repo

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// maxVisits bounds the entries that one walk through a commit's folders looks
// at. A few small folders that hold each other many times over can stand for
// more files than a machine can count.
const maxVisits = 1 << 20

// File is a plain file of one commit.
type File struct {
	Path Path
	Blob Hash  // names the content
	Size int64 // in bytes; -1 when it was not looked up
}

// File returns the plain file at p in a commit, with its size. It fails with
// ErrNotFound when there is none, also for a folder, a symbolic link or a
// submodule.
func (r *Repository) File(ctx context.Context, commit Hash, p Path) (File, error) {
	rd := r.read(ctx)
	defer rd.close()
	c, err := rd.commit(commit)
	if err != nil {
		return File{}, err
	}
	h := c.Tree
	names := strings.Split(p.text, "/")
	for i, name := range names {
		entries, err := rd.tree(h)
		if err != nil {
			return File{}, fmt.Errorf("find file: %w", err)
		}
		found := find(entries, name)
		last := i == len(names)-1
		if len(found) != 1 || last && !found[0].isFile() || !last && !found[0].isFolder() {
			return File{}, fmt.Errorf("find file %q: %w", p.text, ErrNotFound)
		}
		h = found[0].hash
	}
	kind, size, err := rd.stat(h)
	if err != nil {
		return File{}, fmt.Errorf("find file %q: %w", p.text, err)
	}
	if kind != blobKind {
		return File{}, fmt.Errorf("find file %q: %w: a %s stands for its content", p.text, ErrCorrupt, kind)
	}
	return File{Path: p, Blob: h, Size: size}, nil
}

// Files returns all plain files of a commit that have a valid path, sorted by
// path, without their sizes. Everything else is left out. It fails with
// ErrTooLarge for a commit of more than a million entries.
func (r *Repository) Files(ctx context.Context, commit Hash) ([]File, error) {
	rd := r.read(ctx)
	defer rd.close()
	c, err := rd.commit(commit)
	if err != nil {
		return nil, err
	}
	w := walk{rd: rd}
	var files []File
	err = w.files(c.Tree, "", func(p Path, blob Hash) {
		files = append(files, File{Path: p, Blob: blob, Size: -1})
	})
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path.text, b.Path.text) })
	return files, nil
}

// maxKnown bounds the folders that a walk keeps in memory.
const maxKnown = 1024

// walk goes through folders and counts what it looks at. It keeps some of the
// folders, so that one that stands in many places costs little.
type walk struct {
	rd      *reader
	visited int
	known   map[Hash][]entry
}

// folder returns the visible entries of a folder.
func (w *walk) folder(h Hash) ([]entry, error) {
	if err := w.rd.ctx.Err(); err != nil {
		return nil, err
	}
	entries, ok := w.known[h]
	if !ok {
		all, err := w.rd.tree(h)
		if err != nil {
			return nil, err
		}
		entries = visible(all)
		w.visited += len(all) - len(entries)
		if w.known == nil || len(w.known) == maxKnown {
			w.known = make(map[Hash][]entry)
		}
		w.known[h] = entries
	}
	if w.visited += 1 + len(entries); w.visited > maxVisits {
		return nil, fmt.Errorf("%w: more than %d entries", ErrTooLarge, maxVisits)
	}
	return entries, nil
}

// files calls do for each plain file in a folder and below it. A path that is
// too long ends the descent, so that the depth is bounded too.
func (w *walk) files(h Hash, dir string, do func(Path, Hash)) error {
	entries, err := w.folder(h)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := dir + e.name
		switch {
		case len(name) > maxPath:
		case e.isFolder():
			err = w.files(e.hash, name+"/", do)
		default:
			do(Path{name}, e.hash)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
