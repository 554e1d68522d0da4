package tenant

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/holtdb/holt/sqlite"
)

// Folders of the data directory that are no kinds.
const (
	trashDir = "trash"
	buildDir = "tmp" // homes under construction, on the same file system
)

// Fleet is all tenants of one kind on disk, open or not. Its methods are safe
// beside other processes that use the same data directory.
type Fleet struct {
	kind Kind
	path string   // of the data directory, absolute
	data *os.Root // the data directory

	images struct {
		sync.Mutex
		byFile map[string]*sqlite.Image
	}

	now   func() time.Time
	trace func(point string) // crash tests end the process here; nil otherwise
}

// OpenFleet opens the tenants of a kind below the data directory, which is made
// when it is absent. It does not look at any tenant.
func OpenFleet(dataDir string, kind Kind) (*Fleet, error) {
	if err := kind.check(); err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(dataDir)
	if err != nil {
		return nil, fmt.Errorf("open data directory: %w", err)
	}
	if err := os.MkdirAll(abs, dirMode); err != nil {
		return nil, fmt.Errorf("open data directory: %w", err)
	}
	data, err := os.OpenRoot(abs)
	if err != nil {
		return nil, fmt.Errorf("open data directory: %w", err)
	}
	f := &Fleet{kind: kind, path: abs, data: data, now: time.Now}
	f.images.byFile = make(map[string]*sqlite.Image)
	for _, dir := range []string{kind.Name, buildDir, trashDir, filepath.Join(trashDir, kind.Name)} {
		if err := data.Mkdir(dir, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, errors.Join(fmt.Errorf("open data directory: %w", err), data.Close())
		}
		if err := mustBeDir(data, dir); err != nil {
			return nil, errors.Join(fmt.Errorf("open data directory: %w", err), data.Close())
		}
	}
	if err := errors.Join(syncDir(data, "."), f.sweep()); err != nil {
		return nil, errors.Join(err, data.Close())
	}
	return f, nil
}

// Kind returns what the fleet's homes contain.
func (f *Fleet) Kind() Kind { return f.kind }

// Close frees what the fleet holds. Homes opened from it stay open.
func (f *Fleet) Close() error {
	f.images.Lock()
	defer f.images.Unlock()
	errs := []error{f.data.Close()}
	for _, im := range f.images.byFile {
		errs = append(errs, im.Close())
	}
	clear(f.images.byFile)
	return errors.Join(errs...)
}

// homeDir is a tenant's directory relative to the data directory.
func (f *Fleet) homeDir(id ID) string { return filepath.Join(f.kind.Name, id.Dir()) }

// Exists reports whether a tenant has this ID.
func (f *Fleet) Exists(id ID) (bool, error) {
	if id.IsZero() {
		return false, ErrInvalidID
	}
	info, err := f.data.Lstat(f.homeDir(id))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for tenant %q: %w", id, err)
	}
	return info.IsDir(), nil
}

// IDs yields the tenants on disk in no order, without opening any. A directory
// whose name is no tenant's is yielded as an error with a zero ID.
func (f *Fleet) IDs(ctx context.Context) iter.Seq2[ID, error] {
	return func(yield func(ID, error) bool) {
		dir, err := f.data.Open(f.kind.Name)
		if err != nil {
			yield(ID{}, fmt.Errorf("list tenants: %w", err))
			return
		}
		defer dir.Close()
		const batch = 1024
		for {
			entries, err := dir.ReadDir(batch)
			for _, e := range entries {
				if ctx.Err() != nil {
					yield(ID{}, ctx.Err())
					return
				}
				if !yield(IDFromDir(e.Name())) {
					return
				}
			}
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(ID{}, fmt.Errorf("list tenants: %w", err))
				return
			}
		}
	}
}

// Open opens a tenant's home whatever its state is; a [Registry] is what checks
// the state. The caller closes it.
func (f *Fleet) Open(ctx context.Context, id ID) (*Home, error) {
	if id.IsZero() {
		return nil, ErrInvalidID
	}
	dir := f.homeDir(id)
	if err := mustBeDir(f.data, dir); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, ErrNotExist
		}
		return nil, err
	}
	files, err := f.data.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open home: %w", err)
	}
	h := &Home{id: id, fleet: f, files: files, path: filepath.Join(f.path, dir),
		stamp: stamp{kind: f.kind.Name, tenant: id.String()}}
	if err := h.take(ctx); err != nil {
		return nil, errors.Join(err, files.Close())
	}
	return h, nil
}

// take locks the home against being moved and reads its state.
func (h *Home) take(ctx context.Context) error {
	lock, err := openLock(h.files, lockFile)
	if err != nil {
		return err
	}
	if err := takeLock(ctx, lock, sharedLock, 0); err != nil {
		return errors.Join(err, lock.Close())
	}
	h.lock = lock
	h.dir, err = h.files.Stat(".")
	switch {
	case err != nil:
		err = fmt.Errorf("open home: %w", err)
	case !h.inPlace(): // it was moved between opening and locking
		err = ErrNotExist
	default:
		err = h.refresh()
	}
	if err != nil {
		return errors.Join(err, lock.Close())
	}
	return nil
}

// State reads a tenant's state without opening its databases.
func (f *Fleet) State(ctx context.Context, id ID) (State, error) {
	h, err := f.Open(ctx, id)
	if err != nil {
		return State{}, err
	}
	return h.State(), h.Close()
}

// SetState changes a tenant's state. Processes that have it open follow within
// about a second. It fails with [ErrBusy] while the tenant is being deleted.
func (f *Fleet) SetState(ctx context.Context, id ID, s State) error {
	h, err := f.Open(ctx, id)
	if err != nil {
		return err
	}
	if s.Since.IsZero() {
		s.Since = f.now()
	}
	err = h.changeState(ctx, func(before State) (State, error) {
		if before.Status == deleting {
			return State{}, ErrBusy
		}
		return s, nil
	})
	return errors.Join(err, h.Close())
}

// image returns the template of a database, built at first use.
func (f *Fleet) image(ctx context.Context, spec Database) (*sqlite.Image, error) {
	f.images.Lock()
	defer f.images.Unlock()
	if im := f.images.byFile[spec.File]; im != nil {
		return im, nil
	}
	im, err := sqlite.NewImage(ctx, spec.Schema)
	if err != nil {
		return nil, fmt.Errorf("template of %s: %w", spec.File, err)
	}
	f.images.byFile[spec.File] = im
	return im, nil
}

// newDatabase writes a stamped, ready database file into a home.
func (f *Fleet) newDatabase(ctx context.Context, files *os.Root, spec Database, s stamp) error {
	im, err := f.image(ctx, spec)
	if err != nil {
		return err
	}
	content, err := im.File(ctx, func(tx *sql.Tx) error { return s.write(ctx, tx) })
	if err != nil {
		return err
	}
	// Under a passing name: a crash must not leave half a database in its place.
	next := spec.File + ".next"
	if err := writeFileSync(files, next, content); err != nil {
		return fmt.Errorf("write %s: %w", spec.File, err)
	}
	if err := files.Rename(next, spec.File); err != nil {
		return fmt.Errorf("write %s: %w", spec.File, err)
	}
	return nil
}

// rebuild makes a derived database that is missing. What an old one left beside
// it must not meet the new one.
func (f *Fleet) rebuild(ctx context.Context, h *Home, spec Database) error {
	s, err := h.identity()
	if err != nil {
		return err
	}
	return changing(ctx, h.files, func() error {
		if _, err := h.files.Lstat(spec.File); !errors.Is(err, fs.ErrNotExist) {
			return err // another was faster
		}
		for _, suffix := range sideFiles() {
			if err := h.files.Remove(spec.File + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("rebuild %s: %w", spec.File, err)
			}
		}
		f.point("rebuild:cleared")
		if err := f.newDatabase(ctx, h.files, spec, s); err != nil {
			return fmt.Errorf("rebuild %s: %w", spec.File, err)
		}
		return syncDir(h.files, ".")
	})
}

// mustBeDir refuses a link or anything else that is no directory.
func mustBeDir(root *os.Root, name string) error {
	info, err := root.Lstat(name)
	if err != nil {
		return fmt.Errorf("look at %s: %w", name, err)
	}
	if !info.IsDir() {
		return fmt.Errorf("%w: %s is not a directory", ErrUnsafe, name)
	}
	return nil
}

// point reports a named step to a crash test.
func (f *Fleet) point(name string) {
	if f.trace != nil {
		f.trace(name)
	}
}
