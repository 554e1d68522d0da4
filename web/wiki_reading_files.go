package web

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/repo"
)

// fileRevisions is how many revisions the page about a file lists.
const fileRevisions = 50

// showWikiFiles answers GET /{page}/attachments.
func (s *server) showWikiFiles(v *wikiVisit) error {
	return s.showFiles(v, http.StatusOK, "", nil)
}

// showFiles shows the attachments of the page with what stands in the form.
func (s *server) showFiles(v *wikiVisit, status int, message string, wrong ui.Errors) error {
	files, err := v.session.Attachments(v.ctx(), v.page)
	if err != nil {
		return err
	}
	frame, err := s.wikiPageFrame(v, "Attachments of "+v.page.Last(), "")
	if err != nil {
		return err
	}
	return s.showWiki(v, status, ui.WikiFilesPage{
		WikiFrame: frame, Files: files, MaxBytes: maxAttachment(v), Message: message, Errors: wrong,
	})
}

// showWikiFile answers GET /{page}/attachment/{file}.
func (s *server) showWikiFile(v *wikiVisit) error {
	return s.showFile(v, http.StatusOK, v.places["file"], "", nil)
}

// showFile shows the page about an attachment with what stands in its forms.
func (s *server) showFile(v *wikiVisit, status int, nameAs, message string, wrong ui.Errors) error {
	file := v.places["file"]
	attached, err := v.session.Attachment(v.ctx(), v.page, file)
	if err != nil {
		return err
	}
	revisions, err := v.session.AttachmentHistory(v.ctx(), v.page, file, fileRevisions)
	if err != nil {
		return err
	}
	frame, err := s.wikiPageFrame(v, file, "")
	if err != nil {
		return err
	}
	return s.showWiki(v, status, ui.WikiFilePage{
		WikiFrame: frame, Attached: attached, Revisions: revisions, MaxBytes: maxAttachment(v),
		NameAs: nameAs, Message: message, Errors: wrong,
	})
}

// sendWikiFile answers GET /{page}/a/{file}/{rev}.
func (s *server) sendWikiFile(v *wikiVisit) error {
	rev, err := optionalRevision(v.places["rev"])
	if err != nil {
		return err
	}
	return s.sendFileOf(v, v.page, v.places["file"], rev)
}

func optionalRevision(text string) (*repo.Revision, error) {
	if text == "" {
		return nil, nil
	}
	rev, err := repo.ParseRevision(text)
	return &rev, err
}

// sendThumbnail answers GET /{page}/t/{file}/{size}: the picture, no larger than
// size pixels on either side.
func (s *server) sendThumbnail(v *wikiVisit) error {
	size, err := pixels(v.places["size"], wiki.ThumbnailSize)
	if err != nil {
		return err
	}
	return s.sendScaled(v, v.page, v.places["file"], size, size)
}

func pixels(text string, fallback int) (int, error) {
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%w: a size is a number of pixels", wiki.ErrInvalid)
	}
	return n, nil
}

// sendFileOf sends an attachment, or with the parameters thumbnail, size, width
// and height a smaller picture of it.
func (s *server) sendFileOf(v *wikiVisit, page wiki.Name, file string, rev *repo.Revision) error {
	if query := v.r.URL.Query(); rev == nil && len(query) > 0 {
		width, err := pixels(query.Get("width"), 0)
		if err != nil {
			return err
		}
		height, err := pixels(query.Get("height"), 0)
		if err != nil {
			return err
		}
		size, err := pixels(firstNonEmpty(query.Get("size"), query.Get("thumbnail")), wiki.ThumbnailSize)
		switch {
		case err != nil:
			return err
		case width > 0 || height > 0:
			return s.sendScaled(v, page, file, width, height)
		case query.Has("size") || query.Has("thumbnail"):
			return s.sendScaled(v, page, file, size, size)
		}
	}
	content, err := v.session.OpenAttachment(v.ctx(), page, file, rev)
	if err != nil {
		return err
	}
	mediaType, inline := served(file)
	protectFile(v.w.Header(), mediaType, inline, file)
	v.w.Header().Set("ETag", `"`+content.Blob.String()+`"`)
	reader := &reopening{size: content.Size, current: content, open: func() (io.ReadCloser, error) {
		return v.session.OpenAttachment(v.ctx(), page, file, rev)
	}}
	defer reader.Close()
	http.ServeContent(v.w, v.r, "", time.Time{}, reader)
	return nil
}

// sendScaled sends a picture that fits into width and height.
func (s *server) sendScaled(v *wikiVisit, page wiki.Name, file string, width, height int) error {
	attached, err := v.session.Attachment(v.ctx(), page, file)
	if err != nil {
		return err
	}
	mediaType, inline := served(file)
	if mediaType == svgType {
		v.r.URL.RawQuery = "" // browsers scale these themselves
		return s.sendFileOf(v, page, file, nil)
	}
	if !strings.HasPrefix(mediaType, "image/") || !inline {
		return fmt.Errorf("%w: %s", wiki.ErrNoImage, file)
	}
	tag := fmt.Sprintf(`"%s-%dx%d"`, attached.Blob, width, height)
	h := v.w.Header()
	if v.r.Header.Get("If-None-Match") == tag {
		h.Set("ETag", tag)
		h.Set("Cache-Control", "private, no-cache")
		v.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	scaled, err := s.scale(v, page, file, width, height)
	if errors.Is(err, wiki.ErrNoImage) {
		v.r.URL.RawQuery = "" // of a kind that only browsers know
		return s.sendFileOf(v, page, file, nil)
	}
	if err != nil {
		return err
	}
	protectFile(h, scaled.Type, true, file)
	h.Set("ETag", tag)
	h.Set("Content-Length", strconv.Itoa(len(scaled.Data)))
	_, err = v.w.Write(scaled.Data)
	return err
}

// scale makes a picture smaller when its turn comes: it takes a processor for a
// while.
func (s *server) scale(v *wikiVisit, page wiki.Name, file string, width, height int) (wiki.Scaled, error) {
	select {
	case s.scaling <- struct{}{}:
		defer func() { <-s.scaling }()
	case <-v.ctx().Done():
		return wiki.Scaled{}, v.ctx().Err()
	}
	return v.session.Scale(v.ctx(), page, file, nil, width, height)
}

const svgType = "image/svg+xml"

// served returns the media type of an attachment by its name, and whether a
// browser may show it. Whatever could run a script in the origin of the pages is
// not shown.
func served(name string) (mediaType string, inline bool) {
	switch strings.ToLower(path.Ext(name)) {
	case ".png":
		return "image/png", true
	case ".jpg", ".jpeg":
		return "image/jpeg", true
	case ".gif":
		return "image/gif", true
	case ".webp":
		return "image/webp", true
	case ".avif":
		return "image/avif", true
	case ".bmp":
		return "image/bmp", true
	case ".svg":
		return svgType, false
	case ".mp3":
		return "audio/mpeg", true
	case ".ogg", ".oga", ".opus":
		return "audio/ogg", true
	case ".wav":
		return "audio/wav", true
	case ".flac":
		return "audio/flac", true
	case ".m4a":
		return "audio/mp4", true
	case ".mp4", ".m4v":
		return "video/mp4", true
	case ".webm":
		return "video/webm", true
	case ".ogv":
		return "video/ogg", true
	case ".pdf":
		return pdfType, true
	case ".txt", ".log", ".csv", ".md", ".json", ".yaml", ".yml", ".toml", ".ini", ".patch", ".diff":
		return "text/plain; charset=utf-8", true
	default:
		return "application/octet-stream", false
	}
}

const pdfType = "application/pdf"

// protectFile sets the headers with which a file of users is sent: it shares the
// origin of the pages and must not act as one of them.
func protectFile(h http.Header, mediaType string, inline bool, name string) {
	policy := "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; frame-ancestors 'none'"
	if mediaType != pdfType { // browsers show no PDF in a sandbox, and run nothing of it outside their viewer
		policy = "sandbox; " + policy
	}
	disposition := "attachment"
	if inline {
		disposition = "inline"
	}
	h.Set("Content-Type", mediaType)
	h.Set("Content-Security-Policy", policy)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": name}))
	h.Set("Cache-Control", "private, no-cache")
}

// reopening reads a file of a repository from any place, as a request for a part
// of it needs: what cannot be sought is opened again and skipped.
type reopening struct {
	size    int64
	open    func() (io.ReadCloser, error)
	current io.ReadCloser // nil when it is to be opened
	at      int64         // where current stands
	wanted  int64         // where reading goes on
}

// Seek implements io.Seeker.
func (r *reopening) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.wanted
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning")
	}
	r.wanted = offset
	return offset, nil
}

// Read implements io.Reader.
func (r *reopening) Read(p []byte) (int, error) {
	if r.current != nil && r.at > r.wanted {
		if err := r.Close(); err != nil {
			return 0, err
		}
	}
	if r.current == nil {
		var err error
		if r.current, err = r.open(); err != nil {
			return 0, err
		}
		r.at = 0
	}
	if r.at < r.wanted {
		skipped, err := io.CopyN(io.Discard, r.current, r.wanted-r.at)
		r.at += skipped
		if err != nil {
			return 0, err
		}
	}
	n, err := r.current.Read(p)
	r.at += int64(n)
	r.wanted = r.at
	return n, err
}

// Close closes what is open.
func (r *reopening) Close() error {
	if r.current == nil {
		return nil
	}
	current := r.current
	r.current = nil
	return current.Close()
}
