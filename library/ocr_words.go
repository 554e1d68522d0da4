package library

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/holtdb/holt/fulltext"
	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/library/extract/clean"
	"github.com/holtdb/holt/library/extract/ocr"
	"github.com/holtdb/holt/library/extract/pdf"
)

// How finely pages are drawn to be read: small print needs 300 dots per inch; a
// large page has its print larger as well.
const (
	pointsPerInch = 72
	fineDPI       = 300
	coarseDPI     = 200
	leastDPI      = 70 // below it tesseract goes by its own guess
	manyPixels    = 12_000_000
)

// resolution returns the dots per inch to draw a page with, whose size is in
// points.
func resolution(width, height float64) int {
	inches := width / pointsPerInch * height / pointsPerInch
	for _, dpi := range []int{fineDPI, coarseDPI} {
		if inches*float64(dpi*dpi) <= manyPixels {
			return dpi
		}
	}
	return max(leastDPI, int(math.Sqrt(manyPixels/inches)))
}

// keepRead makes a page that was read visible. It is errWithdrawn when its
// document is not what it was, and nothing when somebody else read it.
func (l *Library) keepRead(ctx context.Context, rec record, p picture, read ocr.Page) error {
	words, err := packWords(placed(p, read))
	if err != nil {
		return fmt.Errorf("keep page: %w", err)
	}
	if p.words > 0 { // embeddings are of passages that go now
		if err := l.forgetVectors(ctx, p.id, p.id); err != nil {
			return fmt.Errorf("keep page: %w", err)
		}
	}
	text := plain(clean.Text(read.Text))
	err = l.keepPage(ctx, rec, p, func(tx *sql.Tx) error {
		if err := replaceText(ctx, tx, p.id, text); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO ocr_pages (page, confidence, words) VALUES (?, ?, ?)", p.id, read.Confidence, words)
		if err != nil {
			return err
		}
		return exec(ctx, tx, `UPDATE documents SET ocr_pages = ocr_pages + 1, updated = ?,
			first_line = CASE WHEN first_line = '' THEN ? ELSE first_line END WHERE seq = ?`,
			time.Now().UnixMilli(), firstLine([]extract.Page{{Text: text}}), rec.seq)
	})
	if err == nil {
		l.meaning.recount()
	}
	return err
}

// keepUnread notes that a page could not be read.
func (l *Library) keepUnread(ctx context.Context, rec record, p picture, cause error) error {
	return l.keepPage(ctx, rec, p, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO ocr_pages (page, confidence, error, words) VALUES (?, 0, ?, x'')", p.id, unreadReason(cause))
		if err != nil {
			return err
		}
		return exec(ctx, tx, "UPDATE documents SET ocr_failed = ocr_failed + 1, updated = ? WHERE seq = ?",
			time.Now().UnixMilli(), rec.seq)
	})
}

// keepPage runs do in a transaction if the page still waits to be read and is
// of the same file.
func (l *Library) keepPage(ctx context.Context, rec record, p picture, do func(tx *sql.Tx) error) error {
	err := l.write(ctx, func(tx *sql.Tx) error {
		var waits bool
		err := tx.QueryRowContext(ctx, `SELECT p.source = ? AND NOT EXISTS (SELECT 1 FROM ocr_pages WHERE page = p.id)
			FROM documents d JOIN page_chunks p ON p.id = ?
			WHERE d.seq = ? AND d.hash = ? AND d.pages_hash = d.hash AND d.status = ?`,
			sourceNone, p.id, rec.seq, rec.hash, Ready).Scan(&waits)
		if errors.Is(err, sql.ErrNoRows) {
			return errWithdrawn
		}
		if err != nil || !waits {
			return err
		}
		return do(tx)
	})
	if err != nil {
		return fmt.Errorf("keep page: %w", err)
	}
	return nil
}

// replaceText gives a page the text that was read of its picture, unless its
// text layer has more words. The page is inserted anew: the indices follow
// insertions and removals.
func replaceText(ctx context.Context, tx *sql.Tx, id int64, text string) error {
	words := len(strings.Fields(text))
	var old struct {
		document, label, heading, html, tokenizer string
		number, words                             int
		width, height                             float64
	}
	err := tx.QueryRowContext(ctx, `SELECT doc_id, page_number, word_count, label, heading, width, height, html, tokenizer
		FROM page_chunks WHERE id = ?`, id).Scan(&old.document, &old.number, &old.words, &old.label, &old.heading,
		&old.width, &old.height, &old.html, &old.tokenizer)
	if err != nil || words == 0 || words < old.words {
		return err
	}
	if old.words == 0 { // the document was told nothing of its language by this page
		old.tokenizer = string(fulltext.Detect(text, "").Tokenizer)
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM page_chunks WHERE id = ?", id); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO page_chunks
		(id, doc_id, page_number, source, word_count, label, heading, width, height, text, html, tokenizer)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, old.document, old.number, sourceOCR, words,
		old.label, old.heading, old.width, old.height, text, old.html, old.tokenizer)
	if err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, insertPassage)
	if err != nil {
		return err
	}
	defer insert.Close()
	return insertPassages(ctx, insert, id, text)
}

// unreadReason is what a person is told of a page that could not be read.
func unreadReason(err error) string {
	for _, known := range []error{ocr.ErrSlow, errGone} {
		if errors.Is(err, known) {
			return sentence(known.Error())
		}
	}
	if errors.Is(err, ErrNotFound) {
		return sentence(errGone.Error())
	}
	return sentence(ocr.ErrFailed.Error())
}

// placed returns the words of a picture with their boxes in points.
func placed(p picture, read ocr.Page) pdf.Words {
	out := pdf.Words{Width: p.width, Height: p.height, Words: make([]pdf.Word, len(read.Words))}
	across, down := p.width/float64(max(1, read.Width)), p.height/float64(max(1, read.Height))
	tenth := func(v float64) float64 { return math.Round(v*10) / 10 }
	for i, w := range read.Words {
		out.Words[i] = pdf.Word{Text: w.Text, X: tenth(w.X * across), Y: tenth(w.Y * down), W: tenth(w.W * across), H: tenth(w.H * down)}
	}
	return out
}

// packWords is how words are stored: as gzip of JSON.
func packWords(words pdf.Words) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := errors.Join(json.NewEncoder(z).Encode(words), z.Close()); err != nil {
		return nil, fmt.Errorf("pack words: %w", err)
	}
	return b.Bytes(), nil
}

// maxUnpacked bounds the words of a page, in bytes of JSON.
const maxUnpacked = 64 << 20

func unpackWords(data []byte) (words pdf.Words, err error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err == nil {
		err = json.NewDecoder(io.LimitReader(z, maxUnpacked)).Decode(&words)
	}
	if err != nil {
		return pdf.Words{}, fmt.Errorf("unpack words: %w", err)
	}
	return words, nil
}

// recognisedWords returns where the words of a page stand that was read by
// character recognition.
func (l *Library) recognisedWords(ctx context.Context, seq int64, number int) (pdf.Words, error) {
	var data []byte
	err := l.db.Reader().QueryRowContext(ctx, "SELECT words FROM ocr_pages WHERE page = ?", pageID(seq, number)).Scan(&data)
	if err != nil {
		return pdf.Words{}, fmt.Errorf("read places of words: %w", err)
	}
	return unpackWords(data)
}
