package index

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/holtdb/holt/wiki/diff"
	"github.com/holtdb/holt/wiki/repo"
)

// commit is a commit with what it did to the files.
type commit struct {
	repo.Commit
	changes []change
}

// change is what a commit did to one file.
type change struct {
	repo.Change
	source         string // the path that it was renamed from
	added, removed int    // lines
}

// changesOf compares a commit with its first parent. A merge changed what
// differs from all its parents: the rest is their doing.
func (x *Index) changesOf(ctx context.Context, c repo.Commit) ([]change, error) {
	var first repo.Hash
	if len(c.Parents) > 0 {
		first = c.Parents[0]
	}
	found, err := x.repo.Changes(ctx, first, c.Hash)
	if err != nil {
		return nil, err
	}
	for _, parent := range c.Parents[min(1, len(c.Parents)):] {
		if len(found) == 0 {
			break
		}
		others, err := x.repo.Changes(ctx, parent, c.Hash)
		if err != nil {
			return nil, err
		}
		differs := make(map[repo.Path]bool, len(others))
		for _, o := range others {
			differs[o.Path] = true
		}
		found = slices.DeleteFunc(found, func(f repo.Change) bool { return !differs[f.Path] })
	}
	return x.describe(ctx, found)
}

// describe finds renames and counts lines.
func (x *Index) describe(ctx context.Context, found []repo.Change) ([]change, error) {
	texts := &texts{ctx: ctx, repo: x.repo}
	sources, err := renames(found, texts)
	if err != nil {
		return nil, err
	}
	changes := make([]change, len(found))
	for i, f := range found {
		changes[i] = change{Change: f}
		if source, ok := sources[f.Path]; ok {
			changes[i].source, changes[i].Old = source.Path.String(), source.Old
		}
		if changes[i].Old == f.New {
			continue
		}
		before, okBefore, err := texts.get(changes[i].Old)
		if err != nil {
			return nil, err
		}
		after, okAfter, err := texts.get(f.New)
		if err != nil {
			return nil, err
		}
		if okBefore && okAfter {
			changes[i].added, changes[i].removed = diff.Stat(before, after)
		}
	}
	return changes, nil
}

// texts reads the blobs that are compared line by line.
type texts struct {
	ctx  context.Context
	repo *repo.Repository
}

// get returns a text; ok is false when the blob is none, or too large for one.
func (t *texts) get(h repo.Hash) (text []byte, ok bool, err error) {
	if h.IsZero() {
		return nil, true, nil
	}
	text, err = t.repo.Blob(t.ctx, h, MaxPageBytes)
	if errors.Is(err, repo.ErrTooLarge) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return text, !IsBinary(text), nil
}

// sniffed is how much of a file tells text from other data, as git has it.
const sniffed = 8000

// IsBinary reports whether data is no text: it has a zero byte near its
// beginning.
func IsBinary(data []byte) bool { return bytes.IndexByte(data[:min(len(data), sniffed)], 0) >= 0 }
