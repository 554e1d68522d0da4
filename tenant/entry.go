package tenant

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// phase is where an entry is in its life. It only moves forward.
type phase int

const (
	opening phase = iota // queued for a place, or being opened
	open
	leaving // to be closed as soon as it has no pins, or being closed
)

// entry is one tenant in memory. The registry's mutex guards it. It is in the
// registry's map from the first request for the tenant until it is closed.
type entry[T io.Closer] struct {
	id       ID
	phase    phase
	create   bool // what the first request wanted, which the opening does
	home     *Home
	value    T
	err      error         // why opening failed
	ready    chan struct{} // closed when opening has ended
	gone     chan struct{} // closed when the tenant is closed
	wanted   int           // requests that wait for the opening
	pins     int
	position *list.Element // in the queue, while it waits for a place
	lastUsed time.Time     // to the second

	idle          bool // it is in the idle list, between these two
	before, after *entry[T]

	stay  context.Context // ends when the tenant is asked to leave
	leave context.CancelFunc
}

// find returns the entry of a tenant, made if there is none. The registry's
// mutex is held, here and in all that follows but await, run and shut.
func (r *Registry[T]) find(id ID, create bool) (*entry[T], error) {
	if r.closed {
		return nil, ErrClosed
	}
	if _, gone := r.deleting[id]; gone {
		return nil, ErrDeleting
	}
	if e := r.tenants[id]; e != nil {
		if e.phase == open {
			return e, e.home.State().usable()
		}
		return e, nil
	}
	if err := r.failures.blocks(id, r.fleet.now()); err != nil {
		return nil, err
	}
	e := &entry[T]{id: id, create: create, ready: make(chan struct{}), gone: make(chan struct{})}
	e.stay, e.leave = context.WithCancel(context.Background())
	r.tenants[id] = e
	if r.places < r.opts.MaxOpen {
		r.places++
		r.work.Go(func() { r.run(e) })
	} else {
		e.position = r.queue.PushBack(e)
		r.makeRoom()
	}
	return e, nil
}

// await waits for an opening that the caller is counted in as wanting. When it
// succeeds the pin was taken on the caller's behalf.
func (r *Registry[T]) await(ctx context.Context, e *entry[T]) (*Handle[T], error) {
	select {
	case <-e.ready:
	case <-ctx.Done():
		r.mu.Lock()
		if e.phase == opening && e.err == nil {
			defer r.mu.Unlock()
			e.wanted--
			return nil, r.giveUp(ctx, e)
		}
		r.mu.Unlock() // it ended in the same moment
	}
	if e.err != nil {
		return nil, e.err
	}
	return &Handle[T]{registry: r, entry: e}, nil
}

// giveUp takes an entry out of the queue when nobody waits for it any more and
// says what the caller waited for in vain. An opening that has begun goes on.
func (r *Registry[T]) giveUp(ctx context.Context, e *entry[T]) error {
	if e.position == nil {
		return fmt.Errorf("%w: it is still being opened: %w", ErrBusy, ctx.Err())
	}
	if e.wanted == 0 {
		r.queue.Remove(e.position)
		e.position = nil
		r.fail(e, ErrBusy)
	}
	return fmt.Errorf("%w: all %d places are in use: %w", ErrBusy, r.opts.MaxOpen, ctx.Err())
}

// run opens a tenant that has a place.
func (r *Registry[T]) run(e *entry[T]) {
	ctx, cancel := context.WithTimeout(context.Background(), r.opts.OpenTimeout)
	defer cancel()
	home, value, err := r.openHome(ctx, e.id, e.create)

	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.fail(e, r.failures.note(e.id, err, r.fleet.now()))
		r.vacate()
		return
	}
	delete(r.failures, e.id)
	e.home, e.value, e.phase, e.pins = home, value, open, e.wanted
	if e.pins == 0 {
		r.rest(e)
		r.makeRoom()
	}
	if r.closed {
		r.askToLeave(e)
	}
	close(e.ready)
}

// openHome opens a home and the application's value of it. A panic of the
// application is this tenant's failure.
func (r *Registry[T]) openHome(ctx context.Context, id ID, create bool) (home *Home, value T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while opening: %v", p)
			if home != nil {
				err = errors.Join(err, home.Close())
			}
		}
	}()
	home, err = r.fleet.Open(ctx, id)
	if create && errors.Is(err, ErrNotExist) {
		if err := r.fleet.Create(ctx, id); err != nil && !errors.Is(err, ErrExists) {
			return nil, value, err
		}
		home, err = r.fleet.Open(ctx, id)
	}
	if err != nil {
		return nil, value, err
	}
	if err = home.State().usable(); err == nil {
		value, err = r.open(ctx, home)
	}
	if err != nil {
		return nil, value, errors.Join(err, home.Close())
	}
	return home, value, nil
}

// fail ends an opening without success.
func (r *Registry[T]) fail(e *entry[T], err error) {
	e.err = err
	e.leave()
	delete(r.tenants, e.id)
	close(e.ready)
	close(e.gone)
}

// pin keeps an open tenant open.
func (r *Registry[T]) pin(e *entry[T]) {
	e.pins++
	r.idle.remove(e)
}

// unpin takes a pin off.
func (r *Registry[T]) unpin(e *entry[T]) {
	e.pins--
	if e.pins > 0 {
		return
	}
	if e.phase == leaving {
		r.startClosing(e)
		return
	}
	r.rest(e)
	r.makeRoom()
}

// rest puts an open tenant without pins where it can be evicted.
func (r *Registry[T]) rest(e *entry[T]) {
	e.lastUsed = r.clock
	r.idle.push(e)
}

// makeRoom closes idle tenants for those that wait for a place.
func (r *Registry[T]) makeRoom() {
	for r.queue.Len() > r.vacating && r.idle.first != nil {
		r.askToLeave(r.idle.first)
	}
}

// askToLeave closes an open tenant, at once or after its last handle.
func (r *Registry[T]) askToLeave(e *entry[T]) {
	if e.phase != open {
		return
	}
	e.phase = leaving
	e.leave()
	if e.pins == 0 {
		r.idle.remove(e)
		r.startClosing(e)
	}
}

func (r *Registry[T]) startClosing(e *entry[T]) {
	r.vacating++
	r.work.Go(func() { r.shut(e) })
}

// shut closes a tenant and hands its place on.
func (r *Registry[T]) shut(e *entry[T]) {
	if err := errors.Join(closeValue(e.value), e.home.Close()); err != nil {
		r.log.Error("close tenant", "kind", r.fleet.kind.Name, "tenant", e.id.String(), "error", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.vacating--
	delete(r.tenants, e.id)
	close(e.gone)
	r.vacate()
}

// closeValue closes the application's value. Its panic harms no other tenant.
func closeValue(value io.Closer) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while closing: %v", p)
		}
	}()
	return value.Close()
}

// vacate gives a place to the first in the queue or frees it.
func (r *Registry[T]) vacate() {
	next := r.queue.Front()
	if next == nil {
		r.places--
		return
	}
	e := r.queue.Remove(next).(*entry[T])
	e.position = nil
	r.work.Go(func() { r.run(e) })
}
