package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/holtdb/holt/tenant/queue"
)

// Delete removes a document: its file (also one in books/), pages, index
// entries, images, embeddings and jobs. Nothing of it comes back, also when it
// is being read at this moment.
func (l *Library) Delete(ctx context.Context, id string) error {
	if err := l.home.CheckWritable(); err != nil {
		return err
	}
	l.filing.Lock()
	defer l.filing.Unlock()
	rec, err := recordByID(ctx, l.db.Reader(), id)
	if err != nil {
		return err
	}
	// Each step leaves something that can be deleted again: what is derived
	// goes first; a book whose row stays is merely missing; an upload whose
	// row is gone is swept.
	first, last := pageRange(rec.seq)
	if err := l.forgetVectors(ctx, first, last); err != nil {
		return fmt.Errorf("delete document: %w", err)
	}
	if err := l.removeBooks(ctx, rec); err != nil {
		return fmt.Errorf("delete document: %w", err)
	}
	err = l.db.Write(ctx, func(tx *sql.Tx) error {
		for _, kind := range []string{ingestJob, ocrJob} {
			if err := queue.Remove(ctx, tx, kind, id); err != nil {
				return err
			}
		}
		if err := dropPages(ctx, tx, rec.seq); err != nil {
			return err
		}
		if err := forgetNames(ctx, tx, rec.seq); err != nil {
			return err
		}
		return exec(ctx, tx, "DELETE FROM documents WHERE seq = ?", rec.seq)
	})
	if err != nil {
		return fmt.Errorf("delete document: %w", err)
	}
	l.reading.withdraw(id)
	l.reading.forgetPassword(id)
	l.meter.Free(1, rec.Size)
	if rec.Origin == Uploaded {
		l.discard(path.Join(uploadsDir, rec.hash))
	}
	l.cache.forget(id)
	l.meaning.recount()
	l.watchers.deleted(id)
	return nil
}

// removeBooks removes the files of a document from the watched folder, or they
// would be found again.
func (l *Library) removeBooks(ctx context.Context, rec record) error {
	paths, err := bookPaths(ctx, l.db.Reader(), rec.seq)
	if err != nil || len(paths) == 0 {
		return err
	}
	folder, err := openFolder(l.files, booksDir)
	if err != nil {
		return err
	}
	defer folder.Close()
	for _, name := range paths {
		if err := folder.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove book: %w", err)
		}
	}
	return nil
}
