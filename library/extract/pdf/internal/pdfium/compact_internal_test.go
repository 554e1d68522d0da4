package pdfium

import (
	"image"
	"image/color"
	"testing"
)

// TestCompact draws more and more colours and checks that every pixel stays.
func TestCompact(t *testing.T) {
	const w, h, stride = 40, 30, 4*40 + 8
	for _, c := range []struct {
		colours int
		few     bool
	}{{1, true}, {2, true}, {17, true}, {256, true}, {257, false}, {1200, false}} {
		pix := make([]byte, stride*h)
		want := func(x, y int) color.RGBA {
			n := (y*w + x) % c.colours
			return color.RGBA{byte(n), byte(n >> 8), byte(n * 7), 0xFF}
		}
		for y := range h {
			for x := range w {
				p := want(x, y)
				copy(pix[y*stride+4*x:], []byte{p.R, p.G, p.B, byte(x)}) // alpha is not set
			}
		}
		img := compact(pix, stride, w, h)
		if _, few := img.(*image.Paletted); few != c.few {
			t.Errorf("%d colours became %T", c.colours, img)
		}
		for y := range h {
			for x := range w {
				if got := color.RGBAModel.Convert(img.At(x, y)); got != want(x, y) {
					t.Fatalf("%d colours: pixel %d,%d is %v, want %v", c.colours, x, y, got, want(x, y))
				}
			}
		}
	}
}

func TestPixels(t *testing.T) {
	for _, c := range []struct {
		w, h   float64
		width  int
		pw, ph int
	}{
		{300, 400, 150, 150, 200},
		{300, 400, 1, 1, 1},
		{1, 1e6, 1000, 6, 6_000_000},
		{1e6, 1, 1000, 1000, 1},
		{1e-6, 1e9, 1000, 1, MaxPixels},
		{1e9, 1e-6, 2_000_000_000, MaxPixels, 1},
	} {
		pw, ph := pixels(c.w, c.h, c.width)
		if pw != c.pw || ph != c.ph || pw*ph > MaxPixels {
			t.Errorf("pixels(%v, %v, %d) = %d, %d, want %d, %d", c.w, c.h, c.width, pw, ph, c.pw, c.ph)
		}
	}
}
