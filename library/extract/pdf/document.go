package pdf

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// Document is an open PDF with a process of its own. Its methods are safe for
// concurrent use; calls are served one at a time. A call whose ctx ends returns
// at once and leaves the document usable.
//
// Errors match extract.ErrBroken or extract.ErrTooLarge where the page is the
// cause; other pages may still be readable. When the process itself had to be
// ended, every later call returns the same error.
type Document struct {
	engine  *Engine
	process *process
	info    Info
	leave   func() // gives up the share of the background; nil outside of it
	closing sync.Once
}

// openIn hands a file to a child and returns what the document says of itself.
func openIn(ctx context.Context, p *process, f *os.File, password string, timeout time.Duration) (Info, error) {
	payload, err := p.exchange(ctx, request{Op: opOpen, Password: password}, f, timeout)
	if err != nil {
		return Info{}, err
	}
	return decodeInfo(payload)
}

// Info returns the document's metadata.
func (d *Document) Info() Info { return d.info }

// Text returns the text of a page, counted from 1, with \n between lines. A
// word broken at the end of a line keeps its hyphen there.
func (d *Document) Text(ctx context.Context, page int) (string, error) {
	payload, err := d.call(ctx, request{Op: opText, Page: page})
	if err != nil {
		return "", err
	}
	return strings.ToValidUTF8(string(payload), "\uFFFD"), nil
}

// Words returns the words of a page with their places.
func (d *Document) Words(ctx context.Context, page int) (Words, error) {
	payload, err := d.call(ctx, request{Op: opWords, Page: page})
	if err != nil {
		return Words{}, err
	}
	words, err := decodeWords(payload)
	if err != nil {
		return Words{}, fmt.Errorf("words of page %d: %w", page, err)
	}
	return words, nil
}

// Size returns the size of a page as displayed, in points of 1/72 inch.
func (d *Document) Size(ctx context.Context, page int) (w, h float64, err error) {
	payload, err := d.call(ctx, request{Op: opSize, Page: page})
	if err != nil {
		return 0, 0, err
	}
	size, err := decodeWords(payload)
	if err != nil {
		return 0, 0, fmt.Errorf("size of page %d: %w", page, err)
	}
	return size.Width, size.Height, nil
}

// Render draws a page, with its annotations and form fields, as a PNG image
// width pixels wide, or less wide where it would pass 40 million pixels.
func (d *Document) Render(ctx context.Context, page, width int) ([]byte, error) {
	if width < 1 {
		return nil, fmt.Errorf("render page %d: width %d", page, width)
	}
	payload, err := d.call(ctx, request{Op: opRender, Page: page, Width: width})
	if err != nil {
		return nil, err
	}
	if err := checkPNG(payload, width); err != nil {
		return nil, fmt.Errorf("render page %d: %w", page, err)
	}
	return payload, nil
}

func (d *Document) call(ctx context.Context, r request) ([]byte, error) {
	if r.Page < 1 || r.Page > d.info.Pages {
		return nil, fmt.Errorf("%s of page %d: the document has %d pages", r.Op, r.Page, d.info.Pages)
	}
	payload, err := d.process.exchange(ctx, r, nil, d.engine.options.CallTimeout)
	if err != nil {
		return nil, fmt.Errorf("%s of page %d: %w", r.Op, r.Page, err)
	}
	return payload, nil
}

// Close ends the document's process. Calls under way return ErrClosed. Closing
// again does nothing.
func (d *Document) Close() error {
	d.closing.Do(func() {
		d.engine.finish(d.process)
		if d.leave != nil {
			d.leave()
		}
	})
	return nil
}
