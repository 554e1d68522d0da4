package library

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/holtdb/holt/fulltext"
	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/library/retrieve"
	"github.com/holtdb/holt/tenant/queue"
)

// publish makes the pages of a document visible, in one transaction with the
// end of the job. It returns errWithdrawn, and nothing has changed, when the
// job was removed or the document deleted meanwhile.
func (l *Library) publish(ctx context.Context, job *queue.Job, rec record, c content) error {
	if rec.Pages > 0 { // embeddings are of passages that go now
		first, last := pageRange(rec.seq)
		if err := l.forgetVectors(ctx, first, last); err != nil {
			return fmt.Errorf("publish document: %w", err)
		}
	}
	done, err := l.announceWork(ctx) // the embedding of its passages
	if err != nil {
		return fmt.Errorf("publish document: %w", err)
	}
	defer done()
	language, tokenizer := languageOf(c)
	err = l.write(ctx, func(tx *sql.Tx) error {
		if err := finish(ctx, tx, job); err != nil {
			return err
		}
		if err := dropPages(ctx, tx, rec.seq); err != nil {
			return err
		}
		if err := insertPages(ctx, tx, rec, c.Pages, tokenizer); err != nil {
			return err
		}
		if err := describe(ctx, tx, rec, c, language); err != nil {
			return err
		}
		if err := l.wantRecognition(ctx, tx, rec.seq); err != nil {
			return err
		}
		if err := l.wantEmbeddings(ctx, tx); err != nil {
			return err
		}
		return refreshNames(ctx, tx, rec.seq)
	})
	if err != nil {
		return fmt.Errorf("publish document: %w", err)
	}
	l.cache.forget(rec.ID)
	l.meaning.recount()
	l.watchers.publish(rec.ID, readyProgress(len(c.Pages)))
	return nil
}

func readyProgress(pages int) Progress { return Progress{Status: Ready, Done: pages, Total: pages} }

// insertPages stores the pages with their passages.
func insertPages(ctx context.Context, tx *sql.Tx, rec record, pages []extract.Page, tokenizer fulltext.Tokenizer) error {
	page, err := tx.PrepareContext(ctx, `INSERT INTO page_chunks
		(id, doc_id, page_number, source, word_count, label, heading, width, height, text, html, tokenizer)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return fmt.Errorf("store pages: %w", err)
	}
	defer page.Close()
	passage, err := tx.PrepareContext(ctx, insertPassage)
	if err != nil {
		return fmt.Errorf("store passages: %w", err)
	}
	defer passage.Close()
	for _, p := range pages {
		id, text := pageID(rec.seq, p.Number), plain(p.Text)
		_, err := page.ExecContext(ctx, id, rec.ID, p.Number, source(p), len(strings.Fields(text)),
			p.Label, p.Heading, p.Width, p.Height, text, p.HTML, tokenizer)
		if err != nil {
			return fmt.Errorf("store pages: %w", err)
		}
		if err := insertPassages(ctx, passage, id, text); err != nil {
			return err
		}
	}
	return nil
}

const insertPassage = `INSERT INTO passages (chunk_id, start, "end") VALUES (?, ?, ?)`

// insertPassages stores the passages of a page's text by the prepared
// insertPassage.
func insertPassages(ctx context.Context, insert *sql.Stmt, page int64, text string) error {
	for _, s := range retrieve.Passages(text) {
		if _, err := insert.ExecContext(ctx, page, s.Start, s.End); err != nil {
			return fmt.Errorf("store passages: %w", err)
		}
	}
	return nil
}

const (
	sourceText = "text_layer"
	sourceNone = "none"
	sourceOCR  = "ocr"
)

func source(p extract.Page) string {
	if p.NoText {
		return sourceNone
	}
	return sourceText
}

// describe writes what the content says of the document.
func describe(ctx context.Context, tx *sql.Tx, rec record, c content, language string) error {
	title := clip(cleanLine(c.Meta.Title), MaxTitle)
	if title == "" {
		title = titleOfFile(rec.FileName)
	}
	authors := make([]string, 0, len(c.Meta.Authors))
	for _, a := range c.Meta.Authors {
		if a = clip(cleanLine(a), MaxTitle); a != "" {
			authors = append(authors, a)
		}
	}
	noText := 0
	for _, p := range c.Pages {
		if p.NoText {
			noText++
		}
	}
	pages := len(c.Pages)
	err := exec(ctx, tx, `UPDATE documents SET title = CASE WHEN title_edited THEN title ELSE ? END, authors = ?,
		language = ?, first_line = ?, pages = ?, no_text = ?, has_cover = ?, protected = ?, pages_hash = hash,
		status = ?, stage = '', done = ?, total = ?, error = '', needs_password = 0, updated = ? WHERE seq = ?`,
		title, jsonArray(authors), language, firstLine(c.Pages), pages, noText,
		len(c.Cover) > 0, c.protected, Ready, pages, pages, time.Now().UnixMilli(), rec.seq)
	if err != nil {
		return err
	}
	outline, err := json.Marshal(c.Meta.Outline)
	if err != nil {
		return fmt.Errorf("store outline: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO outlines (document, entries) VALUES (?, ?)", rec.seq, string(outline)); err != nil {
		return fmt.Errorf("store outline: %w", err)
	}
	if len(c.Cover) == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO covers (document, image) VALUES (?, ?)", rec.seq, c.Cover); err != nil {
		return fmt.Errorf("store cover: %w", err)
	}
	return nil
}

// dropPages takes the pages of a document away, with what hangs off them.
func dropPages(ctx context.Context, tx *sql.Tx, seq int64) error {
	first, last := pageRange(seq)
	if _, err := tx.ExecContext(ctx, "DELETE FROM page_chunks WHERE id BETWEEN ? AND ?", first, last); err != nil {
		return fmt.Errorf("drop pages: %w", err)
	}
	for _, statement := range []string{
		"DELETE FROM covers WHERE document = ?",
		"DELETE FROM outlines WHERE document = ?",
	} {
		if _, err := tx.ExecContext(ctx, statement, seq); err != nil {
			return fmt.Errorf("drop pages: %w", err)
		}
	}
	return nil
}

// dropStalePages takes the pages of a failed document away when its file has
// changed since they were read. Those of the same file stay.
func dropStalePages(ctx context.Context, tx *sql.Tx, id string) error {
	var seq int64
	err := tx.QueryRowContext(ctx, "SELECT seq FROM documents WHERE id = ? AND pages > 0 AND pages_hash <> hash", id).Scan(&seq)
	if err == sql.ErrNoRows {
		return nil
	}
	if err != nil {
		return fmt.Errorf("drop pages: %w", err)
	}
	if err := dropPages(ctx, tx, seq); err != nil {
		return err
	}
	return exec(ctx, tx, "UPDATE documents SET pages = 0, no_text = 0, has_cover = 0 WHERE seq = ?", seq)
}
