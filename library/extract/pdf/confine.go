package pdf

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// closeInherited closes descriptors that the server itself got without the
// close-on-exec mark, which all that Go opens have.
func closeInherited() {
	const first, last = 3, 1024
	for fd := first; fd < last; fd++ {
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if err == nil && flags&unix.FD_CLOEXEC == 0 {
			unix.Close(fd)
		}
	}
}

// maxCPU is the most CPU time of one child in seconds, the last bound for one
// whose parent is gone.
const maxCPU = 3600

// confine gives up what reading a document does not need: writing files,
// leaving core dumps, opening many descriptors, computing forever.
func confine() error {
	for _, l := range []struct {
		name     string
		resource int
		most     uint64
	}{
		{"core dumps", unix.RLIMIT_CORE, 0},
		{"file size", unix.RLIMIT_FSIZE, 0},
		{"descriptors", unix.RLIMIT_NOFILE, 32},
		{"CPU time", unix.RLIMIT_CPU, maxCPU},
	} {
		var now unix.Rlimit
		if err := unix.Getrlimit(l.resource, &now); err != nil {
			return fmt.Errorf("limit %s: %w", l.name, err)
		}
		most := min(l.most, now.Max)
		if err := unix.Setrlimit(l.resource, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return fmt.Errorf("limit %s: %w", l.name, err)
		}
	}
	return confineSystem()
}
