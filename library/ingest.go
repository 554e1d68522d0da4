package library

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/tenant/queue"
)

const (
	maxAttempts = 3                // readings that a crash or a fault ended
	retryAfter  = 10 * time.Second // a fault of the server
)

// errWithdrawn means that the reading of a document is not wanted any more: it
// was deleted, or is to be read anew.
var errWithdrawn = errors.New("the reading was withdrawn")

// ingest reads a document and settles how that ended.
func (l *Library) ingest(ctx context.Context, job *queue.Job) {
	id := job.Subject
	reading, password, end := l.reading.begin(ctx, id)
	defer end()
	err := l.attempt(reading, job, password)
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	if err == nil {
		l.reading.forgetPassword(id)
		return
	}
	if context.Cause(reading) == errWithdrawn || errors.Is(err, errWithdrawn) {
		return
	}
	if err := l.settle(settling, job, err, ctx.Err() != nil); err != nil {
		// The job's lease runs out, and it is begun again.
		l.log.Error("settle job", "tenant", l.home.ID().String(), "document", id, "error", err)
	}
}

// attempt reads a document and makes its pages visible.
func (l *Library) attempt(ctx context.Context, job *queue.Job, password string) (err error) {
	// A file that makes the reader panic must not take the server with it.
	defer l.catchPanic(job, &err)
	if job.Attempts > maxAttempts {
		return errCrashes
	}
	rec, err := recordByID(ctx, l.db.Reader(), job.Subject)
	if errors.Is(err, ErrNotFound) {
		return errWithdrawn // its job went with it
	}
	if err != nil {
		return err
	}
	ctx, release := l.keepLease(ctx, job)
	defer release()
	progress := &reporter{l: l, id: rec.ID}
	progress.report(ctx, stageExtracting, 0, 0)
	content, err := l.extract(ctx, rec, password, progress)
	if err != nil {
		return err
	}
	progress.report(ctx, stageIndexing, 0, len(content.Pages))
	return l.publish(ctx, job, rec, content)
}

// settle writes down that a reading did not succeed: it is put back where that
// may help, else the document has failed.
func (l *Library) settle(ctx context.Context, job *queue.Job, cause error, interrupted bool) error {
	id := job.Subject
	switch {
	case interrupted:
		l.watchers.publish(id, queuedProgress())
		return errors.Join(l.jobs.PutBack(ctx, job, 0, true), ignoreNotFound(l.setProgress(ctx, id, queuedProgress())))
	case !lasting(cause) && job.Attempts < maxAttempts:
		l.log.Warn("read document", "tenant", l.home.ID().String(), "document", id, "attempt", job.Attempts, "error", cause)
		return l.retryLater(ctx, job)
	}
	if !lasting(cause) {
		l.log.Error("read document", "tenant", l.home.ID().String(), "document", id, "error", cause)
	}
	l.reading.forgetPassword(id)
	failed := failedProgress(cause)
	err := l.db.Write(ctx, func(tx *sql.Tx) error {
		if err := finish(ctx, tx, job); err != nil {
			return err
		}
		if err := saveProgress(ctx, tx, id, failed); err != nil {
			return err
		}
		return dropStalePages(ctx, tx, id)
	})
	if errors.Is(err, errWithdrawn) || errors.Is(err, ErrNotFound) {
		return nil
	}
	if err == nil {
		l.watchers.publish(id, failed)
	}
	return err
}

func ignoreNotFound(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// lasting reports whether a reading would fail the same way again.
func lasting(err error) bool {
	for _, known := range []error{
		errCrashes, errNoText, errWrong, extract.ErrPassword, extract.ErrProtected, extract.ErrTooLarge,
		extract.ErrEmpty, extract.ErrBroken, extract.ErrUnsupported, ErrNotFound, ErrInvalid, tenant.ErrOverQuota,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// retryLater puts a reading back and says so to those who watch it.
func (l *Library) retryLater(ctx context.Context, job *queue.Job) error {
	l.watchers.publish(job.Subject, queuedProgress())
	return errors.Join(l.putBackLater(ctx, job, retryAfter),
		ignoreNotFound(l.setProgress(ctx, job.Subject, queuedProgress())))
}
