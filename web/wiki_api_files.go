package web

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/holtdb/holt/wiki"
)

// maxBase64 is the largest file that is taken inside of JSON, in bytes; it is
// all in memory at once. Larger ones come as they are, by PUT.
const maxBase64 = 10 << 20

type attachmentBody struct {
	File     string    `json:"filename"`
	Size     int64     `json:"size"`
	Type     string    `json:"mime_type"`
	Modified time.Time `json:"last_modified"`
}

// typeOf returns the media type that the name of a file suggests.
func typeOf(file string) string {
	if t := mime.TypeByExtension(strings.ToLower(path.Ext(file))); t != "" {
		return t
	}
	return "application/octet-stream"
}

// apiAttachments answers GET /api/v1/pages/{page}/attachments.
func (s *server) apiAttachments(v *wikiVisit) error {
	now, err := v.session.Page(v.ctx(), v.page)
	if err != nil {
		return err
	}
	files, err := v.session.Attachments(v.ctx(), now.Name)
	if err != nil {
		return err
	}
	list := make([]attachmentBody, len(files))
	for i, f := range files {
		list[i] = attachmentBody{File: f.Name, Size: f.Size, Type: typeOf(f.Name), Modified: f.Changed.At.UTC()}
	}
	return answerJSON(v.visit, http.StatusOK, struct {
		Path        string           `json:"path"`
		Attachments []attachmentBody `json:"attachments"`
		Total       int              `json:"total"`
	}{now.Name.String(), list, len(list)})
}

// attachedBody says what was stored.
type attachedBody struct {
	File string `json:"filename"`
	Path string `json:"path"` // of the page
	Size int64  `json:"size"`
	Type string `json:"mime_type"`
}

// apiAttach answers POST /api/v1/pages/{page}/attachments: a file in base64.
func (s *server) apiAttach(v *wikiVisit) error {
	var body struct {
		File    string `json:"filename"`
		Content []byte `json:"content"`
		Replace bool   `json:"replace"`
		Message string `json:"commit_message"`
	}
	v.r.Body = &patientBody{ReadCloser: v.r.Body, w: v.w}
	if err := readJSONUpTo(v.visit, int64(base64.StdEncoding.EncodedLen(maxBase64))+maxForm, &body); err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(body.File) == "":
		return unacceptable("the field filename is missing")
	case body.Content == nil:
		return unacceptable("the field content is missing")
	}
	return s.attach(v, http.StatusCreated, wiki.Upload{
		File: body.File, Data: bytes.NewReader(body.Content), Size: int64(len(body.Content)), Replace: body.Replace, Message: body.Message,
	})
}

// apiPutAttachment answers PUT /api/v1/pages/{page}/attachments/{file}: a file
// as it is, of any size that the wiki takes.
func (s *server) apiPutAttachment(v *wikiVisit) error {
	if v.r.ContentLength < 0 {
		s.answerProblem(v.visit, problem{status: http.StatusLengthRequired, code: "length_required", message: "Say how long the file is, by Content-Length."})
		return nil
	}
	status := http.StatusOK
	if _, err := v.session.Attachment(v.ctx(), v.page, v.places["file"]); errors.Is(err, wiki.ErrNotFound) {
		status = http.StatusCreated
	}
	return s.attach(v, status, wiki.Upload{
		File: v.places["file"], Data: &patientBody{ReadCloser: v.r.Body, w: v.w}, Size: v.r.ContentLength, Replace: true,
		Message: v.r.URL.Query().Get("commit_message"),
	})
}

// attach stores a file of a page, which must exist.
func (s *server) attach(v *wikiVisit, status int, u wiki.Upload) error {
	now, err := v.session.Page(v.ctx(), v.page)
	if err != nil {
		return err
	}
	u.Page, u.Message = now.Name, messageOr(u.Message, "Attach", now.Name.String()+"/"+u.File)
	names, err := v.session.Attach(v.ctx(), u)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %w", errCutOff, err)
	}
	if err != nil {
		return err
	}
	return answerJSON(v.visit, status, attachedBody{File: names[0], Path: now.Name.String(), Size: u.Size, Type: typeOf(names[0])})
}

// apiAttachment answers GET /api/v1/pages/{page}/attachments/{file}: in base64,
// written as it is read.
func (s *server) apiAttachment(v *wikiVisit) error {
	file, err := v.session.OpenAttachment(v.ctx(), v.page, v.places["file"], nil)
	if err != nil {
		return err
	}
	defer file.Close()
	head, err := json.Marshal(map[string]any{"filename": file.Name, "mime_type": typeOf(file.Name), "size": file.Size})
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "private, no-store")
	if _, err := fmt.Fprintf(v.w, `%s,"content":"`, head[:len(head)-1]); err != nil {
		return err
	}
	text := base64.NewEncoder(base64.StdEncoding, v.w)
	if _, err := io.Copy(text, file); err != nil {
		panic(http.ErrAbortHandler) // what was sent cannot be taken back, and must not look whole
	}
	if err := text.Close(); err != nil {
		return err
	}
	_, err = io.WriteString(v.w, "\"}\n")
	return err
}

// apiAttachmentData answers GET /api/v1/pages/{page}/attachments/{file}/raw: to
// be saved, never to be shown in the origin of the pages.
func (s *server) apiAttachmentData(v *wikiVisit) error {
	file, err := v.session.OpenAttachment(v.ctx(), v.page, v.places["file"], nil)
	if err != nil {
		return err
	}
	defer file.Close()
	tag := strconv.Quote(file.Blob.String())
	h := v.w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	if v.r.Header.Get("If-None-Match") == tag {
		v.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	h.Set("Content-Length", strconv.FormatInt(file.Size, 10))
	_, err = io.Copy(v.w, file)
	return err
}

// apiDeleteAttachment answers DELETE /api/v1/pages/{page}/attachments/{file}.
func (s *server) apiDeleteAttachment(v *wikiVisit) error {
	message, err := readMessage(v)
	if err != nil {
		return err
	}
	name := v.places["file"]
	if err := v.session.DeleteAttachment(v.ctx(), v.page, name, messageOr(message, "Delete", v.page.String()+"/"+name)); err != nil {
		return err
	}
	return answerJSON(v.visit, http.StatusOK, struct {
		Deleted bool   `json:"deleted"`
		File    string `json:"filename"`
	}{true, name})
}
