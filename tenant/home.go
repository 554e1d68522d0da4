package tenant

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/holtdb/holt/sqlite"
)

// Home is a tenant's directory, confined: its files are reached through Files,
// which no path leaves, and its databases through OpenDatabase. It is held by a
// shared lock, so that no process moves or deletes it meanwhile.
type Home struct {
	id    ID
	fleet *Fleet
	files *os.Root
	lock  *os.File
	dir   os.FileInfo // to notice that the directory was moved away
	path  string      // for SQLite, which opens by path
	state atomic.Pointer[State]

	mu    sync.Mutex
	stamp stamp
}

// ID returns the tenant whose home this is.
func (h *Home) ID() ID { return h.id }

// Files returns the directory. Paths in it cannot lead out. The tenant's live
// database files must not be opened through it: closing such a descriptor would
// drop SQLite's locks.
func (h *Home) Files() *os.Root { return h.files }

// State returns the tenant's state. For a home in a registry it follows changes
// made by other processes within about a second.
func (h *Home) State() State { return *h.state.Load() }

// CheckWritable returns [ErrReadOnly] or why the tenant is unavailable, and nil
// when it may be changed.
func (h *Home) CheckWritable() error {
	s := h.State()
	if s.Status == ReadOnly {
		if s.Reason != "" {
			return fmt.Errorf("%w: %s", ErrReadOnly, s.Reason)
		}
		return ErrReadOnly
	}
	return s.usable()
}

// FolderPath returns the absolute path of one of the kind's folders, for what
// opens files by path, as SQLite and git do. It proves that the folder is one
// and no link; what lies in it is the caller's to prove.
func (h *Home) FolderPath(name string) (string, error) {
	if !slices.Contains(h.fleet.kind.Dirs, name) {
		return "", fmt.Errorf("kind %s has no folder %q", h.fleet.kind.Name, name)
	}
	info, err := h.files.Lstat(name)
	if err != nil {
		return "", fmt.Errorf("look at folder: %w", err)
	}
	if !info.IsDir() {
		return "", fmt.Errorf("%w: %s is not a folder", ErrUnsafe, name)
	}
	return filepath.Abs(filepath.Join(h.path, name))
}

// DatabaseOptions are the choices of an application for one of its databases.
type DatabaseOptions struct {
	MaxBytes int64 // size ceiling; 0 means none
	Relaxed  bool  // see [sqlite.Options]
	Readers  int   // 0 means the default
}

// OpenDatabase opens one of the kind's databases, proves that it belongs to
// this home and migrates it. The caller closes it.
func (h *Home) OpenDatabase(ctx context.Context, file string, opts DatabaseOptions) (*sqlite.DB, error) {
	spec, err := h.fleet.kind.database(file)
	if err != nil {
		return nil, err
	}
	if err := h.proveDatabase(ctx, spec); err != nil {
		return nil, err
	}
	db, err := sqlite.Open(ctx, filepath.Join(h.path, spec.File), sqlite.Options{
		Schema: spec.Schema, MaxBytes: opts.MaxBytes, Relaxed: opts.Relaxed, Readers: opts.Readers,
		Check: func(ctx context.Context, db *sqlite.DB) error { return h.proveStamp(ctx, db, spec) },
		Trace: h.fleet.trace,
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", spec.File, err)
	}
	return db, nil
}

// proveDatabase makes sure that SQLite, which follows links, will open plain
// files of this home. A derived database that is missing is made again.
func (h *Home) proveDatabase(ctx context.Context, spec Database) error {
	info, err := h.files.Lstat(spec.File)
	switch {
	case errors.Is(err, fs.ErrNotExist) && spec.Derived:
		return h.fleet.rebuild(ctx, h, spec)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: %w", spec.File, sqlite.ErrMissing)
	case err != nil:
		return fmt.Errorf("look at %s: %w", spec.File, err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%w: %s is not a plain file", ErrUnsafe, spec.File)
	}
	for _, suffix := range sideFiles() {
		info, err := h.files.Lstat(spec.File + suffix)
		if err == nil && !info.Mode().IsRegular() {
			return fmt.Errorf("%w: %s%s is not a plain file", ErrUnsafe, spec.File, suffix)
		}
	}
	return nil
}

// sideFiles are the endings of what SQLite keeps beside a database.
func sideFiles() []string { return []string{"-wal", "-shm", "-journal"} }

// DatabaseVersion returns how many schema steps one of the kind's databases has.
// It proves that the file belongs to this home and changes nothing.
func (h *Home) DatabaseVersion(ctx context.Context, file string) (version int, err error) {
	spec, err := h.fleet.kind.database(file)
	if err != nil {
		return 0, err
	}
	db, err := h.look(ctx, spec)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Version(ctx)
}

// look opens a database as it is: not migrated, and not made when it is missing.
func (h *Home) look(ctx context.Context, spec Database) (*sqlite.DB, error) {
	spec.Derived = false
	if err := h.proveDatabase(ctx, spec); err != nil {
		return nil, err
	}
	db, err := sqlite.Open(ctx, filepath.Join(h.path, spec.File), sqlite.Options{
		Check: func(ctx context.Context, db *sqlite.DB) error { return h.proveStamp(ctx, db, spec) },
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", spec.File, err)
	}
	return db, nil
}

// proveStamp compares a database with the home. The primary one gives the home
// its id; the others must carry the same.
func (h *Home) proveStamp(ctx context.Context, db *sqlite.DB, spec Database) error {
	found, err := readStamp(ctx, db)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := found.matches(h.stamp); err != nil {
		return err
	}
	if spec.File == h.fleet.kind.primary().File {
		h.stamp = found
	}
	return nil
}

// identity returns the home's stamp, which is known once the primary database
// was opened.
func (h *Home) identity() (stamp, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stamp.home == "" {
		return stamp{}, errors.New("the primary database of a home is opened first")
	}
	return h.stamp, nil
}

// inPlace reports whether the home's path still leads to this directory.
func (h *Home) inPlace() bool {
	info, err := os.Lstat(h.path)
	return err == nil && os.SameFile(info, h.dir)
}

// refresh reads the state again.
func (h *Home) refresh() error {
	h.mu.Lock() // of two at once, the later reader is the later writer
	defer h.mu.Unlock()
	s, err := readState(h.files, h.fleet.now())
	if err != nil {
		return err
	}
	h.state.Store(&s)
	return nil
}

// Close gives the lock back. The databases are to be closed before.
func (h *Home) Close() error {
	return errors.Join(h.files.Close(), h.lock.Close())
}
