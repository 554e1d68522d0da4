package pdfium

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/holtdb/holt/library/extract"
)

// maxPages is the most pages that a document may have.
const maxPages = 100_000

// Document is an open PDF. After a failure that is not of one page alone the
// guest is gone and every method returns that failure.
type Document struct {
	*instance
	file   io.ReaderAt
	size   int64
	handle uint64
	form   uint64 // form-fill environment, 0 where the document has no form
	pages  int
	loaded loadedPage
}

// loadedPage is a page in PDFium's memory, with its text once that was read.
type loadedPage struct {
	page         int // from 1; 0 for none
	handle, text uint64
}

// Open reads a document of size bytes. Errors match extract.ErrPassword,
// extract.ErrBroken or extract.ErrTooLarge.
func (r *Runtime) Open(ctx context.Context, file io.ReaderAt, size int64, password string) (*Document, error) {
	i, err := r.start(ctx, file, size)
	if err != nil {
		return nil, err
	}
	d := &Document{instance: i, file: file, size: size}
	if err := d.load(password); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func (d *Document) load(password string) error {
	path, secret := d.cString(documentPath), d.cString(password)
	d.handle = d.call("FPDF_LoadDocument", path, secret)
	if d.err != nil {
		return d.err
	}
	if d.handle == 0 {
		return loadError(d.callInt("FPDF_GetLastError"))
	}
	d.free(path)
	d.free(secret)
	d.pages = d.callInt("FPDF_GetPageCount", d.handle)
	switch {
	case d.err != nil:
		return d.err
	case d.pages <= 0:
		return fmt.Errorf("the document has no pages: %w", extract.ErrBroken)
	case d.pages > maxPages:
		return fmt.Errorf("the document has %d pages: %w", d.pages, extract.ErrTooLarge)
	}
	if d.call("FPDF_GetFormType", d.handle) != 0 {
		d.openForm()
	}
	return d.err
}

// loadError translates the codes of FPDF_GetLastError.
func loadError(code int) error {
	const wrongPassword, unknownSecurity = 4, 5
	switch code {
	case wrongPassword:
		return extract.ErrPassword
	case unknownSecurity:
		return fmt.Errorf("unknown kind of encryption: %w", extract.ErrPassword)
	}
	return fmt.Errorf("PDFium error %d: %w", code, extract.ErrBroken)
}

// openForm lets filled-in form fields be drawn. The environment's callbacks
// are all null: nobody will edit the form.
func (d *Document) openForm() {
	const infoSize, infoVersion = 256, 2
	info := d.alloc(infoSize)
	if b := d.bytes(info, 4); b != nil {
		b[0] = infoVersion
	}
	d.form = d.call("FPDFDOC_InitFormFillEnvironment", d.handle, info)
}

// Close frees the document together with its guest.
func (d *Document) Close() { d.close() }

// Failed reports whether the guest is gone, so that only opening the document
// again can help.
func (d *Document) Failed() bool { return d.err != nil }

// Info is what a document says of itself.
type Info struct {
	Pages    int
	Title    string
	Authors  []string
	Language string
	Labels   []string // per page; nil when no page has one
	Outline  []extract.OutlineEntry
}

// Info reads metadata, page labels and outline.
func (d *Document) Info() (Info, error) {
	info := Info{
		Pages:    d.pages,
		Title:    d.meta("Title"),
		Authors:  splitAuthors(d.meta("Author")),
		Language: d.language(),
		Labels:   d.labels(),
		Outline:  d.outline(),
	}
	return info, d.err
}

func (d *Document) meta(key string) string {
	name := d.cString(key)
	defer d.free(name)
	return d.wideString("FPDF_GetMetaText", d.handle, name)
}

// splitAuthors takes a list apart: "A; B", "A and B".
func splitAuthors(s string) []string {
	var authors []string
	for _, part := range strings.Split(s, ";") {
		for _, name := range strings.Split(part, " and ") {
			if name = strings.TrimSpace(name); name != "" {
				authors = append(authors, name)
			}
		}
	}
	return authors
}

// maxLabel is the most characters of a page label.
const maxLabel = 40

func shorten(s string, runes int) string {
	for at := range s {
		if runes == 0 {
			return s[:at]
		}
		runes--
	}
	return s
}

func (d *Document) labels() []string {
	labels, any := make([]string, d.pages), false
	for n := range labels {
		labels[n] = shorten(d.wideString("FPDF_GetPageLabel", d.handle, uint64(n)), maxLabel)
		any = any || labels[n] != ""
	}
	if !any {
		return nil
	}
	return labels
}

// Size returns a page's size in points as displayed. Pages count from 1.
func (d *Document) Size(page int) (w, h float64, err error) {
	if page < 1 || page > d.pages {
		return 0, 0, fmt.Errorf("no page %d of %d", page, d.pages)
	}
	p := d.alloc(16)
	defer d.free(p)
	ok := d.call("FPDF_GetPageSizeByIndexF", d.handle, uint64(page-1), p)
	size := d.floats(p)
	if d.err != nil {
		return 0, 0, d.err
	}
	if ok == 0 || !positive(size[0]) || !positive(size[1]) {
		return 0, 0, fmt.Errorf("page %d has no size: %w", page, extract.ErrBroken)
	}
	return size[0], size[1], nil
}

func positive(v float64) bool { return v > 0 && !math.IsInf(v, 0) }

// withPage runs a function on a loaded page. The last page stays loaded, for
// its text, words and picture are often asked for in turn.
func (d *Document) withPage(page int, do func(handle uint64) error) error {
	if page < 1 || page > d.pages {
		return fmt.Errorf("no page %d of %d", page, d.pages)
	}
	if d.loaded.page != page {
		d.unload()
		d.loaded.handle = d.call("FPDF_LoadPage", d.handle, uint64(page-1))
		if d.err == nil && d.loaded.handle == 0 {
			return fmt.Errorf("load page %d: %w", page, extract.ErrBroken)
		}
		d.loaded.page = page
	}
	if d.err != nil {
		return d.err
	}
	if err := do(d.loaded.handle); err != nil {
		return err
	}
	return d.err
}

// unload frees the loaded page.
func (d *Document) unload() {
	if d.loaded.text != 0 {
		d.call("FPDFText_ClosePage", d.loaded.text)
	}
	if d.loaded.handle != 0 {
		d.call("FPDF_ClosePage", d.loaded.handle)
	}
	d.loaded = loadedPage{}
}
