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

// Names of the session cookie. The prefix __Host- makes browsers refuse it
// unless it came over TLS, for the whole host and no other; it cannot be set
// from another subdomain (draft-ietf-httpbis-rfc6265bis, section 4.1.3.2).
const (
	secureCookie = "__Host-holt"
	plainCookie  = "holt"
)

// Sessions finds the account of a session.
type Sessions interface {
	Session(ctx context.Context, secret string) (platform.Account, platform.SessionInfo, error)
}

// Session recognises the session cookie, and sets it.
type Session struct {
	sessions Sessions
	trusted  []netip.Prefix
}

// NewSession returns the provider of sessions. Trusted are the proxies whose
// word on TLS counts, see [IsTLS].
func NewSession(sessions Sessions, trusted []netip.Prefix) *Session {
	return &Session{sessions: sessions, trusted: trusted}
}

// Authenticate implements [Provider].
func (s *Session) Authenticate(r *http.Request) (Caller, error) {
	cookies := r.CookiesNamed(s.name(r))
	switch {
	case len(cookies) == 0:
		return Caller{}, ErrNone
	case len(cookies) > 1:
		// One of them was planted for a parent domain or a longer path.
		return Caller{}, fmt.Errorf("%w: several session cookies", ErrInvalid)
	}
	account, info, err := s.sessions.Session(r.Context(), cookies[0].Value)
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
	cookie := s.cookie(r)
	cookie.Value, cookie.Expires = secret, expires
	http.SetCookie(w, cookie)
}

// ClearCookie takes the cookie away: at sign-out, and beside a 401 for a session
// that has ended, which the browser would else send for ever.
func (s *Session) ClearCookie(w http.ResponseWriter, r *http.Request) {
	cookie := s.cookie(r)
	cookie.MaxAge = -1
	http.SetCookie(w, cookie)
}

func (s *Session) cookie(r *http.Request) *http.Cookie {
	return &http.Cookie{
		Name:     s.name(r),
		Path:     "/",
		HttpOnly: true,
		Secure:   IsTLS(r, s.trusted),
		SameSite: http.SameSiteLaxMode,
	}
}

func (s *Session) name(r *http.Request) string {
	if IsTLS(r, s.trusted) {
		return secureCookie
	}
	return plainCookie
}
