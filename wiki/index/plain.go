package index

import (
	"strings"

	"github.com/holtdb/holt/wiki/source"
)

// readable takes out of a page what only serves its layout: properties, marks of
// headings, lists, tables and emphasis, and the targets of links. It is for the
// line that shows why a page was found, so it is quick rather than exact.
func readable(text string) string {
	body := string(source.Split([]byte(text)).Body)
	var b strings.Builder
	b.Grow(len(body))
	for line := range strings.Lines(body) {
		line = strings.TrimLeft(line, " \t>#|:-+*")
		for len(line) > 0 {
			i := strings.IndexAny(line, "*`=~|[]{")
			if i < 0 {
				b.WriteString(line)
				break
			}
			b.WriteString(line[:i])
			line = afterMark(&b, line[i:])
		}
	}
	return b.String()
}

// afterMark writes what a mark at the beginning of line stands for, and returns
// the rest.
func afterMark(b *strings.Builder, line string) string {
	switch {
	case strings.HasPrefix(line, "[["):
		inner, rest, ok := strings.Cut(line[2:], "]]")
		if !ok {
			return line[2:]
		}
		shown, _, _ := strings.Cut(inner, "|")
		b.WriteString(shown)
		return rest
	case strings.HasPrefix(line, "]("):
		if _, rest, ok := strings.Cut(line, ")"); ok {
			return rest
		}
	case strings.HasPrefix(line, "=="), strings.HasPrefix(line, "~~"), strings.HasPrefix(line, "{{"):
		return line[2:]
	case strings.IndexByte("=~{", line[0]) >= 0:
		b.WriteByte(line[0]) // not a mark by itself
	case line[0] == '|':
		b.WriteByte(' ')
	}
	return line[1:]
}
