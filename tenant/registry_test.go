package tenant_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holtdb/holt/tenant"
)

// watched is a tenant's value that knows whether it is used wrongly.
type watched struct {
	*notes
	census *census
	closed atomic.Bool
	users  atomic.Int32
}

// census counts what is open across a registry.
type census struct {
	t     *testing.T
	mu    sync.Mutex
	open  map[tenant.ID]bool
	most  int
	opens int
}

func (c *census) enter(ctx context.Context, home *tenant.Home) (*watched, error) {
	n, err := openNotes(ctx, home)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open[home.ID()] {
		c.t.Errorf("%s is open twice", home.ID())
	}
	c.open[home.ID()] = true
	c.opens++
	c.most = max(c.most, len(c.open))
	return &watched{notes: n, census: c}, nil
}

func (w *watched) Close() error {
	if w.closed.Swap(true) {
		w.census.t.Errorf("%s was closed twice", w.home.ID())
	}
	if n := w.users.Load(); n > 0 {
		w.census.t.Errorf("%s was closed under %d users", w.home.ID(), n)
	}
	w.census.mu.Lock()
	delete(w.census.open, w.home.ID())
	w.census.mu.Unlock()
	return w.notes.Close()
}

func (w *watched) use(ctx context.Context, write bool) error {
	w.users.Add(1)
	defer w.users.Add(-1)
	if w.closed.Load() {
		w.census.t.Errorf("%s is used after it was closed", w.home.ID())
	}
	if write {
		return w.Add(ctx, "of "+w.home.ID().String())
	}
	got, err := w.All(ctx)
	for _, text := range got {
		if text != "of "+w.home.ID().String() {
			w.census.t.Errorf("%s has %q", w.home.ID(), text)
		}
	}
	return err
}

func TestBoundUnderLoad(t *testing.T) {
	const tenants, bound, goroutines, rounds = 500, 32, 64, 40
	f := MustFleet(t, t.TempDir())
	c := &census{t: t, open: make(map[tenant.ID]bool)}
	r := tenant.NewRegistry(f, c.enter, tenant.Options{MaxOpen: bound})
	ids := make([]tenant.ID, tenants)
	for i := range ids {
		ids[i] = MustID(t, fmt.Sprintf("user-%03d", i))
	}
	var wg sync.WaitGroup
	for g := range goroutines {
		rng := rand.New(rand.NewPCG(uint64(g), 1))
		wg.Go(func() {
			for i := range rounds {
				// Some are asked for much more often than others.
				id := ids[min(rng.IntN(tenants), rng.IntN(tenants))]
				h, err := r.AcquireOrCreate(t.Context(), id)
				if err != nil {
					t.Errorf("%s: %v", id, err)
					return
				}
				if err := h.Value().use(t.Context(), i%4 == 0); err != nil {
					t.Errorf("%s: %v", id, err)
				}
				if s := r.Stats(); s.Open > bound {
					t.Errorf("%d are open, %d allowed", s.Open, bound)
				}
				h.Release()
				h.Release() // must not take another's pin off
			}
		})
	}
	wg.Wait()
	if s := r.Stats(); s.Pinned != 0 || s.Waiting != 0 {
		t.Errorf("handles leaked: %+v", s)
	}
	if c.most > bound {
		t.Errorf("%d values were open at once, %d allowed", c.most, bound)
	}
	if c.opens <= bound {
		t.Errorf("only %d openings: nothing was evicted, the test proves nothing", c.opens)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := r.Close(ctx); err != nil {
		t.Error(err)
	}
	if len(c.open) != 0 {
		t.Errorf("%d values are open after Close", len(c.open))
	}
	_, err := r.Acquire(t.Context(), ids[0])
	wantErr(t, err, tenant.ErrClosed)
}

func TestConcurrentFirstRequestsShareOneOpening(t *testing.T) {
	f := MustFleet(t, t.TempDir())
	c := &census{t: t, open: make(map[tenant.ID]bool)}
	r := tenant.NewRegistry(f, c.enter, tenant.Options{})
	defer r.Close(t.Context())
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			h, err := r.AcquireOrCreate(t.Context(), MustID(t, "bob"))
			if err != nil {
				t.Error(err)
				return
			}
			h.Release()
		})
	}
	wg.Wait()
	if c.opens != 1 {
		t.Errorf("opened %d times, want once", c.opens)
	}
}

func TestBackoff(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	var now atomic.Int64
	f.SetNow(func() time.Time { return time.Unix(now.Load(), 0) })
	MustCreate(t, f, "bob")
	broken, whole := filepath.Join(homePath(dir, "bob"), "notes.db"), filepath.Join(dir, "whole.db")
	if err := os.Rename(broken, whole); err != nil {
		t.Fatal(err)
	}
	MustWrite(t, broken, "this is no database, and it is long enough to be looked at: "+string(make([]byte, 4096)))
	r := MustRegistry(t, f, tenant.Options{})
	_, err := r.Acquire(t.Context(), MustID(t, "bob"))
	var failed *tenant.OpenError
	if !errors.As(err, &failed) || failed.RetryAt.Unix() != 1 {
		t.Fatalf("got %v", err)
	}
	if list := r.Failures(); len(list) != 1 || list[0].Tenant.String() != "bob" {
		t.Errorf("failures: %v", list)
	}
	if err := os.Rename(whole, broken); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Acquire(t.Context(), MustID(t, "bob")); !errors.As(err, &failed) {
		t.Errorf("tried again before its time: %v", err)
	}
	now.Add(2)
	MustAdd(t, r, "bob", "well again")
	if list := r.Failures(); len(list) != 0 {
		t.Errorf("still in the list: %v", list)
	}
}

func TestDeleteWhileRequestsRun(t *testing.T) {
	f := MustFleet(t, t.TempDir())
	r := MustRegistry(t, f, tenant.Options{MaxOpen: 4})
	bob := MustID(t, "bob")
	MustCreate(t, f, "bob")
	var acknowledged atomic.Int64
	var wg sync.WaitGroup
	started := make(chan struct{})
	for range 16 {
		wg.Go(func() {
			for {
				err := r.With(t.Context(), bob, func(ctx context.Context, n *notes) error {
					// Not ctx: a write that has begun is finished before the tenant leaves.
					if err := n.Add(t.Context(), "x"); err != nil {
						return err
					}
					if acknowledged.Add(1) == 50 {
						close(started)
					}
					return nil
				})
				if errors.Is(err, tenant.ErrNotExist) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	<-started
	if err := r.Delete(t.Context(), bob); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if err := f.Undelete(t.Context(), bob); err != nil {
		t.Fatal(err)
	}
	got, err := all(t.Context(), r, bob)
	if err != nil || int64(len(got)) != acknowledged.Load() {
		t.Errorf("%d rows, %v; %d were acknowledged", len(got), err, acknowledged.Load())
	}
}

func TestDeleteGivesUpOnHeldHandle(t *testing.T) {
	f := MustFleet(t, t.TempDir())
	r := MustRegistry(t, f, tenant.Options{})
	MustCreate(t, f, "bob")
	h, err := r.Acquire(t.Context(), MustID(t, "bob"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	wantErr(t, r.Delete(ctx, MustID(t, "bob")), tenant.ErrBusy)
	if err := h.Value().Add(t.Context(), "kept"); err != nil {
		t.Error(err)
	}
	h.Release()
	if got, err := all(t.Context(), r, MustID(t, "bob")); err != nil || len(got) != 1 {
		t.Errorf("got %q, %v", got, err)
	}
}
