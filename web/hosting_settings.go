package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

// showHosting answers GET /wikis/{slug}: what the owner of a wiki decides
// outside of it.
func (s *server) showHosting(v *visit) error {
	entry, err := s.ownWiki(v)
	if err != nil {
		return err
	}
	return s.askHosting(v, http.StatusOK, entry, ui.HostedSettingsPage{})
}

// askHosting shows the settings of a wiki with what a form on the page answered.
func (s *server) askHosting(v *visit, status int, entry platform.Wiki, page ui.HostedSettingsPage) (err error) {
	page.Frame = s.frame(v, entry.Name, ui.PlaceWikis)
	page.Frame.Path = "/wikis/" + entry.Slug.String() // a form's answer is no place to come back to
	page.Wiki = s.hostedWiki(v.ctx(), v, entry)
	page.Wiki.OfferedTo = s.offeredTo(v.ctx(), entry)
	page.AdminURL = page.Wiki.URL + "-/admin"
	page.Retention = s.Retention
	if page.Errors["name"] == "" && page.Errors["purpose"] == "" {
		page.Name, page.Purpose = entry.Name, entry.Purpose
	}
	if page.Tokens, err = s.Platform.WikiTokens(v.ctx(), entry.Slug); err != nil {
		return err
	}
	session, release, err := s.visitAs(v.ctx(), entry, v.caller.Account)
	if err == nil {
		defer release()
		if session.Preferences().Repository.GitWebServer {
			page.CloneURL = s.cloneURL(v.r, entry.Slug)
		}
	} else if !errors.Is(err, tenant.ErrUnavailable) {
		return err
	}
	return s.show(v, status, page)
}

// cloneURL is the whole address that git is given for a wiki.
func (s *server) cloneURL(r *http.Request, slug platform.Slug) string {
	if s.WikiDomain != "" {
		return s.wikiOrigin(r, slug) + "/.git"
	}
	return s.scheme(r) + "://" + r.Host + wikiRootPath + slug.String() + ".git"
}

// renameWikiForm answers POST /wikis/{slug}. The wiki shows the name too.
func (s *server) renameWikiForm(v *visit) error {
	entry, err := s.ownWiki(v)
	if err != nil {
		return err
	}
	if err := readForm(v); err != nil {
		return err
	}
	page := ui.HostedSettingsPage{Name: v.r.PostForm.Get("name"), Purpose: v.r.PostForm.Get("purpose")}
	session, release, err := s.visitAs(v.ctx(), entry, v.caller.Account)
	if err != nil {
		return err
	}
	defer release()
	err = s.Platform.RenameWiki(v.ctx(), entry.Slug, page.Name, page.Purpose)
	if field, text, ok := hostingFieldOf(err); ok {
		page.Errors = ui.Errors{field: text}
		return s.askHosting(v, http.StatusUnprocessableEntity, entry, page)
	}
	if err != nil {
		return err
	}
	if entry, err = s.Platform.Wiki(v.ctx(), entry.Slug); err != nil {
		return err
	}
	if err := s.showName(v, session, entry); err != nil {
		return err
	}
	return v.redirect("/wikis/" + entry.Slug.String() + "?notice=saved")
}

// showName stores the name and purpose of a wiki's entry in the wiki itself.
func (s *server) showName(v *visit, session *wiki.Session, entry platform.Wiki) error {
	a := session.Preferences().Application
	form := url.Values{"site_name": {entry.Name}, "site_description": {entry.Purpose}}
	for name, on := range map[string]bool{"hide_logo": a.HideLogo, "open_links_in_new_tab": a.OpenLinksInNewTab} {
		if on {
			form.Set(name, "True") // a box that is left out would be cleared
		}
	}
	if err := session.SavePreferences(v.ctx(), preferences.ApplicationPage, form); err != nil {
		return fmt.Errorf("store name in wiki: %w", err)
	}
	return nil
}

// setVisibilityForm answers POST /wikis/{slug}/visibility.
func (s *server) setVisibilityForm(v *visit) error {
	entry, err := s.ownWiki(v)
	if err != nil {
		return err
	}
	if err := readForm(v); err != nil {
		return err
	}
	visibility, err := preferences.ParseVisibility(v.r.PostForm.Get("visibility"))
	if err != nil {
		return s.askHosting(v, http.StatusUnprocessableEntity, entry,
			ui.HostedSettingsPage{Errors: ui.Errors{"visibility": sentence(err)}})
	}
	session, release, err := s.visitAs(v.ctx(), entry, v.caller.Account)
	if err != nil {
		return err
	}
	defer release()
	if err := setVisibility(v.ctx(), session, visibility); err != nil {
		return err
	}
	if err := s.auditWiki(v.ctx(), entry.Slug, actionWikiPermissions, visibility.String()); err != nil {
		return err
	}
	return v.redirect("/wikis/" + entry.Slug.String() + "?notice=saved")
}

// createHostingToken answers POST /wikis/{slug}/tokens. The secret is on the
// answer only.
func (s *server) createHostingToken(v *visit) error {
	entry, err := s.ownWiki(v)
	if err != nil {
		return err
	}
	if err := readForm(v); err != nil {
		return err
	}
	secret, form, wrong, err := s.makeWikiToken(v, entry.Slug)
	switch {
	case err != nil:
		return err
	case wrong != nil:
		return s.askHosting(v, http.StatusUnprocessableEntity, entry, ui.HostedSettingsPage{Token: form, Errors: wrong})
	}
	return s.askHosting(v, http.StatusCreated, entry, ui.HostedSettingsPage{NewToken: secret})
}

// makeWikiToken makes the token that a form asks for, as the caller, or says
// what is wrong with the form.
func (s *server) makeWikiToken(v *visit, slug platform.Slug) (secret string, form ui.WikiTokenForm, wrong ui.Errors, err error) {
	sent := v.r.PostForm
	form = ui.WikiTokenForm{Name: sent.Get("name"), Role: platform.WikiRole(sent.Get("role")), Days: daysOf(sent)}
	secret, _, err = s.Platform.CreateWikiToken(v.ctx(), slug, v.caller.Account.ID, form.Name, form.Role,
		time.Now().AddDate(0, 0, form.Days))
	for _, f := range []struct {
		err   error
		field string
	}{
		{platform.ErrInvalidName, "token"}, {platform.ErrTooMany, "token"},
		{platform.ErrInvalidRole, "role"}, {platform.ErrInvalidExpiry, "days"},
	} {
		if errors.Is(err, f.err) {
			return "", form, ui.Errors{f.field: sentence(f.err)}, nil
		}
	}
	return secret, form, nil, err
}

// revokeHostingToken answers POST /wikis/{slug}/tokens/{id}/revoke.
func (s *server) revokeHostingToken(v *visit) error {
	entry, err := s.ownWiki(v)
	if err != nil {
		return err
	}
	if err := s.Platform.RevokeWikiToken(v.ctx(), entry.Slug, v.r.PathValue("id")); err != nil {
		return err
	}
	return v.redirect("/wikis/" + entry.Slug.String() + "?notice=token-revoked")
}

// deleteWikiForm answers POST /wikis/{slug}/delete. Who deletes a wiki types its
// name.
func (s *server) deleteWikiForm(v *visit) error {
	entry, err := s.ownWiki(v)
	if err != nil {
		return err
	}
	if err := readForm(v); err != nil {
		return err
	}
	if strings.TrimSpace(v.r.PostForm.Get("confirm")) != entry.Name {
		return s.askHosting(v, http.StatusUnprocessableEntity, entry,
			ui.HostedSettingsPage{Errors: ui.Errors{"confirm": "Type the name of the wiki exactly as it is shown."}})
	}
	if err := s.host().Delete(v.ctx(), entry.Slug); err != nil {
		return err
	}
	return v.redirect("/wikis?notice=deleted")
}

// restoreWikiForm answers POST /wikis/{slug}/restore.
func (s *server) restoreWikiForm(v *visit) error {
	slug, err := platform.ParseSlug(v.r.PathValue("slug"))
	if err != nil {
		return errNoRoute
	}
	entry, err := s.Platform.RemovedWiki(v.ctx(), slug)
	if err != nil {
		return err
	}
	if entry.Owner != v.caller.Account.ID {
		return fmt.Errorf("%w: the wiki is another's", platform.ErrNotFound)
	}
	err = s.host().Restore(v.ctx(), slug)
	if _, text, ok := hostingFieldOf(err); ok {
		return s.listWikis(v, http.StatusConflict, text)
	}
	if err != nil {
		return err
	}
	return v.redirect("/wikis?notice=saved")
}
