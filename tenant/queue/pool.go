package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/holtdb/holt/tenant"
)

// Task is a claimed job, ready to be run. It deals with its own failure: a task
// that did not end its job has put it back. Its context ends when the pool
// stops.
type Task func(ctx context.Context)

// Claim takes the next job of a tenant. Without one it returns a nil Task and
// when the next will be due, the zero time when nothing waits.
type Claim func(ctx context.Context, id tenant.ID) (Task, time.Time, error)

// Note is a durable remark that a tenant may have work.
type Note struct {
	ID         tenant.ID
	Generation int64 // grows with each note of the tenant
}

// Ledger keeps the notes, so that a restart finds the work without opening
// every tenant.
type Ledger interface {
	// Note makes or renews the note of a tenant and returns its generation.
	Note(ctx context.Context, id tenant.ID) (int64, error)
	// Clear removes the note of a tenant unless it was renewed since generation.
	Clear(ctx context.Context, id tenant.ID, generation int64) error
	// Notes returns all notes.
	Notes(ctx context.Context) ([]Note, error)
}

// Options of a Pool. The zero value takes the defaults.
type Options struct {
	Workers int // tasks at once; 0 means one more than processors
	Logger  *slog.Logger
}

// Pool works on the jobs of many tenants. Tenants are taken in turn, one job at
// a time, and one tenant never occupies every worker.
type Pool struct {
	claim     Claim
	ledger    Ledger
	workers   int
	perTenant int
	log       *slog.Logger

	mu      sync.Mutex
	turn    []tenant.ID // whose turn it is, in order
	tenants map[tenant.ID]*standing
	arrived chan struct{} // has a token while turn may be not empty
}

// standing is what a pool knows of a tenant that has or may have work.
type standing struct {
	generation int64
	announced  int // jobs about to be committed
	running    int
	inTurn     bool
	again      bool // it was woken while all its workers were busy
	timer      *time.Timer
	due        time.Time // when the timer ends
	failures   int
}

// Pauses after a tenant whose queue could not be read, doubled each time.
const (
	firstPause = time.Second
	lastPause  = 5 * time.Minute
)

// NewPool makes a pool. Nothing runs before Run.
func NewPool(claim Claim, ledger Ledger, opts Options) *Pool {
	if opts.Workers <= 0 {
		opts.Workers = runtime.NumCPU() + 1
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	return &Pool{
		claim: claim, ledger: ledger, log: opts.Logger,
		workers: opts.Workers, perTenant: max(1, opts.Workers-1),
		tenants: make(map[tenant.ID]*standing), arrived: make(chan struct{}, 1),
	}
}

// Run works until ctx ends and returns when the last task has.
func (p *Pool) Run(ctx context.Context) error {
	notes, err := p.ledger.Notes(ctx)
	if ctx.Err() != nil {
		return nil // asked to stop before there was work: the notes stay
	}
	if err != nil {
		return fmt.Errorf("read waiting work: %w", err)
	}
	p.mu.Lock()
	for _, n := range notes {
		s := p.standing(n.ID)
		s.generation = max(s.generation, n.Generation)
		p.enqueue(n.ID, s)
	}
	p.mu.Unlock()
	var workers sync.WaitGroup
	for range p.workers {
		workers.Go(func() { p.work(ctx) })
	}
	workers.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.tenants {
		s.stopTimer()
	}
	return nil
}

// Announce notes durably that a job of the tenant is about to be committed.
// Call done after the commit, or after it failed: it wakes a worker.
func (p *Pool) Announce(ctx context.Context, id tenant.ID) (done func(), err error) {
	p.mu.Lock()
	p.standing(id).announced++
	p.mu.Unlock()
	finish := sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		s := p.standing(id)
		s.announced--
		p.enqueue(id, s)
	})
	generation, err := p.ledger.Note(ctx, id)
	if err != nil {
		finish()
		return nil, fmt.Errorf("announce work: %w", err)
	}
	p.mu.Lock()
	s := p.standing(id)
	s.generation = max(s.generation, generation)
	p.mu.Unlock()
	return finish, nil
}

// Wake lets a worker look at the tenant's queue.
func (p *Pool) Wake(id tenant.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.enqueue(id, p.standing(id))
}

// standing returns what is known of a tenant. The mutex is held, here and in
// enqueue.
func (p *Pool) standing(id tenant.ID) *standing {
	s := p.tenants[id]
	if s == nil {
		s = &standing{}
		p.tenants[id] = s
	}
	return s
}

func (p *Pool) enqueue(id tenant.ID, s *standing) {
	s.stopTimer()
	if s.inTurn {
		return
	}
	if s.running >= p.perTenant {
		s.again = true
		return
	}
	s.inTurn = true
	p.turn = append(p.turn, id)
	p.signal()
}

func (p *Pool) signal() {
	select {
	case p.arrived <- struct{}{}:
	default:
	}
}

func (s *standing) stopTimer() {
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
}

// work is one worker.
func (p *Pool) work(ctx context.Context) {
	for {
		id, ok := p.next(ctx)
		if !ok {
			return
		}
		task, due, err := p.claim(ctx, id)
		switch {
		case err != nil:
			p.failed(ctx, id, err)
		case task == nil:
			p.empty(ctx, id, due)
		default:
			p.claimed(id)
			task(ctx)
			p.finished(id)
		}
	}
}

// next waits for the tenant whose turn it is. It counts as running from here.
func (p *Pool) next(ctx context.Context) (tenant.ID, bool) {
	for {
		p.mu.Lock()
		if len(p.turn) > 0 && ctx.Err() == nil {
			id := p.turn[0]
			p.turn = p.turn[1:]
			if len(p.turn) > 0 {
				p.signal()
			}
			s := p.tenants[id]
			s.inTurn = false
			s.running++
			p.mu.Unlock()
			return id, true
		}
		p.mu.Unlock()
		select {
		case <-ctx.Done():
			return tenant.ID{}, false
		case <-p.arrived:
		}
	}
}

// claimed sends the tenant to the end of the line: it may have more.
func (p *Pool) claimed(id tenant.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.tenants[id]
	s.failures = 0
	p.enqueue(id, s)
}

func (p *Pool) finished(id tenant.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped(id, p.tenants[id])
}

// stopped takes a worker off a tenant, which gets in line again if it was woken
// meanwhile.
func (p *Pool) stopped(id tenant.ID, s *standing) {
	s.running--
	if s.again {
		s.again = false
		p.enqueue(id, s)
	}
}

// empty is called when a tenant has nothing that is due. With nothing at all
// its note is cleared and it is forgotten.
func (p *Pool) empty(ctx context.Context, id tenant.ID, due time.Time) {
	p.mu.Lock()
	s := p.tenants[id]
	s.failures = 0
	p.stopped(id, s)
	s.again = s.running > 0 // what runs may put its job back, or be followed by another
	if !due.IsZero() {
		p.wakeAt(id, s, due)
		p.mu.Unlock()
		return
	}
	// A timer was set by a later look than this one, which found something.
	idle := s.running == 0 && s.announced == 0 && !s.inTurn && s.timer == nil
	if idle {
		delete(p.tenants, id)
	}
	p.mu.Unlock()
	if !idle {
		return
	}
	if err := p.ledger.Clear(ctx, id, s.generation); err != nil && ctx.Err() == nil {
		p.log.Warn("clear note of waiting work", "tenant", id.String(), "error", err)
	}
}

// failed is called when a tenant's queue could not be read.
func (p *Pool) failed(ctx context.Context, id tenant.ID, err error) {
	if errors.Is(err, tenant.ErrNotExist) && !errors.Is(err, tenant.ErrDeleting) {
		p.empty(ctx, id, time.Time{})
		return
	}
	if ctx.Err() == nil {
		p.log.Warn("claim work", "tenant", id.String(), "error", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.tenants[id]
	p.stopped(id, s)
	p.wakeAt(id, s, time.Now().Add(min(lastPause, firstPause<<min(s.failures, 16))))
	s.failures++
}

// wakeAt lets a worker look at the tenant's queue at a time, unless one will
// look before.
func (p *Pool) wakeAt(id tenant.ID, s *standing, due time.Time) {
	if s.inTurn || s.timer != nil && !due.Before(s.due) {
		return
	}
	s.stopTimer()
	s.due = due
	s.timer = time.AfterFunc(max(0, time.Until(due)), func() { p.Wake(id) })
}
