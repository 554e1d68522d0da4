package identity_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/holtdb/holt/identity"
)

func TestSessionCookie(t *testing.T) {
	store, now := MustOpenStore(t)
	secret, expires, err := store.NewSession(t.Context(), MustCreate(t, store, "carol").ID, "")
	if err != nil {
		t.Fatal(err)
	}
	sessions := identity.NewSession(store, trusted())
	overTLS := func(r *http.Request) { r.TLS = &tls.ConnectionState{} }
	for name, test := range map[string]struct {
		change func(*http.Request)
		cookie string
	}{
		"plain":                      {nil, "holt"},
		"TLS":                        {overTLS, "__Host-holt"},
		"TLS at a trusted proxy":     {header("X-Forwarded-Proto", "https"), "__Host-holt"},
		"plain at a trusted proxy":   {header("X-Forwarded-Proto", "http"), "holt"},
		"claimed before the proxy":   {header("X-Forwarded-Proto", "https, http"), "holt"},
		"claimed by a stranger":      {all(header("X-Forwarded-Proto", "https"), func(r *http.Request) { r.RemoteAddr = "198.51.100.1:1" }), "holt"},
		"claimed over a Unix socket": {all(header("X-Forwarded-Proto", "https"), func(r *http.Request) { r.RemoteAddr = "@" }), "holt"},
	} {
		r := request(t, test.change)
		w := httptest.NewRecorder()
		sessions.SetCookie(w, r, secret, expires)
		set := w.Result().Cookies()[0]
		secure := test.cookie == "__Host-holt"
		if set.Name != test.cookie || set.Value != secret || !set.HttpOnly || set.Secure != secure ||
			set.SameSite != http.SameSiteLaxMode || set.Path != "/" || set.Domain != "" || !set.Expires.Equal(expires) {
			t.Errorf("%s: cookie is %v", name, set)
		}
		r.AddCookie(set)
		if caller, err := sessions.Authenticate(r); err != nil || caller.Account.Login != "carol" || caller.Session.ID == "" {
			t.Errorf("%s: %+v, %v", name, caller, err)
		}
		w = httptest.NewRecorder()
		sessions.ClearCookie(w, r)
		if gone := w.Result().Cookies()[0]; gone.Name != test.cookie || gone.Value != "" || gone.MaxAge >= 0 || gone.Secure != secure {
			t.Errorf("%s: cleared by %v", name, gone)
		}
	}

	// A cookie that anybody on the network may have planted is nothing over TLS.
	if _, err := sessions.Authenticate(request(t, all(overTLS, cookie("holt", secret)))); err != identity.ErrNone {
		t.Errorf("plain cookie over TLS: %v, want ErrNone", err)
	}
	now.Add(31 * 24 * time.Hour)
	if _, err := sessions.Authenticate(request(t, cookie("holt", secret))); err == nil {
		t.Error("an expired session")
	}
}
