package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/holtdb/holt/library/retrieve"
	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/tenant/queue"
)

const (
	embedBatch = 64   // passages that are embedded by one call
	embedLook  = 2048 // passages without an embedding that are looked up at once
	// embedText bounds what is embedded of a passage, in bytes. A passage has
	// some 160 words; only scripts without spaces come near.
	embedText = 4000
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
// a slice.
func (l *Library) embedJob(ctx context.Context, job *queue.Job) error {
	e, err := l.embedder(ctx)
	if err != nil {
		return err
	}
	if e == nil {
		return l.finishJob(ctx, job)
	}
	left, err := l.embedFor(ctx, e, l.slice)
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

// embedFor embeds passages until there are none left or the time is over.
func (l *Library) embedFor(ctx context.Context, e Embedder, slice time.Duration) (left bool, err error) {
	vecs, err := l.vectors.open(ctx, l.home)
	if err != nil {
		return false, err
	}
	until := time.Now().Add(slice)
	for {
		missing, err := l.withoutEmbedding(ctx, vecs, e.ID())
		if err != nil {
			return false, err
		}
		for len(missing) > 0 {
			if time.Now().After(until) {
				return true, nil
			}
			n := min(embedBatch, len(missing))
			if err := l.embedPassages(ctx, vecs, e, missing[:n]); err != nil {
				return false, err
			}
			missing = missing[n:]
		}
		again, err := l.withoutEmbedding(ctx, vecs, e.ID())
		if err != nil || len(again) == 0 {
			return false, errors.Join(err, l.sweepVectors(ctx, vecs, e.ID()))
		}
	}
}

// withoutEmbedding returns the first passages that have no embedding of a
// model. The two databases are read side by side, in the order of the ids.
func (l *Library) withoutEmbedding(ctx context.Context, vecs *sqlite.DB, model string) ([]int64, error) {
	have, err := vecs.Reader().QueryContext(ctx, "SELECT passage FROM vectors WHERE model = ? ORDER BY passage", model)
	if err != nil {
		return nil, fmt.Errorf("look for passages to embed: %w", err)
	}
	defer have.Close()
	all, err := l.db.Reader().QueryContext(ctx, "SELECT id FROM passages ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("look for passages to embed: %w", err)
	}
	defer all.Close()
	var missing []int64
	next, err := nextID(have)
	for err == nil && len(missing) < embedLook && all.Next() {
		var id int64
		if err = all.Scan(&id); err != nil {
			break
		}
		for err == nil && next < id {
			next, err = nextID(have)
		}
		if err == nil && next != id {
			missing = append(missing, id)
		}
	}
	if err = errors.Join(err, all.Err()); err != nil {
		return nil, fmt.Errorf("look for passages to embed: %w", err)
	}
	return missing, nil
}

// nextID reads the next id, or one beyond all.
func nextID(rows *sql.Rows) (int64, error) {
	const beyond = 1<<63 - 1
	if !rows.Next() {
		return beyond, rows.Err()
	}
	var id int64
	err := rows.Scan(&id)
	return id, err
}

// embedPassages embeds a batch. What was deleted meanwhile is left out; what is
// deleted while the model works is swept later, and never found.
func (l *Library) embedPassages(ctx context.Context, vecs *sqlite.DB, e Embedder, ids []int64) error {
	type passage struct{ id, chunk int64 }
	var passages []passage
	var texts []string
	err := sqlite.Each(ctx, l.db.Reader(), func(r sqlite.Row) error {
		var p passage
		var title, heading, text string
		if err := r.Scan(&p.id, &p.chunk, &title, &heading, &text); err != nil {
			return err
		}
		passages = append(passages, p)
		texts = append(texts, embeddable(title, heading, text))
		return nil
	}, `SELECT s.id, s.chunk_id, d.title, p.heading, CAST(substr(CAST(p.text AS BLOB), s.start + 1, s."end" - s.start) AS TEXT)
		FROM json_each(?) j CROSS JOIN passages s ON s.id = j.value CROSS JOIN page_chunks p ON p.id = s.chunk_id
		CROSS JOIN documents d ON d.seq = p.id >> 20`, jsonArray(ids))
	if err != nil {
		return fmt.Errorf("read passages: %w", err)
	}
	if len(texts) == 0 {
		return nil
	}
	vectors, err := e.Embed(ctx, texts, false)
	if err != nil {
		return fmt.Errorf("embed passages: %w", err)
	}
	if len(vectors) != len(texts) {
		return fmt.Errorf("embed passages: %d embeddings of %d texts", len(vectors), len(texts))
	}
	err = vecs.Write(ctx, func(tx *sql.Tx) error {
		for i, p := range passages {
			// A row that is replaced is of another model: no matrix of this one has it.
			_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO vectors (passage, chunk, model, dim, vector) VALUES (?, ?, ?, ?, ?)",
				p.id, p.chunk, e.ID(), len(vectors[i]), retrieve.Encode(vectors[i]))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, sqlite.ErrFull) {
		return &tenant.OverQuota{What: "database_bytes", Allowed: l.meter.Limits().DatabaseBytes}
	}
	if err != nil {
		return fmt.Errorf("store embeddings: %w", err)
	}
	return nil
}

// embeddable is a passage as a model gets it: with what it is part of, as a
// passage seldom names its subject.
func embeddable(title, heading, text string) string {
	var b strings.Builder
	b.WriteString(title)
	if heading != "" && heading != title {
		b.WriteString(" — " + heading)
	}
	b.WriteString("\n" + text)
	return strings.ToValidUTF8(b.String()[:min(b.Len(), embedText)], "")
}

// sweepVectors removes the embeddings of other models and of passages that are
// gone. It is called when all passages have one of the present model.
func (l *Library) sweepVectors(ctx context.Context, vecs *sqlite.DB, model string) error {
	have, err := sqlite.Collect(ctx, vecs.Reader(), scanID, "SELECT passage FROM vectors WHERE model = ? ORDER BY passage", model)
	if err != nil {
		return fmt.Errorf("sweep embeddings: %w", err)
	}
	there, err := sqlite.Collect(ctx, l.db.Reader(), scanID, "SELECT id FROM passages ORDER BY id")
	if err != nil {
		return fmt.Errorf("sweep embeddings: %w", err)
	}
	var gone []int64
	i := 0
	for _, id := range have {
		for i < len(there) && there[i] < id {
			i++
		}
		if i == len(there) || there[i] != id {
			gone = append(gone, id)
		}
	}
	err = vecs.Write(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM vectors WHERE model <> ? OR passage IN (SELECT value FROM json_each(?))",
			model, jsonArray(gone))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return newGeneration(ctx, tx)
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
	case errors.Is(err, tenant.ErrOverQuota):
		return "There is no room left for embeddings: delete documents or ask for more space."
	}
	return "Embeddings cannot be made because of a fault of the server. It is tried again."
}
