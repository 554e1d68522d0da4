package embed

import (
	"context"
	"errors"
	"time"
)

// Errors that an Environment answers with, wrapped or plain. They are told to
// the reader in the page; any other error ends the rendering.
var (
	ErrNotFound = errors.New("not found")
	ErrTooLarge = errors.New("too large")
)

// Environment is what an embedding may ask of the wiki. It stands for one page
// and one reader, and shows only what that reader may read.
type Environment interface {
	// Page returns the path of the page that is shown.
	Page() string
	// Attachment returns the content of an attachment of a page, of at most
	// limit bytes. Errors: ErrNotFound, ErrTooLarge.
	Attachment(ctx context.Context, page, name string, limit int64) ([]byte, error)
	// Attachments lists the attachments of a page in the order of their names.
	Attachments(ctx context.Context, page string) ([]Attachment, error)
	// Pages lists the pages below a path, or all pages for "".
	Pages(ctx context.Context, prefix string) ([]Page, error)
}

// Attachment describes a file that belongs to a page.
type Attachment struct {
	Name     string
	Size     int64  // bytes
	Type     string // media type; empty when unknown
	Modified time.Time
	URL      string
	Author   string // who stored it last; empty when unknown
	Comment  string // what they said about it; empty when unknown
}

// Page describes a page of the wiki.
type Page struct {
	Path, Title, URL string
	Headings         []Heading
}

// Heading describes a heading of a page. Its URL ends in the fragment.
type Heading struct {
	Level     int
	Text, URL string
}

// Markdown renders Markdown to HTML; in the form Inline without a paragraph
// around it. It may meet embeddings in the text and hand them to the same
// Renderer.
type Markdown func(ctx context.Context, text string, form Form) (html string, err error)
