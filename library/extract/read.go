package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/holtdb/holt/library/extract/markup"
)

// File is a file to read. Its Reader must give the same bytes throughout.
type File struct {
	Reader io.ReaderAt
	Size   int64
	Format Format
}

// Read extracts everything from a file of any format but PDF, which needs a
// process of its own. It returns ErrBroken, ErrProtected, ErrTooLarge or the
// context's error; a file without any text has no pages.
func Read(ctx context.Context, f File) (*Content, error) {
	if f.Size <= 0 {
		return nil, ErrEmpty
	}
	var content *Content
	var err error
	switch f.Format {
	case EPUB:
		content, err = readEPUB(ctx, f)
	case DOCX:
		content, err = readDOCX(ctx, f)
	case HTML:
		content, err = readHTML(ctx, f)
	case Markdown:
		content, err = readMarkdown(ctx, f)
	case Text:
		content, err = readText(ctx, f)
	default:
		return nil, ErrUnsupported
	}
	if errors.Is(err, markup.ErrTooLong) {
		err = fmt.Errorf("%w: %w", ErrTooLarge, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.Format, err)
	}
	return content, nil
}

// load returns the bytes of a file that is one text.
func load(f File) ([]byte, error) {
	if f.Size > maxPart {
		return nil, ErrTooLarge
	}
	data := make([]byte, f.Size)
	if n, err := f.Reader.ReadAt(data, 0); n < len(data) {
		return nil, fmt.Errorf("read file: %w", noEOF(err))
	}
	return data, nil
}

// decodeText makes UTF-8 of plain text: by its mark, else as UTF-8 where it is
// valid, else as Windows-1252.
func decodeText(data []byte) (string, error) {
	if isUTF16(data) {
		return decoded(unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Bytes(data))
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	return decoded(charmap.Windows1252.NewDecoder().Bytes(data))
}

// decodeHTML makes UTF-8 of an HTML document: by its mark or its own word,
// else as UTF-8 where it is valid, else as Windows-1252.
func decodeHTML(data []byte) (string, error) {
	encoding, name, certain := charset.DetermineEncoding(data, "")
	if name == "utf-8" || !certain && utf8.Valid(data) {
		return string(data), nil
	}
	return decoded(encoding.NewDecoder().Bytes(data))
}

func decoded(data []byte, err error) (string, error) {
	if err != nil {
		return "", fmt.Errorf("decode text: %w: %w", ErrBroken, err)
	}
	return string(data), nil
}
