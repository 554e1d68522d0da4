package ocr

import (
	"fmt"
	"math"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// attributes make the process the first of a group, and let the kernel kill it
// when the thread that started it ends.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// limit bounds the resources of a running process: it can write no file and
// uses neither more memory nor, should its parent be gone, more time.
func limit(pid int, memory int64, time time.Duration) error {
	for _, l := range []struct {
		name     string
		resource int
		most     uint64
	}{
		{"address space", unix.RLIMIT_AS, uint64(memory)},
		{"CPU time", unix.RLIMIT_CPU, uint64(math.Ceil(time.Seconds())) + 1},
		{"core dumps", unix.RLIMIT_CORE, 0},
		{"file size", unix.RLIMIT_FSIZE, 0},
		{"descriptors", unix.RLIMIT_NOFILE, 64},
	} {
		var now unix.Rlimit
		if err := unix.Prlimit(pid, l.resource, nil, &now); err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		most := min(l.most, now.Max)
		if err := unix.Prlimit(pid, l.resource, &unix.Rlimit{Cur: most, Max: most}, nil); err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
	}
	return nil
}
