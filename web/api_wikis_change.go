package web

import (
	"fmt"
	"net/http"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

// apiCreateWiki answers POST /api/wikis.
func (s *server) apiCreateWiki(v *visit) error {
	var body struct {
		Slug       string  `json:"slug"`
		Name       string  `json:"display_name"`
		Purpose    string  `json:"purpose"`
		Visibility *string `json:"visibility"` // private when it is missing
		Empty      bool    `json:"empty"`      // without the first pages
	}
	if err := readJSON(v, &body); err != nil {
		return err
	}
	f := wiki.Founding{Empty: body.Empty}
	if body.Visibility != nil {
		var err error
		if f.Visibility, err = preferences.ParseVisibility(*body.Visibility); err != nil {
			return err
		}
	}
	slug, err := platform.ParseSlug(body.Slug)
	if err != nil {
		return err
	}
	w, err := s.host().Create(v.ctx(), platform.NewWiki{Owner: v.caller.Account.ID, Slug: slug, Name: body.Name, Purpose: body.Purpose}, f)
	if err != nil {
		return err
	}
	return s.answerWiki(v, http.StatusCreated, w.Slug)
}

// apiChangeWiki answers PATCH /api/wikis/{slug}. What is missing stays.
func (s *server) apiChangeWiki(v *visit) error {
	var body struct {
		Name       *string `json:"display_name"`
		Purpose    *string `json:"purpose"`
		Visibility *string `json:"visibility"`
	}
	w, err := s.ownWiki(v)
	if err != nil {
		return err
	}
	if err := readJSON(v, &body); err != nil {
		return err
	}
	if body.Visibility != nil {
		visibility, err := preferences.ParseVisibility(*body.Visibility)
		if err != nil {
			return err
		}
		err = s.inOwnWiki(v, w, func(session *wiki.Session) error { return setVisibility(v.ctx(), session, visibility) })
		if err == nil {
			err = s.auditWiki(v.ctx(), w.Slug, actionWikiPermissions, visibility.String())
		}
		if err != nil {
			return err
		}
	}
	if body.Name != nil || body.Purpose != nil {
		if err := s.Platform.RenameWiki(v.ctx(), w.Slug, given(body.Name, w.Name), given(body.Purpose, w.Purpose)); err != nil {
			return err
		}
		if w, err = s.Platform.Wiki(v.ctx(), w.Slug); err != nil {
			return err
		}
		// The wiki's own pages show the same name.
		if err := s.inOwnWiki(v, w, func(session *wiki.Session) error { return s.showName(v, session, w) }); err != nil {
			return err
		}
	}
	return s.answerWiki(v, http.StatusOK, w.Slug)
}

// given is what was sent, or what there was.
func given(sent *string, was string) string {
	if sent != nil {
		return *sent
	}
	return was
}

// apiDeleteWiki answers DELETE /api/wikis/{slug}, which must be named once more:
// in the query or in the body.
func (s *server) apiDeleteWiki(v *visit) error {
	w, err := s.ownWiki(v)
	if err != nil {
		return err
	}
	confirmed := v.r.URL.Query().Get("confirm")
	if confirmed == "" && v.r.ContentLength != 0 {
		var body struct {
			Slug string `json:"confirm_slug"`
		}
		if err := readJSON(v, &body); err != nil {
			return err
		}
		confirmed = body.Slug
	}
	if confirmed != w.Slug.String() {
		s.answerProblem(v, problem{status: http.StatusUnprocessableEntity, code: "not_confirmed",
			message: "Name the wiki once more to delete it: ?confirm=" + w.Slug.String() + "."})
		return nil
	}
	if err := s.host().Delete(v.ctx(), w.Slug); err != nil {
		return err
	}
	body := struct {
		Deleted bool       `json:"deleted"`
		Until   *time.Time `json:"restorable_until,omitempty"`
	}{Deleted: true}
	if s.Retention > 0 {
		until := time.Now().Add(s.Retention).UTC().Truncate(time.Second)
		body.Until = &until
	}
	return answerJSON(v, http.StatusOK, body)
}

// apiRestoreWiki answers POST /api/wikis/{slug}/restore.
func (s *server) apiRestoreWiki(v *visit) error {
	slug, err := platform.ParseSlug(v.r.PathValue("slug"))
	if err != nil {
		return fmt.Errorf("%w: %w", errNoRoute, errNoWiki)
	}
	w, err := s.Platform.RemovedWiki(v.ctx(), slug)
	if err == nil && w.Owner != v.caller.Account.ID {
		err = platform.ErrNotFound
	}
	if err != nil {
		return err
	}
	if err := s.host().Restore(v.ctx(), slug); err != nil {
		return err
	}
	return s.answerWiki(v, http.StatusOK, slug)
}

// apiWikiGit answers POST /api/wikis/{slug}/git: the git server, on or off.
func (s *server) apiWikiGit(v *visit) error {
	w, err := s.ownWiki(v)
	if err != nil {
		return err
	}
	var body struct {
		Enabled *bool `json:"enabled"`
	}
	if err := readJSON(v, &body); err != nil {
		return err
	}
	if body.Enabled == nil {
		return fmt.Errorf("%w: say in enabled whether the git server is on", library.ErrInvalid)
	}
	err = s.inOwnWiki(v, w, func(session *wiki.Session) error { return setGitServer(v.ctx(), session, *body.Enabled) })
	if err != nil {
		return err
	}
	return answerJSON(v, http.StatusOK, map[string]bool{"git_access_enabled": *body.Enabled})
}
