package transport

import (
	"os"

	"golang.org/x/sys/unix"
)

// limitMemory bounds the memory that a process may have from now on, in bytes.
// A process that has ended needs no bound.
func limitMemory(p *os.Process, bytes uint64) {
	_ = unix.Prlimit(p.Pid, unix.RLIMIT_DATA, &unix.Rlimit{Cur: bytes, Max: bytes}, nil)
}
