package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/tenant/queue"
)

const (
	embedLook = 2048 // passages without an embedding that are looked up at once
	// embedClaim is how long a worker is occupied at the most before other
	// libraries have their turn: a slice, and the last call to the model.
	embedClaim = 30 * time.Second
	// slotPause is when a job looks again whether there is a slot for it.
	slotPause = 2 * time.Second
)

// wantEmbeddings has passages embedded that have no embedding yet, within the
// transaction that brought them. The caller announces the work.
func (l *Library) wantEmbeddings(ctx context.Context, tx *sql.Tx) error {
	if l.models == nil {
		return nil
	}
	return queue.Add(ctx, tx, embedJob, "", time.Now())
}

// embedJob embeds what has no embedding of the present model, for the length of
// a slice. Without a slot it comes again soon instead of waiting in a worker.
func (l *Library) embedJob(ctx context.Context, job *queue.Job) error {
	e, _, err := l.embedder(ctx)
	if err != nil {
		return err
	}
	if e == nil {
		return l.finishJob(ctx, job)
	}
	if l.embedSlots != nil {
		select {
		case l.embedSlots <- struct{}{}:
			defer func() { <-l.embedSlots }()
		default:
			return l.jobs.PutBack(ctx, job, slotPause, true)
		}
	}
	left, err := l.embedFor(ctx, e)
	if err != nil && ctx.Err() == nil {
		l.meaning.setProblem(err)
		return err
	}
	if err != nil {
		return err
	}
	l.meaning.setProblem(nil)
	return l.db.Write(ctx, func(tx *sql.Tx) error {
		if left {
			return again(ctx, tx, job)
		}
		return finish(ctx, tx, job)
	})
}

// embedFor embeds passages until there are none left or a slice is over.
func (l *Library) embedFor(ctx context.Context, e Embedder) (left bool, err error) {
	begin := time.Now()
	w := embedding{l: l, model: e, deadline: begin.Add(l.embedClaim)}
	for {
		missing, dim, err := l.withoutEmbedding(ctx, e.ID())
		if err != nil {
			return false, err
		}
		if len(missing) == 0 {
			return false, l.sweepVectors(ctx, e.ID(), dim)
		}
		for len(missing) > 0 {
			if w.calls > 0 && time.Since(begin) >= l.slice {
				return true, nil
			}
			n := min(l.meaning.batchSize(), len(missing))
			err := w.embedPassages(ctx, missing[:n])
			if errors.Is(err, errEmbedSlow) && w.stored > 0 {
				return true, nil
			}
			if err != nil {
				return false, err
			}
			missing = missing[n:]
		}
	}
}

// withoutEmbedding returns the first passages that have no embedding of a
// model, and the dimension of those that there are. The databases are read one
// after the other: nobody holds a connection of one and waits for the other.
func (l *Library) withoutEmbedding(ctx context.Context, model string) (missing []int64, dim int, err error) {
	var have []int64
	err = l.useVectors(ctx, func(db *sqlite.DB) error {
		return db.View(ctx, func(tx *sql.Tx) (err error) {
			if dim, _, err = l.meaning.embedded(ctx, tx, model); err != nil {
				return err
			}
			have, err = sqlite.Collect(ctx, tx, scanID, "SELECT passage FROM vectors WHERE model = ? AND dim IN (0, ?)", model, dim)
			return err
		})
	})
	if err != nil {
		return nil, 0, fmt.Errorf("look for passages to embed: %w", err)
	}
	slices.Sort(have)
	err = sqlite.Each(ctx, l.db.Reader(), func(r sqlite.Row) error {
		id, err := scanID(r)
		if err != nil {
			return err
		}
		for len(have) > 0 && have[0] < id {
			have = have[1:]
		}
		if len(have) > 0 && have[0] == id {
			return nil
		}
		if missing = append(missing, id); len(missing) == embedLook {
			return errEnough
		}
		return nil
	}, "SELECT id FROM passages ORDER BY id")
	if err != nil && !errors.Is(err, errEnough) {
		return nil, 0, fmt.Errorf("look for passages to embed: %w", err)
	}
	return missing, dim, nil
}

// errEnough ends the reading of rows.
var errEnough = errors.New("enough rows")

// sweepVectors removes the embeddings of other models and of passages that are
// gone. It is called when all passages have one of the present model: without
// more rows than passages there are none to remove.
func (l *Library) sweepVectors(ctx context.Context, model string, dim int) error {
	var passages int
	if err := l.db.Reader().QueryRowContext(ctx, "SELECT count(*) FROM passages").Scan(&passages); err != nil {
		return fmt.Errorf("sweep embeddings: %w", err)
	}
	var have []int64
	err := l.useVectors(ctx, func(db *sqlite.DB) error {
		return db.View(ctx, func(tx *sql.Tx) error {
			var rows int
			err := tx.QueryRowContext(ctx, "SELECT count(*) FROM vectors").Scan(&rows)
			if err != nil || rows <= passages {
				return err
			}
			have, err = sqlite.Collect(ctx, tx, scanID, "SELECT passage FROM vectors")
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("sweep embeddings: %w", err)
	}
	if len(have) == 0 {
		return nil
	}
	there, err := sqlite.Collect(ctx, l.db.Reader(), scanID, "SELECT id FROM passages ORDER BY id")
	if err != nil {
		return fmt.Errorf("sweep embeddings: %w", err)
	}
	gone := slices.DeleteFunc(have, func(id int64) bool {
		_, found := slices.BinarySearch(there, id)
		return found
	})
	err = l.useVectors(ctx, func(db *sqlite.DB) error {
		return db.Write(ctx, func(tx *sql.Tx) error {
			return removeVectors(ctx, tx, "model <> ? OR dim NOT IN (0, ?) OR passage IN (SELECT value FROM json_each(?))",
				model, dim, jsonArray(gone))
		})
	})
	if err != nil {
		return fmt.Errorf("sweep embeddings: %w", err)
	}
	return nil
}

func scanID(r sqlite.Row) (int64, error) {
	var id int64
	err := r.Scan(&id)
	return id, err
}

// problemOf is what a person is told about embeddings that are not made.
func problemOf(err error) string {
	var failed *ModelError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &failed):
		return failed.Error()
	case errors.Is(err, errEmbedSlow):
		return "The embedding model takes too long to answer. It is tried again."
	case errors.Is(err, tenant.ErrOverQuota):
		return "There is no room left for embeddings: delete documents or ask for more space."
	}
	return "Embeddings cannot be made because of a fault of the server. It is tried again."
}
