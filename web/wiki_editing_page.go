package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/preferences"
	"github.com/holtdb/holt/wiki/source"
)

// offeredFiles bounds the attachments that an editor lists: the newest.
const offeredFiles = 100

// showEditor answers GET /{page}/edit/{rev}: the page, an old revision of it to
// be made the present one, or a new page, from a template if the parameter
// template names one. Who has a draft is asked first.
func (s *server) showEditor(v *wikiVisit) error {
	page, err := v.session.Page(v.ctx(), v.page)
	isNew := errors.Is(err, wiki.ErrNotFound)
	if err != nil && !isNew {
		return err
	}
	if v.places["rev"] != "" {
		return s.editRevision(v, page)
	}
	name := page.Name
	if isNew {
		if name, err = wiki.CleanName(v.page.String(), v.session.Preferences().Content.RetainPageNameCase); err != nil {
			return err
		}
	}
	if name != v.page {
		target := v.url(name.String()) + "/edit"
		if v.r.URL.RawQuery != "" {
			target += "?" + v.r.URL.RawQuery
		}
		return v.redirect(target)
	}
	s.rememberStranger(v)
	draft, err := v.session.Draft(v.ctx(), v.page)
	if err != nil && !errors.Is(err, wiki.ErrNotFound) {
		return err
	}
	if err == nil && draft.Text != page.Text {
		return s.askAboutDraft(v, page, draft)
	}
	return s.editNow(v, page)
}

// editNow opens the editor on a page as it is now; a zero page is a new one.
func (s *server) editNow(v *wikiVisit, page wiki.Page) error {
	view := ui.WikiEditPage{Editing: editing(v, page)}
	if page.Name.IsZero() {
		if err := fromTemplate(v, &view); err != nil {
			return err
		}
	}
	return s.showEdit(v, http.StatusOK, view)
}

// editing is what the editor of a page begins with.
func editing(v *wikiVisit, page wiki.Page) ui.Editing {
	p := v.session.Preferences().Content
	e := ui.Editing{Text: page.Text, MessageMode: p.CommitMessage, Drafts: true}
	if !page.Name.IsZero() {
		e.Revision = page.Revision.Hash.String()
	}
	if p.DefaultCommitMessage != "" {
		e.Usual = preferences.ExpandCommitMessage(p.DefaultCommitMessage, v.page.String(), time.Now())
		e.Message = e.Usual
	}
	return e
}

// fromTemplate begins a new page with the text of the template that the address
// names.
func fromTemplate(v *wikiVisit, view *ui.WikiEditPage) error {
	text := v.r.URL.Query().Get("template")
	if text == "" {
		return nil
	}
	template, err := wiki.ParseName(text)
	if err != nil {
		return err
	}
	if view.Text, err = v.session.FromTemplate(v.ctx(), template, v.page); err != nil {
		return fmt.Errorf("begin from template: %w", err)
	}
	view.Template = template.String()
	return nil
}

// editRevision opens the editor on an old revision. Saving it makes it the
// present one.
func (s *server) editRevision(v *wikiVisit, now wiki.Page) error {
	old, err := pageAt(v, v.places["rev"])
	if err != nil {
		return err
	}
	s.rememberStranger(v)
	view := ui.WikiEditPage{Editing: editing(v, now)}
	view.Text = old.Text
	return s.showEdit(v, http.StatusOK, view)
}

// showSectionEditor answers GET /{page}/section/{n}, counted from 0.
func (s *server) showSectionEditor(v *wikiVisit) error {
	page, err := v.session.Page(v.ctx(), v.page)
	if err != nil {
		return err
	}
	sections := source.Sections([]byte(page.Text))
	n, err := strconv.Atoi(v.places["n"])
	if err != nil || n < 0 || n >= len(sections) {
		return fmt.Errorf("%w: the page has no such section", wiki.ErrNotFound)
	}
	view := ui.WikiEditPage{Editing: editing(v, page), SectionTitle: sections[n].Title}
	view.Text, view.Section, view.Drafts = page.Text[sections[n].Start:sections[n].TreeEnd], &n, false
	return s.showEdit(v, http.StatusOK, view)
}

// showEdit shows the editor.
func (s *server) showEdit(v *wikiVisit, status int, view ui.WikiEditPage) error {
	title := "Edit " + v.page.Last()
	if view.New() {
		title = "New page " + v.page.Last()
	}
	var err error
	if view.WikiFrame, err = s.wikiPageFrame(v, title, ""); err != nil {
		return err
	}
	if view.Files, err = newestFiles(v); err != nil {
		return err
	}
	return s.showWiki(v, status, view)
}

// newestFiles returns the attachments that the editor offers.
func newestFiles(v *wikiVisit) ([]index.Attachment, error) {
	files, err := v.session.Attachments(v.ctx(), v.page)
	if err != nil || len(files) <= offeredFiles {
		return files, err
	}
	files = slices.SortedFunc(slices.Values(files), func(a, b index.Attachment) int {
		return b.Changed.At.Compare(a.Changed.At)
	})[:offeredFiles]
	slices.SortFunc(files, func(a, b index.Attachment) int { return strings.Compare(a.Name, b.Name) })
	return files, nil
}

// rememberStranger gives a visitor without an account a secret of their own, by
// which they find their drafts again on this device.
func (s *server) rememberStranger(v *wikiVisit) {
	if v.signedIn() || v.otter != nil || v.stranger != "" {
		return
	}
	http.SetCookie(v.w, &http.Cookie{
		Name: strangerCookie, Value: rand.Text(), Path: v.root + "/", HttpOnly: true, Secure: s.secure(v.visit),
		SameSite: http.SameSiteLaxMode, MaxAge: int(strangerLife.Seconds()),
	})
}

// strangerLife is how long a visitor without an account finds their drafts: as
// long as the wiki keeps them.
const strangerLife = 24 * time.Hour
