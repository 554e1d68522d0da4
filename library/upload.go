package library

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/tenant/queue"
)

// CheckRoom reports, before a file is sent, that there is no room for its bytes:
// it returns [*tenant.OverQuota], [ErrFileTooLarge] or [tenant.ErrReadOnly].
// announced is the size in bytes, or -1 where it is unknown. Whether there may
// be one more document is known only when the file is: it may be there already.
func (l *Library) CheckRoom(announced int64) error {
	if err := l.home.CheckWritable(); err != nil {
		return err
	}
	reserved, err := l.reserve(announced)
	if err != nil {
		return err
	}
	reserved.Cancel()
	return nil
}

// reserve books the bytes that are announced.
func (l *Library) reserve(announced int64) (*tenant.Reservation, error) {
	if limit := l.maxUpload.Load(); limit > 0 && announced > limit {
		return nil, tooLarge(limit)
	}
	return l.meter.Reserve(0, max(0, announced))
}

func tooLarge(limit int64) error {
	return fmt.Errorf("%w: at most %d bytes", ErrFileTooLarge, limit)
}

// Upload stores what r yields and adds it as a document that waits to be read.
// announced is the size the client announced, or -1. When the same bytes are
// there already, duplicate is true, the document that has them is returned and
// nothing is stored. A file that is empty or damaged becomes a document in the
// state failed that says why.
//
// It returns [*tenant.OverQuota], [ErrFileTooLarge], [extract.ErrUnsupported],
// [extract.ErrEmpty] or [tenant.ErrReadOnly] where nothing was stored.
func (l *Library) Upload(ctx context.Context, fileName string, r io.Reader, announced int64) (doc Document, duplicate bool, err error) {
	if err := l.home.CheckWritable(); err != nil {
		return Document{}, false, err
	}
	reserved, err := l.reserve(announced)
	if err != nil {
		return Document{}, false, err
	}
	defer reserved.Cancel()
	p, err := l.receive(ctx, r, reserved, announced)
	if err != nil {
		return Document{}, false, fmt.Errorf("upload: %w", err)
	}
	defer l.discard(p.name)
	rec, err := p.identify(l.files, cleanFileName(fileName))
	if err != nil {
		return Document{}, false, fmt.Errorf("upload: %w", err)
	}
	rec, duplicate, err = l.file(ctx, p, rec)
	if err != nil {
		return Document{}, false, fmt.Errorf("upload: %w", err)
	}
	if !duplicate {
		reserved.Commit(0, rec.Size)
	}
	return rec.Document, duplicate, nil
}

// part is a received file that has no document yet.
type part struct {
	name string // in the home
	hash string
	size int64
}

// receive streams r to disk, hashing it and booking its bytes on the way.
func (l *Library) receive(ctx context.Context, r io.Reader, reserved *tenant.Reservation, announced int64) (p part, err error) {
	p.name = path.Join(uploadsDir, partPrefix+strings.ToLower(rand.Text()))
	f, err := l.files.OpenFile(p.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return part{}, fmt.Errorf("store file: %w", err)
	}
	hash := sha256.New()
	booked := &booking{reserved: reserved, free: max(0, announced), limit: l.maxUpload.Load()}
	p.size, err = io.Copy(io.MultiWriter(booked, hash, f), contextReader{ctx, r})
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		l.discard(p.name)
		return part{}, fmt.Errorf("store file: %w", err)
	}
	p.hash = hex.EncodeToString(hash.Sum(nil))
	return p, nil
}

// discard removes a file that has no document, if it is there.
func (l *Library) discard(name string) {
	if err := l.files.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.log.Warn("remove file of a library", "tenant", l.home.ID().String(), "error", err)
	}
}

// booking is a writer that books what is written before anything else gets it.
type booking struct {
	reserved *tenant.Reservation
	free     int64 // booked already
	limit    int64 // of one file; 0 for none
	written  int64
}

func (b *booking) Write(p []byte) (int, error) {
	n := int64(len(p))
	if b.written += n; b.limit > 0 && b.written > b.limit {
		return 0, tooLarge(b.limit)
	}
	// Booking ahead in steps keeps the meter's lock out of the stream.
	const step = 1 << 20
	if b.free < n {
		if err := b.reserved.Grow(max(n, step)); err == nil {
			b.free += max(n, step)
		} else if err := b.reserved.Grow(n - b.free); err == nil {
			b.free = n
		} else {
			return 0, err
		}
	}
	b.free -= n
	return len(p), nil
}

// contextReader stops when its context ends.
type contextReader struct {
	ctx context.Context
	io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// file gives a received file its name and its document, or finds the document
// that has these bytes.
func (l *Library) file(ctx context.Context, p part, rec record) (_ record, duplicate bool, err error) {
	done, err := l.announceWork(ctx)
	if err != nil {
		return record{}, false, err
	}
	defer done()
	l.filing.Lock()
	defer l.filing.Unlock()
	there, err := recordByHash(ctx, l.db.Reader(), p.hash)
	if err == nil && !there.Missing {
		return there, true, nil
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return record{}, false, err
	}
	if there.Missing {
		if err := l.keep(p); err != nil {
			return record{}, false, err
		}
		rec, err = l.adopt(ctx, there)
		return rec, true, err
	}
	counted, err := l.meter.Reserve(1, 0)
	if err != nil {
		return record{}, false, err
	}
	defer counted.Cancel()
	if err := l.keep(p); err != nil {
		return record{}, false, err
	}
	err = l.write(ctx, func(tx *sql.Tx) error {
		if rec, err = rec.insert(ctx, tx); err != nil {
			return err
		}
		if rec.Progress.Status == Failed {
			return nil
		}
		return queueIngest(ctx, tx, rec.ID)
	})
	if errors.Is(err, sqlite.ErrExists) { // another process was faster
		rec, err = recordByHash(ctx, l.db.Reader(), p.hash)
		return rec, true, err
	}
	if err != nil {
		l.discard(p.kept())
		return record{}, false, err
	}
	counted.Commit(1, 0)
	return rec, false, nil
}

// kept is the name of the file once it has a document.
func (p part) kept() string { return path.Join(uploadsDir, p.hash) }

// keep gives a received file its lasting name.
func (l *Library) keep(p part) error {
	if err := l.files.Rename(p.name, p.kept()); err != nil {
		return fmt.Errorf("store file: %w", err)
	}
	return syncDir(l.files, uploadsDir)
}

// adopt makes a document whose file vanished from books/ an uploaded one.
func (l *Library) adopt(ctx context.Context, rec record) (record, error) {
	err := l.write(ctx, func(tx *sql.Tx) error {
		return exec(ctx, tx, "UPDATE documents SET origin = ?, file_name = ?, missing = 0, updated = ? WHERE seq = ?",
			Uploaded, path.Base(rec.FileName), time.Now().UnixMilli(), rec.seq)
	})
	if err != nil {
		return record{}, err
	}
	return recordByID(ctx, l.db.Reader(), rec.ID)
}

// queueIngest has a document read, once, from the beginning: a reading that is
// under way or waits is not wanted any more.
func queueIngest(ctx context.Context, tx *sql.Tx, id string) error {
	if err := queue.Remove(ctx, tx, ingestJob, id); err != nil {
		return err
	}
	return queue.Add(ctx, tx, ingestJob, id, time.Now())
}
