package markup

import "strings"

// Render writes a section as HTML, with the lists and tables around its first
// and last block opened and closed, and as text: blocks divided by a blank
// line, list items and rows by a line end, cells by a tab.
func Render(blocks []Block) (html, text string) {
	var h, t strings.Builder
	var path *container
	for i, b := range blocks {
		move(&h, path, b.path)
		path = b.path
		h.WriteString(b.HTML)
		if b.Text == "" {
			continue
		}
		if i > 0 && t.Len() > 0 {
			t.WriteString(between(blocks[i-1].path, b.path))
		}
		t.WriteString(b.Text)
	}
	move(&h, path, nil)
	return h.String(), t.String()
}

// between returns the white space between two blocks of text.
func between(before, after *container) string {
	if row := after.within("tr"); row != nil {
		if row == before.within("tr") {
			return "\t"
		}
		if after.within("table") == before.within("table") {
			return "\n"
		}
	}
	if item := after.within("li", "dt", "dd"); item != nil && before.within("ul", "ol", "dl") != nil {
		return "\n"
	}
	return "\n\n"
}

// move closes the containers that end between two blocks and opens those that
// begin.
func move(b *strings.Builder, from, to *container) {
	var opened []string
	for from != to {
		if to == nil || from != nil && from.depth >= to.depth {
			b.WriteString("</" + from.tag + ">")
			from = from.parent
		} else {
			opened = append(opened, to.tag)
			to = to.parent
		}
	}
	for i := len(opened) - 1; i >= 0; i-- {
		b.WriteString("<" + opened[i] + ">")
	}
}
