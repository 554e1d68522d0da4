package library

import (
	"context"
	"sync"
)

// watchers are those who follow the reading of documents.
type watchers struct {
	mu  sync.Mutex
	all map[string]map[*watcher]struct{} // by document id
}

// watcher has at most one value waiting: the latest.
type watcher struct {
	values chan Progress
	closed bool
}

// Watch follows a document: the channel has its progress at once and after
// each change, leaving out what came too fast to be taken. It is closed after
// the document is ready or failed, when it is deleted and when ctx ends.
func (l *Library) Watch(ctx context.Context, id string) (<-chan Progress, error) {
	w := &watcher{values: make(chan Progress, 1)}
	l.watchers.add(id, w)
	context.AfterFunc(ctx, func() { l.watchers.drop(id, w) })
	doc, err := l.Document(ctx, id)
	if err != nil {
		l.watchers.drop(id, w)
		return nil, err
	}
	l.watchers.begin(id, w, doc.Progress)
	return w.values, nil
}

func (s *watchers) add(id string, w *watcher) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = make(map[string]map[*watcher]struct{})
	}
	if s.all[id] == nil {
		s.all[id] = make(map[*watcher]struct{})
	}
	s.all[id][w] = struct{}{}
}

// begin gives a new watcher its first value, unless a later one is there.
func (s *watchers) begin(id string, w *watcher, p Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.closed || len(w.values) > 0 {
		return
	}
	s.send(id, w, p)
}

func (s *watchers) drop(id string, w *watcher) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end(id, w)
}

// publish tells all who watch a document.
func (s *watchers) publish(id string, p Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for w := range s.all[id] {
		s.send(id, w, p)
	}
}

// deleted ends the watching of a document.
func (s *watchers) deleted(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for w := range s.all[id] {
		s.end(id, w)
	}
}

// send puts a value in the place of one that was not taken. The mutex is held,
// here and in end, so that only takers make room meanwhile.
func (s *watchers) send(id string, w *watcher, p Progress) {
	select {
	case <-w.values:
	default:
	}
	w.values <- p
	if p.Status == Ready || p.Status == Failed {
		s.end(id, w)
	}
}

func (s *watchers) end(id string, w *watcher) {
	if w.closed {
		return
	}
	w.closed = true
	close(w.values)
	delete(s.all[id], w)
	if len(s.all[id]) == 0 {
		delete(s.all, id)
	}
}
