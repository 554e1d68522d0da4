package wiki

import (
	"context"
	"slices"
	"strings"

	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/repo"
)

// catalog holds all pages, as of one state of the index.
type catalog struct {
	head  repo.Hash
	names int64 // with another head but these, names and titles are still right
	pages []index.Page
	folds map[string]int // position by folded path
}

// list returns the catalogue of the session's moment. It is shared and must not
// be changed. For names alone it need not know the newest texts.
func (s *Session) list(ctx context.Context, namesOnly bool) (*catalog, error) {
	if c := s.w.catalog.Load(); c != nil && c.names == s.names && (namesOnly || c.head == s.head) {
		return c, nil
	}
	pages, err := s.w.index.Pages(ctx)
	if err != nil {
		return nil, err
	}
	c := &catalog{head: s.head, names: s.names, pages: pages, folds: make(map[string]int, len(pages))}
	for i, p := range pages {
		c.folds[index.Fold(p.Path)] = i
	}
	s.w.catalog.Store(c)
	return c, nil
}

// Pages returns the pages below a folder that the visitor may read, by path; ""
// is the whole wiki.
func (s *Session) Pages(ctx context.Context, folder string) ([]index.Page, error) {
	c, err := s.list(ctx, false)
	if err != nil {
		return nil, err
	}
	first, last := 0, len(c.pages)
	if folder != "" {
		first, _ = slices.BinarySearchFunc(c.pages, folder+"/", comparePath)
		last, _ = slices.BinarySearchFunc(c.pages, folder+"0", comparePath) // '0' follows '/'
	}
	pages := c.pages[first:last]
	if !s.view.Restricted() {
		return slices.Clone(pages), nil
	}
	var visible []index.Page
	for _, p := range pages {
		if s.canRead(p.Path) {
			visible = append(visible, p)
		}
	}
	return visible, nil
}

func comparePath(p index.Page, path string) int { return strings.Compare(p.Path, path) }

// exists reports whether there is a page that the visitor may read.
func (s *Session) exists(ctx context.Context, page string) bool {
	c, err := s.list(ctx, true)
	if err != nil {
		return false
	}
	i, ok := c.folds[index.Fold(page)]
	return ok && s.canRead(c.pages[i].Path)
}

// Tagged returns the pages that have a tag, by path.
func (s *Session) Tagged(ctx context.Context, tag string) ([]index.Page, error) {
	if err := s.needSome(); err != nil {
		return nil, err
	}
	found, err := s.w.index.Tags(ctx, tag)
	if err != nil {
		return nil, err
	}
	var pages []index.Page
	for _, t := range found {
		if s.canRead(t.Page.Path) {
			pages = append(pages, t.Page)
		}
	}
	return pages, nil
}

// TagCount is a tag with the number of pages that have it.
type TagCount struct {
	Tag   string
	Pages int
}

// Tags returns all tags of pages that the visitor may read, by name.
func (s *Session) Tags(ctx context.Context) ([]TagCount, error) {
	if err := s.needSome(); err != nil {
		return nil, err
	}
	found, err := s.w.index.Tags(ctx, "")
	if err != nil {
		return nil, err
	}
	var tags []TagCount
	for _, t := range found {
		if !s.canRead(t.Page.Path) {
			continue
		}
		if n := len(tags); n > 0 && strings.EqualFold(tags[n-1].Tag, t.Tag) {
			tags[n-1].Pages++
			continue
		}
		tags = append(tags, TagCount{t.Tag, 1})
	}
	return tags, nil
}

// TagsOf returns the tags of a page.
func (s *Session) TagsOf(ctx context.Context, name Name) ([]string, error) {
	if err := s.need(name.path, access.Read); err != nil {
		return nil, err
	}
	return s.w.index.TagsOf(ctx, name.path)
}
