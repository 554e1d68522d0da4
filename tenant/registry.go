package tenant

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"
)

// Defaults of [Options].
const (
	DefaultMaxOpen     = 256
	DefaultIdle        = 5 * time.Minute
	DefaultOpenTimeout = time.Minute
)

// watchEvery is how often open tenants are compared with the disk: whether
// another process changed their state or took their home away.
const watchEvery = time.Second

// Options bound a registry. The zero value takes the defaults.
type Options struct {
	MaxOpen     int           // tenants open at once, never more
	Idle        time.Duration // an unused tenant is closed after it
	OpenTimeout time.Duration // for opening and migrating one tenant
	Logger      *slog.Logger  // nil means slog.Default
}

// Registry keeps the open tenants of one kind. T is the application's value of
// a tenant: everything that it keeps of it in memory.
//
// A tenant is open at most once. It is opened by the first who asks, shared,
// pinned while a handle is out and closed when it is idle or its place is
// needed. All methods are safe for concurrent use.
type Registry[T io.Closer] struct {
	fleet *Fleet
	open  func(ctx context.Context, home *Home) (T, error)
	opts  Options
	log   *slog.Logger

	mu       sync.Mutex
	tenants  map[ID]*entry[T]
	idle     idleList[T]
	clock    time.Time  // of the last look of watch, precise enough for idle times
	queue    *list.List // of *entry[T] that wait for a place, the first come first
	places   int        // taken: tenants opening (not queued), open or leaving
	vacating int        // places that a closing under way will free
	failures failures
	deleting map[ID]struct{} // as good as gone
	closed   bool

	work      sync.WaitGroup // openings and closings under way, and the watch
	stopWatch context.CancelFunc
}

// NewRegistry makes a registry of the fleet's tenants. open is called with a
// tenant's home when it is first asked for; the value that it returns is closed
// before the home is.
func NewRegistry[T io.Closer](fleet *Fleet, open func(ctx context.Context, home *Home) (T, error), opts Options) *Registry[T] {
	if opts.MaxOpen <= 0 {
		opts.MaxOpen = DefaultMaxOpen
	}
	if opts.Idle <= 0 {
		opts.Idle = DefaultIdle
	}
	if opts.OpenTimeout <= 0 {
		opts.OpenTimeout = DefaultOpenTimeout
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &Registry[T]{
		fleet: fleet, open: open, opts: opts, log: opts.Logger,
		tenants: make(map[ID]*entry[T]), queue: list.New(), clock: fleet.now(),
		failures: make(failures), deleting: make(map[ID]struct{}), stopWatch: stop,
	}
	r.work.Go(func() { r.watch(ctx) })
	return r
}

// Fleet returns the tenants on disk.
func (r *Registry[T]) Fleet() *Fleet { return r.fleet }

// Acquire returns a handle on a tenant, which is opened if it is not, and pins
// it until the handle is released. When every place is taken by a tenant in
// use it waits until ctx ends and then fails with [ErrBusy].
//
// Other errors: [ErrNotExist], [ErrUnavailable] (state), [ErrClosed], and an
// [OpenError] when the tenant cannot be opened, which is then retried with
// back-off.
func (r *Registry[T]) Acquire(ctx context.Context, id ID) (*Handle[T], error) {
	return r.acquire(ctx, id, false)
}

// AcquireOrCreate is Acquire that makes the tenant when there is none.
func (r *Registry[T]) AcquireOrCreate(ctx context.Context, id ID) (*Handle[T], error) {
	return r.acquire(ctx, id, true)
}

func (r *Registry[T]) acquire(ctx context.Context, id ID, create bool) (*Handle[T], error) {
	if id.IsZero() {
		return nil, ErrInvalidID
	}
	for {
		r.mu.Lock()
		e, err := r.find(id, create)
		if err != nil {
			r.mu.Unlock()
			return nil, err
		}
		switch e.phase {
		case open:
			r.pin(e)
			r.mu.Unlock()
			return &Handle[T]{registry: r, entry: e}, nil
		case opening:
			e.wanted++
			r.mu.Unlock()
			h, err := r.await(ctx, e)
			if create && !e.create && errors.Is(err, ErrNotExist) {
				continue // it was being opened for someone who does not create
			}
			return h, err
		case leaving:
			r.mu.Unlock()
			select {
			case <-e.gone:
			case <-ctx.Done():
				return nil, fmt.Errorf("%w: it is being closed: %w", ErrBusy, ctx.Err())
			}
		}
	}
}

// With acquires a tenant, calls do with its value and releases it. The context
// that do gets also ends when the tenant is asked to leave.
func (r *Registry[T]) With(ctx context.Context, id ID, do func(ctx context.Context, value T) error) error {
	h, err := r.Acquire(ctx, id)
	if err != nil {
		return err
	}
	defer h.Release()
	ctx, cancel := h.WhileStaying(ctx)
	defer cancel()
	return do(ctx, h.Value())
}

// Create makes a new tenant; see [Fleet.Create].
func (r *Registry[T]) Create(ctx context.Context, id ID) error { return r.fleet.Create(ctx, id) }

// Delete drains a tenant and moves it to the trash. From its call on nobody
// gets a handle; whoever has one is told by [Handle.Leaving]. When the handles
// are not released before ctx ends, nothing is deleted.
func (r *Registry[T]) Delete(ctx context.Context, id ID) error {
	if id.IsZero() {
		return ErrInvalidID
	}
	r.mu.Lock()
	if _, twice := r.deleting[id]; twice {
		r.mu.Unlock()
		return ErrBusy
	}
	r.deleting[id] = struct{}{}
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		delete(r.deleting, id)
		delete(r.failures, id)
		r.mu.Unlock()
	}()
	if err := r.Evict(ctx, id); err != nil {
		return fmt.Errorf("delete tenant %q: %w", id, err)
	}
	return r.fleet.Delete(ctx, id)
}

// SetState changes a tenant's state for all processes; in this one at once.
func (r *Registry[T]) SetState(ctx context.Context, id ID, s State) error {
	if err := r.fleet.SetState(ctx, id, s); err != nil {
		return err
	}
	r.mu.Lock()
	e := r.tenants[id]
	delete(r.failures, id)
	r.mu.Unlock()
	if e == nil {
		return nil
	}
	select {
	case <-e.ready: // it may have read its state before the change
	case <-ctx.Done():
		return fmt.Errorf("set state of tenant %q: %w: it is being opened: %w", id, ErrBusy, ctx.Err())
	}
	if e.err == nil {
		r.compare(e)
	}
	return nil
}

// Evict closes a tenant in this process and waits until it is closed. Whoever
// holds a handle is told by [Handle.Leaving].
func (r *Registry[T]) Evict(ctx context.Context, id ID) error {
	r.mu.Lock()
	e := r.tenants[id]
	r.mu.Unlock()
	if e == nil {
		return nil
	}
	select {
	case <-e.ready:
	case <-ctx.Done():
		return fmt.Errorf("%w: it is being opened: %w", ErrBusy, ctx.Err())
	}
	r.mu.Lock()
	r.askToLeave(e)
	r.mu.Unlock()
	select {
	case <-e.gone:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: it is in use: %w", ErrBusy, ctx.Err())
	}
}

// Close closes all tenants. Handles that are out are told by [Handle.Leaving]
// and waited for until ctx ends.
func (r *Registry[T]) Close(ctx context.Context) error {
	r.mu.Lock()
	r.closed = true
	for r.queue.Len() > 0 {
		r.fail(r.queue.Remove(r.queue.Front()).(*entry[T]), ErrClosed)
	}
	ids := make([]ID, 0, len(r.tenants))
	for id, e := range r.tenants {
		r.askToLeave(e)
		ids = append(ids, id)
	}
	r.mu.Unlock()
	r.stopWatch()
	for _, id := range ids {
		if err := r.Evict(ctx, id); err != nil {
			return fmt.Errorf("close registry: tenant %q: %w", id, err)
		}
	}
	r.work.Wait()
	return nil
}

// Stats counts what a registry holds.
type Stats struct {
	Open    int // tenants open, being opened or being closed
	Pinned  int // of these, in use
	Waiting int // openings that wait for a place
	MaxOpen int
}

// Stats returns the present counts.
func (r *Registry[T]) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := Stats{Open: r.places, Waiting: r.queue.Len(), MaxOpen: r.opts.MaxOpen}
	for _, e := range r.tenants {
		if e.pins > 0 {
			s.Pinned++
		}
	}
	return s
}

// Failures lists the tenants that could not be opened lately.
func (r *Registry[T]) Failures() []OpenError {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failures.list()
}
