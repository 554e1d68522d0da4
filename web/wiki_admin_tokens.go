package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
)

// showWikiTokens answers GET /-/admin/tokens.
func (s *server) showWikiTokens(v *wikiVisit) error {
	return s.listWikiTokens(v, http.StatusOK, ui.WikiTokensPage{})
}

// listWikiTokens shows the tokens of the wiki with what a form on the page
// answered.
func (s *server) listWikiTokens(v *wikiVisit, status int, page ui.WikiTokensPage) (err error) {
	if page.WikiFrame, err = s.wikiFrame(v, "Tokens"); err != nil {
		return err
	}
	page.Self = v.caller.Account.ID
	page.APIURL = s.scheme(v.r) + "://" + v.r.Host + v.root + "/api/v1/"
	if v.session.Preferences().Repository.GitWebServer {
		page.CloneURL = s.cloneURL(v.r, v.slug)
	}
	if page.Tokens, err = s.Platform.WikiTokens(v.ctx(), v.slug); err != nil {
		return err
	}
	return s.showWiki(v, status, page)
}

// needAccount refuses callers whom only a proxy knows: what they would make
// could not be held against any account later.
func needAccount(v *wikiVisit) error {
	if v.signedIn() {
		return nil
	}
	return &wiki.Forbidden{Need: access.Admin, Reason: "Only somebody who has an account on this server can do this."}
}

// createWikiTokenForm answers POST /-/admin/tokens. The secret is on the answer
// only.
func (s *server) createWikiTokenForm(v *wikiVisit) error {
	if err := needAccount(v); err != nil {
		return err
	}
	if err := readForm(v.visit); err != nil {
		return err
	}
	if set := wiki.Role(v.r.PostForm.Get("role")).Set(); !v.session.View().Base().Has(set) {
		return &wiki.Forbidden{Need: set, Reason: v.session.View().Reason()}
	}
	secret, form, wrong, err := s.makeWikiToken(v.visit, v.slug)
	switch {
	case err != nil:
		return err
	case wrong != nil:
		return s.listWikiTokens(v, http.StatusUnprocessableEntity, ui.WikiTokensPage{Form: form, Errors: wrong})
	}
	return s.listWikiTokens(v, http.StatusCreated, ui.WikiTokensPage{NewToken: secret})
}

// revokeWikiTokenForm answers POST /-/admin/tokens/{id}/revoke.
func (s *server) revokeWikiTokenForm(v *wikiVisit) error {
	if err := s.Platform.RevokeWikiToken(v.ctx(), v.slug, v.places["id"]); err != nil {
		return err
	}
	return v.redirect(v.root + "/-/admin/tokens?notice=token-revoked")
}

// inviteToWikiForm answers POST /-/admin/invitations. The link is on the answer
// only.
func (s *server) inviteToWikiForm(v *wikiVisit) error {
	if err := needAccount(v); err != nil {
		return err
	}
	if err := readForm(v.visit); err != nil {
		return err
	}
	form := v.r.PostForm
	uses, err := strconv.Atoi(form.Get("uses"))
	if err != nil {
		uses = 0 // which is refused
	}
	secret, err := s.Platform.CreateWikiInvitation(v.ctx(), v.slug, v.caller.Account.ID,
		platform.WikiRole(form.Get("role")), time.Now().AddDate(0, 0, daysOf(form)), uses)
	for _, f := range []struct {
		err   error
		field string
	}{
		{platform.ErrInvalidRole, "invite_role"}, {platform.ErrInvalidExpiry, "days"},
		{platform.ErrInvalidUses, "uses"}, {platform.ErrTooMany, ""},
	} {
		if errors.Is(err, f.err) {
			return s.listMembers(v, http.StatusUnprocessableEntity, ui.WikiUsersPage{Errors: ui.Errors{f.field: sentence(f.err)}})
		}
	}
	if err != nil {
		return err
	}
	return s.listMembers(v, http.StatusCreated, ui.WikiUsersPage{NewLink: s.platformURL(v, "/join/"+secret)})
}

// revokeWikiInvitationForm answers POST /-/admin/invitations/{id}/revoke.
func (s *server) revokeWikiInvitationForm(v *wikiVisit) error {
	if err := s.Platform.RevokeWikiInvitation(v.ctx(), v.slug, v.places["id"]); err != nil {
		return err
	}
	return s.toMembers(v)
}
