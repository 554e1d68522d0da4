package diff

import (
	"fmt"
	"strconv"
	"strings"
)

// unifiedContext is how many lines a unified diff shows around a change.
const unifiedContext = 3

// Unified returns the differences in the unified format that patch and git apply
// read, with the two names in its head as they are given ("a/Page.md",
// "/dev/null"). Equal texts give nothing.
func Unified(aName, bName string, a, b []byte) string {
	hunks := Lines(a, b, unifiedContext)
	if len(hunks) == 0 {
		return ""
	}
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", headName(aName), headName(bName))
	for _, h := range hunks {
		fmt.Fprintf(&out, "@@ -%s +%s @@\n", rangeOf(h.OldStart, h.OldCount), rangeOf(h.NewStart, h.NewCount))
		for _, line := range h.Lines {
			out.WriteByte(" -+"[line.Kind])
			out.WriteString(line.Text)
			out.WriteByte('\n')
			if line.NoNewline {
				out.WriteString("\\ No newline at end of file\n")
			}
		}
	}
	return out.String()
}

// rangeOf writes the lines of a hunk; a count of one is left out.
func rangeOf(start, count int) string {
	if count == 1 {
		return strconv.Itoa(start)
	}
	return strconv.Itoa(start) + "," + strconv.Itoa(count)
}

// headName writes a file's name as git does: quoted like a C string when it has
// control characters, quotes or backslashes, else ended by a tab when it has
// spaces, so that no reader takes what follows for a date.
func headName(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '"' || r == '\\' }) {
		if strings.Contains(name, " ") {
			return name + "\t"
		}
		return name
	}
	var out strings.Builder
	out.WriteByte('"')
	for i := range len(name) {
		switch c := name[i]; {
		case c == '"' || c == '\\':
			out.Write([]byte{'\\', c})
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&out, `\%03o`, c)
		default:
			out.WriteByte(c)
		}
	}
	out.WriteByte('"')
	return out.String()
}
