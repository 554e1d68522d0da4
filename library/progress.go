package library

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/tenant"
)

// Stages of the reading of a document.
const (
	stageQueued     = "queued"
	stageExtracting = "extracting"
	stageIndexing   = "indexing"
)

func queuedProgress() Progress { return Progress{Status: Queued, Stage: stageQueued} }

func failedProgress(err error) Progress {
	return Progress{Status: Failed, Error: reason(err), NeedsPassword: errors.Is(err, extract.ErrPassword)}
}

var (
	errNoText      = errors.New("there is no text in this file")
	errCrashes     = errors.New("reading this file ended the reader three times; it may be damaged")
	errFull        = errors.New("there is no room left in the library: delete documents or ask for more space, then try again")
	errPassword    = errors.New("this file is protected: enter its password to have it read")
	errWrong       = errors.New("the password does not open this file")
	errGone        = errors.New("the file is not there any more")
	errUnexplained = errors.New("the file could not be read because of a fault of the server; try again later")
)

// reason is what a person is told about a failed reading. What is not known to
// be fit for that is left to the log.
func reason(err error) string {
	known := []struct{ is, say error }{
		{errWrong, errWrong}, {extract.ErrPassword, errPassword}, {tenant.ErrOverQuota, errFull},
		{ErrNotFound, errGone}, {errNoText, errNoText}, {errCrashes, errCrashes},
		{extract.ErrProtected, extract.ErrProtected}, {extract.ErrTooLarge, extract.ErrTooLarge},
		{extract.ErrEmpty, extract.ErrEmpty}, {extract.ErrBroken, extract.ErrBroken},
		{extract.ErrUnsupported, extract.ErrUnsupported},
	}
	for _, k := range known {
		if errors.Is(err, k.is) {
			return sentence(k.say.Error())
		}
	}
	return sentence(errUnexplained.Error())
}

func sentence(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(s[size:], ".") + "."
}

// saveEvery is how often progress is written down; who watches is told at once.
const saveEvery = 500 * time.Millisecond

// reporter tells how the reading of one document goes on.
type reporter struct {
	l     *Library
	id    string
	saved time.Time
}

func (r *reporter) report(ctx context.Context, stage string, done, total int) {
	p := Progress{Status: Processing, Stage: stage, Done: done, Total: total}
	r.l.watchers.publish(r.id, p)
	if time.Since(r.saved) < saveEvery && done > 0 {
		return
	}
	// A progress that was not written is overtaken by the next.
	if err := r.l.setProgress(ctx, r.id, p); err != nil && ctx.Err() == nil && !errors.Is(err, ErrNotFound) {
		r.l.log.Warn("write progress", "tenant", r.l.home.ID().String(), "error", err)
	}
	r.saved = time.Now()
}

func (l *Library) setProgress(ctx context.Context, id string, p Progress) error {
	return l.write(ctx, func(tx *sql.Tx) error { return saveProgress(ctx, tx, id, p) })
}

func saveProgress(ctx context.Context, tx *sql.Tx, id string, p Progress) error {
	return exec(ctx, tx, `UPDATE documents SET status = ?, stage = ?, done = ?, total = ?, error = ?, needs_password = ?,
		updated = ? WHERE id = ?`, p.Status, p.Stage, p.Done, p.Total, p.Error, p.NeedsPassword, time.Now().UnixMilli(), id)
}
