package platform

import (
	"container/list"
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"
)

// Failed sign-ins that cost no wait, and the waits after them: doubled from
// the first to the longest. A count is forgotten when nothing was tried for a
// while after its wait.
const (
	freePerLogin   = 5
	freePerAddress = 20 // an office shares an address
	firstWait      = time.Second
	longestWait    = 5 * time.Minute
	forgetAfter    = time.Hour
	maxCounted     = 16 << 10 // entries of each table
)

// throttle counts failed sign-ins per login and per address. It is kept in
// memory: a failed attempt must not cost a write to the disk, and a restart
// gives an attacker no more than the free attempts again. Its size is bounded;
// when it is full, the count that was used longest ago goes.
type throttle struct {
	mu        sync.Mutex
	logins    attempts
	addresses attempts
}

func newThrottle() *throttle {
	return &throttle{
		logins:    attempts{free: freePerLogin, limit: maxCounted},
		addresses: attempts{free: freePerAddress, limit: maxCounted},
	}
}

// begin counts an attempt as failed before it is made, so that parallel
// guesses do not share the same free attempt. It fails with a [*Throttled] and
// counts nothing while login or address has to wait. An empty login or an
// invalid address is not counted.
func (t *throttle) begin(login string, address netip.Addr, now time.Time) (*attempt, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := &attempt{throttle: t}
	if login != "" {
		a.login = t.logins.at(sha256.Sum256([]byte(login)), now)
	}
	if address.IsValid() {
		a.address = t.addresses.at(addressKey(address), now)
	}
	if wait := max(a.login.wait(now), a.address.wait(now)); wait > 0 {
		return nil, &Throttled{RetryAfter: wait}
	}
	a.login.add(t.logins.free, now)
	a.address.add(t.addresses.free, now)
	return a, nil
}

// addressKey takes an IPv6 network of 64 bits as one address: that is what a
// single customer gets.
func addressKey(address netip.Addr) [sha256.Size]byte {
	address = address.Unmap().WithZone("")
	bits := address.BitLen()
	if address.Is6() {
		bits = 64
	}
	network, _ := address.Prefix(bits) // bits are in range
	return sha256.Sum256([]byte(network.String()))
}

// attempt is one counted sign-in.
type attempt struct {
	throttle       *throttle
	login, address *count
}

// succeed forgets the login's failures and takes this attempt off the
// address's: a person who can sign in must not clear what others do from there.
func (a *attempt) succeed() {
	a.throttle.mu.Lock()
	defer a.throttle.mu.Unlock()
	if a.login != nil {
		a.login.failures, a.login.until = 0, time.Time{}
	}
	a.address.takeBack(a.throttle.addresses.free)
}

// cancel takes the attempt off: nothing was learned from it.
func (a *attempt) cancel() {
	a.throttle.mu.Lock()
	defer a.throttle.mu.Unlock()
	a.login.takeBack(a.throttle.logins.free)
	a.address.takeBack(a.throttle.addresses.free)
}

// attempts is a bounded table of counts, the most recently used in front.
type attempts struct {
	free, limit int
	byKey       map[[sha256.Size]byte]*list.Element
	order       *list.List // of *count
}

type count struct {
	key      [sha256.Size]byte
	failures int
	until    time.Time // no attempt before
	last     time.Time
}

func (t *attempts) at(key [sha256.Size]byte, now time.Time) *count {
	if t.order == nil {
		t.byKey, t.order = make(map[[sha256.Size]byte]*list.Element), list.New()
	}
	if e, ok := t.byKey[key]; ok {
		t.order.MoveToFront(e)
		c := e.Value.(*count)
		if now.Sub(c.last) > longestWait+forgetAfter {
			c.failures, c.until = 0, time.Time{}
		}
		return c
	}
	if t.order.Len() >= t.limit {
		oldest := t.order.Back()
		delete(t.byKey, t.order.Remove(oldest).(*count).key)
	}
	c := &count{key: key, last: now}
	t.byKey[key] = t.order.PushFront(c)
	return c
}

// A nil count counts nothing.

func (c *count) wait(now time.Time) time.Duration {
	if c == nil {
		return 0
	}
	return c.until.Sub(now)
}

func (c *count) add(free int, now time.Time) {
	if c == nil {
		return
	}
	c.failures++
	c.last = now
	if over := c.failures - free; over >= 0 {
		c.until = now.Add(waitAfter(over))
	}
}

func (c *count) takeBack(free int) {
	if c == nil || c.failures == 0 {
		return
	}
	c.failures--
	if c.failures < free {
		c.until = time.Time{}
	}
}

// waitAfter doubles the first wait over times, up to the longest.
func waitAfter(over int) time.Duration {
	wait := firstWait
	for range over {
		if wait *= 2; wait >= longestWait {
			return longestWait
		}
	}
	return wait
}
