package chat

import "strings"

// What an answer may have before it is shown as plain text. Each is far beyond
// what models write for people; beyond it, parsing takes time or memory out of
// proportion.
const (
	maxAnswer     = 128 << 10 // bytes of an answer; the rest is cut off
	maxAnswerLine = 20_000    // lines
	maxNested     = 24        // quotes and lists within each other
	maxMarks      = 3000      // of emphasis and code between two empty lines
	maxCells      = 20_000    // of all tables, with those that short rows lack
)

// bounded returns as much of an answer as is looked at.
func bounded(answer string) string {
	if len(answer) <= maxAnswer {
		return answer
	}
	return strings.ToValidUTF8(answer[:maxAnswer], "")
}

// plausible reports whether a source is within the limits.
func plausible(source string) bool {
	if len(source) > 2*maxAnswer {
		return false
	}
	lines, marks, columns, cells := 0, 0, 0, 0
	for line := range strings.SplitSeq(source, "\n") {
		if strings.Trim(line, " \t>") == "" {
			marks, columns = 0, 0
		}
		lines++
		for i := range len(line) {
			if c := line[i]; c == '*' || c == '_' || c == '`' {
				marks++
			}
		}
		columns = max(columns, strings.Count(line, "|"))
		cells += columns
		if lines > maxAnswerLine || marks > maxMarks || cells > maxCells || nesting(line) > maxNested {
			return false
		}
	}
	return true
}

// nesting returns an upper bound for the quotes and list items that a line is in
// or opens.
func nesting(line string) int {
	depth, columns := 0, 0
	for i := range len(line) {
		switch c := line[i]; {
		case c == ' ':
			columns++
		case c == '\t':
			columns += 4
		case c == '>':
			depth++
		case strings.IndexByte("-+*.)", c) >= 0 && (i+1 == len(line) || line[i+1] == ' ' || line[i+1] == '\t'):
			depth++
		case c < '0' || c > '9':
			return depth + columns/4
		}
	}
	return depth + columns/4
}
