package web

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract"
)

// defaultImageWidth of a page, in pixels.
const defaultImageWidth = 1080

// apiFile answers GET /api/library/{id}/file: the original, to be saved. It is
// never shown in the origin of the pages.
func (s *server) apiFile(v *visit) error {
	f, d, err := v.library.File(v.ctx(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	defer f.Close()
	h := v.w.Header()
	h.Set("Content-Type", downloadType(d.Format))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.FileName}))
	h.Set("Cache-Control", "private, no-cache")
	http.ServeContent(v.w, v.r, "", d.Updated, f)
	return nil
}

// downloadType is the type of a download. A browser must not take a document
// for a page of this site, whatever happens to the attachment header.
func downloadType(f extract.Format) string {
	switch f {
	case extract.PDF, extract.EPUB, extract.DOCX:
		return f.MediaType()
	default:
		return "application/octet-stream"
	}
}

// apiPageImage answers GET /api/library/{id}/pages/{n}/image: PNG, w pixels
// wide, with the hits of q marked.
func (s *server) apiPageImage(v *visit) error {
	n, err := pageNumber(v, "n")
	if err != nil {
		return err
	}
	width, err := number(v, "w", defaultImageWidth)
	if err != nil {
		return err
	}
	id, q := v.r.PathValue("id"), v.r.URL.Query().Get("q")
	return s.answerImage(v, id, fmt.Sprintf("%d-%d-%q", n, width, q), func() ([]byte, error) {
		if q == "" {
			return v.library.PageImage(v.ctx(), id, n, width)
		}
		return v.library.MarkedImage(v.ctx(), id, n, width, library.Marks{Query: q})
	})
}

// apiCover answers GET /api/library/{id}/cover.
func (s *server) apiCover(v *visit) error {
	id := v.r.PathValue("id")
	return s.answerImage(v, id, "cover", func() ([]byte, error) { return v.library.Cover(v.ctx(), id) })
}

// answerImage answers with a picture made of a document, which the browser may
// keep but asks about each time: who has signed out must not see it again.
func (s *server) answerImage(v *visit, id, what string, make func() ([]byte, error)) error {
	d, err := v.library.Document(v.ctx(), id)
	if err != nil {
		return err
	}
	tag := strconv.Quote(fmt.Sprintf("%x-%x", d.Updated.UnixMilli(), what))
	h := v.w.Header()
	if v.r.Header.Get("If-None-Match") == tag {
		h.Set("ETag", tag)
		v.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	image, err := make()
	if err != nil {
		return err
	}
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Content-Type", "image/png")
	h.Set("Content-Length", strconv.Itoa(len(image)))
	_, err = v.w.Write(image)
	return err
}

// apiResource answers GET /api/library/{id}/resources/{name}: a picture inside
// an EPUB.
func (s *server) apiResource(v *visit) error {
	content, mediaType, size, err := v.library.Resource(v.ctx(), v.r.PathValue("id"), v.r.PathValue("name"))
	if err != nil {
		return err
	}
	defer content.Close()
	h := v.w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("Cache-Control", "private, no-store")
	_, err = io.Copy(v.w, content)
	return err
}

// keepAlive is the pause after which an event stream shows that it lives.
const keepAlive = 15 * time.Second

// apiEvents answers GET /api/library/{id}/events: the progress of a document's
// reading as server-sent events, until it is over.
func (s *server) apiEvents(v *visit) error {
	id := v.r.PathValue("id")
	changes, err := v.library.Watch(v.ctx(), id)
	if err != nil {
		return err
	}
	stream := startStream(v)
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for {
		select {
		case p, more := <-changes:
			if !more {
				return stream.send("end", struct{}{})
			}
			if err := stream.send("progress", statusBody{id, progressOf(p)}); err != nil {
				return err
			}
		case <-alive.C:
			if err := stream.comment(); err != nil {
				return err
			}
		case <-v.leaving.Done():
			return stream.send("end", struct{}{})
		case <-v.ctx().Done():
			return nil
		}
	}
}
