package wiki

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/preferences"
)

// Node is a place in the tree of pages: a page, a folder, or both.
type Node struct {
	Path     string
	Name     string // the last part of the path
	Title    string // of the page, else the name
	Page     bool
	Children []*Node

	folder bool // something is below that is too deep to be shown
}

// Tree returns the pages below a folder as a tree, down to depth levels (0 for
// as many as the wiki wants). It is sorted and grouped, and without the pages
// among folders, as the wiki's preferences have it; switching the tree off there
// is for those who show it.
func (s *Session) Tree(ctx context.Context, folder string, depth int) ([]*Node, error) {
	pages, err := s.Pages(ctx, folder)
	if err != nil {
		return nil, err
	}
	wanted := s.settings.preferences.Sidebar
	if depth <= 0 {
		depth = wanted.MaxDepth
	}
	root := &Node{Path: folder}
	byPath := map[string]*Node{folder: root}
	for _, p := range pages {
		rest := strings.TrimPrefix(strings.TrimPrefix(p.Path, folder), "/")
		if depth > 0 && strings.Count(rest, "/") >= depth {
			// Too deep: only the folder on its way shows.
			segments := strings.SplitN(rest, "/", depth+1)
			node(byPath, folder, strings.Join(segments[:depth], "/")).folder = true
			continue
		}
		n := node(byPath, folder, rest)
		n.Page, n.Title = true, p.Title
	}
	arrange(root, wanted)
	return root.Children, nil
}

// isFolder reports whether there is something below the node, shown or not.
func (n *Node) isFolder() bool { return n.folder || len(n.Children) > 0 }

// arrange sorts what is below a node, and drops what the wiki does not want.
func arrange(n *Node, wanted preferences.Sidebar) {
	if wanted.Menutree == preferences.MenutreeDirectoriesOnly {
		n.Children = slices.DeleteFunc(n.Children, func(c *Node) bool { return !c.isFolder() })
	}
	slices.SortStableFunc(n.Children, func(a, b *Node) int {
		if wanted.Menutree == preferences.MenutreeDirectoriesGrouped && a.isFolder() != b.isFolder() {
			if a.isFolder() {
				return -1
			}
			return 1
		}
		if wanted.IgnoreCase {
			if order := strings.Compare(index.Fold(a.Title), index.Fold(b.Title)); order != 0 {
				return order
			}
		}
		return strings.Compare(a.Title, b.Title)
	})
	for _, c := range n.Children {
		arrange(c, wanted)
	}
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
