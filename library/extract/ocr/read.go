package ocr

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
)

// Page is what was read of a picture.
type Page struct {
	// Text has \n between lines and a blank line between paragraphs.
	Text string
	// Confidence is the mean over the words, from 0 to 1; 0 without words.
	Confidence float64
	// Words are in the order of the text.
	Words []Word
	// Width and Height are the picture's, in pixels.
	Width, Height int
}

// Word is a word and where it stands on the picture, in pixels from the top
// left corner.
type Word struct {
	Text       string
	X, Y, W, H float64
	Confidence float64 // from 0 to 1
	Line       int     // index of its line, from 0
}

// Ways of tesseract to take a page apart (--psm).
const (
	upright = "3" // blocks of text, none turned
	turned  = "1" // how the page is turned is found out first
)

// doubtful is the confidence below which an upright page may well be a turned
// one: words read rightly are seldom below 0.8, those of a turned page seldom
// above 0.4.
const doubtful = 0.6

// Read reads a picture in the format PNG of at most 16 million pixels that has
// dpi pixels per inch. A page that does not make sense upright is tried in the
// other directions. Read waits for its turn until ctx ends.
//
// Errors of the page are [ErrFailed] and [ErrSlow]; [ErrMissing] and
// [ErrLanguage] mean that what was there has gone.
func (r *Reader) Read(ctx context.Context, png []byte, dpi int) (Page, error) {
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return Page{}, ctx.Err()
	}
	picture, err := grayOf(png)
	if err != nil {
		return Page{}, fmt.Errorf("read page: %w: %w", ErrFailed, err)
	}
	size := picture.Bounds().Size()
	if isBlank(picture) {
		return Page{Width: size.X, Height: size.Y}, nil
	}
	input, err := encode(picture)
	if err != nil {
		return Page{}, fmt.Errorf("read page: %w", err)
	}
	read := func(segmentation string) (Page, error) {
		out, err := r.program.run(ctx, input, "stdin", "stdout", "-l", joined(r.languages, "+"),
			"--dpi", strconv.Itoa(dpi), "--psm", segmentation, "-c", "tessedit_create_tsv=1")
		var page Page
		if err == nil {
			page, err = parseTSV(out.stdout, size.X, size.Y)
		}
		if errors.Is(err, errRun) || errors.Is(err, errNonsense) {
			err = fmt.Errorf("%w: %w", ErrFailed, err)
		}
		if err != nil {
			return Page{}, fmt.Errorf("read page: %w", err)
		}
		return page, nil
	}
	page, err := read(upright)
	if err != nil || !r.turns || page.Confidence >= doubtful {
		return page, err
	}
	other, err := read(turned)
	if errors.Is(err, ErrFailed) || errors.Is(err, ErrSlow) || err == nil && other.certainty() <= page.certainty() {
		return page, nil
	}
	return other, err
}

// certainty is more for a page with more words that are surer.
func (p Page) certainty() float64 { return p.Confidence * float64(len(p.Words)) }

// missesLanguage recognises the complaints of tesseract about absent data.
func missesLanguage(stderr []byte) bool {
	return bytes.Contains(stderr, []byte("couldn't load any languages")) ||
		bytes.Contains(stderr, []byte("Failed loading language"))
}
