package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/holtdb/holt/hosting"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// hostingRoutes lists the platform's pages about wikis.
func (s *server) hostingRoutes() []route {
	return []route{
		{pattern: "GET /wikis", audience: signedIn, handle: (*server).showWikis},
		{pattern: "POST /wikis", audience: signedIn, person: true, handle: (*server).createWikiForm},
		{pattern: "GET /wikis/new", audience: signedIn, handle: (*server).showCreateWiki},
		{pattern: "POST /wikis/new", audience: signedIn, person: true, handle: (*server).createWikiForm},
		{pattern: "GET " + enterPath, audience: anybody, handle: (*server).enterWiki},

		{pattern: "GET /wikis/{slug}", audience: signedIn, person: true, handle: (*server).showHosting},
		{pattern: "POST /wikis/{slug}", audience: signedIn, person: true, handle: (*server).renameWikiForm},
		{pattern: "POST /wikis/{slug}/visibility", audience: signedIn, person: true, handle: (*server).setVisibilityForm},
		{pattern: "POST /wikis/{slug}/tokens", audience: signedIn, person: true, handle: (*server).createHostingToken},
		{pattern: "POST /wikis/{slug}/tokens/{id}/revoke", audience: signedIn, person: true, handle: (*server).revokeHostingToken},
		{pattern: "POST /wikis/{slug}/delete", audience: signedIn, person: true, handle: (*server).deleteWikiForm},
		{pattern: "POST /wikis/{slug}/restore", audience: signedIn, person: true, handle: (*server).restoreWikiForm},

		{pattern: "POST /wikis/{slug}/offer", audience: signedIn, person: true, handle: (*server).offerWikiForm},
		{pattern: "POST /wikis/{slug}/withdraw", audience: signedIn, person: true, handle: (*server).withdrawWikiForm},
		{pattern: "GET /wikis/{slug}/offer", audience: signedIn, person: true, handle: (*server).showOffer},
		{pattern: "POST /wikis/{slug}/accept", audience: signedIn, person: true, handle: (*server).acceptWikiForm},
		{pattern: "POST /wikis/{slug}/decline", audience: signedIn, person: true, handle: (*server).declineWikiForm},
		{pattern: "GET /join/{secret}", audience: anybody, handle: (*server).showWikiInvitation},
		{pattern: "POST /join/{secret}", audience: signedIn, person: true, handle: (*server).joinWikiForm},

		{pattern: "GET /admin/wikis", audience: admin, person: true, handle: (*server).showAllWikis},
		{pattern: "POST /admin/wikis/{slug}/suspend", audience: admin, person: true, handle: (*server).suspendWikiForm},
		{pattern: "POST /admin/wikis/{slug}/read-only", audience: admin, person: true, handle: (*server).freezeWikiForm},
		{pattern: "POST /admin/wikis/{slug}/resume", audience: admin, person: true, handle: (*server).resumeWikiForm},
	}
}

// host makes and deletes wikis.
func (s *server) host() hosting.Host {
	return hosting.Host{Directory: s.Platform, Fleet: s.Wikis.Fleet(), Homes: s.Wikis}
}

// visitAs begins a session in a wiki as an account, for what the pages of the
// platform do there. Nothing is done that the account may not do.
func (s *server) visitAs(ctx context.Context, entry platform.Wiki, a platform.Account) (*wiki.Session, func(), error) {
	patience, cancel := context.WithTimeout(ctx, acquirePatience)
	defer cancel()
	h, err := s.Wikis.Acquire(patience, entry.Slug.ID())
	if err != nil {
		return nil, nil, err
	}
	who := wiki.Visitor{Account: a.ID, Draft: a.ID, Name: a.Name, Owner: a.ID == entry.Owner, Root: wikiRootPath + entry.Slug.String()}
	who.Email = hosting.Mail(a)
	if state := h.Home().State(); state.Status == tenant.ReadOnly {
		who.Ceiling = access.Ceiling{Deny: access.Write | access.Upload, Reason: readOnlyReason(state)}
	}
	session, err := h.Value().Visit(ctx, who)
	if err != nil {
		h.Release()
		return nil, nil, fmt.Errorf("open wiki: %w", err)
	}
	return session, h.Release, nil
}

// toWiki sends the browser from a form of the platform to a wiki.
func (s *server) toWiki(v *visit, slug platform.Slug) error {
	if s.WikiDomain != "" {
		return hop(v, s.wikiURL(v.r, slug))
	}
	return v.redirect(s.wikiURL(v.r, slug))
}

// wikiOfPath returns the live wiki that an address names. All others are
// [platform.ErrNotFound].
func (s *server) wikiOfPath(v *visit) (platform.Wiki, error) {
	slug, err := platform.ParseSlug(v.r.PathValue("slug"))
	if err != nil {
		return platform.Wiki{}, fmt.Errorf("%w: %w", platform.ErrNotFound, err)
	}
	return s.Platform.Wiki(v.ctx(), slug)
}

// hostedWiki is a wiki as the caller's lists show it: with what can be told of
// it before ctx ends.
func (s *server) hostedWiki(ctx context.Context, v *visit, entry platform.Wiki) ui.HostedWiki {
	hosted := ui.HostedWiki{Wiki: entry, URL: s.wikiURL(v.r, entry.Slug), State: s.stateOf(ctx, entry)}
	session, release, err := s.visitAs(ctx, entry, v.caller.Account)
	if err != nil {
		return hosted
	}
	defer release()
	if !session.View().Somewhere().Has(access.Read) {
		return hosted
	}
	visibility := session.Preferences().Permissions.Visibility()
	hosted.Visibility = &visibility
	if latest, err := session.Changelog(ctx, wiki.Newest, 1); err == nil && len(latest) > 0 {
		hosted.Changed = latest[0].At
	}
	// What the directory has may be some minutes old.
	if usage, err := session.Wiki().Usage(ctx); err == nil {
		hosted.Pages, hosted.Bytes = usage.Pages, usage.RepoBytes+usage.DatabaseBytes
	}
	return hosted
}

// stateOf returns the state of a wiki, the zero one when it cannot be told.
func (s *server) stateOf(ctx context.Context, entry platform.Wiki) tenant.State {
	state, err := s.Wikis.Fleet().State(ctx, entry.Slug.ID())
	if err != nil {
		return tenant.State{}
	}
	return state
}

// showWikis answers GET /wikis.
func (s *server) showWikis(v *visit) error { return s.listWikis(v, http.StatusOK, "") }

// listWikis shows the caller's wikis with what went wrong, if something did.
func (s *server) listWikis(v *visit, status int, problem string) (err error) {
	page := ui.HostedWikisPage{Frame: s.frame(v, "Wikis", ui.PlaceWikis)}
	if problem != "" {
		page.Flashes = []ui.Flash{{Kind: ui.FlashProblem, Text: problem}}
	}
	if page.Tier, err = s.wikiTierOf(v.ctx(), v.caller.Account); err != nil {
		return err
	}
	patience, cancel := context.WithTimeout(v.ctx(), usagePatience)
	defer cancel()
	owned, err := s.Platform.WikisOf(v.ctx(), v.caller.Account.ID)
	if err != nil {
		return err
	}
	for _, entry := range owned {
		if !entry.Removed.IsZero() {
			page.Trash = append(page.Trash, ui.HostedWiki{Wiki: entry, Until: entry.Removed.Add(s.Retention)})
			continue
		}
		hosted := s.hostedWiki(patience, v, entry)
		hosted.OfferedTo = s.offeredTo(v.ctx(), entry)
		page.Owned = append(page.Owned, hosted)
	}
	shared, err := s.Platform.SharedWikis(v.ctx(), v.caller.Account.ID)
	if err != nil {
		return err
	}
	for _, entry := range shared {
		hosted := s.hostedWiki(patience, v, entry.Wiki)
		hosted.Role = entry.Role
		page.Shared = append(page.Shared, hosted)
	}
	offered, err := s.Platform.OfferedWikis(v.ctx(), v.caller.Account.ID)
	if err != nil {
		return err
	}
	for _, entry := range offered {
		page.Offered = append(page.Offered, ui.HostedWiki{Wiki: entry, URL: s.wikiURL(v.r, entry.Slug)})
	}
	return s.show(v, status, page)
}

// wikiTierOf returns the tier of an account as far as it bounds how many wikis
// it has: administrators have as many as they like.
func (s *server) wikiTierOf(ctx context.Context, a platform.Account) (platform.Tier, error) {
	tier, err := s.Platform.Tier(ctx, a.Tier)
	if a.Admin {
		tier.Wikis = 0
	}
	return tier, err
}

// offeredTo returns the name of who may take a wiki over, "" for nobody.
func (s *server) offeredTo(ctx context.Context, entry platform.Wiki) string {
	if entry.OfferedTo == "" || !time.Now().Before(entry.OfferEnds) {
		return ""
	}
	to, err := s.Platform.Account(ctx, entry.OfferedTo)
	if err != nil {
		return ""
	}
	return to.Name
}

// ownedWikis counts the wikis of an account that are not in the trash.
func (s *server) ownedWikis(ctx context.Context, a platform.Account) (int, error) {
	wikis, err := s.Platform.WikisOf(ctx, a.ID)
	count := 0
	for _, entry := range wikis {
		if entry.Removed.IsZero() {
			count++
		}
	}
	return count, err
}

// showCreateWiki answers GET /wikis/new.
func (s *server) showCreateWiki(v *visit) error {
	return s.askCreateWiki(v, http.StatusOK, ui.HostedCreatePage{})
}

func (s *server) askCreateWiki(v *visit, status int, page ui.HostedCreatePage) (err error) {
	page.Frame = s.frame(v, "New wiki", ui.PlaceWikis)
	page.Before, page.After = s.scheme(v.r)+"://"+v.r.Host+wikiRootPath, "/"
	if s.WikiDomain != "" {
		page.Before, page.After = s.scheme(v.r)+"://", "."+s.WikiDomain+portOf(v.r.Host)+"/"
	}
	if page.Tier, err = s.wikiTierOf(v.ctx(), v.caller.Account); err != nil {
		return err
	}
	if page.Owned, err = s.ownedWikis(v.ctx(), v.caller.Account); err != nil {
		return err
	}
	return s.show(v, status, page)
}

// createWikiForm answers POST /wikis.
func (s *server) createWikiForm(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	form, wrong := v.r.PostForm, ui.Errors{}
	page := ui.HostedCreatePage{
		Name: form.Get("name"), Slug: form.Get("slug"), Purpose: form.Get("purpose"), Start: form.Get("start"), Errors: wrong,
	}
	var err error
	if form.Has("visibility") {
		if page.Visibility, err = preferences.ParseVisibility(form.Get("visibility")); err != nil {
			wrong["visibility"] = sentence(err)
		}
	}
	if page.Start != "" && page.Start != ui.StartPages && page.Start != ui.StartEmpty {
		wrong["start"] = "Choose one of these."
	}
	slug, err := platform.ParseSlug(page.Slug)
	if err != nil {
		wrong["slug"] = sentence(err)
	}
	if len(wrong) > 0 {
		return s.askCreateWiki(v, http.StatusUnprocessableEntity, page)
	}
	entry, err := s.host().Create(v.ctx(),
		platform.NewWiki{Owner: v.caller.Account.ID, Slug: slug, Name: page.Name, Purpose: page.Purpose},
		wiki.Founding{Visibility: page.Visibility, Empty: page.Start == ui.StartEmpty})
	if err == nil {
		return s.toWiki(v, entry.Slug)
	}
	field, text, ok := hostingFieldOf(err)
	if !ok {
		return err
	}
	wrong[field] = text
	return s.askCreateWiki(v, http.StatusUnprocessableEntity, page)
}

// hostingFieldOf names the field of a form about a wiki that an error is about,
// and says what to change.
func hostingFieldOf(err error) (field, text string, ok bool) {
	var many *platform.TooManyWikis
	if errors.As(err, &many) {
		return "", sentence(many), true
	}
	for _, f := range []struct {
		err   error
		field string
	}{
		{platform.ErrExists, "slug"}, {platform.ErrInvalidSlug, "slug"}, {platform.ErrReservedSlug, "slug"},
		{platform.ErrInvalidName, "name"}, {platform.ErrInvalidPurpose, "purpose"},
	} {
		if errors.Is(err, f.err) {
			return f.field, sentence(f.err), true
		}
	}
	return "", "", false
}
