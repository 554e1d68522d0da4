package identity

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"github.com/holtdb/holt/platform"
)

// sessionCookie is the name of the session cookie, without prefix.
const sessionCookie = "holt"

// Sessions finds the account of a session.
type Sessions interface {
	Session(ctx context.Context, secret string) (platform.Account, platform.SessionInfo, error)
}

// Session recognises the session cookie, and sets it.
type Session struct {
	sessions Sessions
	cookie   secretCookie
}

// NewSession returns the provider of sessions. Trusted are the proxies whose
// word on TLS counts, see [IsTLS].
func NewSession(sessions Sessions, trusted []netip.Prefix) *Session {
	return &Session{sessions: sessions, cookie: secretCookie{plain: sessionCookie, trusted: trusted}}
}

// Authenticate implements [Provider].
func (s *Session) Authenticate(r *http.Request) (Caller, error) {
	secret, err := s.cookie.read(r)
	if err != nil {
		return Caller{}, err
	}
	account, info, err := s.sessions.Session(r.Context(), secret)
	if errors.Is(err, platform.ErrNotFound) {
		return Caller{}, fmt.Errorf("%w: unknown or expired session", ErrInvalid)
	}
	if err != nil {
		return Caller{}, fmt.Errorf("authenticate by session: %w", err)
	}
	return Caller{Account: account, Provider: ProviderSession, Scope: platform.ScopeWrite, Session: info}, nil
}

// SetCookie gives the browser a session's secret.
func (s *Session) SetCookie(w http.ResponseWriter, r *http.Request, secret string, expires time.Time) {
	s.cookie.set(w, r, secret, expires)
}

// ClearCookie takes the cookie away: at sign-out, and beside a 401 for a session
// that has ended, which the browser would else send for ever.
func (s *Session) ClearCookie(w http.ResponseWriter, r *http.Request) { s.cookie.clear(w, r) }
