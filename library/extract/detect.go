package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

const (
	sniffed  = 64 << 10 // bytes at the beginning of a file that decide
	pdfStart = 1024     // a PDF begins within so many bytes
	pdfEnd   = 2048     // and ends within so many
)

// Detect tells the format of a file by its content. The name, of which only
// the extension counts, decides between Markdown, HTML and plain text where
// the content leaves it open. It returns ErrUnsupported, ErrEmpty or, for an
// archive that cannot be opened, ErrBroken or ErrTooLarge.
func Detect(r io.ReaderAt, size int64, name string) (Format, error) {
	if size <= 0 {
		return "", ErrEmpty
	}
	head := make([]byte, min(size, sniffed))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return "", fmt.Errorf("read file: %w", noEOF(err))
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return detectArchive(r, size, head)
	}
	if isPDF(r, size, head) {
		return PDF, nil
	}
	return detectText(head, name)
}

// noEOF makes the end of a file that is shorter than it was said to be an error.
func noEOF(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// isPDF looks for the mark of a PDF. Where other bytes come before it, which
// the format allows, the end of the file must agree: a text may mention it.
func isPDF(r io.ReaderAt, size int64, head []byte) bool {
	at := bytes.Index(head[:min(len(head), pdfStart)], []byte("%PDF-"))
	if at <= 0 {
		return at == 0
	}
	tail := make([]byte, min(size, pdfEnd))
	if n, _ := r.ReadAt(tail, size-int64(len(tail))); n < len(tail) {
		return false
	}
	return bytes.Contains(tail, []byte("startxref")) && bytes.Contains(tail, []byte("%%EOF"))
}

func detectArchive(r io.ReaderAt, size int64, head []byte) (Format, error) {
	a, err := openArchive(r, size)
	if err != nil {
		return "", err
	}
	kind := []byte(epubMediaType)
	if a.has("mimetype") {
		if found, err := a.read("mimetype", int64(len(kind))+2); err == nil && bytes.Equal(bytes.TrimSpace(found), kind) {
			return EPUB, nil
		}
	}
	switch {
	case a.has("META-INF/container.xml"):
		return EPUB, nil
	case a.has("word/document.xml"):
		return DOCX, nil
	}
	return "", ErrUnsupported
}

func detectText(head []byte, name string) (Format, error) {
	text, ok := sniffText(head)
	if !ok {
		return "", ErrUnsupported
	}
	start := strings.ToLower(strings.TrimSpace(text[:min(len(text), pdfStart)]))
	for _, other := range []string{"{\\rtf", "%!ps", "<svg"} {
		if strings.HasPrefix(start, other) {
			return "", ErrUnsupported
		}
	}
	if strings.HasPrefix(start, "<?xml") {
		if strings.Contains(start, "<svg") {
			return "", ErrUnsupported
		}
		if strings.Contains(start, "<html") {
			return HTML, nil
		}
	}
	if strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html") {
		return HTML, nil
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown":
		return Markdown, nil
	case ".html", ".htm", ".xhtml":
		return HTML, nil
	case ".txt", ".text":
		return Text, nil
	}
	if htmlStart.MatchString(start) {
		return HTML, nil
	}
	return Text, nil
}

// htmlStart matches the elements that a page without its html element begins
// with (https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type).
var htmlStart = regexp.MustCompile(`^<(?:!--|(?:a|b|body|br|div|font|h1|head|iframe|p|script|style|table|title)[ >])`)

// sniffText decodes the beginning of a file, if it is text: UTF-8, UTF-16 with
// its mark, or an older encoding with few bytes beyond ASCII.
func sniffText(head []byte) (string, bool) {
	if isUTF16(head) {
		decoded, err := unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Bytes(head[:len(head)&^1])
		return string(decoded), err == nil && !binary(decoded)
	}
	head = bytes.TrimPrefix(head, []byte("\ufeff"))
	if binary(head) {
		return "", false
	}
	// A character may be cut in two at the end of what was read.
	for cut := 0; cut < utf8.UTFMax && cut <= len(head); cut++ {
		if utf8.Valid(head[:len(head)-cut]) {
			return string(head[:len(head)-cut]), true
		}
	}
	high := 0
	for _, c := range head {
		if c >= utf8.RuneSelf {
			high++
		}
	}
	return string(head), high*4 < len(head)
}

func isUTF16(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff})
}

// binary reports whether head has control characters that no text has.
func binary(head []byte) bool {
	for _, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\v' && c != 0x1b {
			return true
		}
	}
	return false
}
