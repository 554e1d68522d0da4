package pdfium

import (
	"context"
	"encoding/binary"
	"io"
	"time"

	"github.com/tetratelabs/wazero/api"
)

// documentPath is the only file that exists for the guest.
const documentPath = "/document.pdf"

// documentFD is the guest's descriptor of it.
const documentFD = 3

// Error numbers of WASI preview 1, which Emscripten's C library shares.
const (
	errnoBadFD    = 8
	errnoInvalid  = 28
	errnoIO       = 29
	errnoNotFound = 44
	errnoNoSystem = 52
)

// Arguments of 32 bits come in slots of 64 whose upper half means nothing.
//
// host is the world as the guest sees it: one read-only file and a clock.
type host struct {
	file   io.ReaderAt
	size   int64
	offset int64
	// ahead saves system calls: PDFium's parser reads a few hundred bytes at a time.
	ahead      []byte
	aheadStart int64
	exhausted  bool // the guest asked for more memory than its limit
}

const readAhead = 64 << 10

func (h *host) reset(file io.ReaderAt, size int64) {
	*h = host{file: file, size: size, ahead: h.ahead[:0]}
}

// functions are the imports that PDFium needs to work. All others are refused.
func (h *host) functions() map[string]api.GoModuleFunc {
	return map[string]api.GoModuleFunc{
		"_abort_js":              func(context.Context, api.Module, []uint64) { panic("abort") },
		"emscripten_resize_heap": h.resizeHeap,
		"emscripten_date_now": func(_ context.Context, _ api.Module, stack []uint64) {
			stack[0] = api.EncodeF64(float64(time.Now().UnixMilli()))
		},
		"_tzset_js":         keepZero,
		"_localtime_js":     keepZero,
		"_gmtime_js":        keepZero,
		"environ_get":       succeed,
		"environ_sizes_get": noEnviron,
		"__syscall_openat":  h.open,
		"__syscall_fstat64": h.stat,
		"__syscall_fcntl64": succeed,
		"fd_read":           h.read,
		"fd_seek":           h.seek,
		"fd_write":          discard,
		"fd_close":          succeed,
		"fd_sync":           succeed,
	}
}

// refuse answers ENOSYS, in the way of Linux system calls.
func refuse(hasResult bool) api.GoModuleFunc {
	return func(_ context.Context, _ api.Module, stack []uint64) {
		if hasResult {
			stack[0] = sysError(errnoNoSystem)
		}
	}
}

func sysError(errno int32) uint64 { return uint64(uint32(-errno)) }

func succeed(_ context.Context, _ api.Module, stack []uint64) { stack[0] = 0 }

// keepZero leaves the caller's buffer as it is: there are no time zones.
func keepZero(context.Context, api.Module, []uint64) {}

// noEnviron (countPtr, sizePtr) says that the environment is empty.
func noEnviron(_ context.Context, m api.Module, stack []uint64) {
	m.Memory().WriteUint32Le(uint32(stack[0]), 0)
	m.Memory().WriteUint32Le(uint32(stack[1]), 0)
	stack[0] = 0
}

// resizeHeap (bytes) grows the memory to at least so many bytes.
func (h *host) resizeHeap(_ context.Context, m api.Module, stack []uint64) {
	want, have := uint64(uint32(stack[0])), uint64(m.Memory().Size())
	stack[0] = 1
	if want <= have {
		return
	}
	least := (want - have + wasmPage - 1) / wasmPage
	if _, ok := m.Memory().Grow(uint32(max(least, have/5/wasmPage))); ok {
		return
	}
	if _, ok := m.Memory().Grow(uint32(least)); !ok {
		h.exhausted = true
		stack[0] = 0
	}
}

// open (dirfd, path, flags, varargs) knows one path.
func (h *host) open(_ context.Context, m api.Module, stack []uint64) {
	path, ok := m.Memory().Read(uint32(stack[1]), uint32(len(documentPath)+1))
	if !ok || string(path) != documentPath+"\x00" {
		stack[0] = sysError(errnoNotFound)
		return
	}
	h.offset = 0
	stack[0] = documentFD
}

// stat (fd, buffer) fills Emscripten's struct stat: the mode at byte 4, the
// size at byte 24.
func (h *host) stat(_ context.Context, m api.Module, stack []uint64) {
	if uint32(stack[0]) != documentFD {
		stack[0] = sysError(errnoBadFD)
		return
	}
	const regularFile = 0o100400
	stat := make([]byte, 96)
	binary.LittleEndian.PutUint32(stat[4:], regularFile)
	binary.LittleEndian.PutUint64(stat[24:], uint64(h.size))
	m.Memory().Write(uint32(stack[1]), stat)
	stack[0] = 0
}

// seek (fd, offset, whence, newOffsetPtr)
func (h *host) seek(_ context.Context, m api.Module, stack []uint64) {
	if uint32(stack[0]) != documentFD {
		stack[0] = errnoBadFD
		return
	}
	to := int64(stack[1])
	switch uint32(stack[2]) {
	case io.SeekCurrent:
		to += h.offset
	case io.SeekEnd:
		to += h.size
	}
	if to < 0 {
		stack[0] = errnoInvalid
		return
	}
	h.offset = to
	m.Memory().WriteUint64Le(uint32(stack[3]), uint64(to))
	stack[0] = 0
}

// read (fd, vectors, count, nPtr) fills the buffers in turn.
func (h *host) read(_ context.Context, m api.Module, stack []uint64) {
	if uint32(stack[0]) != documentFD {
		stack[0] = errnoBadFD
		return
	}
	vectors, total := uint32(stack[1]), 0
	for k := range uint32(stack[2]) {
		p, _ := m.Memory().ReadUint32Le(vectors + 8*k)
		size, ok := m.Memory().ReadUint32Le(vectors + 8*k + 4)
		buffer, inside := m.Memory().Read(p, size)
		if !ok || !inside {
			stack[0] = errnoInvalid
			return
		}
		n, err := h.readAt(buffer, h.offset)
		h.offset += int64(n)
		total += n
		if err != nil && err != io.EOF {
			stack[0] = errnoIO
			return
		}
		if n < len(buffer) {
			break
		}
	}
	m.Memory().WriteUint32Le(uint32(stack[3]), uint32(total))
	stack[0] = 0
}

// readAt reads through the read-ahead buffer, whole reads of its size apart.
func (h *host) readAt(p []byte, offset int64) (int, error) {
	if len(p) >= readAhead {
		return h.file.ReadAt(p, offset)
	}
	if offset < h.aheadStart || offset+int64(len(p)) > h.aheadStart+int64(len(h.ahead)) {
		if h.ahead == nil {
			h.ahead = make([]byte, readAhead)
		}
		// PDF parsers walk backwards as often as forwards: keep some of both sides.
		h.aheadStart = max(0, offset-readAhead/4)
		n, err := h.file.ReadAt(h.ahead[:readAhead], h.aheadStart)
		h.ahead = h.ahead[:n]
		if err != nil && err != io.EOF {
			return 0, err
		}
	}
	from := offset - h.aheadStart
	if from >= int64(len(h.ahead)) {
		return 0, io.EOF
	}
	return copy(p, h.ahead[from:]), nil
}

// discard (fd, vectors, count, nPtr) claims to have written everything.
func discard(_ context.Context, m api.Module, stack []uint64) {
	total := uint32(0)
	for k := range uint32(stack[2]) {
		size, _ := m.Memory().ReadUint32Le(uint32(stack[1]) + 8*k + 4)
		total += size
	}
	m.Memory().WriteUint32Le(uint32(stack[3]), total)
	stack[0] = 0
}
