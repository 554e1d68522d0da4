// Package pdf reads PDF files: text, words with their places, metadata and
// pictures of pages.
//
// Each document is read by a process of its own, which is this program started
// again (see [RunChild]) with PDFium in WebAssembly inside. A hostile file must
// first break out of WebAssembly, then finds a process with an empty
// environment, no file but the document and no right to write, and it harms
// that one document only. The parent trusts nothing that the child says: every
// answer is bounded in size and checked.
package pdf

import (
	"errors"
	"runtime"
	"time"

	"github.com/holtdb/holt/library/extract"
)

// ErrClosed means that the document or its engine was closed.
var ErrClosed = errors.New("the PDF document is closed")

// MinMemoryLimit is the least memory that PDFium can work in.
const MinMemoryLimit = 32 << 20

// Defaults of [Options].
const (
	DefaultMemoryLimit = 1 << 30
	DefaultCallTimeout = 60 * time.Second
)

// spareIdle is how long a child waits for a document before it is let go.
const spareIdle = 2 * time.Minute

// startTimeout bounds the time until a new child is ready for a document,
// which is long when PDFium must be compiled on a busy machine.
const startTimeout = 2 * time.Minute

// Options set the limits of an [Engine].
type Options struct {
	// CacheDir keeps PDFium's compiled code, so that a child starts in a
	// fraction of a second. It holds code that will be run: it belongs to the
	// server, never to a tenant. "" compiles in every child.
	CacheDir string
	// Processes is the most children alive at once; 0 means two more than
	// CPUs: one file that takes long must not keep others waiting.
	Processes int
	// MemoryLimit is the most bytes of PDFium's memory for one document; 0
	// means DefaultMemoryLimit. The file itself does not count.
	MemoryLimit int64
	// CallTimeout is the most time for one call; 0 means DefaultCallTimeout.
	// The child of a document that passes it is killed.
	CallTimeout time.Duration
}

func (o Options) withDefaults() Options {
	if o.Processes <= 0 {
		o.Processes = runtime.NumCPU() + 2
	}
	if o.MemoryLimit <= 0 {
		o.MemoryLimit = DefaultMemoryLimit
	}
	if o.CallTimeout <= 0 {
		o.CallTimeout = DefaultCallTimeout
	}
	return o
}

// Info is what a document says of itself. Fields that it does not say are empty.
type Info struct {
	Pages    int // at least 1
	Title    string
	Authors  []string
	Language string   // BCP 47, such as "en" or "de-AT"
	Labels   []string // the printed label of each page, "" where there is none
	Outline  []extract.OutlineEntry
}

// Word is a word of a page and its box in points of 1/72 inch, from the top
// left corner of the page as displayed, its rotation applied.
type Word struct {
	Text       string
	X, Y, W, H float64
}

// Words are the words of one page in the order of its text.
type Words struct {
	Width, Height float64 // of the page as displayed, in points
	Words         []Word
}
