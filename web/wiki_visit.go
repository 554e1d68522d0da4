package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/holtdb/holt/hosting"
	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
)

// wikiVisit is a request for an address below the root of a wiki.
type wikiVisit struct {
	*visit
	slug     platform.Slug
	entry    platform.Wiki // in the platform's directory
	root     string        // of the wiki's addresses, such as "/w/garden", or "" on its own host
	session  *wiki.Session
	page     wiki.Name         // of routes with {page}
	places   map[string]string // what else the address names
	bounded  *access.Set       // what the caller's credential allows at the most
	otter    *identity.OtterCaller
	stranger string // secret of a visitor without an account, for drafts
	git      bool   // the caller is a git client: it is answered in plain text
}

// ownHost reports whether the wiki is reached at a host of its own.
func (v *wikiVisit) ownHost() bool { return v.root == "" }

// byToken reports whether the caller came with a token.
func (v *wikiVisit) byToken() bool {
	return v.caller.Provider == identity.ProviderToken || v.caller.Provider == identity.ProviderWikiToken
}

// url returns an address of the wiki. What it is made of is escaped.
func (v *wikiVisit) url(path string) string { return wiki.URL(v.root, strings.TrimPrefix(path, "/")) }

var (
	errNoWiki      = errors.New("no such wiki")
	errWikiSignIn  = errors.New("sign-in needed for this wiki")
	errNoBasic     = errors.New("name and password needed")
	errAskToJoin   = errors.New("this wiki is for its members")
	errOtherWiki   = errors.New("this token is for another wiki")
	errNeedAccount = errors.New("only those who are signed in can do this")
)

// serveWiki answers a request for an address below the root of a wiki.
func (s *server) serveWiki(w http.ResponseWriter, r *http.Request, slugText, root, path string) {
	v := &wikiVisit{visit: &visit{w: w, r: r, id: requestID(r.Context())}, root: root}
	note(r.Context(), r.Method+" /w/{slug}/…", v.visit)
	if err := s.handleWiki(v, slugText, path); err != nil {
		s.answerWikiError(v, err)
	}
}

// handleWiki finds the route, proves the caller, opens the wiki and checks the
// permission before the handler runs.
func (s *server) handleWiki(v *wikiVisit, slugText, path string) error {
	v.git = strings.HasPrefix(path, "/.git/") && path != "/.git/"
	v.program = strings.HasPrefix(path, "/api/") || v.git
	rt, places, other := s.wikiTable.match(v.r.Method, path)
	if rt.handle == nil {
		if other {
			return errMethod
		}
		return errNoRoute
	}
	note(v.r.Context(), rt.method+" /w/{slug}"+rt.pattern, v.visit)
	v.places = places
	slug, slugErr := platform.ParseSlug(slugText)
	v.slug = slug
	if err := s.identifyWiki(v, rt); err != nil {
		return err
	}
	if rt.door {
		return rt.handle(s, v)
	}
	if slugErr != nil {
		return s.hidden(v, errNoWiki)
	}
	entry, tier, err := s.Platform.WikiAndTier(v.ctx(), slug)
	if errors.Is(err, platform.ErrNotFound) {
		return s.hidden(v, errNoWiki)
	}
	if err != nil {
		return err
	}
	v.entry, v.limits = entry, tier
	release, err := s.openWiki(v)
	if err != nil {
		return err
	}
	defer release()
	var ofPage bool
	v.page, ofPage, err = pageOf(places)
	// A name that cannot be is told to those who may know of the wiki only.
	if denied := s.permit(v, rt, ofPage && err == nil); denied != nil {
		return denied
	}
	if err != nil && rt.method == http.MethodGet && !v.program {
		return fmt.Errorf("%w: %v", wiki.ErrNotFound, err)
	}
	if err != nil {
		return err
	}
	if v.program && rt.method != http.MethodGet && rt.need.Has(access.Write) {
		// Forms are counted where what was typed can be shown again.
		if err := s.mayChange(v); err != nil {
			return err
		}
	}
	return rt.handle(s, v)
}

// identifyWiki proves who is calling. On a wiki's own host its own session
// counts; git clients send names and passwords.
func (s *server) identifyWiki(v *wikiVisit, rt wikiRoute) error {
	var chain identity.Chain
	if !v.slug.IsZero() {
		chain = append(chain, s.WikiTokens.For(v.slug))
		if v.ownHost() {
			chain = append(chain, s.WikiSessions.For(v.slug))
		}
		if rt.program {
			chain = append(chain, s.Basic.For(v.slug))
		}
	}
	caller, err := append(chain, s.Callers).Authenticate(v.r)
	actor := platform.Actor{Address: identity.ClientAddr(v.r, s.Trusted)}
	switch {
	case err == nil:
		v.caller, actor.Account = caller, caller.Account.ID
	case rt.door && errors.Is(err, identity.ErrInvalid): // the way to a better one
	case !errors.Is(err, identity.ErrNone):
		return err
	default:
		if err := s.identifyOtter(v); err != nil {
			return err
		}
	}
	v.r = v.r.WithContext(platform.WithActor(v.ctx(), actor))
	switch {
	case caller.Provider == identity.ProviderWikiToken:
		set := wiki.Role(caller.WikiToken.Role).Set()
		v.bounded = &set
	case caller.Provider == identity.ProviderToken && caller.Scope != platform.ScopeWrite:
		set := access.Read
		v.bounded = &set
	}
	return nil
}

// identifyOtter recognises who a trusted proxy says is calling, in the headers
// that An Otter Wiki knows.
func (s *server) identifyOtter(v *wikiVisit) error {
	if s.Otter == nil {
		return nil
	}
	caller, err := s.Otter.Caller(v.r)
	if errors.Is(err, identity.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	v.otter = &caller
	return nil
}

// openWiki gets the wiki for the time of the request, and begins the visitor's
// session in it.
func (s *server) openWiki(v *wikiVisit) (release func(), err error) {
	ctx, cancel := context.WithTimeout(v.ctx(), acquirePatience)
	defer cancel()
	h, err := s.Wikis.Acquire(ctx, v.slug.ID())
	if errors.Is(err, tenant.ErrNotExist) || s.isClosedTo(v.visit, v.entry, err) {
		return nil, s.hidden(v, errNoWiki)
	}
	if err != nil {
		return nil, err
	}
	if err = h.Value().SetLimits(v.ctx(), WikiLimits(v.limits)); err == nil {
		v.session, err = h.Value().Visit(v.ctx(), s.visitor(v, h.Home().State()))
	}
	if err != nil {
		h.Release()
		return nil, fmt.Errorf("open wiki: %w", err)
	}
	v.leaving = h.Leaving()
	return h.Release, nil
}

// WikiLimits returns what a tier lets each wiki store.
func WikiLimits(t platform.Tier) wiki.Limits {
	return wiki.Limits{Bytes: t.WikiBytes, Pages: t.WikiPages, AttachmentBytes: t.AttachmentBytes}
}

// visitor is the caller as the wiki sees it.
func (s *server) visitor(v *wikiVisit, state tenant.State) wiki.Visitor {
	who := wiki.Visitor{Root: v.root, Limit: v.bounded}
	if state.Status == tenant.ReadOnly {
		who.Ceiling = access.Ceiling{Deny: access.Write | access.Upload, Reason: readOnlyReason(state)}
	}
	switch {
	case v.otter != nil:
		set := otterSet(v.otter.Permissions)
		who.Account, who.Name, who.Email, who.Proxy = "proxy:"+v.otter.Email, v.otter.Name, v.otter.Email, &set
		who.Draft = who.Account
	case v.signedIn():
		a := v.caller.Account
		who.Account, who.Name, who.Draft, who.Owner = a.ID, a.Name, a.ID, a.ID == v.entry.Owner
		who.Email = hosting.Mail(a)
	default:
		if c, err := v.r.Cookie(strangerCookie); err == nil && len(c.Value) >= 16 && len(c.Value) <= 64 {
			v.stranger = c.Value
			who.Draft = "anonymous:" + c.Value
		}
	}
	return who
}

// strangerCookie keeps what a visitor without an account writes apart from what
// others do.
const strangerCookie = "holt_draft"

func readOnlyReason(state tenant.State) string {
	if state.Reason != "" {
		return "This wiki can only be read at the moment: " + state.Reason
	}
	return "This wiki can only be read at the moment."
}

func otterSet(words []string) access.Set {
	return access.RoleNames{}.Parse(strings.Join(words, ","))
}

// permit checks what the route needs. Those who may not know of the wiki are
// answered as if there were none.
func (s *server) permit(v *wikiVisit, rt wikiRoute, ofPage bool) error {
	view := v.session.View()
	known := v.signedIn() || v.otter != nil
	if rt.account && !known {
		return s.hidden(v, errNeedAccount)
	}
	have := view.Base()
	if ofPage {
		have = view.At(v.page.String())
	}
	switch {
	case (rt.open || have.Has(rt.need)) && rt.person && v.byToken():
		if !view.Somewhere().Has(access.Read) {
			return s.hidden(v, errNoWiki)
		}
		return errPerson
	case rt.open, have.Has(rt.need):
		return nil
	case have.Has(access.Read):
		return &wiki.Forbidden{Need: rt.need, Reason: view.Reason()}
	case view.Somewhere().Has(access.Read) && known:
		return fmt.Errorf("%w: nothing to be seen here", wiki.ErrNotFound)
	case known && s.mayAsk(v):
		return errAskToJoin
	}
	return s.hidden(v, errNoWiki)
}

// mayAsk reports whether a visitor may learn that the wiki exists, to ask for
// access.
func (s *server) mayAsk(v *wikiVisit) bool {
	return v.otter == nil && !v.session.Preferences().Permissions.DisableRegistration
}

// hidden answers those who may not know. Nobody is asked to sign in twice:
// whoever is signed in learns that there is nothing.
func (s *server) hidden(v *wikiVisit, err error) error {
	switch {
	case v.signedIn() || v.otter != nil:
		return fmt.Errorf("%w: %w", errNoRoute, err)
	case v.git:
		return errNoBasic
	case v.program:
		return errSignIn
	}
	return errWikiSignIn
}

// answerWikiError answers a request that failed.
func (s *server) answerWikiError(v *wikiVisit, err error) {
	switch {
	case errors.Is(err, errWikiSignIn) && !v.program:
		s.sendToSignIn(v)
		return
	case errors.Is(err, identity.ErrInvalid) && !v.program && v.ownHost():
		s.WikiSessions.ClearCookie(v.w, v.r)
		s.sendToSignIn(v)
		return
	case errors.Is(err, tenant.ErrUnavailable) && !v.program:
		s.showClosed(v, err)
		return
	case v.git:
		s.answerGitError(v, err)
		return
	}
	s.answerWikiProblem(v, err)
}

// signInURL returns where a visitor signs in, to come back to this page after.
func (s *server) signInURL(v *wikiVisit) string {
	back := v.r.URL.RequestURI()
	if v.r.Method != http.MethodGet && v.r.Method != http.MethodHead {
		back = v.root + "/"
	}
	if v.ownHost() {
		return v.root + "/-/login?next=" + url.QueryEscape(back)
	}
	return "/signin?next=" + url.QueryEscape(back)
}
