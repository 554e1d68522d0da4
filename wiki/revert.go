package wiki

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/merge"
	"github.com/holtdb/holt/wiki/repo"
)

// Revert takes a commit back: what it changed becomes what it was before, in a
// new commit. Pages that were changed since are merged; where that is
// impossible it fails with [ErrConflict].
func (s *Session) Revert(ctx context.Context, rev repo.Revision, message string) (repo.Hash, error) {
	c, err := s.commitOf(ctx, rev)
	if err != nil {
		return repo.Hash{}, err
	}
	changes, err := s.w.index.ChangesOf(ctx, c.Seq)
	if err != nil {
		return repo.Hash{}, err
	}
	if !slices.ContainsFunc(changes, func(ch index.Change) bool { return s.canReadFile(ch.Path) }) {
		return repo.Hash{}, fmt.Errorf("%w: no such commit", ErrNotFound)
	}
	if strings.TrimSpace(message) == "" {
		subject, _, _ := strings.Cut(c.Message, "\n")
		message = fmt.Sprintf("Revert “%s”\n\nThis takes back %s.", subject, c.Hash)
	}
	return s.commit(ctx, func(ctx context.Context) (plan, error) {
		p := plan{message: message}
		for _, ch := range changes {
			if err := s.planBack(ctx, &p, ch); err != nil {
				return plan{}, err
			}
		}
		return p, nil
	})
}

// planBack adds the edits that take one change back.
func (s *Session) planBack(ctx context.Context, p *plan, ch index.Change) error {
	if err := s.needBelow(ch.Path, access.Write); err != nil {
		return err
	}
	path, err := repo.ParsePath(ch.Path)
	if err != nil {
		return err
	}
	now, err := s.blobOf(ctx, path)
	if err != nil {
		return err
	}
	if ch.Source != "" {
		return s.planMoveBack(ctx, p, ch, path, now)
	}
	switch {
	case now == ch.Old:
		return nil
	case now == ch.New && ch.Old.IsZero():
		p.remove(path)
	case now == ch.New:
		p.restore(path, now, ch.Old)
	case now.IsZero() || ch.New.IsZero() || ch.Old.IsZero() || !index.IsPageFile(ch.Path):
		return fmt.Errorf("%w: “%s”", ErrConflict, ch.Path)
	default:
		text, err := s.mergeBlobs(ctx, ch.New, now, ch.Old)
		if err != nil {
			return err
		}
		p.edits = append(p.edits, repo.Edit{Path: path, Content: text})
	}
	return nil
}

// planMoveBack takes a rename back.
func (s *Session) planMoveBack(ctx context.Context, p *plan, ch index.Change, path repo.Path, now repo.Hash) error {
	if err := s.needBelow(ch.Source, access.Write); err != nil {
		return err
	}
	source, err := repo.ParsePath(ch.Source)
	if err != nil {
		return err
	}
	there, err := s.blobOf(ctx, source)
	if err != nil {
		return err
	}
	if now != ch.New || !there.IsZero() {
		return fmt.Errorf("%w: “%s”", ErrConflict, ch.Path)
	}
	// The commit's other half, the deletion of the source, says what it was.
	p.remove(path)
	return nil
}

// remove plans that a file goes.
func (p *plan) remove(path repo.Path) {
	p.edits = append(p.edits, repo.Edit{Path: path, Delete: true})
	if index.IsPageFile(path.String()) {
		p.pages--
	}
}

// restore plans that a file, zero for none, becomes what it was.
func (p *plan) restore(path repo.Path, now, old repo.Hash) {
	p.edits = append(p.edits, repo.Edit{Path: path, Blob: old})
	if now.IsZero() && index.IsPageFile(path.String()) {
		p.pages++
	}
}

// blobOf returns what a file is at the head, the zero value if it is not there.
func (s *Session) blobOf(ctx context.Context, path repo.Path) (repo.Hash, error) {
	f, err := s.w.repo.File(ctx, s.head, path)
	if errors.Is(err, repo.ErrNotFound) {
		return repo.Hash{}, nil
	}
	return f.Blob, err
}

// mergeBlobs merges two texts that come from a third.
func (s *Session) mergeBlobs(ctx context.Context, base, ours, theirs repo.Hash) ([]byte, error) {
	var texts [3][]byte
	for i, h := range []repo.Hash{base, ours, theirs} {
		var err error
		if texts[i], err = s.w.repo.Blob(ctx, h, MaxPageBytes); err != nil {
			return nil, fmt.Errorf("read page: %w", err)
		}
	}
	result := merge.Merge(texts[0], texts[1], texts[2])
	if !result.Clean() {
		return nil, ErrConflict
	}
	return result.Text, nil
}
