package source

import "sort"

// joined is the text of a block's lines in one piece, and where each came from.
type joined struct {
	text   []byte
	lines  []span
	starts []int // in text, of each line
}

// join puts the lines of a block together.
func join(body []byte, lines []span) joined {
	j := joined{lines: lines, starts: make([]int, len(lines))}
	if len(lines) == 1 {
		j.text = body[lines[0].start:lines[0].end]
		return j
	}
	size := 0
	for _, line := range lines {
		size += line.end - line.start
	}
	j.text = make([]byte, 0, size)
	for i, line := range lines {
		j.starts[i] = len(j.text)
		j.text = append(j.text, body[line.start:line.end]...)
	}
	return j
}

// origin returns the offset in the body of an offset in the joined text.
func (j joined) origin(at int) int {
	i := max(sort.SearchInts(j.starts, at+1)-1, 0)
	return j.lines[i].start + at - j.starts[i]
}

// originEnd returns where a range of the joined text that lies in one line ends
// in the body.
func (j joined) originEnd(s span) int { return j.origin(s.start) + s.end - s.start }
