package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// largeTree is the number of pages above which the rail shows the surroundings
// of a page only, and not the whole tree.
const largeTree = 500

// wikiPolicy is the Content-Security-Policy of a wiki's pages: diagrams are
// drawn in frames of the server's own.
const wikiPolicy = ui.ContentSecurityPolicy + "; frame-src 'self'"

// bareWikiFrame is what surrounds a page, without the tree of pages. It asks
// nothing of the database.
func (s *server) bareWikiFrame(v *wikiVisit, title string) ui.WikiFrame {
	p, view := v.session.Preferences(), v.session.View()
	f := ui.WikiFrame{
		Frame: s.frame(v.visit, title, ui.PlaceWikis), Root: v.root, Slug: v.slug.String(),
		SiteName: p.Application.SiteName, Description: p.Application.SiteDescription, Lang: p.Application.SiteLang,
		Sidebar: p.Sidebar, Base: view.Base(), Notice: view.Reason(),
	}
	if !p.Application.HideLogo {
		f.Logo = p.Application.SiteLogo
	}
	if v.ownHost() {
		f.Platform = s.platformOrigin(v.r)
	}
	if v.otter != nil {
		f.Frame.Name = v.otter.Name
	}
	if !v.page.IsZero() {
		f.PagePath, f.Can = v.page.String(), view.At(v.page.String())
	}
	if f.Name == "" {
		f.SignInURL = s.signInURL(v)
	}
	if flash, ok := wikiNotice(v.r.URL.Query().Get("notice")); ok {
		f.Flashes = []ui.Flash{flash}
	}
	return f
}

// wikiFrame is what surrounds a page, with the tree of pages.
func (s *server) wikiFrame(v *wikiVisit, title string) (ui.WikiFrame, error) {
	f := s.bareWikiFrame(v, title)
	var err error
	f.Tree, err = wikiTree(v, f.PagePath)
	return f, err
}

// wikiPageFrame is wikiFrame for a page about a page of the wiki.
func (s *server) wikiPageFrame(v *wikiVisit, title, pageTitle string) (ui.WikiFrame, error) {
	f, err := s.wikiFrame(v, title)
	f.PageTitle = pageTitle
	return f, err
}

// wikiTree returns the tree of pages as the preferences want it: of a large wiki
// only what lies around the page at path.
func wikiTree(v *wikiVisit, path string) ([]*wiki.Node, error) {
	sidebar := v.session.Preferences().Sidebar
	if sidebar.Menutree == preferences.MenutreeOff {
		return nil, nil
	}
	pages, err := v.session.Pages(v.ctx(), "")
	if err != nil {
		return nil, err
	}
	if len(pages) <= largeTree || sidebar.Menutree == preferences.MenutreeDirectoriesOnly {
		return v.session.Tree(v.ctx(), "", sidebar.MaxDepth)
	}
	top, err := v.session.Tree(v.ctx(), "", 1)
	if err != nil {
		return nil, err
	}
	level := top
	for i := 0; i <= len(path); i++ {
		if i < len(path) && path[i] != '/' || i == 0 {
			continue
		}
		n := nodeAt(level, path[:i])
		if n == nil {
			break
		}
		if n.Children, err = v.session.Tree(v.ctx(), n.Path, 1); err != nil {
			return nil, err
		}
		level = n.Children
	}
	return top, nil
}

func nodeAt(nodes []*wiki.Node, path string) *wiki.Node {
	for _, n := range nodes {
		if n.Path == path {
			return n
		}
	}
	return nil
}

// showWiki answers with a page of a wiki that is not to be kept.
func (s *server) showWiki(v *wikiVisit, status int, p ui.Page) error {
	v.w.Header().Set("Cache-Control", "private, no-store")
	return s.writeWiki(v, status, p)
}

// writeWiki writes a page of a wiki. The caller says how long it may be kept.
func (s *server) writeWiki(v *wikiVisit, status int, p ui.Page) error {
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", wikiPolicy)
	return s.ui.Render(&lateHeader{w: v.w, status: status}, p)
}

// wikiNotice is what a redirect may say on the page that it leads to.
func wikiNotice(code string) (ui.Flash, bool) {
	done := func(text string) (ui.Flash, bool) { return ui.Flash{Kind: ui.FlashDone, Text: text}, true }
	switch code {
	case "page-saved":
		return done("Saved.")
	case "page-created":
		return done("The page is created.")
	case "merged":
		return done("Saved. Somebody else changed the page meanwhile: both changes are in it.")
	case "unchanged":
		return done("Nothing was changed, so nothing was saved.")
	case "renamed":
		return done("Renamed.")
	case "links-followed":
		return done("Renamed. Links on other pages lead to the new name.")
	case "page-deleted":
		return done("Deleted. The history keeps it.")
	case "reverted":
		return done("The change was taken back by a new commit.")
	case "attached":
		return done("Attached.")
	case "replaced":
		return done("The file was replaced.")
	case "file-renamed":
		return done("The file was renamed.")
	case "file-deleted":
		return done("The file was deleted. The history keeps it.")
	case "discarded":
		return done("The draft is discarded.")
	case "exists":
		return done("This page exists already. You can change it here.")
	case "asked":
		return done("You asked for access. An admin of the wiki will decide.")
	case "admitted":
		return done("You are a member of this wiki now.")
	}
	return ui.Flash{}, false
}

// wikiForm reads the fields of a form whose texts may be as long as a page.
func wikiForm(v *wikiVisit) error {
	if !hasForm(v.r) && !isMultipart(v.r) {
		return fmt.Errorf("%w: this is no form", wiki.ErrInvalid)
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxPageForm)
	err := v.r.ParseForm()
	if err == nil && isMultipart(v.r) {
		err = v.r.ParseMultipartForm(maxPageForm)
	}
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return err
		}
		return fmt.Errorf("%w: the form cannot be read", wiki.ErrInvalid)
	}
	return nil
}

// maxPageForm bounds the form of an editor, in bytes: a page, each byte of which
// may be written as three.
const maxPageForm = 3*wiki.MaxPageBytes + 64<<10

// ticked reports whether a box of a form is ticked, in the words that Otter's
// forms and ours use.
func ticked(value string) bool {
	switch strings.ToLower(value) {
	case "", "no", "false", "off", "0":
		return false
	}
	return true
}

// wantsPage reports whether the answer is for a person and not for a script.
func wantsPage(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

// canWrite reports whether the visitor may change the page of the address.
func (v *wikiVisit) canWrite() bool { return v.session.View().Can(v.page.String(), access.Write) }
