package tenant

import "time"

// SetTrace makes a fleet report the named points of its work.
func (f *Fleet) SetTrace(trace func(point string)) { f.trace = trace }

// SetNow replaces a fleet's clock.
func (f *Fleet) SetNow(now func() time.Time) { f.now = now }

// CompareAll holds the open tenants against the disk, as the watch does.
func (r *Registry[T]) CompareAll() {
	for _, e := range r.openEntries() {
		r.compare(e)
	}
}
