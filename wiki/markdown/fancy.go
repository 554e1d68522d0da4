package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// fancyParser parses the blocks between "::: family" and ":::". One that is not
// closed goes on to the end of the block around it.
type fancyParser struct{}

// Trigger implements parser.BlockParser.
func (fancyParser) Trigger() []byte { return []byte{':'} }

// colons returns how many colons a line starts with and what follows them.
func colons(line []byte, offset int) (int, []byte) {
	width, at := util.IndentWidth(line, offset)
	if width > 3 || at >= len(line) {
		return 0, nil
	}
	rest := bytes.TrimLeft(line[at:], ":")
	return len(line) - at - len(rest), bytes.TrimSpace(rest)
}

// Open implements parser.BlockParser.
func (fancyParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	n, name := colons(line, reader.LineOffset())
	if n < 3 || bytes.IndexByte(name, ':') >= 0 || tooDeep(pc) {
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return &box{look: fancyBox, name: strings.ToLower(string(name)), fence: n}, parser.HasChildren
}

// Continue implements parser.BlockParser.
func (fancyParser) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	b := node.(*box)
	line, _ := reader.PeekLine()
	if n, rest := colons(line, reader.LineOffset()); n >= b.fence && len(rest) == 0 && !inCode(pc) {
		reader.AdvanceToEOL()
		return parser.Close
	}
	if !b.HasChildren() && !util.IsBlank(line) {
		titleAt(b, reader)
	}
	return parser.Continue | parser.HasChildren
}

// inCode reports whether the innermost open block is fenced code.
func inCode(pc parser.Context) bool {
	_, ok := pc.LastOpenedBlock().Node.(*ast.FencedCodeBlock)
	return ok
}

// Close implements parser.BlockParser.
func (fancyParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (fancyParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (fancyParser) CanAcceptIndentedLine() bool { return false }
