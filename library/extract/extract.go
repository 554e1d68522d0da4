// Package extract turns an uploaded file into pages of clean text.
//
// A page is the unit of citation: a page of a PDF with its printed label, a
// section of an EPUB or DOCX, the part under a heading of Markdown or HTML.
// Whatever the format, the result is one [Content].
package extract

import "errors"

var (
	// ErrUnsupported means that the content is none of the known formats.
	ErrUnsupported = errors.New("file type not supported: Holt reads PDF, EPUB, DOCX, HTML, Markdown and plain text")
	// ErrEmpty means that the file has no bytes.
	ErrEmpty = errors.New("the file is empty")
	// ErrBroken means that the file claims a format but cannot be read as such.
	ErrBroken = errors.New("the file is damaged and cannot be read")
	// ErrPassword means that the file is encrypted and the password is missing or wrong.
	ErrPassword = errors.New("the file is protected: a password is needed to read it")
	// ErrProtected means that the file is encrypted in a way no password opens.
	ErrProtected = errors.New("the file is protected by rights management (DRM) and cannot be read")
	// ErrTooLarge means that reading the file would pass a limit on memory, time or expanded size.
	ErrTooLarge = errors.New("the file is too large to be read within the server's limits")
)

// Format is what a file is, decided by its content.
type Format string

// The formats that can be read.
const (
	PDF      Format = "pdf"
	EPUB     Format = "epub"
	DOCX     Format = "docx"
	HTML     Format = "html"
	Markdown Format = "markdown"
	Text     Format = "text"
)

// Meta is what a document says of itself. Fields that it does not say are empty.
type Meta struct {
	Title    string
	Authors  []string
	Language string // BCP 47, such as "en" or "de-AT"
	Outline  []OutlineEntry
}

// OutlineEntry is one line of the table of contents.
type OutlineEntry struct {
	Title string
	Level int // from 0
	Page  int // page number from 1; 0 where the target is unknown
}

// Page is one citable page.
type Page struct {
	Number  int     // from 1
	Label   string  // as printed: "iv", "12"; a section's title for other formats
	Heading string  // the nearest heading, "" where there is none
	Text    string  // clean text: NFC, hyphenation joined, running headers and footers removed
	HTML    string  // sanitised HTML of the section; "" for PDF
	Width   float64 // points of 1/72 inch; 0 for formats without a fixed page
	Height  float64
	NoText  bool // a PDF page with fewer than 10 words in its text layer
}

// Content is everything extracted from one file.
type Content struct {
	Meta  Meta
	Pages []Page
	Cover []byte // PNG thumbnail, at most 480 pixels high; nil where there is none
}
