package markup

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/holtdb/holt/library/extract/clean"
)

// LineBreak ends a line within a block.
func (b *Builder) LineBreak() {
	if b.text.Len() == 0 {
		return
	}
	b.space = false
	b.text.WriteByte('\n')
	if b.leaf == "pre" {
		b.html.WriteByte('\n')
	} else {
		b.html.WriteString("<br>")
	}
	b.bound()
}

// Text adds text. White space is folded except in pre.
func (b *Builder) Text(s string) {
	s = clean.Chars(s)
	if b.leaf == "pre" {
		b.preformatted(s)
		return
	}
	for s != "" {
		if r, size := utf8.DecodeRuneInString(s); unicode.IsSpace(r) {
			b.space = true
			s = s[size:]
			continue
		}
		end := strings.IndexFunc(s, unicode.IsSpace)
		if end < 0 {
			end = len(s)
		}
		b.word(s[:end])
		s = s[end:]
	}
}

// preformatted adds text whose lines and spaces matter.
func (b *Builder) preformatted(s string) {
	const longLine = 200 // characters; so that a line without end can be divided
	for line := range strings.SplitAfterSeq(s, "\n") {
		for line != "" {
			part := line[:cut(line, longLine)]
			if space := strings.LastIndexByte(part, ' '); space > 0 && len(part) < len(line) {
				part = part[:space+1]
			}
			line = line[len(part):]
			if b.text.Len() == 0 {
				part = strings.TrimLeft(part, "\n")
			}
			words := len(strings.Fields(part))
			if b.words+words > MaxWords {
				b.resume()
			}
			b.words += words
			b.write(part)
			b.bound()
		}
	}
}

// word adds a run of characters without white space.
func (b *Builder) word(s string) {
	so := b.text.String()
	continued := !b.space && so != "" && so[len(so)-1] > ' '
	b.flushSpace()
	for s != "" {
		part := s[:cut(s, maxRunes)]
		s = s[len(part):]
		if !continued {
			b.words++
		}
		continued = true
		b.write(part)
		b.bound()
	}
}

// maxRunes is how many characters count as MaxWords words: English prose has
// six to a word.
const maxRunes = 10 * MaxWords

// cut returns the length in bytes of the first n characters of s.
func cut(s string, n int) int {
	if len(s) <= n {
		return len(s)
	}
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

func (b *Builder) write(s string) {
	b.text.WriteString(s)
	b.html.WriteString(html.EscapeString(s))
	b.runes += utf8.RuneCountInString(s)
}

// flushSpace writes the white space that waits, if something stands before it.
func (b *Builder) flushSpace() {
	if b.space && b.text.Len() > 0 {
		b.text.WriteByte(' ')
		b.html.WriteByte(' ')
	}
	b.space = false
}

// bound ends a block that has become as long as a section, and goes on with
// the same elements in a new one.
func (b *Builder) bound() {
	if b.words >= MaxWords || b.runes >= maxRunes || b.html.Len() >= maxBlockHTML {
		b.resume()
	}
}

// resume ends the block and goes on with the same elements in a new one.
func (b *Builder) resume() {
	open := b.inline
	b.inline = nil
	for i := len(open) - 1; i >= 0; i-- {
		b.html.WriteString("</" + open[i].tag + ">")
	}
	b.end()
	for _, s := range open {
		b.openInline(s)
	}
}

// end makes a block of what was written since the last one.
func (b *Builder) end() {
	for i := len(b.inline) - 1; i >= 0; i-- {
		b.html.WriteString("</" + b.inline[i].tag + ">")
	}
	b.inline = nil
	text := strings.TrimRight(b.text.String(), " \n\t")
	if (strings.TrimSpace(text) != "" || b.hasPart) && !b.Full() {
		tag := b.leaf
		if tag == "" && !b.alone() {
			tag = "p"
		}
		inner := b.html.String()
		b.blocks = append(b.blocks, Block{
			Level: heading(tag), Break: b.paged, IDs: b.ids, Text: text,
			HTML: wrap(tag, inner, b.ids), Words: b.words,
			Weight: max(b.words, b.runes*MaxWords/maxRunes, len(inner)/100, 1),
			path:   b.path,
		})
		b.ids, b.paged = nil, false
	}
	b.text.Reset()
	b.html.Reset()
	b.words, b.runes, b.hasPart, b.space = 0, 0, false, false
}

// alone reports whether the block is the first in an element that holds text
// without a paragraph.
func (b *Builder) alone() bool {
	if b.path == nil || !bare(b.path.tag) {
		return false
	}
	return len(b.blocks) == 0 || b.blocks[len(b.blocks)-1].path != b.path
}

// wrap puts the element of a block around its content. The first anchor of a
// heading is kept, marked as the document's own so that it cannot take the
// place of an id of the page around it.
func wrap(tag, inner string, ids []string) string {
	if tag == "" {
		return inner
	}
	if heading(tag) > 0 && len(ids) > 0 {
		if id := FragmentID(ids[0]); id != "" {
			return "<" + tag + ` id="` + id + `">` + inner + "</" + tag + ">"
		}
	}
	return "<" + tag + ">" + inner + "</" + tag + ">"
}

// FragmentID returns the id in safe HTML for an anchor of the original, "" for
// one that cannot be kept.
func FragmentID(anchor string) string {
	const maxID = 100
	if anchor == "" || len(anchor) > maxID {
		return ""
	}
	for _, r := range anchor {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.:", r) {
			return ""
		}
	}
	return "doc-" + anchor
}
