package queue_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/tenant/queue"
)

// occupy holds one worker of a pool until the test ends.
func occupy(t *testing.T, b *backlog, p *queue.Pool) {
	t.Helper()
	began, end := make(chan struct{}), make(chan struct{})
	b.add("occupying", func(context.Context) { close(began); <-end })
	p.Wake(MustID(t, "occupying"))
	await(t, began, "a worker is occupied")
	t.Cleanup(func() { close(end) })
}

// pass gives a pool other work. When one worker only is free, all that was in
// line before is over when pass returns.
func pass(t *testing.T, b *backlog, p *queue.Pool) {
	t.Helper()
	ran := make(chan struct{})
	b.add("passing", func(context.Context) { close(ran) })
	p.Wake(MustID(t, "passing"))
	await(t, ran, "the free worker comes by")
}

// TestPoolLooksAgainAfterLastJob: the last look at a queue found nothing while
// the last job still ran, so that the note had to stay.
func TestPoolLooksAgainAfterLastJob(t *testing.T) {
	b := newBacklog()
	p := start(t, b, 3)
	occupy(t, b, p)
	done, err := p.Announce(t.Context(), MustID(t, "bob"))
	if err != nil {
		t.Fatal(err)
	}
	began, end := make(chan struct{}), make(chan struct{})
	b.add("bob", func(context.Context) { close(began); <-end })
	done()
	await(t, began, "the job begins")
	pass(t, b, p)
	close(end)
	b.awaitCleared(t, "bob")
}

// TestPoolKeepsDelayedJob: a look from before a job was committed answers late,
// after another look found that the job is due later.
func TestPoolKeepsDelayedJob(t *testing.T) {
	b := newBacklog()
	bob := MustID(t, "bob")
	looking, answer, ran := make(chan struct{}), make(chan struct{}), make(chan struct{})
	due := sync.OnceValue(func() time.Time { return time.Now().Add(200 * time.Millisecond) })
	var looks, claims atomic.Int32
	claim := func(ctx context.Context, id tenant.ID) (queue.Task, time.Time, error) {
		switch {
		case id != bob:
			return b.claim(ctx, id)
		case looks.Add(1) == 1:
			close(looking)
			<-answer
			return nil, time.Time{}, nil
		case time.Now().Before(due()):
			return nil, due(), nil
		case claims.Add(1) == 1:
			return func(context.Context) {
				if notes, err := b.Notes(ctx); err != nil || len(notes) != 1 {
					t.Errorf("notes %v, %v; want the one of a tenant that has work", notes, err)
				}
				close(ran)
			}, time.Time{}, nil
		}
		return nil, time.Time{}, nil
	}
	p := startWith(t, claim, b, 3)
	occupy(t, b, p)
	done, err := p.Announce(t.Context(), bob)
	if err != nil {
		t.Fatal(err)
	}
	p.Wake(bob)
	await(t, looking, "the first look")
	done()
	pass(t, b, p) // the second look is over
	close(answer)
	await(t, ran, "the delayed job runs")
	b.awaitCleared(t, "bob")
}

func TestPoolTriesAgain(t *testing.T) {
	b := newBacklog()
	errs := map[string]error{
		"broken":   errors.New("cannot be opened"),
		"busy":     tenant.ErrBusy,
		"deleting": tenant.ErrDeleting, // the deletion may fail
	}
	ran := make(chan string, len(errs))
	for name, err := range errs {
		b.fails[name] = err
		b.notes[name] = 1
		b.add(name, func(context.Context) { ran <- name })
	}
	start(t, b, 2)
	for range errs {
		await(t, ran, "the jobs of all run at last")
	}
}

func TestPoolForgetsTenantThatIsGone(t *testing.T) {
	b := newBacklog()
	b.notes["bob"] = 1
	var looks atomic.Int32
	startWith(t, func(context.Context, tenant.ID) (queue.Task, time.Time, error) {
		looks.Add(1)
		return nil, time.Time{}, tenant.ErrNotExist
	}, b, 2)
	b.awaitCleared(t, "bob")
	if n := looks.Load(); n != 1 {
		t.Errorf("looked %d times, want once", n)
	}
}
