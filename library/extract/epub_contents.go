package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/holtdb/holt/library/extract/markup"
)

const maxContentsDepth = 8 // levels of a table of contents

// place is where a link leads: an entry of the archive and an anchor in it.
type place struct{ name, anchor string }

// contentsEntry is a line of a book's table of contents.
type contentsEntry struct {
	title string
	level int
	place place
}

// readContents reads the table of contents: the navigation document of EPUB 3
// or, where there is none or it is empty, the NCX of EPUB 2.
func (e *epub) readContents(nav, ncx string) error {
	if nav != "" {
		data, err := e.archive.read(nav, maxPart)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("navigation document: %w", err)
		}
		e.readNav(nav, data)
	}
	if len(e.contents) > 0 || ncx == "" {
		return nil
	}
	var toc struct {
		Points []navPoint `xml:"navMap>navPoint"`
	}
	err := readXML(e.archive, ncx, &toc)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrBroken) {
		return nil // the text can be read without it
	}
	if err != nil {
		return fmt.Errorf("table of contents: %w", err)
	}
	e.addPoints(ncx, toc.Points, 0)
	return nil
}

// navPoint is an entry of an NCX.
type navPoint struct {
	Label   string `xml:"navLabel>text"`
	Content struct {
		Source string `xml:"src,attr"`
	} `xml:"content"`
	Points []navPoint `xml:"navPoint"`
}

func (e *epub) addPoints(ncx string, points []navPoint, level int) {
	if level >= maxContentsDepth {
		return
	}
	for _, p := range points {
		e.addEntry(ncx, p.Label, p.Content.Source, level)
		e.addPoints(ncx, p.Points, level+1)
	}
}

func (e *epub) addEntry(base, title, reference string, level int) {
	title = shorten(title)
	if title == "" || len(e.contents) >= maxOutline {
		return
	}
	entry := contentsEntry{title: title, level: min(level, maxContentsDepth-1)}
	if reference != "" {
		entry.place.name, entry.place.anchor = e.resolve(base, reference)
	}
	e.contents = append(e.contents, entry)
}

// readNav reads the nested lists of a navigation document: those in its
// element nav of type toc, or in its first nav that has no type.
func (e *epub) readNav(name string, source []byte) {
	tokens := html.NewTokenizer(bytes.NewReader(source))
	var label strings.Builder
	reference := ""
	within, level := false, -1
	finish := func() {
		e.addEntry(name, label.String(), reference, level)
		label.Reset()
		reference = ""
	}
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			if within && level >= 0 {
				label.Write(tokens.Text())
			}
		case html.StartTagToken:
			tag, more := tokens.TagName()
			switch string(tag) {
			case "nav":
				kinds := strings.Fields(attribute(tokens, more, "epub:type"))
				within = slices.Contains(kinds, "toc") || len(kinds) == 0 && len(e.contents) == 0
			case "ol":
				if within {
					finish() // the entry that this list lies under
					level++
				}
			case "a":
				if within {
					reference = attribute(tokens, more, "href")
				}
			}
		case html.EndTagToken:
			tag, _ := tokens.TagName()
			switch {
			case !within:
			case string(tag) == "nav":
				within, level = false, -1
				label.Reset()
			case string(tag) == "ol":
				finish()
				level--
			case string(tag) == "li":
				finish()
			}
		}
	}
}

func attribute(tokens *html.Tokenizer, more bool, name string) string {
	for more {
		var key, value []byte
		if key, value, more = tokens.TagAttr(); string(key) == name {
			return string(value)
		}
	}
	return ""
}

// places connects a table of contents with the pages it leads to.
type places struct {
	entries map[place]contentsEntry // the first entry for each place
	names   map[string]bool
	pages   map[place]int
}

func newPlaces(contents []contentsEntry) *places {
	p := &places{entries: map[place]contentsEntry{}, names: map[string]bool{}, pages: map[place]int{}}
	for _, entry := range contents {
		if _, twice := p.entries[entry.place]; !twice && entry.place.name != "" {
			p.entries[entry.place] = entry
			p.names[entry.place.name] = true
		}
	}
	return p
}

// known reports whether the table of contents leads to the document.
func (p *places) known(name string) bool { return p.names[name] }

// borders returns for each block of a document how strong a border lies before
// it and the title it has in the table of contents. Headings which that leaves
// out are weaker borders.
func (p *places) borders(name string, blocks []markup.Block) (ranks []int, titles []string) {
	ranks, titles = make([]int, len(blocks)), make([]string, len(blocks))
	for i, block := range blocks {
		if block.Level > 0 {
			ranks[i] = maxContentsDepth + block.Level
		}
		for _, id := range block.IDs {
			entry, ok := p.entries[place{name, id}]
			if ok && (titles[i] == "" || entry.level+1 < ranks[i]) {
				ranks[i], titles[i] = entry.level+1, entry.title
			}
		}
	}
	if whole, ok := p.entries[place{name, ""}]; ok && len(blocks) > 0 {
		ranks[0], titles[0] = whole.level+1, whole.title
	}
	return ranks, titles
}

// found notes on which page the anchors of some blocks are.
func (p *places) found(name string, blocks []markup.Block, page int) {
	for _, block := range blocks {
		for _, id := range block.IDs {
			at := place{name, id}
			if _, asked := p.entries[at]; asked && p.pages[at] == 0 {
				p.pages[at] = page
			}
		}
	}
}

// outline returns the table of contents with page numbers. An anchor that does
// not exist leads to the start of its document.
func (p *places) outline(contents []contentsEntry) []OutlineEntry {
	outline := make([]OutlineEntry, 0, len(contents))
	for _, entry := range contents {
		page := p.pages[entry.place]
		if page == 0 {
			page = p.pages[place{entry.place.name, ""}]
		}
		outline = append(outline, OutlineEntry{Title: entry.title, Level: entry.level, Page: page})
	}
	return outline
}
