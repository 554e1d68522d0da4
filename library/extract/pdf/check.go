package pdf

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"

	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/library/extract/pdf/internal/pdfium"
)

// Bounds on what a child may say of a document.
const (
	maxPages        = 100_000
	maxAuthors      = 1000
	maxOutline      = 10_000
	maxOutlineLevel = 64
	maxWords        = 100_000
)

func nonsense(what string, v any) error {
	return fmt.Errorf("the PDF process said %s %v: %w", what, v, extract.ErrBroken)
}

// decodeInfo reads and checks the answer to opOpen.
func decodeInfo(payload []byte) (Info, error) {
	var info Info
	if err := json.Unmarshal(payload, &info); err != nil {
		return Info{}, nonsense("info", len(payload))
	}
	switch {
	case info.Pages < 1 || info.Pages > maxPages:
		return Info{}, nonsense("pages", info.Pages)
	case len(info.Labels) != 0 && len(info.Labels) != info.Pages:
		return Info{}, nonsense("labels", len(info.Labels))
	case len(info.Authors) > maxAuthors:
		return Info{}, nonsense("authors", len(info.Authors))
	case len(info.Outline) > maxOutline:
		return Info{}, nonsense("outline entries", len(info.Outline))
	}
	for _, entry := range info.Outline {
		if entry.Page < 0 || entry.Page > info.Pages || entry.Level < 0 || entry.Level > maxOutlineLevel {
			return Info{}, nonsense("outline entry", entry.Page)
		}
	}
	if len(info.Labels) == 0 {
		info.Labels = make([]string, info.Pages)
	}
	return info, nil
}

// decodeWords reads and checks the answer to opWords or opSize. Boxes lie on the page.
func decodeWords(payload []byte) (Words, error) {
	var words Words
	if err := json.Unmarshal(payload, &words); err != nil {
		return Words{}, nonsense("words", len(payload))
	}
	if !finite(words.Width) || !finite(words.Height) || words.Width <= 0 || words.Height <= 0 {
		return Words{}, nonsense("page size", words.Width)
	}
	if len(words.Words) > maxWords {
		return Words{}, nonsense("words", len(words.Words))
	}
	for _, w := range words.Words {
		if !within(w.X, w.W, words.Width) || !within(w.Y, w.H, words.Height) {
			return Words{}, nonsense("word box", [4]float64{w.X, w.Y, w.W, w.H})
		}
	}
	return words, nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// within reports whether a span lies in 0…limit, rounding allowed for.
func within(start, length, limit float64) bool {
	const rounding = 0.01
	return start >= 0 && length >= 0 && start+length <= limit+rounding
}

// checkPNG checks a picture's signature and header: 8 bytes, then the IHDR
// chunk (length, type, width, height …) of the PNG specification.
func checkPNG(b []byte, width int) error {
	const start = "\x89PNG\r\n\x1a\n\x00\x00\x00\x0DIHDR"
	if len(b) < len(start)+8 || string(b[:len(start)]) != start {
		return nonsense("picture of bytes", len(b))
	}
	w := int64(binary.BigEndian.Uint32(b[len(start):]))
	h := int64(binary.BigEndian.Uint32(b[len(start)+4:]))
	if w < 1 || h < 1 || w > int64(width) || w*h > pdfium.MaxPixels {
		return nonsense("picture size", [2]int64{w, h})
	}
	return nil
}
