package identity_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/platform"
)

func MustWiki(tb testing.TB, s *platform.Store, owner platform.Account, name string) platform.Slug {
	tb.Helper()
	slug, err := platform.ParseSlug(name)
	if err != nil {
		tb.Fatal(err)
	}
	w, err := s.ReserveWiki(tb.Context(), platform.NewWiki{Owner: owner.ID, Slug: slug})
	if err != nil {
		tb.Fatal(err)
	}
	if err := s.ConfirmWiki(tb.Context(), w.ID); err != nil {
		tb.Fatal(err)
	}
	return slug
}

func MustWikiToken(tb testing.TB, s *platform.Store, slug platform.Slug, a platform.Account, now *clock) string {
	tb.Helper()
	token, _, err := s.CreateWikiToken(tb.Context(), slug, a.ID, "x", platform.RoleEditor, now.Now().Add(time.Hour))
	if err != nil {
		tb.Fatal(err)
	}
	return token
}

func TestWikiToken(t *testing.T) {
	store, now := MustOpenStore(t)
	carol := MustCreate(t, store, "carol")
	garden, other := MustWiki(t, store, carol, "garden"), MustWiki(t, store, carol, "other")
	token, foreign := MustWikiToken(t, store, garden, carol, now), MustWikiToken(t, store, other, carol, now)
	provider := identity.NewWikiToken(store).For(garden)
	caller, err := provider.Authenticate(request(t, bearer(token)))
	if err != nil || caller.Account.ID != carol.ID || caller.Provider != identity.ProviderWikiToken ||
		caller.WikiToken.Slug != garden || caller.WikiToken.Role != platform.RoleEditor {
		t.Errorf("%+v, %v", caller, err)
	}
	if caller.Scope.Allows(platform.ScopeRead) {
		t.Error("a wiki token opens the account's library")
	}
	for name, test := range map[string]struct {
		change func(*http.Request)
		err    error
	}{
		"nothing":             {nil, identity.ErrNone},
		"an API token":        {bearer("holt_" + strings.Repeat("0", 56)), identity.ErrNone},
		"as password":         {basic("git", token), identity.ErrNone},
		"of another wiki":     {bearer(foreign), identity.ErrInvalid},
		"mistyped":            {bearer(token[:61] + "~"), identity.ErrInvalid},
		"unknown":             {bearer("holtw_" + strings.Repeat("0", 56)), identity.ErrInvalid},
		"two Authorizations":  {all(header("Authorization", "Bearer "+token), header("Authorization", "Bearer "+token)), identity.ErrNone},
		"token as an address": {func(r *http.Request) { r.URL.RawQuery = "access_token=" + token }, identity.ErrNone},
	} {
		_, err := provider.Authenticate(request(t, test.change))
		if !errors.Is(err, test.err) || strings.Contains(err.Error(), token) {
			t.Errorf("%s: %v, want %v", name, err, test.err)
		}
	}
	if _, err := identity.NewWikiToken(store).For(platform.Slug{}).Authenticate(request(t, bearer(token))); !errors.Is(err, identity.ErrInvalid) {
		t.Errorf("at no wiki: %v", err)
	}

	// Where no wiki is asked, a wiki's token is no credential.
	j := MustJWT(t, identity.JWTConfig{Secret: []byte(secret)}, now, nil)
	library := identity.Chain{identity.NewToken(store), identity.NewSession(store, nil), identity.Proven(j, store)}
	if _, err := library.Authenticate(request(t, bearer(token))); !errors.Is(err, identity.ErrInvalid) {
		t.Errorf("at the library: %v", err)
	}
}

func TestSuspendedWikiCaller(t *testing.T) {
	store, now := MustOpenStore(t)
	carol := MustCreate(t, store, "carol")
	garden := MustWiki(t, store, carol, "garden")
	token := MustWikiToken(t, store, garden, carol, now)
	if err := store.SetSuspended(t.Context(), carol.ID, true); err != nil {
		t.Fatal(err)
	}
	chain := identity.Chain{identity.NewWikiToken(store).For(garden), identity.NewBasic(store, nil).For(garden)}
	for name, change := range map[string]func(*http.Request){
		"bearer": bearer(token), "basic": basic("x", token), "password": basic("carol", "correct horse battery"),
	} {
		if _, err := chain.Authenticate(request(t, change)); !errors.Is(err, platform.ErrSuspended) {
			t.Errorf("%s: %v, want ErrSuspended", name, err)
		}
	}
}

func FuzzWikiChain(f *testing.F) {
	store, now := MustOpenStore(f)
	carol := MustCreate(f, store, "carol")
	garden := MustWiki(f, store, carol, "garden")
	chain := identity.Chain{
		identity.NewWikiToken(store).For(garden), identity.NewToken(store),
		identity.NewBasic(store, nil).For(garden), identity.NewWikiSession(store, nil).For(garden),
	}
	j := sign(f, jwt.SigningMethodHS256, []byte(secret), "", valid(now))
	f.Add("Bearer holtw_"+strings.Repeat("0", 56), "holt-wiki=x")
	f.Add("Basic eDpob2x0d18=", "")
	f.Add("Basic eDpob2x0Xw==", "holt-wiki=; holt-wiki=")
	f.Add("Bearer "+j, `holt-wiki="`)
	f.Fuzz(func(t *testing.T, authorization, cookies string) {
		r := request(t, nil)
		r.RemoteAddr = "@" // counted by no address
		for name, value := range map[string]string{"Authorization": authorization, "Cookie": cookies} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		caller, err := chain.Authenticate(r)
		if !errors.Is(err, identity.ErrNone) && !errors.Is(err, identity.ErrInvalid) && !errors.Is(err, platform.ErrThrottled) {
			t.Errorf("%q is %+v, %v", r.Header, caller, err)
		}
	})
}
