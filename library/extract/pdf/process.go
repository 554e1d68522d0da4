package pdf

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/holtdb/holt/library/extract"
)

// process is a child as its parent sees it. It serves one document.
type process struct {
	conn    *net.UnixConn
	command *exec.Cmd
	killed  atomic.Bool   // by this side
	gone    chan struct{} // closed when the child has ended
	ready   chan struct{} // closed when it can take a document, or failed to start
	failed  error         // why it failed to start; read after ready
	turn    chan struct{} // held during an exchange
	broken  error         // why no further exchange is possible; guarded by turn
	idle    *time.Timer   // of a spare
}

// startProcess starts a child and returns at once; ready tells when it is up.
// release is called when the child has ended.
func startProcess(s setup, release func(*process)) (*process, error) {
	path, err := selfPath()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	conn, far, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer far.Close()
	p := newProcess(conn)
	p.command = &exec.Cmd{
		Path: path, Args: []string{"holt-pdf"}, Dir: "/", Stdin: far,
		Env:         []string{childMarker, "GOMAXPROCS=2", "GOTRACEBACK=none"},
		SysProcAttr: childAttributes(),
	}
	started := make(chan error, 1)
	go p.run(started, release)
	if err := <-started; err != nil {
		conn.Close()
		return nil, fmt.Errorf("start a PDF process: %w", err)
	}
	go p.greet(s)
	return p, nil
}

func newProcess(conn *net.UnixConn) *process {
	return &process{
		conn: conn, gone: make(chan struct{}), ready: make(chan struct{}), turn: make(chan struct{}, 1),
	}
}

// run starts the child and waits for its end on one thread, because on Linux
// the child dies with the thread that started it.
func (p *process) run(started chan<- error, release func(*process)) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.command.Start()
	started <- err
	if err != nil {
		return
	}
	p.command.Wait() // its result stays in command.ProcessState
	p.conn.Close()
	release(p)
	close(p.gone)
}

func (p *process) isGone() bool {
	select {
	case <-p.gone:
		return true
	default:
		return false
	}
}

// greet brings the child up.
func (p *process) greet(s setup) {
	defer close(p.ready)
	p.conn.SetDeadline(time.Now().Add(startTimeout))
	err := writeFrame(p.conn, s, nil)
	if err == nil {
		_, err = readFrame(p.conn, &response{}, 0)
	}
	if err != nil {
		p.kill()
		p.failed = fmt.Errorf("the PDF process did not start: %w", err)
	}
}

// kill ends the child at once. It is safe to call at any time, more than once.
func (p *process) kill() {
	p.killed.Store(true)
	p.conn.Close()
	if p.command != nil {
		p.command.Process.Kill()
	}
}

// exchange sends a request, with the document when file is not nil, and waits
// for the answer. When ctx ends first, the child goes on and its answer is
// dropped; the next exchange waits for that.
func (p *process) exchange(ctx context.Context, r request, file *os.File, timeout time.Duration) ([]byte, error) {
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if p.broken != nil {
		defer func() { <-p.turn }()
		return nil, p.broken
	}
	type answer struct {
		payload []byte
		err     error
	}
	answered := make(chan answer, 1)
	go func() {
		defer func() { <-p.turn }()
		payload, res, err := p.transfer(r, file, timeout)
		if err != nil {
			p.broken = p.diagnose(err)
			answered <- answer{err: p.broken}
			return
		}
		answered <- answer{payload, res.Failure.err()}
	}()
	select {
	case a := <-answered:
		return a.payload, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *process) transfer(r request, file *os.File, timeout time.Duration) (payload []byte, res response, err error) {
	if err := p.conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return nil, res, err
	}
	if file != nil {
		if err := p.sendFile(file); err != nil {
			return nil, res, err
		}
	}
	if err := writeFrame(p.conn, r, nil); err != nil {
		return nil, res, err
	}
	payload, err = readFrame(p.conn, &res, r.Op.payloadLimit())
	return payload, res, err
}

func (p *process) sendFile(file *os.File) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return fmt.Errorf("send the document: %w", err)
	}
	var sent error
	err = raw.Control(func(fd uintptr) {
		_, _, sent = p.conn.WriteMsgUnix([]byte{0}, syscall.UnixRights(int(fd)), nil)
	})
	if err = errors.Join(err, sent); err != nil {
		return fmt.Errorf("send the document: %w", err)
	}
	return nil
}

// diagnose ends a child after a failed exchange and says what that means for
// the document.
func (p *process) diagnose(err error) error {
	switch {
	case p.killed.Load():
		return ErrClosed
	case errors.Is(err, os.ErrDeadlineExceeded):
		p.kill()
		return fmt.Errorf("the PDF process took too long: %w", extract.ErrTooLarge)
	case errors.Is(err, errFrame):
		p.kill()
		return fmt.Errorf("the PDF process answered nonsense: %w", extract.ErrBroken)
	}
	select {
	case <-p.gone:
	case <-time.After(time.Second): // it closed the socket and stays: not ours
	}
	p.kill()
	<-p.gone
	if p.command == nil {
		return fmt.Errorf("the PDF process hung up: %w", extract.ErrBroken)
	}
	status, ok := p.command.ProcessState.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
		return fmt.Errorf("the system ended the PDF process: %w", extract.ErrTooLarge)
	}
	return fmt.Errorf("the PDF process ended early: %w", extract.ErrBroken)
}

// socketPair returns this side and the child's side of a new connection.
func socketPair() (*net.UnixConn, *os.File, error) {
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, fmt.Errorf("make a socket pair: %w", err)
	}
	near, far := os.NewFile(uintptr(fds[0]), "pdf-parent"), os.NewFile(uintptr(fds[1]), "pdf-child")
	defer near.Close() // FileConn has its own descriptor
	conn, err := net.FileConn(near)
	if err != nil {
		far.Close()
		return nil, nil, fmt.Errorf("make a socket pair: %w", err)
	}
	return conn.(*net.UnixConn), far, nil
}
