package ui_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web/ui"
)

func TestParseTheme(t *testing.T) {
	for value, want := range map[string]ui.Theme{
		"": ui.ThemeSystem, "system": ui.ThemeSystem, "light": ui.ThemeLight, "dark": ui.ThemeDark, "Dark": ui.ThemeSystem, hostile: ui.ThemeSystem,
	} {
		if got := ui.ParseTheme(value); got != want {
			t.Errorf("ParseTheme(%q) = %q, want %q", value, got, want)
		}
	}
}

func TestThemeIsRendered(t *testing.T) {
	u := MustNew(t)
	page := libraryPage(nil)
	if text := MustRender(t, u, page); strings.Contains(text, "data-theme=") {
		t.Error("the system's theme is not left to the system")
	}
	page.Frame.Theme = ui.ThemeDark
	text := MustRender(t, u, page)
	if !strings.Contains(text, `<html lang="en" data-theme="dark">`) || !strings.Contains(text, `value="dark" aria-pressed="true"`) {
		t.Error("the dark theme is not rendered")
	}
}

func TestLibraryAddresses(t *testing.T) {
	page := libraryPage(documents())
	page.List.Next = "next one"
	page.Filter = library.Filter{Text: "river & sea", Tag: "to read", Format: extract.PDF, Sort: library.ByTitle, After: "here"}
	for name, test := range map[string]struct{ got, want string }{
		"next":  {page.NextURL(), "/?after=next+one&format=pdf&sort=title&tag=to+read&text=river+%26+sea"},
		"first": {page.FirstURL(), "/?format=pdf&sort=title&tag=to+read&text=river+%26+sea"},
		"added": {page.Sorts()[0].URL, "/?format=pdf&tag=to+read&text=river+%26+sea"},
		"tag":   {page.TagChoices()[2].URL, "/?format=pdf&sort=title&tag=rivers&text=river+%26+sea"},
		"lift":  {page.TagChoices()[3].URL, "/?format=pdf&sort=title&text=river+%26+sea"},
		"plain": {libraryPage(nil).FirstURL(), "/"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", name, test.got, test.want)
		}
	}
	for _, sort := range page.Sorts() {
		if sort.Current != (sort.Label == "Title") {
			t.Errorf("order %s is current: %t", sort.Label, sort.Current)
		}
	}
}

func TestQuota(t *testing.T) {
	limits := platform.Tier{Documents: 100, FileBytes: 1000}
	for _, test := range []struct {
		documents, bytes int64
		near, full       bool
	}{
		{0, 0, false, false}, {89, 899, false, false}, {90, 0, true, false}, {0, 900, true, false},
		{100, 0, true, true}, {0, 1000, true, true}, {101, 2000, true, true},
	} {
		quota := ui.Quota{Usage: library.Usage{Documents: test.documents, FileBytes: test.bytes}, Tier: limits}
		if quota.Near() != test.near || quota.Full() != test.full {
			t.Errorf("%d documents, %d bytes: near %t, full %t", test.documents, test.bytes, quota.Near(), quota.Full())
		}
	}
	unlimited := ui.Quota{Usage: library.Usage{Documents: 1 << 40, FileBytes: 1 << 60}}
	if unlimited.Near() || unlimited.Full() {
		t.Error("a library without limits is full")
	}
}

func TestTags(t *testing.T) {
	for text, want := range map[string][]string{
		"": {}, " , ,": {}, "a,b": {"a", "b"}, " to   read ,rivers, to read": {"to read", "rivers"},
	} {
		if got := ui.SplitTags(text); !slices.Equal(got, want) || got == nil {
			t.Errorf("SplitTags(%q) = %q, want %q", text, got, want)
		}
	}
	if got := ui.JoinTags([]string{"to read", "rivers"}); got != "to read, rivers" {
		t.Errorf("JoinTags = %q", got)
	}
}

func TestSearchGroups(t *testing.T) {
	page := searchPage()
	delete(page.Documents, "skerry")
	groups := page.Groups()
	if len(groups) != 2 || len(groups[0].Hits) != 3 || len(groups[1].Hits) != 1 {
		t.Fatalf("groups %+v", groups)
	}
	if !groups[0].Known || groups[0].Document.Pages != 17 {
		t.Error("the first document is not filled in")
	}
	if groups[1].Known || groups[1].Document.Title != "The Lighthouse at Skerry Point" {
		t.Errorf("the second document is %+v", groups[1].Document)
	}
	if got := (ui.SearchPage{}).Groups(); len(got) != 0 {
		t.Errorf("no hits make %d groups", len(got))
	}
}

func TestSearchAddresses(t *testing.T) {
	page := searchPage()
	page.Query = library.Query{Text: `"otter's den" -sea`, Documents: []string{"a", "b"}, Tag: "rivers"}
	next, err := url.Parse(page.NextURL())
	if err != nil {
		t.Fatal(err)
	}
	values := next.Query()
	if next.Path != "/search" || values.Get("q") != page.Query.Text || !slices.Equal(values["doc"], []string{"a", "b"}) ||
		values.Get("tag") != "rivers" || values.Get("after") != "x" {
		t.Errorf("next page %s", next)
	}
	if got, want := page.EverywhereURL(), "/search?q=%22otter%27s+den%22+-sea"; got != want {
		t.Errorf("everywhere %q, want %q", got, want)
	}
	if got, want := page.HitURL(library.Hit{DocumentID: "a/b", Page: 3, Start: 5, End: 40}), "/read/a%2Fb/3?end=40&q=%22otter%27s+den%22+-sea&start=5"; got != want {
		t.Errorf("a hit by meaning is at %q, want %q", got, want)
	}
}

func TestReaderNeighbours(t *testing.T) {
	for _, test := range []struct {
		page, previous, next, previousFound, nextFound, here int
	}{
		{1, 0, 2, 0, 2, 0}, {2, 1, 3, 0, 5, 1}, {6, 5, 7, 5, 7, 0}, {12, 11, 13, 7, 0, 4}, {17, 16, 0, 12, 0, 0},
	} {
		page := readerPage()
		page.Page.Number = test.page
		got := [5]int{page.Previous(), page.Next(), page.PreviousFound(), page.NextFound(), page.FoundHere()}
		if want := [5]int{test.previous, test.next, test.previousFound, test.nextFound, test.here}; got != want {
			t.Errorf("page %d: %v, want %v", test.page, got, want)
		}
	}
}

func TestReaderAddresses(t *testing.T) {
	page := readerPage()
	page.Document.ID, page.Query, page.Start, page.End = "a/b?c", "otter & fish", 10, 90
	for _, test := range []struct{ got, want string }{
		{page.To(8), "/read/a%2Fb%3Fc/8?q=otter+%26+fish"},
		{page.To(7), "/read/a%2Fb%3Fc/7?end=90&q=otter+%26+fish&start=10"},
		{ui.ReaderPanel{ReaderPage: page}.To(7), page.To(7)},
		{page.Plain(), "/read/a%2Fb%3Fc/7"},
		{page.Image(7, 1440), "/api/library/a%2Fb%3Fc/pages/7/image?w=1440"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
}

func TestReaderLayer(t *testing.T) {
	page := readerPage()
	words := page.Words()
	if len(words) != 3 {
		t.Fatalf("%d words, want 3: a word without a size cannot be drawn", len(words))
	}
	if words[0].Line != words[1].Line || words[1].Line == words[2].Line {
		t.Errorf("lines %d, %d, %d", words[0].Line, words[1].Line, words[2].Line)
	}
	marks := page.Marks()
	if want := (ui.Mark{X: "73.8", Y: "81.98", W: "24.4", H: "9.02"}); len(marks) != 1 || marks[0] != want {
		t.Errorf("marks %+v, want %+v", marks, want)
	}
	if got := page.ViewBox(); got != "0 0 419.53 595.28" {
		t.Errorf("view box %q", got)
	}
	if got := page.ImageHeight(1440); got != 2043 {
		t.Errorf("height %d, want 2043", got)
	}
	page.Layout, page.Page.Width = nil, 0
	if got := page.ImageHeight(1000); got != 1414 {
		t.Errorf("height of a page of unknown size %d, want that of A4", got)
	}
	if page.Words() != nil || page.Marks() != nil {
		t.Error("a page without layout has words")
	}
}

func TestReaderRail(t *testing.T) {
	page := readerPage()
	if got := page.CurrentEntry(); got != 2 {
		t.Errorf("current entry %d, want 2", got)
	}
	page.Page.Number = 1
	if got := page.CurrentEntry(); got != -1 {
		t.Errorf("before the first entry: %d, want -1", got)
	}
	if got := page.Thumbnails(); len(got) != 9 || got[0] != 1 || got[8] != 9 {
		t.Errorf("thumbnails %v", got)
	}
	page.Document.Pages, page.Page.Number = 5000, 5000
	if got := page.Thumbnails(); len(got) != 9 || got[8] != 5000 {
		t.Errorf("thumbnails at the end %v", got)
	}
}

// TestMarksSurvive shows that hits stay marked and all else is escaped.
func TestMarksSurvive(t *testing.T) {
	u := MustNew(t)
	for snippet, want := range map[string]string{
		"an <mark>otter</mark> &amp; fish": "an <mark>otter</mark> &amp; fish",
		"1 < 2 <mark>x":                    "1 &lt; 2 <mark>x</mark>",
		"a</mark>b":                        "a&lt;/mark&gt;b",
		"<mark><mark>x</mark>":             "<mark>&lt;mark&gt;x</mark>",
		"<mark onclick=x>y</mark>":         "&lt;mark onclick=x&gt;y&lt;/mark&gt;",
		`a <mark class="passage">b <mark>c</mark></mark> d`: `a <mark class="passage">b <mark>c</mark></mark> d`,
		`<mark><mark class="passage">x`:                     `<mark>&lt;mark class=&#34;passage&#34;&gt;x</mark>`,
		`<mark class="passage"><mark>x`:                     `<mark class="passage"><mark>x</mark></mark>`,
		`<mark class="passage" onclick="x">y</mark>`:        `&lt;mark class=&#34;passage&#34; onclick=&#34;x&#34;&gt;y&lt;/mark&gt;`,
		"&lt;script&gt;<script>alert(1)</script>":           "&lt;script&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
	} {
		page := searchPage()
		page.Results.Hits = []library.Hit{{DocumentID: "otter", Page: 1, Snippet: snippet}}
		if text := MustRender(t, u, page); !strings.Contains(text, `<span class="snippet">`+want+`</span>`) {
			t.Errorf("the snippet %q is not shown as %q", snippet, want)
		}
	}
}

func TestRenderWritesWholePages(t *testing.T) {
	u := MustNew(t)
	broken := errors.New("broken pipe")
	if err := u.Render(failing{broken}, libraryPage(nil)); !errors.Is(err, broken) {
		t.Errorf("Render on a broken connection: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestErrorPageBack(t *testing.T) {
	for back, want := range map[string]string{
		"": "/", "/account": "/account", "//evil.example": "/", `/\evil.example`: "/", "https://evil.example": "/", "javascript:alert(1)": "/",
	} {
		if got := (ui.ErrorPage{Back: back}).BackURL(); got != want {
			t.Errorf("BackURL of %q is %q, want %q", back, got, want)
		}
	}
}
