package library

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/fulltext"
	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/library/retrieve"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/tenant/queue"
)

// Reader is the pool of read-only connections, for comparisons.
func (l *Library) Reader() *sql.DB { return l.db.Reader() }

// AddPages adds a ready document of these pages without a file.
func (l *Library) AddPages(ctx context.Context, title string, texts []string) error {
	rec := newRecord(newID(), Uploaded, title+".txt", extract.Text, 1)
	err := l.db.Write(ctx, func(tx *sql.Tx) (err error) {
		if rec, err = rec.insert(ctx, tx); err != nil {
			return err
		}
		return queueIngest(ctx, tx, rec.ID)
	})
	if err != nil {
		return err
	}
	job, _, err := l.jobs.Claim(ctx)
	if err != nil {
		return err
	}
	pages := make([]extract.Page, len(texts))
	for i, text := range texts {
		pages[i] = extract.Page{Number: i + 1, Label: fmt.Sprint(i + 1), Text: text}
	}
	return l.publish(ctx, &queue.Job{ID: job.ID, Attempts: job.Attempts}, rec, content{Content: &extract.Content{Pages: pages}})
}

// CheckIndices compares the full-text indices with the tables.
func (l *Library) CheckIndices(ctx context.Context) error {
	return l.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO page_index (page_index, rank) VALUES ('integrity-check', 1);
			INSERT INTO page_index_plain (page_index_plain, rank) VALUES ('integrity-check', 1);
			INSERT INTO page_index_trigram (page_index_trigram, rank) VALUES ('integrity-check', 1);
			INSERT INTO document_names (document_names) VALUES ('integrity-check')`)
		return err
	})
}

// Retokenize moves the pages of a document to the index of a tokenizer.
func (l *Library) Retokenize(ctx context.Context, id, tokenizer string) error {
	return l.db.Write(ctx, func(tx *sql.Tx) error {
		return exec(ctx, tx, "UPDATE page_chunks SET tokenizer = ? WHERE doc_id = ?", tokenizer, id)
	})
}

// Rows counts what is stored of all documents, embeddings included.
func (l *Library) Rows(ctx context.Context) (counts map[string]int, err error) {
	counts = make(map[string]int)
	count := func(db *sql.DB, tables ...string) {
		for _, table := range tables {
			var n int
			err = errors.Join(err, db.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n))
			counts[table] = n
		}
	}
	count(l.db.Reader(), "documents", "page_chunks", "passages", "covers", "outlines", "tags", "books", "document_names", "jobs")
	vectors, openErr := l.home.OpenDatabase(ctx, vectorsFile, tenant.DatabaseOptions{})
	if openErr != nil {
		return nil, openErr
	}
	count(vectors.Reader(), "vectors")
	return counts, errors.Join(err, vectors.Close())
}

// AddVector stores an embedding for the first passage of a document.
func (l *Library) AddVector(ctx context.Context, id string) error {
	rec, err := recordByID(ctx, l.db.Reader(), id)
	if err != nil {
		return err
	}
	first, last := pageRange(rec.seq)
	var passage int64
	err = l.db.Reader().QueryRowContext(ctx, "SELECT min(id) FROM passages WHERE chunk_id BETWEEN ? AND ?", first, last).Scan(&passage)
	if err != nil {
		return err
	}
	vectors, err := l.home.OpenDatabase(ctx, vectorsFile, tenant.DatabaseOptions{})
	if err != nil {
		return err
	}
	err = vectors.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO vectors (passage, chunk, model, dim, vector) VALUES (?, ?, 'm', 1, x'0000803f')",
			passage, first+1)
		return err
	})
	return errors.Join(err, vectors.Close())
}

// SetTimes sets how long drawing a page and searching may take.
func (l *Library) SetTimes(draw, search time.Duration) { l.drawTime, l.searchTime = draw, search }

// HoldSlot takes the turn to draw and returns what gives it back.
func (l *Library) HoldSlot() (release func()) {
	l.renders.slot <- struct{}{}
	return func() { <-l.renders.slot }
}

// Drawing reports whether a PDF is open for drawing.
func (l *Library) Drawing() bool { return len(l.renders.slot) > 0 }

// Queued is how many wait for their turn to draw.
func (l *Library) Queued() int {
	l.renders.flights.mu.Lock()
	defer l.renders.flights.mu.Unlock()
	return l.renders.flights.queued
}

// Settle waits until nothing is drawn any more.
func (l *Library) Settle() { l.work.Wait() }

// HasImage reports whether the image of a page is in the cache.
func (l *Library) HasImage(id string, number, width int) bool {
	return l.cache.has(id, imageOf(number, width).name)
}

// Best returns the pages, as document and number, of the n best hits of a
// query, in order.
func (l *Library) Best(ctx context.Context, query Query, n int) (pages []string, err error) {
	err = l.db.View(ctx, func(tx *sql.Tx) error {
		s := searcher{tx: tx, query: fulltext.Parse(query.Text)}
		if possible, err := s.restrict(ctx, query); err != nil || !possible {
			return err
		}
		found, err := s.best(ctx, n)
		for i, f := range found {
			if i > 0 && byRank(found[i-1], f) >= 0 {
				return errors.New("the best pages are not in order")
			}
			pages = append(pages, fmt.Sprint(f.id>>pageBits, "/", f.id&maxPages))
		}
		return err
	})
	return pages, err
}

// Restricted returns how many documents a query is restricted to, -1 for all.
func (l *Library) Restricted(ctx context.Context, query Query) (n int, err error) {
	err = l.db.View(ctx, func(tx *sql.Tx) error {
		s := searcher{tx: tx, query: fulltext.Parse(query.Text)}
		if _, err := s.restrict(ctx, query); err != nil {
			return err
		}
		documents, restricted, err := s.restricted(ctx)
		if n = len(documents); !restricted {
			n = -1
		}
		return err
	})
	return n, err
}

// HitsOf makes hits of pages of one document, found in any way, of some of
// which a passage was.
func (l *Library) HitsOf(ctx context.Context, id, query string, pages []int, passages map[int]retrieve.Span) (hits []Hit, err error) {
	rec, err := recordByID(ctx, l.db.Reader(), id)
	if err != nil {
		return nil, err
	}
	err = l.db.View(ctx, func(tx *sql.Tx) error {
		s := searcher{tx: tx, query: fulltext.Parse(query), passage: make(map[int64]retrieve.Span)}
		list := make([]found, len(pages))
		for i, n := range pages {
			list[i] = found{pageID(rec.seq, n), float64(i - len(pages))}
			if span, ok := passages[n]; ok {
				s.passage[list[i].id] = span
			}
		}
		hits, err = s.hits(ctx, list)
		return err
	})
	return hits, err
}

// PatchCursor changes one byte of a cursor.
func PatchCursor(after string, at int, by byte) string {
	b, err := base64.RawURLEncoding.DecodeString(after)
	if err != nil {
		return ""
	}
	b[at] = by
	return base64.RawURLEncoding.EncodeToString(b)
}
