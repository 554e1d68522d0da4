package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
)

// What admins of a wiki did there, as written to the platform's audit log.
const (
	actionWikiSettings    = "wiki.settings"
	actionWikiPermissions = "wiki.permissions"
	actionWikiRule        = "wiki.rule"
	actionWikiRuleRemove  = "wiki.rule.remove"
	actionWikiRow         = "wiki.row" // of a member without an account
)

// wikiAdminRoutes lists the pages by which admins govern a wiki, at the
// addresses that An Otter Wiki has.
func (s *server) wikiAdminRoutes() []wikiRoute {
	const govern = access.Admin
	routes := []wikiRoute{
		{method: "GET", pattern: "/-/admin", need: govern, handle: (*server).showWikiAdmin},
		{method: "GET", pattern: "/-/housekeeping", need: govern, handle: (*server).showHousekeeping},
		{method: "GET", pattern: "/-/housekeeping/security-check", need: govern, handle: (*server).sendSecurityCheck},
		{method: "POST", pattern: "/-/housekeeping/drafts/{id}/delete", need: govern, handle: (*server).deleteOpenDraft},
		{method: "POST", pattern: "/-/admin/repository_management/maintain", need: govern, handle: (*server).maintainWiki},

		{method: "GET", pattern: "/-/admin/user_management", need: govern, person: true, handle: (*server).showMembers},
		{method: "POST", pattern: "/-/admin/user_management", need: govern, person: true, handle: (*server).addMemberForm},
		{method: "GET", pattern: "/-/user/{id?}", need: govern, person: true, handle: (*server).showMember},
		{method: "POST", pattern: "/-/user/{id}", need: govern, person: true, handle: (*server).changeMemberForm},
		{method: "POST", pattern: "/-/user/{id}/approve", need: govern, person: true, handle: (*server).approveMemberForm},
		{method: "POST", pattern: "/-/user/{id}/refuse", need: govern, person: true, handle: (*server).refuseMemberForm},
		{method: "POST", pattern: "/-/user/{id}/role", need: govern, person: true, handle: (*server).setMemberRoleForm},
		{method: "POST", pattern: "/-/user/{id}/link", need: govern, person: true, handle: (*server).linkMemberForm},
		{method: "POST", pattern: "/-/user/{id}/remove", need: govern, person: true, handle: (*server).removeMemberForm},
		{method: "POST", pattern: "/-/admin/invitations", need: govern, person: true, handle: (*server).inviteToWikiForm},
		{method: "POST", pattern: "/-/admin/invitations/{id}/revoke", need: govern, person: true, handle: (*server).revokeWikiInvitationForm},

		{method: "GET", pattern: "/-/admin/rules", need: govern, person: true, handle: (*server).showRules},
		{method: "POST", pattern: "/-/admin/rules", need: govern, person: true, handle: (*server).addRuleForm},
		{method: "POST", pattern: "/-/admin/rules/{id}/remove", need: govern, person: true, handle: (*server).removeRuleForm},
		{method: "GET", pattern: "/{page}/access", need: access.Read, handle: (*server).showPageAccess},
		{method: "POST", pattern: "/{page}/access", need: govern, person: true, handle: (*server).changePageAccessForm},

		{method: "GET", pattern: "/-/admin/tokens", need: govern, person: true, handle: (*server).showWikiTokens},
		{method: "POST", pattern: "/-/admin/tokens", need: govern, person: true, handle: (*server).createWikiTokenForm},
		{method: "POST", pattern: "/-/admin/tokens/{id}/revoke", need: govern, person: true, handle: (*server).revokeWikiTokenForm},
	}
	for _, p := range settingsPages() {
		routes = append(routes,
			wikiRoute{method: "GET", pattern: "/-/admin/" + p.path, need: govern, person: p.person, handle: p.show},
			wikiRoute{method: "POST", pattern: "/-/admin/" + p.path, need: govern, person: p.person, handle: p.save})
		if p.path == "application_preferences" { // where An Otter Wiki has them
			routes = append(routes, wikiRoute{method: "POST", pattern: "/-/admin", need: govern, person: p.person, handle: p.save})
		}
	}
	return routes
}

// auditWiki writes to the audit log what was done in a wiki.
func (s *server) auditWiki(ctx context.Context, slug platform.Slug, action, detail string) error {
	return s.Platform.Audit(ctx, platform.Event{Action: action, Subject: "wikis/" + slug.String(), Detail: detail})
}

// platformURL is the whole address of a page of the platform.
func (s *server) platformURL(v *wikiVisit, path string) string {
	if v.ownHost() {
		return s.platformOrigin(v.r) + path
	}
	return s.scheme(v.r) + "://" + v.r.Host + path
}

// number returns the place {id} of an address. What is no number is no row's.
func (v *wikiVisit) number() (int64, error) {
	n, err := strconv.ParseInt(v.places["id"], 10, 64)
	if err != nil {
		return 0, errNoRoute
	}
	return n, nil
}

// showWikiAdmin answers GET /-/admin: how the wiki stands.
func (s *server) showWikiAdmin(v *wikiVisit) error {
	frame, err := s.wikiFrame(v, "Administration")
	if err != nil {
		return err
	}
	p := v.session.Preferences()
	page := ui.WikiAdminPage{WikiFrame: frame, Limits: v.limits, Permissions: p.Permissions, GitServer: p.Repository.GitWebServer,
		OwnerName: v.entry.OwnerName, Created: v.entry.Created}
	if page.Usage, err = v.session.Wiki().Usage(v.ctx()); err != nil {
		return err
	}
	members, err := v.session.Members(v.ctx())
	if err != nil {
		return err
	}
	for _, m := range members {
		switch {
		case waits(m):
			page.Waiting++
			continue
		case m.Admin:
			page.Admins++
		}
		page.Members++
	}
	rules, err := v.session.Rules(v.ctx())
	if err != nil {
		return err
	}
	tokens, err := s.Platform.WikiTokens(v.ctx(), v.slug)
	if err != nil {
		return err
	}
	page.Rules, page.Tokens = len(rules), len(tokens)
	latest, err := v.session.Changelog(v.ctx(), wiki.Newest, 1)
	if err != nil {
		return err
	}
	if len(latest) > 0 {
		page.Changed = latest[0].At
	}
	if page.Checks, err = v.session.SecurityCheck(v.ctx()); err != nil {
		return err
	}
	if v.session.Visitor().Owner {
		page.HostingURL = s.onPlatform(v, "/wikis/"+v.slug.String())
	}
	return s.showWiki(v, http.StatusOK, page)
}

// waits reports whether a member asked for access and was not let in yet.
func waits(m wiki.Member) bool { return !m.Approved && !m.Admin }

// showHousekeeping answers GET /-/housekeeping.
func (s *server) showHousekeeping(v *wikiVisit) error {
	frame, err := s.wikiFrame(v, "Housekeeping")
	if err != nil {
		return err
	}
	found, err := v.session.Housekeeping(v.ctx())
	if err != nil {
		return err
	}
	return s.showWiki(v, http.StatusOK, ui.WikiHousekeepingPage{WikiFrame: frame, Housekeeping: found})
}

// sendSecurityCheck answers GET /-/housekeeping/security-check in JSON.
func (s *server) sendSecurityCheck(v *wikiVisit) error {
	checks, err := v.session.SecurityCheck(v.ctx())
	if err != nil {
		return err
	}
	type check struct {
		Good   bool   `json:"good"`
		What   string `json:"what"`
		Advice string `json:"advice,omitempty"`
	}
	list := make([]check, len(checks))
	for i, c := range checks {
		list[i] = check{Good: c.Good, What: c.What}
		if !c.Good {
			list[i].Advice = c.Advice
		}
	}
	good := !slices.ContainsFunc(checks, func(c wiki.Check) bool { return !c.Good })
	return answerJSON(v.visit, http.StatusOK, map[string]any{"good": good, "checks": list})
}

// deleteOpenDraft answers POST /-/housekeeping/drafts/{id}/delete.
func (s *server) deleteOpenDraft(v *wikiVisit) error {
	id, err := v.number()
	if err != nil {
		return err
	}
	if err := v.session.RemoveDraft(v.ctx(), id); err != nil {
		return err
	}
	return v.redirect(v.root + "/-/housekeeping?notice=deleted")
}
