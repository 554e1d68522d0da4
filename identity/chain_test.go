package identity_test

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/platform"
)

func bearer(token string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

func cookie(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: name, Value: value}) }
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Add(name, value) }
}

func all(changes ...func(*http.Request)) func(*http.Request) {
	return func(r *http.Request) {
		for _, change := range changes {
			change(r)
		}
	}
}

// trusted is where httptest's requests come from.
func trusted() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} }

func TestChain(t *testing.T) {
	store, now := MustOpenStore(t)
	carol := MustCreate(t, store, "carol")
	session, _, err := store.NewSession(t.Context(), carol.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	dora := MustCreate(t, store, "dora")
	token, _, err := store.CreateToken(t.Context(), dora.ID, "x", platform.ScopeRead, now.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := identity.NewProxy(identity.ProxyConfig{Trusted: trusted(), UserHeader: "Remote-User"})
	if err != nil {
		t.Fatal(err)
	}
	j := MustJWT(t, identity.JWTConfig{Secret: []byte(secret)}, now, nil)
	chain := identity.Chain{
		identity.NewToken(store), identity.NewSession(store, nil),
		identity.Proven(j, store), identity.Proven(proxy, store),
	}
	alice := sign(t, jwt.SigningMethodHS256, []byte(secret), "", valid(now))
	expired := sign(t, jwt.SigningMethodHS256, []byte(secret), "", with(valid(now), jwt.MapClaims{"exp": 1}))
	stranger := func(r *http.Request) { r.RemoteAddr = "198.51.100.1:1234" }
	for name, test := range map[string]struct {
		change   func(*http.Request)
		provider string
		tenant   string
		err      error
	}{
		"nothing":              {nil, "", "", identity.ErrNone},
		"API token":            {bearer(token), identity.ProviderToken, dora.Tenant.String(), nil},
		"session":              {cookie("holt", session), identity.ProviderSession, carol.Tenant.String(), nil},
		"JWT as bearer":        {bearer(alice), platform.ProviderJWT, "alice", nil},
		"JWT as cookie":        {cookie("cf_session", alice), platform.ProviderJWT, "alice", nil},
		"JWT as header":        {header("X-CF-Session", alice), platform.ProviderJWT, "alice", nil},
		"JWT in cookie string": {header("X-CF-Session", `a="b; c=d; cf_session=`+alice+"; e"), platform.ProviderJWT, "alice", nil},
		"JWT beside":           {all(header("X-CF-Session", "theme=dark"), cookie("cf_session", alice)), platform.ProviderJWT, "alice", nil},
		"proxy":                {header("Remote-User", "erin"), platform.ProviderProxy, "proxy:erin", nil},
		"token before session": {all(bearer(token), cookie("holt", session)), identity.ProviderToken, dora.Tenant.String(), nil},
		"lower case scheme":    {header("Authorization", "bearer  "+token), identity.ProviderToken, dora.Tenant.String(), nil},
		"basic of a proxy":     {all(header("Authorization", "Basic eDp5"), header("Remote-User", "erin")), platform.ProviderProxy, "proxy:erin", nil},
		"visitor by cookies":   {header("X-CF-Session", "theme=dark; a=b"), "", "", identity.ErrNone},
		"signed out":           {cookie("cf_session", ""), "", "", identity.ErrNone},
		"proxy without user":   {header("Remote-User", ""), "", "", identity.ErrNone},
		"headers of another":   {all(stranger, header("Remote-User", "erin")), "", "", identity.ErrNone},
		"claimed forwarding":   {all(stranger, header("Remote-User", "erin"), header("X-Forwarded-For", "192.0.2.1")), "", "", identity.ErrNone},

		// Bad credentials decide, whatever good ones come after.
		"mistyped token":       {all(bearer(token[:60]+"~"), cookie("holt", session)), "", "", identity.ErrInvalid},
		"unknown token":        {all(bearer("holt_"+strings.Repeat("0", 56)), cookie("holt", session)), "", "", identity.ErrInvalid},
		"wrong session":        {all(cookie("holt", session[1:]+"A"), bearer(alice)), "", "", identity.ErrInvalid},
		"empty session":        {cookie("holt", ""), "", "", identity.ErrInvalid},
		"two sessions":         {all(cookie("holt", session), cookie("holt", session)), "", "", identity.ErrInvalid},
		"expired JWT":          {all(cookie("cf_session", expired), header("Remote-User", "erin")), "", "", identity.ErrInvalid},
		"two JWT cookies":      {all(cookie("cf_session", alice), cookie("cf_session", alice)), "", "", identity.ErrInvalid},
		"two JWT headers":      {all(header("X-CF-Session", alice), header("X-CF-Session", alice)), "", "", identity.ErrInvalid},
		"bare text":            {header("X-CF-Session", "letmein"), "", "", identity.ErrInvalid},
		"empty bearer":         {header("Authorization", "Bearer"), "", "", identity.ErrInvalid},
		"two bearers":          {all(header("Authorization", "Bearer "+token), header("Authorization", "Bearer "+alice)), "", "", identity.ErrInvalid},
		"two proxy users":      {all(header("Remote-User", "erin"), header("Remote-User", "root")), "", "", identity.ErrInvalid},
		"proxy user not UTF-8": {header("Remote-User", "erin\xff"), "", "", identity.ErrInvalid},
		"10 kB proxy user":     {header("Remote-User", strings.Repeat("x", 10_000)), "", "", identity.ErrInvalid},
	} {
		caller, err := chain.Authenticate(request(t, test.change))
		if !errors.Is(err, test.err) || caller.Provider != test.provider || caller.Account.Tenant.String() != test.tenant {
			t.Errorf("%s: %q %q, %v; want %q %q, %v", name,
				caller.Provider, caller.Account.Tenant, err, test.provider, test.tenant, test.err)
		}
		if err == nil && caller.Scope.Allows(platform.ScopeWrite) == (test.provider == identity.ProviderToken) {
			t.Errorf("%s: scope is %q", name, caller.Scope)
		}
		if err != nil {
			for _, s := range []string{session, token, alice, secret} {
				if strings.Contains(err.Error(), s) {
					t.Errorf("%s: the error tells a secret", name)
				}
			}
		}
	}
}

func TestChainRefusesUnknownBearer(t *testing.T) {
	store, _ := MustOpenStore(t)
	chain := identity.Chain{identity.NewToken(store), identity.NewSession(store, nil)}
	if _, err := chain.Authenticate(request(t, bearer("eyJhbGciOiJub25lIn0.e30."))); !errors.Is(err, identity.ErrInvalid) {
		t.Errorf("a token that no provider knows: %v, want ErrInvalid", err)
	}
	if _, err := chain.Authenticate(request(t, header("Authorization", "Basic eDp5"))); !errors.Is(err, identity.ErrNone) {
		t.Errorf("another scheme: %v, want ErrNone", err)
	}
}

func TestSuspendedCaller(t *testing.T) {
	store, now := MustOpenStore(t)
	j := MustJWT(t, identity.JWTConfig{Secret: []byte(secret)}, now, nil)
	chain := identity.Chain{identity.NewToken(store), identity.Proven(j, store)}
	alice := bearer(sign(t, jwt.SigningMethodHS256, []byte(secret), "", valid(now)))
	caller, err := chain.Authenticate(request(t, alice))
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := store.CreateToken(t.Context(), caller.Account.ID, "x", platform.ScopeWrite, now.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if err := store.SetSuspended(t.Context(), caller.Account.ID, true); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*http.Request){"JWT": alice, "token": bearer(token)} {
		if _, err := chain.Authenticate(request(t, change)); !errors.Is(err, platform.ErrSuspended) {
			t.Errorf("%s: %v, want ErrSuspended", name, err)
		}
	}
}

func TestFirstRequestsMakeOneAccount(t *testing.T) {
	store, now := MustOpenStore(t)
	provider := identity.Proven(MustJWT(t, identity.JWTConfig{Secret: []byte(secret)}, now, nil), store)
	alice := bearer(sign(t, jwt.SigningMethodHS256, []byte(secret), "", valid(now)))
	var running sync.WaitGroup
	for range 50 {
		r := request(t, alice)
		running.Go(func() {
			if _, err := provider.Authenticate(r); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	if accounts, err := store.Accounts(t.Context(), "", 10); err != nil || len(accounts) != 1 {
		t.Errorf("%d accounts, %v", len(accounts), err)
	}
}

// broken is a platform that cannot answer.
type broken struct{}

func (broken) Resolve(context.Context, platform.Proof) (platform.Account, error) {
	return platform.Account{}, context.DeadlineExceeded
}

func (broken) Session(context.Context, string) (platform.Account, platform.SessionInfo, error) {
	return platform.Account{}, platform.SessionInfo{}, context.DeadlineExceeded
}

func (broken) Token(context.Context, string) (platform.Account, platform.TokenInfo, error) {
	return platform.Account{}, platform.TokenInfo{}, context.DeadlineExceeded
}

// TestBrokenPlatform shows that a failure of the server is neither an anonymous
// caller nor the caller's fault.
func TestBrokenPlatform(t *testing.T) {
	now := newClock()
	j := MustJWT(t, identity.JWTConfig{Secret: []byte(secret)}, now, nil)
	chain := identity.Chain{identity.NewToken(broken{}), identity.NewSession(broken{}, nil), identity.Proven(j, broken{})}
	for name, change := range map[string]func(*http.Request){
		"JWT":     bearer(sign(t, jwt.SigningMethodHS256, []byte(secret), "", valid(now))),
		"session": cookie("holt", "x"),
		"token":   bearer("holt_x"),
	} {
		_, err := chain.Authenticate(request(t, change))
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, identity.ErrNone) || errors.Is(err, identity.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzChain(f *testing.F) {
	store, now := MustOpenStore(f)
	j := MustJWT(f, identity.JWTConfig{Secret: []byte(secret)}, now, nil)
	chain := identity.Chain{identity.NewToken(store), identity.NewSession(store, nil), identity.Proven(j, store)}
	good := sign(f, jwt.SigningMethodHS256, []byte("some other secret of more than 32 bytes"), "", valid(now))
	f.Add("Bearer "+good, "holt=x; cf_session="+good, good)
	f.Add("Bearer holt_"+strings.Repeat("0", 56), `holt="`, "cf_session=;=;")
	f.Add("Bearer ..", "", "=")
	f.Fuzz(func(t *testing.T, authorization, cookies, session string) {
		r := request(t, nil)
		for name, value := range map[string]string{"Authorization": authorization, "Cookie": cookies, "X-CF-Session": session} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		caller, err := chain.Authenticate(r)
		if !errors.Is(err, identity.ErrNone) && !errors.Is(err, identity.ErrInvalid) {
			t.Errorf("%q is %+v, %v", r.Header, caller, err)
		}
	})
}
