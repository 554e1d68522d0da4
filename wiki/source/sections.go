package source

import (
	"bytes"
	"slices"
	"strings"
)

// Section is a heading of a page with the text under it. Headings inside other
// blocks (quotes, lists, fancy blocks) start no section.
type Section struct {
	Level int    // 1 to 6
	Title string // the heading's words without markup
	// Start and End are offsets in the whole text: from the start of the
	// heading's first line to the next heading of any level. So the sections
	// follow on one another, and the last ends with the text.
	Start, End int
	// TreeEnd is where the section ends together with its subsections.
	TreeEnd int
}

// Sections returns the sections of a page in their order. What stands before
// the first, with the frontmatter, belongs to none.
func Sections(text []byte) []Section {
	doc := Split(text)
	offset := len(text) - len(doc.Body)
	var sections []Section
	for _, b := range blocksOf(doc.Body) {
		if b.heading == 0 {
			continue
		}
		start := offset + bytes.LastIndexByte(doc.Body[:b.start], '\n') + 1
		if n := len(sections); n > 0 {
			sections[n-1].End = start
		}
		sections = append(sections, Section{
			Level: b.heading,
			Title: strings.Join(strings.Fields(plainProse(doc.Body, b.lines)), " "),
			Start: start,
			End:   len(text),
		})
	}
	for i := range sections {
		sections[i].TreeEnd = len(text)
		for _, next := range sections[i+1:] {
			if next.Level <= sections[i].Level {
				sections[i].TreeEnd = next.Start
				break
			}
		}
	}
	return sections
}

// ReplaceSection returns the text with the i-th section, without its
// subsections, replaced. Where another follows, new is ended so that it stays a
// section. A text that has no such section is returned as it is.
func ReplaceSection(text []byte, i int, new []byte) []byte {
	sections := Sections(text)
	if i < 0 || i >= len(sections) {
		return slices.Clone(text)
	}
	return replace(text, sections[i].Start, sections[i].End, new)
}

// ReplaceTree is ReplaceSection for a section together with its subsections.
func ReplaceTree(text []byte, i int, new []byte) []byte {
	sections := Sections(text)
	if i < 0 || i >= len(sections) {
		return slices.Clone(text)
	}
	return replace(text, sections[i].Start, sections[i].TreeEnd, new)
}

// replace puts new in the place of text[start:end], ended with a newline and,
// as the old was or the next heading needs, with an empty line.
func replace(text []byte, start, end int, new []byte) []byte {
	old, rest := text[start:end], text[end:]
	if len(rest) == 0 || len(new) == 0 || bytes.Equal(old, new) {
		return slices.Concat(text[:start], new, rest)
	}
	newline := []byte("\n")
	if bytes.HasSuffix(old, []byte("\r\n")) {
		newline = []byte("\r\n")
	}
	if !bytes.HasSuffix(new, []byte("\n")) {
		new = slices.Concat(new, newline)
	}
	underlined := !bytes.HasPrefix(bytes.TrimLeft(rest, " "), []byte("#"))
	if (underlined || endsBlank(old)) && !endsBlank(new) {
		new = slices.Concat(new, newline)
	}
	return slices.Concat(text[:start], new, rest)
}

// endsBlank reports whether a text ends with an empty line.
func endsBlank(text []byte) bool {
	body, ok := bytes.CutSuffix(text, []byte("\n"))
	if !ok {
		return false
	}
	return len(bytes.TrimSpace(body[bytes.LastIndexByte(body, '\n')+1:])) == 0
}

// Title returns the name a page gives itself: the title in its frontmatter,
// else its first heading of level 1, else fallback.
func Title(text []byte, fallback string) string {
	if front := Split(text).Frontmatter; front != nil {
		if meta, err := ParseMeta(front); err == nil && meta.Title != "" {
			return meta.Title
		}
	}
	for _, s := range Sections(text) {
		if s.Level == 1 && s.Title != "" {
			return s.Title
		}
	}
	return fallback
}
