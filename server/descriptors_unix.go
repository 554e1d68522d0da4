//go:build unix

package server

import (
	"fmt"
	"math"

	"golang.org/x/sys/unix"

	"github.com/holtdb/holt/sqlite"
)

// What takes file descriptors.
const (
	perConnection = 3                                            // in WAL mode: the file, its log and the shared memory
	perDatabase   = perConnection * (1 + sqlite.DefaultReaders)  // the writer and all readers
	perHome       = 2                                            // its directory and its lock
	perLibrary    = perHome + perDatabase + 2*perConnection      // with its embeddings: a writer and a reader
	perWiki       = perHome + perDatabase + 1                    // with its repository
	ownFiles      = perConnection*(2+sqlite.DefaultReaders) + 64 // holt.db, listener, PDF processes, files of the moment
)

// Bounds of what [MaxOpenFor] answers. Beyond the upper one memory counts, not
// descriptors.
const (
	leastOpen = 4
	mostOpen  = 512
)

// MaxOpenFor returns how many libraries, and how many wikis, may be open at once
// with a limit of open files. A quarter of the limit is left to clients'
// connections; the rest, less what the server needs itself, is divided by what
// one library and one wiki take at most.
func MaxOpenFor(files uint64) int {
	return min(max(fitting(files), leastOpen), mostOpen)
}

// fitting is the same without the bounds.
func fitting(files uint64) int {
	left := int(min(files, math.MaxInt32))
	left -= left/4 + ownFiles
	return left / (perLibrary + perWiki)
}

// openFiles returns the limit of open files of this process. The Go runtime has
// raised the soft limit to the hard one when the program started (package
// syscall, rlimit.go).
func openFiles() (uint64, error) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, fmt.Errorf("read the limit of open files: %w", err)
	}
	return limit.Cur, nil
}
