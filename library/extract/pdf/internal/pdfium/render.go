package pdfium

import (
	"bytes"
	"fmt"
	"image/png"
	"math"

	"github.com/holtdb/holt/library/extract"
)

// MaxPixels is the most pixels of one rendered page.
const MaxPixels = 40_000_000

// Render draws a page with its annotations and form fields as a PNG image
// width pixels wide, or less wide where the page's height would pass MaxPixels.
func (d *Document) Render(page, width int) ([]byte, error) {
	w, h, err := d.Size(page)
	if err != nil {
		return nil, err
	}
	if width < 1 {
		return nil, fmt.Errorf("render page %d: width %d", page, width)
	}
	pw, ph := pixels(w, h, width)
	var out bytes.Buffer
	err = d.withPage(page, func(handle uint64) error {
		bitmap := d.call("FPDFBitmap_Create", uint64(pw), uint64(ph), 0)
		if d.err == nil && bitmap == 0 {
			return fmt.Errorf("reserve %d×%d pixels: %w", pw, ph, extract.ErrTooLarge)
		}
		defer d.call("FPDFBitmap_Destroy", bitmap)
		d.draw(handle, bitmap, uint64(pw), uint64(ph))
		stride := d.callInt("FPDFBitmap_GetStride", bitmap)
		pix := d.bytes(d.call("FPDFBitmap_GetBuffer", bitmap), stride*ph)
		if d.err != nil {
			return d.err
		}
		encoder := png.Encoder{CompressionLevel: png.BestSpeed}
		return encoder.Encode(&out, compact(pix, stride, pw, ph))
	})
	if err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func (d *Document) draw(page, bitmap, w, h uint64) {
	const white, annotations, rgba, limitImageCache = 0xFFFFFFFF, 0x01, 0x10, 0x200
	const flags = annotations | rgba | limitImageCache
	d.call("FPDFBitmap_FillRect", bitmap, 0, 0, w, h, white)
	d.call("FPDF_RenderPageBitmap", bitmap, page, 0, 0, w, h, 0, flags)
	if d.form != 0 {
		d.call("FORM_OnAfterLoadPage", page, d.form)
		d.call("FPDF_FFLDraw", d.form, bitmap, page, 0, 0, w, h, 0, flags)
		d.call("FORM_OnBeforeClosePage", page, d.form)
	}
}

// pixels is the size of an image for a page of w×h points.
func pixels(w, h float64, width int) (int, int) {
	pw := float64(width)
	if pw*pw*h/w > MaxPixels {
		pw = math.Sqrt(MaxPixels * w / h)
	}
	pw = min(max(math.Floor(pw), 1), MaxPixels)
	ph := min(max(math.Round(pw*h/w), 1), math.Floor(MaxPixels/pw))
	return int(pw), int(ph)
}
