package pdfium

import (
	"syscall"

	"github.com/tetratelabs/wazero/experimental"
)

// reserved is guest memory as one reservation of address space. The kernel
// backs only what is touched, so that growing copies nothing and a document
// costs what it uses.
type reserved struct{ space []byte }

func newReserved(_, limit uint64) experimental.LinearMemory {
	space, err := syscall.Mmap(-1, 0, int(limit), syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	if err != nil {
		return &reserved{} // every Reallocate then fails, and with it the start
	}
	return &reserved{space: space}
}

func (r *reserved) Reallocate(size uint64) []byte {
	if size > uint64(len(r.space)) {
		return nil
	}
	return r.space[:size]
}

func (r *reserved) Free() {
	if r.space != nil {
		syscall.Munmap(r.space)
		r.space = nil
	}
}
