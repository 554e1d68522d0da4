package tenant

import "io"

// idleList is the open tenants without pins, the longest unused first. It links
// the entries themselves, so that a request makes no garbage.
type idleList[T io.Closer] struct {
	first, last *entry[T]
}

// push puts an entry at the end.
func (l *idleList[T]) push(e *entry[T]) {
	e.idle, e.before, e.after = true, l.last, nil
	if l.last == nil {
		l.first = e
	} else {
		l.last.after = e
	}
	l.last = e
}

// remove takes an entry out; one that is not in the list stays as it is.
func (l *idleList[T]) remove(e *entry[T]) {
	if !e.idle {
		return
	}
	if e.before == nil {
		l.first = e.after
	} else {
		e.before.after = e.after
	}
	if e.after == nil {
		l.last = e.before
	} else {
		e.after.before = e.before
	}
	e.idle, e.before, e.after = false, nil, nil
}
