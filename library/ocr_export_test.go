package library

import (
	"context"
	"database/sql"
	"time"

	"github.com/holtdb/holt/library/extract/ocr"
)

// SetOCR changes what reads pictures of pages, as another start of the server
// would, and has done what an opening does about that.
func (l *Library) SetOCR(ctx context.Context, r *ocr.Reader) error {
	l.ocr = r
	return l.wantMissingRecognition(ctx)
}

// WorkFor does the next job if it is one of character recognition, for the
// length of a slice, and reports whether it was.
func (l *Library) WorkFor(ctx context.Context, slice time.Duration) (bool, error) {
	job, _, err := l.jobs.Claim(ctx)
	if err != nil || job == nil || job.Kind != ocrJob {
		return false, err
	}
	return true, l.recognise(ctx, job, slice)
}

// Loosen lets a job that was begun be begun again, as after the end of its
// process.
func (l *Library) Loosen(ctx context.Context) error { return l.jobs.Recover(ctx) }

// Protect makes a document one that needed a password.
func (l *Library) Protect(ctx context.Context, id string) error {
	return l.db.Write(ctx, func(tx *sql.Tx) error {
		var seq int64
		err := tx.QueryRowContext(ctx, "UPDATE documents SET protected = 1 WHERE id = ? RETURNING seq", id).Scan(&seq)
		if err != nil {
			return err
		}
		return l.wantRecognition(ctx, tx, seq)
	})
}

// Resolution is the dots per inch that a page of a size in points is drawn with.
func Resolution(width, height float64) int { return resolution(width, height) }
