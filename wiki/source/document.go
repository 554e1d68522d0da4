package source

import (
	"bytes"
	"strings"
)

// MaxFrontmatter is the most bytes that a frontmatter may have. A longer one is
// read as text of the page.
const MaxFrontmatter = 64 << 10

// Document is a page's text in its two parts. Both share the text's memory.
type Document struct {
	// Frontmatter is what stands between the two lines of "---", nil when the
	// page has none.
	Frontmatter []byte
	// Body is the Markdown behind it: always the end of the text, so that
	// len(text)-len(Body) is the offset at which it starts.
	Body []byte
	// BodyLine counts the lines before the body.
	BodyLine int
}

// Split takes the frontmatter off a page's text. A frontmatter starts at the
// first byte with a line "---", ends with another such line, and what is
// between looks like properties: a page that starts with a rule has none.
func Split(text []byte) Document {
	whole := Document{Body: text}
	first, rest, found := bytes.Cut(text, []byte("\n"))
	if !found || !isFence(first) {
		return whole
	}
	start := len(first) + 1
	for line := 1; len(rest) > 0 && len(text)-len(rest)-start <= MaxFrontmatter; line++ {
		at := len(text) - len(rest)
		var current []byte
		current, rest, _ = bytes.Cut(rest, []byte("\n"))
		if !isFence(current) {
			continue
		}
		front := text[start:at:at]
		if len(front) > MaxFrontmatter || !looksLikeProperties(front) {
			return whole
		}
		return Document{Frontmatter: front, Body: rest, BodyLine: line + 1}
	}
	return whole
}

// isFence reports whether a line is the one around a frontmatter.
func isFence(line []byte) bool {
	return string(bytes.TrimRight(line, " \t\r")) == "---"
}

// looksLikeProperties reports whether the first line that says something is the
// start of a YAML mapping.
func looksLikeProperties(front []byte) bool {
	for line := range strings.Lines(string(front)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		return line[0] == '{' || strings.HasSuffix(line, ":") || strings.Contains(line, ": ") || strings.Contains(line, ":\t")
	}
	return true
}
