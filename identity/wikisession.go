package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"github.com/holtdb/holt/platform"
)

// Names of the cookies on a wiki's own origin, without prefix.
const (
	wikiSessionCookie = "holt-wiki"
	wikiStateCookie   = "holt-wiki-state"
)

// stateLife is how long a person may take to sign in on the way to a wiki.
const stateLife = time.Hour

// WikiSessions finds the account of a session at a wiki's origin.
type WikiSessions interface {
	WikiSession(ctx context.Context, secret string, slug platform.Slug) (platform.Account, platform.SessionInfo, error)
}

// WikiSession recognises the session cookie on the own origin of a wiki, and
// sets it. The cookie of [Session] does not reach there, and this one reaches
// no other wiki: each origin has its own, got by a hand-over.
//
// A hand-over begins at the wiki's origin, which sets the state with
// [WikiSession.BeginHandOver] and sends the browser to the platform with it. The
// platform makes a code ([platform.Store.HandOver]) and sends the browser back.
// There the code is redeemed with [WikiSession.HandOverState].
type WikiSession struct {
	sessions      WikiSessions
	cookie, state secretCookie
}

// NewWikiSession returns the provider of sessions at wikis' origins. Trusted are
// the proxies whose word on TLS counts, see [IsTLS].
func NewWikiSession(sessions WikiSessions, trusted []netip.Prefix) *WikiSession {
	return &WikiSession{
		sessions: sessions,
		cookie:   secretCookie{plain: wikiSessionCookie, trusted: trusted},
		state:    secretCookie{plain: wikiStateCookie, trusted: trusted},
	}
}

// For returns the provider for the wiki whose origin is asked.
func (s *WikiSession) For(slug platform.Slug) Provider { return wikiSession{s, slug} }

type wikiSession struct {
	*WikiSession
	slug platform.Slug
}

// Authenticate implements [Provider].
func (s wikiSession) Authenticate(r *http.Request) (Caller, error) {
	secret, err := s.cookie.read(r)
	if err != nil {
		return Caller{}, err
	}
	account, info, err := s.sessions.WikiSession(r.Context(), secret, s.slug)
	if errors.Is(err, platform.ErrNotFound) {
		return Caller{}, fmt.Errorf("%w: unknown or expired wiki session", ErrInvalid)
	}
	if err != nil {
		return Caller{}, fmt.Errorf("authenticate by wiki session: %w", err)
	}
	return Caller{Account: account, Provider: ProviderWikiSession, Session: info}, nil
}

// Secret returns what the browser sends, to end the session with; empty when it
// sends none, or several.
func (s *WikiSession) Secret(r *http.Request) string {
	secret, err := s.cookie.read(r)
	if err != nil {
		return ""
	}
	return secret
}

// SetCookie gives the browser a wiki session's secret.
func (s *WikiSession) SetCookie(w http.ResponseWriter, r *http.Request, secret string, expires time.Time) {
	s.cookie.set(w, r, secret, expires)
}

// ClearCookie takes the cookie away, see [Session.ClearCookie].
func (s *WikiSession) ClearCookie(w http.ResponseWriter, r *http.Request) { s.cookie.clear(w, r) }

// BeginHandOver returns the state that binds a hand-over to this browser, and
// keeps it in a cookie until now plus an hour. A browser that has one keeps it:
// several tabs may be on the way at once.
func (s *WikiSession) BeginHandOver(w http.ResponseWriter, r *http.Request, now time.Time) string {
	state := s.HandOverState(r)
	if state == "" {
		state = rand.Text()
	}
	s.state.set(w, r, state, now.Add(stateLife))
	return state
}

// HandOverState returns the state that this browser was given, or "", with which
// no code can be redeemed.
func (s *WikiSession) HandOverState(r *http.Request) string {
	state, err := s.state.read(r)
	if err != nil || len(state) != len(rand.Text()) {
		return ""
	}
	return state
}

// EndHandOver takes the state away after a code was redeemed.
func (s *WikiSession) EndHandOver(w http.ResponseWriter, r *http.Request) { s.state.clear(w, r) }
