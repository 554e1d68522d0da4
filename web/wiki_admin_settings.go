package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
	"github.com/holtdb/holt/wiki/transport"
)

// settingsPage is a page of a wiki's administration that changes preferences.
type settingsPage struct {
	path string // below /-/admin/
	page preferences.Page
	// person marks a page that changes who may do what.
	person bool
	// view makes the page around what is stored, or was typed and is wrong.
	view func(s *server, v *wikiVisit, typed ui.Typed, wrong ui.Errors) (ui.Page, error)
}

func settingsPages() []settingsPage {
	return []settingsPage{
		{path: "application_preferences", page: preferences.ApplicationPage, view: (*server).applicationPage},
		{path: "permissions_and_registration", page: preferences.PermissionsPage, person: true, view: (*server).permissionsPage},
		{path: "content_and_editing", page: preferences.ContentPage, view: (*server).contentPage},
		{path: "sidebar_preferences", page: preferences.SidebarPage, view: (*server).sidebarPage},
		{path: "repository_management", page: preferences.RepositoryPage, person: true, view: (*server).repositoryPage},
	}
}

// show answers GET.
func (p settingsPage) show(s *server, v *wikiVisit) error {
	page, err := p.view(s, v, nil, nil)
	if err != nil {
		return err
	}
	return s.showWiki(v, http.StatusOK, page)
}

// save answers POST.
func (p settingsPage) save(s *server, v *wikiVisit) error {
	if err := readForm(v.visit); err != nil {
		return err
	}
	form := v.r.PostForm
	if p.page == preferences.SidebarPage {
		ui.JoinMenu(form)
	}
	err := v.session.SavePreferences(v.ctx(), p.page, form)
	var fields preferences.FieldErrors
	if errors.As(err, &fields) {
		wrong := ui.Errors{}
		for name, err := range fields {
			wrong[strings.ToLower(name)] = sentence(err)
		}
		page, err := p.view(s, v, ui.Typed(form), wrong)
		if err != nil {
			return err
		}
		return s.showWiki(v, http.StatusUnprocessableEntity, page)
	}
	if err == nil {
		err = p.saved(s, v)
	}
	if err != nil {
		return err
	}
	return v.redirect(v.root + "/-/admin/" + p.path + "?notice=saved")
}

// saved does what follows from preferences that were stored.
func (p settingsPage) saved(s *server, v *wikiVisit) error {
	form := v.r.PostForm
	switch p.page {
	case preferences.PermissionsPage:
		return s.auditWiki(v.ctx(), v.slug, actionWikiPermissions, "read "+form.Get("read_access")+
			", write "+form.Get("write_access")+", attachment "+form.Get("attachment_access"))
	case preferences.RepositoryPage:
		return s.auditWiki(v.ctx(), v.slug, actionWikiPermissions, "git server "+boxValue(form.Has("git_web_server")))
	case preferences.ApplicationPage:
		if err := s.followName(v); err != nil {
			return err
		}
	}
	return s.auditWiki(v.ctx(), v.slug, actionWikiSettings, p.path)
}

// followName gives the directory's entry the name that the wiki has now. A name
// that is none there stays the wiki's own.
func (s *server) followName(v *wikiVisit) error {
	form := v.r.PostForm
	if !form.Has("site_name") || !form.Has("site_description") {
		return nil
	}
	err := s.Platform.RenameWiki(v.ctx(), v.slug, form.Get("site_name"), form.Get("site_description"))
	if errors.Is(err, platform.ErrInvalidName) || errors.Is(err, platform.ErrInvalidPurpose) {
		return nil
	}
	return err
}

func (s *server) applicationPage(v *wikiVisit, typed ui.Typed, wrong ui.Errors) (ui.Page, error) {
	frame, err := s.wikiFrame(v, "Name and look")
	return ui.WikiApplicationPage{WikiFrame: frame, Application: v.session.Preferences().Application, Typed: typed, Errors: wrong}, err
}

func (s *server) permissionsPage(v *wikiVisit, typed ui.Typed, wrong ui.Errors) (ui.Page, error) {
	frame, err := s.wikiFrame(v, "Permissions")
	return ui.WikiPermissionsPage{WikiFrame: frame, Permissions: v.session.Preferences().Permissions, Typed: typed, Errors: wrong}, err
}

func (s *server) contentPage(v *wikiVisit, typed ui.Typed, wrong ui.Errors) (ui.Page, error) {
	frame, err := s.wikiFrame(v, "Editing")
	return ui.WikiContentPage{WikiFrame: frame, Content: v.session.Preferences().Content, Limits: v.limits,
		Now: time.Now(), Typed: typed, Errors: wrong}, err
}

func (s *server) sidebarPage(v *wikiVisit, typed ui.Typed, wrong ui.Errors) (ui.Page, error) {
	frame, err := s.wikiFrame(v, "Sidebar")
	return ui.WikiSidebarPage{WikiFrame: frame, Stored: v.session.Preferences().Sidebar, Typed: typed, Errors: wrong}, err
}

func (s *server) repositoryPage(v *wikiVisit, _ ui.Typed, wrong ui.Errors) (ui.Page, error) {
	frame, err := s.wikiFrame(v, "Repository")
	if err != nil {
		return nil, err
	}
	page := ui.WikiRepositoryPage{WikiFrame: frame, Repository: v.session.Preferences().Repository, HasGit: hasGit(),
		CloneURL: s.cloneURL(v.r, v.slug), Branch: v.session.Wiki().Branch(), Allowed: v.limits.WikiBytes, Errors: wrong}
	usage, err := v.session.Wiki().Usage(v.ctx())
	if err != nil {
		return nil, err
	}
	page.Bytes = usage.RepoBytes
	latest, err := v.session.Changelog(v.ctx(), wiki.Newest, 1)
	if err != nil {
		return nil, err
	}
	if len(latest) > 0 {
		// Commits are numbered in their order, from 1.
		page.Commits, page.Changed = int(latest[0].Seq), latest[0].At
	}
	rules, err := v.session.Rules(v.ctx())
	page.Rules = len(rules)
	return page, err
}

// hasGit reports whether there is a git program on this server.
func hasGit() bool {
	_, err := transport.Find()
	return err == nil
}

// maintainWiki answers POST /-/admin/repository_management/maintain.
func (s *server) maintainWiki(v *wikiVisit) error {
	if !hasGit() {
		return wiki.ErrNoGit
	}
	if err := v.session.Wiki().Maintain(v.ctx()); err != nil {
		return err
	}
	return v.redirect(v.root + "/-/admin/repository_management?notice=saved")
}
