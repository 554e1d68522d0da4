package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/holtdb/holt/library/retrieve"
	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

const (
	embedBatch = 64 // passages that are embedded by one call, at the most
	// embedText bounds what is embedded of a passage, in bytes. A passage has
	// some 160 words; only scripts without spaces come near.
	embedText = 4000
	// A call that takes longer than longCall is followed by smaller ones, one
	// that is shorter than shortCall by larger ones.
	shortCall = time.Second
	longCall  = 5 * time.Second
)

// errEmbedSlow means that a model did not answer within a claim.
var errEmbedSlow = errors.New("the embedding model takes too long")

// embedding is the work of one claim.
type embedding struct {
	l        *Library
	model    Embedder
	deadline time.Time // for all calls to the model
	calls    int
	stored   int  // passages that are done
	dim      int  // of the embeddings so far, 0 before the first
	works    bool // the model took some text
}

// passage is one that is to be embedded.
type passage struct {
	id, chunk int64
	text      string // as the model gets it
}

// batchSize is how many passages are embedded by one call.
func (m *meaning) batchSize() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.batch == 0 {
		return embedBatch
	}
	return m.batch
}

// called learns from how long a call with so many passages took. One that was
// broken off counts with its time so far.
func (m *meaning) called(size int, took time.Duration, brokenOff bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case brokenOff:
		m.batch = max(1, size/4)
	case took > longCall:
		m.batch = max(1, size/2)
	case took < shortCall && size == m.batch:
		m.batch = min(embedBatch, 2*size)
	}
}

// embedPassages embeds a batch. What was deleted meanwhile is left out; what is
// deleted while the model works is swept later, and never found.
func (w *embedding) embedPassages(ctx context.Context, ids []int64) error {
	list, err := sqlite.Collect(ctx, w.l.db.Reader(), func(r sqlite.Row) (passage, error) {
		var p passage
		var title, heading, text string
		err := r.Scan(&p.id, &p.chunk, &title, &heading, &text)
		p.text = embeddable(title, heading, text)
		return p, err
	}, `SELECT s.id, s.chunk_id, d.title, p.heading, CAST(substr(CAST(p.text AS BLOB), s.start + 1, s."end" - s.start) AS TEXT)
		FROM json_each(?) j CROSS JOIN passages s ON s.id = j.value CROSS JOIN page_chunks p ON p.id = s.chunk_id
		CROSS JOIN documents d ON d.seq = p.id >> 20`, jsonArray(ids))
	if err != nil {
		return fmt.Errorf("read passages: %w", err)
	}
	if len(list) == 0 {
		return nil
	}
	return w.embed(ctx, list)
}

// embed embeds passages and stores them. Of several that the model refuses it
// gets half at a time, so that only what it does not take is missing.
func (w *embedding) embed(ctx context.Context, list []passage) error {
	texts := make([]string, len(list))
	for i, p := range list {
		texts[i] = p.text
	}
	vectors, err := w.call(ctx, texts)
	switch {
	case err == nil:
		return w.store(ctx, list, vectors)
	case !refused(err):
		return err
	case len(list) == 1:
		return w.embedShortened(ctx, list[0])
	}
	half := len(list) / 2
	if err := w.embed(ctx, list[:half]); err != nil {
		return err
	}
	return w.embed(ctx, list[half:])
}

// refused reports whether a model does not take a text, whenever it is asked.
func refused(err error) bool {
	switch llm.ReasonOf(err) {
	case llm.TooLong, llm.Refused:
		return true
	}
	return errors.Is(err, llm.ErrInvalid)
}

// embedShortened embeds the beginning of a passage that is refused. If that is
// refused too, it is stored that the passage has no embedding, provided that the
// model takes anything at all.
func (w *embedding) embedShortened(ctx context.Context, p passage) error {
	const kept = 4 // one of so many parts
	vectors, err := w.call(ctx, []string{strings.ToValidUTF8(p.text[:len(p.text)/kept], "")})
	if err == nil {
		return w.store(ctx, []passage{p}, vectors)
	}
	if !refused(err) {
		return err
	}
	if !w.works {
		if _, err := w.call(ctx, []string{"text"}); err != nil {
			return err
		}
	}
	return w.store(ctx, []passage{p}, [][]float32{nil})
}

// call has the model embed texts, once and within the time of the claim.
func (w *embedding) call(ctx context.Context, texts []string) ([][]float32, error) {
	calling, cancel := context.WithDeadline(ctx, w.deadline)
	defer cancel()
	w.calls++
	begin := time.Now()
	vectors, err := w.model.Embed(calling, texts, false)
	slow := err != nil && calling.Err() != nil && ctx.Err() == nil
	if err == nil || slow {
		w.l.meaning.called(len(texts), time.Since(begin), slow)
	}
	switch {
	case slow:
		return nil, fmt.Errorf("embed passages: %w: %w", errEmbedSlow, err)
	case err != nil:
		return nil, fmt.Errorf("embed passages: %w", err)
	case len(vectors) != len(texts):
		return nil, fmt.Errorf("embed passages: %d embeddings of %d texts", len(vectors), len(texts))
	}
	for _, v := range vectors {
		if w.dim == 0 {
			w.dim = len(v)
		}
		// A model that changed since the last claim is followed. One that does
		// all the time would be asked without end.
		if len(v) != w.dim || w.dim == 0 {
			return nil, fmt.Errorf("embed passages: an embedding of %d numbers after one of %d", len(v), w.dim)
		}
	}
	w.works = true
	w.l.meaning.learn(w.model.ID(), w.dim)
	return vectors, nil
}

// store stores embeddings; an empty one says that the model refuses the passage.
func (w *embedding) store(ctx context.Context, list []passage, vectors [][]float32) error {
	ids := make([]int64, len(list))
	for i, p := range list {
		ids[i] = p.id
	}
	err := w.l.useVectors(ctx, func(db *sqlite.DB) error {
		return db.Write(ctx, func(tx *sql.Tx) error {
			// Of another model or dimension, which may be held in memory.
			if err := removeVectors(ctx, tx, "passage IN (SELECT value FROM json_each(?))", jsonArray(ids)); err != nil {
				return err
			}
			insert, err := tx.PrepareContext(ctx, "INSERT INTO vectors (passage, chunk, model, dim, vector) VALUES (?, ?, ?, ?, ?)")
			if err != nil {
				return err
			}
			defer insert.Close()
			for i, p := range list {
				if _, err := insert.ExecContext(ctx, p.id, p.chunk, w.model.ID(), len(vectors[i]), retrieve.Encode(vectors[i])); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if errors.Is(err, sqlite.ErrFull) {
		return &tenant.OverQuota{What: "database_bytes", Allowed: w.l.meter.Limits().DatabaseBytes}
	}
	if err != nil {
		return fmt.Errorf("store embeddings: %w", err)
	}
	w.stored += len(list)
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
