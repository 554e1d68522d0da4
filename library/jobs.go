package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/holtdb/holt/tenant/queue"
)

// Kinds of jobs.
const (
	ingestJob = "ingest" // reads a document; the subject is its id
	ocrJob    = "ocr"    // reads its pages that are pictures; the subject is its id
	embedJob  = "embed"  // embeds all passages that have no embedding yet; no subject
)

const (
	extendEvery = 30 * time.Second // well within a job's lease
	settleTime  = 10 * time.Second // for writing down how a job ended
	// A job that goes on for long gives its place to others after a slice.
	jobSlice = 20 * time.Second
	// Pauses before a job is tried again, doubled each time.
	firstDelay = 10 * time.Second
	lastDelay  = 10 * time.Minute
)

// Claim takes the library's next background job, as a [queue.Pool] asks for.
// The library must stay open until the task returned; the task's context ends
// when the library is to be left.
func (l *Library) Claim(ctx context.Context) (queue.Task, time.Time, error) {
	if err := l.home.CheckWritable(); err != nil {
		return nil, time.Time{}, err
	}
	job, due, err := l.jobs.Claim(ctx)
	if err != nil || job == nil {
		return nil, due, err
	}
	return func(ctx context.Context) { l.run(ctx, job) }, time.Time{}, nil
}

// run does a job.
func (l *Library) run(ctx context.Context, job *queue.Job) {
	switch job.Kind {
	case ingestJob:
		l.ingest(ctx, job)
	case ocrJob:
		l.workOn(ctx, job, l.recogniseJob)
	case embedJob:
		l.workOn(ctx, job, l.embedJob)
	default:
		l.log.Error("job of an unknown kind", "tenant", l.home.ID().String(), "kind", job.Kind)
		l.workOn(ctx, job, l.finishJob)
	}
}

// workOn does a job that ends itself, by [queue.Finish] in its own transaction.
// One that fails is tried again later, for as long as it takes: what it is
// missing, such as a model server, may come back.
func (l *Library) workOn(ctx context.Context, job *queue.Job, do func(context.Context, *queue.Job) error) {
	err := l.attemptWork(ctx, job, do)
	if err == nil || errors.Is(err, errWithdrawn) {
		return
	}
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	if ctx.Err() != nil {
		err = l.jobs.PutBack(settling, job, 0, true)
	} else {
		l.log.Warn("background work", "tenant", l.home.ID().String(), "kind", job.Kind, "attempt", job.Attempts, "error", err)
		err = l.putBackLater(settling, job, min(lastDelay, firstDelay<<min(job.Attempts-1, 10)))
	}
	if err != nil {
		l.log.Error("settle job", "tenant", l.home.ID().String(), "kind", job.Kind, "error", err)
	}
}

func (l *Library) attemptWork(ctx context.Context, job *queue.Job, do func(context.Context, *queue.Job) error) (err error) {
	defer l.catchPanic(job, &err)
	ctx, release := l.keepLease(ctx, job)
	defer release()
	err = do(ctx, job)
	if context.Cause(ctx) == errWithdrawn {
		return errWithdrawn
	}
	return err
}

// putBackLater puts a job back and has the pool look at it in time.
func (l *Library) putBackLater(ctx context.Context, job *queue.Job, delay time.Duration) error {
	done, err := l.announceWork(ctx)
	if err != nil {
		return err
	}
	defer done()
	return l.jobs.PutBack(ctx, job, delay, false)
}

// finishJob removes a job that has nothing to do.
func (l *Library) finishJob(ctx context.Context, job *queue.Job) error {
	return l.db.Write(ctx, func(tx *sql.Tx) error { return finish(ctx, tx, job) })
}

// finish ends a job within the transaction that makes its result visible.
func finish(ctx context.Context, tx *sql.Tx, job *queue.Job) error {
	current, err := queue.Finish(ctx, tx, job)
	if err == nil && !current {
		return errWithdrawn
	}
	return err
}

// again ends a job and puts one like it at the end of the queue: others have
// their turn, and then it goes on.
func again(ctx context.Context, tx *sql.Tx, job *queue.Job) error {
	if err := finish(ctx, tx, job); err != nil {
		return err
	}
	return queue.Add(ctx, tx, job.Kind, job.Subject, time.Now())
}

// catchPanic turns a panic of a job into an error.
func (l *Library) catchPanic(job *queue.Job, err *error) {
	if p := recover(); p != nil {
		l.log.Error("background work", "tenant", l.home.ID().String(), "kind", job.Kind, "subject", job.Subject,
			"panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
		*err = errPanicked
	}
}

var errPanicked = errors.New("the work panicked")

// keepLease renews the lease of a job while it is worked on. The context ends
// when the job was removed.
func (l *Library) keepLease(ctx context.Context, job *queue.Job) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(extendEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			wanted, err := l.jobs.Extend(ctx, job)
			if err == nil && !wanted {
				cancel(errWithdrawn)
			}
		}
	}()
	return ctx, func() {
		cancel(nil)
		<-stopped
	}
}
