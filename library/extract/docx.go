package extract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/holtdb/holt/library/extract/markup"
)

// readDOCX reads a Word document. Where Word noted the page breaks of its last
// rendering, its pages are the printed ones; else the headings divide it.
func readDOCX(ctx context.Context, f File) (*Content, error) {
	a, err := openArchive(f.Reader, f.Size)
	if err != nil {
		return nil, err
	}
	styles, err := readStyles(a)
	if err != nil {
		return nil, err
	}
	links, err := readLinks(a)
	if err != nil {
		return nil, err
	}
	w := &wordReader{ctx: ctx, styles: styles, links: links}
	for _, part := range []string{"word/document.xml", "word/footnotes.xml", "word/endnotes.xml"} {
		data, err := a.read(part, maxPart)
		if errors.Is(err, fs.ErrNotExist) && part != "word/document.xml" {
			continue
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = ErrBroken
		}
		if err != nil {
			return nil, err
		}
		if err := w.read(data); err != nil {
			return nil, fmt.Errorf("%s: %w", part, err)
		}
	}
	blocks, err := w.builder.Blocks()
	if err != nil {
		return nil, err
	}
	meta, err := readCore(a)
	if err != nil {
		return nil, err
	}
	if !w.rendered {
		return bindHeadings(blocks, meta)
	}
	return bindBreaks(blocks, meta)
}

// bindBreaks makes a Content of the pages Word last rendered.
func bindBreaks(blocks []markup.Block, meta Meta) (*Content, error) {
	b := newBinder()
	if meta.Title == "" {
		meta.Title = titleOf(blocks)
	}
	ranks := make([]int, len(blocks))
	for i, block := range blocks {
		if block.Break {
			ranks[i] = 1
		} else if block.Level > 0 {
			ranks[i] = 1 + block.Level
		}
	}
	number := 0
	for _, r := range markup.Split(blocks, markup.Borders{Ranks: ranks, Always: 1}) {
		if number == 0 || blocks[r.From].Break {
			number++
			b.begin(strconv.Itoa(number))
		}
		if err := b.add(blocks[r.From:r.To], ""); err != nil {
			return nil, err
		}
		meta.Outline = appendOutline(meta.Outline, blocks[r.From:r.To], topLevel(blocks), len(b.pages))
	}
	return &Content{Meta: meta, Pages: b.pages}, nil
}

// readCore reads what the document says of itself.
func readCore(a *archive) (Meta, error) {
	var core struct {
		Title    string `xml:"title"`
		Creator  string `xml:"creator"`
		Language string `xml:"language"`
	}
	err := readXML(a, "docProps/core.xml", &core)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrBroken) {
		return Meta{}, fmt.Errorf("properties: %w", err)
	}
	meta := Meta{Title: shorten(core.Title), Language: languageTag(strings.TrimSpace(core.Language))}
	for author := range strings.SplitSeq(core.Creator, ";") {
		if author = shorten(author); author != "" {
			meta.Authors = append(meta.Authors, author)
		}
	}
	return meta, nil
}

// readStyles returns the heading level of each paragraph style that is one.
func readStyles(a *archive) (map[string]int, error) {
	var sheet struct {
		Styles []struct {
			ID   string `xml:"styleId,attr"`
			Name struct {
				Value string `xml:"val,attr"`
			} `xml:"name"`
			Based struct {
				Value string `xml:"val,attr"`
			} `xml:"basedOn"`
			Outline *struct {
				Value int `xml:"val,attr"`
			} `xml:"pPr>outlineLvl"`
		} `xml:"style"`
	}
	err := readXML(a, "word/styles.xml", &sheet)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrBroken) {
		return nil, fmt.Errorf("styles: %w", err)
	}
	levels := map[string]int{}
	based := map[string]string{}
	for _, s := range sheet.Styles {
		based[s.ID] = s.Based.Value
		name := strings.ToLower(s.Name.Value)
		level, isHeading := strings.CutPrefix(name, "heading ")
		switch n, err := strconv.Atoi(level); {
		case isHeading && err == nil:
			levels[s.ID] = n
		case name == "title":
			levels[s.ID] = 1
		case s.Outline != nil && s.Outline.Value < 9:
			levels[s.ID] = s.Outline.Value + 1
		}
	}
	const longestChain = 10
	for id, parent := range based {
		for range longestChain {
			if _, known := levels[id]; known || parent == "" {
				break
			}
			if level, known := levels[parent]; known {
				levels[id] = level
			}
			parent = based[parent]
		}
	}
	return levels, nil
}

// readLinks returns the addresses of the links out of the document.
func readLinks(a *archive) (map[string]string, error) {
	var list struct {
		Relations []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
			Mode   string `xml:"TargetMode,attr"`
		} `xml:"Relationship"`
	}
	err := readXML(a, "word/_rels/document.xml.rels", &list)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrBroken) {
		return nil, fmt.Errorf("links: %w", err)
	}
	links := map[string]string{}
	for _, r := range list.Relations {
		if r.Mode == "External" {
			links[r.ID] = r.Target
		}
	}
	return links, nil
}
