package tenant

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"
)

// sweepAfter is the age at which a home under construction was left by a crash.
const sweepAfter = time.Hour

// Create makes the home of a new tenant from the kind's templates. It is built
// under a passing name and gets its own in one rename, so that a crash leaves
// no tenant or a whole one. It fails with [ErrExists] when there is one.
func (f *Fleet) Create(ctx context.Context, id ID) error {
	return f.CreateWith(ctx, id, nil)
}

// CreateWith is [Fleet.Create] for a tenant with contents of its own: fill runs
// after the kind's Seed, before the home has its name, and an error leaves
// nothing behind. What it writes outside the databases it must sync itself.
func (f *Fleet) CreateWith(ctx context.Context, id ID, fill func(ctx context.Context, home *Home) error) error {
	if id.IsZero() {
		return ErrInvalidID
	}
	exists, err := f.Exists(id)
	if err != nil {
		return err
	}
	if exists {
		return ErrExists
	}
	passing := filepath.Join(buildDir, randomName())
	if err := f.build(ctx, id, passing, fill); err != nil {
		return errors.Join(fmt.Errorf("create tenant %q: %w", id, err), f.data.RemoveAll(passing))
	}
	f.point("create:built")
	// A rename onto a directory that is not empty fails: of two that create the
	// same tenant, one wins.
	if err := f.data.Rename(passing, f.homeDir(id)); err != nil {
		if errors.Is(err, fs.ErrExist) || isNotEmpty(err) {
			err = ErrExists
		}
		return errors.Join(fmt.Errorf("create tenant %q: %w", id, err), f.data.RemoveAll(passing))
	}
	f.point("create:renamed")
	return syncDir(f.data, f.kind.Name)
}

// build makes a whole home in the directory named passing.
func (f *Fleet) build(ctx context.Context, id ID, passing string, fill func(context.Context, *Home) error) error {
	if err := f.data.Mkdir(passing, dirMode); err != nil {
		return err
	}
	f.point("create:started")
	files, err := f.data.OpenRoot(passing)
	if err != nil {
		return err
	}
	defer files.Close()
	for _, dir := range f.kind.Dirs {
		if err := files.Mkdir(dir, dirMode); err != nil {
			return err
		}
	}
	s := stamp{kind: f.kind.Name, tenant: id.String(), home: randomName()}
	// At once: the file system puts them on disk together.
	var databases errgroup.Group
	for _, spec := range f.kind.Databases {
		databases.Go(func() error { return f.newDatabase(ctx, files, spec, s) })
	}
	if err := databases.Wait(); err != nil {
		return err
	}
	f.point("create:databases")
	for _, seed := range []func(context.Context, *Home) error{f.kind.Seed, fill} {
		if err := f.seed(ctx, id, passing, files, s, seed); err != nil {
			return err
		}
	}
	return syncDir(files, ".")
}

// seed lets the application fill the new home.
func (f *Fleet) seed(ctx context.Context, id ID, passing string, files *os.Root, s stamp,
	fill func(context.Context, *Home) error,
) error {
	if fill == nil {
		return nil
	}
	h := &Home{id: id, fleet: f, files: files, path: filepath.Join(f.path, passing), stamp: s}
	h.state.Store(&State{Status: Active})
	if err := fill(ctx, h); err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	f.point("create:seeded")
	return nil
}

// sweep removes homes whose construction a crash ended.
func (f *Fleet) sweep() error {
	entries, err := fs.ReadDir(f.data.FS(), buildDir)
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || f.now().Sub(info.ModTime()) < sweepAfter {
			continue
		}
		if err := f.data.RemoveAll(filepath.Join(buildDir, e.Name())); err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
	}
	return nil
}
