package wiki

import (
	"context"
	"slices"

	"github.com/holtdb/holt/wiki/index"
)

// Listing returns all pages that the visitor may read with their tags and last
// commits, by path.
func (s *Session) Listing(ctx context.Context) ([]index.Listed, error) {
	pages, err := s.w.index.Listing(ctx)
	if err != nil || !s.view.Restricted() {
		return pages, err
	}
	return slices.DeleteFunc(pages, func(p index.Listed) bool { return !s.canRead(p.Path) }), nil
}
