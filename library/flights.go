package library

import "sync"

// flights are the things being made, each once however many want it.
type flights struct {
	mu    sync.Mutex
	under map[string]*flight
}

type flight struct {
	landed chan struct{} // closed when data and err are set
	data   []byte
	err    error
}

// join returns the flight of a key. The one for whom first is true makes the
// thing and lands the flight; the others wait for that.
func (s *flights) join(key string) (f *flight, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f = s.under[key]; f != nil {
		return f, false
	}
	if s.under == nil {
		s.under = make(map[string]*flight)
	}
	f = &flight{landed: make(chan struct{})}
	s.under[key] = f
	return f, true
}

func (s *flights) land(key string, f *flight, data []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.data, f.err = data, err
	delete(s.under, key)
	close(f.landed)
}
