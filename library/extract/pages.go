package extract

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/microcosm-cc/bluemonday"

	"github.com/holtdb/holt/library/extract/clean"
	"github.com/holtdb/holt/library/extract/markup"
)

// binder puts sections together into numbered pages.
type binder struct {
	policy *bluemonday.Policy
	pages  []Page

	heading string // the nearest heading so far
	section string // what pages are labelled with
	part    int    // how many pages have that label
}

func newBinder() *binder { return &binder{policy: markup.Policy()} }

// begin starts a section of that title; the next page carries it as its label.
func (b *binder) begin(title string) {
	b.section, b.part = shorten(title), 0
}

// add makes a page of blocks. Its heading is the one it begins with, or that
// of the text it goes on with. A label other than "" takes the place of the
// section's title.
func (b *binder) add(blocks []markup.Block, label string) error {
	if len(b.pages) >= maxPages {
		return fmt.Errorf("document has over %d pages: %w", maxPages, ErrTooLarge)
	}
	html, text := markup.Render(blocks)
	page := Page{Number: len(b.pages) + 1, Label: label, Heading: b.heading, Text: text, HTML: b.policy.Sanitize(html)}
	for i, block := range blocks {
		if block.Level == 0 || block.Text == "" {
			continue
		}
		b.heading = title(block)
		if i == 0 || page.Heading == "" {
			page.Heading = b.heading
		}
	}
	if label == "" {
		page.Label = b.nextLabel()
	}
	b.pages = append(b.pages, page)
	return nil
}

// nextLabel returns the section's title, numbered from its second page on, or
// the page number where the section has no title.
func (b *binder) nextLabel() string {
	b.part++
	switch {
	case b.section == "":
		return strconv.Itoa(len(b.pages) + 1)
	case b.part == 1:
		return b.section
	}
	return fmt.Sprintf("%s (%d)", b.section, b.part)
}

// byHeadings binds a document that has no table of contents but its headings:
// it is divided at the first two levels, and they become the outline.
func (b *binder) byHeadings(blocks []markup.Block) ([]OutlineEntry, error) {
	top := topLevel(blocks)
	ranks := make([]int, len(blocks))
	for i, block := range blocks {
		if block.Level > 0 {
			ranks[i] = block.Level - top + 1
		}
	}
	var outline []OutlineEntry
	for _, r := range markup.Split(blocks, markup.Borders{Ranks: ranks, Always: 2, Min: 1}) {
		if first := blocks[r.From]; first.Level > 0 && first.Text != "" {
			b.begin(title(first))
		}
		if err := b.add(blocks[r.From:r.To], ""); err != nil {
			return nil, err
		}
		outline = appendOutline(outline, blocks[r.From:r.To], top, len(b.pages))
	}
	return outline, nil
}

// appendOutline adds the headings of a page, three levels deep.
func appendOutline(outline []OutlineEntry, blocks []markup.Block, top, page int) []OutlineEntry {
	const deepest = 3
	for _, block := range blocks {
		level := block.Level - top
		if block.Level > 0 && level < deepest && block.Text != "" && len(outline) < maxOutline {
			outline = append(outline, OutlineEntry{Title: title(block), Level: level, Page: page})
		}
	}
	return outline
}

// topLevel returns the highest level of heading in use, from 1.
func topLevel(blocks []markup.Block) int {
	top := 6
	for _, block := range blocks {
		if block.Level > 0 {
			top = min(top, block.Level)
		}
	}
	return top
}

// titleOf returns the heading that names the whole document: the one it begins
// with, or else its first of level 1.
func titleOf(blocks []markup.Block) string {
	for i, block := range blocks {
		if block.Level == 1 || block.Level > 0 && i == 0 {
			return title(block)
		}
	}
	return ""
}

func title(block markup.Block) string { return shorten(block.Text) }

// shorten makes one line of at most maxTitle characters.
func shorten(s string) string {
	s = strings.Join(strings.Fields(clean.Chars(s)), " ")
	n := 0
	for i := range s {
		if n++; n > maxTitle {
			return strings.TrimSpace(s[:i]) + "…"
		}
	}
	return s
}
