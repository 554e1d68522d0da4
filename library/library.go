package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/holtdb/holt/library/extract/ocr"
	"github.com/holtdb/holt/library/extract/pdf"
	"github.com/holtdb/holt/library/retrieve"
	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/tenant/queue"
)

// Config is what the libraries of a server share. No user's data hangs off it.
type Config struct {
	// PDF reads PDF files.
	PDF *pdf.Engine
	// Logger gets what an operator should know; nil means slog.Default.
	Logger *slog.Logger
	// Limits says what a tenant may store and the size of its largest upload
	// in bytes (0 for any). It is asked when a library is opened, which fails
	// when it fails. nil means no limits.
	Limits func(ctx context.Context, id tenant.ID) (limits tenant.Limits, maxUpload int64, err error)
	// Announce is told of background work before it is committed, and done
	// after it was; see [queue.Pool.Announce]. nil means that this process does
	// no background work: what is added waits for one that does.
	Announce func(ctx context.Context, id tenant.ID) (done func(), err error)
	// OCR reads pages that are pictures; nil where no program for that is
	// installed.
	OCR *ocr.Reader
	// Models says which models there are; nil means none.
	Models Models
	// Matrices bounds the memory for embeddings of all libraries; nil means that
	// none are kept and each search reads them.
	Matrices *retrieve.Budget
	// EmbedSlots bounds how many libraries are embedded at once: a value is in it
	// for each. It leaves workers of the pool free for other jobs while model
	// servers are slow. nil means no bound.
	EmbedSlots chan struct{}
	// Hold keeps the library open for work that goes on after the request that
	// began it, until release; leaving ends when the library is to be left. nil
	// means that the caller of Open keeps it open by itself.
	Hold func(ctx context.Context, id tenant.ID) (leaving context.Context, release func(), err error)
	// CacheBytes bounds the page images and layouts kept in each home; 0 means
	// DefaultCacheBytes.
	CacheBytes int64
}

// DefaultCacheBytes is the bound of a home's cache.
const DefaultCacheBytes = 64 << 20

// Library is one user's documents. It is safe for concurrent use.
type Library struct {
	home     *tenant.Home
	files    *os.Root
	db       *sqlite.DB
	jobs     *queue.Queue
	meter    *tenant.Meter
	pdf      *pdf.Engine
	ocr      *ocr.Reader
	log      *slog.Logger
	announce func(ctx context.Context, id tenant.ID) (func(), error)
	hold     func(ctx context.Context, id tenant.ID) (context.Context, func(), error)

	models     Models
	vectors    vectors
	meaning    meaning
	embedSlots chan struct{}
	answers    answers

	maxUpload atomic.Int64
	filing    sync.Mutex // held while file names and rows are brought into agreement
	scanning  chan struct{}
	watchers  watchers
	reading   readings
	cache     *cache
	renders   renders

	drawTime, searchTime, embedTime, slice, embedClaim time.Duration // changed by tests only

	work sync.WaitGroup // what goes on after the call that began it
	stay context.Context
	stop context.CancelFunc
}

// Open opens the library that lies in home. A [tenant.Registry] calls it.
func Open(ctx context.Context, home *tenant.Home, cfg Config) (*Library, error) {
	var limits tenant.Limits
	var maxUpload int64
	if cfg.Limits != nil {
		var err error
		if limits, maxUpload, err = cfg.Limits(ctx, home.ID()); err != nil {
			return nil, fmt.Errorf("open library: ask for its limits: %w", err)
		}
	}
	db, err := home.OpenDatabase(ctx, mainFile, tenant.DatabaseOptions{MaxBytes: limits.DatabaseBytes})
	if err != nil {
		return nil, fmt.Errorf("open library: %w", err)
	}
	l := &Library{
		home: home, files: home.Files(), db: db, jobs: queue.New(db), pdf: cfg.PDF,
		ocr: cfg.OCR, log: cfg.Logger, announce: cfg.Announce, hold: cfg.Hold, models: cfg.Models,
		scanning: make(chan struct{}, 1), renders: newRenders(),
		cache: newCache(home.Files(), cfg.CacheBytes), drawTime: drawTime, searchTime: searchTime,
		embedTime: embedTime, slice: jobSlice, embedClaim: embedClaim, embedSlots: cfg.EmbedSlots,
	}
	if l.log == nil {
		l.log = slog.Default()
	}
	l.vectors.maxBytes = limits.DatabaseBytes
	l.meaning.join(cfg.Matrices)
	l.maxUpload.Store(maxUpload)
	l.stay, l.stop = context.WithCancel(context.Background())
	if err := l.prepare(ctx, limits); err != nil {
		return nil, errors.Join(fmt.Errorf("open library: %w", err), l.Close())
	}
	return l, nil
}

// prepare counts what is stored and, in the process that does the background
// work, clears up after a crash.
func (l *Library) prepare(ctx context.Context, limits tenant.Limits) error {
	var stored tenant.Usage
	err := l.db.Reader().QueryRowContext(ctx, "SELECT count(*), coalesce(sum(size), 0) FROM documents").
		Scan(&stored.Items, &stored.FileBytes)
	if err != nil {
		return fmt.Errorf("count documents: %w", err)
	}
	l.meter = tenant.NewMeter(limits, stored)
	if l.announce == nil || l.home.CheckWritable() != nil {
		return nil
	}
	for _, dir := range []string{uploadsDir, booksDir, cacheDir} {
		if err := l.files.Mkdir(dir, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("make folder: %w", err)
		}
	}
	if err := l.sweepUploads(ctx); err != nil {
		return err
	}
	for _, tidy := range []func(context.Context) error{l.endLostAnswers, l.wantMissingRecognition} {
		err := tidy(ctx)
		if errors.Is(err, sqlite.ErrFull) || errors.Is(err, tenant.ErrOverQuota) {
			l.log.Warn("clear up", "tenant", l.home.ID().String(), "error", err)
			continue // who cannot open a full library cannot empty it
		}
		if err != nil {
			return err
		}
	}
	waiting, err := l.jobs.Waiting(ctx)
	if err != nil || waiting == 0 {
		return err
	}
	if err := l.jobs.Recover(ctx); err != nil {
		return err
	}
	done, err := l.announceWork(ctx)
	if err != nil {
		return err
	}
	done()
	return nil
}

const (
	dirMode  = 0o700
	fileMode = 0o600
)

// announceWork says that a job is about to be committed.
func (l *Library) announceWork(ctx context.Context) (done func(), err error) {
	if l.announce == nil {
		return func() {}, nil
	}
	return l.announce(ctx, l.home.ID())
}

// Close ends what goes on in the background and closes the database.
func (l *Library) Close() error {
	l.stop()
	l.work.Wait()
	l.meaning.forget()
	return errors.Join(l.vectors.close(), l.db.Close())
}

// SetLimits puts other limits in force: the user's tier has changed. What is
// stored stays.
func (l *Library) SetLimits(ctx context.Context, limits tenant.Limits, maxUpload int64) error {
	l.meter.SetLimits(limits)
	l.maxUpload.Store(maxUpload)
	return errors.Join(l.db.SetMaxBytes(ctx, limits.DatabaseBytes), l.vectors.setMaxBytes(ctx, limits.DatabaseBytes))
}

// Usage returns what the library stores, uploads under way included.
func (l *Library) Usage(ctx context.Context) (Usage, error) {
	size, err := l.db.Size(ctx)
	if err != nil {
		return Usage{}, err
	}
	used := l.meter.Used()
	return Usage{Documents: used.Items, FileBytes: used.FileBytes, DatabaseBytes: size}, nil
}

// write runs a write transaction. A database that has reached its ceiling is
// reported as over quota.
func (l *Library) write(ctx context.Context, do func(tx *sql.Tx) error) error {
	err := l.db.Write(ctx, do)
	limit := l.meter.Limits().DatabaseBytes
	if !errors.Is(err, sqlite.ErrFull) || limit == 0 {
		return err
	}
	full := &tenant.OverQuota{What: "database_bytes", Allowed: limit}
	if size, sizeErr := l.db.Size(ctx); sizeErr == nil {
		full.Used = size
	}
	return full
}
