package extract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/holtdb/holt/library/extract/markup"
)

const epubMediaType = "application/epub+zip"

// readEPUB reads a book of EPUB 2 or 3. Its pages are the documents of the
// spine, divided where the table of contents points into them and, where they
// are long, at headings and paragraphs.
func readEPUB(ctx context.Context, f File) (*Content, error) {
	book, err := openEPUB(f)
	if err != nil {
		return nil, err
	}
	b := newBinder()
	b.begin(book.meta.Title)
	places := newPlaces(book.contents)
	var missing error
	for _, name := range book.spine {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		switch err := book.bindDocument(b, name, places); {
		case errors.Is(err, fs.ErrNotExist):
			missing = err // a book with a page torn out is still a book
		case err != nil:
			return nil, err
		}
	}
	if len(b.pages) == 0 && missing != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, missing)
	}
	meta := book.meta
	meta.Outline = places.outline(book.contents)
	return &Content{Meta: meta, Pages: b.pages, Cover: book.coverImage()}, nil
}

// bindDocument adds the pages of one document of the spine.
func (e *epub) bindDocument(b *binder, name string, places *places) error {
	data, err := e.archive.read(name, maxPart)
	if err != nil {
		return err
	}
	source, err := decodeHTML(data)
	if err != nil {
		return err
	}
	doc, err := markup.Parse([]byte(source), markup.Options{XHTML: true, Image: e.imageAddress(name)})
	if err != nil {
		return err
	}
	blocks := doc.Blocks
	ranks, titles := places.borders(name, blocks)
	always := strongest(ranks)
	first := len(b.pages) + 1
	for _, r := range markup.Split(blocks, markup.Borders{Ranks: ranks, Always: always, Min: markup.MinWords}) {
		switch begin := blocks[r.From]; {
		case titles[r.From] != "":
			b.begin(titles[r.From])
		case begin.Level > 0 && begin.Text != "":
			b.begin(title(begin))
		case r.From == 0 && doc.Title != "" && !places.known(name):
			b.begin(doc.Title)
		}
		if err := b.add(blocks[r.From:r.To], ""); err != nil {
			return err
		}
		places.found(name, blocks[r.From:r.To], len(b.pages))
	}
	if len(b.pages) >= first {
		places.pages[place{name, ""}] = first
	}
	return nil
}

// strongest returns the strongest border that a table of contents asks for, 0
// for none. Borders of headings alone do not divide what is short.
func strongest(ranks []int) int {
	best := 0
	for i, rank := range ranks {
		if i > 0 && rank > 0 && rank <= maxContentsDepth && (best == 0 || rank < best) {
			best = rank
		}
	}
	return best
}

// imageAddress returns how images are addressed from the document of that
// name: those in the archive by its resource address, all others not at all.
func (e *epub) imageAddress(document string) func(string) string {
	return func(src string) string {
		name, _ := e.resolve(document, src)
		if !isImageName(name) || !e.archive.has(name) {
			return ""
		}
		return markup.ResourceScheme + (&url.URL{Path: name}).EscapedPath()
	}
}

// resolve returns the entry that a reference in another entry leads to, and
// the anchor in it. The name is "" for what lies outside the archive.
func (e *epub) resolve(from, reference string) (name, anchor string) {
	u, err := url.Parse(strings.TrimSpace(reference))
	if err != nil || u.Scheme != "" || u.Host != "" {
		return "", ""
	}
	if u.Path == "" {
		return from, u.Fragment
	}
	return path.Join(path.Dir(from), u.Path), u.Fragment
}
