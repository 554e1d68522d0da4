package identity

import (
	"fmt"
	"net/http"
	"net/netip"
	"time"
)

// secretCookie is a cookie that holds a secret. The prefix __Host- makes
// browsers refuse it unless it came over TLS, for the whole host and no other;
// it cannot be set from another subdomain (draft-ietf-httpbis-rfc6265bis,
// section 4.1.3.2). Over plain HTTP, where that prefix is refused, it has the
// plain name.
type secretCookie struct {
	plain   string
	trusted []netip.Prefix // whose word on TLS counts
}

// read returns the cookie's value, [ErrNone] or [ErrInvalid].
func (c secretCookie) read(r *http.Request) (string, error) {
	cookies := r.CookiesNamed(c.name(r))
	switch {
	case len(cookies) == 0:
		return "", ErrNone
	case len(cookies) > 1:
		// One of them was planted for a parent domain or a longer path.
		return "", fmt.Errorf("%w: several %s cookies", ErrInvalid, c.plain)
	}
	return cookies[0].Value, nil
}

func (c secretCookie) set(w http.ResponseWriter, r *http.Request, secret string, expires time.Time) {
	cookie := c.empty(r)
	cookie.Value, cookie.Expires = secret, expires
	http.SetCookie(w, cookie)
}

func (c secretCookie) clear(w http.ResponseWriter, r *http.Request) {
	cookie := c.empty(r)
	cookie.MaxAge = -1
	http.SetCookie(w, cookie)
}

func (c secretCookie) empty(r *http.Request) *http.Cookie {
	return &http.Cookie{
		Name:     c.name(r),
		Path:     "/",
		HttpOnly: true,
		Secure:   IsTLS(r, c.trusted),
		SameSite: http.SameSiteLaxMode,
	}
}

func (c secretCookie) name(r *http.Request) string {
	if IsTLS(r, c.trusted) {
		return "__Host-" + c.plain
	}
	return c.plain
}
