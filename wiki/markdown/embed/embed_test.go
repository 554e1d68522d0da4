package embed_test

import (
	"context"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/wiki/markdown/embed"
)

// wiki is an environment that lives in memory.
type wiki struct {
	page        string
	files       map[string]string // "page/name" to content
	attachments map[string][]embed.Attachment
	pages       []embed.Page
	fail        error
	lists       int
}

func (w *wiki) Page() string { return w.page }

func (w *wiki) Attachment(_ context.Context, page, name string, limit int64) ([]byte, error) {
	if w.fail != nil {
		return nil, w.fail
	}
	content, ok := w.files[page+"/"+name]
	if !ok {
		return nil, fmt.Errorf("attachment: %w", embed.ErrNotFound)
	}
	if int64(len(content)) > limit {
		return nil, fmt.Errorf("attachment: %w", embed.ErrTooLarge)
	}
	return []byte(content), nil
}

func (w *wiki) Attachments(_ context.Context, page string) ([]embed.Attachment, error) {
	w.lists++
	return w.attachments[page], w.fail
}

func (w *wiki) Pages(_ context.Context, prefix string) ([]embed.Page, error) {
	w.lists++
	var below []embed.Page
	for _, page := range w.pages {
		if prefix == "" || strings.HasPrefix(page.Path, prefix+"/") {
			below = append(below, page)
		}
	}
	return below, w.fail
}

// newWiki returns a wiki with a page "Guides", its attachments and the pages
// below it. Names are hostile where a wiki could hold such names.
func newWiki() *wiki {
	changed := time.Date(2026, 3, 8, 11, 26, 0, 0, time.UTC)
	return &wiki{
		page: "Guides",
		files: map[string]string{
			"Guides/data.csv": "Name;Score\nAda;<b>7</b>\nBob;5;extra\n",
			"Other/more.csv":  "a,b\n1,2\n",
		},
		attachments: map[string][]embed.Attachment{
			"Guides": {
				{Name: `a"onx=1<b>.png`, Size: 100, Type: "image/png", Modified: changed, URL: "/Guides/a%22.png"},
				{Name: "clip.mp4", Size: 5 << 20, Type: "video/mp4", Modified: changed, URL: "/Guides/clip.mp4"},
				{Name: "evil.png", Size: 1, Type: "image/png", URL: "javascript:alert(1)"},
				{Name: "plan.pdf", Size: 2048, Author: "Ada <script>", Comment: "first", Modified: changed, URL: "/Guides/plan.pdf"},
				{Name: "plan.png", Size: 1, URL: "/Guides/plan.png"},
			},
			"Other": {{Name: "pic.png", URL: "/Other/pic.png"}},
		},
		pages: []embed.Page{
			{Path: "Guides/Setup", Title: "Setup", URL: "/Guides/Setup", Headings: []embed.Heading{
				{Level: 1, Text: "<i>Start</i>", URL: "/Guides/Setup#start"},
			}},
			{Path: "Guides/Setup Two", Title: "Second <b>", URL: "/Guides/Setup%20Two"},
			{Path: "Guides/Setup/Linux", Title: "Linux", URL: "/Guides/Setup/Linux"},
			{Path: "Guides/API", Title: "API", URL: "//evil.example/x"},
			{Path: "Elsewhere", Title: "Elsewhere", URL: "/Elsewhere"},
		},
	}
}

// mark stands for a Markdown renderer: it escapes, and writes a table where
// the text has a line that starts with "|".
func mark(_ context.Context, text string, form embed.Form) (string, error) {
	if form == embed.Inline {
		return html.EscapeString(text), nil
	}
	if strings.Contains("\n"+text, "\n|") {
		return "<table><tr><td>" + html.EscapeString(text) + "</td></tr></table>", nil
	}
	return "<p>" + html.EscapeString(text) + "</p>", nil
}

// MustParse parses a whole text as one block.
func MustParse(tb testing.TB, text string) embed.Call {
	tb.Helper()
	call, n, ok := embed.Parse([]byte(text), embed.Block)
	if !ok || n != len(text) {
		tb.Fatalf("Parse(%q) = %d of %d bytes, %v", text, n, len(text), ok)
	}
	return call
}

// MustRender draws the one embedding that text is, and holds the result
// against the grammar that everything written here has to keep.
func MustRender(tb testing.TB, w *wiki, text string) string {
	tb.Helper()
	out, err := embed.NewRenderer(w, mark).Render(context.Background(), MustParse(tb, text))
	if err != nil {
		tb.Fatalf("Render(%q): %v", text, err)
	}
	checkSafe(tb, out)
	return out
}

var (
	tagPattern  = regexp.MustCompile(`^<(/?)([a-z]+)((?: [a-z-]+="[^"<>]*")*)>`)
	attrPattern = regexp.MustCompile(` ([a-z-]+)="([^"]*)"`)
)

// allowed lists the elements and attributes of the documented output.
var allowed = map[string][]string{
	"div": nil, "span": {"aria-hidden", "role"}, "p": {"role"}, "figcaption": nil, "aside": nil,
	"a": {"href", "rel", "target"}, "img": {"src", "alt", "loading"},
	"figure": {"data-sortable", "data-searchable", "data-paging", "data-fixed-height", "data-per-page"},
	"table":  nil, "thead": nil, "tbody": nil, "tr": nil, "th": {"scope"}, "td": nil,
	"ul": nil, "li": nil, "details": {"open"}, "summary": nil, "strong": nil, "code": nil, "time": {"datetime"},
	"video":  {"controls", "autoplay", "muted", "loop", "preload", "playsinline"},
	"source": {"src", "type"},
}

// checkSafe fails when out holds anything but the documented elements,
// attributes and classes, properly nested, with harmless addresses.
func checkSafe(tb testing.TB, out string) {
	tb.Helper()
	classes := embed.Classes()
	var open []string
	for rest := out; ; {
		start := strings.IndexByte(rest, '<')
		if start < 0 {
			if strings.Contains(rest, ">") {
				tb.Fatalf("stray > in %q", out)
			}
			break
		}
		if strings.Contains(rest[:start], ">") {
			tb.Fatalf("stray > in %q", out)
		}
		rest = rest[start:]
		tag := tagPattern.FindStringSubmatch(rest)
		if tag == nil {
			tb.Fatalf("no tag at %.60q in %q", rest, out)
		}
		rest = rest[len(tag[0]):]
		attrs, known := allowed[tag[2]]
		switch {
		case !known:
			tb.Fatalf("element %q in %q", tag[2], out)
		case tag[1] == "/":
			if len(open) == 0 || open[len(open)-1] != tag[2] {
				tb.Fatalf("</%s> closes %v in %q", tag[2], open, out)
			}
			open = open[:len(open)-1]
		case tag[2] != "img" && tag[2] != "source":
			open = append(open, tag[2])
		}
		for _, attr := range attrPattern.FindAllStringSubmatch(tag[3], -1) {
			name, value := attr[1], html.UnescapeString(attr[2])
			switch {
			case name == "class":
				for _, class := range strings.Fields(value) {
					if !slices.Contains(classes, class) {
						tb.Fatalf("class %q is not in Classes", class)
					}
				}
			case !slices.Contains(attrs, name):
				tb.Fatalf("attribute %q of %s in %q", name, tag[2], out)
			case name == "href" || name == "src":
				local := strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "//") && !strings.HasPrefix(value, `/\`)
				if !local && !strings.HasPrefix(value, "https://") && !strings.HasPrefix(value, "http://") {
					tb.Fatalf("address %q in %q", value, out)
				}
			}
		}
	}
	if len(open) > 0 {
		tb.Fatalf("%v not closed in %q", open, out)
	}
}

// contains fails unless out holds every one of parts.
func contains(tb testing.TB, out string, parts ...string) {
	tb.Helper()
	for _, part := range parts {
		if !strings.Contains(out, part) {
			tb.Errorf("%q is missing in\n%s", part, out)
		}
	}
}

// lacks fails when out holds one of parts.
func lacks(tb testing.TB, out string, parts ...string) {
	tb.Helper()
	for _, part := range parts {
		if strings.Contains(out, part) {
			tb.Errorf("%q should not be in\n%s", part, out)
		}
	}
}
