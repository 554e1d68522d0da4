package diff

import "strings"

// LineKind says on which sides a line is.
type LineKind uint8

// The kinds of lines.
const (
	Same    LineKind = iota // in both texts
	Removed                 // only in the old one
	Added                   // only in the new one
)

// Line is one line of a hunk.
type Line struct {
	Kind      LineKind
	Old, New  int    // its numbers in the two texts from 1; 0 where it is not
	Text      string // without the newline
	NoNewline bool   // the text ends here without a newline
	Marks     []Span // the words that changed, in order; none when the whole line did
}

// Span is a range of bytes of a line's text.
type Span struct{ Start, End int }

// Hunk is a run of changed lines with the lines around it.
type Hunk struct {
	OldStart, OldCount int // the lines of the old text, from 1; the line before when there are none
	NewStart, NewCount int
	Lines              []Line
}

// Lines compares two texts and returns the changes with context unchanged lines
// around each. Changes whose context would touch share a hunk; a negative
// context stands for the whole text. Equal texts have no hunks.
func Lines(a, b []byte, context int) []Hunk {
	old, new := Split(a), Split(b)
	if context < 0 || context > max(len(old), len(new)) {
		context = max(len(old), len(new))
	}
	changes := Changes(old, new)
	var hunks []Hunk
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].OldStart-changes[n-1].OldEnd <= 2*context {
			n++
		}
		hunks = append(hunks, newHunk(old, new, changes[:n], context))
		changes = changes[n:]
	}
	return hunks
}

// newHunk builds the hunk of some changes.
func newHunk(old, new []string, changes []Change, context int) Hunk {
	first, last := changes[0], changes[len(changes)-1]
	before := min(context, first.OldStart)
	after := min(context, len(old)-last.OldEnd)
	i, j := first.OldStart-before, first.NewStart-before
	h := Hunk{OldCount: last.OldEnd + after - i, NewCount: last.NewEnd + after - j}
	h.OldStart, h.NewStart = startOf(i, h.OldCount), startOf(j, h.NewCount)
	same := func(until int) {
		for ; i < until; i, j = i+1, j+1 {
			h.Lines = append(h.Lines, newLine(Same, i+1, j+1, old[i]))
		}
	}
	for _, c := range changes {
		same(c.OldStart)
		start := len(h.Lines)
		for ; i < c.OldEnd; i++ {
			h.Lines = append(h.Lines, newLine(Removed, i+1, 0, old[i]))
		}
		middle := len(h.Lines)
		for ; j < c.NewEnd; j++ {
			h.Lines = append(h.Lines, newLine(Added, 0, j+1, new[j]))
		}
		markWords(h.Lines[start:middle], h.Lines[middle:])
	}
	same(last.OldEnd + after)
	return h
}

// startOf returns the number of a hunk's first line.
func startOf(index, count int) int {
	if count == 0 {
		return index
	}
	return index + 1
}

// newLine returns a line of a hunk.
func newLine(kind LineKind, old, new int, text string) Line {
	text, found := strings.CutSuffix(text, "\n")
	return Line{Kind: kind, Old: old, New: new, Text: text, NoNewline: !found}
}
