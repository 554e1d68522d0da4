package web

import (
	"net/http"
	"time"

	"github.com/holtdb/holt/platform"
)

// tokenLife is how long a wiki token lasts whose maker does not say.
const tokenLife = 90 * 24 * time.Hour

type wikiTokenBody struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Role     platform.WikiRole `json:"role"`
	Account  string            `json:"account"` // the name of who made it
	Created  time.Time         `json:"created"`
	LastUsed *time.Time        `json:"last_used"`
	Expires  time.Time         `json:"expires"`
}

func wikiTokenOf(t platform.WikiTokenInfo) wikiTokenBody {
	body := wikiTokenBody{ID: t.ID, Name: t.Name, Role: t.Role, Account: t.AccountName, Created: t.Created.UTC(), Expires: t.Expires.UTC()}
	if !t.LastUsed.IsZero() {
		used := t.LastUsed.UTC()
		body.LastUsed = &used
	}
	return body
}

// apiWikiTokens answers GET /api/wikis/{slug}/tokens: those of all members.
func (s *server) apiWikiTokens(v *visit) error {
	w, err := s.ownWiki(v)
	if err != nil {
		return err
	}
	tokens, err := s.Platform.WikiTokens(v.ctx(), w.Slug)
	if err != nil {
		return err
	}
	list := make([]wikiTokenBody, len(tokens))
	for i, t := range tokens {
		list[i] = wikiTokenOf(t)
	}
	return answerJSON(v, http.StatusOK, map[string][]wikiTokenBody{"tokens": list})
}

// apiCreateWikiToken answers POST /api/wikis/{slug}/tokens. The secret is on the
// answer only.
func (s *server) apiCreateWikiToken(v *visit) error {
	w, err := s.ownWiki(v)
	if err != nil {
		return err
	}
	var body struct {
		Name    string            `json:"name"`
		Role    platform.WikiRole `json:"role"`
		Expires *time.Time        `json:"expires"`
	}
	if err := readJSON(v, &body); err != nil {
		return err
	}
	expires := time.Now().Add(tokenLife)
	if body.Expires != nil {
		expires = *body.Expires
	}
	if expires.After(time.Now().AddDate(0, 0, maxDays)) {
		return platform.ErrInvalidExpiry
	}
	secret, info, err := s.Platform.CreateWikiToken(v.ctx(), w.Slug, v.caller.Account.ID, body.Name, body.Role, expires)
	if err != nil {
		return err
	}
	return answerJSON(v, http.StatusCreated, struct {
		wikiTokenBody
		Token string `json:"token"`
	}{wikiTokenOf(info), secret})
}

// apiRevokeWikiToken answers DELETE /api/wikis/{slug}/tokens/{id}.
func (s *server) apiRevokeWikiToken(v *visit) error {
	w, err := s.ownWiki(v)
	if err != nil {
		return err
	}
	if err := s.Platform.RevokeWikiToken(v.ctx(), w.Slug, v.r.PathValue("id")); err != nil {
		return err
	}
	v.w.WriteHeader(http.StatusNoContent)
	return nil
}
