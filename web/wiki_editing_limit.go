package web

import (
	"container/list"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/web/ui/format"
)

// Pace bounds how often something may happen: Burst times at once, and PerMinute
// times in the long run.
type Pace struct {
	PerMinute float64
	Burst     int
}

// WritePaces bound what callers may do to wikis.
type WritePaces struct {
	Account  Pace // commits of one account
	Stranger Pace // commits from one address without an account
	Wiki     Pace // commits to one wiki by all callers
	Typing   Pace // previews and drafts of one caller
}

// DefaultWritePaces leave people alone and stop programs that run wild.
func DefaultWritePaces() WritePaces {
	return WritePaces{
		Account:  Pace{PerMinute: 60, Burst: 60},
		Stranger: Pace{PerMinute: 10, Burst: 10},
		Wiki:     Pace{PerMinute: 300, Burst: 300},
		Typing:   Pace{PerMinute: 240, Burst: 120},
	}
}

// tooManyWrites says how long to wait before the next write.
type tooManyWrites struct{ after time.Duration }

// Error implements error.
func (e *tooManyWrites) Error() string {
	return "Too many changes in a short time. Try again in " + format.Plural(max(1, int(e.after.Seconds()+0.999)), "second", "seconds") + "."
}

// writeMeter counts the writes of callers and wikis. It remembers a bounded
// number of them; who was forgotten begins anew.
type writeMeter struct {
	paces WritePaces
	now   func() time.Time
	most  int // entries

	mu      sync.Mutex
	entries map[string]*list.Element // of *writeEntry
	order   *list.List               // the least recently used first
}

type writeEntry struct {
	key   string
	meter *rate.Limiter
}

// mostWriters bounds a writeMeter's entries, of about 200 bytes each.
const mostWriters = 20_000

func newWriteMeter(paces WritePaces) *writeMeter {
	return &writeMeter{paces: paces, now: time.Now, most: mostWriters, entries: make(map[string]*list.Element), order: list.New()}
}

// take notes an event for all keys, or for none when one of them has to wait.
func (m *writeMeter) take(paces map[string]Pace) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	var wait time.Duration
	var taken []*rate.Reservation
	for key, pace := range paces {
		r := m.of(key, pace).ReserveN(now, 1)
		if !r.OK() {
			wait = max(wait, time.Minute)
			continue
		}
		taken = append(taken, r)
		wait = max(wait, r.DelayFrom(now))
	}
	if wait == 0 {
		return nil
	}
	for _, r := range taken {
		r.CancelAt(now)
	}
	return &tooManyWrites{after: wait}
}

// of returns the meter of a key. The caller holds mu.
func (m *writeMeter) of(key string, pace Pace) *rate.Limiter {
	if e, ok := m.entries[key]; ok {
		m.order.MoveToBack(e)
		return e.Value.(*writeEntry).meter
	}
	for len(m.entries) >= m.most {
		oldest := m.order.Front()
		delete(m.entries, m.order.Remove(oldest).(*writeEntry).key)
	}
	entry := &writeEntry{key, rate.NewLimiter(rate.Limit(pace.PerMinute/60), pace.Burst)}
	m.entries[key] = m.order.PushBack(entry)
	return entry.meter
}

// mayChange fails when the caller, or everybody together, changes the wiki too
// often. Every commit is asked for, whichever way it comes.
func (s *server) mayChange(v *wikiVisit) error {
	key, pace := s.writer(v)
	return s.writes.take(map[string]Pace{"commits " + key: pace, "wiki " + v.slug.String(): s.writes.paces.Wiki})
}

// mayType fails when the caller asks for too many previews or drafts.
func (s *server) mayType(v *wikiVisit) error {
	key, _ := s.writer(v)
	return s.writes.take(map[string]Pace{"typing " + key: s.writes.paces.Typing})
}

// writer returns whom a write is counted for. Strangers are told apart by their
// address, and of IPv6 by the part that one household has.
func (s *server) writer(v *wikiVisit) (key string, pace Pace) {
	switch {
	case v.signedIn():
		return "account " + v.caller.Account.ID, s.writes.paces.Account
	case v.otter != nil:
		return "proxy " + v.otter.Email, s.writes.paces.Account
	}
	addr := identity.ClientAddr(v.r, s.Trusted)
	if addr.Is6() && !addr.Is4In6() {
		if prefix, err := addr.Prefix(64); err == nil {
			return fmt.Sprint("address ", prefix), s.writes.paces.Stranger
		}
	}
	return fmt.Sprint("address ", netip.Addr.Unmap(addr)), s.writes.paces.Stranger
}
