package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Resolve returns the commit that a revision names, whether or not the branch
// leads to it. It may fail with ErrNotFound, also for HEAD as long as there is
// no commit, or with ErrAmbiguous.
func (r *Repository) Resolve(ctx context.Context, rev Revision) (Hash, error) {
	if rev.digits == "" {
		h, err := r.Head(ctx)
		if err == nil && h.IsZero() {
			err = fmt.Errorf("resolve HEAD: %w: there is no commit yet", ErrNotFound)
		}
		return h, err
	}
	rd := r.read(ctx)
	defer rd.close()
	var found Hash
	candidates, err := rd.candidates(rev.digits)
	if err != nil {
		return Hash{}, fmt.Errorf("resolve %s: %w", rev, err)
	}
	for h := range candidates {
		k, _, err := rd.stat(h)
		switch {
		case errors.Is(err, ErrNotFound) || err == nil && k != commitKind:
			continue
		case err != nil:
			return Hash{}, fmt.Errorf("resolve %s: %w", rev, err)
		case !found.IsZero():
			return Hash{}, fmt.Errorf("resolve %s: %w", rev, ErrAmbiguous)
		}
		found = h
	}
	if found.IsZero() {
		return Hash{}, fmt.Errorf("resolve %s: %w", rev, ErrNotFound)
	}
	return found, nil
}

// candidates returns the objects whose names begin with digits.
func (rd *reader) candidates(digits string) (map[Hash]bool, error) {
	found := make(map[Hash]bool)
	switch full, err := ParseHash(digits); {
	case err == nil:
		found[full] = true
		return found, nil
	case len(digits) > len(full)*2:
		return found, nil
	}
	// Loose objects come first: gc removes them only after it has packed them.
	names, err := fs.ReadDir(rd.root.FS(), path.Join(objectsDir, digits[:2]))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list objects: %w", err)
	}
	for _, name := range names {
		h, err := ParseHash(digits[:2] + name.Name())
		if err == nil && strings.HasPrefix(h.String(), digits) {
			found[h] = true
		}
	}
	set, err := rd.packs.list(rd.root, true)
	if err != nil {
		return nil, err
	}
	for _, p := range set {
		p.withPrefix(digits, func(h Hash) { found[h] = true })
	}
	return found, nil
}
