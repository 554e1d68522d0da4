package platform_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
)

func TestToken(t *testing.T) {
	s, now := MustOpen(t)
	alice := MustCreate(t, s, "alice", false)
	expires := now.Now().Add(24 * time.Hour)
	secret, info, err := s.CreateToken(t.Context(), alice.ID, " backup ", platform.ScopeRead, expires)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(secret, "holt_") || len(secret) != 61 || info.Name != "backup" || !info.LastUsed.IsZero() {
		t.Errorf("token of %d characters, %+v", len(secret), info)
	}
	a, got, err := s.Token(t.Context(), secret)
	if err != nil || a.ID != alice.ID || got != info {
		t.Fatalf("token: %+v, %+v, %v; want %+v", a, got, err, info)
	}
	if _, got, _ = s.Token(t.Context(), secret); !got.LastUsed.Equal(now.Now()) {
		t.Errorf("last used %v, want %v", got.LastUsed, now.Now())
	}
	if tokens, err := s.Tokens(t.Context(), alice.ID); err != nil || len(tokens) != 1 || tokens[0] != got {
		t.Errorf("tokens: %+v, %v", tokens, err)
	}
	now.Add(24 * time.Hour)
	if _, _, err := s.Token(t.Context(), secret); !errors.Is(err, platform.ErrInvalidToken) {
		t.Errorf("expired token: %v", err)
	}
	if tokens, err := s.Tokens(t.Context(), alice.ID); err != nil || len(tokens) != 0 {
		t.Errorf("expired tokens are listed: %+v, %v", tokens, err)
	}
}

func TestMistypedTokenIsNotLookedUp(t *testing.T) {
	s, err := platform.Open(t.Context(), t.TempDir()+"/holt.db", cheap())
	if err != nil {
		t.Fatal(err)
	}
	a := MustCreate(t, s, "alice", false)
	secret, _, err := s.CreateToken(t.Context(), a.ID, "x", platform.ScopeWrite, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil { // so that every look-up fails in another way
		t.Fatal(err)
	}
	if _, _, err := s.Token(t.Context(), secret); errors.Is(err, platform.ErrInvalidToken) || err == nil {
		t.Fatalf("the right token was not looked up: %v", err)
	}
	for i := range len(secret) {
		other := "0"
		if secret[i] == '0' {
			other = "1"
		}
		typo := secret[:i] + other + secret[i+1:]
		if _, _, err := s.Token(t.Context(), typo); !errors.Is(err, platform.ErrInvalidToken) {
			t.Errorf("typo at %d: %v", i, err)
		}
	}
	for _, wrong := range []string{"", "holt_", secret[:60], secret + "0", strings.ToUpper(secret), "holt_" + strings.Repeat("\n", 56)} {
		if _, _, err := s.Token(t.Context(), wrong); !errors.Is(err, platform.ErrInvalidToken) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestCreateTokenRefuses(t *testing.T) {
	s, now := MustOpen(t)
	a := MustCreate(t, s, "alice", false)
	soon := now.Now().Add(time.Hour)
	for name, test := range map[string]struct {
		account, name string
		scope         platform.Scope
		expires       time.Time
		want          error
	}{
		"no name":       {a.ID, " ", platform.ScopeRead, soon, platform.ErrInvalidName},
		"no scope":      {a.ID, "x", "", soon, platform.ErrInvalidScope},
		"unknown scope": {a.ID, "x", "admin", soon, platform.ErrInvalidScope},
		"no expiry":     {a.ID, "x", platform.ScopeRead, time.Time{}, platform.ErrInvalidExpiry},
		"expired":       {a.ID, "x", platform.ScopeRead, now.Now(), platform.ErrInvalidExpiry},
		"no account":    {"nobody", "x", platform.ScopeRead, soon, platform.ErrNotFound},
	} {
		if _, _, err := s.CreateToken(t.Context(), test.account, test.name, test.scope, test.expires); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	for i := range 100 {
		if _, _, err := s.CreateToken(t.Context(), a.ID, strconv.Itoa(i), platform.ScopeRead, soon); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.CreateToken(t.Context(), a.ID, "x", platform.ScopeRead, soon); !errors.Is(err, platform.ErrTooMany) {
		t.Errorf("the 101st token: %v", err)
	}
}

func TestRevokeToken(t *testing.T) {
	s, now := MustOpen(t)
	alice, bob := MustCreate(t, s, "alice", false), MustCreate(t, s, "bob", false)
	secret, info, err := s.CreateToken(t.Context(), alice.ID, "x", platform.ScopeWrite, now.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RevokeToken(t.Context(), bob.ID, info.ID); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("bob revoking alice's token: %v", err)
	}
	if _, _, err := s.Token(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	if err := s.RevokeToken(t.Context(), alice.ID, info.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Token(t.Context(), secret); !errors.Is(err, platform.ErrInvalidToken) {
		t.Errorf("revoked token: %v", err)
	}
}

func TestScopeAllows(t *testing.T) {
	for _, test := range []struct {
		have, need platform.Scope
		want       bool
	}{
		{platform.ScopeRead, platform.ScopeRead, true},
		{platform.ScopeRead, platform.ScopeWrite, false},
		{platform.ScopeWrite, platform.ScopeRead, true},
		{platform.ScopeWrite, platform.ScopeWrite, true},
		{"", platform.ScopeRead, false},
		{"", "", false},
		{"admin", platform.ScopeRead, false},
		{platform.ScopeWrite, "admin", false},
	} {
		if got := test.have.Allows(test.need); got != test.want {
			t.Errorf("%q allows %q: %t, want %t", test.have, test.need, got, test.want)
		}
	}
}
