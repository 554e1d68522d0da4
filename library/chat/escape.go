package chat

import (
	"regexp"
	"strings"
)

var (
	markdownMark = regexp.MustCompile("[\\\\`*_{}\\[\\]<>|~&$]")
	lineMark     = regexp.MustCompile(`(?m)^([ \t]*)([#+=:-]|\d{1,9}[.)])`)
)

// escapeMarkdown returns a text as Markdown that shows just this text on one
// line, whatever it has in it.
func escapeMarkdown(s string) string {
	s = strings.Join(strings.Fields(visible(s)), " ")
	s = markdownMark.ReplaceAllString(s, `\$0`)
	return lineMark.ReplaceAllStringFunc(s, func(m string) string {
		return m[:len(m)-1] + `\` + m[len(m)-1:]
	})
}
