package platform

import (
	"context"
	"errors"
	"net/netip"
	"strconv"
	"testing"
	"time"
)

// TestUnknownLoginIsHashed shows that a login that does not exist waits for a
// place to hash like one that does.
func TestUnknownLoginIsHashed(t *testing.T) {
	h := newHasher(PasswordCost{Memory: 8, Passes: 1, Threads: 1})
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	known, err := newHasher(h.cost).hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, stored := range map[string]string{"known": known, "unknown": ""} {
		for _, password := range []string{"correct horse", "", "\x00"} {
			if _, _, err := h.verify(ctx, stored, password); !errors.Is(err, context.Canceled) {
				t.Errorf("%s login with %q did not wait for a place: %v", name, password, err)
			}
		}
	}
	dummy, err := parsePHC(h.dummy)
	if err != nil || dummy.cost != h.cost {
		t.Errorf("an unknown login costs %+v (%v), want %+v", dummy.cost, err, h.cost)
	}
}

func FuzzParsePHC(f *testing.F) {
	h := newHasher(PasswordCost{Memory: 8, Passes: 1, Threads: 1})
	f.Add(h.dummy)
	f.Add("$argon2id$v=19$m=4294967295,t=1,p=1$AAAA$AAAA")
	f.Add("$argon2i$v=19$m=8,t=1,p=1$AAAA$AAAA")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePHC(text)
		if err != nil {
			return
		}
		if p.String() != text {
			t.Errorf("%q is read as %q", text, p)
		}
		if p.cost.Memory > maxMemory || p.cost.Passes > maxPasses || p.cost.Passes == 0 || p.cost.Threads == 0 {
			t.Errorf("%q asks for %+v", text, p.cost)
		}
	})
}

func FuzzWellFormedToken(f *testing.F) {
	f.Add(newToken(TokenPrefix))
	f.Add("holt_")
	f.Fuzz(func(t *testing.T, text string) {
		if wellFormedToken(TokenPrefix, text) && len(text) != len(newToken(TokenPrefix)) {
			t.Errorf("%q passes as a token", text)
		}
	})
}

func FuzzNormalizeLogin(f *testing.F) {
	for _, seed := range []string{"alice", "ZOË", "a@b.c", "ẞ", "Ⅷ", " x "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, login string) {
		normal, err := NormalizeLogin(login)
		if err != nil {
			return
		}
		again, err := NormalizeLogin(normal)
		if err != nil || again != normal {
			t.Errorf("%q becomes %q and then %q (%v)", login, normal, again, err)
		}
		if normal == "" || !printable(normal) {
			t.Errorf("%q becomes %q", login, normal)
		}
	})
}

func TestThrottleIsBounded(t *testing.T) {
	th := newThrottle()
	now := time.Unix(1_800_000_000, 0)
	for i := range maxCounted + 100 {
		address := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		if _, err := th.begin("user"+strconv.Itoa(i), address, now); err != nil {
			t.Fatal(err)
		}
	}
	for name, table := range map[string]*attempts{"logins": &th.logins, "addresses": &th.addresses} {
		if len(table.byKey) != maxCounted || table.order.Len() != maxCounted {
			t.Errorf("%s: %d and %d entries, want %d", name, len(table.byKey), table.order.Len(), maxCounted)
		}
	}
}

func TestThrottleWaits(t *testing.T) {
	th := newThrottle()
	now := time.Unix(1_800_000_000, 0)
	var wait time.Duration
	for range 30 {
		var throttled *Throttled
		if _, err := th.begin("alice", netip.Addr{}, now); errors.As(err, &throttled) {
			if throttled.RetryAfter < wait || throttled.RetryAfter > longestWait {
				t.Fatalf("wait is %v after %v", throttled.RetryAfter, wait)
			}
			wait = throttled.RetryAfter
			now = now.Add(wait)
		}
	}
	if wait != longestWait {
		t.Errorf("longest wait was %v, want %v", wait, longestWait)
	}
	now = now.Add(longestWait + forgetAfter + time.Second)
	for range freePerLogin {
		if _, err := th.begin("alice", netip.Addr{}, now); err != nil {
			t.Errorf("the count was not forgotten: %v", err)
		}
	}
}

func TestThrottleCancel(t *testing.T) {
	th := newThrottle()
	now := time.Unix(1_800_000_000, 0)
	for range 10 * freePerLogin {
		attempt, err := th.begin("alice", netip.MustParseAddr("192.0.2.1"), now)
		if err != nil {
			t.Fatal(err)
		}
		attempt.cancel()
	}
}

func BenchmarkHash(b *testing.B) {
	h := newHasher(DefaultPasswordCost())
	for b.Loop() {
		if _, err := h.hash(b.Context(), "correct horse battery"); err != nil {
			b.Fatal(err)
		}
	}
}
