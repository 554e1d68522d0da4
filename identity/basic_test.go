package identity_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/platform"
)

func basic(login, password string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(login, password) }
}

func TestBasic(t *testing.T) {
	store, now := MustOpenStore(t)
	carol := MustCreate(t, store, "carol")
	garden, other := MustWiki(t, store, carol, "garden"), MustWiki(t, store, carol, "other")
	token, foreign := MustWikiToken(t, store, garden, carol, now), MustWikiToken(t, store, other, carol, now)
	api, _, err := store.CreateToken(t.Context(), carol.ID, "x", platform.ScopeRead, now.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	const password = "correct horse battery"
	raw := func(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }
	provider := identity.NewBasic(store, trusted()).For(garden)
	for name, test := range map[string]struct {
		change   func(*http.Request)
		provider string
		scope    platform.Scope
		err      error
	}{
		"password":             {basic(" Carol ", password), identity.ProviderPassword, platform.ScopeWrite, nil},
		"lower case scheme":    {header("Authorization", strings.Replace(raw("carol:"+password), "Basic", "basic", 1)), identity.ProviderPassword, platform.ScopeWrite, nil},
		"wiki token":           {basic("anybody", token), identity.ProviderWikiToken, "", nil},
		"API token":            {basic("", api), identity.ProviderToken, platform.ScopeRead, nil},
		"nothing":              {nil, "", "", identity.ErrNone},
		"bearer":               {bearer(token), "", "", identity.ErrNone},
		"token of another":     {basic("carol", foreign), "", "", identity.ErrInvalid},
		"mistyped token":       {basic("carol", token[:61]+"~"), "", "", identity.ErrInvalid},
		"mistyped API token":   {basic("carol", api[:60]+"~"), "", "", identity.ErrInvalid},
		"wrong password":       {basic("carol", "wrong horse battery"), "", "", identity.ErrInvalid},
		"unknown login":        {basic("nobody", password), "", "", identity.ErrInvalid},
		"no password":          {basic("carol", ""), "", "", identity.ErrInvalid},
		"token as the name":    {basic(token, ""), "", "", identity.ErrInvalid},
		"no colon":             {header("Authorization", raw("carol")), "", "", identity.ErrInvalid},
		"not base64":           {header("Authorization", "Basic c~"), "", "", identity.ErrInvalid},
		"nothing after Basic":  {header("Authorization", "Basic"), "", "", identity.ErrInvalid},
		"two, both right":      {all(header("Authorization", raw("x:"+token)), header("Authorization", raw("x:"+token))), "", "", identity.ErrInvalid},
		"two, another's first": {all(header("Authorization", "Bearer x"), header("Authorization", raw("x:"+token))), "", "", identity.ErrInvalid},
	} {
		caller, err := provider.Authenticate(request(t, test.change))
		if !errors.Is(err, test.err) || caller.Provider != test.provider || caller.Scope != test.scope {
			t.Errorf("%s: %+v, %v; want %q, %v", name, caller, err, test.provider, test.err)
		}
		if err == nil && caller.Account.ID != carol.ID {
			t.Errorf("%s: the account is %+v", name, caller.Account)
		}
		if err != nil && (strings.Contains(err.Error(), token) || strings.Contains(err.Error(), password)) {
			t.Errorf("%s: the error tells a secret", name)
		}
	}
}

// TestBasicIsThrottled shows that passwords are not guessed by git: failures
// count as those of the sign-in page, by the address behind the proxy.
func TestBasicIsThrottled(t *testing.T) {
	store, _ := MustOpenStore(t)
	carol := MustCreate(t, store, "carol")
	provider := identity.NewBasic(store, trusted()).For(MustWiki(t, store, carol, "garden"))
	client := func(address string) func(*http.Request) { return header("X-Forwarded-For", address) }
	for i := range 20 {
		login := "user" + string(rune('a'+i))
		_, err := provider.Authenticate(request(t, all(client("198.51.100.7"), basic(login, "wrong"))))
		if !errors.Is(err, identity.ErrInvalid) {
			t.Fatalf("attempt %d: %v", i, err)
		}
	}
	_, err := provider.Authenticate(request(t, all(client("198.51.100.7"), basic("carol", "correct horse battery"))))
	if !errors.Is(err, platform.ErrThrottled) || errors.Is(err, identity.ErrInvalid) {
		t.Errorf("after 20 wrong passwords: %v, want ErrThrottled", err)
	}
	if _, err := provider.Authenticate(request(t, all(client("198.51.100.8"), basic("carol", "correct horse battery")))); err != nil {
		t.Errorf("from another address: %v", err)
	}
}
