// Package wiki is one wiki: pages and attachments in a git repository, and a
// database of its own for preferences, members, rules, drafts and the index.
// Type [Wiki] holds all of it; a [Session] is one visitor's way to it, and does
// nothing that the visitor may not do.
//
// It knows nothing of HTTP.
package wiki

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/markdown"
	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/transport"
)

// Config is what the wikis of a server share. Nothing of one wiki hangs off it.
type Config struct {
	// Markdown renders pages.
	Markdown *markdown.Renderer
	// Git serves clone and push; nil when there is no git program.
	Git *transport.Git
	// Limits says what a wiki may store. It is asked when the wiki is opened,
	// which fails when it fails. nil means no limits.
	Limits func(ctx context.Context, id tenant.ID) (Limits, error)
	// Logger gets what an operator should know; nil means slog.Default.
	Logger *slog.Logger
	// CacheBytes bounds the rendered and finished pages kept in memory for each open wiki; 0
	// means DefaultCacheBytes.
	CacheBytes int64
}

// DefaultCacheBytes is the bound of an open wiki's rendered and finished pages.
const DefaultCacheBytes = 4 << 20

// Limits bound what a wiki may store. A field of 0 is unlimited.
type Limits struct {
	Bytes           int64 // of the repository
	Pages           int64
	AttachmentBytes int64 // of one attachment
}

// databaseRoom is how much larger than the repository the database may grow: it
// holds the pages' text and their index beside the drafts.
const databaseRoom = 64 << 20

func (l Limits) database() int64 {
	if l.Bytes == 0 {
		return 0
	}
	return 2*min(l.Bytes, math.MaxInt64/4) + databaseRoom
}

// Wiki is one wiki. It is safe for concurrent use.
type Wiki struct {
	home     *tenant.Home
	db       *sqlite.DB
	repo     *repo.Repository
	index    *index.Index
	markdown *markdown.Renderer
	git      *transport.Git
	log      *slog.Logger
	path     string // of the repository

	limits   atomic.Pointer[Limits]
	usage    usage
	writing  sync.Mutex // held from the look at the branch to its move
	settings atomic.Pointer[settings]
	seen     sync.Map // members by account: when they were last noted
	rendered *recent[renderedPage]
	finished *recent[[]byte]
	catalog  atomic.Pointer[catalog]
	scaling  sync.Mutex // held while a picture is decoded: a large one takes much memory
}

// Open opens the wiki that lies in home. A [tenant.Registry] calls it.
func Open(ctx context.Context, home *tenant.Home, cfg Config) (*Wiki, error) {
	var limits Limits
	if cfg.CacheBytes <= 0 {
		cfg.CacheBytes = DefaultCacheBytes
	}
	if cfg.Limits != nil {
		var err error
		if limits, err = cfg.Limits(ctx, home.ID()); err != nil {
			return nil, fmt.Errorf("open wiki: ask for its limits: %w", err)
		}
	}
	db, err := home.OpenDatabase(ctx, databaseFile, tenant.DatabaseOptions{MaxBytes: limits.database()})
	if err != nil {
		return nil, fmt.Errorf("open wiki: %w", err)
	}
	path, err := home.FolderPath(repoDir)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open wiki: %w", err), db.Close())
	}
	r, err := repo.Open(path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open wiki: %w", err), db.Close())
	}
	w := &Wiki{
		home: home, db: db, repo: r, index: index.New(db, r), markdown: cfg.Markdown, git: cfg.Git,
		log: cfg.Logger, path: path, rendered: newRecent[renderedPage](cfg.CacheBytes / 2), finished: newRecent[[]byte](cfg.CacheBytes / 2),
	}
	if w.log == nil {
		w.log = slog.Default()
	}
	w.limits.Store(&limits)
	return w, nil
}

// Close closes repository and database.
func (w *Wiki) Close() error {
	return errors.Join(w.repo.Close(), w.db.Close())
}

// ID returns the wiki's name among the wikis of the server.
func (w *Wiki) ID() tenant.ID { return w.home.ID() }

// Branch returns the branch of the repository that the pages lie on.
func (w *Wiki) Branch() string { return w.repo.Branch() }

// SetLimits puts other limits in force: the owner's tier has changed. What is
// stored stays.
func (w *Wiki) SetLimits(ctx context.Context, limits Limits) error {
	if *w.limits.Load() == limits {
		return nil
	}
	if err := w.db.SetMaxBytes(ctx, limits.database()); err != nil {
		return err
	}
	w.limits.Store(&limits)
	return nil
}

// write runs a write transaction. A database that has reached its ceiling is
// reported as over quota.
func (w *Wiki) write(ctx context.Context, do func(tx *sql.Tx) error) error {
	if err := w.home.CheckWritable(); err != nil {
		return err
	}
	return w.translate(w.db.Write(ctx, do))
}

func (w *Wiki) translate(err error) error {
	if errors.Is(err, sqlite.ErrFull) {
		return &tenant.OverQuota{What: "database_bytes", Allowed: w.limits.Load().database()}
	}
	return err
}
