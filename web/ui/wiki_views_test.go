package ui_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/diff"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/markdown"
	"github.com/holtdb/holt/wiki/preferences"
)

func TestWikiAddresses(t *testing.T) {
	f := wikiFrame("x", "Guides/What now? 100%")
	own := f
	own.Root, own.Platform = "", "https://holt.example.org"
	for name, test := range map[string]struct{ got, want string }{
		"page":        {f.URL(f.PagePath), "/w/garden/Guides/What%20now%3F%20100%25"},
		"action":      {f.To("history"), "/w/garden/Guides/What%20now%3F%20100%25/history"},
		"revision":    {f.At("1f3a"), "/w/garden/Guides/What%20now%3F%20100%25?revision=1f3a"},
		"file":        {f.FileAbout("a b#c.png"), "/w/garden/Guides/What%20now%3F%20100%25/attachment/a%20b%23c.png"},
		"tag":         {f.TagURL("c/d?e"), "/w/garden/-/tags/c%2Fd%3Fe"},
		"create":      {f.CreateURL("Guides/"), "/w/garden/-/create?pagename=Guides%2F"},
		"own host":    {own.URL("Home"), "/Home"},
		"platform":    {own.OnPlatform("/wikis"), "https://holt.example.org/wikis"},
		"theme":       {f.ThemeURL(), "/theme"},
		"own theme":   {own.ThemeURL(), "/-/theme"},
		"sign out":    {f.SignOutURL(), "/signout"},
		"own log out": {own.SignOutURL(), "/-/logout"},
		"folder":      {f.Folder(), "Guides/"},
		"shown":       {f.Shown(), "What now? 100%"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", name, test.got, test.want)
		}
	}
}

func TestWikiMenuLinks(t *testing.T) {
	f := wikiFrame("x", "Home")
	for link, want := range map[string]string{
		"Guides/Setup": "/w/garden/Guides/Setup", "/-/changelog": "/w/garden/-/changelog", "https://example.org/x": "https://example.org/x",
		"mailto:a@example.org": "mailto:a@example.org", "javascript:alert(1)": "", "//evil.example": "", "data:text/html,x": "", "": "", "---": "",
	} {
		if got := f.MenuURL(preferences.MenuItem{Link: link}); got != want {
			t.Errorf("the link %q leads to %q, want %q", link, got, want)
		}
	}
}

func TestWikiPermissionsShow(t *testing.T) {
	u := MustNew(t)
	for _, test := range []struct {
		can  access.Set
		edit bool
	}{{access.Read, false}, {access.Read | access.Write, true}} {
		page := ui.WikiReadPage{WikiFrame: wikiFrame("Home", "Home"), Page: wikiPage(t, "Home", "Home", "x"), Rendered: renderedPage(t)}
		page.Can = test.can
		text := MustRender(t, u, page)
		for _, link := range []string{"/w/garden/Home/edit", "/w/garden/Home/delete", "/w/garden/Home/rename", "/w/garden/Home/section/3"} {
			if got := strings.Contains(text, `"`+link+`"`); got != test.edit {
				t.Errorf("who may %v is offered %s: %t", test.can, link, got)
			}
		}
	}
}

func TestWikiTree(t *testing.T) {
	f := wikiFrame("x", "Guides/River")
	labels := func(branches []ui.Branch) string {
		var names []string
		for _, b := range branches {
			name := b.Label
			if b.Open && len(b.Branches) > 0 {
				name += "+"
			}
			if b.Current {
				name += "!"
			}
			names = append(names, name)
		}
		return strings.Join(names, " ")
	}
	for name, test := range map[string]struct {
		sidebar preferences.Sidebar
		want    string
	}{
		"off":              {preferences.Sidebar{Menutree: preferences.MenutreeOff}, ""},
		"sorted":           {preferences.Sidebar{Menutree: preferences.MenutreeSorted, Focus: preferences.FocusSubtree}, "Birds Guides+ Home Otters"},
		"top":              {preferences.Sidebar{Menutree: preferences.MenutreeSorted, Focus: preferences.FocusTop}, "Birds Guides Home Otters"},
		"all":              {preferences.Sidebar{Menutree: preferences.MenutreeDirectoriesGrouped, Focus: preferences.FocusOff}, "Birds+ Guides+ Home Otters"},
		"directories only": {preferences.Sidebar{Menutree: preferences.MenutreeDirectoriesOnly}, "Birds Guides+"},
		"one level":        {preferences.Sidebar{Menutree: preferences.MenutreeSorted, MaxDepth: 1, Focus: preferences.FocusOff}, "Birds Guides Home Otters"},
	} {
		f.Sidebar = test.sidebar
		if name == "directories only" {
			// Guides holds one more folder, which shows below it.
			if got := labels(f.Branches()[1].Branches); got != "River notes!" {
				t.Errorf("%s: below Guides %q", name, got)
			}
		}
		if got := labels(f.Branches()); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	f.Tree = f.Tree[2:]
	f.Tree[0].Title, f.Tree[1].Title = "apple", "Berry"
	f.Sidebar = preferences.Sidebar{Menutree: preferences.MenutreeSorted}
	if got := labels(f.Branches()); got != "Berry apple" {
		t.Errorf("capitals first: %q", got)
	}
	f.Sidebar.IgnoreCase = true
	if got := labels(f.Branches()); got != "apple Berry" {
		t.Errorf("case ignored: %q", got)
	}
}

func TestWikiSectionLinks(t *testing.T) {
	page := ui.WikiReadPage{WikiFrame: wikiFrame("x", "A & B"), Page: wikiPage(t, "Home", "Home", "x")}
	const edit = `<a class="section-edit" href="/w/garden/A%20&amp;%20B/section/12" rel="nofollow">Edit<span class="hidden"> this section</span></a>`
	for text, want := range map[string]string{
		`<h2 id="x" data-section="12">X</h2><p>y</p>`: `<h2 id="x">X` + edit + `</h2><p>y</p>`,
		`<h2 data-section="x">X</h2>`:                 `<h2 data-section="x">X</h2>`,
		`<h2 data-section="12`:                        `<h2 data-section="12`,
		`<p>data-section="12"</p>`:                    `<p>data-section="12"</p>`,
		``:                                            ``,
	} {
		page.Rendered = &markdown.Page{HTML: []byte(text)}
		if got := string(page.Text()); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	page.Page.Head = false
	page.Rendered = &markdown.Page{HTML: []byte(`<h2 data-section="1">X</h2>`)}
	if strings.Contains(string(page.Text()), "section-edit") {
		t.Error("a section of an old revision can be edited")
	}
}

func TestWikiDifferences(t *testing.T) {
	u := MustNew(t)
	page := ui.WikiDraftPage{WikiFrame: wikiFrame("x", "Home"), Page: wikiPage(t, "Home", "Home", "x"), Hunks: diff.Lines([]byte("a\nthe old word\nc\n"), []byte("a\nthe new word\nmore\nc\n"), 9)}
	text := MustRender(t, u, page)
	for _, part := range []string{`the <del>old</del> word`, `the <ins>new</ins> word`, `<td class="diff-none"></td><td class="diff-none"></td><td class="diff-no diff-added">3</td>`} {
		if !strings.Contains(text, part) {
			t.Errorf("the two versions do not show %s", part)
		}
	}
	if got := strings.Count(text, "<tr>"); got != 5 {
		t.Errorf("%d rows with the head, want 5: what replaces a line stands beside it", got)
	}
}

func TestWikiLists(t *testing.T) {
	var letters []string
	for _, l := range (ui.WikiIndexPage{Pages: indexPages()}).Letters() {
		letters = append(letters, l.Letter)
	}
	if want := []string{"#", "E", "G", "H", "K", "O", "R", "S", "T"}; !slices.Equal(letters, want) {
		t.Errorf("letters %q, want %q", letters, want)
	}
	wanted := ui.WikiStrayPage{Red: []index.Link{{From: "a", To: "One"}, {From: "a", To: "Two"}, {From: "b", To: "two"}}}.Wanted()
	if len(wanted) != 2 || wanted[0].Path != "Two" || !slices.Equal(wanted[0].By, []string{"a", "b"}) {
		t.Errorf("wanted pages %+v", wanted)
	}
	line := func(n byte) index.Line { return index.Line{Text: "x", Commit: commit(n, "a", "b", 0)} }
	runs := ui.WikiBlamePage{Lines: []index.Line{line(1), line(1), line(2), line(1)}}.Runs()
	if len(runs) != 3 || len(runs[0].Lines) != 2 || runs[2].Lines[0].Number != 4 {
		t.Errorf("runs %+v", runs)
	}
	history := ui.WikiHistoryPage{WikiFrame: wikiFrame("x", "Home"), Revisions: revisions(), More: true}
	if got := history.OlderURL(); got != "/w/garden/Home/history?before=2" {
		t.Errorf("older revisions at %q", got)
	}
	if history.More = false; history.OlderURL() != "" {
		t.Error("there is more after the last revision")
	}
}

func TestWikiSyntaxNamesTheOrder(t *testing.T) {
	for pageFirst, want := range map[bool]string{false: "[[the start|Home]]", true: "[[Home|the start]]"} {
		found := false
		ids := map[string]bool{}
		for _, group := range ui.SyntaxGroups(pageFirst) {
			if ids[group.ID] || group.ID == "" {
				t.Errorf("the group %q has no id of its own", group.Title)
			}
			ids[group.ID] = true
			for _, sample := range group.Samples {
				found = found || strings.Contains(sample.Source, want)
			}
		}
		if !found {
			t.Errorf("no example has %s", want)
		}
	}
}
