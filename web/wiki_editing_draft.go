package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/diff"
	"github.com/holtdb/holt/wiki/repo"
)

// wholeText is the context with which a comparison shows all lines of a page.
const wholeText = wiki.MaxPageBytes

// askAboutDraft shows the visitor's draft beside the page and asks which to go on
// with.
func (s *server) askAboutDraft(v *wikiVisit, page wiki.Page, draft wiki.Draft) error {
	frame, err := s.wikiPageFrame(v, "Draft of "+v.page.Last(), page.Title)
	if err != nil {
		return err
	}
	return s.showWiki(v, http.StatusOK, ui.WikiDraftPage{
		WikiFrame: frame, Draft: draft, Page: page, Hunks: diff.Lines([]byte(page.Text), []byte(draft.Text), wholeText),
	})
}

// draftForm answers POST /{page}/edit: draft=edit goes on with the draft,
// draft=discard drops it.
func (s *server) draftForm(v *wikiVisit) error {
	if err := readForm(v.visit); err != nil {
		return err
	}
	switch v.r.PostForm.Get("draft") {
	case "edit":
		return s.resumeDraft(v)
	case "discard":
		if err := v.session.DiscardDraft(v.ctx(), v.page); err != nil {
			return err
		}
		_, err := v.session.Page(v.ctx(), v.page)
		if errors.Is(err, wiki.ErrNotFound) {
			return v.redirect(v.root + "/-/drafts?notice=discarded")
		}
		if err != nil {
			return err
		}
		return v.redirect(v.url(v.page.String()) + "/edit?notice=discarded")
	}
	return fmt.Errorf("%w: edit the draft or discard it", wiki.ErrInvalid)
}

// resumeDraft opens the editor on the visitor's draft.
func (s *server) resumeDraft(v *wikiVisit) error {
	draft, err := v.session.Draft(v.ctx(), v.page)
	if errors.Is(err, wiki.ErrNotFound) {
		return v.redirect(v.url(v.page.String()) + "/edit")
	}
	if err != nil {
		return err
	}
	view := ui.WikiEditPage{Editing: editing(v, wiki.Page{})}
	view.Text, view.Line, view.Ch, view.Resumed = draft.Text, draft.Line, draft.Ch, true
	view.Revision = draft.Base
	return s.showEdit(v, http.StatusOK, view)
}

// draftSaved is what An Otter Wiki answers.
type draftSaved struct {
	Status string `json:"status"`
}

// saveDraft answers POST /{page}/draft in JSON: content, revision, cursor_line
// and cursor_ch.
func (s *server) saveDraft(v *wikiVisit) error {
	v.program = true
	if err := s.mayType(v); err != nil {
		return err
	}
	if err := wikiForm(v); err != nil {
		return err
	}
	form := v.r.PostForm
	if text := form.Get("revision"); text != "" {
		if _, err := repo.ParseRevision(text); err != nil {
			return fmt.Errorf("%w: the draft does not say which revision it began from", wiki.ErrInvalid)
		}
	}
	err := v.session.SaveDraft(v.ctx(), wiki.Draft{
		Page: v.page.String(), Base: form.Get("revision"), Text: unixLines(form.Get("content")),
		Line: cursor(form.Get("cursor_line")), Ch: cursor(form.Get("cursor_ch")),
	})
	if err != nil {
		return err
	}
	return answerJSON(v.visit, http.StatusOK, draftSaved{"draft saved"})
}

// cursor reads a place of the cursor; what is none is the beginning.
func cursor(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > wiki.MaxPageBytes {
		return 0
	}
	return n
}
