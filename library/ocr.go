package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/library/extract/ocr"
	"github.com/holtdb/holt/library/extract/pdf"
	"github.com/holtdb/holt/tenant/queue"
)

// States of [OCRState]. All but the last are what is stored.
const (
	ocrWaiting     = "waiting"
	ocrDone        = "done"
	ocrUnavailable = "unavailable"
	ocrProtected   = "protected"
)

// OCRState says how far the pages of a document that have no text layer were
// read by character recognition.
type OCRState struct {
	// State is "" where there is nothing to be read so, "waiting" while pages
	// are, "done" after that, "unavailable" where nothing is installed that reads
	// them, and "protected" where the password that was needed to open the file
	// is not kept.
	State      string
	Pages      int     // that were read
	Failed     int     // that could not be
	Waiting    int     // to be read
	Confidence float64 // mean of the pages read, from 0 to 1
}

// Notice says to a person why pages of the document are not read, and what to
// do; "" where nothing is in the way.
func (s OCRState) Notice() string {
	switch s.State {
	case ocrUnavailable:
		return "Some pages are pictures and cannot be searched: " + ocr.ErrMissing.Error() + "."
	case ocrProtected:
		return "Some pages are pictures and cannot be searched: they are read later than the file is opened, " +
			"and its password is not kept. Upload a copy without a password to have them read."
	}
	return ""
}

// of completes a state by what is known of its document.
func (s OCRState) of(d Document) OCRState {
	switch {
	case s.State == "" && d.Protected && d.NoText > 0 && d.Format == extract.PDF:
		s.State = ocrProtected
	case s.State == ocrWaiting || s.State == ocrUnavailable:
		s.Waiting = max(0, d.NoText-s.Pages-s.Failed)
	}
	return s
}

// wantRecognition has the pictures among the pages of a document read, within
// the transaction that made the pages visible. The caller announces the work.
func (l *Library) wantRecognition(ctx context.Context, tx *sql.Tx, seq int64) error {
	var id, state string
	err := tx.QueryRowContext(ctx, `UPDATE documents SET ocr_pages = 0, ocr_failed = 0,
		ocr = CASE WHEN format = ? AND no_text > 0 AND protected = 0 THEN ? ELSE '' END
		WHERE seq = ? RETURNING id, ocr`, extract.PDF, l.recognitionState(), seq).Scan(&id, &state)
	if err != nil {
		return fmt.Errorf("want recognition: %w", err)
	}
	if state != ocrWaiting {
		return nil
	}
	return queue.Add(ctx, tx, ocrJob, id, time.Now())
}

// recognitionState is that of a document whose pages are to be read.
func (l *Library) recognitionState() string {
	if l.ocr == nil {
		return ocrUnavailable
	}
	return ocrWaiting
}

// wantMissingRecognition has the pictures read of documents that came when
// nothing could read them. It is called when the library is opened.
func (l *Library) wantMissingRecognition(ctx context.Context) error {
	state := l.recognitionState()
	const missing = " FROM documents WHERE format = ? AND no_text > 0 AND protected = 0 AND missing = 0 AND status = ? AND ocr IN ('', 'unavailable') AND ocr <> ?"
	args := []any{extract.PDF, Ready, state}
	var some bool
	if err := l.db.Reader().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1"+missing+")", args...).Scan(&some); err != nil || !some {
		return err
	}
	return l.write(ctx, func(tx *sql.Tx) error {
		if state == ocrWaiting {
			// Jobs are made as [queue.Add] makes them; a document without one of
			// this kind has none that waits.
			recs, err := listRecords(ctx, tx, "SELECT "+recordColumns+" FROM documents d WHERE d.seq IN (SELECT seq"+missing+")", args...)
			if err != nil {
				return err
			}
			for _, rec := range recs {
				if err := queue.Add(ctx, tx, ocrJob, rec.ID, time.Now()); err != nil {
					return err
				}
			}
		}
		_, err := tx.ExecContext(ctx, "UPDATE documents SET ocr = ? WHERE seq IN (SELECT seq"+missing+")", append([]any{state}, args...)...)
		return err
	})
}

// recogniseJob reads the pages of a document that are pictures, for the length
// of a slice. Each page can be searched as soon as it was read.
func (l *Library) recogniseJob(ctx context.Context, job *queue.Job) error {
	return l.recognise(ctx, job, jobSlice)
}

func (l *Library) recognise(ctx context.Context, job *queue.Job, slice time.Duration) error {
	rec, err := recordByID(ctx, l.db.Reader(), job.Subject)
	if errors.Is(err, ErrNotFound) || err == nil && !rec.recognisable() {
		return l.finishJob(ctx, job) // it was deleted, or is to be read anew
	}
	if err != nil {
		return err
	}
	if l.ocr == nil {
		return l.endRecognition(ctx, job, rec, ocrUnavailable)
	}
	reading, _, end := l.reading.begin(ctx, rec.ID)
	defer end()
	w := &recognition{l: l, rec: rec, suspect: job.Attempts > maxAttempts}
	defer w.close()
	left, err := w.readFor(reading, slice)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errWithdrawn) || context.Cause(reading) == errWithdrawn:
		return l.finishJob(ctx, job)
	case errors.Is(err, ocr.ErrMissing) || errors.Is(err, ocr.ErrLanguage):
		l.log.Error("read pictures of pages", "tenant", l.home.ID().String(), "error", err)
		return l.endRecognition(ctx, job, rec, ocrUnavailable)
	case err != nil:
		return err
	case left:
		return l.endRecognition(ctx, job, rec, ocrWaiting)
	}
	return l.endRecognition(ctx, job, rec, ocrDone)
}

// recognisable reports whether the pages are those of the present file and can
// be drawn.
func (r record) recognisable() bool {
	return r.Progress.Status == Ready && r.pagesHash == r.hash && !r.Protected
}

// endRecognition ends a job, which is followed by another while pages wait.
func (l *Library) endRecognition(ctx context.Context, job *queue.Job, rec record, state string) error {
	done, err := l.announceWork(ctx)
	if err != nil {
		return err
	}
	defer done()
	return l.write(ctx, func(tx *sql.Tx) error {
		end := finish
		if state == ocrWaiting {
			end = again
		}
		if err := end(ctx, tx, job); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE documents SET ocr = ? WHERE seq = ? AND hash = ? AND status = ? AND ocr <> ''",
			state, rec.seq, rec.hash, Ready)
		if err != nil {
			return fmt.Errorf("end recognition: %w", err)
		}
		return l.wantEmbeddings(ctx, tx)
	})
}

// recognition is the reading of one document's pictures.
type recognition struct {
	l       *Library
	rec     record
	doc     *pdf.Document // nil until a page needs it
	suspect bool          // the first page ended the process before
}

func (w *recognition) close() {
	if w.doc != nil {
		w.doc.Close()
		w.doc = nil
	}
}

// picture is a page that waits to be read.
type picture struct {
	id            int64
	number        int
	words         int     // that it has without being read
	width, height float64 // points
}

// readFor reads pages until there are none left or the time is over, at least
// one. A page that cannot be read is noted, and the next is tried.
func (w *recognition) readFor(ctx context.Context, slice time.Duration) (left bool, err error) {
	until := time.Now().Add(slice)
	for n := 0; ; n++ {
		p, err := w.next(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("look for pictures of pages: %w", err)
		}
		if n > 0 && time.Now().After(until) {
			return true, nil
		}
		if err := w.page(ctx, p); err != nil {
			return false, err
		}
	}
}

// next returns the first page that waits.
func (w *recognition) next(ctx context.Context) (p picture, err error) {
	first, last := pageRange(w.rec.seq)
	err = w.l.db.Reader().QueryRowContext(ctx, `SELECT id, page_number, word_count, width, height FROM page_chunks
		WHERE id BETWEEN ? AND ? AND source = ? AND id NOT IN (SELECT page FROM ocr_pages WHERE page BETWEEN ?1 AND ?2)
		ORDER BY id LIMIT 1`, first, last, sourceNone).Scan(&p.id, &p.number, &p.words, &p.width, &p.height)
	return p, err
}

// page reads one page and makes it visible.
func (w *recognition) page(ctx context.Context, p picture) error {
	if w.suspect {
		w.suspect = false
		return w.l.keepUnread(ctx, w.rec, p, errCrashes)
	}
	read, err := w.recognise(ctx, &p)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case unreadable(err):
		w.l.log.Warn("read picture of a page", "tenant", w.l.home.ID().String(), "document", w.rec.ID, "page", p.number, "error", err)
		return w.l.keepUnread(ctx, w.rec, p, err)
	case err != nil:
		return err
	}
	return w.l.keepRead(ctx, w.rec, p, read)
}

// recognise draws a page and reads it.
func (w *recognition) recognise(ctx context.Context, p *picture) (ocr.Page, error) {
	drawn, dpi, err := w.draw(ctx, p)
	if err != nil {
		w.close() // the page may have ended its process: the next gets a new one
		return ocr.Page{}, err
	}
	return w.l.ocr.Read(ctx, drawn, dpi)
}

func (w *recognition) draw(ctx context.Context, p *picture) (image []byte, dpi int, err error) {
	if w.doc == nil {
		f, err := w.l.openFile(w.rec)
		if err != nil {
			return nil, 0, err
		}
		defer f.Close()
		if w.doc, err = w.l.pdf.OpenBackground(ctx, f, ""); err != nil {
			return nil, 0, err
		}
	}
	if p.width <= 0 || p.height <= 0 {
		if p.width, p.height, err = w.doc.Size(ctx, p.number); err != nil {
			return nil, 0, err
		}
	}
	dpi = resolution(p.width, p.height)
	image, err = w.doc.Render(ctx, p.number, max(1, int(p.width*float64(dpi)/pointsPerInch)))
	return image, dpi, err
}

// unreadable reports whether an error is the page's own, so that others may be
// read.
func unreadable(err error) bool {
	for _, known := range []error{
		ocr.ErrFailed, ocr.ErrSlow, extract.ErrBroken, extract.ErrTooLarge, extract.ErrPassword, extract.ErrProtected, ErrNotFound,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}
