package library

import (
	"sync"
	"time"
)

// refusalTime is how long a page that could not be drawn in time is not tried
// again.
const refusalTime = 10 * time.Minute

// refusals remember what took too long to make, so that asking again costs
// nothing.
type refusals struct {
	mu    sync.Mutex
	until map[string]time.Time
}

// add remembers a key and forgets those whose time is over. There are never
// many: each took its time.
func (r *refusals) add(key string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, until := range r.until {
		if now.After(until) {
			delete(r.until, k)
		}
	}
	if r.until == nil {
		r.until = make(map[string]time.Time)
	}
	r.until[key] = now.Add(refusalTime)
}

func (r *refusals) has(key string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	until, ok := r.until[key]
	return ok && now.Before(until)
}
