package ocr

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
)

// maxPixels is the most pixels of a picture: a page of A4 has 9 million at 300
// dpi.
const maxPixels = 16 << 20

// grayOf decodes a picture. What is transparent in it lies on white.
func grayOf(data []byte) (*image.Gray, error) {
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("decode picture: %w", err)
	}
	if config.Width < 1 || config.Height < 1 || config.Width > maxPixels/config.Height {
		return nil, fmt.Errorf("a picture of %d×%d pixels is too large", config.Width, config.Height)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("decode picture: %w", err)
	}
	switch p := picture.(type) {
	case *image.Gray:
		return p, nil
	case *image.RGBA: // what PNG without transparency becomes, opaque
		return luminance(p.Pix, p.Stride, p.Rect), nil
	case *image.NRGBA:
		if p.Opaque() {
			return luminance(p.Pix, p.Stride, p.Rect), nil
		}
	}
	gray := image.NewGray(picture.Bounds())
	draw.Draw(gray, gray.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(gray, gray.Rect, picture, picture.Bounds().Min, draw.Over)
	return gray, nil
}

// luminance makes gray of pixels of four bytes: red, green, blue and an alpha
// that is full. The weights are those of ITU-R BT.601, in 256ths.
func luminance(pix []byte, stride int, rect image.Rectangle) *image.Gray {
	gray := image.NewGray(rect)
	width := rect.Dx()
	for y := range rect.Dy() {
		from, to := pix[y*stride:][:4*width], gray.Pix[y*gray.Stride:][:width]
		for x := range to {
			p := from[4*x:][:3]
			to[x] = byte((77*int(p[0]) + 150*int(p[1]) + 29*int(p[2])) >> 8)
		}
	}
	return gray
}

// isBlank reports whether a picture is all of one shade, so that there is
// nothing to be read.
func isBlank(picture *image.Gray) bool {
	const shades = 24 // that print on paper differs by at least
	lightest, darkest := byte(0), byte(255)
	width := picture.Rect.Dx()
	for y := range picture.Rect.Dy() {
		for _, shade := range picture.Pix[y*picture.Stride:][:width] {
			lightest, darkest = max(lightest, shade), min(darkest, shade)
		}
	}
	return int(lightest)-int(darkest) < shades
}

// encode writes a picture as PNG, not compressed: it only goes through a pipe.
func encode(picture *image.Gray) ([]byte, error) {
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.NoCompression}
	if err := encoder.Encode(&b, picture); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return b.Bytes(), nil
}
