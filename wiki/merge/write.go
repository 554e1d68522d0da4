package merge

import "strings"

// Resolve returns the merged text with the lines that choose gives for each
// conflict, which are numbered from 0.
func (r Result) Resolve(choose func(i int, c Conflict) []string) []byte {
	w := writer{text: []byte{}, newline: r.newline()}
	for _, p := range r.pieces {
		lines := p.lines
		if p.conflict > 0 {
			lines = choose(p.conflict-1, r.Conflicts[p.conflict-1])
		}
		for _, line := range lines {
			w.line(line)
		}
	}
	return w.text
}

// Marked returns the merged text with both versions of each conflict between
// markers as git writes them, named by the labels. Without conflicts it is the
// merged text.
func (r Result) Marked(oursLabel, theirsLabel string) []byte {
	newline := r.newline()
	marker := func(sign, label string) string {
		if label = strings.Join(strings.Fields(label), " "); label != "" {
			label = " " + label
		}
		return strings.Repeat(sign, 7) + label + newline
	}
	return r.Resolve(func(_ int, c Conflict) []string {
		lines := append([]string{marker("<", oursLabel)}, c.Ours...)
		lines = append(append(lines, marker("=", "")), c.Theirs...)
		return append(lines, marker(">", theirsLabel))
	})
}

// newline returns how the first line that ends at all ends.
func (r Result) newline() string {
	for _, p := range r.pieces {
		lines := p.lines
		if p.conflict > 0 {
			lines = r.Conflicts[p.conflict-1].Ours
		}
		if len(lines) > 0 && strings.HasSuffix(lines[0], "\n") {
			if strings.HasSuffix(lines[0], "\r\n") {
				return "\r\n"
			}
			return "\n"
		}
	}
	return "\n"
}

// writer puts lines together.
type writer struct {
	text    []byte
	newline string
}

// line appends a line. One that was the last of its text and is not any more
// gets a newline.
func (w *writer) line(line string) {
	if n := len(w.text); n > 0 && w.text[n-1] != '\n' {
		w.text = append(w.text, w.newline...)
	}
	w.text = append(w.text, line...)
}
