package ui

import (
	"cmp"
	"slices"
	"strings"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

// Branch is a place in the page tree of the rail.
type Branch struct {
	Path     string
	Label    string
	URL      string
	Page     bool // there is a page of this path, not only a folder
	Current  bool // it is the page that is shown
	Open     bool // what is below it shows
	Branches []Branch
}

// Branches is the page tree as the preferences want it.
func (f WikiFrame) Branches() []Branch {
	if f.Sidebar.Menutree == preferences.MenutreeOff {
		return nil
	}
	return f.branches(f.Tree, 1)
}

func (f WikiFrame) branches(nodes []*wiki.Node, level int) []Branch {
	if f.Sidebar.MaxDepth > 0 && level > f.Sidebar.MaxDepth {
		return nil
	}
	var branches []Branch
	for _, n := range f.arranged(nodes) {
		if f.Sidebar.Menutree == preferences.MenutreeDirectoriesOnly && len(n.Children) == 0 {
			continue
		}
		b := Branch{Path: n.Path, Label: n.Title, URL: f.URL(n.Path), Page: n.Page, Current: n.Path == f.PagePath}
		b.Branches = f.branches(n.Children, level+1)
		b.Open = f.open(n.Path)
		branches = append(branches, b)
	}
	return branches
}

// open reports whether what is below a path shows at first.
func (f WikiFrame) open(path string) bool {
	switch f.Sidebar.Focus {
	case preferences.FocusOff:
		return true
	case preferences.FocusTop:
		return false
	default:
		return f.PagePath == path || strings.HasPrefix(f.PagePath, path+"/")
	}
}

// arranged puts nodes in the order of the preferences.
func (f WikiFrame) arranged(nodes []*wiki.Node) []*wiki.Node {
	grouped := f.Sidebar.Menutree == preferences.MenutreeDirectoriesGrouped
	return slices.SortedStableFunc(slices.Values(nodes), func(a, b *wiki.Node) int {
		if aFolder, bFolder := len(a.Children) > 0, len(b.Children) > 0; grouped && aFolder != bFolder {
			if aFolder {
				return -1
			}
			return 1
		}
		if f.Sidebar.IgnoreCase {
			if order := cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)); order != 0 {
				return order
			}
		}
		return cmp.Compare(a.Title, b.Title)
	})
}

// titleIn returns the title of the page at a path of a tree, "" when the tree
// does not have it.
func titleIn(nodes []*wiki.Node, path string) string {
	for _, n := range nodes {
		if n.Path == path {
			return n.Title
		}
		if strings.HasPrefix(path, n.Path+"/") {
			return titleIn(n.Children, path)
		}
	}
	return ""
}
