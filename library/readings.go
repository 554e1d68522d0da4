package library

import (
	"context"
	"sync"
)

// readings are the documents being read now, and the passwords for those that
// will be. Passwords are never written down: they are gone with the process.
type readings struct {
	mu        sync.Mutex
	under     map[string]map[*reading]struct{}
	passwords map[string]string
}

type reading struct{ cancel context.CancelCauseFunc }

// begin notes that a document is being read. The context ends with ctx and
// when the reading is withdrawn. end is to be called after it.
func (s *readings) begin(ctx context.Context, id string) (_ context.Context, password string, end func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	r := &reading{cancel: cancel}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.under == nil {
		s.under = make(map[string]map[*reading]struct{})
	}
	if s.under[id] == nil {
		s.under[id] = make(map[*reading]struct{})
	}
	s.under[id][r] = struct{}{}
	return ctx, s.passwords[id], func() {
		cancel(nil)
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.under[id], r)
		if len(s.under[id]) == 0 {
			delete(s.under, id)
		}
	}
}

// withdraw ends the reading of a document that is under way.
func (s *readings) withdraw(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for r := range s.under[id] {
		r.cancel(errWithdrawn)
	}
}

// setPassword keeps a password for the next reading of a document.
func (s *readings) setPassword(id, password string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.passwords == nil {
		s.passwords = make(map[string]string)
	}
	s.passwords[id] = password
}

func (s *readings) forgetPassword(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.passwords, id)
}
