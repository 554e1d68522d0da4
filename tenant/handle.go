package tenant

import (
	"context"
	"io"
	"sync/atomic"
)

// Handle pins an open tenant. Release it as soon as the tenant is not needed.
type Handle[T io.Closer] struct {
	registry *Registry[T]
	entry    *entry[T]
	released atomic.Bool
}

// Value returns the application's value. It must not be used after Release.
func (h *Handle[T]) Value() T { return h.entry.value }

// Home returns the tenant's home. It must not be used after Release.
func (h *Handle[T]) Home() *Home { return h.entry.home }

// Leaving returns a context that ends when the tenant is asked to leave: it is
// being deleted or suspended, or the registry closes. Whoever holds a handle
// for long, such as an event stream or a background job, releases it then.
func (h *Handle[T]) Leaving() context.Context { return h.entry.stay }

// WhileStaying returns a context that ends also when the tenant is asked to
// leave, for work that is then broken off. Call cancel when it is done.
func (h *Handle[T]) WhileStaying(ctx context.Context) (_ context.Context, cancel context.CancelFunc) {
	ctx, end := context.WithCancel(ctx)
	stop := context.AfterFunc(h.Leaving(), end)
	return ctx, func() {
		stop()
		end()
	}
}

// Release takes the pin off. Further calls do nothing.
func (h *Handle[T]) Release() {
	if h.released.Swap(true) {
		return
	}
	h.registry.mu.Lock()
	defer h.registry.mu.Unlock()
	h.registry.unpin(h.entry)
}
