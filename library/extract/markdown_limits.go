package extract

import "strings"

// What a Markdown file may have before it is read as plain text: goldmark
// recurses by nesting, takes time with the square of the marks in a paragraph,
// and memory with lines, marks and table cells.
const (
	maxNested     = 50        // blocks within each other, by marks or by indentation
	maxLines      = 300_000   // in a file
	maxMarks      = 1_000_000 // in a file
	maxLocalMarks = 8_000     // between two blank lines
	maxCells      = 500_000   // in a file; a short row is filled up to the width of its table
)

// plausibleMarkdown reports whether source is within these limits.
func plausibleMarkdown(source string) bool {
	lines, marks, local, width, cells := 0, 0, 0, 0, 0
	for line := range strings.SplitSeq(source, "\n") {
		if strings.TrimSpace(line) == "" {
			local, width = 0, 0
		}
		n := countMarks(line)
		lines++
		marks += n
		local += n
		if width = max(width, strings.Count(line, "|")); width > 1 {
			cells += width
		}
		if lines > maxLines || marks > maxMarks || local > maxLocalMarks || cells > maxCells || nesting(line) > maxNested {
			return false
		}
	}
	return true
}

// countMarks counts the characters that may mean something within a paragraph.
func countMarks(line string) int {
	n := 0
	for i := range len(line) {
		switch line[i] {
		case '*', '_', '~', '[', ']', '(', '!', '<', '`', '&', '|', '\\', ':', '^', '@':
			n++
		}
	}
	return n
}

// nesting counts the quotes and list items that a line may open or be in.
func nesting(line string) int {
	bare := strings.TrimLeft(line, " \t")
	indent := line[:len(line)-len(bare)]
	n := strings.Count(indent, " ")/2 + strings.Count(indent, "\t")*2
	if bare == "" || !strings.Contains(">-+*0123456789", bare[:1]) {
		n = 0 // code, or the rest of a paragraph
	}
	for field := range strings.FieldsSeq(bare) {
		rest := strings.TrimLeft(field, ">")
		n += len(field) - len(rest)
		if rest == "" {
			continue
		}
		if sign := strings.TrimLeft(rest, "0123456789"); len(sign) != 1 || !strings.Contains("-+*.)", sign) {
			break
		}
		n++
	}
	return n
}
