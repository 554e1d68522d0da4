package web

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"github.com/holtdb/holt/library"
)

const (
	// maxParts bounds the parts of one upload.
	maxParts = 1000
	// partOverhead is at least what the multipart format adds to one file.
	partOverhead = 150
	// drained is how much of a refused body is still read, so that a browser
	// sees the answer instead of a broken connection.
	drained = 32 << 20
)

// uploaded is what became of the files of one request.
type uploaded struct {
	Documents []uploadedBody `json:"documents"`
	Errors    []refusedBody  `json:"errors,omitempty"`
	first     error          // the first refusal
}

type uploadedBody struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Status    library.Status `json:"status"`
	Duplicate bool           `json:"duplicate"`
}

// refusedBody is a file that was not taken, beside others that were.
type refusedBody struct {
	File    string `json:"file"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// status is 201 when something was added and 200 when all was there already.
func (u uploaded) status() int {
	for _, d := range u.Documents {
		if !d.Duplicate {
			return http.StatusCreated
		}
	}
	return http.StatusOK
}

// apiUpload answers POST /api/library.
func (s *server) apiUpload(v *visit) error {
	u, err := s.receive(v)
	if err != nil {
		return err
	}
	return answerJSON(v, u.status(), u)
}

// uploadForm answers the form of the library page where no script sends the
// files one by one.
func (s *server) uploadForm(v *visit) error {
	u, err := s.receive(v)
	if err != nil {
		return err
	}
	switch {
	case len(u.Errors) > 0:
		return v.redirect("/?notice=some-refused")
	case u.status() == http.StatusOK:
		return v.redirect("/?notice=duplicate")
	default:
		return v.redirect("/?notice=uploaded")
	}
}

// receive streams the files of a request into the library, one after the other.
// It fails when none was taken.
func (s *server) receive(v *visit) (_ uploaded, err error) {
	body := &patientBody{ReadCloser: v.r.Body, w: v.w}
	v.r.Body = body
	defer func() {
		if err != nil {
			body.last = time.Now().Add(bodyPatience)
			_, _ = io.CopyN(io.Discard, body, drained)
		}
	}()
	if v.r.ContentLength > 0 {
		if err := v.library.CheckRoom(max(0, v.r.ContentLength-partOverhead)); err != nil {
			return uploaded{}, err
		}
	}
	parts, err := v.r.MultipartReader()
	if err != nil {
		return uploaded{}, fmt.Errorf("%w: send the files as multipart/form-data in fields named file", library.ErrInvalid)
	}
	u := uploaded{Documents: []uploadedBody{}}
	for range maxParts {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return u.result()
		}
		if err != nil {
			return uploaded{}, fmt.Errorf("%w: %w", errCutOff, err)
		}
		if part.FormName() == "file" && part.FileName() != "" {
			if err := u.take(v, part); err != nil {
				return uploaded{}, err
			}
		}
	}
	return uploaded{}, fmt.Errorf("%w: at most %d files fit in one upload", library.ErrInvalid, maxParts)
}

// take puts one file into the library. It fails only when the others cannot be
// read any more.
func (u *uploaded) take(v *visit, part *multipart.Part) error {
	name := baseName(part.FileName())
	d, duplicate, err := v.library.Upload(v.ctx(), name, part, -1)
	if err == nil {
		u.Documents = append(u.Documents, uploadedBody{d.ID, d.Title, d.Progress.Status, duplicate})
		return nil
	}
	if v.ctx().Err() != nil {
		return v.ctx().Err()
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("%w: %w", errCutOff, err)
	}
	p := problemOf(err)
	if p.status >= http.StatusInternalServerError {
		return err
	}
	u.Errors = append(u.Errors, refusedBody{name, p.code, p.message})
	if u.first == nil {
		u.first = err
	}
	return nil
}

// patientBody gives the client time for each piece of a body, instead of for the
// whole.
type patientBody struct {
	io.ReadCloser
	w    http.ResponseWriter
	last time.Time // when reading ends altogether; zero for never
}

// Read implements io.Reader.
func (b *patientBody) Read(p []byte) (int, error) {
	deadline := time.Now().Add(bodyPatience)
	if !b.last.IsZero() && b.last.Before(deadline) {
		deadline = b.last
	}
	_ = http.NewResponseController(b.w).SetReadDeadline(deadline)
	return b.ReadCloser.Read(p)
}

func (u *uploaded) result() (uploaded, error) {
	switch {
	case len(u.Documents) > 0:
		return *u, nil
	case u.first != nil:
		return uploaded{}, u.first
	default:
		return uploaded{}, fmt.Errorf("%w: no file was sent", library.ErrInvalid)
	}
}

// baseName is the last element of what a browser calls the file: some send a
// whole path, of either kind.
func baseName(name string) string {
	return path.Base(strings.ReplaceAll(name, `\`, "/"))
}
