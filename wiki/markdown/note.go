package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// maxLabel is the most bytes of a footnote's or an abbreviation's name.
const maxLabel = 200

// notes are the footnotes of a page.
type notes struct {
	defined []*note // in the order of the page
	byLabel map[string]*note
	refs    int
}

// note is a footnote. It is taken out of the tree and written at the end.
type note struct {
	ast.BaseBlock
	label  string
	number int
	refs   []int // numbers of the references, over all notes
}

// Kind implements ast.Node.
func (*note) Kind() ast.NodeKind { return ownKind }

// Dump implements ast.Node.
func (n *note) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// noteRef is a reference to a footnote.
type noteRef struct {
	ast.BaseInline
	number, ref int
}

// Kind implements ast.Node.
func (*noteRef) Kind() ast.NodeKind { return ownKind }

// Dump implements ast.Node.
func (n *noteRef) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// labelAt returns the label that a text starts with ("[^label]") as it is
// compared, and its length with the brackets.
func labelAt(line []byte) (string, int) {
	if !bytes.HasPrefix(line, []byte("[^")) {
		return "", 0
	}
	inner := line[2:min(len(line), 2+maxLabel)]
	end := bytes.IndexByte(inner, ']')
	if end <= 0 || bytes.ContainsAny(inner[:end], "[\n") {
		return "", 0
	}
	label := strings.ToLower(strings.Join(strings.Fields(string(inner[:end])), " "))
	if label == "" {
		return "", 0
	}
	return label, end + 3
}

// noteParser parses footnotes: [^label]: text, with further paragraphs indented.
type noteParser struct{}

// Trigger implements parser.BlockParser.
func (noteParser) Trigger() []byte { return []byte{'['} }

// Open implements parser.BlockParser.
func (noteParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	at := pc.BlockOffset()
	if _, top := parent.(*ast.Document); !top || at < 0 {
		return nil, parser.NoChildren
	}
	label, length := labelAt(line[at:])
	if length == 0 || at+length >= len(line) || line[at+length] != ':' {
		return nil, parser.NoChildren
	}
	reader.Advance(at + length + 1)
	return &note{label: label}, parser.HasChildren
}

// Continue implements parser.BlockParser.
func (noteParser) Continue(_ ast.Node, reader text.Reader, _ parser.Context) parser.State {
	line, _ := reader.PeekLine()
	if util.IsBlank(line) {
		return parser.Continue | parser.HasChildren
	}
	width, _ := util.IndentWidth(line, reader.LineOffset())
	if width < 2 {
		return parser.Close
	}
	at, padding := util.IndentPosition(line, reader.LineOffset(), min(width, 4))
	reader.AdvanceAndSetPadding(at, padding)
	return parser.Continue | parser.HasChildren
}

// Close implements parser.BlockParser. Of notes with one label the first counts.
// All stay in the tree, so that their text is parsed; the writer passes them by.
func (noteParser) Close(node ast.Node, _ text.Reader, pc parser.Context) {
	all, n := &stateOf(pc).notes, node.(*note)
	if all.byLabel[n.label] != nil {
		return
	}
	if all.byLabel == nil {
		all.byLabel = map[string]*note{}
	}
	all.byLabel[n.label] = n
	all.defined = append(all.defined, n)
	n.number = len(all.defined)
}

// CanInterruptParagraph implements parser.BlockParser.
func (noteParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (noteParser) CanAcceptIndentedLine() bool { return false }

// noteRefParser parses references to footnotes. It runs when all blocks are
// known; a reference without a note is text.
type noteRefParser struct{}

// Trigger implements parser.InlineParser.
func (noteRefParser) Trigger() []byte { return []byte{'['} }

// Parse implements parser.InlineParser.
func (noteRefParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	label, length := labelAt(line)
	all := &stateOf(pc).notes
	n := all.byLabel[label]
	if length == 0 || n == nil {
		return nil
	}
	block.Advance(length)
	all.refs++
	n.refs = append(n.refs, all.refs)
	return &noteRef{number: n.number, ref: all.refs}
}
