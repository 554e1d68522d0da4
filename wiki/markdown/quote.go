package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// box is a block of blocks with a look of its own: an alert, a fancy block, a
// spoiler or a fold. Its first child may be a boxTitle.
type box struct {
	ast.BaseBlock
	look  boxLook
	name  string // an alert's type or a fancy block's family
	fence int    // colons that opened a fancy block
}

// boxLook tells the kinds of boxes apart.
type boxLook uint8

const (
	alertBox boxLook = iota
	fancyBox
	spoilerBox
	foldBox
)

// Kind implements ast.Node.
func (*box) Kind() ast.NodeKind { return ownKind }

// Dump implements ast.Node.
func (n *box) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// boxTitle is the title of a box: inline text that is no heading of the page.
type boxTitle struct{ ast.BaseBlock }

// Kind implements ast.Node.
func (*boxTitle) Kind() ast.NodeKind { return ownKind }

// Dump implements ast.Node.
func (n *boxTitle) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// afterMark returns the offset in the line behind marks such as ">", up to
// three spaces before them and one behind them, and whether they are there.
func afterMark(line []byte, offset int, marks ...byte) (int, bool) {
	width, at := util.IndentWidth(line, offset)
	if width > 3 || !bytes.HasPrefix(line[min(at, len(line)):], marks) {
		return 0, false
	}
	at += len(marks)
	if at < len(line) && line[at] == ' ' {
		at++
	}
	return at, true
}

// titleAt takes a title in the form of a heading ("# text") off the start of
// the line and makes it the box's title.
func titleAt(b *box, reader text.Reader) bool {
	line, segment := reader.PeekLine()
	trimmed := bytes.TrimLeft(line, " \t")
	hashes := len(trimmed) - len(bytes.TrimLeft(trimmed, "#"))
	if hashes == 0 || hashes > 5 {
		return false
	}
	start := segment.Start - segment.Padding + len(line) - len(trimmed) + hashes
	title := text.NewSegment(min(start, segment.Stop), segment.Stop)
	title = title.TrimLeftSpace(reader.Source())
	title = title.TrimRightSpace(reader.Source())
	node := &boxTitle{}
	if !title.IsEmpty() {
		node.Lines().Append(title)
	}
	b.AppendChild(b, node)
	reader.AdvanceToEOL()
	return true
}

// alertParser parses GitHub's alerts: a quote whose first line is [!TYPE].
type alertParser struct{}

// Trigger implements parser.BlockParser.
func (alertParser) Trigger() []byte { return []byte{'>'} }

// Open implements parser.BlockParser.
func (alertParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	at, ok := afterMark(line, reader.LineOffset(), '>')
	if !ok || tooDeep(pc) {
		return nil, parser.NoChildren
	}
	rest := bytes.TrimLeft(line[at:], " \t")
	name, _, ok := bytes.Cut(rest, []byte("]"))
	if !ok || !bytes.HasPrefix(name, []byte("[!")) {
		return nil, parser.NoChildren
	}
	kind := strings.ToLower(string(name[2:]))
	if alertTitle(kind) == "" {
		return nil, parser.NoChildren
	}
	reader.Advance(len(line) - len(rest) + len(name) + 1)
	return &box{look: alertBox, name: kind}, parser.HasChildren
}

// Continue implements parser.BlockParser.
func (alertParser) Continue(_ ast.Node, reader text.Reader, _ parser.Context) parser.State {
	return continueQuote(reader, '>')
}

// continueQuote goes on with a block whose every line starts with the marks.
func continueQuote(reader text.Reader, marks ...byte) parser.State {
	line, _ := reader.PeekLine()
	at, ok := afterMark(line, reader.LineOffset(), marks...)
	if !ok {
		return parser.Close
	}
	reader.Advance(min(at, len(bytes.TrimRight(line, "\n"))))
	return parser.Continue | parser.HasChildren
}

// Close implements parser.BlockParser.
func (alertParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (alertParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (alertParser) CanAcceptIndentedLine() bool { return false }

// quoteParser parses spoilers (">!") and folds (">|").
type quoteParser struct{ mark byte }

// Trigger implements parser.BlockParser.
func (quoteParser) Trigger() []byte { return []byte{'>'} }

// Open implements parser.BlockParser.
func (p quoteParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	at, ok := afterMark(line, reader.LineOffset(), '>', p.mark)
	if !ok || tooDeep(pc) {
		return nil, parser.NoChildren
	}
	reader.Advance(min(at, len(bytes.TrimRight(line, "\n"))))
	if p.mark == '!' {
		return &box{look: spoilerBox}, parser.HasChildren
	}
	b := &box{look: foldBox}
	titleAt(b, reader)
	return b, parser.HasChildren
}

// Continue implements parser.BlockParser.
func (p quoteParser) Continue(_ ast.Node, reader text.Reader, _ parser.Context) parser.State {
	return continueQuote(reader, '>', p.mark)
}

// Close implements parser.BlockParser.
func (quoteParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (quoteParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (quoteParser) CanAcceptIndentedLine() bool { return false }
