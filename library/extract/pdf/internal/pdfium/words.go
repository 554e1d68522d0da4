package pdfium

import (
	"fmt"
	"math"
	"strings"
	"unicode"

	"github.com/holtdb/holt/library/extract"
)

// Word is a word and its box in points, from the top left corner of the page
// as displayed.
type Word struct {
	Text       string
	X, Y, W, H float64
}

// Words are the words of a page in reading order.
type Words struct {
	Width, Height float64 // of the page, in points
	Words         []Word
}

const (
	maxWords      = 100_000
	maxWordLength = 1024 // bytes; longer ones are cut in pieces
)

// Words returns the words of a page: what white space separates in Text.
func (d *Document) Words(page int) (Words, error) {
	w, h, err := d.Size(page)
	if err != nil {
		return Words{}, err
	}
	g := grouper{words: Words{Width: w, Height: h}}
	err = d.withText(page, func(handle, text uint64, chars int) error {
		toDisplay := d.display(handle, w, h)
		d.eachChar(text, chars, func(c char) {
			if c.apart || unicode.IsSpace(c.rune) {
				g.end()
			}
			if !unicode.IsSpace(c.rune) {
				g.add(c.rune, toDisplay.box(c.rect))
			}
			if c.rune == lineHyphen {
				g.end()
			}
		})
		g.end()
		if n := len(g.words.Words); n > maxWords {
			return fmt.Errorf("page %d has %d words: %w", page, n, extract.ErrTooLarge)
		}
		return nil
	})
	if err != nil {
		return Words{}, err
	}
	return g.words, nil
}

// round keeps a thousandth of a point: finer digits only cost space.
func round(v float64) float64 { return math.Round(v*1000) / 1000 }

// grouper joins characters into words.
type grouper struct {
	words Words
	text  strings.Builder
	box   box
}

func (g *grouper) add(r rune, b box) {
	if r == lineHyphen {
		r = '-'
	}
	if g.text.Len() == 0 {
		g.box = b
	} else {
		g.box = g.box.union(b)
	}
	g.text.WriteRune(r)
	if g.text.Len() >= maxWordLength {
		g.end()
	}
}

func (g *grouper) end() {
	if g.text.Len() == 0 {
		return
	}
	b := g.box.clip(g.words.Width, g.words.Height)
	g.words.Words = append(g.words.Words, Word{
		Text: g.text.String(), X: round(b.left), Y: round(b.top),
		W: round(b.right - b.left), H: round(b.bottom - b.top),
	})
	g.text.Reset()
}

// box is a rectangle on the displayed page, y downwards. An empty one has
// left > right.
type box struct{ left, top, right, bottom float64 }

func (b box) union(c box) box {
	switch {
	case c.left > c.right:
		return b
	case b.left > b.right:
		return c
	}
	return box{min(b.left, c.left), min(b.top, c.top), max(b.right, c.right), max(b.bottom, c.bottom)}
}

// clip keeps a box on its page; an empty one becomes a point at the origin.
func (b box) clip(w, h float64) box {
	if b.left > b.right {
		return box{}
	}
	inside := func(v, limit float64) float64 { return min(max(v, 0), limit) }
	return box{inside(b.left, w), inside(b.top, h), inside(b.right, w), inside(b.bottom, h)}
}

// affine maps page coordinates (y upwards, before rotation) to the displayed page.
type affine struct{ x0, xx, xy, y0, yx, yy float64 }

// display asks PDFium where three points of the page come to lie on a fine
// grid over it: that covers rotation and crop box alike.
func (d *Document) display(page uint64, w, h float64) affine {
	const grid, step = 1 << 24, 1000.0
	p := d.alloc(16)
	defer d.free(p)
	at := func(x, y float64) (float64, float64) {
		d.call("FPDF_PageToDevice", page, 0, 0, grid, grid, 0, f64(x), f64(y), p, p+4)
		v := d.words32(p)
		return float64(int32(v[0])) * w / grid, float64(int32(v[1])) * h / grid
	}
	x0, y0 := at(0, 0)
	x1, y1 := at(step, 0)
	x2, y2 := at(0, step)
	return affine{x0, (x1 - x0) / step, (x2 - x0) / step, y0, (y1 - y0) / step, (y2 - y0) / step}
}

// box maps a box of the page.
func (a affine) box(r rect) box {
	for _, v := range r {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return box{left: 1, right: -1}
		}
	}
	point := func(x, y float64) (float64, float64) {
		return a.x0 + a.xx*x + a.xy*y, a.y0 + a.yx*x + a.yy*y
	}
	x1, y1 := point(r[0], r[1])
	x2, y2 := point(r[2], r[3])
	return box{min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)}
}
