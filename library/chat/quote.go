package chat

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
)

const (
	minQuote = 4    // words; less is a term rather than a quotation
	maxQuote = 2000 // bytes
)

// quotation is a quotation in the source of an answer.
type quotation struct {
	text       string // without the marks
	start, end int    // in the source, with the marks
	whole      ast.Node
}

// closers are the marks that may end what a mark begins.
var closers = map[rune]string{'“': "”", '„': "“”", '«': "»", '»': "«", '「': "」", '『': "』"}

// quotations returns the quotations of an answer, in order: what stands in
// double quotes, and quoted blocks that have none.
func quotations(tree ast.Node, source string) []quotation {
	var all []quotation
	if tree == nil {
		return nil
	}
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch {
		case !entering:
			if _, quoted := n.(*ast.Blockquote); quoted {
				all = appendWhole(all, n, source)
			}
		case holdsText(n):
			all = append(all, flatten(n, source).quotations()...)
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	slices.SortStableFunc(all, func(a, b quotation) int { return a.start - b.start })
	return all
}

// holdsText reports whether a block has text and no blocks in it.
func holdsText(n ast.Node) bool {
	first := n.FirstChild()
	return n.Type() == ast.TypeBlock && first != nil && first.Type() == ast.TypeInline
}

// appendWhole appends the paragraphs of a quoted block, unless one of the
// quotations that are known lies within: then the block is a frame for it.
func appendWhole(all []quotation, block ast.Node, source string) []quotation {
	var own []quotation
	for n := block.FirstChild(); n != nil; n = n.NextSibling() {
		if !holdsText(n) {
			continue
		}
		f := flatten(n, source)
		text := withoutAttribution(string(f.text))
		if len(f.text) == 0 || text == "" {
			continue
		}
		q := quotation{text: unmarked(text), start: f.at[0], end: f.at[len(f.at)-1] + 1, whole: n}
		if slices.ContainsFunc(all, func(other quotation) bool { return other.start >= q.start && other.end <= q.end }) {
			return all
		}
		if countWords(q.text) >= minQuote {
			own = append(own, q)
		}
	}
	return append(all, own...)
}

// withoutAttribution returns a quotation without a last line that says where it
// is from, which begins with a dash.
func withoutAttribution(s string) string {
	if i := strings.LastIndexByte(s, '\n'); i >= 0 {
		for _, dash := range []string{"—", "–", "―", "-"} {
			if strings.HasPrefix(strings.TrimSpace(s[i:]), dash) {
				return s[:i]
			}
		}
	}
	return s
}

// flat is the text of a block without the marks of Markdown between its parts.
type flat struct {
	text []byte
	at   []int  // where each byte stands in the source
	code []bool // whether it is code
}

func flatten(block ast.Node, source string) flat {
	var f flat
	_ = ast.Walk(block, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		t, ok := n.(*ast.Text)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		_, code := t.Parent().(*ast.CodeSpan)
		for i := t.Segment.Start; i < t.Segment.Stop; i++ {
			f.add(source[i], i, code)
		}
		if t.SoftLineBreak() || t.HardLineBreak() {
			f.add('\n', t.Segment.Stop, code)
		}
		return ast.WalkContinue, nil
	})
	return f
}

func (f *flat) add(c byte, at int, code bool) {
	f.text = append(f.text, c)
	f.at = append(f.at, at)
	f.code = append(f.code, code)
}

// quotations returns what stands in quotation marks.
func (f flat) quotations() []quotation {
	var all []quotation
	for i := 0; i < len(f.text); {
		r, size := utf8.DecodeRune(f.text[i:])
		closer, opens := closers[r]
		if r == '"' {
			closer, opens = `"”`, f.mayOpen(i)
		}
		if !opens || f.code[i] {
			i += size
			continue
		}
		start, end := f.closing(i+size, closer)
		if start < 0 {
			i += size
			continue
		}
		from := i
		if from > 0 && r == '"' && f.text[from-1] == '\\' {
			from--
		}
		if text := unmarked(string(f.text[i+size : start])); countWords(text) >= minQuote {
			all = append(all, quotation{text: text, start: f.at[from], end: f.at[end-1] + 1})
		}
		i = end
	}
	return all
}

// closing returns where one of the closing marks stands, and where it ends.
func (f flat) closing(from int, marks string) (start, end int) {
	for i := from; i < min(len(f.text), from+maxQuote); {
		r, size := utf8.DecodeRune(f.text[i:])
		if !f.code[i] && strings.ContainsRune(marks, r) && (r != '"' || f.mayClose(i)) {
			return i, i + size
		}
		i += size
	}
	return -1, -1
}

// mayOpen reports whether a straight mark may begin a quotation: no letter or
// digit before it, and no space behind it.
func (f flat) mayOpen(i int) bool {
	before, _ := utf8.DecodeLastRune(bytes.TrimSuffix(f.text[:i], []byte{'\\'}))
	after, size := utf8.DecodeRune(f.text[i+1:])
	return (i == 0 || !unicode.IsLetter(before) && !unicode.IsDigit(before) || unspaced(before)) && size > 0 && !unicode.IsSpace(after)
}

// mayClose is the same for the end of a quotation.
func (f flat) mayClose(i int) bool {
	before, _ := utf8.DecodeLastRune(f.text[:i])
	after, size := utf8.DecodeRune(f.text[i+1:])
	return !unicode.IsSpace(before) && (size == 0 || !unicode.IsLetter(after) && !unicode.IsDigit(after) || unspaced(after))
}

// unmarked returns a quotation as text: without citations, escapes of Markdown
// and needless space.
func unmarked(s string) string {
	return strings.Join(strings.Fields(literal(withoutCitations(s))), " ")
}

// unspaced reports whether a character is of a script without spaces between words.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// countWords returns how many words a text has; two characters of a script
// without spaces count as one.
func countWords(s string) int {
	words, characters, inWord := 0, 0, false
	for _, r := range s {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '\'' || r == '’'
		switch {
		case unspaced(r):
			characters++
			inWord = false
		case letter && !inWord:
			words++
			inWord = true
		case !letter:
			inWord = false
		}
	}
	return words + characters/2
}
