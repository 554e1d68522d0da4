package chat

import (
	"html"
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	tables "github.com/yuin/goldmark/extension/ast"
)

// maxEmphasis is how deep emphasis is shown within emphasis.
const maxEmphasis = 8

// writer writes the tree of an answer as HTML.
type writer struct {
	b        strings.Builder
	source   string
	chips    []chip       // in order, those written taken off
	quotes   []*quoteMark // in order, those written taken off
	emphasis int
}

func (w *writer) children(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.node(c)
	}
}

// within writes the children of a node between tags.
func (w *writer) within(tag string, n ast.Node) {
	name, _, _ := strings.Cut(tag, " ")
	w.b.WriteString("<" + tag + ">")
	w.children(n)
	w.b.WriteString("</" + name + ">")
}

func (w *writer) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		w.text(n)
	case *ast.Emphasis:
		w.emphasized(n)
	case *ast.CodeSpan:
		w.within("code", n)
	case *ast.TextBlock:
		w.paragraph(n)
	case *ast.Paragraph:
		w.b.WriteString("<p>")
		w.paragraph(n)
		w.b.WriteString("</p>\n")
	case *ast.Heading:
		w.line("h"+strconv.Itoa(min(n.Level+2, 6)), n)
	case *ast.Blockquote:
		w.line("blockquote", n)
	case *ast.List:
		w.list(n)
	case *ast.ListItem:
		w.line("li", n)
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		w.codeBlock(n)
	case *ast.ThematicBreak:
		w.b.WriteString("<hr>\n")
	case *tables.Table:
		w.table(n)
	default:
		w.children(n)
	}
}

func (w *writer) line(tag string, n ast.Node) {
	w.within(tag, n)
	w.b.WriteByte('\n')
}

func (w *writer) list(n *ast.List) {
	switch {
	case !n.IsOrdered():
		w.line("ul", n)
	case n.Start != 1:
		w.line(`ol start="`+strconv.Itoa(n.Start)+`"`, n)
	default:
		w.line("ol", n)
	}
}

func (w *writer) codeBlock(n ast.Node) {
	w.b.WriteString("<pre><code>")
	for i := range n.Lines().Len() {
		s := n.Lines().At(i)
		w.b.WriteString(html.EscapeString(string(s.Value([]byte(w.source)))))
	}
	w.b.WriteString("</code></pre>\n")
}

func (w *writer) table(n *tables.Table) {
	w.b.WriteString("<table>")
	body := false
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		if _, head := row.(*tables.TableHeader); head {
			w.b.WriteString("<thead>")
			w.row(row, "th")
			w.b.WriteString("</thead>")
			continue
		}
		if !body {
			w.b.WriteString("<tbody>")
			body = true
		}
		w.row(row, "td")
	}
	if body {
		w.b.WriteString("</tbody>")
	}
	w.b.WriteString("</table>\n")
}

func (w *writer) row(row ast.Node, tag string) {
	w.b.WriteString("<tr>")
	for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
		w.within(tag, cell)
	}
	w.b.WriteString("</tr>")
}

func (w *writer) emphasized(n *ast.Emphasis) {
	tag := "em"
	if n.Level == 2 {
		tag = "strong"
	}
	if w.emphasis >= maxEmphasis {
		w.children(n)
		return
	}
	w.emphasis++
	w.within(tag, n)
	w.emphasis--
}

// paragraph writes text that may be a quotation as a whole.
func (w *writer) paragraph(n ast.Node) {
	if len(w.quotes) == 0 || w.quotes[0].block != n {
		w.children(n)
		return
	}
	tag := w.quotes[0].tag
	w.quotes = w.quotes[1:]
	w.b.WriteString(tag)
	w.children(n)
	w.b.WriteString("</q>")
}

// text writes a run of text with its citations, and with the quotations that
// begin, go on or end in it. A quotation that goes over the border of emphasis
// is written in pieces, so that tags nest.
func (w *writer) text(n *ast.Text) {
	_, code := n.Parent().(*ast.CodeSpan)
	for at, stop := n.Segment.Start, n.Segment.Stop; at < stop; {
		for len(w.quotes) > 0 && w.quotes[0].end <= at {
			w.quotes = w.quotes[1:]
		}
		end := stop
		var quote *quoteMark
		if len(w.quotes) > 0 && w.quotes[0].block == nil {
			if q := w.quotes[0]; q.start <= at {
				quote, end = q, min(stop, q.end)
			} else {
				end = min(stop, q.start)
			}
		}
		if quote == nil {
			w.run(at, end, code)
		} else {
			w.quoted(quote, n, at, end, code)
		}
		at = end
	}
	switch {
	case n.HardLineBreak():
		w.b.WriteString("<br>\n")
	case n.SoftLineBreak():
		w.b.WriteByte('\n')
	}
}

// quoted writes a part of a text that is of a quotation.
func (w *writer) quoted(q *quoteMark, n *ast.Text, at, end int, code bool) {
	pieces := q.first.Parent() != q.last.Parent()
	if pieces || !q.open {
		w.b.WriteString(q.tag)
		q.open = true
	}
	w.run(at, end, code)
	if pieces || end >= q.end || n == q.last {
		w.b.WriteString("</q>")
	}
}

// run writes a part of the source that is text.
func (w *writer) run(at, end int, code bool) {
	if code {
		w.b.WriteString(html.EscapeString(strings.ReplaceAll(w.source[at:end], "\n", " ")))
		return
	}
	for len(w.chips) > 0 && w.chips[0].start < end {
		c := w.chips[0]
		w.chips = w.chips[1:]
		if c.start < at || c.end > end {
			continue
		}
		w.b.WriteString(html.EscapeString(literal(w.source[at:c.start])))
		w.b.WriteString(c.html)
		at = c.end
	}
	w.b.WriteString(html.EscapeString(literal(w.source[at:end])))
}

// plain writes a source that has no tree: its paragraphs as text.
func (w *writer) plain() {
	for paragraph := range strings.SplitSeq(w.source, "\n\n") {
		if text := strings.TrimSpace(paragraph); text != "" {
			w.b.WriteString("<p>" + html.EscapeString(literal(text)) + "</p>\n")
		}
	}
}

// escaped is an escape of Markdown: a backslash with what it protects, or a
// character reference.
var escaped = regexp.MustCompile("\\\\[!-/:-@\\[-`{-~]|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

// literal returns what a piece of Markdown without marks says.
func literal(s string) string {
	if !strings.ContainsAny(s, `\&`) {
		return s
	}
	return visible(escaped.ReplaceAllStringFunc(s, func(e string) string {
		if e[0] == '\\' {
			return e[1:]
		}
		return html.UnescapeString(e)
	}))
}
