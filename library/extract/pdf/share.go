package pdf

import (
	"context"
	"fmt"
	"os"
	"sync"
)

// share is how the children are divided between those who want documents:
// reading in the background leaves one to who waits for an answer.
type share struct {
	processes  int
	background chan struct{} // holds one value per document opened in the background

	mu    sync.Mutex
	taken int           // children that have a document
	busy  chan struct{} // closed while no child is left for another document
}

func newShare(processes int) *share {
	return &share{
		processes:  processes,
		background: make(chan struct{}, max(1, processes-1)),
		busy:       make(chan struct{}),
	}
}

// count notes that n more children have a document.
func (s *share) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.taken >= s.processes
	s.taken += n
	switch is := s.taken >= s.processes; {
	case is && !was:
		close(s.busy)
	case was && !is:
		s.busy = make(chan struct{})
	}
}

// Busy returns a channel that is closed as soon as every child has a document,
// so that whoever opens another must wait. Work that nobody asked for stops then.
func (e *Engine) Busy() <-chan struct{} {
	e.share.mu.Lock()
	defer e.share.mu.Unlock()
	return e.share.busy
}

// OpenBackground is [Engine.Open] for work that nobody waits for. All documents
// opened so leave one child free, unless there is only one; the others wait
// their turn until ctx ends.
func (e *Engine) OpenBackground(ctx context.Context, f *os.File, password string) (*Document, error) {
	select {
	case e.share.background <- struct{}{}:
	case <-e.closed:
		return nil, fmt.Errorf("open PDF: %w", ErrClosed)
	case <-ctx.Done():
		return nil, fmt.Errorf("open PDF: %w", ctx.Err())
	}
	leave := func() { <-e.share.background }
	d, err := e.Open(ctx, f, password)
	if err != nil {
		leave()
		return nil, err
	}
	d.leave = leave
	return d, nil
}
