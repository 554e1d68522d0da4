package wiki

import (
	"context"
	"strings"

	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/repo"
)

// Delete takes a page and its attachments away in one commit, and with tree
// everything below. The history keeps them.
func (s *Session) Delete(ctx context.Context, name Name, tree bool, message string) (repo.Hash, error) {
	if err := s.need(name.path, access.Write); err != nil {
		return repo.Hash{}, err
	}
	hash, err := s.commit(ctx, func(ctx context.Context) (plan, error) {
		var err error
		if name, err = s.called(ctx, name); err != nil {
			return plan{}, err
		}
		return s.planDelete(ctx, name, tree, message)
	})
	if err != nil {
		return repo.Hash{}, err
	}
	s.settleDraft(ctx, name)
	return hash, nil
}

func (s *Session) planDelete(ctx context.Context, name Name, tree bool, message string) (plan, error) {
	below, err := s.w.index.Below(ctx, name.path)
	if err != nil {
		return plan{}, err
	}
	p := plan{message: message}
	if strings.TrimSpace(message) == "" {
		p.message = "Deleted " + name.path
	}
	now, err := s.blobOf(ctx, name.file())
	if err != nil {
		return plan{}, err
	}
	if !now.IsZero() {
		p.edits = append(p.edits, repo.Edit{Path: name.file(), Delete: true})
	}
	for _, file := range below {
		own := pageOfFile(file) == name.path && !index.IsPageFile(file)
		if !tree && !own {
			continue
		}
		if err := s.needBelow(file, access.Write); err != nil {
			return plan{}, err
		}
		path, err := repo.ParsePath(file)
		if err != nil {
			return plan{}, err
		}
		p.edits = append(p.edits, repo.Edit{Path: path, Delete: true})
	}
	if len(p.edits) == 0 {
		return plan{}, missing(name)
	}
	return p, nil
}
