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

// SetSlice changes how long a job goes on before it gives its place to others.
func (l *Library) SetSlice(d time.Duration) { l.slice = d }

// SetEmbedTime changes how long a query that is searched may take to be embedded.
func (l *Library) SetEmbedTime(d time.Duration) { l.embedTime = d }
