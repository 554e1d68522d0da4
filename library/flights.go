package library

import (
	"context"
	"sync"
	"time"
)

// flightTime bounds a flight with its wait for a process.
const flightTime = 2 * time.Minute

// flights are the things being made, each once however many want it and no
// longer than somebody does.
type flights struct {
	mu     sync.Mutex
	under  map[string]*flight
	queued int // flights that wait for their turn
}

// flight is one thing being made. Its context ends when nobody wants it.
type flight struct {
	key    string
	ctx    context.Context
	cancel context.CancelFunc
	wanted int           // who waits for it; guarded by flights.mu
	landed chan struct{} // closed when data and err are set
	data   []byte
	err    error
}

// join wants the flight of a key. The one for whom first is true makes the
// thing and lands the flight; the others wait for that. Whoever does not wait
// for the landing leaves.
func (s *flights) join(stay context.Context, key string) (f *flight, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f = s.under[key]; f == nil {
		f, first = s.start(stay, key), true
	}
	f.wanted++
	return f, first
}

// ahead starts a flight that nobody wants yet, unless there is one of this key
// or others wait for their turn. It returns nil then.
func (s *flights) ahead(stay context.Context, key string) *flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.under[key] != nil || s.queued > 0 {
		return nil
	}
	return s.start(stay, key)
}

// start starts a flight. The mutex is held, here and in makeRoom and abandon.
func (s *flights) start(stay context.Context, key string) *flight {
	if s.under == nil {
		s.under = make(map[string]*flight)
	}
	f := &flight{key: key, landed: make(chan struct{})}
	f.ctx, f.cancel = context.WithTimeout(stay, flightTime)
	s.under[key] = f
	return f
}

// leave is called by who does not wait any more. When nobody does, the flight
// is given up; who comes later starts another.
func (s *flights) leave(f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.wanted--; f.wanted == 0 {
		s.abandon(f)
	}
}

// queue is called before a flight waits for its turn, and the result after it.
// What nobody wants makes room.
func (s *flights) queue() (done func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queued++
	s.makeRoom()
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.queued--
	}
}

// giveWay gives up what nobody wants.
func (s *flights) giveWay() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.makeRoom()
}

func (s *flights) makeRoom() {
	for _, f := range s.under {
		if f.wanted == 0 {
			s.abandon(f)
		}
	}
}

func (s *flights) abandon(f *flight) {
	if s.under[f.key] == f {
		delete(s.under, f.key)
	}
	f.cancel()
}

// land ends a flight and tells those who wait for it.
func (s *flights) land(f *flight, data []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.data, f.err = data, err
	s.abandon(f)
	close(f.landed)
}
