package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/repo"
)

// showCreate answers GET /-/create: everybody who reads may see the form.
func (s *server) showCreate(v *wikiVisit) error {
	q := v.r.URL.Query()
	return s.askForName(v, http.StatusOK, q.Get("pagename"), q.Get("template"), nil)
}

// askForName shows the form for a new page with what stands in it.
func (s *server) askForName(v *wikiVisit, status int, name, template string, wrong ui.Errors) error {
	view := ui.WikiCreatePage{NameAs: name, Chosen: template, Errors: wrong}
	var err error
	if view.WikiFrame, err = s.wikiFrame(v, "Create a page"); err != nil {
		return err
	}
	if view.Templates, err = v.session.Templates(v.ctx()); err != nil {
		return err
	}
	pages, err := v.session.Pages(v.ctx(), "")
	if err != nil {
		return err
	}
	view.Folders = foldersOf(pages)
	return s.showWiki(v, status, view)
}

// maxFolders bounds the folders that are offered for a new page.
const maxFolders = 200

// foldersOf returns the folders that pages lie in, by name.
func foldersOf(pages []index.Page) []string {
	var folders []string
	for _, p := range pages {
		if name, err := wiki.ParseName(p.Path); err == nil && name.Folder() != "" {
			folders = append(folders, name.Folder())
		}
	}
	slices.Sort(folders)
	folders = slices.Compact(folders)
	return folders[:min(len(folders), maxFolders)]
}

// createForm answers POST /-/create: it leads to the editor of the new page.
func (s *server) createForm(v *wikiVisit) error {
	if err := readForm(v.visit); err != nil {
		return err
	}
	typed, template := v.r.PostForm.Get("pagename"), v.r.PostForm.Get("template")
	name, err := wiki.CleanName(typed, v.session.Preferences().Content.RetainPageNameCase)
	if errors.Is(err, wiki.ErrInvalid) {
		return s.askForName(v, http.StatusUnprocessableEntity, typed, template, ui.Errors{"pagename": detail(err, wiki.ErrInvalid)})
	}
	if err != nil {
		return err
	}
	if !v.session.View().Can(name.String(), access.Write) {
		return s.askForName(v, http.StatusForbidden, typed, template, ui.Errors{"pagename": "You may not write a page of this name."})
	}
	page, err := v.session.Page(v.ctx(), name)
	if err == nil {
		return v.redirect(v.url(page.Name.String()) + "?notice=exists")
	}
	if !errors.Is(err, wiki.ErrNotFound) {
		return err
	}
	target := v.url(name.String()) + "/edit"
	if template != "" {
		target += "?template=" + url.QueryEscape(template)
	}
	return v.redirect(target)
}

// showRename answers GET /{page}/rename.
func (s *server) showRename(v *wikiVisit) error {
	return s.askForNewName(v, http.StatusOK, ui.WikiRenamePage{NameAs: v.page.String()})
}

// askForNewName shows the form for another name with what stands in it.
func (s *server) askForNewName(v *wikiVisit, status int, view ui.WikiRenamePage) error {
	about, err := whatGoesAlong(v)
	if err != nil {
		return err
	}
	view.Below, view.Files, view.Linking = about.below, len(about.files), about.linking
	if view.WikiFrame, err = s.wikiPageFrame(v, "Rename "+v.page.Last(), ""); err != nil {
		return err
	}
	return s.showWiki(v, status, view)
}

// alongside is what a change of a page's name or existence concerns.
type alongside struct {
	noPage  bool // only others lie below the path
	below   []index.Page
	files   []index.Attachment
	linking []index.Link
}

func whatGoesAlong(v *wikiVisit) (a alongside, err error) {
	if _, err = v.session.Page(v.ctx(), v.page); err != nil && !errors.Is(err, wiki.ErrNotFound) {
		return alongside{}, err
	}
	a.noPage = err != nil
	missing := err
	if a.below, err = v.session.Pages(v.ctx(), v.page.String()); err != nil {
		return alongside{}, err
	}
	if a.files, err = v.session.Attachments(v.ctx(), v.page); err != nil {
		return alongside{}, err
	}
	if a.noPage && len(a.below) == 0 && len(a.files) == 0 {
		return alongside{}, missing
	}
	a.linking, err = v.session.LinksTo(v.ctx(), v.page)
	return a, err
}

// renameForm answers POST /{page}/rename: new_pagename, message and
// update_backlinks.
func (s *server) renameForm(v *wikiVisit) error {
	if err := readForm(v.visit); err != nil {
		return err
	}
	form := v.r.PostForm
	view := ui.WikiRenamePage{
		NameAs: form.Get("new_pagename"), Message: form.Get("message"), KeepLinks: !ticked(form.Get("update_backlinks")),
	}
	to, err := wiki.CleanName(view.NameAs, v.session.Preferences().Content.RetainPageNameCase)
	if err != nil {
		return s.refuseRename(v, view, err)
	}
	if err := s.mayChange(v); err != nil {
		return s.refuseRename(v, view, err)
	}
	done, err := v.session.Rename(v.ctx(), wiki.Rename{From: v.page, To: to, KeepLinks: view.KeepLinks, Message: view.Message})
	if err != nil {
		return s.refuseRename(v, view, err)
	}
	notice := "renamed"
	if len(done.Rewrote) > 0 {
		notice = "links-followed"
	}
	return v.redirect(v.url(done.To.String()) + "?notice=" + notice)
}

// refuseRename shows the form again when another name would do.
func (s *server) refuseRename(v *wikiVisit, view ui.WikiRenamePage, err error) error {
	var hasty *tooManyWrites
	field := "new_pagename"
	switch {
	case errors.As(err, &hasty):
		field = ""
	case errors.Is(err, wiki.ErrInvalid), errors.Is(err, wiki.ErrExists), errors.Is(err, wiki.ErrUnchanged),
		errors.Is(err, repo.ErrConflictingPath):
	default:
		return err
	}
	p := problemOf(err)
	p.sayWhenToRetry(v.w.Header())
	if errors.Is(err, wiki.ErrUnchanged) {
		p.message = "This is the present name."
	}
	view.Errors = ui.Errors{field: p.message}
	return s.askForNewName(v, p.status, view)
}

// showDelete answers GET /{page}/delete.
func (s *server) showDelete(v *wikiVisit) error {
	about, err := whatGoesAlong(v)
	if err != nil {
		return err
	}
	frame, err := s.wikiPageFrame(v, "Delete "+v.page.Last(), "")
	if err != nil {
		return err
	}
	return s.showWiki(v, http.StatusOK, ui.WikiDeletePage{
		WikiFrame: frame, Below: about.below, Files: about.files, Linking: about.linking, NoPage: about.noPage,
	})
}

// deletePageForm answers POST /{page}/delete: message and recursive.
func (s *server) deletePageForm(v *wikiVisit) error {
	if err := readForm(v.visit); err != nil {
		return err
	}
	if err := s.mayChange(v); err != nil {
		return err
	}
	_, err := v.session.Delete(v.ctx(), v.page, ticked(v.r.PostForm.Get("recursive")), v.r.PostForm.Get("message"))
	if err != nil {
		return err
	}
	return v.redirect(v.root + "/-/changelog?notice=page-deleted")
}

// showRevert answers GET /-/revert/{rev}.
func (s *server) showRevert(v *wikiVisit) error {
	return s.askToRevert(v, http.StatusOK, "", nil)
}

func (s *server) askToRevert(v *wikiVisit, status int, message string, wrong ui.Errors) error {
	commit, err := commitOf(v)
	if err != nil {
		return err
	}
	frame, err := s.wikiFrame(v, "Take a change back")
	if err != nil {
		return err
	}
	return s.showWiki(v, status, ui.WikiRevertPage{WikiFrame: frame, Commit: commit, Message: message, Errors: wrong})
}

// revertForm answers POST /-/revert/{rev}: message.
func (s *server) revertForm(v *wikiVisit) error {
	if err := readForm(v.visit); err != nil {
		return err
	}
	message := v.r.PostForm.Get("message")
	rev, err := repo.ParseRevision(v.places["rev"])
	if err != nil {
		return err
	}
	if err := s.mayChange(v); err != nil {
		return err
	}
	hash, err := v.session.Revert(v.ctx(), rev, message)
	switch {
	case errors.Is(err, wiki.ErrConflict):
		return s.askToRevert(v, http.StatusConflict, message, ui.Errors{"": "The same lines were changed since, so this cannot be taken back by itself. Edit the page instead."})
	case errors.Is(err, wiki.ErrUnchanged):
		return s.askToRevert(v, http.StatusUnprocessableEntity, message, ui.Errors{"": "All of it was taken back already."})
	case err != nil:
		return err
	}
	return v.redirect(v.root + "/-/commit/" + hash.String() + "?notice=reverted")
}
