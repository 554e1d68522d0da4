package markdown

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// pair is text between two doubled marks: ~~struck out~~ or ==marked==.
type pair struct {
	ast.BaseInline
	mark byte
}

// Kind implements ast.Node.
func (*pair) Kind() ast.NodeKind { return ownKind }

// Dump implements ast.Node.
func (n *pair) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// pairParser parses pairs of one mark. A single mark, or three, is text.
type pairParser struct{ mark byte }

// Trigger implements parser.InlineParser.
func (p pairParser) Trigger() []byte { return []byte{p.mark} }

// Parse implements parser.InlineParser.
func (p pairParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	if before == rune(p.mark) {
		return nil
	}
	line, segment := block.PeekLine()
	n := parser.ScanDelimiter(line, before, 2, p)
	if n == nil || n.OriginalLength != 2 {
		return nil
	}
	n.Segment = segment.WithStop(segment.Start + 2)
	block.Advance(2)
	pc.PushDelimiter(n)
	return n
}

// IsDelimiter implements parser.DelimiterProcessor.
func (p pairParser) IsDelimiter(c byte) bool { return c == p.mark }

// CanOpenCloser implements parser.DelimiterProcessor.
func (p pairParser) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	return opener.Char == closer.Char
}

// OnMatch implements parser.DelimiterProcessor.
func (p pairParser) OnMatch(int) ast.Node { return &pair{mark: p.mark} }
