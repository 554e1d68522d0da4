package ui

import "math"

// PassageMark is where a passage stands on the picture of a page.
type PassageMark struct {
	Bar   Mark   // beside all of its lines
	Lines []Mark // one for each line
}

const (
	// barDistance is how far the bar stands to the left of the passage, and
	// barWidth how wide it is, in points.
	barDistance = 7
	barWidth    = 2
)

// Passage is where the passage stands on the page; nil where none is marked.
func (p ReaderPage) Passage() *PassageMark {
	if p.Layout == nil {
		return nil
	}
	var lines []box
	for _, w := range p.Layout.Words {
		if !w.Passage || w.W <= 0 || w.H <= 0 {
			continue
		}
		word := box{w.X, w.Y, w.X + w.W, w.Y + w.H}
		if n := len(lines); n > 0 && lines[n-1].sameLine(word) {
			lines[n-1] = lines[n-1].join(word)
		} else {
			lines = append(lines, word)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	whole := lines[0]
	mark := &PassageMark{}
	for _, line := range lines {
		whole = whole.join(line)
		mark.Lines = append(mark.Lines, Mark{
			X: points(line.left - markMargin), Y: points(line.top), W: points(line.right - line.left + 2*markMargin), H: points(line.bottom - line.top),
		})
	}
	mark.Bar = Mark{
		X: points(max(0, whole.left-barDistance)), Y: points(whole.top), W: points(barWidth), H: points(whole.bottom - whole.top),
	}
	return mark
}

// box is a rectangle in points.
type box struct{ left, top, right, bottom float64 }

// sameLine reports whether a word goes on the line that it follows.
func (b box) sameLine(word box) bool {
	middle := (word.top + word.bottom) / 2
	return middle > b.top && middle < b.bottom && word.left >= b.left
}

func (b box) join(o box) box {
	return box{math.Min(b.left, o.left), math.Min(b.top, o.top), math.Max(b.right, o.right), math.Max(b.bottom, o.bottom)}
}
