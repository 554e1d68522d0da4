package identity_test

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/platform"
)

// TestWikiSession walks a hand-over through the cookies of two origins.
func TestWikiSession(t *testing.T) {
	store, now := MustOpenStore(t)
	carol := MustCreate(t, store, "carol")
	garden, other := MustWiki(t, store, carol, "garden"), MustWiki(t, store, carol, "other")
	session, _, err := store.NewSession(t.Context(), carol.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	_, info, err := store.Session(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	wikis := identity.NewWikiSession(store, nil)
	overTLS := func(r *http.Request) { r.TLS = &tls.ConnectionState{} }
	with := func(cookies []*http.Cookie) func(*http.Request) {
		return func(r *http.Request) {
			for _, c := range cookies {
				r.AddCookie(c)
			}
		}
	}

	w := httptest.NewRecorder()
	state := wikis.BeginHandOver(w, request(t, overTLS), now.Now())
	browser := w.Result().Cookies()
	if c := browser[0]; c.Name != "__Host-holt-wiki-state" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("state cookie: %v", c)
	}
	arriving := request(t, all(overTLS, with(browser)))
	if again := wikis.BeginHandOver(httptest.NewRecorder(), arriving, now.Now()); again != state {
		t.Errorf("a second tab has the state %q, want %q", again, state)
	}
	code, err := store.HandOver(t.Context(), info.ID, garden, state)
	if err != nil {
		t.Fatal(err)
	}
	secret, expires, err := store.RedeemHandOver(t.Context(), code, garden, wikis.HandOverState(arriving))
	if err != nil {
		t.Fatal(err)
	}
	w = httptest.NewRecorder()
	wikis.SetCookie(w, arriving, secret, expires)
	wikis.EndHandOver(w, arriving)
	set := w.Result().Cookies()
	if c := set[0]; c.Name != "__Host-holt-wiki" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Domain != "" || !c.Expires.Equal(expires) {
		t.Errorf("session cookie: %v", c)
	}
	if c := set[1]; c.Name != browser[0].Name || c.MaxAge >= 0 {
		t.Errorf("the state stays: %v", c)
	}

	reading := request(t, all(overTLS, with(set[:1])))
	caller, err := wikis.For(garden).Authenticate(reading)
	if err != nil || caller.Account.ID != carol.ID || caller.Provider != identity.ProviderWikiSession || caller.Session.ID != info.ID {
		t.Errorf("%+v, %v", caller, err)
	}
	if caller.Scope.Allows(platform.ScopeRead) {
		t.Error("a wiki session opens the account's library")
	}
	if wikis.Secret(reading) != secret || wikis.Secret(arriving) != "" {
		t.Error("the secret to end the session with is not the cookie's")
	}
	twice := request(t, all(overTLS, with(set[:1]), with(set[:1])))
	for name, test := range map[string]struct {
		slug    platform.Slug
		request *http.Request
		err     error
	}{
		"no cookie":            {garden, request(t, overTLS), identity.ErrNone},
		"another wiki":         {other, reading, identity.ErrInvalid},
		"no wiki":              {platform.Slug{}, reading, identity.ErrInvalid},
		"two cookies":          {garden, twice, identity.ErrInvalid},
		"plain cookie":         {garden, request(t, all(overTLS, cookie("holt-wiki", secret))), identity.ErrNone},
		"the platform's":       {garden, request(t, all(overTLS, cookie("__Host-holt-wiki", session))), identity.ErrInvalid},
		"the platform's name":  {garden, request(t, all(overTLS, cookie("__Host-holt", secret))), identity.ErrNone},
		"the code as a secret": {garden, request(t, all(overTLS, cookie("__Host-holt-wiki", code))), identity.ErrInvalid},
	} {
		if _, err := wikis.For(test.slug).Authenticate(test.request); !errors.Is(err, test.err) {
			t.Errorf("%s: %v, want %v", name, err, test.err)
		}
	}
	if _, err := identity.NewSession(store, nil).Authenticate(request(t, cookie("holt", secret))); !errors.Is(err, identity.ErrInvalid) {
		t.Errorf("a wiki session at the platform: %v", err)
	}
	if err := store.EndSession(t.Context(), carol.ID, info.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := wikis.For(garden).Authenticate(reading); !errors.Is(err, identity.ErrInvalid) {
		t.Errorf("after signing out of the platform: %v", err)
	}
}

func TestHandOverState(t *testing.T) {
	store, now := MustOpenStore(t)
	wikis := identity.NewWikiSession(store, nil)
	for name, change := range map[string]func(*http.Request){
		"none":  nil,
		"empty": cookie("holt-wiki-state", ""),
		"short": cookie("holt-wiki-state", "x"),
		"two":   all(cookie("holt-wiki-state", strings.Repeat("A", 26)), cookie("holt-wiki-state", strings.Repeat("B", 26))),
	} {
		r := request(t, change)
		if state := wikis.HandOverState(r); state != "" {
			t.Errorf("%s: state %q", name, state)
		}
		if state := wikis.BeginHandOver(httptest.NewRecorder(), r, now.Now()); len(state) < 16 {
			t.Errorf("%s: new state %q", name, state)
		}
	}
}
