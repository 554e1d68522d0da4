// Package markup turns HTML, and what is like it, into short sections, each
// with safe HTML and with the same text as plain words.
//
// A [Builder] takes tags and text in document order, from [Parse] or from a
// reader of another format, and makes a list of blocks: paragraphs, headings,
// list items, table cells. [Split] gathers blocks into sections of a readable
// length, [Render] writes a section. There is no document tree: hostile markup
// costs time and memory in proportion to its length only.
package markup

import "errors"

// ErrTooLong means that a document has more blocks than any real one.
var ErrTooLong = errors.New("document has too many paragraphs")

// Limits of one section and of nesting. A page of a printed book has some 300
// to 500 words.
const (
	// MaxWords is how long a section gets at most.
	MaxWords = 1200
	// MinWords is the length below which a section is joined with its
	// neighbour, if a border was not asked for.
	MinWords = 150

	maxDepth     = 40 // containers; deeper ones are left out, their text is kept
	maxInline    = 12
	maxAttribute = 2048 // bytes
	maxBlockHTML = 64 << 10
	maxBlocks    = 500_000 // some 200 MB; a long novel has 10,000
)

// Block is a paragraph or what stands in its place.
type Block struct {
	Level int      // 1 to 6 for a heading, else 0
	Break bool     // a page of the original begins here
	IDs   []string // anchors that lead here
	Text  string   // lines divided by \n only where the original has a line break
	HTML  string   // balanced
	Words int

	// Weight is the length in words that counts against [MaxWords]: scripts
	// without spaces, long words and heavy markup count as more than Words.
	Weight int

	path *container
}

// container is an element around blocks: a list, a table cell, a quotation.
type container struct {
	parent *container
	tag    string
	depth  int
}

// within returns the nearest container with one of the tags, or nil.
func (c *container) within(tags ...string) *container {
	for ; c != nil; c = c.parent {
		for _, tag := range tags {
			if c.tag == tag {
				return c
			}
		}
	}
	return nil
}
