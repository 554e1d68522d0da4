package pdf

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/holtdb/holt/library/extract"
)

// Engine opens documents in child processes. It is safe for concurrent use.
type Engine struct {
	options Options
	slots   chan struct{} // holds one value per living child
	spares  chan *process // at most one child without a document
	share   *share
	closed  chan struct{}
	ended   sync.WaitGroup // one per living child

	mu     sync.Mutex
	living map[*process]struct{}
}

// NewEngine returns an engine without children: the first Open starts one.
func NewEngine(options Options) (*Engine, error) {
	if os.Getenv(childVariable) != "" {
		// A worker that starts workers would never end.
		return nil, errors.New("PDF engine: this process is a PDF worker whose main did not call RunChild first")
	}
	options = options.withDefaults()
	if options.MemoryLimit < MinMemoryLimit {
		return nil, fmt.Errorf("PDF engine: a memory limit of %d bytes is below %d", options.MemoryLimit, MinMemoryLimit)
	}
	if options.CacheDir != "" {
		if err := os.MkdirAll(options.CacheDir, 0o700); err != nil {
			return nil, fmt.Errorf("make the cache directory of the PDF engine: %w", err)
		}
	}
	return &Engine{
		options: options,
		slots:   make(chan struct{}, options.Processes),
		spares:  make(chan *process, 1),
		share:   newShare(options.Processes),
		closed:  make(chan struct{}),
		living:  map[*process]struct{}{},
	}, nil
}

// Close kills all children and waits for their end. Documents that are open
// answer ErrClosed from then on.
func (e *Engine) Close() error {
	e.mu.Lock()
	if !e.isClosed() {
		close(e.closed)
	}
	for p := range e.living {
		p.kill()
	}
	e.mu.Unlock()
	e.ended.Wait()
	return nil
}

func (e *Engine) isClosed() bool {
	select {
	case <-e.closed:
		return true
	default:
		return false
	}
}

// Open opens the document in f, which must be a regular file open for reading
// only; it may be closed afterwards. Open waits for a free child until ctx
// ends: who came first is served first. Errors match extract.ErrPassword, extract.ErrBroken or
// extract.ErrTooLarge where the document is the cause.
func (e *Engine) Open(ctx context.Context, f *os.File, password string) (*Document, error) {
	stat, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open PDF: %w", err)
	}
	if !stat.Mode().IsRegular() {
		return nil, errors.New("open PDF: not a regular file")
	}
	if len(password) > maxPassword {
		return nil, extract.ErrPassword
	}
	p, err := e.take(ctx)
	if err != nil {
		return nil, fmt.Errorf("open PDF: %w", err)
	}
	e.share.count(1)
	info, err := openIn(ctx, p, f, password, e.options.CallTimeout)
	if err != nil {
		e.finish(p)
		if e.isClosed() {
			err = ErrClosed
		}
		return nil, fmt.Errorf("open PDF: %w", err)
	}
	e.warm()
	return &Document{engine: e, process: p, info: info}, nil
}

// maxPassword is the most bytes of a password: PDF uses the first 127.
const maxPassword = 1024

// take returns a child that is ready for a document.
func (e *Engine) take(ctx context.Context) (*process, error) {
	for {
		p, isSpare, err := e.next(ctx)
		if err != nil {
			return nil, err
		}
		select {
		case <-p.ready:
		case <-ctx.Done():
			e.keep(p)
			return nil, ctx.Err()
		}
		switch {
		case p.failed == nil && !p.isGone():
			return p, nil
		case e.isClosed():
			return nil, ErrClosed
		case !isSpare:
			return nil, errors.Join(errors.New("the PDF process ended early"), p.failed)
		}
		// A spare may have died while it waited: a new child is tried instead.
	}
}

// next returns the spare, or a new child as soon as one may be started.
func (e *Engine) next(ctx context.Context) (p *process, isSpare bool, err error) {
	if e.isClosed() {
		return nil, false, ErrClosed
	}
	select {
	case p := <-e.spares:
		p.idle.Stop()
		return p, true, nil
	default:
	}
	select {
	case p := <-e.spares:
		p.idle.Stop()
		return p, true, nil
	case e.slots <- struct{}{}:
		p, err := e.start()
		return p, false, err
	case <-e.closed:
		return nil, false, ErrClosed
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
}

// start starts a child in a slot already taken, which is given back when the
// child ends.
func (e *Engine) start() (*process, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.isClosed() {
		<-e.slots
		return nil, ErrClosed
	}
	p, err := startProcess(
		setup{CacheDir: e.options.CacheDir, MemoryLimit: e.options.MemoryLimit}, e.release)
	if err != nil {
		<-e.slots
		return nil, err
	}
	e.living[p] = struct{}{}
	e.ended.Add(1)
	return p, nil
}

// release forgets a child that has ended.
func (e *Engine) release(p *process) {
	e.mu.Lock()
	delete(e.living, p)
	e.mu.Unlock()
	<-e.slots
	e.ended.Done()
}

// warm keeps one child ready for the next document if a slot is free.
func (e *Engine) warm() {
	if len(e.spares) > 0 {
		return
	}
	select {
	case e.slots <- struct{}{}:
	default:
		return
	}
	p, err := e.start()
	if err != nil {
		return // Open will meet the same error and report it
	}
	e.keep(p)
}

// keep makes a child without a document the spare, or ends it if there is one.
func (e *Engine) keep(p *process) {
	p.idle = time.AfterFunc(spareIdle, e.dropSpare)
	select {
	case e.spares <- p:
	default:
		p.idle.Stop()
		p.kill()
	}
}

func (e *Engine) dropSpare() {
	select {
	case p := <-e.spares:
		p.kill()
	default:
	}
}

// finish ends a child whose document is done.
func (e *Engine) finish(p *process) {
	p.kill()
	<-p.gone
	e.share.count(-1)
	e.warm()
}
