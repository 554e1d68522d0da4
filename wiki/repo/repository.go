package repo

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"
)

// Repository is an open bare repository. It is safe for concurrent use, also
// beside other processes that work in the same directory.
type Repository struct {
	root   *os.Root
	branch string
	packs  packs
	// lastHead is the branch as it was last read.
	lastHead atomic.Pointer[seenHead]
	writes   chan struct{} // full while one runs; lets the writers of this process queue instead of polling for the lock

	// trace, when set by a test, is called at the steps of a write.
	trace func(step string)
}

// Branch returns the name of the branch that HEAD names, such as "main".
func (r *Repository) Branch() string { return r.branch }

// Close ends the use of the repository. Calls that are under way may fail.
func (r *Repository) Close() error { return r.root.Close() }

// Size returns the bytes that the repository's files hold on disk. Files that
// come and go meanwhile may or may not count.
func (r *Repository) Size(ctx context.Context) (int64, error) {
	var total int64
	err := fs.WalkDir(r.root.FS(), ".", func(_ string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if isGone(err) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if isGone(err) {
			return nil
		}
		if err != nil {
			return err
		}
		total += info.Size()
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("measure repository: %w", err)
	}
	return total, nil
}

// step tells a test how far a write has come.
func (r *Repository) step(name string) {
	if r.trace != nil {
		r.trace(name)
	}
}
