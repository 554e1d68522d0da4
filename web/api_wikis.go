package web

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

// wikisAPIRoutes lists the addresses by which programs manage wikis. Each works
// on the caller's own; another's is as absent as one that never was.
func (s *server) wikisAPIRoutes() []route {
	routes := []route{
		{pattern: "GET /api/wikis", audience: signedIn, handle: (*server).apiWikis},
		{pattern: "POST /api/wikis", audience: changer, handle: (*server).apiCreateWiki},
		{pattern: "GET /api/wikis/{slug}", audience: signedIn, handle: (*server).apiWiki},
		{pattern: "PATCH /api/wikis/{slug}", audience: changer, handle: (*server).apiChangeWiki},
		{pattern: "DELETE /api/wikis/{slug}", audience: changer, handle: (*server).apiDeleteWiki},
		{pattern: "POST /api/wikis/{slug}/restore", audience: changer, handle: (*server).apiRestoreWiki},
		{pattern: "POST /api/wikis/{slug}/git", audience: changer, handle: (*server).apiWikiGit},
		{pattern: "GET /api/wikis/{slug}/tokens", audience: signedIn, handle: (*server).apiWikiTokens},
		// A token must not make others, which would outlive it.
		{pattern: "POST /api/wikis/{slug}/tokens", audience: changer, person: true, handle: (*server).apiCreateWikiToken},
		{pattern: "DELETE /api/wikis/{slug}/tokens/{id}", audience: changer, handle: (*server).apiRevokeWikiToken},
	}
	for i := range routes {
		routes[i].handle = inWikisAPI(routes[i].handle)
	}
	return routes
}

// unfitting returns the errors of values that cannot be accepted. Their texts tell
// people what to do.
func unfitting() []error {
	return []error{
		platform.ErrInvalidSlug, platform.ErrReservedSlug, platform.ErrInvalidName, platform.ErrInvalidPurpose,
		platform.ErrInvalidRole, platform.ErrInvalidExpiry, preferences.ErrInvalidVisibility,
	}
}

// inWikisAPI answers what is wrong with a new wiki or token in the words of the
// platform.
func inWikisAPI(handle func(s *server, v *visit) error) func(s *server, v *visit) error {
	return func(s *server, v *visit) error {
		err := handle(s, v)
		for _, known := range unfitting() {
			if errors.Is(err, known) {
				s.answerProblem(v, problem{status: http.StatusUnprocessableEntity, code: "invalid", message: sentence(known)})
				return nil
			}
		}
		var tooMany *platform.TooManyWikis
		switch {
		case errors.As(err, &tooMany):
			s.answerProblem(v, problem{status: http.StatusForbidden, code: "too_many_wikis", message: sentence(tooMany),
				used: tooMany.Owned, allowed: tooMany.Allowed})
			return nil
		case errors.Is(err, platform.ErrTooMany):
			s.answerProblem(v, problem{status: http.StatusForbidden, code: "too_many", message: sentence(platform.ErrTooMany)})
			return nil
		}
		return err
	}
}

// ownWiki returns the wiki that the address names, if the caller owns it.
func (s *server) ownWiki(v *visit) (platform.Wiki, error) {
	slug, err := platform.ParseSlug(v.r.PathValue("slug"))
	if err != nil {
		return platform.Wiki{}, fmt.Errorf("%w: %w", errNoRoute, errNoWiki) // whatever is wrong with the name, there is none
	}
	w, err := s.Platform.Wiki(v.ctx(), slug)
	if err == nil && w.Owner != v.caller.Account.ID {
		err = platform.ErrNotFound
	}
	return w, err
}

// inOwnWiki calls do with the owner's session in their wiki.
func (s *server) inOwnWiki(v *visit, w platform.Wiki, do func(*wiki.Session) error) error {
	inside := &wikiVisit{visit: v, slug: w.Slug, entry: w, root: wikiRootPath + w.Slug.String()}
	release, err := s.openWiki(inside)
	if err != nil {
		return err
	}
	defer release()
	return do(inside.session)
}

// wikiBody is a wiki in the directory.
type wikiBody struct {
	Slug     string     `json:"slug"`
	Name     string     `json:"display_name"`
	Purpose  string     `json:"purpose"`
	Owner    string     `json:"owner"`
	URL      string     `json:"url"`
	GitURL   string     `json:"git_url"`
	Created  time.Time  `json:"created"`
	LastUsed time.Time  `json:"last_used"`
	Pages    int64      `json:"pages"` // these two as last counted
	Bytes    int64      `json:"bytes"`
	Removed  *time.Time `json:"removed,omitempty"` // when it went to the trash
}

func (s *server) wikiBodyOf(v *visit, w platform.Wiki) wikiBody {
	body := wikiBody{
		Slug: w.Slug.String(), Name: w.Name, Purpose: w.Purpose, Owner: w.OwnerName,
		Created: w.Created.UTC(), LastUsed: w.LastUsed.UTC(), Pages: w.Pages, Bytes: w.Bytes,
	}
	if s.WikiDomain != "" {
		body.URL = s.wikiOrigin(v.r, w.Slug) + "/"
		body.GitURL = body.URL + ".git/"
	} else {
		here := s.scheme(v.r) + "://" + v.r.Host + wikiRootPath + body.Slug
		body.URL, body.GitURL = here+"/", here+".git"
	}
	if !w.Removed.IsZero() {
		removed := w.Removed.UTC()
		body.Removed = &removed
	}
	return body
}

// openedBody is a wiki with what only the wiki itself knows.
type openedBody struct {
	wikiBody
	Visibility string `json:"visibility"`
	Git        bool   `json:"git_access_enabled"`
}

// answerWiki answers with a wiki as it is now.
func (s *server) answerWiki(v *visit, status int, slug platform.Slug) error {
	w, err := s.Platform.Wiki(v.ctx(), slug)
	if err != nil {
		return err
	}
	body := openedBody{wikiBody: s.wikiBodyOf(v, w)}
	err = s.inOwnWiki(v, w, func(session *wiki.Session) error {
		p := session.Preferences()
		body.Visibility, body.Git = p.Permissions.Visibility().String(), p.Repository.GitWebServer
		return nil
	})
	if err != nil {
		return err
	}
	return answerJSON(v, status, map[string]openedBody{"wiki": body})
}

type sharedBody struct {
	wikiBody
	Role string `json:"role"`
}

// apiWikis answers GET /api/wikis: those that the caller owns, those in the
// trash apart, and those that others share.
func (s *server) apiWikis(v *visit) error {
	own, err := s.Platform.WikisOf(v.ctx(), v.caller.Account.ID)
	if err != nil {
		return err
	}
	shared, err := s.Platform.SharedWikis(v.ctx(), v.caller.Account.ID)
	if err != nil {
		return err
	}
	var body struct {
		Wikis   []wikiBody   `json:"wikis"`
		Removed []wikiBody   `json:"removed"`
		Shared  []sharedBody `json:"shared"`
	}
	for _, w := range own {
		if w.Removed.IsZero() {
			body.Wikis = append(body.Wikis, s.wikiBodyOf(v, w))
		} else {
			body.Removed = append(body.Removed, s.wikiBodyOf(v, w))
		}
	}
	for _, w := range shared {
		body.Shared = append(body.Shared, sharedBody{s.wikiBodyOf(v, w.Wiki), w.Role})
	}
	body.Wikis, body.Removed, body.Shared = orEmpty(body.Wikis), orEmpty(body.Removed), orEmpty(body.Shared)
	return answerJSON(v, http.StatusOK, body)
}

// apiWiki answers GET /api/wikis/{slug}.
func (s *server) apiWiki(v *visit) error {
	w, err := s.ownWiki(v)
	if err != nil {
		return err
	}
	return s.answerWiki(v, http.StatusOK, w.Slug)
}
