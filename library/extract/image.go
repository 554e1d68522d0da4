package extract

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"path"
	"strings"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// Size of a cover thumbnail in pixels.
const (
	coverHeight = 480
	coverWidth  = 960
)

// Resource is an image that lies inside a document. It must be closed.
type Resource struct {
	io.ReadCloser
	MediaType string // image/png, image/jpeg, image/gif or image/webp, by the content
	Size      int64  // bytes
}

// OpenResource opens an image inside an EPUB by the exact name of its entry:
// what follows "holt-resource:" in Page.HTML, unescaped. The image is expanded
// while it is read, so that the file must stay open until then; reading fails
// with ErrBroken where the entry does not have the size it claims. OpenResource
// returns ErrTooLarge for an image of more than 16 MB and ErrUnsupported for
// all that is not such an image, also for what is not there.
func OpenResource(f File, name string) (*Resource, error) {
	if f.Format != EPUB || !isImageName(name) {
		return nil, fmt.Errorf("open resource: %w", ErrUnsupported)
	}
	a, err := openArchive(f.Reader, f.Size)
	if err != nil {
		return nil, fmt.Errorf("open resource: %w", err)
	}
	if !a.has(name) {
		return nil, fmt.Errorf("open resource: %w", ErrUnsupported)
	}
	r, size, err := a.stream(name, maxImage)
	if err != nil {
		return nil, fmt.Errorf("open resource: %w", err)
	}
	head := make([]byte, min(imageHead, size))
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, errors.Join(fmt.Errorf("open resource: %w", err), r.Close())
	}
	codec := codecOf(head)
	if codec == nil {
		return nil, errors.Join(fmt.Errorf("open resource: %w", ErrUnsupported), r.Close())
	}
	whole := struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), r), r}
	return &Resource{whole, codec.mediaType, size}, nil
}

// imageHead is how many bytes of an image are read to tell its type.
const imageHead = 512

// isImageName reports whether an entry may be an image that is safe to show.
func isImageName(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".jpe", ".gif", ".webp":
		return true
	}
	return false
}

// codec reads one kind of image.
type codec struct {
	mediaType string
	config    func(io.Reader) (image.Config, error)
	decode    func(io.Reader) (image.Image, error)
}

// codecOf returns the codec for an image by its first bytes, nil for none.
func codecOf(data []byte) *codec {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return &codec{"image/png", png.DecodeConfig, png.Decode}
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return &codec{"image/jpeg", jpeg.DecodeConfig, jpeg.Decode}
	case bytes.HasPrefix(data, []byte("GIF8")):
		return &codec{"image/gif", gif.DecodeConfig, gif.Decode}
	case len(data) > 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return &codec{"image/webp", webp.DecodeConfig, webp.Decode}
	}
	return nil
}

// coverImage returns the thumbnail of the book's cover, nil where there is
// none that can be read.
func (e *epub) coverImage() []byte {
	for _, name := range e.covers {
		data, err := e.archive.read(name, maxImage)
		if err != nil {
			continue
		}
		if cover, err := thumbnail(data); err == nil {
			return cover
		}
	}
	return nil
}

// thumbnail scales an image down to the size of a cover. The size it claims is
// checked before memory is spent on it.
func thumbnail(data []byte) ([]byte, error) {
	codec := codecOf(data)
	if codec == nil {
		return nil, ErrUnsupported
	}
	config, err := codec.config(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("read image header: %w", err)
	}
	if config.Width <= 0 || config.Height <= 0 {
		return nil, errors.New("image without a size")
	}
	if config.Width > maxPixels/config.Height {
		return nil, fmt.Errorf("image of %d × %d pixels: %w", config.Width, config.Height, ErrTooLarge)
	}
	full, err := codec.decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("decode image: %w", err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, scale(full)); err != nil {
		return nil, fmt.Errorf("encode thumbnail: %w", err)
	}
	return out.Bytes(), nil
}

// scale returns an image no larger than a cover, on white: covers have no use
// for transparency.
func scale(full image.Image) image.Image {
	bounds := full.Bounds()
	width, height := bounds.Dx(), bounds.Dy()
	if height > coverHeight {
		width, height = width*coverHeight/height, coverHeight
	}
	if width > coverWidth {
		width, height = coverWidth, height*coverWidth/width
	}
	small := image.NewRGBA(image.Rect(0, 0, max(width, 1), max(height, 1)))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src)
	draw.CatmullRom.Scale(small, small.Bounds(), full, bounds, draw.Over, nil)
	return small
}
