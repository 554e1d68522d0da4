package web

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/transport"
)

// wikiGitRoutes lists what git clients use: the smart HTTP protocol
// (https://git-scm.com/docs/http-protocol) at /.git/.
func (s *server) wikiGitRoutes() []wikiRoute {
	const push = access.Read | access.Write | access.Upload
	return []wikiRoute{
		{method: "GET", pattern: "/.git", need: access.Read, handle: (*server).showRepository},
		{method: "GET", pattern: "/.git/", need: access.Read, handle: (*server).showRepository},
		// What a client wants to do is in the query: the wiki asks for more when
		// that is to push.
		{method: "GET", pattern: "/.git/info/refs", need: access.Read, program: true, handle: (*server).gitAdvertise},
		{method: "POST", pattern: "/.git/git-upload-pack", need: access.Read, program: true, handle: (*server).gitUploadPack},
		{method: "POST", pattern: "/.git/git-receive-pack", need: push, program: true, handle: (*server).gitReceivePack},
		{method: "GET", pattern: "/.git/{file...}", need: access.Read, program: true, handle: (*server).gitDumb},
	}
}

var errDumbGit = errors.New("the client speaks git's dumb protocol")

// showRepository sends a browser that opened the address for git to the wiki.
func (s *server) showRepository(v *wikiVisit) error {
	return v.redirect(strings.TrimSuffix(v.root, ".git") + "/")
}

// gitAdvertise answers GET /.git/info/refs.
func (s *server) gitAdvertise(v *wikiVisit) error {
	name := v.r.URL.Query().Get("service")
	if name == "" {
		return s.gitDumb(v)
	}
	service, err := transport.ParseService(name)
	if err != nil {
		return err
	}
	return s.gitSpeak(v, fmt.Sprintf("application/x-%s-advertisement", service), func(ctx context.Context, out io.Writer) error {
		return v.session.Advertise(ctx, service, gitProtocol(v), out)
	})
}

// gitUploadPack answers POST /.git/git-upload-pack: a clone or a fetch.
func (s *server) gitUploadPack(v *wikiVisit) error {
	in, err := gitBody(v, transport.Upload)
	if err != nil {
		return err
	}
	return s.gitSpeak(v, "application/x-git-upload-pack-result", func(ctx context.Context, out io.Writer) error {
		return v.session.UploadPack(ctx, gitProtocol(v), in, out)
	})
}

// gitReceivePack answers POST /.git/git-receive-pack: a push.
func (s *server) gitReceivePack(v *wikiVisit) error {
	in, err := gitBody(v, transport.Receive)
	if err != nil {
		return err
	}
	return s.gitSpeak(v, "application/x-git-receive-pack-result", func(ctx context.Context, out io.Writer) error {
		return v.session.ReceivePack(ctx, in, out)
	})
}

// gitDumb answers requests for single files of the repository, which are not
// served.
func (s *server) gitDumb(v *wikiVisit) error {
	if !v.session.Preferences().Repository.GitWebServer {
		return fmt.Errorf("%w: its git server is switched off", wiki.ErrNoGit)
	}
	return errDumbGit
}

// gitProtocol returns the version of the protocol that the client asks for.
func gitProtocol(v *wikiVisit) string { return v.r.Header.Get("Git-Protocol") }

// gitBody returns what a client sends to a service. It is streamed; each piece
// may take its time.
func gitBody(v *wikiVisit, service transport.Service) (io.Reader, error) {
	if kind := v.r.Header.Get("Content-Type"); kind != fmt.Sprintf("application/x-%s-request", service) {
		return nil, fmt.Errorf("%w: Content-Type %q", transport.ErrProtocol, kind)
	}
	in, err := transport.Decode(&endingBody{patientBody{ReadCloser: v.r.Body, w: v.w}}, v.r.Header.Get("Content-Encoding"))
	if err != nil {
		return nil, err
	}
	body := bufio.NewReaderSize(in, lengthDigits)
	length, err := body.Peek(lengthDigits)
	if err == nil {
		_, err = hex.DecodeString(string(length))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: it begins with no packet: %w", transport.ErrProtocol, err)
	}
	return body, nil
}

// lengthDigits is how long the number is that begins each packet of git's
// protocol (gitprotocol-common, pkt-line).
const lengthDigits = 4

// endingBody is a body after whose end the connection has no deadline for
// reading: git may work for long, and a deadline that passes meanwhile would
// look like a client that has gone.
type endingBody struct{ patientBody }

// Read implements io.Reader.
func (b *endingBody) Read(p []byte) (int, error) {
	n, err := b.patientBody.Read(p)
	if err == io.EOF {
		_ = http.NewResponseController(b.w).SetReadDeadline(time.Time{})
	}
	return n, err
}

// gitSpeak lets git answer. The work ends when the wiki is asked to leave.
func (s *server) gitSpeak(v *wikiVisit, mediaType string, speak func(ctx context.Context, out io.Writer) error) error {
	ctx, cancel := context.WithCancel(v.ctx())
	defer cancel()
	defer context.AfterFunc(v.leaving, cancel)()
	out := &gitAnswer{w: v.w, mediaType: mediaType}
	err := speak(ctx, out)
	if err == nil || !out.begun {
		return err
	}
	infoOf(v.ctx()).err = err
	var refused *transport.Refusal
	if errors.As(err, &refused) {
		return nil // the client was told
	}
	if v.ctx().Err() == nil {
		s.Logger.Error("git service failed", "request", v.id, "tenant", v.slug, "error", err)
	}
	panic(http.ErrAbortHandler) // half an answer must not look whole
}

// gitAnswer sends the headers of git's protocol with the first byte, so that
// what fails before can still be answered as an error, and every piece at once:
// some only show the client that the server lives.
type gitAnswer struct {
	w         http.ResponseWriter
	mediaType string
	begun     bool
}

// Write implements io.Writer.
func (a *gitAnswer) Write(p []byte) (int, error) {
	if !a.begun {
		a.begun = true
		h := a.w.Header()
		h.Set("Content-Type", a.mediaType)
		h.Set("Cache-Control", "no-cache, max-age=0, must-revalidate")
		h.Set("Expires", "Fri, 01 Jan 1980 00:00:00 GMT")
		h.Set("Pragma", "no-cache")
		a.w.WriteHeader(http.StatusOK)
	}
	n, err := a.w.Write(p)
	if err == nil {
		err = http.NewResponseController(a.w).Flush()
	}
	return n, err
}
