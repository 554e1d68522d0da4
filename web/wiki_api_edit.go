package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/repo"
)

const (
	// maxPageBody bounds the JSON of a page, in bytes: JSON may write one byte of
	// a text as six.
	maxPageBody = 6*wiki.MaxPageBytes + maxForm
	// minRevision is how many digits of a revision are needed to lock a page by
	// it, as many as git shows.
	minRevision = 7
)

// apiPutPage answers PUT /api/v1/pages/{page}. A page that exists is overwritten
// only by who names its present revision.
func (s *server) apiPutPage(v *wikiVisit) error {
	var body struct {
		Content  *string `json:"content"`
		Revision string  `json:"revision"`
		Message  string  `json:"commit_message"`
	}
	if err := readJSONUpTo(v.visit, maxPageBody, &body); err != nil {
		return err
	}
	if body.Content == nil {
		return unacceptable("the field content is missing")
	}
	e := wiki.Edit{Name: v.page, Text: *body.Content, Strict: true}
	now, err := v.session.Page(v.ctx(), v.page)
	switch {
	case errors.Is(err, wiki.ErrNotFound):
		if body.Revision != "" {
			return &wiki.Conflict{}
		}
		if err := creatable(v.page); err != nil {
			return err
		}
		e.Message = messageOr(body.Message, "Create", v.page.String())
	case err != nil:
		return err
	default:
		if body.Revision == "" {
			return &wiki.Conflict{Theirs: now}
		}
		if e.Base, err = s.lockOn(v, now, body.Revision); err != nil {
			return err
		}
		e.Name, e.Message = now.Name, messageOr(body.Message, "Update", now.Name.String())
	}
	saved, err := v.session.Save(v.ctx(), e)
	if err != nil && !errors.Is(err, wiki.ErrUnchanged) {
		return err
	}
	page, err := s.written(v, e.Name)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if saved.Created {
		status = http.StatusCreated
	}
	return answerJSON(v.visit, status, struct {
		writtenBody
		Created bool `json:"created"`
	}{page, saved.Created})
}

// creatable holds the name of a new page against what names may be. Unlike a
// form, a program is told what to change instead of getting another page.
func creatable(name wiki.Name) error {
	clean, err := wiki.CleanName(name.String(), true)
	if err != nil {
		return err
	}
	if clean != name {
		return unacceptable("a new page cannot have this name; “%s” would do", clean)
	}
	return nil
}

// lockOn checks that a page is as it was at a revision, and returns the
// revision from which a strict edit may begin.
func (s *server) lockOn(v *wikiVisit, now wiki.Page, text string) (*repo.Revision, error) {
	if len(text) < minRevision {
		return nil, unacceptable("revision must have at least %d digits", minRevision)
	}
	rev, err := repo.ParseRevision(text)
	if err != nil {
		return nil, unacceptable("revision must be digits of a commit's hash")
	}
	then, err := v.session.PageAt(v.ctx(), now.Name, rev)
	if errors.Is(err, wiki.ErrNotFound) || err == nil && then.Text != now.Text {
		return nil, &wiki.Conflict{Theirs: now}
	}
	if err != nil {
		return nil, err
	}
	present, err := repo.ParseRevision(now.Revision.Hash.String())
	return &present, err
}

// apiPatchPage answers PATCH /api/v1/pages/{page}: one passage is replaced,
// which must be there once.
func (s *server) apiPatchPage(v *wikiVisit) error {
	var body struct {
		Revision *string `json:"revision"`
		Old      *string `json:"old_string"`
		New      *string `json:"new_string"`
		Message  string  `json:"commit_message"`
	}
	if err := readJSONUpTo(v.visit, 2*maxPageBody, &body); err != nil {
		return err
	}
	switch {
	case body.Revision == nil:
		return unacceptable("the field revision is missing")
	case body.Old == nil:
		return unacceptable("the field old_string is missing")
	case body.New == nil:
		return unacceptable("the field new_string is missing")
	case *body.Old == "":
		return unacceptable("old_string must not be empty")
	case *body.Old == *body.New:
		return unacceptable("old_string and new_string are the same")
	}
	now, err := v.session.Page(v.ctx(), v.page)
	if err != nil {
		return err
	}
	base, err := s.lockOn(v, now, *body.Revision)
	if err != nil {
		return err
	}
	text, err := replaceOnce(now.Text, unixLines(*body.Old), unixLines(*body.New))
	if err != nil {
		return err
	}
	_, err = v.session.Save(v.ctx(), wiki.Edit{
		Name: now.Name, Text: text, Base: base, Strict: true, Message: messageOr(body.Message, "Edit", now.Name.String()),
	})
	if err != nil && !errors.Is(err, wiki.ErrUnchanged) {
		return err
	}
	page, err := s.written(v, now.Name)
	if err != nil {
		return err
	}
	return answerJSON(v.visit, http.StatusOK, page)
}

// unixLines ends lines as stored pages do.
func unixLines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// replaceOnce replaces the only occurrence of a passage.
func replaceOnce(text, old, new string) (string, error) {
	switch n := strings.Count(text, old); n {
	case 0:
		return "", unacceptable("old_string is not in the page")
	case 1:
		return strings.Replace(text, old, new, 1), nil
	default:
		return "", unacceptable("old_string is in the page %d times; send a longer passage that is there once", n)
	}
}

// readMessage reads the optional body of a request that needs none.
func readMessage(v *wikiVisit) (string, error) {
	if v.r.ContentLength == 0 {
		return "", nil
	}
	var body struct {
		Message string `json:"commit_message"`
	}
	err := readJSON(v.visit, &body)
	return body.Message, err
}

// apiDeletePage answers DELETE /api/v1/pages/{page}. Pages below it stay.
func (s *server) apiDeletePage(v *wikiVisit) error {
	message, err := readMessage(v)
	if err != nil {
		return err
	}
	now, err := v.session.Page(v.ctx(), v.page)
	if err != nil {
		return err
	}
	if _, err := v.session.Delete(v.ctx(), now.Name, false, messageOr(message, "Delete", now.Name.String())); err != nil {
		return err
	}
	return answerJSON(v.visit, http.StatusOK, struct {
		Deleted bool   `json:"deleted"`
		Path    string `json:"path"`
	}{true, now.Name.String()})
}

// apiRenamePage answers POST /api/v1/pages/{page}/rename.
func (s *server) apiRenamePage(v *wikiVisit) error {
	var body struct {
		To      string `json:"new_path"`
		Message string `json:"commit_message"`
	}
	if err := readJSON(v.visit, &body); err != nil {
		return err
	}
	if strings.TrimSpace(body.To) == "" {
		return unacceptable("the field new_path is missing or empty")
	}
	to, err := wiki.ParseName(strings.TrimSpace(body.To))
	if err != nil {
		return err
	}
	now, err := v.session.Page(v.ctx(), v.page)
	if err != nil {
		return err
	}
	if to == now.Name {
		return unacceptable("new_path is the page's present path")
	}
	if err := creatable(to); err != nil {
		return err
	}
	message := messageOr(body.Message, "Rename", now.Name.String()+" -> "+to.String())
	done, err := v.session.Rename(v.ctx(), wiki.Rename{From: now.Name, To: to, Message: message})
	if err != nil {
		return err
	}
	return answerJSON(v.visit, http.StatusOK, struct {
		From     string   `json:"old_path"`
		To       string   `json:"new_path"`
		Revision string   `json:"revision"`
		Updated  []string `json:"updated_pages"`
	}{now.Name.String(), done.To.String(), done.Revision.String(), orEmpty(done.Rewrote)})
}
