package web

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"runtime/debug"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// showWikiAbout answers GET /-/about.
func (s *server) showWikiAbout(v *wikiVisit) error {
	frame, err := s.wikiFrame(v, "About this wiki")
	if err != nil {
		return err
	}
	view := ui.WikiAboutPage{
		WikiFrame: frame, Version: version(), Levels: v.session.Preferences().Permissions.Levels, GitURL: s.gitURL(v),
	}
	if v.signedIn() {
		view.Owner = v.entry.OwnerName
	}
	if !v.session.View().Restricted() {
		usage, err := v.session.Wiki().Usage(v.ctx())
		if err != nil {
			return err
		}
		view.Usage = &usage
	}
	latest, err := v.session.Changelog(v.ctx(), wiki.Newest, 1)
	if err != nil {
		return err
	}
	if len(latest) > 0 {
		view.Latest = latest[0].Commit
	}
	return s.showWiki(v, http.StatusOK, view)
}

// version returns the version of this program, "" for one built from a working
// copy.
func version() string {
	build, ok := debug.ReadBuildInfo()
	if !ok || build.Main.Version == "(devel)" {
		return ""
	}
	return build.Main.Version
}

// gitURL returns where the visitor can clone the wiki from, "" for nowhere.
func (s *server) gitURL(v *wikiVisit) string {
	view := v.session.View()
	if !v.session.Preferences().Repository.GitWebServer || !view.Base().Has(access.Read) || view.Restricted() {
		return ""
	}
	if v.ownHost() {
		return s.absolute(v, "/.git")
	}
	return s.absolute(v, v.root+".git")
}

// showWikiHelp answers GET /-/help/{topic}. An Otter Wiki divides its help; what
// it says of the syntax is at /-/syntax here.
func (s *server) showWikiHelp(v *wikiVisit) error {
	if v.places["topic"] == "syntax" {
		return v.redirect(v.root + "/-/syntax")
	}
	frame, err := s.wikiFrame(v, "Help")
	if err != nil {
		return err
	}
	return s.showWiki(v, http.StatusOK, ui.WikiHelpPage{WikiFrame: frame, GitURL: s.gitURL(v)})
}

// showWikiSyntax answers GET /-/syntax.
func (s *server) showWikiSyntax(v *wikiVisit) error {
	frame, err := s.wikiFrame(v, "How to write")
	if err != nil {
		return err
	}
	groups := ui.SyntaxGroups(v.session.Preferences().Content.WikilinkStyle == preferences.LinkTitle)
	for _, g := range groups {
		for i := range g.Samples {
			page, err := v.session.Preview(v.ctx(), v.session.Home(), g.Samples[i].Source)
			if err != nil {
				return err
			}
			g.Samples[i].HTML = template.HTML(page.HTML) // safe as the renderer makes it
		}
	}
	return s.showWiki(v, http.StatusOK, ui.WikiSyntaxPage{WikiFrame: frame, Groups: groups})
}

// sendHealth answers GET /-/healthz: the wiki is open and was looked at.
func (s *server) sendHealth(v *wikiVisit) error { return sendText(v, "ok\n") }

// sendText answers in plain text.
func sendText(v *wikiVisit, text string) error {
	h := v.w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "private, no-cache")
	_, err := io.WriteString(v.w, text)
	return err
}

// sendRobots answers GET /robots.txt (RFC 9309) as the preferences say. Pages
// that only repeat others are not worth a crawler's visit.
func (s *server) sendRobots(v *wikiVisit) error {
	if v.session.Preferences().Application.Robots != preferences.RobotsAllow {
		return sendText(v, "User-agent: *\nDisallow: /\n")
	}
	return sendText(v, fmt.Sprintf("User-agent: *\nAllow: /\nDisallow: %s/-/\nSitemap: %s\n", v.root, s.absolute(v, v.root+"/sitemap.xml")))
}

// maxSitemap is how many addresses a sitemap may have (sitemaps.org/protocol.html).
const maxSitemap = 50_000

type sitemap struct {
	XMLName xml.Name       `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	Entries []sitemapEntry `xml:"url"`
}

type sitemapEntry struct {
	Location string `xml:"loc"`
}

// sendSitemap answers GET /sitemap.xml: the pages that the visitor may read.
func (s *server) sendSitemap(v *wikiVisit) error {
	pages, err := v.session.Pages(v.ctx(), "")
	if err != nil {
		return err
	}
	document := sitemap{Entries: []sitemapEntry{{s.absolute(v, v.root+"/")}}}
	for _, p := range pages[:min(len(pages), maxSitemap-1)] {
		document.Entries = append(document.Entries, sitemapEntry{s.absolute(v, v.url(p.Path))})
	}
	return s.sendXML(v, "application/xml; charset=utf-8", document)
}

// manifest is a web application manifest (w3.org/TR/appmanifest).
type manifest struct {
	Name        string         `json:"name"`
	ShortName   string         `json:"short_name"`
	Description string         `json:"description,omitempty"`
	Language    string         `json:"lang,omitempty"`
	StartURL    string         `json:"start_url"`
	Scope       string         `json:"scope"`
	Display     string         `json:"display"`
	Icons       []manifestIcon `json:"icons,omitempty"`
}

type manifestIcon struct {
	Source string `json:"src"`
	Sizes  string `json:"sizes"`
}

// sendManifest answers GET /manifest.webmanifest.
func (s *server) sendManifest(v *wikiVisit) error {
	p := v.session.Preferences().Application
	m := manifest{
		Name: p.SiteName, ShortName: p.SiteName, Description: p.SiteDescription, Language: p.SiteLang,
		StartURL: v.root + "/", Scope: v.root + "/", Display: "minimal-ui",
	}
	if icon := iconURL(v); icon != "" {
		m.Icons = []manifestIcon{{icon, "any"}}
	}
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	v.w.Header().Set("Content-Type", "application/manifest+json")
	v.w.Header().Set("Cache-Control", "private, no-cache")
	_, err = v.w.Write(text)
	return err
}

// iconURL is the address of the wiki's icon, "" for none.
func iconURL(v *wikiVisit) string {
	return ui.WikiFrame{Root: v.root}.MenuURL(preferences.MenuItem{Link: v.session.Preferences().Application.SiteIcon})
}

// sendIcon answers GET /favicon.ico with the place of the icon that the
// preferences name.
func (s *server) sendIcon(v *wikiVisit) error {
	icon := iconURL(v)
	if icon == "" {
		http.NotFound(v.w, v.r)
		return nil
	}
	http.Redirect(v.w, v.r, icon, http.StatusFound)
	return nil
}

// showOwnSettings answers GET /-/settings: name and password belong to the
// account, which is the platform's.
func (s *server) showOwnSettings(v *wikiVisit) error { return v.redirect(s.onPlatform(v, "/account")) }

// showChangePassword answers GET /.well-known/change-password
// (w3.org/TR/change-password-url).
func (s *server) showChangePassword(v *wikiVisit) error {
	http.Redirect(v.w, v.r, s.onPlatform(v, "/account"), http.StatusFound)
	return nil
}

// showRequestAccess answers GET /-/request-access.
func (s *server) showRequestAccess(v *wikiVisit) error {
	way := s.wayIn(v)
	reads := v.session.View().Somewhere().Has(access.Read)
	switch {
	case way == ui.DoorClosed && reads:
		return v.redirect(v.root + "/")
	case way == ui.DoorClosed:
		return s.hidden(v, errNoWiki)
	}
	return s.showWiki(v, http.StatusOK, ui.WikiDoorPage{WikiFrame: s.bareWikiFrame(v, "Ask for access"), Way: way})
}

// requestAccessForm answers POST /-/request-access.
func (s *server) requestAccessForm(v *wikiVisit) error {
	if s.wayIn(v) == ui.DoorClosed {
		return s.showRequestAccess(v)
	}
	if err := s.mayType(v); err != nil {
		return err
	}
	approved, err := v.session.AskForAccess(v.ctx())
	if err != nil {
		return err
	}
	if !approved {
		return v.redirect(v.root + "/-/request-access?notice=asked")
	}
	// What they may do follows the wiki's levels; the list of shared wikis needs a word.
	err = s.Platform.SetWikiMember(v.ctx(), v.slug, v.caller.Account.ID, string(platform.RoleViewer))
	if err != nil && !errors.Is(err, platform.ErrNotFound) {
		return err
	}
	return v.redirect(v.root + "/?notice=admitted")
}
