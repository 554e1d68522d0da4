package pdf

import (
	"io"
	"net"
)

// PID is the process id of a document's child.
func (d *Document) PID() int { return d.process.command.Process.Pid }

// Children is the number of living children.
func (e *Engine) Children() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.living)
}

// SparePID waits for the spare child and returns its process id, 0 where there
// is none.
func (e *Engine) SparePID() int {
	select {
	case p := <-e.spares:
		defer e.keep(p)
		<-p.ready
		return p.command.Process.Pid
	default:
		return 0
	}
}

// KillSpare has the spare die by itself.
func (e *Engine) KillSpare() {
	p := <-e.spares
	p.command.Process.Kill()
	<-p.gone
	e.keep(p)
}

// DropSpare does what the idle time's end does.
func (e *Engine) DropSpare() { e.dropSpare() }

// NewDocumentOver returns a document whose child is whoever holds the other
// end of the connection, and that end.
func NewDocumentOver(e *Engine, pages int) (*Document, net.Conn, error) {
	conn, far, err := socketPair()
	if err != nil {
		return nil, nil, err
	}
	defer far.Close()
	other, err := net.FileConn(far)
	if err != nil {
		return nil, nil, err
	}
	p := newProcess(conn)
	close(p.gone)
	e.share.count(1)
	return &Document{engine: e, process: p, info: Info{Pages: pages}}, other, nil
}

// ReadResponse reads a frame as the parent does.
func ReadResponse(r io.Reader, limit int) ([]byte, error) {
	var res response
	return readFrame(r, &res, limit)
}

// WriteResponse writes a frame as a child does.
func WriteResponse(w io.Writer, payload []byte) error { return writeFrame(w, response{}, payload) }

// ErrFrame is errFrame.
var ErrFrame = errFrame

// DecodeInfo and DecodeWords check answers.
var (
	DecodeInfo  = decodeInfo
	DecodeWords = decodeWords
)

// Processes is the most children of an engine.
func (e *Engine) Processes() int { return e.options.Processes }
