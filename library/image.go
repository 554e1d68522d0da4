package library

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math"
	"slices"

	"github.com/holtdb/holt/library/extract/pdf"
)

// imageWidths returns the widths in pixels in which pages are drawn. A few
// steps let sizes share what is cached.
func imageWidths() []int { return []int{360, 720, 1080, 1440, 2160} }

// snapWidth returns the least step that is not smaller than width.
func snapWidth(width int) int {
	steps := imageWidths()
	i, _ := slices.BinarySearch(steps, width)
	return steps[min(i, len(steps)-1)]
}

// PageImage draws a page of a PDF as PNG, at least width pixels wide up to
// 2160. It is [ErrInvalid] for other formats and [extract.ErrPassword] for a
// protected file, whose password is not kept, and [ErrPageTooSlow] for a page
// that is not drawn in time. The caller must not change the bytes.
func (l *Library) PageImage(ctx context.Context, id string, number, width int) ([]byte, error) {
	rec, _, err := l.pdfPage(ctx, id, number)
	if err != nil {
		return nil, err
	}
	width = snapWidth(width)
	follow := []product{wordsOf(number)}
	if number < rec.Pages {
		follow = append(follow, imageOf(number+1, width), wordsOf(number+1))
	}
	data, err := l.produce(ctx, rec, imageOf(number, width), follow...)
	if err != nil {
		return nil, fmt.Errorf("draw page: %w", err)
	}
	return data, nil
}

// Layout returns where the words of a page of a PDF stand, with Hit and Passage
// set on those that are marked. Errors are those of [Library.PageImage].
func (l *Library) Layout(ctx context.Context, id string, number int, m Marks) (Layout, error) {
	rec, page, err := l.pdfPage(ctx, id, number)
	if err != nil {
		return Layout{}, err
	}
	words, err := l.wordsOn(ctx, rec, page)
	if err != nil {
		return Layout{}, fmt.Errorf("lay out page: %w", err)
	}
	on, err := l.marking(ctx, rec.seq, number, m)
	if err != nil {
		return Layout{}, err
	}
	out := Layout{Width: words.Width, Height: words.Height, Words: make([]PlacedWord, len(words.Words))}
	for i, w := range words.Words {
		out.Words[i] = PlacedWord{Text: w.Text, Box: Box{X: w.X, Y: w.Y, W: w.W, H: w.H}}
	}
	out.Words = on.place(out.Words)
	return out, nil
}

// wordsOn returns the words of a page: of its text layer, or those that were
// read of its picture.
func (l *Library) wordsOn(ctx context.Context, rec record, page Page) (words pdf.Words, err error) {
	if page.Source == sourceOCR {
		return l.recognisedWords(ctx, rec.seq, page.Number)
	}
	data, err := l.produce(ctx, rec, wordsOf(page.Number))
	if err != nil {
		return pdf.Words{}, err
	}
	return words, json.Unmarshal(data, &words)
}

// MarkedImage is [Library.PageImage] with the hits marked, and paler the passage.
func (l *Library) MarkedImage(ctx context.Context, id string, number, width int, m Marks) ([]byte, error) {
	data, err := l.PageImage(ctx, id, number, width)
	if err != nil {
		return nil, err
	}
	layout, err := l.Layout(ctx, id, number, m)
	if err != nil {
		return nil, err
	}
	var hits, passage []Box
	for _, w := range layout.Words {
		switch {
		case w.Hit:
			hits = append(hits, w.Box)
		case w.Passage:
			passage = append(passage, w.Box)
		}
	}
	if len(hits)+len(passage) == 0 || layout.Width <= 0 {
		return data, nil
	}
	page, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("mark page: %w", err)
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&out, marked(page, hits, passage, layout.Width)); err != nil {
		return nil, fmt.Errorf("mark page: %w", err)
	}
	return out.Bytes(), nil
}

// marker is a colour that leaves all of the red: shares of green and blue of 255.
type marker struct{ green, blue int }

// marked returns the image with yellow over the hits and a paler one over the
// passage, like a text marker: the print stays black. The boxes are in units of
// which the image is width wide.
func marked(page image.Image, hits, passage []Box, width float64) *image.RGBA {
	bounds := page.Bounds()
	out := image.NewRGBA(bounds)
	draw.Draw(out, bounds, page, bounds.Min, draw.Src)
	scale := float64(bounds.Dx()) / width
	done := make(map[image.Point]bool) // boxes overlap; no pixel is marked twice
	paint := func(boxes []Box, m marker) {
		for _, b := range boxes {
			area := boxPixels(b, scale).Add(bounds.Min).Intersect(bounds)
			for y := area.Min.Y; y < area.Max.Y; y++ {
				for x := area.Min.X; x < area.Max.X; x++ {
					if p := (image.Point{X: x, Y: y}); !done[p] {
						done[p] = true
						m.multiply(out.Pix[out.PixOffset(x, y):])
					}
				}
			}
		}
	}
	paint(hits, marker{green: 0xe1, blue: 0x4d})
	paint(passage, marker{green: 0xf6, blue: 0xc4})
	return out
}

// boxPixels is the area of a box with a margin that keeps letters clear.
func boxPixels(b Box, scale float64) image.Rectangle {
	const margin = 1 // points
	return image.Rect(
		int(math.Floor((b.X-margin)*scale)), int(math.Floor((b.Y-margin)*scale)),
		int(math.Ceil((b.X+b.W+margin)*scale)), int(math.Ceil((b.Y+b.H+margin)*scale)))
}

// multiply lays the colour over one pixel.
func (m marker) multiply(pixel []byte) {
	pixel[1] = byte(int(pixel[1]) * m.green / 0xff)
	pixel[2] = byte(int(pixel[2]) * m.blue / 0xff)
}
