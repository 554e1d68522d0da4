package markdown

import (
	"bytes"
	"context"
	"html"
	"strconv"
	"time"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"

	"github.com/holtdb/holt/wiki/markdown/embed"
)

// writer writes a page's tree as HTML. All text goes through escape or text,
// all addresses through its links.
type writer struct {
	scope
	ctx      context.Context
	path     string
	options  Options
	env      Environment
	parse    func(body []byte) (ast.Node, *state)
	renderer *embed.Renderer // made when the first embedding is met

	out       bytes.Buffer
	err       error
	page      Page
	ids       map[string]int // slugs in use, with the last suffix
	linked    map[string]bool
	sections  map[int]int // offset in the body → index of the section
	fragments int         // texts within embeddings
	inner     int         // their bytes
	colouring time.Duration
	raw       rawState
}

// scope is what belongs to one text: the page's, or that of a fragment in it.
type scope struct {
	source     []byte
	state      *state
	depth      int
	inLink     bool
	inFragment bool
	prefix     string // of the ids of footnotes
}

func newWriter(ctx context.Context, body []byte, path string, o Options, env Environment, s *state, parse func([]byte) (ast.Node, *state)) *writer {
	return &writer{
		scope: scope{source: body, state: s},
		ctx:   ctx, path: path, options: o, env: env, parse: parse,
		ids: map[string]int{}, linked: map[string]bool{},
	}
}

// fail keeps the first error; nothing is written after it.
func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// write writes HTML.
func (w *writer) write(parts ...string) {
	for _, s := range parts {
		w.out.WriteString(s)
	}
	if w.out.Len() > maxOutput {
		w.fail(errBeyond)
	}
}

// escape writes text.
func (w *writer) escape(s string) { w.write(html.EscapeString(s)) }

// children writes what is in a node.
func (w *writer) children(parent ast.Node) {
	w.depth++
	defer func() { w.depth-- }()
	if w.depth > maxDepth {
		w.fail(errBeyond)
	}
	floor := w.raw.floor
	w.raw.floor = len(w.raw.open)
	for n := parent.FirstChild(); n != nil && w.err == nil; n = n.NextSibling() {
		w.node(n)
	}
	w.closeRaw(w.raw.floor)
	w.raw.floor = floor
}

// element writes a node's children within an element.
func (w *writer) element(tag string, n ast.Node) {
	w.write("<", tag, ">")
	w.children(n)
	w.write("</", tag, ">")
}

// block is element for one that ends a line.
func (w *writer) block(tag string, n ast.Node) {
	w.element(tag, n)
	w.write("\n")
}

// node writes a node.
func (w *writer) node(n ast.Node) {
	if n.Type() == ast.TypeBlock {
		if w.err == nil && w.ctx.Err() != nil {
			w.fail(w.ctx.Err())
		}
		w.closeParagraph()
		w.blockNode(n)
		return
	}
	w.inlineNode(n)
}

func (w *writer) blockNode(n ast.Node) {
	switch n := n.(type) {
	case *ast.Paragraph:
		w.block("p", n)
	case *ast.TextBlock:
		w.children(n)
		if n.NextSibling() != nil {
			w.write("\n")
		}
	case *ast.Heading:
		w.heading(n)
	case *ast.ThematicBreak:
		w.write("<hr>\n")
	case *ast.Blockquote:
		w.write("<blockquote>\n")
		w.children(n)
		w.write("</blockquote>\n")
	case *ast.List:
		w.list(n)
	case *ast.ListItem:
		w.listItem(n)
	case *ast.CodeBlock:
		w.code("", w.lines(n), false)
	case *ast.FencedCodeBlock:
		w.fenced(n)
	case *ast.HTMLBlock:
		w.htmlBlock(n)
	case *extast.Table:
		w.table(n)
	case *box:
		w.box(n)
	case *boxTitle:
		// written with its box
	case *mathBlock:
		w.mathBlock(n)
	case *embedding:
		w.embed(n.call)
		w.write("\n")
	case *note, *definition, *ast.LinkReferenceDefinition:
		// nothing to see where it stands
	default:
		w.children(n)
	}
}

func (w *writer) inlineNode(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		w.textNode(n)
	case *ast.String:
		w.escape(string(n.Value))
	case *ast.CodeSpan:
		w.codeSpan(n)
	case *ast.Emphasis:
		if n.Level == 2 {
			w.element("strong", n)
		} else {
			w.element("em", n)
		}
	case *pair:
		if n.mark == '~' {
			w.element("del", n)
		} else {
			w.element("mark", n)
		}
	case *ast.Link:
		w.link(n)
	case *ast.Image:
		w.image(n)
	case *ast.AutoLink:
		w.autoLink(n)
	case *ast.RawHTML:
		w.rawHTML(joinSegments(w.source, n.Segments))
	case *extast.TaskCheckBox:
		w.checkBox(n.IsChecked)
	case *wikilink:
		w.wikilink(n)
	case *noteRef:
		w.noteRef(n)
	case *formula:
		w.formula(n.tex, n.display)
	case *inlineEmbedding:
		w.embed(n.call)
	default:
		w.children(n)
	}
}

// lines returns the text of a block that has lines of its own.
func (w *writer) lines(n ast.Node) string {
	return joinSegments(w.source, n.Lines())
}

// checkBox writes the box of a task. It cannot be clicked: the page is changed
// by editing it.
func (w *writer) checkBox(checked bool) {
	w.write(`<input type="checkbox" class="task-list-item-checkbox" disabled`)
	if checked {
		w.write(" checked")
	}
	w.write("> ")
}

func (w *writer) list(n *ast.List) {
	tag := "ul"
	if n.IsOrdered() {
		tag = "ol"
	}
	w.write("<", tag)
	if n.IsOrdered() && n.Start != 1 {
		w.write(` start="`, strconv.Itoa(n.Start), `"`)
	}
	w.write(">\n")
	w.children(n)
	w.write("</", tag, ">\n")
}

func (w *writer) listItem(n *ast.ListItem) {
	w.write("<li")
	if first := n.FirstChild(); first != nil {
		if _, task := first.FirstChild().(*extast.TaskCheckBox); task {
			w.write(` class="task-list-item"`)
		}
		if _, tight := first.(*ast.TextBlock); !tight {
			w.write(">\n")
			w.children(n)
			w.write("</li>\n")
			return
		}
	}
	w.write(">")
	w.children(n)
	w.write("</li>\n")
}

// table writes a table within an element that scrolls where it is too wide.
func (w *writer) table(n *extast.Table) {
	w.write("<div class=\"table-scroll\"><table>\n")
	body := false
	for row := n.FirstChild(); row != nil && w.err == nil; row = row.NextSibling() {
		tag := "td"
		if _, head := row.(*extast.TableHeader); head {
			tag = "th"
			w.write("<thead>\n")
		} else if !body {
			body = true
			w.write("<tbody>\n")
		}
		w.write("<tr>")
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			w.write("<", tag)
			if c, ok := cell.(*extast.TableCell); ok && c.Alignment != extast.AlignNone {
				w.write(` align="`, c.Alignment.String(), `"`)
			}
			w.write(">")
			w.children(cell)
			w.write("</", tag, ">")
		}
		w.write("</tr>\n")
		if tag == "th" {
			w.write("</thead>\n")
		}
	}
	if body {
		w.write("</tbody>\n")
	}
	w.write("</table></div>\n")
}
