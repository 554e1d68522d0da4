package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// lockSuffix is what git appends to the name of a file to lock it.
	lockSuffix = ".lock"
	// staleAfter is the age at which a lock was left by a process that died.
	// Git and this package hold one for milliseconds.
	staleAfter = 10 * time.Second
	// lockPatience is how long a writer waits for the lock of another process,
	// longer than staleAfter so that it can take a stale one over.
	lockPatience = staleAfter + 5*time.Second
	// lockRetry is the pause between two looks at a lock.
	lockRetry = 10 * time.Millisecond
)

// lock is the branch's lock: the file beside the branch's own whose creation is
// the lock, and whose renaming is the change. It is held together with a flock
// of the file, so that another writer of this package can tell at once whether
// its holder still lives.
type lock struct {
	r    *Repository
	name string
	file *os.File
}

// lockBranch takes the lock of the branch and waits for it if it must.
func (r *Repository) lockBranch(ctx context.Context) (*lock, error) {
	l := &lock{r: r, name: r.ref() + lockSuffix}
	deadline := time.Now().Add(lockPatience)
	for {
		err := l.create()
		if err == nil {
			return l, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("lock branch: %w", err)
		}
		if err := l.takeOver(); err != nil {
			return nil, fmt.Errorf("lock branch: %w", err)
		}
		if !time.Now().Before(deadline) {
			return nil, fmt.Errorf("lock branch: %w", ErrLocked)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("lock branch: %w: %w", ErrLocked, ctx.Err())
		case <-time.After(lockRetry):
		}
	}
}

// create makes the lock's file, or fails with fs.ErrExist.
func (l *lock) create() error {
	const how = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	f, err := l.r.root.OpenFile(l.name, how, fileMode)
	if isGone(err) {
		// Git removes the folders of branches that it has packed.
		if err := l.r.root.MkdirAll(path.Dir(l.name), folderMode); err != nil {
			return err
		}
		f, err = l.r.root.OpenFile(l.name, how, fileMode)
	}
	if err != nil {
		return err
	}
	if err := flock(f); err != nil {
		return errors.Join(err, f.Close(), l.r.root.Remove(l.name))
	}
	l.file = f
	return nil
}

// takeOver removes a lock that nobody holds any more. Of several writers that
// find it, the one with its flock removes it, after it has seen that the name
// still stands for the same file.
func (l *lock) takeOver() error {
	f, err := l.r.root.OpenFile(l.name, os.O_WRONLY, 0)
	if isGone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	held, err := f.Stat()
	if err != nil {
		return err
	}
	if age := time.Since(held.ModTime()); age < staleAfter && age > -staleAfter {
		return nil
	}
	if err := flock(f); err != nil {
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil
		}
		return err
	}
	named, err := l.r.root.Lstat(l.name)
	if isGone(err) || err == nil && !os.SameFile(held, named) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := l.r.root.Remove(l.name); err != nil && !isGone(err) {
		return err
	}
	return nil
}

// write puts the branch's new commit into the lock and waits for the disk.
func (l *lock) write(h Hash) error {
	if _, err := l.file.WriteString(h.String() + "\n"); err != nil {
		return fmt.Errorf("write branch: %w", err)
	}
	if err := l.file.Sync(); err != nil {
		return fmt.Errorf("write branch: %w", err)
	}
	return nil
}

// commit moves the branch to what write wrote, and waits for the disk.
func (l *lock) commit() error {
	held, err := l.file.Stat()
	if err != nil {
		return fmt.Errorf("move branch: %w", err)
	}
	// Somebody may have removed the lock by hand, and another writer taken it.
	named, err := l.r.root.Lstat(l.name)
	if isGone(err) || err == nil && !os.SameFile(held, named) {
		return fmt.Errorf("move branch: %w", ErrLocked)
	}
	if err != nil {
		return fmt.Errorf("move branch: %w", err)
	}
	if err := l.r.root.Rename(l.name, l.r.ref()); err != nil {
		return fmt.Errorf("move branch: %w", err)
	}
	l.r.step("branch moved")
	l.file.Close()
	l.file = nil
	return syncFolders(l.r.root, l.r.refFolders())
}

// release gives the lock back if commit has not used it up.
func (l *lock) release() {
	if l.file == nil {
		return
	}
	held, err := l.file.Stat()
	if err == nil {
		if named, err := l.r.root.Lstat(l.name); err == nil && os.SameFile(held, named) {
			l.r.root.Remove(l.name)
		}
	}
	l.file.Close()
	l.file = nil
}

// refFolders returns the folders that lead to the branch's file, the last first.
func (r *Repository) refFolders() []string {
	var folders []string
	for dir := path.Dir(r.ref()); dir != path.Dir(headsDir); dir = path.Dir(dir) {
		folders = append(folders, dir)
	}
	return folders
}

// flock takes the flock of a file without waiting; closing the file ends it.
func flock(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// isFolder reports whether an error came from reading a folder as a file.
func isFolder(err error) bool { return errors.Is(err, syscall.EISDIR) }
