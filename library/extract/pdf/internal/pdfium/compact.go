package pdfium

import (
	"image"
	"image/color"
)

// compact chooses the smallest kind of image that holds the pixels: a page of
// text has few colours. pix is RGBA whose alpha is not set.
func compact(pix []byte, stride, w, h int) image.Image {
	rect := image.Rect(0, 0, w, h)
	var colours palette
	few := image.NewPaletted(rect, nil)
	for y := range h {
		row, out := pix[y*stride:][:4*w], few.Pix[y*few.Stride:][:w]
		if !colours.index(row, out) {
			for k := 3; k < len(pix); k += 4 {
				pix[k] = 0xFF
			}
			return &image.RGBA{Pix: pix, Stride: stride, Rect: rect}
		}
	}
	for _, c := range colours.list {
		few.Palette = append(few.Palette, color.RGBA{byte(c), byte(c >> 8), byte(c >> 16), 0xFF})
	}
	return few
}

// palette numbers up to 256 colours in the order they are met.
type palette struct {
	list  []uint32     // 0x00BBGGRR
	slots [1024]uint16 // open-addressed hash table: place in list + 1
}

// index writes the number of each RGBA pixel of row to out. It fails at the
// 257th colour.
func (p *palette) index(row, out []byte) bool {
	last, number := uint32(1)<<31, byte(0)
	for x := range out {
		c := uint32(row[4*x]) | uint32(row[4*x+1])<<8 | uint32(row[4*x+2])<<16
		if c != last {
			n, ok := p.number(c)
			if !ok {
				return false
			}
			last, number = c, n
		}
		out[x] = number
	}
	return true
}

func (p *palette) number(c uint32) (byte, bool) {
	const mask = uint32(len(p.slots) - 1)
	for at := c * 0x9E3779B1 >> 22; ; at = (at + 1) & mask {
		slot := p.slots[at]
		switch {
		case slot == 0 && len(p.list) == 256:
			return 0, false
		case slot == 0:
			p.list = append(p.list, c)
			p.slots[at] = uint16(len(p.list))
			return byte(len(p.list) - 1), true
		case p.list[slot-1] == c:
			return byte(slot - 1), true
		}
	}
}
