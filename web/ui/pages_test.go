package ui_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/holtdb/holt/web/ui"
)

func MustNew(tb testing.TB) *ui.UI {
	tb.Helper()
	u, err := ui.New()
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

func MustRender(tb testing.TB, u *ui.UI, page ui.Page) string {
	tb.Helper()
	var b bytes.Buffer
	if err := u.Render(&b, page); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// TestPages holds every page against what all pages promise.
func TestPages(t *testing.T) {
	u := MustNew(t)
	for _, example := range examples(t) {
		t.Run(example.name, func(t *testing.T) {
			text := MustRender(t, u, example.page)
			if !escaped(text) {
				t.Error("a hostile text became an element")
			}
			if strings.Contains(text, "ZgotmplZ") {
				t.Error("the template engine refused a value")
			}
			if strings.Contains(text, "<no value>") {
				t.Error("the page shows a value that is not there")
			}
			root, err := html.Parse(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			checkNothingInline(t, root)
			checkStructure(t, root)
			checkNames(t, root)
		})
	}
}

// elements are all elements of a tree in document order.
func elements(root *html.Node) []*html.Node {
	var found []*html.Node
	for node := range root.Descendants() {
		if node.Type == html.ElementNode {
			found = append(found, node)
		}
	}
	return found
}

func attribute(node *html.Node, name string) (string, bool) {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// checkNothingInline finds what the content security policy would block.
func checkNothingInline(t *testing.T, root *html.Node) {
	t.Helper()
	for _, node := range elements(root) {
		if node.DataAtom == atom.Script {
			source, _ := attribute(node, "src")
			if !strings.HasPrefix(source, "/static/") || node.FirstChild != nil {
				t.Errorf("script from %q or inline", source)
			}
		}
		if node.DataAtom == atom.Style {
			t.Error("inline style sheet")
		}
		for _, a := range node.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s> has the attribute %s", node.Data, a.Key)
			}
			address := slices.Contains([]string{"href", "src", "action", "srcset"}, a.Key)
			if address && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") && !mayLeave(node, a.Val) {
				t.Errorf("<%s %s=%q> leads out of this server", node.Data, a.Key, a.Val)
			}
		}
	}
}

// mayLeave reports whether a link may lead to another server: from a wiki on a
// host of its own to the platform, and where it says so.
func mayLeave(node *html.Node, address string) bool {
	rel, _ := attribute(node, "rel")
	return node.DataAtom == atom.A && strings.HasPrefix(address, "https://") &&
		(strings.HasPrefix(address, "https://holt.example.org/") || slices.Contains(strings.Fields(rel), "external"))
}

// checkStructure looks for one heading of the page, one main part, and ids that
// name one element each.
func checkStructure(t *testing.T, root *html.Node) {
	t.Helper()
	count := map[atom.Atom]int{}
	ids := map[string]int{}
	for _, node := range elements(root) {
		count[node.DataAtom]++
		if id, ok := attribute(node, "id"); ok {
			ids[id]++
		}
		if node.DataAtom == atom.Form {
			for inside := range node.Descendants() {
				if inside.DataAtom == atom.Form {
					t.Error("a form inside a form")
				}
			}
		}
	}
	for _, single := range []atom.Atom{atom.H1, atom.Main, atom.Title, atom.Header} {
		// The pages of the account have a header for each section as well.
		if count[single] != 1 && (single != atom.Header || count[single] == 0) {
			t.Errorf("%d elements <%s>", count[single], single)
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%d elements with the id %q", n, id)
		}
	}
	for _, node := range elements(root) {
		for _, name := range []string{"for", "aria-labelledby", "aria-describedby"} {
			value, _ := attribute(node, name)
			for reference := range strings.FieldsSeq(value) {
				if ids[reference] == 0 {
					t.Errorf("<%s %s> names %q, which is not there", node.Data, name, reference)
				}
			}
		}
	}
}

// checkNames looks for a name on everything that is used: fields, links,
// buttons, menus, bars and pictures.
func checkNames(t *testing.T, root *html.Node) {
	t.Helper()
	labelled := map[string]bool{}
	for _, node := range elements(root) {
		if id, ok := attribute(node, "for"); ok && node.DataAtom == atom.Label {
			labelled[id] = true
		}
	}
	for _, node := range elements(root) {
		label, _ := attribute(node, "aria-label")
		switch node.DataAtom {
		case atom.Input, atom.Select, atom.Textarea:
			kind, _ := attribute(node, "type")
			id, _ := attribute(node, "id")
			_, disabled := attribute(node, "disabled") // the boxes of task lists
			if kind != "hidden" && !(disabled && kind == "checkbox") && label == "" && !labelled[id] && !inside(node, atom.Label) {
				t.Errorf("a field has no label: %v", node.Attr)
			}
		case atom.A, atom.Button, atom.Summary:
			if label == "" && visibleText(node) == "" {
				t.Errorf("<%s> has no name: %v", node.Data, node.Attr)
			}
		case atom.Img:
			if _, ok := attribute(node, "alt"); !ok {
				t.Errorf("a picture has no alternative: %v", node.Attr)
			}
			if width, _ := attribute(node, "width"); width == "" {
				t.Errorf("a picture has no size: %v", node.Attr)
			}
		}
	}
}

func inside(node *html.Node, element atom.Atom) bool {
	for parent := range node.Ancestors() {
		if parent.DataAtom == element {
			return true
		}
	}
	return false
}

func visibleText(node *html.Node) string {
	var b strings.Builder
	for inside := range node.Descendants() {
		if inside.Type == html.TextNode {
			b.WriteString(inside.Data)
		}
	}
	return strings.TrimSpace(b.String())
}
