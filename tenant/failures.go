package tenant

import (
	"errors"
	"slices"
	"time"
)

// Back-off of tenants that cannot be opened: twice the time since the first
// failure in a row, within these bounds.
const (
	firstBackoff = time.Second
	lastBackoff  = time.Minute
)

const (
	maxFailures    = 1024             // remembered at once
	forgetFailures = 10 * time.Minute // after the time of the next try
)

// failures remembers the tenants that could not be opened lately, so that each
// request does not try again.
type failures map[ID]*OpenError

// blocks returns the last failure of a tenant while its next try is not due.
func (f failures) blocks(id ID, now time.Time) error {
	if last := f[id]; last != nil && now.Before(last.RetryAt) {
		return last
	}
	return nil
}

// note records why a tenant could not be opened and returns the error to
// answer with. A tenant that does not exist or may not be opened is no failure.
func (f failures) note(id ID, err error, now time.Time) error {
	for _, expected := range []error{ErrNotExist, ErrUnavailable, ErrBusy} {
		if errors.Is(err, expected) {
			return err
		}
	}
	last, wait, since := f[id], firstBackoff, now
	if last != nil {
		since = last.Since
		wait = min(lastBackoff, max(firstBackoff, 2*now.Sub(last.Since)))
	} else if len(f) >= maxFailures {
		f.dropOldest()
	}
	failure := &OpenError{Tenant: id, Since: since, RetryAt: now.Add(wait), Err: err}
	f[id] = failure
	return failure
}

func (f failures) dropOldest() {
	var oldest *OpenError
	for _, e := range f {
		if oldest == nil || e.RetryAt.Before(oldest.RetryAt) {
			oldest = e
		}
	}
	delete(f, oldest.Tenant)
}

// prune forgets tenants that nobody asked for since.
func (f failures) prune(now time.Time) {
	for id, e := range f {
		if now.Sub(e.RetryAt) > forgetFailures {
			delete(f, id)
		}
	}
}

// list returns the failures, the latest first.
func (f failures) list() []OpenError {
	out := make([]OpenError, 0, len(f))
	for _, e := range f {
		out = append(out, *e)
	}
	slices.SortFunc(out, func(a, b OpenError) int { return b.RetryAt.Compare(a.RetryAt) })
	return out
}
