//go:build unix

package tenant

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	lockFile   = "lock"        // locked while the home is open or moved
	changeFile = "lock.change" // locked while the home's own files change
)

const (
	sharedLock    = unix.LOCK_SH // held by whoever has the home open
	exclusiveLock = unix.LOCK_EX // held by whoever moves it
)

// lockRetry is the pause between two looks at a lock that another process holds.
const lockRetry = 20 * time.Millisecond

// openLock opens a lock file of a home.
func openLock(files *os.Root, name string) (*os.File, error) {
	f, err := files.OpenFile(name, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, fileMode)
	if err != nil {
		return nil, fmt.Errorf("open lock of home: %w", err)
	}
	return f, nil
}

// takeLock takes the lock of a home, or changes how it is held, and waits at
// most patience for it. The lock ends when the file is closed, also by the
// death of the process.
func takeLock(ctx context.Context, lock *os.File, how int, patience time.Duration) error {
	deadline := time.Now().Add(patience)
	for {
		err := unix.Flock(int(lock.Fd()), how|unix.LOCK_NB)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, unix.EINTR):
			continue
		case !errors.Is(err, unix.EWOULDBLOCK):
			return fmt.Errorf("lock home: %w", err)
		case !time.Now().Before(deadline):
			return fmt.Errorf("%w: another process holds it", ErrBusy)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: another process holds it: %w", ErrBusy, ctx.Err())
		case <-time.After(lockRetry):
		}
	}
}

// isNotEmpty reports whether a rename failed on a directory that has content.
func isNotEmpty(err error) bool {
	return errors.Is(err, unix.ENOTEMPTY) || errors.Is(err, unix.EEXIST)
}
