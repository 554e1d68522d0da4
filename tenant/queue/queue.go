// Package queue runs background work of tenants: the jobs wait in each tenant's
// own database, so that they move with the tenant and survive restarts, and a
// shared [Pool] takes the tenants in turn.
package queue

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/sqlite"
)

//go:embed schema.sql
var schema string

// Schema returns the SQL of the jobs table, which an application makes a
// migration step of the tenant's database.
func Schema() string { return schema }

// Job is a piece of work.
type Job struct {
	ID       int64
	Kind     string // what is to be done
	Subject  string // to what; at most one unfinished job per kind and subject
	Attempts int    // beginnings, this one included
}

// lease is how long a job that was begun is left alone before it counts as lost
// with its process and is begun again. It is longer than any pause between two
// signs of life of a job.
const lease = 2 * time.Minute

// Queue is the waiting work of one tenant.
type Queue struct {
	db *sqlite.DB
}

// New returns the queue that lies in db.
func New(db *sqlite.DB) *Queue {
	return &Queue{db: db}
}

// Add puts a job into the queue within the caller's transaction. A job of the
// same kind and subject that has not begun is enough; one that has begun is
// followed by another when it has ended.
func Add(ctx context.Context, tx *sql.Tx, kind, subject string, notBefore time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO jobs (kind, subject, due) VALUES (?, ?, ?)
		ON CONFLICT (kind, subject) WHERE leased_until IS NULL
		DO UPDATE SET due = min(due, excluded.due)`, kind, subject, notBefore.UnixMilli())
	if err != nil {
		return fmt.Errorf("add job: %w", err)
	}
	return nil
}

// Remove takes the jobs of a kind and subject out of the queue within the
// caller's transaction, also those that have begun.
func Remove(ctx context.Context, tx *sql.Tx, kind, subject string) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM jobs WHERE kind = ? AND subject = ?", kind, subject); err != nil {
		return fmt.Errorf("remove job: %w", err)
	}
	return nil
}

// Claim begins the next job that is due. Without one it returns nil and when
// the next will be, the zero time when the queue is empty.
func (q *Queue) Claim(ctx context.Context) (*Job, time.Time, error) {
	var job *Job
	var next time.Time
	err := q.db.Write(ctx, func(tx *sql.Tx) error {
		job, next = nil, time.Time{}
		var j Job
		now := time.Now()
		err := tx.QueryRowContext(ctx, `UPDATE jobs SET leased_until = ?1, attempts = attempts + 1
			WHERE id = (SELECT id FROM jobs_ready WHERE ready <= ?2 ORDER BY due, id LIMIT 1)
			RETURNING id, kind, subject, attempts`, now.Add(lease).UnixMilli(), now.UnixMilli()).
			Scan(&j.ID, &j.Kind, &j.Subject, &j.Attempts)
		if err == nil {
			job = &j
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var due sql.NullInt64
		if err := tx.QueryRowContext(ctx, "SELECT min(ready) FROM jobs_ready").Scan(&due); err != nil {
			return err
		}
		if due.Valid {
			next = time.UnixMilli(due.Int64)
		}
		return nil
	})
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("claim job: %w", err)
	}
	return job, next, nil
}

// Extend renews the lease of a job that is being worked on. It returns false
// when the job was removed meanwhile: its work is not wanted any more.
func (q *Queue) Extend(ctx context.Context, job *Job) (bool, error) {
	var wanted bool
	err := q.db.Write(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "UPDATE jobs SET leased_until = ? WHERE id = ? AND attempts = ?",
			time.Now().Add(lease).UnixMilli(), job.ID, job.Attempts)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		wanted = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("extend job: %w", err)
	}
	return wanted, nil
}

// Finish removes a job that is done, within the transaction that makes its
// result visible. It returns false when the job was removed or begun again
// elsewhere: the transaction is then to be rolled back.
func Finish(ctx context.Context, tx *sql.Tx, job *Job) (bool, error) {
	res, err := tx.ExecContext(ctx, "DELETE FROM jobs WHERE id = ? AND attempts = ?", job.ID, job.Attempts)
	if err != nil {
		return false, fmt.Errorf("finish job: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// PutBack returns a job to the queue, to be begun again after delay. Its
// attempt does not count when the work was only interrupted.
func (q *Queue) PutBack(ctx context.Context, job *Job, delay time.Duration, interrupted bool) error {
	attempts := job.Attempts
	if interrupted {
		attempts--
	}
	err := q.db.Write(ctx, func(tx *sql.Tx) error {
		// A job of the same subject that was added meanwhile does the work as well.
		if _, err := tx.ExecContext(ctx, `DELETE FROM jobs WHERE id = ?1 AND attempts = ?2 AND EXISTS
			(SELECT 1 FROM jobs WHERE kind = ?3 AND subject = ?4 AND leased_until IS NULL)`,
			job.ID, job.Attempts, job.Kind, job.Subject); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE jobs SET leased_until = NULL, due = ?, attempts = ?
			WHERE id = ? AND attempts = ?`, time.Now().Add(delay).UnixMilli(), attempts, job.ID, job.Attempts)
		return err
	})
	if err != nil {
		return fmt.Errorf("put job back: %w", err)
	}
	return nil
}

// Recover puts back the jobs that an ended process had begun. Only the one
// process that works on the queue calls it, before it claims its first job.
func (q *Queue) Recover(ctx context.Context) error {
	err := q.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM jobs WHERE leased_until IS NOT NULL AND EXISTS
			(SELECT 1 FROM jobs w WHERE w.kind = jobs.kind AND w.subject = jobs.subject AND w.leased_until IS NULL)`); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE OR REPLACE jobs SET leased_until = NULL WHERE leased_until IS NOT NULL")
		return err
	})
	if err != nil {
		return fmt.Errorf("recover jobs: %w", err)
	}
	return nil
}

// Waiting counts the jobs that are not finished.
func (q *Queue) Waiting(ctx context.Context) (int, error) {
	var n int
	if err := q.db.Reader().QueryRowContext(ctx, "SELECT count(*) FROM jobs").Scan(&n); err != nil {
		return 0, fmt.Errorf("count jobs: %w", err)
	}
	return n, nil
}
