package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// formula is TeX within a line.
type formula struct {
	ast.BaseInline
	tex     string
	display bool
}

// Kind implements ast.Node.
func (*formula) Kind() ast.NodeKind { return ownKind }

// Dump implements ast.Node.
func (n *formula) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// mathParser parses $…$ and $$…$$. The first and the last character of a
// formula are no spaces, and no digit follows: $5 and $10 are prices.
type mathParser struct{}

// Trigger implements parser.InlineParser.
func (mathParser) Trigger() []byte { return []byte{'$'} }

// Parse implements parser.InlineParser.
func (mathParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	fence := 1
	if bytes.HasPrefix(line, []byte("$$")) {
		fence = 2
	}
	if len(line) <= fence || line[fence] == '$' || fence == 1 && util.IsSpace(line[fence]) {
		return nil
	}
	block.Advance(fence)
	var tex []byte
	for {
		line, _ := block.PeekLine()
		if line == nil {
			return nil
		}
		end := closingDollar(line, fence)
		if end < 0 {
			tex = append(tex, line...)
			block.AdvanceLine()
			continue
		}
		tex = append(tex, line[:end]...)
		after := end + fence
		if fence == 1 && (util.IsSpace(tex[len(tex)-1]) || after < len(line) && line[after] >= '0' && line[after] <= '9') {
			return nil
		}
		block.Advance(after)
		if len(bytes.TrimSpace(tex)) == 0 {
			return nil
		}
		return &formula{tex: string(bytes.TrimSpace(tex)), display: fence == 2}
	}
}

// closingDollar returns the offset of the dollars that end a formula, −1 when
// the line has none.
func closingDollar(line []byte, fence int) int {
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\':
			i++
		case line[i] == '$' && (fence == 1 || i+1 < len(line) && line[i+1] == '$'):
			return i
		}
	}
	return -1
}

// mathBlock is a formula that stands alone, its lines between dollars.
type mathBlock struct {
	ast.BaseBlock
	closed bool
}

// Kind implements ast.Node.
func (*mathBlock) Kind() ast.NodeKind { return ownKind }

// Dump implements ast.Node.
func (n *mathBlock) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// IsRaw implements ast.Node: there is no Markdown in TeX.
func (*mathBlock) IsRaw() bool { return true }

// mathBlockParser parses blocks that start with $$ and end with $$ at the end
// of a line, without an empty line in between.
type mathBlockParser struct{}

// Trigger implements parser.BlockParser.
func (mathBlockParser) Trigger() []byte { return []byte{'$'} }

// Open implements parser.BlockParser.
func (mathBlockParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	at := pc.BlockOffset()
	if at < 0 || !bytes.HasPrefix(line[at:], []byte("$$")) {
		return nil, parser.NoChildren
	}
	if closingDollar(line[at+2:], 2) >= 0 {
		return nil, parser.NoChildren // on one line: an inline formula
	}
	n := &mathBlock{}
	n.Lines().Append(text.NewSegment(segment.Start-segment.Padding+at, segment.Stop))
	reader.AdvanceToEOL()
	return n, parser.NoChildren
}

// Continue implements parser.BlockParser.
func (mathBlockParser) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	n := node.(*mathBlock)
	line, segment := reader.PeekLine()
	if n.closed || util.IsBlank(line) {
		return parser.Close
	}
	n.Lines().Append(segment)
	n.closed = bytes.HasSuffix(bytes.TrimRight(line, " \t\r\n"), []byte("$$"))
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

// Close implements parser.BlockParser. A block without an end is a paragraph.
func (mathBlockParser) Close(node ast.Node, _ text.Reader, _ parser.Context) {
	n := node.(*mathBlock)
	if n.closed {
		return
	}
	paragraph := ast.NewParagraph()
	paragraph.SetLines(n.Lines())
	n.Parent().ReplaceChild(n.Parent(), n, paragraph)
}

// CanInterruptParagraph implements parser.BlockParser.
func (mathBlockParser) CanInterruptParagraph() bool { return false }

// CanAcceptIndentedLine implements parser.BlockParser.
func (mathBlockParser) CanAcceptIndentedLine() bool { return false }
