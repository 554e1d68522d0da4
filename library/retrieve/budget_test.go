package retrieve_test

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/holtdb/holt/library/retrieve"
)

// holder is a tenant that keeps something in memory, in the way in which
// [retrieve.Share] wants it.
type holder struct {
	share *retrieve.Share
	total *atomic.Int64 // what all holders have

	loading sync.Mutex // one load at a time

	mu    sync.Mutex
	bytes int64 // what is there
	loads int
}

func MustJoin(b *retrieve.Budget, total *atomic.Int64) *holder {
	h := &holder{total: total}
	h.share = b.Join(h.drop)
	return h
}

func (h *holder) drop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.total.Add(-h.bytes)
	h.bytes = 0
}

// search uses what is held, or loads it. It reports whether it was there.
func (h *holder) search(bytes int64) bool {
	h.share.Touch()
	h.loading.Lock()
	defer h.loading.Unlock()
	h.mu.Lock()
	hit := h.bytes >= bytes
	h.mu.Unlock()
	if hit {
		return true
	}
	if !h.share.Resize(bytes) {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.share.Held() >= bytes {
		h.loads++
		h.total.Add(bytes - h.bytes)
		h.bytes = bytes
	}
	return false
}

func (h *holder) holds() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.bytes > 0
}

func TestBudget_Simple(t *testing.T) {
	b := retrieve.NewBudget(100)
	evicted := 0
	s := b.Join(func() { evicted++ })
	for _, step := range []struct {
		bytes, held int64
		granted     bool
	}{{60, 60, true}, {100, 100, true}, {10, 10, true}, {101, 0, false}, {101, 0, false}, {100, 100, true}, {0, 0, true}, {30, 30, true}, {-5, 0, true}, {30, 30, true}} {
		if granted := s.Resize(step.bytes); granted != step.granted || s.Held() != step.held || b.Used() != step.held {
			t.Errorf("%d bytes: granted %v, held %d, used %d", step.bytes, granted, s.Held(), b.Used())
		}
	}
	s.Leave()
	s.Leave()
	s.Touch()
	if s.Resize(1) || !s.Resize(0) || b.Used() != 0 || evicted != 1 {
		t.Errorf("after leaving: used %d, %d evictions", b.Used(), evicted)
	}
}

// TestBudget_Entitled makes room for one who asks for no more than its share:
// the least recently used of the larger ones goes, nobody else.
func TestBudget_Entitled(t *testing.T) {
	b, total := retrieve.NewBudget(100), new(atomic.Int64)
	small, old, young := MustJoin(b, total), MustJoin(b, total), MustJoin(b, total)
	small.search(10)
	old.search(45)
	young.search(45)
	young.search(45)
	MustJoin(b, total).search(20)
	if !small.holds() || old.holds() || !young.holds() || b.Used() != 75 || total.Load() != 75 {
		t.Errorf("small %v, old %v, young %v, used %d, there %d", small.holds(), old.holds(), young.holds(), b.Used(), total.Load())
	}
}

// TestBudget_Huge proves that one huge tenant does not push the small ones out,
// even if it is used all the time, while they are used at all; and that it gets
// the place of those who are not.
func TestBudget_Huge(t *testing.T) {
	b, total := retrieve.NewBudget(1000), new(atomic.Int64)
	huge := MustJoin(b, total)
	var small []*holder
	for range 20 {
		small = append(small, MustJoin(b, total))
	}
	for range 50 {
		for _, s := range small {
			s.search(10)
		}
		for range 5 {
			huge.search(900)
		}
	}
	for i, s := range small {
		if !s.holds() || s.loads != 1 {
			t.Errorf("small tenant %d was pushed out: %d loads", i, s.loads)
		}
	}
	if huge.holds() {
		t.Error("900 and 200 bytes fit into 1000")
	}
	for range 2000 {
		huge.search(900)
	}
	if !huge.holds() || huge.loads != 1 {
		t.Errorf("the only one who searches does not get the place of those who do not: %d loads", huge.loads)
	}
	// Who comes back asks for little, and gets it.
	if small[0].search(10); huge.loads != 1 || total.Load() > 1000 {
		t.Errorf("%d bytes are there", total.Load())
	}
}

// TestBudget_Burst lets ten times as many tenants search as there is room for.
// Those inside stay: pushing each other out in turn would load at each search.
func TestBudget_Burst(t *testing.T) {
	for name, pick := range map[string]func(i int) int{
		"in turn":   func(i int) int { return i % 500 },
		"at random": func(int) int { return rand.IntN(500) },
	} {
		b, total := retrieve.NewBudget(500), new(atomic.Int64)
		var all []*holder
		for range 500 {
			all = append(all, MustJoin(b, total))
		}
		hits, loads := 0, 0
		const searches = 15_000
		for i := range searches {
			if all[pick(i)].search(10) {
				hits++
			}
		}
		for _, h := range all {
			loads += h.loads
		}
		if hits < searches/15 || loads > searches/20 {
			t.Errorf("%s: %d hits and %d loads in %d searches", name, hits, loads, searches)
		}
	}
}

// TestBudget_Popular keeps what is used often.
func TestBudget_Popular(t *testing.T) {
	b, total := retrieve.NewBudget(1000), new(atomic.Int64)
	var all []*holder
	for range 1000 {
		all = append(all, MustJoin(b, total))
	}
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.2, 3, 999)
	hits, searches, shift := 0, 30_000, 0
	for i := range searches {
		if i == searches/2 {
			shift = 500 // others are popular now
		}
		if all[(int(zipf.Uint64())+shift)%1000].search(10) {
			hits++
		}
	}
	if hits < searches/2 {
		t.Errorf("%d hits in %d searches", hits, searches)
	}
}

// TestBudget_Reentrant proves that callbacks are called without the lock.
func TestBudget_Reentrant(t *testing.T) {
	b := retrieve.NewBudget(100)
	var first, second *retrieve.Share
	calls := 0
	first = b.Join(func() {
		calls++
		if first.Held() != 0 || b.Used() > 100 {
			t.Errorf("evicted with %d bytes, used %d", first.Held(), b.Used())
		}
		if first.Resize(5) {
			t.Error("got what is not free until this returns")
		}
		second.Touch()
		b.Join(func() {}).Leave()
	})
	second = b.Join(func() {})
	if !first.Resize(90) || !second.Resize(40) || calls != 1 {
		t.Errorf("%d calls", calls)
	}
	if !first.Resize(5) || b.Used() != 45 || first.Held() != 5 || second.Held() != 40 {
		t.Errorf("used %d, held %d and %d", b.Used(), first.Held(), second.Held())
	}
}

// TestBudget_Concurrent holds the bound exactly, of what is granted and of what
// is really there, while many join, grow, search and leave.
func TestBudget_Concurrent(t *testing.T) {
	const bound = 10_000
	b, total := retrieve.NewBudget(bound), new(atomic.Int64)
	var wg sync.WaitGroup
	check := func() {
		if used, there := b.Used(), total.Load(); used > bound || used < 0 || there > bound || there < 0 {
			t.Errorf("used %d, there %d", used, there)
		}
	}
	var shared []*holder
	for range 8 {
		shared = append(shared, MustJoin(b, total))
	}
	for g := range 24 {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(g), 1))
			own := MustJoin(b, total)
			for range 400 {
				switch size := rng.Int64N(200) + 1; rng.IntN(12) {
				case 0:
					own.search(rng.Int64N(9000)) // huge
				case 1:
					own.drop()
					own.share.Leave()
					own = MustJoin(b, total)
				case 2, 3, 4, 5:
					// One tenant has several requests at a time.
					shared[rng.IntN(len(shared))].search(size * 10)
				default:
					own.search(size)
				}
				check()
			}
			own.drop()
			own.share.Leave()
		})
	}
	wg.Wait()
	for _, h := range shared {
		h.drop()
		h.share.Leave()
	}
	if b.Used() != 0 || total.Load() != 0 {
		t.Errorf("all left: used %d, there %d", b.Used(), total.Load())
	}
}
