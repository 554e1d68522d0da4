package platform_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
)

func TestResolveMakesOneAccount(t *testing.T) {
	s, _ := MustOpen(t)
	var mu sync.Mutex
	ids := make(map[string]int)
	errs := together(50, func(int) error {
		a, err := s.Resolve(t.Context(), jwtProof("alice"))
		mu.Lock()
		defer mu.Unlock()
		ids[a.ID]++
		return err
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	accounts, err := s.Accounts(t.Context(), "", 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(ids) != 1 || len(accounts) != 1 {
		t.Fatalf("50 first requests got %d identifiers and left %d accounts", len(ids), len(accounts))
	}
	if a := accounts[0]; a.Tenant.String() != "alice" || a.Tier != platform.TierFree || a.Admin || a.HasPassword {
		t.Errorf("account is %+v", a)
	}
}

func TestResolveKeepsIdentitiesApart(t *testing.T) {
	s, _ := MustOpen(t)
	proofs := []platform.Proof{
		jwtProof("bob"), jwtProof("BOB"), jwtProof("Bob"),
		jwtProof("bоb"),                             // Cyrillic о
		jwtProof("\uff42ob"),                        // full width
		jwtProof("b\u00f3b"), jwtProof("bo\u0301b"), // composed and decomposed
		jwtProof("bob "), jwtProof(" bob"),
		jwtProof("../bob"), jwtProof("..%2fbob"), jwtProof("bob/"), jwtProof(".."),
		jwtProof("did:plc:abc"),
		proxyProof("bob"), proxyProof("BOB"), proxyProof("local:bob"), proxyProof("proxy:bob"),
	}
	tenants := make(map[string]platform.Proof)
	folders := make(map[string]platform.Proof)
	for _, p := range proofs {
		a := MustResolve(t, s, p)
		if other, ok := tenants[a.Tenant.String()]; ok {
			t.Errorf("%+v and %+v have the same library", p, other)
		}
		tenants[a.Tenant.String()] = p
		folder := strings.ToLower(a.Tenant.Dir())
		if other, ok := folders[folder]; ok {
			t.Errorf("%+v and %+v have the same folder", p, other)
		}
		folders[folder] = p
		if strings.ContainsAny(folder, "/.\\") {
			t.Errorf("%+v has the folder %q", p, folder)
		}
		if again := MustResolve(t, s, p); again.ID != a.ID {
			t.Errorf("%+v is another account the second time", p)
		}
	}
}

func TestResolveRefuses(t *testing.T) {
	s, _ := MustOpen(t)
	for name, p := range map[string]platform.Proof{
		"empty":                jwtProof(""),
		"10 kB":                jwtProof(strings.Repeat("x", 10_000)),
		"too long as folder":   jwtProof(strings.Repeat("X", 41)),
		"control character":    jwtProof("bob\x00"),
		"newline":              jwtProof("bob\n"),
		"not UTF-8":            jwtProof("bob\xff"),
		"prefix of proxy":      jwtProof("proxy:bob"),
		"prefix of local":      jwtProof("local:bob"),
		"prefix, other case":   jwtProof("LOCAL:bob"),
		"unknown provider":     {Provider: "other", Subject: "bob"},
		"local provider":       {Provider: platform.ProviderLocal, Subject: "bob"},
		"no provider":          {Subject: "bob"},
		"tier of many bytes":   {Provider: platform.ProviderJWT, Subject: "bob", Tier: strings.Repeat("x", 65)},
		"tier of two lines":    {Provider: platform.ProviderJWT, Subject: "bob", Tier: "paid\nfree"},
		"proxy without user":   proxyProof(""),
		"proxy with 10 kB":     proxyProof(strings.Repeat("x", 10_000)),
		"proxy with a newline": proxyProof("bob\r\n"),
	} {
		if _, err := s.Resolve(t.Context(), p); !errors.Is(err, platform.ErrInvalidProof) {
			t.Errorf("%s: %v, want ErrInvalidProof", name, err)
		}
	}
	if accounts, err := s.Accounts(t.Context(), "", 10); err != nil || len(accounts) != 0 {
		t.Errorf("refused proofs left %d accounts (%v)", len(accounts), err)
	}
}

func TestResolveFollowsTheProvider(t *testing.T) {
	s, now := MustOpen(t)
	p := jwtProof("alice")
	p.Name, p.Tier = "Alice\x1b[31m", "paid"
	a := MustResolve(t, s, p)
	if a.Tier != "paid" {
		t.Errorf("first tier is %q", a.Tier)
	}
	if a.Name != "alice" {
		t.Errorf("a name with an escape sequence became %q", a.Name)
	}
	p.Tier = "premium"
	if a = MustResolve(t, s, p); a.Tier != "premium" {
		t.Errorf("tier did not follow the provider: %q", a.Tier)
	}
	p.Tier = ""
	if a = MustResolve(t, s, p); a.Tier != "premium" {
		t.Errorf("a provider that says nothing changed the tier to %q", a.Tier)
	}
	seen := a.LastSeen
	now.Add(59 * time.Second)
	if a = MustResolve(t, s, p); !a.LastSeen.Equal(seen) {
		t.Error("last seen was written within the minute")
	}
	now.Add(time.Second)
	MustResolve(t, s, p)
	if a = MustResolve(t, s, p); !a.LastSeen.Equal(now.Now()) {
		t.Errorf("last seen is %v, want %v", a.LastSeen, now.Now())
	}
}

func TestResolveSuspended(t *testing.T) {
	s, now := MustOpen(t)
	a := MustResolve(t, s, jwtProof("alice"))
	if err := s.SetSuspended(t.Context(), a.ID, true); err != nil {
		t.Fatal(err)
	}
	now.Add(time.Hour)
	p := jwtProof("alice")
	p.Tier = "ultra"
	if _, err := s.Resolve(t.Context(), p); !errors.Is(err, platform.ErrSuspended) {
		t.Errorf("resolve of a suspended account: %v", err)
	}
	if a, err := s.Account(t.Context(), a.ID); err != nil || a.Tier != platform.TierFree {
		t.Errorf("a suspended account's tier became %q (%v)", a.Tier, err)
	}
	if err := s.SetSuspended(t.Context(), a.ID, false); err != nil {
		t.Fatal(err)
	}
	MustResolve(t, s, jwtProof("alice"))
}

func TestLinkIdentity(t *testing.T) {
	s, _ := MustOpen(t)
	alice := MustResolve(t, s, jwtProof("alice"))
	bob := MustResolve(t, s, jwtProof("bob"))
	if err := s.LinkIdentity(t.Context(), alice.ID, proxyProof("alice")); err != nil {
		t.Fatal(err)
	}
	if err := s.LinkIdentity(t.Context(), alice.ID, proxyProof("alice")); err != nil {
		t.Errorf("linking again: %v", err)
	}
	if a := MustResolve(t, s, proxyProof("alice")); a.ID != alice.ID {
		t.Error("a linked identity is another account")
	}
	for _, p := range []platform.Proof{proxyProof("alice"), jwtProof("alice")} {
		if err := s.LinkIdentity(t.Context(), bob.ID, p); !errors.Is(err, platform.ErrIdentityTaken) {
			t.Errorf("taking %+v away: %v", p, err)
		}
	}
	if err := s.LinkIdentity(t.Context(), "nobody", proxyProof("carol")); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("linking to nobody: %v", err)
	}
	if err := s.LinkIdentity(t.Context(), alice.ID, jwtProof("local:x")); !errors.Is(err, platform.ErrInvalidProof) {
		t.Errorf("linking a bad subject: %v", err)
	}
	identities, err := s.Identities(t.Context(), alice.ID)
	if err != nil || len(identities) != 2 {
		t.Fatalf("identities of alice: %v, %v", identities, err)
	}
}

func TestUnlinkIdentity(t *testing.T) {
	s, _ := MustOpen(t)
	alice := MustResolve(t, s, jwtProof("alice"))
	if err := s.UnlinkIdentity(t.Context(), alice.ID, platform.ProviderJWT, "alice"); !errors.Is(err, platform.ErrLastIdentity) {
		t.Fatalf("unlinking the last identity: %v", err)
	}
	MustResolve(t, s, jwtProof("alice"))
	if err := s.LinkIdentity(t.Context(), alice.ID, proxyProof("alice")); err != nil {
		t.Fatal(err)
	}
	if err := s.UnlinkIdentity(t.Context(), alice.ID, platform.ProviderJWT, "alice"); err != nil {
		t.Fatal(err)
	}
	// The library is still alice's: the freed user id does not open it.
	if _, err := s.Resolve(t.Context(), jwtProof("alice")); !errors.Is(err, platform.ErrIdentityTaken) {
		t.Errorf("an unlinked identity: %v, want ErrIdentityTaken", err)
	}
	if err := s.UnlinkIdentity(t.Context(), alice.ID, platform.ProviderJWT, "alice"); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("unlinking twice: %v", err)
	}
}
