package library

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/library/extract/clean"
	"github.com/holtdb/holt/library/extract/pdf"
)

const (
	coverHeight = 480 // pixels
	fewWords    = 10  // a page with fewer has no text layer worth the name
	maxText     = 256 << 20
	maxReopened = 3 // times that a PDF is opened again after a page that ended its process
)

// pdfReader reads the pages of one PDF, past those that cannot be read.
type pdfReader struct {
	engine   *pdf.Engine
	file     *os.File
	password string
	doc      *pdf.Document
	reopened int
}

// extractPDF reads a PDF file, with the password only if it needs one.
func (l *Library) extractPDF(ctx context.Context, f *os.File, password string, progress *reporter) (c content, err error) {
	r := &pdfReader{engine: l.pdf, file: f}
	r.doc, err = l.pdf.OpenBackground(ctx, f, "")
	if errors.Is(err, extract.ErrPassword) && password != "" {
		r.password, c.protected = password, true
		if r.doc, err = l.pdf.OpenBackground(ctx, f, password); errors.Is(err, extract.ErrPassword) {
			err = fmt.Errorf("%w: %w", errWrong, err)
		}
	}
	if err != nil {
		return content{}, err
	}
	defer func() { r.doc.Close() }()
	c.Content, err = r.read(ctx, progress)
	return c, err
}

// read reads all pages.
func (r *pdfReader) read(ctx context.Context, progress *reporter) (*extract.Content, error) {
	info := r.doc.Info()
	if info.Pages > maxPages {
		return nil, fmt.Errorf("document has %d pages: %w", info.Pages, extract.ErrTooLarge)
	}
	pages := make([]extract.Page, info.Pages)
	raw := make([]string, info.Pages)
	unread, size := 0, 0
	for i := range pages {
		progress.report(ctx, stageExtracting, i, info.Pages)
		pages[i] = extract.Page{Number: i + 1, Label: label(info.Labels, i)}
		if err := r.page(ctx, &pages[i], &raw[i]); err != nil {
			if unread++; unread == info.Pages || !damaged(err) {
				return nil, err
			}
		}
		if size += len(raw[i]); size > maxText {
			return nil, fmt.Errorf("text of over %d bytes: %w", maxText, extract.ErrTooLarge)
		}
	}
	progress.report(ctx, stageExtracting, info.Pages, info.Pages)
	headings := headingsOf(info.Outline, info.Pages)
	for i, text := range clean.Pages(raw) {
		pages[i].Text = text
		pages[i].Heading = headings[i]
		pages[i].NoText = len(strings.Fields(raw[i])) < fewWords
	}
	content := &extract.Content{Pages: pages, Meta: extract.Meta{
		Title: info.Title, Authors: info.Authors, Language: info.Language, Outline: info.Outline,
	}}
	var err error
	if content.Cover, err = r.cover(ctx, pages[0]); err != nil && !damaged(err) {
		return nil, err
	}
	return content, nil
}

// page reads one page. When the page ended the process, a new one is started
// for those that follow.
func (r *pdfReader) page(ctx context.Context, page *extract.Page, text *string) (err error) {
	if *text, err = r.doc.Text(ctx, page.Number); err == nil {
		page.Width, page.Height, err = r.doc.Size(ctx, page.Number)
	}
	if err == nil || !damaged(err) {
		return err
	}
	if _, _, dead := r.doc.Size(ctx, 1); dead == nil || page.Number == 1 && r.doc.Info().Pages == 1 {
		return err
	}
	if r.reopened++; r.reopened > maxReopened {
		return fmt.Errorf("too many pages end the reader: %w", errors.Join(errCrashes, err))
	}
	// The dead one is closed first: who holds one child never waits for another.
	r.doc.Close()
	next, openErr := r.engine.OpenBackground(ctx, r.file, r.password)
	if openErr != nil {
		return openErr
	}
	r.doc = next
	return err
}

// cover draws the first page small.
func (r *pdfReader) cover(ctx context.Context, first extract.Page) ([]byte, error) {
	if first.Height <= 0 || first.Width <= 0 {
		return nil, nil
	}
	width := max(1, min(2*coverHeight, int(coverHeight*first.Width/first.Height)))
	return r.doc.Render(ctx, 1, width)
}

// damaged reports whether an error is the document's own.
func damaged(err error) bool {
	return !errors.Is(err, errCrashes) && (errors.Is(err, extract.ErrBroken) || errors.Is(err, extract.ErrTooLarge))
}

// label is what is printed on a page, or else its number.
func label(labels []string, i int) string {
	if i < len(labels) && labels[i] != "" {
		return labels[i]
	}
	return strconv.Itoa(i + 1)
}

// headingsOf gives each page the last entry of the outline that begins on it
// or before.
func headingsOf(outline []extract.OutlineEntry, pages int) []string {
	starts := make([]string, pages)
	for _, entry := range outline {
		if entry.Page >= 1 && entry.Page <= pages {
			starts[entry.Page-1] = entry.Title
		}
	}
	for i := 1; i < pages; i++ {
		if starts[i] == "" {
			starts[i] = starts[i-1]
		}
	}
	return starts
}
