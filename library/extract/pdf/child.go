package pdf

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/library/extract/pdf/internal/pdfium"
)

// childMarker in the environment makes a process a PDF worker.
const (
	childVariable = "HOLT_PDF_CHILD"
	childMarker   = childVariable + "=1"
)

// RunChild turns this process into a PDF worker when the environment asks for
// it, and then never returns. Programs and TestMain functions that use an
// [Engine] call it first thing.
func RunChild() {
	if os.Getenv(childVariable) != "1" {
		return
	}
	closeInherited()
	if err := serve(os.Stdin); err != nil && !errors.Is(err, io.EOF) {
		os.Exit(1)
	}
	os.Exit(0)
}

// worker is the child's side of the protocol.
type worker struct {
	conn     *net.UnixConn
	runtime  *pdfium.Runtime
	file     *os.File
	size     int64
	password string
	document *pdfium.Document
}

func serve(socket *os.File) error {
	conn, err := net.FileConn(socket)
	if err != nil {
		return fmt.Errorf("use the parent's socket: %w", err)
	}
	unixConn, ok := conn.(*net.UnixConn)
	if !ok {
		return errors.New("the parent's socket is not a Unix socket")
	}
	w := &worker{conn: unixConn}
	if err := w.prepare(); err != nil {
		return err
	}
	if err := w.receiveFile(); err != nil {
		return err
	}
	return w.loop()
}

// prepare loads PDFium and then gives up every right that it needed for that.
func (w *worker) prepare() error {
	var s setup
	if _, err := readFrame(w.conn, &s, 0); err != nil {
		return err
	}
	var err error
	w.runtime, err = pdfium.NewRuntime(context.Background(),
		pdfium.Config{CacheDir: s.CacheDir, MemoryLimit: s.MemoryLimit})
	if err != nil {
		return err
	}
	if err := confine(); err != nil {
		return err
	}
	return writeFrame(w.conn, response{}, nil)
}

// receiveFile takes the document's descriptor, sent beside a single byte.
func (w *worker) receiveFile() error {
	oob := make([]byte, syscall.CmsgSpace(4))
	_, n, _, _, err := w.conn.ReadMsgUnix(make([]byte, 1), oob)
	if err != nil {
		return fmt.Errorf("receive the document: %w", err)
	}
	messages, err := syscall.ParseSocketControlMessage(oob[:n])
	if err != nil || len(messages) != 1 {
		return io.EOF // the parent went away without a document
	}
	fds, err := syscall.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return fmt.Errorf("receive the document: %d descriptors: %w", len(fds), errFrame)
	}
	w.file = os.NewFile(uintptr(fds[0]), "document")
	info, err := w.file.Stat()
	if err != nil {
		return fmt.Errorf("receive the document: %w", err)
	}
	w.size = info.Size()
	return nil
}

// loop answers requests until the parent closes the socket. Reading goes on
// beside the work, so that an orphan notices in the middle of it.
func (w *worker) loop() error {
	requests := make(chan request)
	go func() {
		for {
			var r request
			if _, err := readFrame(w.conn, &r, 0); err != nil {
				os.Exit(0)
			}
			requests <- r
		}
	}()
	for r := range requests {
		payload, err := w.handle(r)
		if err == nil && len(payload) > r.Op.payloadLimit() {
			err = extract.ErrTooLarge
		}
		if err != nil {
			payload = nil
		}
		if err := writeFrame(w.conn, response{Failure: failureOf(err)}, payload); err != nil {
			return err
		}
	}
	return nil
}

func (w *worker) handle(r request) ([]byte, error) {
	if r.Op == opOpen {
		w.password = r.Password
	}
	if err := w.open(); err != nil {
		return nil, err
	}
	switch r.Op {
	case opOpen:
		info, err := w.document.Info()
		return encode(info, err)
	case opText:
		text, err := w.document.Text(r.Page)
		return []byte(text), err
	case opWords:
		words, err := w.document.Words(r.Page)
		return encode(words, err)
	case opSize:
		width, height, err := w.document.Size(r.Page)
		return encode(pdfium.Words{Width: width, Height: height}, err)
	case opRender:
		return w.document.Render(r.Page, r.Width)
	}
	return nil, fmt.Errorf("operation %q: %w", r.Op, errFrame)
}

// open opens the document, again if reading a page has destroyed PDFium's
// state: the other pages can still be read.
func (w *worker) open() error {
	if w.document != nil {
		if !w.document.Failed() {
			return nil
		}
		w.document.Close()
		w.document = nil
	}
	d, err := w.runtime.Open(context.Background(), w.file, w.size, w.password)
	if err != nil {
		return err
	}
	w.document = d
	return nil
}

func encode(v any, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}
