package library

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/holtdb/holt/fulltext"
)

// place sets Hit and Passage on the words of a layout. In scripts without spaces
// a word of the layout may be a whole line: it is divided where a mark begins or
// ends.
func (m marking) place(words []PlacedWord) []PlacedWord {
	if len(m.hits) == 0 && m.passage.End == 0 {
		return words
	}
	cells, of := cellsOf(words)
	markWords(cells, m.forms())
	if m.passage.End > 0 {
		markPassage(cells, m.passageText())
	}
	return joinCells(cells, of)
}

// token is a word without case and accents, and the placed word it is part of.
type token struct {
	text string
	word int // index
}

// markWords sets Hit on the words that are part of a hit. A hit that the text
// has as one word may be two on the page, divided by a hyphen at a line end.
func markWords(words []PlacedWord, hits []string) {
	tree := &hitTree{}
	for _, hit := range hits {
		tree.add(fold(hit))
	}
	if tree.next == nil {
		return
	}
	tokens := tokensOf(words)
	for i := range tokens {
		for _, j := range tree.match(tokens, i, words) {
			words[j].Hit = true
		}
	}
}

// hitTree has the words of all hits, one node per word.
type hitTree struct {
	next map[string]*hitTree
	end  bool
}

func (t *hitTree) add(words []string) {
	if len(words) == 0 {
		return
	}
	for _, w := range words {
		if t.next == nil {
			t.next = make(map[string]*hitTree)
		}
		if t.next[w] == nil {
			t.next[w] = &hitTree{}
		}
		t = t.next[w]
	}
	t.end = true
}

// match returns the indices of the placed words of the longest hit that begins
// at tokens[i].
func (t *hitTree) match(tokens []token, i int, words []PlacedWord) []int {
	var path, longest []int
	for i < len(tokens) {
		next, joined := t.next[tokens[i].text], false
		if next == nil && i+1 < len(tokens) && divided(words, tokens[i], tokens[i+1]) {
			next, joined = t.next[tokens[i].text+tokens[i+1].text], true
		}
		if next == nil {
			break
		}
		path = append(path, tokens[i].word)
		if joined {
			i++
			path = append(path, tokens[i].word)
		}
		i++
		if t = next; t.end {
			longest = append(longest[:0], path...)
		}
	}
	return longest
}

// divided reports whether a word that ends with a hyphen may go on with the
// next one.
func divided(words []PlacedWord, a, b token) bool {
	if a.word == b.word {
		return false
	}
	last := words[a.word].Text
	return strings.HasSuffix(last, "-") || strings.HasSuffix(last, "\u00ad") || strings.HasSuffix(last, "\u2010")
}

func tokensOf(words []PlacedWord) []token {
	tokens := make([]token, 0, len(words))
	for i, w := range words {
		for _, part := range fold(w.Text) {
			tokens = append(tokens, token{text: part, word: i})
		}
	}
	return tokens
}

// fold returns the words of s without case, accents and punctuation. Ligatures
// are resolved, as they are in the text that is searched. A letter of a script
// without spaces is a word.
func fold(s string) []string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r) || r == '\u00ad':
		case fulltext.Unspaced(r):
			b.WriteString(" " + string(r) + " ")
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

// cellsOf divides the words that have letters of a script without spaces into
// these letters and what stands between them. of tells the word of each cell.
func cellsOf(words []PlacedWord) (cells []PlacedWord, of []int) {
	cells, of = make([]PlacedWord, 0, len(words)), make([]int, 0, len(words))
	for i, w := range words {
		for _, cell := range w.cells() {
			cells, of = append(cells, cell), append(of, i)
		}
	}
	return cells, of
}

// cells divides one word. Where in its box the parts stand is reckoned: such
// letters are of one width, twice that of others.
func (w PlacedWord) cells() []PlacedWord {
	if strings.IndexFunc(w.Text, fulltext.Unspaced) < 0 {
		return []PlacedWord{w}
	}
	const wide, narrow = 2, 1
	var starts, widths []int
	total, apart := 0, true
	for i, r := range w.Text {
		if unicode.Is(unicode.M, r) && i > 0 {
			continue // on the letter before
		}
		unspaced, width := fulltext.Unspaced(r), narrow
		if unspaced {
			width = wide
		}
		if unspaced || apart {
			starts, widths = append(starts, i), append(widths, 0)
		}
		widths[len(widths)-1] += width
		total += width
		apart = unspaced
	}
	cells := make([]PlacedWord, len(starts))
	before := 0
	for i, start := range starts {
		end := len(w.Text)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		cells[i] = w
		cells[i].Text = w.Text[start:end]
		cells[i].Box = w.share(float64(before)/float64(total), float64(widths[i])/float64(total))
		before += widths[i]
	}
	return cells
}

// share is a part of a box along its longer side, which is how the text runs.
func (b Box) share(from, length float64) Box {
	if b.H > b.W {
		return Box{X: b.X, Y: b.Y + from*b.H, W: b.W, H: length * b.H}
	}
	return Box{X: b.X + from*b.W, Y: b.Y, W: length * b.W, H: b.H}
}

// joinCells joins the cells of a word that are marked alike.
func joinCells(cells []PlacedWord, of []int) []PlacedWord {
	out := cells[:0]
	last := -1
	for i, c := range cells {
		if n := len(out) - 1; n >= 0 && of[i] == last && out[n].Hit == c.Hit && out[n].Passage == c.Passage {
			out[n].Text += c.Text
			out[n].Box = out[n].union(c.Box)
			continue
		}
		last = of[i]
		out = append(out, c)
	}
	return out
}

func (b Box) union(c Box) Box {
	x, y := min(b.X, c.X), min(b.Y, c.Y)
	return Box{X: x, Y: y, W: max(b.X+b.W, c.X+c.W) - x, H: max(b.Y+b.H, c.Y+c.H) - y}
}
