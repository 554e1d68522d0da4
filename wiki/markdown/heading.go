package markdown

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/text/unicode/norm"

	"github.com/holtdb/holt/wiki/source"
)

// reserved begins the ids of the frame around a page; no heading has one.
const reserved = "holt-"

// Slug returns the id that a heading of this text has, before a suffix is added
// to tell it from another: as Otter makes it, of ASCII letters, digits and "_"
// with "-" between them. Where nothing would be left, as of a Chinese heading,
// the letters stay what they are.
func Slug(text string) string {
	slug := slugOf(norm.NFKD.String(text), func(r rune) bool { return r < unicode.MaxASCII })
	if strings.Trim(slug, "-") == "" {
		slug = slugOf(norm.NFC.String(text), func(rune) bool { return true })
	}
	if strings.Trim(slug, "-") == "" {
		return "section"
	}
	if strings.HasPrefix(slug, reserved) {
		return "section-" + slug
	}
	return slug
}

// slugOf lowers and joins the words of a text, of the characters to keep.
func slugOf(text string, keep func(rune) bool) string {
	const maxSlug = 200
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if keep(r) {
			return r
		}
		return -1
	}, text))
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(text) {
		switch {
		case b.Len() >= maxSlug:
			return b.String()
		case r == '-' || unicode.IsSpace(r):
			if !dash {
				b.WriteByte('-')
			}
			dash = true
		case isWord(r) || unicode.Is(unicode.Mn, r):
			b.WriteRune(r)
			dash = false
		}
	}
	return b.String()
}

// uniqueID returns a slug, with a suffix if it is in use.
func (w *writer) uniqueID(slug string) string {
	last, used := w.ids[slug]
	if !used {
		w.ids[slug] = 0
		return slug
	}
	for {
		last++
		id := slug + "-" + strconv.Itoa(last)
		if _, used := w.ids[id]; !used {
			w.ids[slug], w.ids[id] = last, 0
			return id
		}
	}
}

// heading writes a heading with its anchor and lists it in the contents. One
// within a fancy block is not listed, nor one within an embedding.
func (w *writer) heading(n *ast.Heading) {
	text := w.plain(n)
	id := w.uniqueID(Slug(text))
	if !w.inFragment && !inFancy(n) {
		w.page.Contents = append(w.page.Contents, Heading{Level: n.Level, ID: id, Text: text})
	}
	tag := "h" + strconv.Itoa(n.Level)
	w.write("<", tag, ` id="`)
	w.escape(id)
	w.write(`"`)
	if !w.inFragment {
		if i, ok := w.sections[lineStart(w.source, n.Pos())]; ok {
			w.write(` data-section="`, strconv.Itoa(i), `"`)
		}
	}
	w.write(">")
	w.children(n)
	w.write(`<a class="anchor" href="#`)
	w.escape(id)
	w.write(`" aria-label="Link to this section"></a></`, tag, ">\n")
}

// inFancy reports whether a node is within a fancy block.
func inFancy(n ast.Node) bool {
	for p := n.Parent(); p != nil; p = p.Parent() {
		if b, ok := p.(*box); ok && b.look == fancyBox {
			return true
		}
	}
	return false
}

// lineStart returns the offset of the line that has the byte at.
func lineStart(text []byte, at int) int {
	return bytes.LastIndexByte(text[:min(max(at, 0), len(text))], '\n') + 1
}

// sectionStarts returns the indices of a page's sections by the offset in the
// body at which they start.
func sectionStarts(text []byte, body int) map[int]int {
	starts := map[int]int{}
	for i, s := range source.Sections(text) {
		starts[s.Start-body] = i
	}
	return starts
}

// firstTitle returns the first heading of level 1.
func (w *writer) firstTitle() string {
	for _, h := range w.page.Contents {
		if h.Level == 1 {
			return h.Text
		}
	}
	return ""
}
