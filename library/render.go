package library

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/library/extract/pdf"
)

// drawTime is how long a page may take to be drawn. Who waits longer reads its
// text meanwhile.
const drawTime = 15 * time.Second

// renders makes what is shown of PDF pages: each thing once at a time, and one
// after the other, so that a library never has more than one of the processes
// that all share.
type renders struct {
	flights flights
	slot    chan struct{}
	slow    refusals
}

func newRenders() renders { return renders{slot: make(chan struct{}, 1)} }

// product is something derived from a page of a PDF and kept in the cache.
type product struct {
	name  string // in the cache
	slow  string // what is remembered when it takes too long; all sizes of an image share it
	make  func(ctx context.Context, doc *pdf.Document) ([]byte, error)
	sound func(data []byte) bool // whether a file found in the cache is whole
}

// key names a product of a document's file.
func (p product) key(rec record) string { return rec.ID + "/" + rec.hash + "/" + p.name }

func (p product) slowKey(rec record) string { return rec.ID + "/" + rec.hash + "/" + p.slow }

// imageOf is a page as a PNG image.
func imageOf(number, width int) product {
	// The last chunk of every PNG: a file that a crash cut off lacks it.
	end := []byte("IEND\xaeB`\x82")
	return product{
		name:  strconv.Itoa(number) + "-" + strconv.Itoa(width) + ".png",
		slow:  strconv.Itoa(number) + ".png",
		make:  func(ctx context.Context, doc *pdf.Document) ([]byte, error) { return doc.Render(ctx, number, width) },
		sound: func(data []byte) bool { return bytes.HasSuffix(data, end) },
	}
}

// wordsOf is where the words of a page stand, as JSON of pdf.Words.
func wordsOf(number int) product {
	return product{
		name: strconv.Itoa(number) + ".json",
		slow: strconv.Itoa(number) + ".json",
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
// after the answer, if nobody else needs its process.
func (l *Library) produce(ctx context.Context, rec record, p product, follow ...product) ([]byte, error) {
	if data, ok := l.cache.get(rec.ID, p.name); ok && p.sound(data) {
		return data, nil
	}
	if l.renders.slow.has(p.slowKey(rec), time.Now()) {
		return nil, ErrPageTooSlow
	}
	f, first := l.renders.flights.join(l.stay, p.key(rec))
	if first {
		l.work.Go(func() { l.fly(rec, p, f, follow) })
	}
	select {
	case <-f.landed:
		return f.data, f.err
	case <-ctx.Done():
		l.renders.flights.leave(f)
		return nil, ctx.Err()
	}
}

// fly makes a product and then what is likely wanted next.
func (l *Library) fly(rec record, p product, f *flight, follow []product) {
	doc, err := l.openPDF(f.ctx, rec)
	if err != nil {
		l.renders.flights.land(f, nil, err)
		return
	}
	defer func() {
		doc.Close() // also ends what it still does
		<-l.renders.slot
	}()
	data, err := l.makeAndKeep(f.ctx, rec, doc, p)
	l.renders.flights.land(f, data, err)
	if err == nil {
		l.makeAhead(rec, doc, follow)
	}
}

// openPDF opens the file of a document when the slot is free, which the caller
// gives back.
func (l *Library) openPDF(ctx context.Context, rec record) (_ *pdf.Document, err error) {
	if err := l.takeSlot(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			<-l.renders.slot
		}
	}()
	f, err := l.openFile(rec)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return l.pdf.Open(ctx, f, "")
}

func (l *Library) takeSlot(ctx context.Context) error {
	defer l.renders.flights.queue()()
	select {
	case l.renders.slot <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *Library) makeAndKeep(ctx context.Context, rec record, doc *pdf.Document, p product) ([]byte, error) {
	data, err := l.makeInTime(ctx, rec, doc, p)
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

// makeInTime makes a product, or remembers that it takes too long.
func (l *Library) makeInTime(ctx context.Context, rec record, doc *pdf.Document, p product) ([]byte, error) {
	limited, cancel := context.WithTimeoutCause(ctx, l.drawTime, ErrPageTooSlow)
	defer cancel()
	data, err := p.make(limited, doc)
	if err != nil && context.Cause(limited) == ErrPageTooSlow {
		l.renders.slow.add(p.slowKey(rec), time.Now())
		return nil, ErrPageTooSlow
	}
	return data, err
}

// isCurrent reports whether the document is still there and of the same file.
func (l *Library) isCurrent(ctx context.Context, rec record) bool {
	var hash string
	err := l.db.Reader().QueryRowContext(ctx, "SELECT hash FROM documents WHERE id = ?", rec.ID).Scan(&hash)
	return err == nil && hash == rec.hash
}

// makeAhead fills the cache while there is a process for everybody else. It
// stops when somebody needs the one it has, and waits for nobody. What fails is
// tried again when it is asked for.
func (l *Library) makeAhead(rec record, doc *pdf.Document, products []product) {
	busy, over := l.pdf.Busy(), make(chan struct{})
	var watching sync.WaitGroup
	defer watching.Wait()
	defer close(over)
	watching.Go(func() {
		select {
		case <-busy:
			l.renders.flights.giveWay()
		case <-over:
		}
	})
	for _, p := range products {
		if l.cache.has(rec.ID, p.name) || l.renders.slow.has(p.slowKey(rec), time.Now()) {
			continue
		}
		f := l.renders.flights.ahead(l.stay, p.key(rec))
		if f == nil {
			return
		}
		if isClosed(busy) {
			l.renders.flights.giveWay()
		}
		data, err := l.makeAndKeep(f.ctx, rec, doc, p)
		l.renders.flights.land(f, data, err)
		if err != nil {
			return
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
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
