package library

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/library/extract/pdf"
)

const (
	atOnce     = 2 // PDFs of one library open for drawing
	renderTime = 2 * time.Minute
)

// renders makes what is shown of PDF pages: each thing once at a time, and few
// at once.
type renders struct {
	flights flights
	slots   chan struct{}
}

func newRenders() renders { return renders{slots: make(chan struct{}, atOnce)} }

// product is something derived from a page of a PDF and kept in the cache.
type product struct {
	name  string // in the cache
	make  func(ctx context.Context, doc *pdf.Document) ([]byte, error)
	sound func(data []byte) bool // whether a file found in the cache is whole
}

// imageOf is a page as a PNG image.
func imageOf(number, width int) product {
	// The last chunk of every PNG: a file that a crash cut off lacks it.
	end := []byte("IEND\xaeB`\x82")
	return product{
		name:  strconv.Itoa(number) + "-" + strconv.Itoa(width) + ".png",
		make:  func(ctx context.Context, doc *pdf.Document) ([]byte, error) { return doc.Render(ctx, number, width) },
		sound: func(data []byte) bool { return bytes.HasSuffix(data, end) },
	}
}

// wordsOf is where the words of a page stand, as JSON of pdf.Words.
func wordsOf(number int) product {
	return product{
		name: strconv.Itoa(number) + ".json",
		make: func(ctx context.Context, doc *pdf.Document) ([]byte, error) {
			words, err := doc.Words(ctx, number)
			if err != nil {
				return nil, err
			}
			return json.Marshal(words)
		},
		sound: json.Valid,
	}
}

// produce returns a product, from the cache or newly made. The products that
// follow are what is likely wanted next: they are made with the same open PDF,
// after the answer.
func (l *Library) produce(ctx context.Context, rec record, p product, follow ...product) ([]byte, error) {
	if data, ok := l.cache.get(rec.ID, p.name); ok && p.sound(data) {
		return data, nil
	}
	key := rec.ID + "/" + p.name
	f, first := l.renders.flights.join(key)
	if first {
		l.work.Go(func() { l.fly(rec, p, f, key, follow) })
	}
	select {
	case <-f.landed:
		return f.data, f.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// fly makes a product and then what is likely wanted next. It goes on when
// whoever asked for it has gone: others may have joined.
func (l *Library) fly(rec record, p product, f *flight, key string, follow []product) {
	ctx, cancel := context.WithTimeout(l.stay, renderTime)
	defer cancel()
	doc, err := l.openPDF(ctx, rec)
	if err != nil {
		l.renders.flights.land(key, f, nil, err)
		return
	}
	defer func() {
		doc.Close()
		<-l.renders.slots
	}()
	data, err := l.makeAndKeep(ctx, rec, doc, p)
	l.renders.flights.land(key, f, data, err)
	l.makeAhead(ctx, rec, doc, follow)
}

// openPDF opens the file of a document when a slot is free, which the caller
// gives back.
func (l *Library) openPDF(ctx context.Context, rec record) (_ *pdf.Document, err error) {
	select {
	case l.renders.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() {
		if err != nil {
			<-l.renders.slots
		}
	}()
	f, err := l.openFile(rec)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return l.pdf.Open(ctx, f, "")
}

func (l *Library) makeAndKeep(ctx context.Context, rec record, doc *pdf.Document, p product) ([]byte, error) {
	data, err := p.make(ctx, doc)
	if err != nil {
		return nil, err
	}
	if l.home.CheckWritable() != nil {
		return data, nil
	}
	if err := l.cache.put(rec.ID, p.name, data, func() bool { return l.isCurrent(ctx, rec) }); err != nil {
		l.log.Warn("keep page image", "tenant", l.home.ID().String(), "error", err)
	}
	return data, nil
}

// isCurrent reports whether the document is still there and of the same file.
func (l *Library) isCurrent(ctx context.Context, rec record) bool {
	var hash string
	err := l.db.Reader().QueryRowContext(ctx, "SELECT hash FROM documents WHERE id = ?", rec.ID).Scan(&hash)
	return err == nil && hash == rec.hash
}

// makeAhead fills the cache. It waits for nobody: whoever makes the same thing
// may wait for the slot that is held here. What fails is tried again when it
// is asked for.
func (l *Library) makeAhead(ctx context.Context, rec record, doc *pdf.Document, products []product) {
	for _, p := range products {
		if ctx.Err() != nil {
			return
		}
		key := rec.ID + "/" + p.name
		if l.cache.has(rec.ID, p.name) {
			continue
		}
		if f, first := l.renders.flights.join(key); first {
			data, err := l.makeAndKeep(ctx, rec, doc, p)
			l.renders.flights.land(key, f, data, err)
		}
	}
}

// pdfPage finds a page of a PDF whose file can be drawn.
func (l *Library) pdfPage(ctx context.Context, id string, number int) (record, Page, error) {
	rec, p, err := l.page(ctx, id, number)
	if err != nil {
		return record{}, Page{}, err
	}
	if rec.Format != extract.PDF {
		return record{}, Page{}, fmt.Errorf("%w: a page of %s is no image", ErrInvalid, rec.Format)
	}
	return rec, p, nil
}
