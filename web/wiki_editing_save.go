package web

import (
	"errors"
	"fmt"
	"html"
	"net/http"
	"strconv"
	"strings"

	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/diff"
	"github.com/holtdb/holt/wiki/markdown"
	"github.com/holtdb/holt/wiki/repo"
)

// submitted is what the form of an editor sent.
type submitted struct {
	text     string
	message  string
	revision string // that the editing began from, "" for a new page
	section  *int
}

// readSubmitted reads the form of an editor: content, commit, revision and
// section.
func readSubmitted(v *wikiVisit) (submitted, error) {
	if err := wikiForm(v); err != nil {
		return submitted{}, err
	}
	form := v.r.PostForm
	f := submitted{text: unixLines(form.Get("content")), message: form.Get("commit"), revision: form.Get("revision")}
	if text := form.Get("section"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return submitted{}, fmt.Errorf("%w: the form names no section", wiki.ErrInvalid)
		}
		f.section = &n
	}
	return f, nil
}

// edit is the change that the form asks for.
func (f submitted) edit(name wiki.Name) (wiki.Edit, error) {
	e := wiki.Edit{Name: name, Text: f.text, Section: f.section, Message: f.message}
	if f.revision == "" {
		return e, nil
	}
	base, err := repo.ParseRevision(f.revision)
	if err != nil {
		return wiki.Edit{}, fmt.Errorf("%w: the form does not say which revision it began from", wiki.ErrInvalid)
	}
	e.Base = &base
	return e, nil
}

// editing is the editor with what was typed.
func (f submitted) editing(v *wikiVisit) ui.Editing {
	e := editing(v, wiki.Page{})
	e.Text, e.Message, e.Revision, e.Section, e.Drafts = f.text, f.message, f.revision, f.section, f.section == nil
	return e
}

// saveForm answers POST /{page}/save. What cannot be saved comes back in the
// editor, with the reason.
func (s *server) saveForm(v *wikiVisit) error {
	f, err := readSubmitted(v)
	if err != nil {
		return err
	}
	edit, err := f.edit(v.page)
	if err == nil {
		err = s.mayChange(v)
	}
	var saved wiki.Saved
	if err == nil {
		saved, err = v.session.Save(v.ctx(), edit)
	}
	var conflict *wiki.Conflict
	switch {
	case errors.As(err, &conflict):
		return s.showConflict(v, f, conflict)
	case errors.Is(err, wiki.ErrUnchanged):
		if err := v.session.DiscardDraft(v.ctx(), v.page); err != nil {
			return err
		}
		return v.redirect(v.url(v.page.String()) + "?notice=unchanged")
	case err != nil:
		return s.editAgain(v, f, err)
	}
	notice := "page-saved"
	switch {
	case saved.Created:
		notice = "page-created"
	case saved.Merged:
		notice = "merged"
	}
	return v.redirect(v.url(v.page.String()) + "?notice=" + notice)
}

// editAgain shows the editor with what could not be saved, if the person can do
// something about it.
func (s *server) editAgain(v *wikiVisit, f submitted, err error) error {
	var hasty *tooManyWrites
	full := errors.Is(err, tenant.ErrOverQuota)
	if !full && !errors.As(err, &hasty) && !errors.Is(err, wiki.ErrInvalid) && !errors.Is(err, wiki.ErrTooLarge) &&
		!errors.Is(err, wiki.ErrExists) && !errors.Is(err, repo.ErrMoved) && !errors.Is(err, repo.ErrConflictingPath) {
		return err
	}
	infoOf(v.ctx()).err = err
	p := problemOf(err)
	p.sayWhenToRetry(v.w.Header())
	view := ui.WikiEditPage{Editing: f.editing(v)}
	field := ""
	switch {
	case errors.Is(err, wiki.ErrTooLarge):
		field = "content"
	case errors.Is(err, wiki.ErrInvalid) && view.MessageRequired() && strings.TrimSpace(f.message) == "":
		field = "commit"
	}
	view.Errors = ui.Errors{field: p.message}
	return s.showEdit(v, p.status, view)
}

// showConflict shows both versions of a page, and the editor to settle them.
func (s *server) showConflict(v *wikiVisit, f submitted, c *wiki.Conflict) error {
	theirs := c.Theirs
	view := ui.WikiConflictPage{Editing: f.editing(v), Conflict: c}
	// A section was put into its page, so that the whole is what conflicts.
	view.Text, view.Section, view.Drafts, view.Revision = c.Ours, nil, true, ""
	if !theirs.Name.IsZero() {
		view.Text, view.Revision = c.Merged, theirs.Revision.Hash.String()
		view.Hunks = diff.Lines([]byte(theirs.Text), []byte(c.Ours), conflictContext)
	}
	var err error
	if view.WikiFrame, err = s.wikiPageFrame(v, "Conflict in "+v.page.Last(), theirs.Title); err != nil {
		return err
	}
	if view.Files, err = newestFiles(v); err != nil {
		return err
	}
	return s.showWiki(v, http.StatusConflict, view)
}

// conflictContext is how many lines are shown around those that differ.
const conflictContext = 5

// previewed is what An Otter Wiki answers.
type previewed struct {
	Content      string              `json:"preview_content"`
	Contents     string              `json:"preview_toc"`
	Requirements libraryRequirements `json:"library_requirements"`
	Script       string              `json:"preview_js"`
}

// libraryRequirements says which scripts the preview needs.
type libraryRequirements struct {
	Mermaid bool `json:"requires_mermaid"`
	Math    bool `json:"requires_mathjax"`
	Tables  bool `json:"requires_datatables"`
}

// preview answers POST /{page}/preview: in JSON, or for who has no script with
// the editor below what the text looks like.
func (s *server) preview(v *wikiVisit) error {
	v.program = !wantsPage(v.r)
	if err := s.mayType(v); err != nil {
		return err
	}
	f, err := readSubmitted(v)
	if err != nil {
		return err
	}
	if len(f.text) > wiki.MaxPageBytes {
		return markdown.ErrTooLong
	}
	page, err := v.session.Preview(v.ctx(), v.page, f.text)
	if err != nil {
		return err
	}
	if !v.program {
		return s.showEdit(v, http.StatusOK, ui.WikiEditPage{Editing: f.editing(v), Preview: page})
	}
	return answerJSON(v.visit, http.StatusOK, previewed{
		Content: string(page.HTML), Contents: contentsHTML(page.Contents),
		Requirements: libraryRequirements{page.Needs.Mermaid, page.Needs.Math, page.Needs.Tables},
	})
}

// contentsHTML writes the list of contents, flat with the level as a class.
func contentsHTML(headings []markdown.Heading) string {
	if len(headings) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("<ol>")
	for _, h := range headings {
		fmt.Fprintf(&b, `<li class="level-%d"><a href="#%s">%s</a></li>`, h.Level, html.EscapeString(h.ID), html.EscapeString(h.Text))
	}
	b.WriteString("</ol>")
	return b.String()
}
