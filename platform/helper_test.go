package platform_test

import (
	"context"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
)

const goodPassword = "correct horse battery"

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Unix(1_800_000_000, 0)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// cheap keeps tests fast; it is no cost for real passwords.
func cheap() platform.Option {
	return platform.WithPasswordCost(platform.PasswordCost{Memory: 8, Passes: 1, Threads: 1})
}

// MustOpen opens a store in a new directory with a clock that stands still.
func MustOpen(tb testing.TB, options ...platform.Option) (*platform.Store, *clock) {
	tb.Helper()
	now := newClock()
	options = append([]platform.Option{cheap(), platform.WithClock(now.Now)}, options...)
	return MustOpenFile(tb, filepath.Join(tb.TempDir(), "holt.db"), options...), now
}

func MustOpenFile(tb testing.TB, path string, options ...platform.Option) *platform.Store {
	tb.Helper()
	s, err := platform.Open(tb.Context(), path, options...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

func MustCreate(tb testing.TB, s *platform.Store, login string, admin bool) platform.Account {
	tb.Helper()
	a, err := s.CreateLocal(tb.Context(), platform.NewAccount{Login: login, Password: goodPassword, Admin: admin})
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

func MustResolve(tb testing.TB, s *platform.Store, p platform.Proof) platform.Account {
	tb.Helper()
	a, err := s.Resolve(tb.Context(), p)
	if err != nil {
		tb.Fatalf("resolve %+v: %v", p, err)
	}
	return a
}

func MustSession(tb testing.TB, s *platform.Store, accountID string) string {
	tb.Helper()
	secret, _, err := s.NewSession(tb.Context(), accountID, "test")
	if err != nil {
		tb.Fatal(err)
	}
	return secret
}

func jwtProof(subject string) platform.Proof {
	return platform.Proof{Provider: platform.ProviderJWT, Subject: subject}
}

func proxyProof(subject string) platform.Proof {
	return platform.Proof{Provider: platform.ProviderProxy, Subject: subject}
}

func from(ctx context.Context, address string) context.Context {
	return platform.WithActor(ctx, platform.Actor{Address: netip.MustParseAddr(address)})
}

// together runs do in n goroutines that start at the same moment, and returns
// their errors.
func together(n int, do func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			<-start
			errs[i] = do(i)
		})
	}
	close(start)
	running.Wait()
	return errs
}
