package tenant

import (
	"context"
	"errors"
	"os"
	"time"
)

// watch closes tenants that were idle for long and follows what other
// processes do to open ones.
func (r *Registry[T]) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		r.closeIdle()
		for _, e := range r.openEntries() {
			r.compare(e)
		}
	}
}

// closeIdle closes the tenants that nobody used within the idle time.
func (r *Registry[T]) closeIdle() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clock = r.fleet.now()
	for r.idle.first != nil && r.clock.Sub(r.idle.first.lastUsed) >= r.opts.Idle {
		r.askToLeave(r.idle.first)
	}
	r.failures.prune(r.clock)
}

func (r *Registry[T]) openEntries() []*entry[T] {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []*entry[T]
	for _, e := range r.tenants {
		if e.phase == open {
			out = append(out, e)
		}
	}
	return out
}

// OpenIDs returns the tenants that are open, in no order.
func (r *Registry[T]) OpenIDs() []ID {
	entries := r.openEntries()
	ids := make([]ID, len(entries))
	for i, e := range entries {
		ids[i] = e.id
	}
	return ids
}

// compare holds an open tenant against the disk and closes it when its home is
// gone or its state forbids its use.
func (r *Registry[T]) compare(e *entry[T]) {
	var why error
	if !e.home.inPlace() {
		why = ErrNotExist
	} else if err := e.home.refresh(); err != nil {
		if !errors.Is(err, os.ErrClosed) { // it was closed meanwhile
			r.log.Warn("read state", "kind", r.fleet.kind.Name, "tenant", e.id.String(), "error", err)
		}
		return // what holds goes on until it is known to have changed
	} else {
		why = e.home.State().usable()
	}
	if why == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.phase != open {
		return // it was closed meanwhile, which is why its home did not answer
	}
	r.log.Warn("close tenant", "kind", r.fleet.kind.Name, "tenant", e.id.String(), "reason", why)
	r.askToLeave(e)
}
