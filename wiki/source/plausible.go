package source

import "bytes"

// What a page may have before it is read as plain text: goldmark recurses by
// nesting, and takes time with the product of depth and lines.
const (
	maxPage  = 8 << 20 // bytes
	maxLines = 300_000
	// In a paragraph goldmark takes time with the square of the definitions.
	maxDefined = 3000 // lines that may define a link, without an empty one between
	maxNested  = 100  // quotes, list items and indentation within each other
	maxNotes   = 20   // footnotes that begin within each other on one line
)

// Plausible reports whether a text stays within the limits under which its
// blocks are looked at. Another one has no sections and no links, and a
// renderer does well to show it as plain text.
func Plausible(text []byte) bool {
	if len(text) > maxPage {
		return false
	}
	lines, defined := 0, 0
	for line := range bytes.Lines(text) {
		lines++
		if bytes.Contains(line, []byte("]:")) {
			defined++
		} else if len(bytes.Trim(line, "> \t\r\n")) == 0 {
			defined = 0
		}
		if lines > maxLines || defined > maxDefined || nesting(line) > maxNested || bytes.Count(line, []byte("]: [^")) > maxNotes {
			return false
		}
	}
	return true
}

// nesting returns an upper bound for the quotes and list items that a line opens
// or is in: its marks, and what the indentation before each may stand for.
func nesting(line []byte) int {
	n, indent := 0, 0
	for len(line) > 0 {
		size := 1
		switch line[0] {
		case ' ':
			indent++
		case '\t':
			indent += 4
		case '>':
			n += 1 + indent/2
			indent = 0
		default:
			if size = listMark(line); size == 0 {
				return n
			}
			n += 1 + indent/2
			indent = 0
		}
		line = line[size:]
	}
	return n
}

// listMark returns the length of the list mark that a text starts with, 0 when
// it starts with none.
func listMark(text []byte) int {
	size := 0
	for size < len(text) && size < 9 && text[size] >= '0' && text[size] <= '9' {
		size++
	}
	if size == len(text) {
		return 0
	}
	switch c := text[size]; {
	case size == 0 && (c == '-' || c == '+' || c == '*'), size > 0 && (c == '.' || c == ')'):
		size++
	default:
		return 0
	}
	if size < len(text) && text[size] != ' ' && text[size] != '\t' && text[size] != '\n' && text[size] != '\r' {
		return 0
	}
	return size
}
