package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/web/ui/format"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/repo"
)

const (
	// maxAttached bounds the files of one upload, and maxAttachedBytes what they
	// hold together where nothing else does.
	maxAttached      = 100
	maxAttachedBytes = 2 << 30
	// maxField bounds a text beside the files of an upload, in bytes.
	maxField = 16 << 10
	// inMemory is how large a file is kept in memory until it is stored.
	inMemory = 256 << 10
)

// maxAttachment is how large a file may be, in bytes: as the owner's tier or the
// wiki itself allows, whichever is less; 0 for no limit.
func maxAttachment(v *wikiVisit) int64 {
	own := int64(v.session.Preferences().Content.AttachmentLimit) << 20
	switch tier := v.limits.AttachmentBytes; {
	case own == 0:
		return tier
	case tier == 0:
		return own
	default:
		return min(own, tier)
	}
}

// spooled is a file that was received whole: a repository must know its size
// before it stores it.
type spooled struct {
	name string
	data io.ReadSeeker
	size int64
	file *os.File // nil for one in memory
}

// spool receives a file of at most limit bytes; 0 is no limit. What does not fit
// into memory lies in a file that has no name any more, so that a crash leaves
// nothing behind.
func spool(name string, from io.Reader, limit int64) (f spooled, err error) {
	if limit == 0 {
		limit = maxAttachedBytes
	}
	f.name = name
	var head bytes.Buffer
	f.size, err = io.CopyN(&head, from, min(inMemory, limit+1))
	if errors.Is(err, io.EOF) {
		f.data = bytes.NewReader(head.Bytes())
		return f, nil
	}
	if err == nil && f.size <= limit {
		if f.file, err = unnamedFile(); err == nil {
			f.size, err = io.Copy(f.file, io.MultiReader(&head, io.LimitReader(from, limit+1-f.size)))
		}
		f.data = f.file
	}
	if err == nil && f.size > limit {
		err = fmt.Errorf("%w: “%s” is larger than %s", wiki.ErrTooLarge, name, format.Bytes(limit))
	}
	if err == nil {
		_, err = f.data.Seek(0, io.SeekStart)
	}
	if err != nil {
		return spooled{}, errors.Join(err, f.close())
	}
	return f, nil
}

// unnamedFile returns a file that goes with its last descriptor.
func unnamedFile() (*os.File, error) {
	f, err := os.CreateTemp("", "holt-upload-")
	if err != nil {
		return nil, fmt.Errorf("receive upload: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("receive upload: %w", err), f.Close())
	}
	return f, nil
}

func (f spooled) close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

// upload is a form with files.
type upload struct {
	files  []spooled
	fields map[string]string
}

func (u *upload) close() error {
	var all []error
	for _, f := range u.files {
		all = append(all, f.close())
	}
	return errors.Join(all...)
}

// receiveForm reads a form of several parts: files, in fields called file or
// file[], and texts.
func receiveForm(v *wikiVisit) (u *upload, err error) {
	u = &upload{fields: map[string]string{}}
	body := &patientBody{ReadCloser: v.r.Body, w: v.w}
	v.r.Body = body
	defer func() {
		if err != nil {
			// A browser that is still sending would not see the answer.
			body.last = time.Now().Add(bodyPatience)
			_, _ = io.CopyN(io.Discard, body, drained)
			err = errors.Join(err, u.close())
		}
	}()
	parts, err := v.r.MultipartReader()
	if err != nil {
		return u, fmt.Errorf("%w: send the files as multipart/form-data in fields named file", wiki.ErrInvalid)
	}
	room := int64(maxAttachedBytes)
	if v.limits.WikiBytes > 0 {
		room = min(room, v.limits.WikiBytes)
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return u, nil
		}
		if err != nil {
			return u, fmt.Errorf("%w: %w", errCutOff, err)
		}
		if room, err = u.take(v, part, room); err != nil {
			return u, err
		}
	}
}

// take reads one part. It returns what room is left for others.
func (u *upload) take(v *wikiVisit, part *multipart.Part, room int64) (int64, error) {
	field := strings.TrimSuffix(part.FormName(), "[]")
	if part.FileName() == "" {
		text, err := io.ReadAll(io.LimitReader(part, maxField+1))
		if err == nil && len(text) > maxField || len(u.fields) > maxAttached {
			return 0, fmt.Errorf("%w: the field %q is too long", wiki.ErrInvalid, field)
		}
		if err != nil {
			return 0, cutOff(err)
		}
		if field != "file" { // that is a form whose file was not chosen
			u.fields[field] = string(text)
		}
		return room, nil
	}
	if field != "file" {
		return room, nil
	}
	if len(u.files) == maxAttached {
		return 0, fmt.Errorf("%w: at most %d files fit in one upload", wiki.ErrInvalid, maxAttached)
	}
	limit := maxAttachment(v)
	if limit == 0 || limit > room {
		limit = room
	}
	f, err := spool(baseName(part.FileName()), part, max(1, limit))
	if err != nil {
		return 0, cutOff(err)
	}
	u.files = append(u.files, f)
	return room - f.size, nil
}

// cutOff tells a body that ended too early from other failures.
func cutOff(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("%w: %w", errCutOff, err)
	}
	return err
}

// attachForm answers POST /{page}/attachments: files with a message, in one
// commit. The field filename replaces the attachment of that name.
func (s *server) attachForm(v *wikiVisit) error {
	u, err := receiveForm(v)
	if err != nil {
		return s.refuseFiles(v, "", err)
	}
	defer u.close()
	message, replaced := u.fields["message"], u.fields["filename"]
	if err := s.mayChange(v); err != nil {
		return s.refuseFiles(v, message, err)
	}
	var uploads []wiki.Upload
	for _, f := range u.files {
		to := wiki.Upload{Page: v.page, File: f.name, Data: f.data, Size: f.size, Message: message}
		if replaced != "" {
			to.File, to.Replace = replaced, true
		}
		uploads = append(uploads, to)
	}
	if replaced != "" && len(uploads) > 1 {
		return s.refuseFiles(v, message, fmt.Errorf("%w: one file can be replaced by one other", wiki.ErrInvalid))
	}
	if _, err := v.session.Attach(v.ctx(), uploads...); err != nil {
		return s.refuseFiles(v, message, err)
	}
	notice := "attached"
	if replaced != "" {
		notice = "replaced"
	}
	return v.redirect(v.url(v.page.String()) + "/attachments?notice=" + notice)
}

// refuseFiles shows the form again where other files would do.
func (s *server) refuseFiles(v *wikiVisit, message string, err error) error {
	p, ok := fileRefusal(err)
	if !ok {
		return err
	}
	infoOf(v.ctx()).err = err
	p.sayWhenToRetry(v.w.Header())
	return s.showFiles(v, p.status, message, ui.Errors{"file": p.message})
}

// fileRefusal says why a file is not taken, for those reasons that the person can
// do something about.
func fileRefusal(err error) (problem, bool) {
	var hasty *tooManyWrites
	if errors.Is(err, wiki.ErrInvalid) || errors.Is(err, wiki.ErrTooLarge) || errors.Is(err, wiki.ErrExists) ||
		errors.Is(err, tenant.ErrOverQuota) || errors.Is(err, repo.ErrConflictingPath) || errors.As(err, &hasty) {
		return problemOf(err), true
	}
	return problem{}, false
}

// inlined is what An Otter Wiki answers.
type inlined struct {
	FileName    string       `json:"filename"` // as a page of its own refers to it
	Attachments []attachment `json:"attachments"`
}

type attachment struct {
	FileName  string  `json:"filename"`
	FilePath  string  `json:"filepath"`
	URL       string  `json:"url"`
	Thumbnail *string `json:"thumbnail_url"`
	FileSize  string  `json:"filesize"`
	DateTime  string  `json:"datetime"`
	MimeType  string  `json:"mimetype"`
	Revision  string  `json:"revision"`
	Author    string  `json:"author_name"`
	Message   string  `json:"message"`
}

// attachInline answers POST /{page}/inline_attachment in JSON: a file that was
// pasted into the text. It gets another name when its own is taken.
func (s *server) attachInline(v *wikiVisit) error {
	v.program = true
	u, err := receiveForm(v)
	if err != nil {
		return err
	}
	defer u.close()
	if len(u.files) == 0 {
		return fmt.Errorf("%w: no file was sent", wiki.ErrInvalid)
	}
	if err := s.mayChange(v); err != nil {
		return err
	}
	var last string
	for _, f := range u.files {
		if last, err = attachUnder(v, f, u.fields["message"]); err != nil {
			return err
		}
	}
	files, err := v.session.Attachments(v.ctx(), v.page)
	if err != nil {
		return err
	}
	answer := inlined{FileName: "./" + last, Attachments: []attachment{}}
	for _, f := range files {
		mediaType, inline := served(f.Name)
		a := attachment{
			FileName: f.Name, FilePath: f.Path, URL: wiki.AttachmentURL(v.root, f.Page, f.Name), FileSize: format.Bytes(f.Size),
			DateTime: f.Changed.At.UTC().Format(time.RFC3339), MimeType: mediaType, Revision: f.Changed.Hash.String(),
			Author: f.Changed.Name, Message: f.Changed.Message,
		}
		if inline && strings.HasPrefix(mediaType, "image/") || mediaType == svgType {
			thumbnail := v.url(f.Page + "/t/" + f.Name)
			a.Thumbnail = &thumbnail
		}
		answer.Attachments = append(answer.Attachments, a)
	}
	return answerJSON(v.visit, http.StatusOK, answer)
}

// otherNames bounds how often another name is tried.
const otherNames = 20

// attachUnder stores a file under its name or, where that is taken, under one
// with a number.
func attachUnder(v *wikiVisit, f spooled, message string) (string, error) {
	name := f.name
	for n := 2; ; n++ {
		names, err := v.session.Attach(v.ctx(), wiki.Upload{Page: v.page, File: name, Data: f.data, Size: f.size, Message: message})
		if err == nil {
			return names[0], nil
		}
		if !errors.Is(err, wiki.ErrExists) || n > otherNames {
			return "", err
		}
		if _, err := f.data.Seek(0, io.SeekStart); err != nil {
			return "", fmt.Errorf("read upload again: %w", err)
		}
		ext := path.Ext(f.name)
		name = strings.TrimSuffix(f.name, ext) + "-" + strconv.Itoa(n) + ext
	}
}

// isMultipart reports whether a form comes in parts.
func isMultipart(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}
