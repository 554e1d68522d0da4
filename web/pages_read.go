package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/library/extract/markup"
	"github.com/holtdb/holt/web/ui"
)

// showSearch answers GET /search.
func (s *server) showSearch(v *visit) error {
	q, err := queryOf(v)
	if err != nil {
		return err
	}
	page := ui.SearchPage{Frame: s.frame(v, "Search", ui.PlaceLibrary), Query: q, Documents: map[string]library.Document{}}
	page.Frame.Search, page.Frame.SearchTag = q.Text, q.Tag
	if page.Tags, err = s.tags(v); err != nil {
		return err
	}
	if strings.TrimSpace(q.Text) != "" {
		start := time.Now()
		if page.Results, err = v.library.Search(v.ctx(), q); err != nil {
			return err
		}
		page.Took = time.Since(start)
		page.Frame.Title = "Search for " + q.Text
	}
	if page.Meaning, err = v.library.Meaning(v.ctx()); err != nil {
		return err
	}
	wanted := q.Documents
	for _, h := range page.Results.Hits {
		wanted = append(wanted, h.DocumentID)
	}
	for _, id := range wanted {
		if _, have := page.Documents[id]; have {
			continue
		}
		d, err := v.library.Document(v.ctx(), id)
		if errors.Is(err, library.ErrNotFound) {
			continue // deleted meanwhile, or never there
		}
		if err != nil {
			return err
		}
		page.Documents[id] = d
	}
	return s.show(v, http.StatusOK, page)
}

// readPath is the address of a page in the reader.
func readPath(id string, page int, query string) string {
	path := "/read/" + url.PathEscape(id) + "/" + strconv.Itoa(page)
	if query != "" {
		path += "?q=" + url.QueryEscape(query)
	}
	return path
}

// showFirstPage answers GET /read/{id}: with words to find, the first page that
// has them.
func (s *server) showFirstPage(v *visit) error {
	id, q, page := v.r.PathValue("id"), v.r.URL.Query().Get("q"), 1
	if _, err := v.library.Document(v.ctx(), id); err != nil {
		return err
	}
	if q != "" {
		found, err := v.library.FindPages(v.ctx(), id, q)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			page = found[0]
		}
	}
	return v.redirect(readPath(id, page, q))
}

// showPage answers GET /read/{id}/{page}.
func (s *server) showPage(v *visit) error {
	id, q := v.r.PathValue("id"), v.r.URL.Query().Get("q")
	d, err := v.library.Document(v.ctx(), id)
	if err != nil {
		return err
	}
	if d.Progress.Status != library.Ready {
		return v.redirect("/documents/" + url.PathEscape(id))
	}
	if wanted := v.r.URL.Query().Get("page"); wanted != "" {
		n, err := strconv.Atoi(wanted)
		if err != nil {
			return fmt.Errorf("%w: that is not a page number", library.ErrInvalid)
		}
		return v.redirect(readPath(id, min(max(n, 1), d.Pages), q))
	}
	n, err := pageNumber(v, "page")
	if err != nil {
		return err
	}
	page := ui.ReaderPage{Frame: s.frame(v, d.Title, ui.PlaceLibrary), Document: d, Query: q}
	page.Frame.Search = q
	if page.Start, page.End, err = passageOf(v); err != nil {
		return err
	}
	if err := s.fillPage(v, &page, n); err != nil {
		return err
	}
	if v.r.URL.Query().Has("panel") {
		return s.show(v, http.StatusOK, ui.ReaderPanel{ReaderPage: page})
	}
	return s.show(v, http.StatusOK, page)
}

// passageOf reads which passage of a page is marked, in bytes of its text.
func passageOf(v *visit) (start, end int, err error) {
	if start, err = number(v, "start", 0); err != nil {
		return 0, 0, err
	}
	end, err = number(v, "end", 0)
	return start, end, err
}

// fillPage reads what the reader shows of a page.
func (s *server) fillPage(v *visit, page *ui.ReaderPage, n int) (err error) {
	ctx, id, q := v.ctx(), page.Document.ID, page.Query
	if page.Page, err = v.library.Page(ctx, id, n); err != nil {
		return err
	}
	if page.Outline, err = v.library.Outline(ctx, id); err != nil {
		return err
	}
	if strings.TrimSpace(q) != "" {
		if page.Found, err = v.library.FindPages(ctx, id, q); err != nil {
			return err
		}
	}
	marks := library.Marks{Query: q, Start: page.Start, End: page.End}
	if page.Document.Format != extract.PDF {
		html, err := v.library.MarkedHTML(ctx, id, n, marks)
		page.HTML = withPictures(html, id)
		return err
	}
	if page.Text, err = v.library.MarkedText(ctx, id, n, marks); err != nil || !page.Picture() {
		return err
	}
	layout, err := v.library.Layout(ctx, id, n, marks)
	if errors.Is(err, library.ErrPageTooSlow) {
		page.TextOnly = true
		return nil
	}
	if err != nil {
		return err
	}
	page.Layout = &layout
	return nil
}

// withPictures gives the pictures inside an EPUB their addresses. Only an
// attribute can hold a plain quotation mark before the scheme.
func withPictures(html, id string) string {
	return strings.ReplaceAll(html, `="`+markup.ResourceScheme, `="/api/library/`+url.PathEscape(id)+`/resources/`)
}
