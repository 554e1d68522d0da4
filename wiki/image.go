package wiki

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	// Formats that attachments are read in.
	_ "image/gif"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"github.com/holtdb/holt/wiki/repo"
)

// Thumbnail sizes, in pixels.
const (
	ThumbnailSize = 80
	maxScaled     = 4096
)

const (
	maxImageBytes  = 32 << 20
	maxImagePixels = 50_000_000
)

// ErrNoImage means that a file cannot be shown as a smaller picture.
var ErrNoImage = errors.New("not a picture that can be scaled")

// Scaled is a picture made smaller.
type Scaled struct {
	Data []byte
	Type string // media type
	Blob repo.Hash
}

// Scale returns a picture of a page's that fits into width and height; 0 leaves
// a side free. The shape is kept, and nothing is made larger.
func (s *Session) Scale(ctx context.Context, page Name, file string, rev *repo.Revision, width, height int) (Scaled, error) {
	content, err := s.OpenAttachment(ctx, page, file, rev)
	if err != nil {
		return Scaled{}, err
	}
	defer content.Close()
	if content.Size > maxImageBytes {
		return Scaled{}, fmt.Errorf("%w: it is too large", ErrNoImage)
	}
	data, err := io.ReadAll(io.LimitReader(content, maxImageBytes))
	if err != nil {
		return Scaled{}, fmt.Errorf("read picture: %w", err)
	}
	s.w.scaling.Lock()
	scaled, kind, err := scale(data, width, height)
	s.w.scaling.Unlock()
	if err != nil {
		return Scaled{}, err
	}
	return Scaled{Data: scaled, Type: kind, Blob: content.Blob}, nil
}

// scale decodes, shrinks and encodes a picture.
func scale(data []byte, width, height int) (scaled []byte, kind string, err error) {
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width*config.Height > maxImagePixels || config.Width <= 0 || config.Height <= 0 {
		return nil, "", ErrNoImage
	}
	w, h := fit(config.Width, config.Height, min(width, maxScaled), min(height, maxScaled))
	if w == config.Width && h == config.Height {
		return data, "image/" + format, nil
	}
	from, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, "", ErrNoImage
	}
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.ApproxBiLinear.Scale(to, to.Bounds(), from, from.Bounds(), draw.Src, nil)
	var b bytes.Buffer
	if format == "jpeg" {
		err = jpeg.Encode(&b, to, &jpeg.Options{Quality: 85})
		return b.Bytes(), "image/jpeg", err
	}
	err = png.Encode(&b, to)
	return b.Bytes(), "image/png", err
}

// fit returns the size of a picture that fits into width and height, each 0 for
// any.
func fit(w, h, width, height int) (int, int) {
	share := 1.0
	if width > 0 {
		share = min(share, float64(width)/float64(w))
	}
	if height > 0 {
		share = min(share, float64(height)/float64(h))
	}
	return max(1, int(float64(w)*share+0.5)), max(1, int(float64(h)*share+0.5))
}
