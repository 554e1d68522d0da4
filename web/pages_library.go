package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/web/ui"
)

// notices are what a redirect may say on the page that it leads to.
var notices = map[string]ui.Flash{
	"uploaded":         {Kind: ui.FlashDone, Text: "Uploaded. The documents are being read."},
	"duplicate":        {Kind: ui.FlashDone, Text: "These files were in your library already."},
	"some-refused":     {Kind: ui.FlashProblem, Text: "Some files could not be taken: they are too large or of a kind that Holt does not read."},
	"scanned":          {Kind: ui.FlashDone, Text: "Your books folder was looked through."},
	"saved":            {Kind: ui.FlashDone, Text: "Saved."},
	"deleted":          {Kind: ui.FlashDone, Text: "Deleted."},
	"again":            {Kind: ui.FlashDone, Text: "The document is being read again."},
	"password-changed": {Kind: ui.FlashDone, Text: "Your password was changed and your other sessions were ended."},
	"token-revoked":    {Kind: ui.FlashDone, Text: "The token is revoked."},
	"sessions-ended":   {Kind: ui.FlashDone, Text: "The session was ended."},
	"signed-out":       {Kind: ui.FlashDone, Text: "You are signed out."},
}

// showLibrary answers GET /.
func (s *server) showLibrary(v *visit) error {
	list, filter, err := documentsOf(v)
	if err != nil {
		return err
	}
	tags, err := s.tags(v)
	if err != nil {
		return err
	}
	usage, err := v.library.Usage(v.ctx())
	if err != nil {
		return err
	}
	return s.show(v, http.StatusOK, ui.LibraryPage{
		Frame: s.frame(v, "Library", ui.PlaceLibrary), List: list, Filter: filter, Tags: tags,
		Quota: ui.Quota{Usage: usage, Tier: v.limits},
	})
}

func (s *server) tags(v *visit) ([]ui.TagCount, error) {
	found, err := v.library.Tags(v.ctx())
	if err != nil {
		return nil, err
	}
	tags := make([]ui.TagCount, len(found))
	for i, t := range found {
		tags[i] = ui.TagCount(t)
	}
	return tags, nil
}

// scanForm answers POST /scan.
func (s *server) scanForm(v *visit) error {
	if _, err := v.library.ScanBooks(v.ctx()); err != nil {
		return err
	}
	return v.redirect("/?notice=scanned")
}

// showDocument answers GET /documents/{id}.
func (s *server) showDocument(v *visit) error {
	d, err := v.library.Document(v.ctx(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.editDocument(v, http.StatusOK, d, d.Title, ui.JoinTags(d.Tags), nil)
}

// editDocument shows the form of a document with what stands in its fields.
func (s *server) editDocument(v *visit, status int, d library.Document, title, tags string, wrong ui.Errors) error {
	known, err := s.tags(v)
	if err != nil {
		return err
	}
	return s.show(v, status, ui.DocumentPage{
		Frame: s.frame(v, d.Title, ui.PlaceLibrary), Document: d, TitleAs: title, TagsAs: tags, Known: known, Errors: wrong,
	})
}

// changeDocumentForm answers POST /documents/{id}.
func (s *server) changeDocumentForm(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	id := v.r.PathValue("id")
	title, typed := v.r.PostForm.Get("title"), v.r.PostForm.Get("tags")
	tags := ui.SplitTags(typed)
	_, err := v.library.Change(v.ctx(), id, library.Changes{Title: &title, Tags: &tags})
	if !errors.Is(err, library.ErrInvalid) {
		if err != nil {
			return err
		}
		return v.redirect("/documents/" + url.PathEscape(id) + "?notice=saved")
	}
	d, findErr := v.library.Document(v.ctx(), id)
	if findErr != nil {
		return findErr
	}
	return s.editDocument(v, http.StatusUnprocessableEntity, d, title, typed, ui.Errors{"": sentence(err)})
}

// askDelete answers GET /documents/{id}/delete.
func (s *server) askDelete(v *visit) error {
	d, err := v.library.Document(v.ctx(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.show(v, http.StatusOK, ui.DeletePage{Frame: s.frame(v, "Delete "+d.Title, ui.PlaceLibrary), Document: d})
}

// deleteForm answers POST /documents/{id}/delete.
func (s *server) deleteForm(v *visit) error {
	if err := v.library.Delete(v.ctx(), v.r.PathValue("id")); err != nil {
		return err
	}
	return v.redirect("/?notice=deleted")
}

// reingestForm answers POST /documents/{id}/reingest.
func (s *server) reingestForm(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	d, err := v.library.Reingest(v.ctx(), v.r.PathValue("id"), v.r.PostForm.Get("password"))
	if err != nil {
		return err
	}
	return v.redirect("/documents/" + url.PathEscape(d.ID) + "?notice=again")
}

// setTheme answers POST /theme: the choice is kept in a cookie and the person
// goes back to where they were.
func (s *server) setTheme(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	theme := ui.ParseTheme(v.r.PostForm.Get("theme"))
	c := &http.Cookie{Name: ui.ThemeCookie, Value: string(theme), Path: "/", HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: s.secure(v), MaxAge: 365 * 24 * 3600}
	if theme == ui.ThemeSystem {
		c.MaxAge = -1
	}
	http.SetCookie(v.w, c)
	return v.redirect(localPath(v.r.PostForm.Get("next")))
}
