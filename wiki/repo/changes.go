package repo

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Change is one file that differs between two commits.
type Change struct {
	Path Path
	Old  Hash // zero when the file was added
	New  Hash // zero when the file was deleted
}

// Changes returns the files that differ between two commits, sorted by path;
// the zero hash stands for no files at all. Only folders that differ are read.
// It sees the same files as Files; a change of nothing but the mode is none.
func (r *Repository) Changes(ctx context.Context, from, to Hash) ([]Change, error) {
	rd := r.read(ctx)
	defer rd.close()
	var trees [2]Hash
	for i, h := range [2]Hash{from, to} {
		if h.IsZero() {
			continue
		}
		c, err := rd.commit(h)
		if err != nil {
			return nil, err
		}
		trees[i] = c.Tree
	}
	c := comparison{walk: walk{rd: rd}}
	if err := c.folders(trees[0], trees[1], ""); err != nil {
		return nil, fmt.Errorf("compare commits: %w", err)
	}
	slices.SortFunc(c.changes, func(a, b Change) int { return strings.Compare(a.Path.text, b.Path.text) })
	return c.changes, nil
}

// comparison collects the differences between two trees.
type comparison struct {
	walk
	changes []Change
}

// folders compares two folders at the same place; the zero hash is none.
func (c *comparison) folders(from, to Hash, dir string) error {
	if from == to {
		return nil
	}
	older, err := c.folder(from)
	if err != nil {
		return err
	}
	newer, err := c.folder(to)
	if err != nil {
		return err
	}
	for len(older) > 0 || len(newer) > 0 {
		var a, b entry
		switch order := compareHeads(older, newer); {
		case order < 0:
			a, older = older[0], older[1:]
		case order > 0:
			b, newer = newer[0], newer[1:]
		default:
			a, older = older[0], older[1:]
			b, newer = newer[0], newer[1:]
		}
		if err := c.pair(a, b, dir); err != nil {
			return err
		}
	}
	return nil
}

// compareHeads says which of two sorted lists has the lesser name in front; an
// empty list comes last.
func compareHeads(a, b []entry) int {
	switch {
	case len(a) == 0:
		return 1
	case len(b) == 0:
		return -1
	}
	return strings.Compare(a[0].name, b[0].name)
}

// pair compares what stands under one name; an empty entry is nothing.
func (c *comparison) pair(a, b entry, dir string) error {
	name := dir + max(a.name, b.name)
	if len(name) > maxPath {
		return nil
	}
	var oldFile, newFile, oldFolder, newFolder Hash
	if a.isFolder() {
		oldFolder = a.hash
	} else {
		oldFile = a.hash
	}
	if b.isFolder() {
		newFolder = b.hash
	} else {
		newFile = b.hash
	}
	if oldFile != newFile {
		c.changes = append(c.changes, Change{Path: Path{name}, Old: oldFile, New: newFile})
	}
	return c.folders(oldFolder, newFolder, name+"/")
}
