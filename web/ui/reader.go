package ui

import (
	"html/template"
	"math"
	"net/url"
	"strconv"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract"
)

// ReaderPage shows one page of a document. Its address is /read/{id}/{page},
// with q for the words that are marked and found, and start and end for a
// passage that is marked, in bytes of the page's text. The field that takes a
// page number sends it as the parameter page to the same address.
type ReaderPage struct {
	Frame
	Document   library.Document
	Page       library.Page
	Outline    []extract.OutlineEntry
	Query      string
	Found      []int // pages with hits of Query, ascending
	Start, End int   // of the passage that is marked; End is 0 without one
	// Layout is where the words of a PDF page stand; nil for other formats.
	Layout *library.Layout
	// HTML is the page of other formats, sanitised, with the hits in <mark> and
	// the passage in <mark class="passage">.
	HTML string
	// Text is the escaped text of a PDF page, marked in the same way.
	Text string
	// TextOnly is set for a page of a PDF that cannot be drawn.
	TextOnly bool
}

func (ReaderPage) template() string { return "reader" }

// ReaderPanel is the page of a document beside an answer: the fragment that
// /read/{id}/{page} answers with when it has the parameter panel. Outline, Query
// and Found are not used.
type ReaderPanel struct{ ReaderPage }

func (ReaderPanel) template() string { return "reader" }
func (ReaderPanel) layout() string   { return "reader-panel" }

// thumbnailsAround is how many small pages stand before and after the present one.
const thumbnailsAround = 8

// Picture reports whether the page is shown as an image. A protected PDF is not:
// its password is needed for that and is not kept.
func (p ReaderPage) Picture() bool {
	return p.Document.Format == extract.PDF && !p.Document.Protected && !p.TextOnly
}

// Body is the sanitised HTML, to be written as it is.
func (p ReaderPage) Body() template.HTML {
	// The library sanitised it, and the policy of the page forbids scripts.
	return template.HTML(p.HTML)
}

// To is the address of a page of the document, with the words kept, and with the
// passage on its own page.
func (p ReaderPage) To(page int) string {
	if page == p.Page.Number {
		return passageURL(p.Document.ID, page, p.Start, p.End, p.Query)
	}
	return passageURL(p.Document.ID, page, 0, 0, p.Query)
}

// Plain is the address of the present page without marks.
func (p ReaderPage) Plain() string {
	return "/read/" + url.PathEscape(p.Document.ID) + "/" + strconv.Itoa(p.Page.Number)
}

// Image is the address of the picture of a page, width pixels wide.
func (p ReaderPage) Image(page, width int) string {
	return "/api/library/" + url.PathEscape(p.Document.ID) + "/pages/" + strconv.Itoa(page) +
		"/image?w=" + strconv.Itoa(width)
}

// Previous is the page before, 0 on the first.
func (p ReaderPage) Previous() int { return p.Page.Number - 1 }

// Next is the page after, 0 on the last.
func (p ReaderPage) Next() int {
	if p.Page.Number >= p.Document.Pages {
		return 0
	}
	return p.Page.Number + 1
}

// PreviousFound is the nearest page before with hits, 0 where there is none.
func (p ReaderPage) PreviousFound() int {
	previous := 0
	for _, page := range p.Found {
		if page < p.Page.Number {
			previous = page
		}
	}
	return previous
}

// NextFound is the nearest page after with hits, 0 where there is none.
func (p ReaderPage) NextFound() int {
	for _, page := range p.Found {
		if page > p.Page.Number {
			return page
		}
	}
	return 0
}

// FoundHere is the position of the present page among those with hits, from 1;
// 0 when it has none.
func (p ReaderPage) FoundHere() int {
	for i, page := range p.Found {
		if page == p.Page.Number {
			return i + 1
		}
	}
	return 0
}

// Thumbnails are the numbers of the pages around the present one.
func (p ReaderPage) Thumbnails() []int {
	first := max(1, p.Page.Number-thumbnailsAround)
	last := min(p.Document.Pages, p.Page.Number+thumbnailsAround)
	pages := make([]int, 0, max(0, last-first+1))
	for page := first; page <= last; page++ {
		pages = append(pages, page)
	}
	return pages
}

// CurrentEntry is the index of the outline's line that the page belongs to, -1
// before the first.
func (p ReaderPage) CurrentEntry() int {
	current := -1
	for i, entry := range p.Outline {
		if entry.Page > 0 && entry.Page <= p.Page.Number {
			current = i
		}
	}
	return current
}

// Label is the page as printed where that differs from its number.
func (p ReaderPage) Label() string {
	if p.Page.Label == strconv.Itoa(p.Page.Number) {
		return ""
	}
	return p.Page.Label
}

// Heights of an A4 page, for a page whose size is not known.
const (
	a4Width  = 595.28
	a4Height = 841.89
)

// size returns the size of the page in points.
func (p ReaderPage) size() (width, height float64) {
	if p.Layout != nil && p.Layout.Width > 0 && p.Layout.Height > 0 {
		return p.Layout.Width, p.Layout.Height
	}
	if p.Page.Width > 0 && p.Page.Height > 0 {
		return p.Page.Width, p.Page.Height
	}
	return a4Width, a4Height
}

// ImageHeight is the height of the page's picture when it is width pixels wide.
func (p ReaderPage) ImageHeight(width int) int {
	w, h := p.size()
	return int(math.Round(float64(width) * h / w))
}

// ViewBox is the coordinate system of the layer over the picture.
func (p ReaderPage) ViewBox() string {
	w, h := p.size()
	return "0 0 " + points(w) + " " + points(h)
}

// Word is a word of the layer over the picture, ready to be drawn.
type Word struct {
	Text                string
	X, Baseline, Length string // points
	Size                string // of the type
	Line                int    // words of one line have the same number
}

// shape of an invisible word: where the baseline runs in its box, and how much
// of the box its type fills.
const (
	baseline = 0.8
	typeSize = 0.95
)

// Words are the words of the page in reading order, to be selected and copied.
func (p ReaderPage) Words() []Word {
	if p.Layout == nil {
		return nil
	}
	words := make([]Word, 0, len(p.Layout.Words))
	line, middle, height := 0, math.Inf(-1), 0.0
	for _, w := range p.Layout.Words {
		if w.W <= 0 || w.H <= 0 {
			continue
		}
		if at := w.Y + w.H/2; math.Abs(at-middle) > max(height, w.H)/2 {
			line++
			middle, height = at, w.H
		}
		words = append(words, Word{
			Text: w.Text, X: points(w.X), Baseline: points(w.Y + w.H*baseline), Length: points(w.W),
			Size: points(w.H * typeSize), Line: line,
		})
	}
	return words
}

// Mark is a rectangle that marks a hit.
type Mark struct{ X, Y, W, H string }

const (
	// markMargin is how far a mark reaches beyond its word at either side, in points.
	markMargin = 1.2
	// markDrop is the share of a word's height above its capitals, which the
	// font leaves free for the line before.
	markDrop = 0.18
)

// Marks are the hits on the page.
func (p ReaderPage) Marks() []Mark {
	if p.Layout == nil {
		return nil
	}
	var marks []Mark
	for _, w := range p.Layout.Words {
		if w.Hit {
			marks = append(marks, Mark{
				X: points(w.X - markMargin), Y: points(w.Y + markDrop*w.H),
				W: points(w.W + 2*markMargin), H: points((1 - markDrop) * w.H),
			})
		}
	}
	return marks
}

// points writes a length with a hundredth of a point, finer than any screen.
func points(length float64) string {
	return strconv.FormatFloat(math.Round(length*100)/100, 'f', -1, 64)
}
