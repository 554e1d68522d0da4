package source

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// maxAround is how many blocks may be open around a fancy block. It is the
// renderer's bound.
const maxAround = 11

// fancyParser finds the blocks between a line "::: name" and a line of as many
// colons, so that a heading inside of one is not taken for a section of the
// page. As in the renderer, one that is not closed goes on to the end of the
// block around it, and fenced code hides what would close it.
type fancyParser struct{}

// fancyBlock is such a block: like a quote, it only holds others.
type fancyBlock struct {
	ast.Blockquote
	colons int
}

// Trigger implements parser.BlockParser.
func (fancyParser) Trigger() []byte { return []byte{':'} }

// fence returns how many colons a line starts with, and what follows them.
func fence(line []byte, offset int) (colons int, rest []byte) {
	width, at := util.IndentWidth(line, offset)
	if width > 3 || at >= len(line) {
		return 0, nil
	}
	colons = runLength(line[at:], ':')
	return colons, bytes.TrimSpace(line[at+colons:])
}

// Open implements parser.BlockParser.
func (fancyParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	colons, name := fence(line, reader.LineOffset())
	if colons < 3 || bytes.IndexByte(name, ':') >= 0 || len(pc.OpenedBlocks()) > maxAround {
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return &fancyBlock{colons: colons}, parser.HasChildren
}

// Continue implements parser.BlockParser.
func (fancyParser) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	line, _ := reader.PeekLine()
	_, inCode := pc.LastOpenedBlock().Node.(*ast.FencedCodeBlock)
	if colons, rest := fence(line, reader.LineOffset()); !inCode && colons >= node.(*fancyBlock).colons && len(rest) == 0 {
		reader.AdvanceToEOL()
		return parser.Close
	}
	return parser.Continue | parser.HasChildren
}

// Close implements parser.BlockParser.
func (fancyParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (fancyParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (fancyParser) CanAcceptIndentedLine() bool { return false }
