package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// unescape returns a piece of Markdown as the characters it stands for.
func unescape(piece []byte) string {
	piece = util.UnescapePunctuations(piece)
	piece = util.ResolveNumericReferences(piece)
	piece = util.ResolveEntityNames(piece)
	return showBars(piece)
}

// title returns the title of a link or an image, cut to a proper length.
func title(piece []byte) string {
	const maxTitle = 500
	return shorten(unescape(piece[:min(len(piece), 2*maxTitle)]), maxTitle)
}

// address returns the address of a link or an image, "" for one that is too
// long.
func address(piece []byte) string {
	if len(piece) > 2*maxAddress {
		return ""
	}
	return unescape(piece)
}

// showBars returns a text in which the hidden bars are bars again.
func showBars(piece []byte) string {
	return strings.ReplaceAll(string(bytes.ToValidUTF8(piece, []byte("\uFFFD"))), string(rune(bar)), "|")
}

// textNode writes text, with abbreviations explained.
func (w *writer) textNode(n *ast.Text) {
	value := n.Segment.Value(w.source)
	s := showBars(value)
	if !n.IsRaw() {
		s = unescape(value)
	}
	for w.state.abbreviations.count > 0 {
		start, end, meaning, ok := w.state.abbreviations.next(s)
		if !ok {
			break
		}
		w.escape(s[:start])
		w.write(`<abbr title="`)
		w.escape(meaning)
		w.write(`">`)
		w.escape(s[start:end])
		w.write("</abbr>")
		s = s[end:]
	}
	w.escape(s)
	switch {
	case n.HardLineBreak():
		w.write("<br>\n")
	case n.SoftLineBreak():
		w.write("\n")
	}
}

// codeSpan writes code within a line; `$…$` is a formula.
func (w *writer) codeSpan(n *ast.CodeSpan) {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.WriteString(strings.ReplaceAll(showBars(t.Segment.Value(w.source)), "\n", " "))
		}
	}
	code := b.String()
	if len(code) >= 3 && code[0] == '$' && code[len(code)-1] == '$' {
		w.formula(code[1:len(code)-1], false)
		return
	}
	w.write("<code>")
	w.escape(code)
	w.write("</code>")
}

// formula writes TeX for the script that typesets it.
func (w *writer) formula(tex string, display bool) {
	w.page.Needs.Math = true
	class := "math inline"
	if display {
		class = "math display"
	}
	w.write(`<span class="`, class, `">`)
	w.escape(strings.ReplaceAll(tex, string(rune(bar)), "|"))
	w.write("</span>")
}

// mathBlock writes a formula that stands alone.
func (w *writer) mathBlock(n *mathBlock) {
	tex := strings.TrimSpace(showBars([]byte(w.lines(n))))
	tex = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(tex, "$$"), "$$"))
	w.write("<p>")
	w.formula(tex, true)
	w.write("</p>\n")
}

// plain returns the words in a node without markup.
func (w *writer) plain(n ast.Node) string {
	var b strings.Builder
	w.collect(n, &b, 0)
	return strings.Join(strings.Fields(b.String()), " ")
}

func (w *writer) collect(parent ast.Node, b *strings.Builder, depth int) {
	if depth > maxDepth {
		return
	}
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			if n.IsRaw() {
				b.WriteString(showBars(n.Segment.Value(w.source)))
			} else {
				b.WriteString(unescape(n.Segment.Value(w.source)))
			}
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.AutoLink:
			b.WriteString(showBars(n.Label(w.source)))
		case *wikilink:
			b.WriteString(n.label)
		case *formula:
			b.WriteString(n.tex)
		case *noteRef, *ast.RawHTML, *inlineEmbedding, *extast.TaskCheckBox:
			// no words of the text
		default:
			w.collect(n, b, depth+1)
		}
	}
}

// joinSegments returns the text of some segments.
func joinSegments(source []byte, segments *text.Segments) string {
	var b strings.Builder
	for i := range segments.Len() {
		s := segments.At(i)
		b.Write(s.Value(source))
	}
	return b.String()
}
