package web

import (
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki/access"
)

// enterPath is where the platform hands a session over to a wiki's own host.
const enterPath = "/wikis/enter"

// wikiDoorRoutes lists how people come to a wiki and leave it. They are answered
// before the wiki is looked for, and so alike for one that does not exist.
func (s *server) wikiDoorRoutes() []wikiRoute {
	routes := []wikiRoute{
		{method: "GET", pattern: "/-/login", door: true, handle: (*server).wikiLogin},
		{method: "GET", pattern: "/-/enter", door: true, handle: (*server).wikiEnter},
		{method: "GET", pattern: "/-/logout", door: true, handle: (*server).wikiLogout},
		{method: "POST", pattern: "/-/logout", door: true, handle: (*server).wikiLogout},
		{method: "POST", pattern: "/-/theme", door: true, handle: (*server).wikiTheme},
	}
	// What An Otter Wiki has pages of its own for, and here the platform.
	for pattern, path := range map[string]string{
		"/-/register":                           "/register",
		"/-/lost_password":                      "/signin",
		"/-/recover_password/{token?}":          "/signin",
		"/-/confirm_email/{token?}":             "/signin",
		"/-/request_confirmation_link/{email?}": "/signin",
	} {
		routes = append(routes, wikiRoute{method: "GET", pattern: pattern, door: true,
			handle: func(s *server, v *wikiVisit) error { return v.redirect(s.onPlatform(v, path)) }})
	}
	return routes
}

// onPlatform returns the address of a page of the platform, as seen from a wiki.
func (s *server) onPlatform(v *wikiVisit, path string) string {
	if v.ownHost() {
		return s.platformOrigin(v.r) + path
	}
	return path
}

// nextOf is where a visitor wants to be after signing in: the wiki's first page
// if nothing else was asked for.
func nextOf(v *wikiVisit) string {
	if next := v.r.URL.Query().Get("next"); next != "" {
		return localPath(next)
	}
	return v.root + "/"
}

// wikiLogin answers GET /-/login. On the wiki's own host it asks the platform
// for the session that the person may have there.
func (s *server) wikiLogin(v *wikiVisit) error {
	next := nextOf(v)
	switch {
	case v.signedIn():
		return v.redirect(next)
	case !v.ownHost():
		return v.redirect("/signin?next=" + url.QueryEscape(next))
	}
	slug, _ := s.slugOfHost(v.r.Host)
	query := url.Values{"wiki": {slug}, "next": {next}, "state": {s.WikiSessions.BeginHandOver(v.w, v.r, time.Now())}}
	v.w.Header().Set("Cache-Control", "no-store")
	return v.redirect(s.onPlatform(v, enterPath) + "?" + query.Encode())
}

// enterWiki answers GET /wikis/enter on the platform: the way of a session from
// here to the own host of a wiki, which sent the browser. Who may not know of
// the wiki is told here what is told of a missing one.
func (s *server) enterWiki(v *visit) error {
	v.w.Header().Set("Cache-Control", "no-store")
	if !v.signedIn() {
		return v.redirect("/signin?next=" + url.QueryEscape(v.r.URL.RequestURI()))
	}
	query := v.r.URL.Query()
	slug, err := platform.ParseSlug(query.Get("wiki"))
	if err != nil || s.WikiDomain == "" {
		return errNoRoute
	}
	if v.caller.Provider != identity.ProviderSession {
		return s.showProblem(v, http.StatusForbidden, "Only a sign-in with login and password can be taken along to a wiki's own address.")
	}
	if err := s.mayEnter(v, slug); err != nil {
		return err
	}
	code, err := s.Platform.HandOver(v.ctx(), v.caller.Session.ID, slug, query.Get("state"))
	if err != nil {
		return err
	}
	back := url.Values{"code": {code}, "next": {localPath(query.Get("next"))}}
	return v.redirect(s.wikiOrigin(v.r, slug) + "/-/enter?" + back.Encode())
}

// mayEnter checks that the caller may know of a wiki: read something in it, or
// ask for access.
func (s *server) mayEnter(v *visit, slug platform.Slug) error {
	entry, err := s.Platform.Wiki(v.ctx(), slug)
	if err != nil {
		return err
	}
	session, release, err := s.visitAs(v.ctx(), entry, v.caller.Account)
	if s.isClosedTo(v, entry, err) {
		return errNoRoute
	}
	if err != nil {
		return err
	}
	defer release()
	if session.View().Somewhere().Has(access.Read) || !session.Preferences().Permissions.DisableRegistration {
		return nil
	}
	return errNoRoute
}

// isClosedTo reports whether an error means that a wiki is out of use, and the
// caller none of those who are told so: its owner and administrators.
func (s *server) isClosedTo(v *visit, entry platform.Wiki, err error) bool {
	var state *tenant.StateError
	return errors.As(err, &state) && state.State.Status != tenant.Migrating &&
		!(v.signedIn() && (v.caller.Account.ID == entry.Owner || v.caller.Account.Admin))
}

// wikiEnter answers GET /-/enter on a wiki's own host: the end of a hand-over.
func (s *server) wikiEnter(v *wikiVisit) error {
	v.w.Header().Set("Cache-Control", "no-store")
	next := nextOf(v)
	if !v.ownHost() {
		return v.redirect(next)
	}
	secret, expires, err := s.Platform.RedeemHandOver(v.ctx(), v.r.URL.Query().Get("code"), v.slug, s.WikiSessions.HandOverState(v.r))
	if errors.Is(err, platform.ErrInvalidHandOver) {
		if v.signedIn() { // in another tab, which took the state
			return v.redirect(next)
		}
		return err
	}
	if err != nil {
		return err
	}
	if former := s.WikiSessions.Secret(v.r); former != "" {
		if err := s.Platform.EndWikiSession(v.ctx(), former, v.slug); err != nil {
			return err
		}
	}
	s.WikiSessions.SetCookie(v.w, v.r, secret, expires)
	s.WikiSessions.EndHandOver(v.w, v.r)
	return v.redirect(next)
}

// wikiLogout answers GET and POST /-/logout. On a wiki's own host it ends the
// session there, and the platform's goes on.
func (s *server) wikiLogout(v *wikiVisit) error {
	// A page of the wiki may hold this address as a picture.
	if v.r.Method != http.MethodPost && v.r.Header.Get("Sec-Fetch-Dest") != "document" {
		return v.redirect(v.root + "/")
	}
	if !v.ownHost() {
		return s.signOut(v.visit)
	}
	if secret := s.WikiSessions.Secret(v.r); secret != "" {
		if err := s.Platform.EndWikiSession(v.ctx(), secret, v.slug); err != nil {
			return err
		}
	}
	s.WikiSessions.ClearCookie(v.w, v.r)
	v.w.Header().Set("Clear-Site-Data", `"cache"`)
	v.caller = identity.Caller{}
	return s.showDoor(v, "You are signed out of this wiki. Sign out of the server too if others use this browser.")
}

// showDoor offers to sign in at a wiki's own host. It says nothing of the wiki.
func (s *server) showDoor(v *wikiVisit, reason string) error {
	frame := ui.WikiFrame{Frame: s.frame(v.visit, "Signed out", ui.PlaceWikis), Root: v.root,
		Platform: s.platformOrigin(v.r), SignInURL: "/-/login"}
	return s.show(v.visit, http.StatusOK, ui.WikiDoorPage{WikiFrame: frame, Way: ui.DoorSignIn, Reason: reason})
}

// wikiTheme answers POST /-/theme.
func (s *server) wikiTheme(v *wikiVisit) error { return s.setTheme(v.visit) }

// sendToSignIn sends a visitor of a wiki to sign in, to come back to this page
// after. On the wiki's own host the way leads over another origin, where a form
// must not lead.
func (s *server) sendToSignIn(v *wikiVisit) {
	if v.ownHost() && v.r.Method != http.MethodGet && v.r.Method != http.MethodHead {
		_ = hop(v.visit, s.signInURL(v))
		return
	}
	_ = v.redirect(s.signInURL(v))
}

const hopPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Going on</title><a href="%s">Go on</a></html>`

// hop answers a form with an address that leads on to another origin. A redirect
// would be held against the form-action of the page that holds the form, also
// at its second step (Content Security Policy Level 3, section 6.4.1); a page
// that sends the browser on is not.
func hop(v *visit, target string) error {
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Refresh", "0; url="+target)
	_, err := fmt.Fprintf(v.w, hopPage, html.EscapeString(target))
	return err
}

// leadsAway reports whether a page of the platform sends the browser on to the
// own host of a wiki.
func leadsAway(path string) bool { return strings.HasPrefix(path, enterPath+"?") }

// showProblem answers with a page that says what is wrong.
func (s *server) showProblem(v *visit, status int, message string) error {
	page := ui.ErrorPage{Frame: s.frame(v, "", ""), Status: status, Message: message}
	page.Title = page.Heading()
	return s.show(v, status, page)
}

// showClosed tells those who may know why a wiki cannot be used.
func (s *server) showClosed(v *wikiVisit, err error) {
	var state *tenant.StateError
	status, message := http.StatusForbidden, "This wiki is out of use."
	if errors.As(err, &state) {
		switch state.State.Status {
		case tenant.Migrating:
			status, message = http.StatusServiceUnavailable, "This wiki is being changed as a whole. Try again shortly."
		case tenant.Suspended:
			message = "An administrator has suspended this wiki."
		}
		if state.State.Reason != "" {
			message += " Reason: " + state.State.Reason
		}
	}
	infoOf(v.ctx()).err = err
	if err := s.showProblem(v.visit, status, message); err != nil {
		s.Logger.Error("show error page", "request", v.id, "error", err)
	}
}
