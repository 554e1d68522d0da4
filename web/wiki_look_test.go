package web_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/holtdb/holt/hosting"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/samples"
	"github.com/holtdb/holt/server"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

// noWider fails the test where a page is wider than its window.
func noWider(t *testing.T, ctx context.Context, where string) {
	t.Helper()
	if over := eval[float64](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.Errorf("%s is %v pixels wider than the window", where, over)
	}
}

// look keeps a picture of a page of a wiki.
func look(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	screenshot(t, ctx, "wiki-"+name)
}

// themed chooses a theme as the menu does.
func themed(theme string) chromedp.Action {
	return chromedp.Evaluate(fmt.Sprintf(`document.documentElement.dataset.theme = %q`, theme), nil)
}

// MustDemoWiki makes the wiki of a demonstration, with a picture and some history.
func (s *wikiSite) MustDemoWiki(tb testing.TB, owner *person) {
	tb.Helper()
	slug, err := platform.ParseSlug(server.DemoWiki)
	if err != nil {
		tb.Fatal(err)
	}
	host := hosting.Host{Directory: s.store, Fleet: s.fleet, Homes: s.wikis}
	_, err = host.Create(tb.Context(), platform.NewWiki{Owner: owner.account.ID, Slug: slug, Name: "The Allotment", Purpose: "Notes of neighbours who share a garden"},
		wiki.Founding{Owner: wiki.Owner{Account: owner.account.ID, Name: owner.account.Name, Email: owner.account.Login}, Visibility: preferences.Public, Empty: true})
	if err != nil {
		tb.Fatal(err)
	}
	pages := samples.Pages()
	err = fs.WalkDir(pages, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(pages, path)
		if err == nil {
			s.MustWrite(tb, server.DemoWiki, strings.TrimSuffix(path, ".md"), string(text))
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// TestWikiLooks opens the pages that are used most on a desk and on a phone, by
// day and by night.
func TestWikiLooks(t *testing.T) {
	ctx := MustBrowseWikis(t)
	s := MustWikiSite(t)
	ann := s.MustPerson(t, "ann")
	s.MustDemoWiki(t, ann)
	s.MustWiki(t, "handbook", ann, preferences.Private)
	const beds = "/w/" + server.DemoWiki + "/Garden/Beds"
	run(t, ctx, "sign in", emulation.SetDeviceMetricsOverride(1280, 800, 1, false), chromedp.Navigate(s.url+beds), click(".sign-in"), signIn("ann"), arrived(beds))
	drawn := until(`document.querySelector('.math-set') !== null && document.querySelector('[data-diagram=drawn]') !== null`)
	run(t, ctx, "draw", chromedp.Evaluate(`document.querySelector('pre.mermaid').scrollIntoView()`, nil), drawn, chromedp.Evaluate(`scrollTo(0, 0)`, nil), themed("light"))
	screenshot(t, ctx, "wiki")

	old := s.revisionOf(t, server.DemoWiki, "Garden/Beds")
	text := s.textOf(t, server.DemoWiki, "Garden/Beds")
	s.MustWrite(t, server.DemoWiki, "Garden/Beds", strings.NewReplacer("Potatoes, early    | Beans ", "Potatoes, very early | Peas ", "We plant fewer.", "We plant fewer,\nand eat more.").Replace(text))
	s.MustAttach(t, server.DemoWiki, "Garden/Beds", "plan of the beds.png", string(MustPicture(t, 640, 400)))
	s.MustAttach(t, server.DemoWiki, "Garden/Beds", "minutes-of-the-meeting-of-the-neighbours-in-the-brickworks-2026-04-18.txt", "We met.\n")
	places := []struct{ name, path, ready string }{
		{"page", beds, `document.querySelector('.math-set') !== null`},
		{"compost", "/w/allotment/Garden/Compost", `true`},
		{"home", "/w/allotment/", `true`},
		{"editor", beds + "/edit", `document.querySelector('[data-wiki-editor=ready]') !== null`},
		{"history", beds + "/history", `true`},
		{"diff", beds + "/diff/" + old + "/HEAD", `true`},
		{"attachments", beds + "/attachments", `document.querySelector('.file-picture img')?.naturalWidth > 10`},
		{"no-attachments", "/w/allotment/Watering/attachments", `true`},
		{"search", "/w/allotment/-/search?query=bed", `true`},
		{"search-nothing", "/w/allotment/-/search?query=zeppelin", `true`},
		{"permissions", "/w/allotment/-/admin/permissions_and_registration", `true`},
		{"wikis", "/wikis", `true`},
		{"create", "/wikis/new", `true`},
		{"changelog", "/w/allotment/-/changelog", `true`},
		{"settings", "/wikis/allotment", `true`},
		{"create-page", "/w/allotment/-/create", `true`},
	}
	for _, device := range []struct {
		name   string
		shape  chromedp.Action
		themes []string
	}{
		{"desk", emulation.SetDeviceMetricsOverride(1280, 800, 1, false), []string{"light", "dark"}},
		{"phone", emulation.SetDeviceMetricsOverride(360, 740, 2, true), []string{"light", "dark"}},
	} {
		for _, p := range places {
			run(t, ctx, p.name, device.shape, chromedp.Navigate(s.url+p.path), until(p.ready))
			noWider(t, ctx, p.name+" on a "+device.name)
			for _, theme := range device.themes {
				run(t, ctx, theme, themed(theme))
				look(t, ctx, p.name+"-"+device.name+"-"+theme)
			}
		}
	}
	run(t, ctx, "both sides of the editor", emulation.SetDeviceMetricsOverride(1280, 800, 1, false), chromedp.Navigate(s.url+beds+"/edit"),
		until(`document.querySelector('[data-wiki-editor=ready]') !== null`), click(`.editor-modes [data-mode=both]`), until(`document.querySelector('.editor-preview .math-set') !== null`))
	look(t, ctx, "editor-both")
}
