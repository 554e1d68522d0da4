// Package diff compares texts line by line: which lines were removed and added,
// which words of them changed, how much that is, and who wrote each line.
//
// A comparison is minimal as long as the texts are not both long and very
// different; beyond that it is still right but may show more lines than needed.
// Time and memory are bounded for any input.
package diff

import (
	"bytes"
	"strings"
)

// Change is a run of lines of the old text that was replaced by a run of lines
// of the new one. Lines are counted from 0, ends are exclusive, and one of the
// runs may be empty.
type Change struct{ OldStart, OldEnd, NewStart, NewEnd int }

// Split returns the lines of a text, each with the newline that ends it. The
// last may have none; an empty text has no lines.
func Split(text []byte) []string {
	lines := make([]string, 0, bytes.Count(text, []byte("\n"))+1)
	for line := range strings.Lines(string(text)) {
		lines = append(lines, line)
	}
	return lines
}

// Changes returns how the lines of b differ from those of a, in their order. At
// least one equal line lies between two changes.
func Changes(a, b []string) []Change {
	return compare(a, b).changes()
}

// Stat returns how many lines of b are new and how many of a are gone.
func Stat(a, b []byte) (added, removed int) {
	for _, c := range Changes(Split(a), Split(b)) {
		added += c.NewEnd - c.NewStart
		removed += c.OldEnd - c.OldStart
	}
	return added, removed
}

// Attribute carries the owners of the lines of a over to b: a line of b that was
// in a keeps its owner, another is owned by new. Repeated from a page's first
// revision to its last it says who wrote each line. A line of a beyond the end of
// owners counts as new.
func Attribute[T any](owners []T, a, b []byte, new T) []T {
	old, current := Split(a), Split(b)
	result := make([]T, 0, len(current))
	at := 0 // in old
	keep := func(n int) {
		for range n {
			if at < len(owners) {
				result = append(result, owners[at])
			} else {
				result = append(result, new)
			}
			at++
		}
	}
	for _, c := range Changes(old, current) {
		keep(c.OldStart - at)
		for range c.NewEnd - c.NewStart {
			result = append(result, new)
		}
		at = c.OldEnd
	}
	keep(len(old) - at)
	return result
}
