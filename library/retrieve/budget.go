package retrieve

import (
	"cmp"
	"slices"
	"sync"
)

// Budget bounds the bytes of all that is held in memory for searching and
// shares them between tenants.
//
// While everything fits, everybody gets what they ask for. When it does not,
// the fair share is the highest level at which the shares would fit if the
// larger ones were cut down to it; a share that has not been used lately has no
// claim. Who asks for no more than the fair share gets it (or is told to ask
// again, while others are just dropping theirs). Room is made
// by those above it, the least recently used first. Who asks for more than the
// fair share takes the place only of those who were used much less often
// lately: so a huge tenant does not push the small ones out, and a thousand
// small ones that have not room all together do not push each other out in
// turn, which would be the same as holding nothing.
type Budget struct {
	max int64

	mu      sync.Mutex
	used    int64 // by shares
	leaving int64 // taken from shares whose owners have not dropped it yet
	shares  int64
	holders map[*Share]struct{} // shares with bytes
	uses    int64               // of all shares, ever
	epoch   int64               // ages the uses of shares
	until   int64               // uses at which the epoch ends
}

// NewBudget returns a budget of so many bytes.
func NewBudget(bytes int64) *Budget {
	return &Budget{max: bytes, holders: make(map[*Share]struct{}), until: leastEpoch}
}

// An epoch is so many uses for each share, and no less than leastEpoch. With
// each, the uses of a share count half.
const (
	usesPerEpoch = 8
	leastEpoch   = 64
)

// Used returns the bytes that are taken. It is never above the bound.
func (b *Budget) Used() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used + b.leaving
}

// Join returns a new share that holds nothing. evict is called, from any
// goroutine, after the share lost its bytes: it drops what they were for and
// returns when that is done. It may use the budget.
func (b *Budget) Join(evict func()) *Share {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &Share{budget: b, evict: evict, epoch: b.epoch}
	b.shares++
	s.use()
	return s
}

// Share is one tenant's part of a budget.
//
// An owner asks with Resize before it makes what it wants to hold, one request
// at a time. When it is made, it looks with Held whether the bytes are still
// its own, and puts it in its place, both under the lock that evict takes; if
// they are not, it uses what it made once and drops it. Resize is called
// without that lock: it waits until others have dropped theirs. Who wants to
// hold less drops something first.
type Share struct {
	budget *Budget
	evict  func()

	// Guarded by the budget's lock.
	bytes  int64
	last   int64 // uses of the budget at the last use
	recent int64 // uses lately, as of epoch
	epoch  int64
	left   bool
}

// Held returns the bytes that the share holds: what was last granted, or 0.
func (s *Share) Held() int64 {
	s.budget.mu.Lock()
	defer s.budget.mu.Unlock()
	return s.bytes
}

// Touch says that the tenant searches, whether it holds something or not.
func (s *Share) Touch() {
	s.budget.mu.Lock()
	defer s.budget.mu.Unlock()
	if !s.left {
		s.use()
	}
}

// Leave gives everything back for good, after its owner has dropped it. An
// eviction that is under way may still call evict.
func (s *Share) Leave() {
	b := s.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if !s.left {
		b.shares--
	}
	s.hold(0)
	s.left = true
}

// Resize changes what the share holds. It returns false when that is not
// granted: then the share holds nothing any more, and evict was called if it
// had held something. When it returns true, the others that had to make room
// have dropped theirs.
func (s *Share) Resize(bytes int64) bool {
	victims, surplus, granted := s.resize(max(0, bytes))
	if len(victims) > 0 {
		defer s.budget.settle(surplus)
		for _, v := range victims {
			v.evict()
		}
	}
	return granted
}

// resize decides under the lock. What the victims held goes to the share; the
// surplus is free when they have dropped it.
func (s *Share) resize(bytes int64) (victims []*Share, surplus int64, granted bool) {
	b := s.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.left {
		return nil, 0, bytes == 0
	}
	granted = true
	if need := b.used - s.bytes + b.leaving + bytes - b.max; need > 0 {
		victims, surplus = b.makeRoom(s, bytes, need)
		granted = len(victims) > 0
	}
	if !granted {
		bytes = 0
		if s.bytes > 0 {
			victims, surplus = []*Share{s}, s.bytes
		}
	}
	for _, v := range victims {
		v.hold(0)
	}
	b.leaving += surplus
	s.hold(bytes)
	return victims, surplus, granted
}

// hold sets what a share has.
func (s *Share) hold(bytes int64) {
	b := s.budget
	b.used += bytes - s.bytes
	s.bytes = bytes
	if bytes > 0 {
		b.holders[s] = struct{}{}
	} else {
		delete(b.holders, s)
	}
}

func (b *Budget) settle(surplus int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.leaving -= surplus
}

// makeRoom returns the shares that have to go so that s gets its bytes, and how
// much more than needed they hold. It returns none when s does not get them.
func (b *Budget) makeRoom(s *Share, bytes, need int64) (victims []*Share, surplus int64) {
	if bytes > b.max {
		return nil, 0
	}
	level := b.level(s, bytes)
	var above []*Share
	for other := range b.holders {
		if other != s && (other.bytes > level || other.uses() == 0) {
			above = append(above, other)
		}
	}
	slices.SortFunc(above, func(x, y *Share) int { return cmp.Compare(x.last, y.last) })
	const much = 2 // what is used about as often stays where it is
	for _, v := range above {
		if bytes > level && s.uses() <= much*v.uses() {
			continue
		}
		victims = append(victims, v)
		if need -= v.bytes; need <= 0 {
			return victims, -need
		}
	}
	return nil, 0
}

// level returns the fair share when s asks for bytes.
func (b *Budget) level(s *Share, bytes int64) int64 {
	claims := []int64{bytes}
	for other := range b.holders {
		if other != s && other.uses() > 0 {
			claims = append(claims, other.bytes)
		}
	}
	slices.Sort(claims)
	left := b.max
	for i, claim := range claims {
		if equal := left / int64(len(claims)-i); claim > equal {
			return equal
		}
		left -= claim
	}
	return b.max
}

// use counts a use.
func (s *Share) use() {
	b := s.budget
	b.uses++
	if b.uses >= b.until {
		b.epoch++
		b.until = b.uses + max(leastEpoch, usesPerEpoch*b.shares)
	}
	s.recent = s.uses() + 1
	s.epoch = b.epoch
	s.last = b.uses
}

// uses returns how often the share was used lately.
func (s *Share) uses() int64 {
	const whole = 63
	return s.recent >> min(whole, s.budget.epoch-s.epoch)
}
