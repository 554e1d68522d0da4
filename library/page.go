package library

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/holtdb/holt/library/extract"
)

// Page returns a page of a document. It is [ErrNotReady] while the document
// has no pages and [ErrNotFound] for a page that it does not have.
func (l *Library) Page(ctx context.Context, id string, number int) (Page, error) {
	_, p, err := l.page(ctx, id, number)
	return p, err
}

// page reads a page and its document.
func (l *Library) page(ctx context.Context, id string, number int) (record, Page, error) {
	rec, err := recordByID(ctx, l.db.Reader(), id)
	if err != nil {
		return record{}, Page{}, err
	}
	if number < 1 || number > maxPages {
		return record{}, Page{}, ErrNotFound
	}
	p := Page{DocumentID: id, Number: number}
	err = l.db.Reader().QueryRowContext(ctx, `SELECT p.source, p.label, p.heading, p.width, p.height, p.text, p.html,
		coalesce(o.confidence, 0), coalesce(o.error, '')
		FROM page_chunks p LEFT JOIN ocr_pages o ON o.page = p.id WHERE p.id = ?`, pageID(rec.seq, number)).
		Scan(&p.Source, &p.Label, &p.Heading, &p.Width, &p.Height, &p.Text, &p.HTML, &p.Confidence, &p.Unread)
	if errors.Is(err, sql.ErrNoRows) {
		if rec.Pages == 0 {
			return record{}, Page{}, ErrNotReady
		}
		return record{}, Page{}, ErrNotFound
	}
	if err != nil {
		return record{}, Page{}, fmt.Errorf("read page: %w", err)
	}
	p.NoText = p.Source == sourceNone
	return rec, p, nil
}

// Outline returns the table of contents, empty where the document has none.
func (l *Library) Outline(ctx context.Context, id string) ([]extract.OutlineEntry, error) {
	rec, err := recordByID(ctx, l.db.Reader(), id)
	if err != nil {
		return nil, err
	}
	var text string
	err = l.db.Reader().QueryRowContext(ctx, "SELECT entries FROM outlines WHERE document = ?", rec.seq).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read outline: %w", err)
	}
	var entries []extract.OutlineEntry
	if err := json.Unmarshal([]byte(text), &entries); err != nil {
		return nil, fmt.Errorf("read outline: %w", err)
	}
	return entries, nil
}

// Cover returns the thumbnail of a document as PNG, or [ErrNotFound].
func (l *Library) Cover(ctx context.Context, id string) ([]byte, error) {
	var image []byte
	err := l.db.Reader().QueryRowContext(ctx,
		"SELECT c.image FROM covers c JOIN documents d ON d.seq = c.document WHERE d.id = ?", id).Scan(&image)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read cover: %w", err)
	}
	return image, nil
}

// File opens the original of a document. The caller closes it. It is
// [ErrNotFound] also when the file vanished from books/.
func (l *Library) File(ctx context.Context, id string) (*os.File, Document, error) {
	rec, err := recordByID(ctx, l.db.Reader(), id)
	if err != nil {
		return nil, Document{}, err
	}
	f, err := l.openFile(rec)
	return f, rec.Document, err
}

// Resource opens an image that lies inside an EPUB, by the name that follows
// the scheme of a resource address in [Page].HTML. The caller closes it.
func (l *Library) Resource(ctx context.Context, id, name string) (r io.ReadCloser, mediaType string, size int64, err error) {
	rec, err := recordByID(ctx, l.db.Reader(), id)
	if err != nil {
		return nil, "", 0, err
	}
	f, err := l.openFile(rec)
	if err != nil {
		return nil, "", 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, "", 0, errors.Join(fmt.Errorf("open resource: %w", err), f.Close())
	}
	res, err := extract.OpenResource(extract.File{Reader: f, Size: info.Size(), Format: rec.Format}, name)
	if err != nil {
		if errors.Is(err, extract.ErrUnsupported) {
			err = ErrNotFound
		}
		return nil, "", 0, errors.Join(err, f.Close())
	}
	return &resource{ReadCloser: res, file: f}, res.MediaType, res.Size, nil
}

// resource keeps the document's file open while an image in it is read.
type resource struct {
	io.ReadCloser
	file *os.File
}

// Close closes the image and the file that it lies in.
func (r *resource) Close() error { return errors.Join(r.ReadCloser.Close(), r.file.Close()) }

// MarkedText returns the text of a page as escaped HTML with the hits in <mark>
// and the passage in <mark class="passage">, in which hits may be.
func (l *Library) MarkedText(ctx context.Context, id string, number int, m Marks) (string, error) {
	rec, p, err := l.page(ctx, id, number)
	if err != nil {
		return "", err
	}
	on, err := l.marking(ctx, rec.seq, number, m)
	if err != nil {
		return "", err
	}
	if on.text == "" {
		on.text = p.Text
	}
	return on.html(), nil
}

// MarkedHTML returns the HTML of a page, marked as by [Library.MarkedText]; ""
// for a page of a PDF, which has none.
func (l *Library) MarkedHTML(ctx context.Context, id string, number int, m Marks) (string, error) {
	rec, p, err := l.page(ctx, id, number)
	if err != nil || p.HTML == "" {
		return "", err
	}
	on, err := l.marking(ctx, rec.seq, number, m)
	if err != nil {
		return "", err
	}
	return on.inHTML(p.HTML), nil
}
