package library

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"time"

	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/tenant"
)

// Bounds of the watched folder.
const (
	maxBooks = 100_000
	maxDepth = 16
)

// ScanResult counts what a scan of the watched folder found.
type ScanResult struct {
	Added     int // new documents
	Changed   int // documents whose file changed, to be read again
	Missing   int // documents whose file vanished
	Unchanged int // files that are documents already
	Skipped   int // files of no known format, or beyond the quota
}

// book is a file of the watched folder.
type book struct {
	path     string
	size     int64
	modified int64 // unix nanoseconds
}

// knownBook is a file as the last scan saw it.
type knownBook struct {
	book
	document sql.NullInt64
}

// ScanBooks compares the watched folder with the library: new and changed
// files are queued to be read, documents whose file vanished are marked. A
// file that was moved keeps its document. Links and hidden files are left out.
func (l *Library) ScanBooks(ctx context.Context) (ScanResult, error) {
	if err := l.home.CheckWritable(); err != nil {
		return ScanResult{}, err
	}
	select {
	case l.scanning <- struct{}{}:
		defer func() { <-l.scanning }()
	case <-ctx.Done():
		return ScanResult{}, ctx.Err()
	}
	result, err := l.scanBooks(ctx)
	if err != nil {
		return result, fmt.Errorf("scan books: %w", err)
	}
	return result, nil
}

func (l *Library) scanBooks(ctx context.Context) (ScanResult, error) {
	folder, err := openFolder(l.files, booksDir)
	if errors.Is(err, fs.ErrNotExist) {
		// An absent folder may be a mount that failed: nothing is concluded.
		return ScanResult{}, nil
	}
	if err != nil {
		return ScanResult{}, err
	}
	defer folder.Close()
	found, err := walkBooks(ctx, folder)
	if err != nil {
		return ScanResult{}, err
	}
	known, err := knownBooks(ctx, l.db.Reader())
	if err != nil {
		return ScanResult{}, err
	}
	s := &scan{l: l, folder: folder, known: known, present: make(map[string]bool, len(found))}
	for _, b := range found {
		s.present[b.path] = true
	}
	for _, b := range found {
		if err := ctx.Err(); err != nil {
			return s.result, err
		}
		if err := s.look(ctx, b); err != nil {
			return s.result, err
		}
	}
	return s.result, s.vanished(ctx)
}

// scan is one pass over the watched folder.
type scan struct {
	l       *Library
	folder  *os.Root
	known   map[string]knownBook
	present map[string]bool // paths that are there
	result  ScanResult
}

// look deals with one file.
func (s *scan) look(ctx context.Context, b book) error {
	before, seen := s.known[b.path]
	if seen && before.book == b {
		if before.document.Valid {
			s.result.Unchanged++
		} else {
			s.result.Skipped++
		}
		return nil
	}
	old, replaces, err := s.replaced(ctx, b, before)
	if err != nil {
		return err
	}
	reserved, err := s.reserve(b, old, replaces)
	if errors.Is(err, tenant.ErrOverQuota) || errors.Is(err, ErrFileTooLarge) {
		s.result.Skipped++
		return nil
	}
	if err != nil {
		return err
	}
	defer reserved.Cancel()
	rec, err := s.inspect(ctx, b)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // it went meanwhile
	case errors.Is(err, extract.ErrUnsupported) || errors.Is(err, extract.ErrEmpty):
		s.result.Skipped++
		return s.l.write(ctx, func(tx *sql.Tx) error { return keepBook(ctx, tx, b, sql.NullInt64{}) })
	case err != nil:
		return err
	}
	if replaces {
		return s.settle(ctx, b, &old, rec, reserved)
	}
	return s.settle(ctx, b, nil, rec, reserved)
}

// reserve books what a file adds to the library.
func (s *scan) reserve(b book, old record, replaces bool) (*tenant.Reservation, error) {
	if !replaces {
		return s.l.reserve(b.size)
	}
	if limit := s.l.maxUpload.Load(); limit > 0 && b.size > limit {
		return nil, tooLarge(limit)
	}
	return s.l.meter.Reserve(0, max(0, b.size-old.Size))
}

// inspect finds out what a file is.
func (s *scan) inspect(ctx context.Context, b book) (record, error) {
	f, err := openRegular(s.folder, b.path)
	if err != nil {
		return record{}, err
	}
	defer f.Close()
	format, failure, err := detect(f, b.size, path.Base(b.path))
	if err != nil {
		return record{}, err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, contextReader{ctx, f}); err != nil {
		return record{}, fmt.Errorf("read book: %w", err)
	}
	rec := newRecord(hex.EncodeToString(sum.Sum(nil)), Watched, b.path, format, b.size)
	if failure != nil {
		rec.Progress = failedProgress(failure)
	}
	return rec, nil
}

// settle brings the library in agreement with a new or changed file. old is
// the document that the file was until now, nil for none.
func (s *scan) settle(ctx context.Context, b book, old *record, rec record, reserved *tenant.Reservation) error {
	l := s.l
	done, err := l.announceWork(ctx)
	if err != nil {
		return err
	}
	defer done()
	l.filing.Lock()
	defer l.filing.Unlock()
	there, err := recordByHash(ctx, l.db.Reader(), rec.hash)
	switch {
	case err == nil:
		s.result.Unchanged++
		return s.link(ctx, b, there)
	case !errors.Is(err, ErrNotFound):
		return err
	case old != nil:
		if err := l.replaceBook(ctx, b, *old, rec); err != nil {
			return err
		}
		reserved.Commit(0, max(0, rec.Size-old.Size))
		l.meter.Free(0, max(0, old.Size-rec.Size))
		s.result.Changed++
		return nil
	}
	if err := l.addBook(ctx, b, rec); err != nil {
		return err
	}
	reserved.Commit(1, b.size)
	s.result.Added++
	return nil
}

// link notes that a file has the bytes of a document that is there.
func (s *scan) link(ctx context.Context, b book, rec record) error {
	return s.l.write(ctx, func(tx *sql.Tx) error {
		if err := keepBook(ctx, tx, b, sql.NullInt64{Int64: rec.seq, Valid: true}); err != nil {
			return err
		}
		if rec.Origin != Watched || s.present[rec.FileName] && rec.FileName != b.path {
			return nil
		}
		return renameBook(ctx, tx, rec.seq, b.path)
	})
}

// replaced returns the document that is read from a file which has changed.
func (s *scan) replaced(ctx context.Context, b book, before knownBook) (record, bool, error) {
	if !before.document.Valid {
		return record{}, false, nil
	}
	rows, err := listRecords(ctx, s.l.db.Reader(), "SELECT "+recordColumns+" FROM documents d WHERE d.seq = ?", before.document.Int64)
	if err != nil || len(rows) == 0 {
		return record{}, false, err
	}
	old := rows[0]
	return old, old.Origin == Watched && old.FileName == b.path, nil
}

// vanished deals with the files that the last scan saw and this one did not. A
// document that has the same bytes under another name goes on with that.
func (s *scan) vanished(ctx context.Context) error {
	for name, k := range s.known {
		if s.present[name] {
			continue
		}
		err := s.l.write(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, "DELETE FROM books WHERE path = ?", name); err != nil {
				return err
			}
			if !k.document.Valid {
				return nil
			}
			return s.missing(ctx, tx, k.document.Int64, name)
		})
		if err != nil {
			return fmt.Errorf("note missing book: %w", err)
		}
	}
	return nil
}

func (s *scan) missing(ctx context.Context, tx *sql.Tx, seq int64, name string) error {
	others, err := bookPaths(ctx, tx, seq)
	if err != nil {
		return err
	}
	var current string
	err = tx.QueryRowContext(ctx, "SELECT file_name FROM documents WHERE seq = ? AND origin = ?", seq, Watched).Scan(&current)
	if errors.Is(err, sql.ErrNoRows) || err == nil && current != name {
		return nil
	}
	if err != nil {
		return err
	}
	if len(others) > 0 {
		return renameBook(ctx, tx, seq, others[0])
	}
	s.result.Missing++
	return exec(ctx, tx, "UPDATE documents SET missing = 1, updated = ? WHERE seq = ?", time.Now().UnixMilli(), seq)
}
