package pdfium

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/holtdb/holt/library/extract"
)

// maxChars is the most characters of one page: a broadsheet page has some 30,000.
const maxChars = 1_000_000

// withText runs a function on the text layer of a page.
func (d *Document) withText(page int, do func(page, text uint64, chars int) error) error {
	return d.withPage(page, func(handle uint64) error {
		if d.loaded.text == 0 {
			d.loaded.text = d.call("FPDFText_LoadPage", handle)
		}
		text := d.loaded.text
		if text == 0 {
			return d.err // nil: a page may have none
		}
		chars := d.callInt("FPDFText_CountChars", text)
		if chars > maxChars {
			return fmt.Errorf("page %d has %d characters: %w", page, chars, extract.ErrTooLarge)
		}
		return do(handle, text, chars)
	})
}

// Text returns the text of a page, lines ended by \n. A word broken at the end
// of a line keeps its hyphen there.
func (d *Document) Text(page int) (string, error) {
	var out strings.Builder
	err := d.withText(page, func(_, text uint64, chars int) error {
		d.eachChar(text, chars, func(c char) {
			if c.apart {
				out.WriteByte(' ')
			}
			switch c.rune {
			case lineHyphen:
				out.WriteString("-\n")
			case '\r':
			default:
				out.WriteRune(c.rune)
			}
		})
		return nil
	})
	if err != nil {
		return "", err
	}
	return out.String(), nil
}

// lineHyphen stands for the hyphen of a word broken between two lines.
const lineHyphen rune = 2

// char is a character of a page: lineHyphen, or whatever else a text may hold.
type char struct {
	rune  rune
	rect  rect // of all but white space
	apart bool // far from the character before, without white space between
}

// eachChar calls do with the characters of a text page. Halves of surrogate
// pairs, which PDFium counts as two characters, are joined.
func (d *Document) eachChar(text uint64, chars int, do func(char)) {
	p := d.alloc(16)
	defer d.free(p)
	var before rect
	high := rune(0) // first half of a pair
	for n := 0; n < chars && d.err == nil; n++ {
		r := rune(int32(d.call("FPDFText_GetUnicode", text, uint64(n))))
		if utf16.IsSurrogate(r) {
			r, high = utf16.DecodeRune(high, r), r
			if r == unicode.ReplacementChar {
				continue
			}
		} else if high = 0; r == 0xFFFE { // the mark of older versions
			r = lineHyphen
		}
		switch {
		case unicode.IsSpace(r):
			before = rect{}
			do(char{rune: r})
		case r == lineHyphen || allowed(r):
			d.call("FPDFText_GetLooseCharBox", text, uint64(n), p)
			c := char{rune: r, rect: d.floats(p)}
			c.apart = before.apart(c.rect)
			if before = c.rect; r == lineHyphen {
				before = rect{} // a line ends here
			}
			do(c)
		}
	}
}

// rect is a box in page coordinates as PDFium gives it: left, top, right,
// bottom, y upwards.
type rect [4]float64

// apart reports whether a gap wider than both boxes lies between them: PDFium
// puts no space between a running header and the page number on the far side.
func (a rect) apart(b rect) bool {
	size := max(a[2]-a[0], a[1]-a[3], b[2]-b[0], b[1]-b[3])
	gap := max(b[0]-a[2], a[0]-b[2], b[3]-a[1], a[3]-b[1])
	return a != rect{} && b != rect{} && gap > size
}

// allowed excludes controls, noncharacters and what is not Unicode. White space
// is not asked for.
func allowed(r rune) bool {
	return !unicode.IsControl(r) && utf8.ValidRune(r) && r&0xFFFE != 0xFFFE
}

// oneLine makes a title of a string: no controls, single spaces, valid UTF-8.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.TrimRight(s, "\x00"))
	return strings.Join(strings.Fields(s), " ")
}
