package wiki

import (
	"context"
	"slices"

	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
)

// LinksTo returns the pages that link to a page, which need not exist.
func (s *Session) LinksTo(ctx context.Context, name Name) ([]index.Link, error) {
	if err := s.need(name.path, access.Read); err != nil {
		return nil, err
	}
	links, err := s.w.index.LinksTo(ctx, name.path)
	return s.visibleLinks(links), err
}

// LinksFrom returns the pages that a page links to.
func (s *Session) LinksFrom(ctx context.Context, name Name) ([]index.Link, error) {
	if err := s.need(name.path, access.Read); err != nil {
		return nil, err
	}
	links, err := s.w.index.LinksFrom(ctx, name.path)
	return s.visibleLinks(links), err
}

// Links returns all links between pages that the visitor may read.
func (s *Session) Links(ctx context.Context) ([]index.Link, error) {
	if err := s.needSome(); err != nil {
		return nil, err
	}
	links, err := s.w.index.Links(ctx)
	return s.visibleLinks(links), err
}

// RedLinks returns the links to pages that do not exist, by target.
func (s *Session) RedLinks(ctx context.Context) ([]index.Link, error) {
	if err := s.needSome(); err != nil {
		return nil, err
	}
	links, err := s.w.index.RedLinks(ctx)
	return s.visibleLinks(links), err
}

// visibleLinks drops links from pages that the visitor may not read, and does
// not tell whether those that it may not read exist.
func (s *Session) visibleLinks(links []index.Link) []index.Link {
	if !s.view.Restricted() {
		return links
	}
	return slices.DeleteFunc(links, func(l index.Link) bool { return !s.canRead(l.From) || !s.canRead(l.To) })
}

// Orphans returns the pages that no other page links to, less the one that the
// wiki begins with.
func (s *Session) Orphans(ctx context.Context) ([]index.Page, error) {
	if err := s.needSome(); err != nil {
		return nil, err
	}
	pages, err := s.w.index.Orphans(ctx)
	home := s.Home().path
	return slices.DeleteFunc(pages, func(p index.Page) bool {
		return index.Fold(p.Path) == index.Fold(home) || !s.canRead(p.Path)
	}), err
}
