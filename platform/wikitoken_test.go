package platform_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
)

func TestWikiToken(t *testing.T) {
	s, now := MustOpen(t)
	MustCreate(t, s, "root", true)
	alice, bob := MustCreate(t, s, "alice", false), MustCreate(t, s, "bob", false)
	w := MustWiki(t, s, alice.ID, "garden")
	expires := now.Now().Add(24 * time.Hour)
	secret, info, err := s.CreateWikiToken(t.Context(), w.Slug, bob.ID, " ci ", platform.RoleEditor, expires)
	if err != nil {
		t.Fatal(err)
	}
	want := platform.WikiTokenInfo{
		ID: info.ID, Slug: w.Slug, Account: bob.ID, AccountName: "bob", Name: "ci", Role: platform.RoleEditor,
		Created: now.Now(), Expires: expires,
	}
	if !strings.HasPrefix(secret, "holtw_") || info != want {
		t.Errorf("token %+v", info)
	}
	a, got, err := s.WikiToken(t.Context(), secret)
	if err != nil || a.ID != bob.ID || got != want {
		t.Fatalf("token: %+v, %+v, %v", a, got, err)
	}
	want.LastUsed = now.Now()
	for name, list := range map[string]func() ([]platform.WikiTokenInfo, error){
		"wiki":    func() ([]platform.WikiTokenInfo, error) { return s.WikiTokens(t.Context(), w.Slug) },
		"account": func() ([]platform.WikiTokenInfo, error) { return s.WikiTokensOf(t.Context(), bob.ID) },
	} {
		if tokens, err := list(); err != nil || len(tokens) != 1 || tokens[0] != want {
			t.Errorf("tokens of the %s: %+v, %v", name, tokens, err)
		}
	}
	// Neither kind of token passes as the other.
	if _, _, err := s.Token(t.Context(), secret); !errors.Is(err, platform.ErrInvalidToken) {
		t.Errorf("a wiki token as an API token: %v", err)
	}
	api, _, err := s.CreateToken(t.Context(), bob.ID, "x", platform.ScopeWrite, expires)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.WikiToken(t.Context(), api); !errors.Is(err, platform.ErrInvalidToken) {
		t.Errorf("an API token as a wiki token: %v", err)
	}
	if err := s.SetSuspended(t.Context(), bob.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.WikiToken(t.Context(), secret); !errors.Is(err, platform.ErrSuspended) {
		t.Errorf("token of a suspended account: %v", err)
	}
	if err := s.SetSuspended(t.Context(), bob.ID, false); err != nil {
		t.Fatal(err)
	}
	now.Add(24 * time.Hour)
	if _, _, err := s.WikiToken(t.Context(), secret); !errors.Is(err, platform.ErrInvalidToken) {
		t.Errorf("expired token: %v", err)
	}
	if tokens, err := s.WikiTokens(t.Context(), w.Slug); err != nil || len(tokens) != 0 {
		t.Errorf("expired tokens are listed: %+v, %v", tokens, err)
	}
}

func TestRevokeWikiToken(t *testing.T) {
	s, now := MustOpen(t)
	alice, bob := MustCreate(t, s, "alice", false), MustCreate(t, s, "bob", false)
	w, other := MustWiki(t, s, alice.ID, "garden"), MustWiki(t, s, bob.ID, "other")
	for name, revoke := range map[string]func(id string) error{
		"wiki":    func(id string) error { return s.RevokeWikiToken(t.Context(), w.Slug, id) },
		"account": func(id string) error { return s.RevokeWikiTokenOf(t.Context(), alice.ID, id) },
	} {
		secret, info, err := s.CreateWikiToken(t.Context(), w.Slug, alice.ID, "x", platform.RoleViewer, now.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.RevokeWikiToken(t.Context(), other.Slug, info.ID); !errors.Is(err, platform.ErrNotFound) {
			t.Errorf("by another wiki: %v", err)
		}
		if err := s.RevokeWikiTokenOf(t.Context(), bob.ID, info.ID); !errors.Is(err, platform.ErrNotFound) {
			t.Errorf("by another account: %v", err)
		}
		if _, _, err := s.WikiToken(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		if err := revoke(info.ID); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.WikiToken(t.Context(), secret); !errors.Is(err, platform.ErrInvalidToken) {
			t.Errorf("revoked by its %s: %v", name, err)
		}
		if events, err := s.Events(t.Context(), 0, 1); err != nil || events[0].Action != platform.ActionWikiTokenRevoke ||
			events[0].Subject != "wikis/garden" || events[0].Detail != info.ID {
			t.Errorf("noted as %+v, %v", events, err)
		}
	}
}

func TestCreateWikiTokenRefuses(t *testing.T) {
	s, now := MustOpen(t)
	a := MustCreate(t, s, "alice", false)
	slug := MustWiki(t, s, a.ID, "garden").Slug
	pending := MustReserve(t, s, a.ID, "pending").Slug
	soon := now.Now().Add(time.Hour)
	for name, test := range map[string]struct {
		slug          platform.Slug
		account, name string
		role          platform.WikiRole
		expires       time.Time
		want          error
	}{
		"no name":      {slug, a.ID, " ", platform.RoleViewer, soon, platform.ErrInvalidName},
		"no role":      {slug, a.ID, "x", "", soon, platform.ErrInvalidRole},
		"owner's role": {slug, a.ID, "x", "owner", soon, platform.ErrInvalidRole},
		"no expiry":    {slug, a.ID, "x", platform.RoleViewer, time.Time{}, platform.ErrInvalidExpiry},
		"no account":   {slug, "nobody", "x", platform.RoleViewer, soon, platform.ErrNotFound},
		"no wiki":      {MustSlug(t, "nothing"), a.ID, "x", platform.RoleViewer, soon, platform.ErrNotFound},
		"no home":      {pending, a.ID, "x", platform.RoleViewer, soon, platform.ErrNotFound},
	} {
		if _, _, err := s.CreateWikiToken(t.Context(), test.slug, test.account, test.name, test.role, test.expires); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	for i := range 100 {
		if _, _, err := s.CreateWikiToken(t.Context(), slug, a.ID, strconv.Itoa(i), platform.RoleViewer, soon); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.CreateWikiToken(t.Context(), slug, a.ID, "x", platform.RoleViewer, soon); !errors.Is(err, platform.ErrTooMany) {
		t.Errorf("the 101st token: %v", err)
	}
}
