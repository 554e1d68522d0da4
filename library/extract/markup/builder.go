package markup

import (
	"html"
	"strings"

	"github.com/holtdb/holt/library/extract/clean"
)

// Builder makes blocks from tags and text in document order. What it is given
// need not be balanced or valid; what it makes is. The zero value is ready.
type Builder struct {
	blocks []Block
	path   *container
	leaf   string // the open p, h1 to h6 or pre
	inline []span
	ids    []string // anchors waiting for the next block
	paged  bool     // a page break waits for the next block

	text    strings.Builder
	html    strings.Builder
	words   int
	runes   int
	hasPart bool // an image or a cell, which makes a block without text
	space   bool // white space waits for the next word
}

// span is an open inline element.
type span struct{ tag, open string }

// Blocks ends the document and returns its blocks, or [ErrTooLong].
func (b *Builder) Blocks() ([]Block, error) {
	b.end()
	if b.Full() {
		return nil, ErrTooLong
	}
	return b.blocks, nil
}

// Full reports whether the document has become too long; what follows is lost.
func (b *Builder) Full() bool { return len(b.blocks) > maxBlocks }

// Open begins an element. Elements that are not known are passed over.
func (b *Builder) Open(tag string) {
	switch roleOf(tag) {
	case inline:
		b.openInline(span{tag, "<" + tag + ">"})
	case leaf:
		b.openLeaf(tag)
	case boxed:
		b.openBox(tag)
	case invisible:
		b.divide()
	}
}

// Close ends an element, with all that is open inside it. An end without a
// beginning is passed over.
func (b *Builder) Close(tag string) {
	switch roleOf(tag) {
	case inline:
		b.closeInline(tag)
	case leaf:
		if b.leaf == tag || heading(b.leaf) > 0 && heading(tag) > 0 {
			b.end()
			b.leaf = ""
		}
	case boxed:
		if box := b.path.within(tag); box != nil {
			b.closeBox(box)
		}
	case invisible:
		b.divide()
	}
}

// Anchor notes that a link may lead to what follows.
func (b *Builder) Anchor(id string) {
	if id != "" && len(id) <= maxAttribute {
		b.ids = append(b.ids, id)
	}
}

// PageBreak notes that a page of the original ends here, perhaps in the middle
// of a paragraph.
func (b *Builder) PageBreak() {
	b.resume()
	b.paged = true
}

// Link begins a link; it is ended by Close("a"). The address is taken as it
// is: the caller has checked it.
func (b *Builder) Link(href string) {
	if href == "" || len(href) > maxAttribute {
		return
	}
	b.closeInline("a")
	rel := ""
	if !strings.HasPrefix(href, "#") {
		rel = ` rel="noopener noreferrer nofollow"`
	}
	b.openInline(span{"a", `<a href="` + html.EscapeString(href) + `"` + rel + `>`})
}

// Image places an image. The address is taken as it is: the caller has
// checked it.
func (b *Builder) Image(src, alt string) {
	if src == "" || len(src) > maxAttribute || len(alt) > maxAttribute {
		return
	}
	b.flushSpace()
	b.html.WriteString(`<img src="` + html.EscapeString(src) + `" alt="` +
		html.EscapeString(strings.Join(strings.Fields(clean.Chars(alt)), " ")) + `">`)
	b.hasPart = true
	b.bound()
}

func (b *Builder) openInline(s span) {
	if len(b.inline) >= maxInline || b.leaf == "pre" && s.tag == "code" {
		return
	}
	b.flushSpace()
	b.inline = append(b.inline, s)
	b.html.WriteString(s.open)
	b.bound()
}

func (b *Builder) closeInline(tag string) {
	for i := len(b.inline) - 1; i >= 0; i-- {
		if b.inline[i].tag != tag {
			continue
		}
		for j := len(b.inline) - 1; j >= i; j-- {
			b.html.WriteString("</" + b.inline[j].tag + ">")
		}
		b.inline = b.inline[:i]
		return
	}
}

func (b *Builder) openLeaf(tag string) {
	if heading(b.leaf) > 0 && tag == "p" && b.text.Len() == 0 {
		return // <h1><p>…</p></h1> is still a heading
	}
	b.end()
	b.leaf = tag
}

// divide ends a paragraph, but neither a heading nor preformatted text.
func (b *Builder) divide() {
	if heading(b.leaf) > 0 || b.leaf == "pre" {
		b.space = true
		return
	}
	b.end()
	b.leaf = ""
}

func (b *Builder) openBox(tag string) {
	b.end()
	b.leaf = ""
	if scope := scopes[tag]; scope != nil {
		around := b.path.within(scope...)
		if around == nil {
			return
		}
		if old := b.path.within(ends[tag]...); old != nil && old.depth > around.depth {
			b.closeBox(old)
		}
	}
	if b.depth() < maxDepth {
		b.path = &container{b.path, tag, b.depth() + 1}
	}
}

// closeBox ends box and what is open inside it. An empty cell stays, for the
// columns of its table.
func (b *Builder) closeBox(box *container) {
	b.end()
	b.leaf = ""
	if (box.tag == "td" || box.tag == "th") && b.path == box && !b.lastIn(box) {
		b.hasPart = true
		b.end()
	}
	b.path = box.parent
}

func (b *Builder) lastIn(box *container) bool {
	if len(b.blocks) == 0 {
		return false
	}
	for c := b.blocks[len(b.blocks)-1].path; c != nil; c = c.parent {
		if c == box {
			return true
		}
	}
	return false
}

func (b *Builder) depth() int {
	if b.path == nil {
		return 0
	}
	return b.path.depth
}
