package clean

import (
	"regexp"
	"strings"
)

// dots are a leader: what leads the eye from an entry of a table of contents to
// its page number.
var dots = regexp.MustCompile(`(?:[ \t]*[.·]){4,}`)

// withoutLeaders puts one sign in the place of a row of dots. It says nothing,
// and would fill passages and snippets.
func withoutLeaders(line string) string {
	if !strings.Contains(line, "..") && !strings.Contains(line, ". .") && !strings.Contains(line, "·") {
		return line
	}
	return dots.ReplaceAllLiteralString(line, " … ")
}
