package library

import (
	"context"
	"database/sql"
	"time"
)

// Recount has the state of embeddings counted at once.
func (l *Library) Recount() { l.meaning.recount() }

// CountVectors counts all embeddings that are kept.
func (l *Library) CountVectors(ctx context.Context) (n int) {
	db, err := l.vectors.open(ctx, l.home)
	if err != nil {
		return -1
	}
	if err := db.Reader().QueryRowContext(ctx, "SELECT count(*) FROM vectors").Scan(&n); err != nil {
		return -1
	}
	return n
}

// HurryJobs makes all jobs due.
func (l *Library) HurryJobs(ctx context.Context) error {
	return l.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE jobs SET due = 0")
		return err
	})
}

// JobAttempts returns how often the job that waits was begun, and when it is due.
func (l *Library) JobAttempts(ctx context.Context) (attempts int, due time.Time, err error) {
	var at int64
	err = l.db.Reader().QueryRowContext(ctx, "SELECT attempts, due FROM jobs").Scan(&attempts, &at)
	return attempts, time.UnixMilli(at), err
}

// SetProblem says that embeddings cannot be made.
func (l *Library) SetProblem(err error) { l.meaning.setProblem(err) }

// HeldRows counts the embeddings that are held in memory.
func (l *Library) HeldRows() int {
	if rows := l.meaning.current().rows; rows != nil {
		return rows.Len()
	}
	return 0
}

// SpoilVectors makes all embeddings too short.
func (l *Library) SpoilVectors(ctx context.Context) error {
	return l.vectors.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE vectors SET vector = x'00'")
		return err
	})
}

// Nearest finds the passages nearest to a vector and counts them.
func (l *Library) Nearest(ctx context.Context, model string, vector []float32) (int, error) {
	near, err := l.nearest(ctx, model, vector, 10, nil)
	return len(near), err
}

// LookForMissing looks for passages without an embedding.
func (l *Library) LookForMissing(ctx context.Context, model string) (int, error) {
	missing, _, err := l.withoutEmbedding(ctx, model)
	return len(missing), err
}

// VectorReader is the pool of read-only connections to the embeddings.
func (l *Library) VectorReader(ctx context.Context) (*sql.DB, error) {
	db, err := l.vectors.open(ctx, l.home)
	if err != nil {
		return nil, err
	}
	return db.Reader(), nil
}

// HoldWriter keeps all other writers waiting until release.
func (l *Library) HoldWriter(ctx context.Context) (release func()) {
	held, end, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- l.db.Write(ctx, func(*sql.Tx) error {
			close(held)
			<-end
			return nil
		})
	}()
	<-held
	return func() {
		close(end)
		<-ended
	}
}

// SetEmbedClaim changes how long the calls of one claim to a model may take.
func (l *Library) SetEmbedClaim(d time.Duration) { l.embedClaim = d }

// SetSlice changes how long a job goes on before it gives its place to others.
func (l *Library) SetSlice(d time.Duration) { l.slice = d }

// SetEmbedTime changes how long a query that is searched may take to be embedded.
func (l *Library) SetEmbedTime(d time.Duration) { l.embedTime = d }
