package wiki_test

import (
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

// outline writes a tree as text: folders in brackets, pages with a star.
func outline(nodes []*wiki.Node) string {
	var parts []string
	for _, n := range nodes {
		part := n.Name
		if n.Page {
			part += "*"
		}
		if len(n.Children) > 0 {
			part += "(" + outline(n.Children) + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

func TestTree(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustEmpty(t, "garden")
	s := MustOwn(t, w)
	for _, name := range []string{"b", "A", "c/x/deep", "c/Y", "B/z"} {
		MustSave(t, s, name, "text\n")
	}
	for _, tt := range []struct {
		mode, ignore, most string
		folder             string
		depth              int
		want               string
	}{
		{"SORTED", "False", "", "", 0, "A* B(z*) b* c(Y* x(deep*))"},
		{"SORTED", "True", "", "", 0, "A* B(z*) b* c(x(deep*) Y*)"},
		{"DIRECTORIES_GROUPED", "False", "", "", 0, "B(z*) c(x(deep*) Y*) A* b*"},
		{"DIRECTORIES_ONLY", "False", "", "", 0, "B c(x)"},
		{"DIRECTORIES_ONLY", "False", "1", "", 0, "B c"},
		{"SORTED", "False", "2", "", 0, "A* B(z*) b* c(Y* x)"},
		{"SORTED", "False", "2", "", 1, "A* B b* c"},
		{"SORTED", "False", "", "c", 0, "Y* x(deep*)"},
		{"SORTED", "False", "", "none", 0, ""},
	} {
		f.prefer(t, "garden", map[string]string{"SIDEBAR_MENUTREE_MODE": tt.mode, "SIDEBAR_MENUTREE_IGNORE_CASE": tt.ignore, "SIDEBAR_MENUTREE_MAXDEPTH": tt.most})
		tree, err := MustOwn(t, w).Tree(t.Context(), tt.folder, tt.depth)
		if got := outline(tree); err != nil || got != tt.want {
			t.Errorf("%+v: %q, %v", tt, got, err)
		}
	}
}

// TestRender_Headings lists the headings of pages with the addresses that they
// have on the pages.
func TestRender_Headings(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustEmpty(t, "garden")
	s := MustOwn(t, w)
	MustSave(t, s, "Guides/Setup", "# Set up\n\n## Same\n\n## Same\n\n## Größe & *more*\n")
	MustSave(t, s, "Guides", "{{PageIndex|toc=true}}\n")
	index, err := s.Page(t.Context(), MustName(t, "Guides"))
	if err != nil {
		t.Fatal(err)
	}
	listed, err := s.Render(t.Context(), index)
	if err != nil {
		t.Fatal(err)
	}
	page, err := s.Page(t.Context(), MustName(t, "Guides/Setup"))
	if err != nil {
		t.Fatal(err)
	}
	shown, err := s.Render(t.Context(), page)
	if err != nil || len(shown.Contents) != 4 {
		t.Fatalf("%+v, %v", shown.Contents, err)
	}
	for _, h := range shown.Contents {
		if !strings.Contains(string(listed.HTML), `href="/Guides/Setup#`+h.ID+`"`) {
			t.Errorf("%q is not listed in %s", h.ID, listed.HTML)
		}
	}
	// What is listed follows the page.
	MustSave(t, s, "Guides/Setup", "# Other\n")
	s = MustOwn(t, w)
	if listed, err = s.Render(t.Context(), index); err != nil || !strings.Contains(string(listed.HTML), "#other") {
		t.Errorf("%s, %v", listed.HTML, err)
	}
}

func TestPages_Newest(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Private)
	s := MustOwn(t, w)
	MustSave(t, s, "Roses", "# Roses\n\none\n")
	before, err := s.Pages(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	MustSave(t, s, "Roses", "# Roses\n\none two three\n")
	after, err := s.Pages(t.Context(), "")
	if err != nil || len(after) != 4 || after[3].Words != before[3].Words+2 || after[3].Changed <= before[3].Changed || after[3].Blob == before[3].Blob {
		t.Errorf("%+v after %+v, %v", after, before, err)
	}
}
