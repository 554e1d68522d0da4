// Package merge joins two edits of the same text line by line. Edits that do not
// touch each other are both taken; where they touch and differ, both versions
// are handed back for a person to choose.
package merge

import (
	"slices"
	"strings"

	"github.com/holtdb/holt/wiki/diff"
)

// Conflict is a place where both sides changed the same or neighbouring lines in
// different ways. Lines carry their newlines.
type Conflict struct {
	BaseStart, OursStart, TheirsStart int // the first line of each, from 1
	Base, Ours, Theirs                []string
}

// Result is what a merge gave.
type Result struct {
	// Text is the merged text, nil when there are conflicts.
	Text []byte
	// Conflicts are in the order of the text.
	Conflicts []Conflict

	pieces []piece
}

// piece is a run of merged lines, or a conflict.
type piece struct {
	lines    []string
	conflict int // index from 1, 0 for merged lines
}

// Clean reports whether nothing is left to decide.
func (r Result) Clean() bool { return len(r.Conflicts) == 0 }

// Merge joins the changes that lead from base to ours and from base to theirs.
// The same change on both sides is taken once. Lines that differ only in how
// they end (with CR LF, or at the end of the text without a newline) count as the
// same line, and the ending that a side changed wins, ours where both did.
// Swapping the sides swaps the sides of the conflicts.
func Merge(base, ours, theirs []byte) Result {
	m := merger{base: newVersion(base), ours: newVersion(ours), theirs: newVersion(theirs)}
	m.run(diff.Changes(m.base.keys, m.ours.keys), diff.Changes(m.base.keys, m.theirs.keys))
	if m.result.Clean() {
		m.result.Text = m.result.Resolve(func(int, Conflict) []string { return nil })
	}
	return m.result
}

// version is one of the three texts.
type version struct {
	lines []string
	keys  []string // the lines without their endings
}

// newVersion takes a text apart.
func newVersion(text []byte) version {
	v := version{lines: diff.Split(text)}
	v.keys = make([]string, len(v.lines))
	for i, line := range v.lines {
		v.keys[i] = withoutEnding(line)
	}
	return v
}

// withoutEnding returns a line without the LF or CR LF that ends it.
func withoutEnding(line string) string {
	if line, ended := strings.CutSuffix(line, "\n"); ended {
		return strings.TrimSuffix(line, "\r")
	}
	return line
}

// sameLine reports whether two lines differ in nothing but how they end.
func sameLine(a, b string) bool { return withoutEnding(a) == withoutEnding(b) }

// merger walks through the three texts side by side.
type merger struct {
	base, ours, theirs version
	atBase             int // how far each has been read
	atOurs, atTheirs   int
	result             Result
}

// run goes through the changes of both sides. Those that overlap or touch are
// one region.
func (m *merger) run(ours, theirs []diff.Change) {
	for len(ours) > 0 || len(theirs) > 0 {
		start := len(m.base.lines)
		if len(ours) > 0 {
			start = ours[0].OldStart
		}
		if len(theirs) > 0 {
			start = min(start, theirs[0].OldStart)
		}
		m.unchanged(start)
		end, nOurs, nTheirs := start, 0, 0
		for grown := true; grown; {
			grown = false
			for nOurs < len(ours) && ours[nOurs].OldStart <= end {
				end, grown = max(end, ours[nOurs].OldEnd), true
				nOurs++
			}
			for nTheirs < len(theirs) && theirs[nTheirs].OldStart <= end {
				end, grown = max(end, theirs[nTheirs].OldEnd), true
				nTheirs++
			}
		}
		m.region(end, ours[:nOurs], theirs[:nTheirs])
		ours, theirs = ours[nOurs:], theirs[nTheirs:]
	}
	m.unchanged(len(m.base.lines))
}

// unchanged takes the lines that all three have, up to one of the base.
func (m *merger) unchanged(until int) {
	var lines []string
	for ; m.atBase < until; m.atBase++ {
		line := m.ours.lines[m.atOurs]
		if line == m.base.lines[m.atBase] {
			line = m.theirs.lines[m.atTheirs]
		}
		lines = append(lines, line)
		m.atOurs++
		m.atTheirs++
	}
	m.take(lines)
}

// take appends merged lines.
func (m *merger) take(lines []string) {
	if len(lines) > 0 {
		m.result.pieces = append(m.result.pieces, piece{lines: lines})
	}
}

// region decides on the lines of the base up to end, within which the given
// changes are.
func (m *merger) region(end int, ours, theirs []diff.Change) {
	c := Conflict{BaseStart: m.atBase + 1, OursStart: m.atOurs + 1, TheirsStart: m.atTheirs + 1}
	length := end - m.atBase
	c.Base = m.base.lines[m.atBase:end]
	c.Ours = m.ours.lines[m.atOurs : m.atOurs+length+growth(ours)]
	c.Theirs = m.theirs.lines[m.atTheirs : m.atTheirs+length+growth(theirs)]
	m.atBase, m.atOurs, m.atTheirs = end, m.atOurs+len(c.Ours), m.atTheirs+len(c.Theirs)
	switch {
	case len(theirs) == 0:
		m.take(c.Ours)
	case len(ours) == 0:
		m.take(c.Theirs)
	case slices.EqualFunc(c.Ours, c.Theirs, sameLine):
		m.take(c.Ours)
	default:
		m.conflict(c)
	}
}

// conflict records a conflict. What both sides begin and end with is settled.
func (m *merger) conflict(c Conflict) {
	head := 0
	for head < min(len(c.Ours), len(c.Theirs)) && sameLine(c.Ours[head], c.Theirs[head]) {
		head++
	}
	m.take(c.Ours[:head])
	c.Ours, c.Theirs = c.Ours[head:], c.Theirs[head:]
	c.OursStart, c.TheirsStart = c.OursStart+head, c.TheirsStart+head
	tail := 0
	for tail < min(len(c.Ours), len(c.Theirs)) && sameLine(c.Ours[len(c.Ours)-1-tail], c.Theirs[len(c.Theirs)-1-tail]) {
		tail++
	}
	settled := c.Ours[len(c.Ours)-tail:]
	c.Ours, c.Theirs = c.Ours[:len(c.Ours)-tail], c.Theirs[:len(c.Theirs)-tail]
	m.result.Conflicts = append(m.result.Conflicts, c)
	m.result.pieces = append(m.result.pieces, piece{conflict: len(m.result.Conflicts)})
	m.take(settled)
}

// growth returns by how many lines changes make a text longer.
func growth(changes []diff.Change) int {
	n := 0
	for _, c := range changes {
		n += c.NewEnd - c.NewStart - (c.OldEnd - c.OldStart)
	}
	return n
}
