package wiki

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
)

// catalog holds the names and titles of all pages, as of one state of the index.
type catalog struct {
	names int64
	pages []index.Page
	folds map[string]int // position by folded path
}

// list returns the catalogue of the session's moment. It is shared and must not
// be changed.
func (s *Session) list(ctx context.Context) (*catalog, error) {
	if c := s.w.catalog.Load(); c != nil && c.names == s.names {
		return c, nil
	}
	pages, err := s.w.index.Pages(ctx)
	if err != nil {
		return nil, err
	}
	c := &catalog{names: s.names, pages: pages, folds: make(map[string]int, len(pages))}
	for i, p := range pages {
		c.folds[index.Fold(p.Path)] = i
	}
	s.w.catalog.Store(c)
	return c, nil
}

// Pages returns the pages below a folder that the visitor may read, by path; ""
// is the whole wiki.
func (s *Session) Pages(ctx context.Context, folder string) ([]index.Page, error) {
	c, err := s.list(ctx)
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
		return pages, nil
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
	c, err := s.list(ctx)
	if err != nil {
		return false
	}
	i, ok := c.folds[index.Fold(page)]
	return ok && s.canRead(c.pages[i].Path)
}

// Node is a place in the tree of pages: a page, a folder, or both.
type Node struct {
	Path     string
	Name     string // the last part of the path
	Title    string // of the page, else the name
	Page     bool
	Children []*Node
}

// Tree returns the pages below a folder as a tree, down to depth levels (0 for
// all). Folders come first where the wiki groups them.
func (s *Session) Tree(ctx context.Context, folder string, depth int) ([]*Node, error) {
	pages, err := s.Pages(ctx, folder)
	if err != nil {
		return nil, err
	}
	root := &Node{Path: folder}
	byPath := map[string]*Node{folder: root}
	for _, p := range pages {
		rest := strings.TrimPrefix(strings.TrimPrefix(p.Path, folder), "/")
		if depth > 0 && strings.Count(rest, "/") >= depth {
			// Too deep: only the folder on its way shows.
			segments := strings.SplitN(rest, "/", depth+1)
			node(byPath, folder, strings.Join(segments[:depth], "/"))
			continue
		}
		n := node(byPath, folder, rest)
		n.Page, n.Title = true, p.Title
	}
	return root.Children, nil
}

// node returns the node of a path below folder, made with those above it.
func node(byPath map[string]*Node, folder, rest string) *Node {
	full := path.Join(folder, rest)
	if n, ok := byPath[full]; ok {
		return n
	}
	parent := byPath[folder]
	if i := strings.LastIndexByte(rest, '/'); i >= 0 {
		parent = node(byPath, folder, rest[:i])
	}
	n := &Node{Path: full, Name: path.Base(rest), Title: path.Base(rest)}
	parent.Children = append(parent.Children, n)
	byPath[full] = n
	return n
}

// Tagged returns the pages that have a tag, by path.
func (s *Session) Tagged(ctx context.Context, tag string) ([]index.Page, error) {
	if err := s.needWide(access.Read); err != nil {
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
	if err := s.needWide(access.Read); err != nil {
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
