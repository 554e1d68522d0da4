package queue_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/tenant/queue"
)

// backlog is the work of several tenants, in memory, and the ledger of it.
type backlog struct {
	mu       sync.Mutex
	jobs     map[string][]func(ctx context.Context)
	fails    map[string]error // how the first claim fails
	notes    map[string]int64
	cleared  chan string
	sequence []string // whose job ran, in order
}

func newBacklog() *backlog {
	return &backlog{jobs: map[string][]func(context.Context){}, fails: map[string]error{},
		notes: map[string]int64{}, cleared: make(chan string, 100)}
}

func (b *backlog) add(name string, jobs ...func(ctx context.Context)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.jobs[name] = append(b.jobs[name], jobs...)
}

func (b *backlog) claim(_ context.Context, id tenant.ID) (queue.Task, time.Time, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	name := id.String()
	if err := b.fails[name]; err != nil {
		delete(b.fails, name)
		return nil, time.Time{}, err
	}
	if len(b.jobs[name]) == 0 {
		return nil, time.Time{}, nil
	}
	job := b.jobs[name][0]
	b.jobs[name] = b.jobs[name][1:]
	return func(ctx context.Context) {
		b.mu.Lock()
		b.sequence = append(b.sequence, name)
		b.mu.Unlock()
		job(ctx)
	}, time.Time{}, nil
}

func (b *backlog) Note(_ context.Context, id tenant.ID) (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.notes[id.String()]++
	return b.notes[id.String()], nil
}

func (b *backlog) Clear(_ context.Context, id tenant.ID, generation int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.notes[id.String()] == generation {
		delete(b.notes, id.String())
		b.cleared <- id.String()
	}
	return nil
}

func (b *backlog) Notes(ctx context.Context) ([]queue.Note, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []queue.Note
	for name, g := range b.notes {
		id, err := tenant.ParseID(name)
		if err != nil {
			return nil, err
		}
		out = append(out, queue.Note{ID: id, Generation: g})
	}
	return out, nil
}

func MustID(tb testing.TB, name string) tenant.ID {
	tb.Helper()
	id, err := tenant.ParseID(name)
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

// start runs a pool until the test ends.
func start(t *testing.T, b *backlog, workers int) *queue.Pool {
	t.Helper()
	return startWith(t, b.claim, b, workers)
}

func startWith(t *testing.T, claim queue.Claim, b *backlog, workers int) *queue.Pool {
	t.Helper()
	p := queue.NewPool(claim, b, queue.Options{Workers: workers})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return p
}

// await waits for an event, or fails the test when it does not come.
func await[T any](t *testing.T, event <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-event:
		return v
	case <-time.After(20 * time.Second):
		t.Fatalf("in vain waited for: %s", what)
		panic("unreachable")
	}
}

// awaitCleared waits until the note of a tenant is cleared.
func (b *backlog) awaitCleared(t *testing.T, name string) {
	t.Helper()
	for await(t, b.cleared, "the note of "+name+" is cleared") != name {
	}
}

func TestPoolTakesTenantsInTurn(t *testing.T) {
	b := newBacklog()
	var done sync.WaitGroup
	quick := func(context.Context) { done.Done() }
	done.Add(102)
	for range 100 {
		b.add("thousand-books", quick)
	}
	b.add("one-book", quick)
	b.add("another", quick)
	b.notes["thousand-books"], b.notes["one-book"], b.notes["another"] = 1, 1, 1
	start(t, b, 1)
	done.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, name := range b.sequence {
		if name != "thousand-books" && i > 4 {
			t.Errorf("%s came at place %d of %d", name, i, len(b.sequence))
		}
	}
}

func TestPoolKeepsAWorkerForOthers(t *testing.T) {
	b := newBacklog()
	release, ran := make(chan struct{}), make(chan struct{})
	started := make(chan struct{}, 10)
	for range 10 {
		b.add("greedy", func(context.Context) { started <- struct{}{}; <-release })
	}
	p := start(t, b, 3)
	p.Wake(MustID(t, "greedy"))
	<-started
	<-started
	b.add("modest", func(context.Context) { close(ran) })
	p.Wake(MustID(t, "modest"))
	<-ran // would wait for ever if the first tenant held all workers
	close(release)
	for range 8 {
		<-started
	}
}

func TestPoolClearsNotes(t *testing.T) {
	b := newBacklog()
	p := start(t, b, 2)
	ran := make(chan struct{})
	done, err := p.Announce(t.Context(), MustID(t, "bob"))
	if err != nil {
		t.Fatal(err)
	}
	p.Wake(MustID(t, "bob")) // finds nothing: the job is not committed yet
	b.add("bob", func(context.Context) { close(ran) })
	done()
	<-ran
	if name := <-b.cleared; name != "bob" {
		t.Errorf("cleared %s", name)
	}
	if len(b.notes) != 0 {
		t.Errorf("left: %v", b.notes)
	}
}

func TestPoolKeepsNoteWhileAnnounced(t *testing.T) {
	b := newBacklog()
	p := start(t, b, 2)
	done, err := p.Announce(t.Context(), MustID(t, "bob"))
	if err != nil {
		t.Fatal(err)
	}
	p.Wake(MustID(t, "bob"))
	other, err := p.Announce(t.Context(), MustID(t, "ann"))
	if err != nil {
		t.Fatal(err)
	}
	other()
	if name := <-b.cleared; name != "ann" {
		t.Errorf("cleared %s, whose job was not committed yet", name)
	}
	done()
	if name := <-b.cleared; name != "bob" {
		t.Errorf("cleared %s", name)
	}
}

func TestPoolFindsWorkAfterRestart(t *testing.T) {
	b := newBacklog()
	ran := make(chan struct{})
	b.notes["bob"] = 3
	b.add("bob", func(context.Context) { close(ran) })
	start(t, b, 1)
	<-ran
	<-b.cleared
}

func TestPoolStops(t *testing.T) {
	b := newBacklog()
	began, ended := make(chan struct{}), make(chan struct{})
	b.add("bob", func(ctx context.Context) { close(began); <-ctx.Done(); close(ended) })
	p := queue.NewPool(b.claim, b, queue.Options{Workers: 2})
	ctx, stop := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- p.Run(ctx) }()
	p.Wake(MustID(t, "bob"))
	<-began
	stop()
	if err := <-result; err != nil {
		t.Error(err)
	}
	select {
	case <-ended:
	default:
		t.Error("Run returned before its task")
	}
}

func TestPoolStopsBeforeItBegan(t *testing.T) {
	b := newBacklog()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := queue.NewPool(b.claim, b, queue.Options{Workers: 2}).Run(ctx); err != nil {
		t.Error(err)
	}
}
