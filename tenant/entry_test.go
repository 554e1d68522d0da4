package tenant_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/holtdb/holt/tenant"
)

// later acquires a tenant, releases it at once and reports how that went.
func later(ctx context.Context, r *tenant.Registry[*notes], id tenant.ID) <-chan error {
	got := make(chan error, 1)
	go func() {
		h, err := r.Acquire(ctx, id)
		if err == nil {
			h.Release()
		}
		got <- err
	}()
	return got
}

// awaitQueue waits until a request waits for a place.
func awaitQueue(r *tenant.Registry[*notes]) {
	for r.Stats().Waiting == 0 {
		time.Sleep(time.Millisecond)
	}
}

func TestFullRegistry(t *testing.T) {
	f := MustFleet(t, t.TempDir())
	MustCreate(t, f, "a", "b", "c")
	r := MustRegistry(t, f, tenant.Options{MaxOpen: 2})
	a, err := r.Acquire(t.Context(), MustID(t, "a"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.Acquire(t.Context(), MustID(t, "b"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := r.Acquire(t.Context(), MustID(t, "a")) // open already: needs no place
	if err != nil {
		t.Fatal(err)
	}
	again.Release()

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = r.Acquire(ctx, MustID(t, "c"))
	wantErr(t, err, tenant.ErrBusy)
	wantErr(t, err, context.DeadlineExceeded)
	if s := r.Stats(); s.Waiting != 0 || s.Open != 2 {
		t.Errorf("after giving up: %+v", s)
	}

	got := make(chan error, 1)
	go func() {
		h, err := r.Acquire(t.Context(), MustID(t, "c"))
		if err == nil {
			h.Release()
		}
		got <- err
	}()
	for r.Stats().Waiting == 0 {
		time.Sleep(time.Millisecond)
	}
	a.Release() // makes room for the one that waits
	if err := <-got; err != nil {
		t.Error(err)
	}
	b.Release()
}

// TestAbandonedOpeningMakesRoom: a tenant that nobody wants any more when it is
// open at last gives its place to the one that waits.
func TestAbandonedOpeningMakesRoom(t *testing.T) {
	f := MustFleet(t, t.TempDir())
	MustCreate(t, f, "slow", "b")
	begun, goOn := make(chan struct{}), make(chan struct{})
	r := tenant.NewRegistry(f, func(ctx context.Context, home *tenant.Home) (*notes, error) {
		if home.ID().String() == "slow" {
			close(begun)
			<-goOn
		}
		return openNotes(ctx, home)
	}, tenant.Options{MaxOpen: 1})
	defer MustClose(t, r)
	impatient, giveUp := context.WithCancel(t.Context())
	slow := later(impatient, r, MustID(t, "slow"))
	<-begun
	giveUp()
	wantErr(t, <-slow, tenant.ErrBusy)

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	b := later(ctx, r, MustID(t, "b"))
	awaitQueue(r)
	close(goOn)
	if err := <-b; err != nil {
		t.Errorf("it waited beside an idle tenant: %v", err)
	}
}

func TestCloseEndsWaiting(t *testing.T) {
	f := MustFleet(t, t.TempDir())
	MustCreate(t, f, "a", "b")
	opened := 0
	r := tenant.NewRegistry(f, func(ctx context.Context, home *tenant.Home) (*notes, error) {
		opened++
		return openNotes(ctx, home)
	}, tenant.Options{MaxOpen: 1})
	a, err := r.Acquire(t.Context(), MustID(t, "a"))
	if err != nil {
		t.Fatal(err)
	}
	b := later(t.Context(), r, MustID(t, "b"))
	awaitQueue(r)
	ended, end := context.WithCancel(t.Context())
	end()
	wantErr(t, r.Close(ended), tenant.ErrBusy)
	a.Release()
	wantErr(t, <-b, tenant.ErrClosed)
	MustClose(t, r)
	if opened != 1 {
		t.Errorf("%d tenants were opened, want 1", opened)
	}
}

// TestEvictLeavesNextOneAlone: who asks during an eviction gets the tenant
// opened again, and the eviction does not begin anew.
func TestEvictLeavesNextOneAlone(t *testing.T) {
	f := MustFleet(t, t.TempDir())
	MustCreate(t, f, "bob")
	r := MustRegistry(t, f, tenant.Options{})
	bob := MustID(t, "bob")
	first, err := r.Acquire(t.Context(), bob)
	if err != nil {
		t.Fatal(err)
	}
	evicted := make(chan error, 1)
	go func() { evicted <- r.Evict(t.Context(), bob) }()
	<-first.Leaving().Done()
	next := make(chan *tenant.Handle[*notes], 1)
	go func() {
		h, err := r.Acquire(t.Context(), bob)
		if err != nil {
			t.Error(err)
		}
		next <- h
	}()
	first.Release()
	if h := <-next; h != nil {
		defer h.Release()
		if err := <-evicted; err != nil {
			t.Error(err)
		}
		if h.Leaving().Err() != nil {
			t.Error("the next one was evicted too")
		}
	}
}

// panicky is a tenant's value that cannot be closed without a panic.
type panicky struct{ *notes }

func (p panicky) Close() error {
	if err := p.notes.Close(); err != nil || p.home.ID().String() == "bad-close" {
		panic("a mistake in the application")
	}
	return nil
}

func TestPanicDoesNotBlockOthers(t *testing.T) {
	f := MustFleet(t, t.TempDir())
	MustCreate(t, f, "bad-open", "bad-close", "good")
	r := tenant.NewRegistry(f, func(ctx context.Context, home *tenant.Home) (panicky, error) {
		if home.ID().String() == "bad-open" {
			panic("a mistake in the application")
		}
		n, err := openNotes(ctx, home)
		return panicky{n}, err
	}, tenant.Options{MaxOpen: 1})
	_, err := r.Acquire(t.Context(), MustID(t, "bad-open"))
	var failed *tenant.OpenError
	if !errors.As(err, &failed) {
		t.Errorf("got %v", err)
	}
	for _, name := range []string{"bad-close", "good"} {
		err := r.With(t.Context(), MustID(t, name), func(ctx context.Context, p panicky) error { return p.Add(ctx, "fine") })
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := r.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
