// Package library is one user's documents: upload, reading, search, pages.
//
// A [Library] is everything of one user. It knows nothing of HTTP and of other
// users.
package library

import (
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/library/extract"
)

var (
	// ErrNotFound means that the library has no such document or page. What
	// belongs to another library is as absent as what never was.
	ErrNotFound = errors.New("not found")
	// ErrNotReady means that the document is still being read, or could not be.
	ErrNotReady = errors.New("the document is not ready")
	// ErrInvalid means that a request makes no sense; the error's text says why.
	ErrInvalid = errors.New("invalid request")
	// ErrFileTooLarge means that one file is larger than the tier allows.
	ErrFileTooLarge = errors.New("the file is larger than allowed")
	// ErrPageTooSlow means that a page takes too long to draw: it is shown as
	// text. It matches [extract.ErrTooLarge].
	ErrPageTooSlow = fmt.Errorf("this page takes too long to draw: %w", extract.ErrTooLarge)
)

// Status is where a document is on its way into the library.
type Status string

// The states of a document.
const (
	Queued     Status = "queued"
	Processing Status = "processing"
	Ready      Status = "ready"
	Failed     Status = "failed"
)

// Origin says where the file of a document lies.
type Origin string

// The two folders of a home that hold files.
const (
	Uploaded Origin = "uploads" // stored by content hash
	Watched  Origin = "books"   // the user's own folder, named by its path there
)

// Document is one file of a library.
type Document struct {
	ID        string // random, unguessable, never used again
	Title     string
	Authors   []string
	Language  string // BCP 47; "" when unknown
	Tags      []string
	FileName  string // as uploaded, or the path below books/
	Format    extract.Format
	Origin    Origin
	Size      int64 // bytes of the file
	Pages     int
	NoText    int // pages without a text layer
	Created   time.Time
	Updated   time.Time
	HasCover  bool
	Missing   bool // the file vanished from books/
	Protected bool // a PDF read with a password: its pages are shown as text, as the password is not kept
	Progress  Progress
	OCR       OCRState // of pages without a text layer
	FirstLine string   // how the text begins, for the list
}

// Progress says how far the reading of a document is.
type Progress struct {
	Status Status
	Stage  string // "queued", "extracting", "indexing", "" when ready
	Done   int    // pages done in this stage
	Total  int    // pages in all; 0 while unknown
	Error  string // what a person should know; "" unless failed
	// NeedsPassword is set when the file is encrypted: a retry takes a password.
	NeedsPassword bool
}

// Page is one page as it is read.
type Page struct {
	DocumentID string
	Number     int // from 1
	Label      string
	Heading    string
	Text       string
	HTML       string  // sanitised; "" for PDF, which is shown as an image
	Width      float64 // points; 0 where the format has no fixed page
	Height     float64
	NoText     bool // neither a text layer nor text that was read of the picture
	// Source is where the text comes from: "text_layer", "ocr" for text that was
	// read of the page's picture, "none" where there are no words worth the name.
	Source string
	// Confidence is how sure character recognition was of the words, from 0 to 1.
	Confidence float64
	// Unread says why the page's picture could not be read; "" otherwise.
	Unread string
}

// Sort is an order of the list of documents.
type Sort string

// The orders of the list.
const (
	ByAdded Sort = "added" // the latest first
	ByTitle Sort = "title"
	BySize  Sort = "size" // the largest first
	ByPages Sort = "pages"
)

// Filter chooses documents of the list. Zero fields do not restrict.
type Filter struct {
	Text   string // in title, authors or file name
	Tag    string
	Status Status
	Format extract.Format
	Sort   Sort
	After  string // Next of the page before
	Limit  int    // at most 200; 0 means 50
}

// List is one page of the list of documents.
type List struct {
	Documents []Document
	Total     int    // that match the filter
	Next      string // "" on the last page
}

// Changes are what a person edits of a document. Nil fields stay.
type Changes struct {
	Title *string
	Tags  *[]string
}

// Query is a search of a library.
type Query struct {
	Text      string   // words, "phrases", prefix*, -excluded, title:word
	Documents []string // ids; empty, with no Tags, means all
	Tags      []string // documents with one of them, besides Documents
	Tag       string   // of all documents
	Mode      Mode
	Limit     int // at most 100; 0 means 20
	After     string
}

// Hit is one page that matches.
type Hit struct {
	DocumentID string
	Title      string
	Page       int
	Label      string
	Heading    string
	Snippet    string  // HTML: escaped text with the hits in <mark>
	Start, End int     // the passage that means alike, in bytes of the page's text; 0, 0 without
	Score      float64 // larger is better; comparable within one answer only
}

// Results is one page of a search, grouped by document, the document with the
// best page first.
type Results struct {
	Hits []Hit
	Next string // "" on the last page
	// Loose is set when no page has all the words and pages with some are shown.
	Loose bool
	Mode  Mode // that was used: words, meaning or hybrid
	// Notice says why it was not the one asked for or the best; "" otherwise.
	Notice string
}

// Box is a rectangle on a page, in points from its top left corner.
type Box struct{ X, Y, W, H float64 }

// PlacedWord is a word of a PDF page and where it stands.
type PlacedWord struct {
	Text string
	Box
	Hit     bool // it matches the query
	Passage bool // it is part of the passage that is marked
}

// Layout is where the words of a PDF page stand.
type Layout struct {
	Width, Height float64
	Words         []PlacedWord
}

// Usage is what a library stores and may store.
type Usage struct {
	Documents     int64
	FileBytes     int64
	DatabaseBytes int64
}
