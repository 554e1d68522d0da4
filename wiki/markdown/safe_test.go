package markdown_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/alecthomas/chroma/v2"

	"github.com/holtdb/holt/wiki/markdown/embed"
)

// What the HTML of a page may hold, written down here once more on purpose.
var (
	safeTags = strings.Fields(`p br hr span i strong em b u s strike del ins sub sup mark small ul ol li dl dt dd
		h1 h2 h3 h4 h5 h6 code pre kbd samp var blockquote q cite center table thead tbody tfoot tr td th caption col
		colgroup a img abbr address time details summary figure figcaption video audio source input label section aside div`)
	safeAttributes = strings.Fields(`href src alt title class id width height align start colspan rowspan span scope
		datetime open type checked disabled rel target loading controls loop muted autoplay playsinline preload poster
		lang dir role aria-label aria-hidden data-section data-copy data-language data-sortable data-searchable data-paging
		data-fixed-height data-per-page`)
	safeClasses = strings.Fields(`alert alert-heading anchor chroma code display external fold footnote footnote-back
		footnote-ref footnotes img-fluid inline line math mermaid missing numbered plain properties quote-alert
		quote-alert-header spoiler table-scroll task-list-item task-list-item-checkbox`)
	alertClass = regexp.MustCompile(`^(?:quote-)?alert-[a-z0-9-]+$`)
)

// mustBeSafe parses HTML as a browser does and fails unless everything in it is
// known to be harmless.
func mustBeSafe(tb testing.TB, page []byte) {
	tb.Helper()
	// The page stands in a frame; it must not get out of it.
	const before, after = `<main><div id="holt-page">`, `</div><p id="holt-after"></p></main>`
	doc, err := html.Parse(strings.NewReader(before + string(page) + after))
	if err != nil {
		tb.Fatalf("parse: %v", err)
	}
	framed := 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			if n.Type == html.CommentNode || n.Type == html.DoctypeNode {
				tb.Errorf("a comment or doctype: %q", n.Data)
			}
			continue
		}
		if n.DataAtom == atom.Html || n.DataAtom == atom.Head || n.DataAtom == atom.Body || n.DataAtom == atom.Main {
			continue
		}
		if id := attribute(n, "id"); id == "holt-page" || id == "holt-after" {
			if framed++; n.Parent.DataAtom == atom.Main {
				continue
			}
		}
		checkElement(tb, n, page)
	}
	if framed != 2 {
		tb.Errorf("the page uses an id of the frame: %.300q", page)
	}
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func checkElement(tb testing.TB, n *html.Node, page []byte) {
	tb.Helper()
	if n.Namespace != "" || !slices.Contains(safeTags, n.Data) {
		tb.Errorf("element %s:%s in %.300q", n.Namespace, n.Data, page)
	}
	if n.Data == "input" && (attribute(n, "type") != "checkbox") {
		tb.Errorf("an input that is no checkbox in %.300q", page)
	}
	for _, a := range n.Attr {
		if a.Namespace != "" || !slices.Contains(safeAttributes, a.Key) {
			tb.Errorf("attribute %s=%q of %s in %.300q", a.Key, a.Val, n.Data, page)
		}
		switch a.Key {
		case "href", "src", "poster":
			u, err := url.Parse(strings.TrimSpace(a.Val))
			if err != nil {
				tb.Errorf("address %q: %v", a.Val, err)
				continue
			}
			allowed := []string{"", "http", "https"}
			if a.Key == "href" {
				allowed = append(allowed, "ftp", "mailto", "tel", "xmpp", "irc", "ircs", "matrix", "geo")
			}
			if !slices.Contains(allowed, u.Scheme) {
				tb.Errorf("address %q in %.300q", a.Val, page)
			}
		case "class":
			for _, class := range strings.Fields(a.Val) {
				if !slices.Contains(safeClasses, class) && !slices.Contains(embed.Classes(), class) && !alertClass.MatchString(class) && !isChroma(class) {
					tb.Errorf("class %q in %.300q", class, page)
				}
			}
		case "id":
			if strings.HasPrefix(strings.ToLower(a.Val), "holt-") {
				tb.Errorf("id %q of the frame in %.300q", a.Val, page)
			}
		}
	}
}

func isChroma(class string) bool {
	for _, c := range chroma.StandardTypes {
		if c == class && c != "" {
			return true
		}
	}
	return false
}
