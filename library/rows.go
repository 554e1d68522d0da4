package library

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/holtdb/holt/library/extract"
)

// record is a document with what only this package needs of it.
type record struct {
	Document
	seq       int64
	hash      string
	pagesHash string
}

const recordColumns = `d.seq, d.id, d.hash, d.origin, d.file_name, d.format, d.size, d.title, d.authors, d.language,
	d.first_line, d.pages, d.no_text, d.has_cover, d.protected, d.missing, d.status, d.stage, d.done, d.total,
	d.error, d.needs_password, d.pages_hash, d.created, d.updated, d.ocr, d.ocr_pages, d.ocr_failed,
	CASE WHEN d.ocr_pages > 0 THEN (SELECT avg(confidence) FROM ocr_pages
		WHERE page BETWEEN d.seq << 20 AND (d.seq << 20) + 1048575 AND error = '') ELSE 0 END,
	(SELECT json_group_array(tag) FROM (SELECT tag FROM tags WHERE document = d.seq ORDER BY tag))`

// querier is a transaction or a pool of readers.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func scanRecord(scan func(dest ...any) error) (record, error) {
	var r record
	var authors, tags string
	var created, updated int64
	err := scan(&r.seq, &r.ID, &r.hash, &r.Origin, &r.FileName, &r.Format, &r.Size, &r.Title, &authors, &r.Language,
		&r.FirstLine, &r.Pages, &r.NoText, &r.HasCover, &r.Protected, &r.Missing, &r.Progress.Status, &r.Progress.Stage,
		&r.Progress.Done, &r.Progress.Total, &r.Progress.Error, &r.Progress.NeedsPassword, &r.pagesHash,
		&created, &updated, &r.OCR.State, &r.OCR.Pages, &r.OCR.Failed, &r.OCR.Confidence, &tags)
	if errors.Is(err, sql.ErrNoRows) {
		return record{}, ErrNotFound
	}
	if err != nil {
		return record{}, fmt.Errorf("read document: %w", err)
	}
	if err := errors.Join(json.Unmarshal([]byte(authors), &r.Authors), json.Unmarshal([]byte(tags), &r.Tags)); err != nil {
		return record{}, fmt.Errorf("read document: %w", err)
	}
	r.Created, r.Updated = time.UnixMilli(created), time.UnixMilli(updated)
	r.OCR = r.OCR.of(r.Document)
	return r, nil
}

// recordByID reads a document by its public id.
func recordByID(ctx context.Context, q querier, id string) (record, error) {
	return scanRecord(q.QueryRowContext(ctx, "SELECT "+recordColumns+" FROM documents d WHERE d.id = ?", id).Scan)
}

// recordByHash reads a document by the hash of its file.
func recordByHash(ctx context.Context, q querier, hash string) (record, error) {
	return scanRecord(q.QueryRowContext(ctx, "SELECT "+recordColumns+" FROM documents d WHERE d.hash = ?", hash).Scan)
}

// newRecord is what is known of a document before it is read.
func newRecord(hash string, origin Origin, fileName string, format extract.Format, size int64) record {
	return record{hash: hash, Document: Document{
		ID: newID(), Origin: origin, FileName: fileName, Format: format, Size: size,
		Title: titleOfFile(fileName), Progress: queuedProgress(),
	}}
}

// insert adds the document within tx and returns it as stored.
func (r record) insert(ctx context.Context, tx *sql.Tx) (record, error) {
	now := time.Now().UnixMilli()
	err := tx.QueryRowContext(ctx, `INSERT INTO documents
		(id, hash, origin, file_name, format, size, title, status, stage, error, created, updated)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq`,
		r.ID, r.hash, r.Origin, r.FileName, r.Format, r.Size, r.Title,
		r.Progress.Status, r.Progress.Stage, r.Progress.Error, now, now).Scan(&r.seq)
	if err != nil {
		return record{}, fmt.Errorf("add document: %w", err)
	}
	if err := refreshNames(ctx, tx, r.seq); err != nil {
		return record{}, err
	}
	return recordByID(ctx, tx, r.ID)
}

// refreshNames brings the index of names up to date with a document.
func refreshNames(ctx context.Context, tx *sql.Tx, seq int64) error {
	if err := forgetNames(ctx, tx, seq); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO document_names (rowid, title, authors, tags, file_name)
		SELECT seq, title, authors, coalesce((SELECT group_concat(tag, ' ') FROM tags WHERE document = seq), ''), file_name
		FROM documents WHERE seq = ?`, seq)
	if err != nil {
		return fmt.Errorf("index names: %w", err)
	}
	return nil
}

func forgetNames(ctx context.Context, tx *sql.Tx, seq int64) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM document_names WHERE rowid = ?", seq); err != nil {
		return fmt.Errorf("index names: %w", err)
	}
	return nil
}

// exec runs a statement within tx and returns ErrNotFound when it changed no row.
func exec(ctx context.Context, tx *sql.Tx, statement string, args ...any) error {
	res, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// jsonArray is how lists are stored and given to json_each.
func jsonArray[T any](list []T) string {
	if list == nil {
		list = []T{}
	}
	text, err := json.Marshal(list)
	if err != nil {
		return "[]" // strings and numbers always marshal
	}
	return string(text)
}

// pageBits is how many bits of a page's id hold its number.
const (
	pageBits = 20
	maxPages = 1<<pageBits - 1
)

// pageID is the id of a page in page_chunks and in the index.
func pageID(seq int64, number int) int64 { return seq<<pageBits | int64(number) }

// pageRange is the ids of all pages of a document.
func pageRange(seq int64) (first, last int64) { return pageID(seq, 0), pageID(seq, maxPages) }

// clip shortens s to at most n characters.
func clip(s string, n int) string {
	i := 0
	for at := range s {
		if i == n {
			return strings.TrimRight(s[:at], " ")
		}
		i++
	}
	return s
}
