package llmtest

import (
	"context"
	"sync"
)

// Gate holds the tokens of a stream back, so that a test decides when each is
// sent and needs no pauses.
type Gate struct {
	step chan struct{}
	open chan struct{}
	once sync.Once
}

// NewGate returns a closed gate.
func NewGate() *Gate { return &Gate{step: make(chan struct{}), open: make(chan struct{})} }

// Step waits until a token stands at the gate and lets it go.
func (g *Gate) Step(ctx context.Context) error {
	select {
	case g.step <- struct{}{}:
		return nil
	case <-g.open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Open lets all tokens go from now on.
func (g *Gate) Open() { g.once.Do(func() { close(g.open) }) }

// pass waits at the gate. A nil gate is open.
func (g *Gate) pass(ctx context.Context) error {
	if g == nil {
		return nil
	}
	select {
	case <-g.step:
		return nil
	case <-g.open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
