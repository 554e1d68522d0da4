package source

import (
	"cmp"
	"slices"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// blockKind says what a block's lines are.
type blockKind uint8

const (
	prose      blockKind = iota // paragraphs, headings, cells: text with inline markup
	code                        // taken as it is
	rawHTML                     // an HTML block
	definition                  // [label]: destination
)

// block is a piece of the body that has lines of its own.
type block struct {
	kind    blockKind
	heading int    // level of a heading that is in no other block, else 0
	start   int    // offset in the body at which the heading's text starts
	lines   []span // in the body, markup of surrounding blocks taken off
}

// at returns the offset at which the block starts.
func (b block) at() int {
	if len(b.lines) > 0 {
		return b.lines[0].start
	}
	return b.start
}

// span is a range of bytes.
type span struct{ start, end int }

// blocksOf returns the blocks of a body in their order.
func blocksOf(body []byte) []block {
	if !Plausible(body) {
		return []block{{kind: code, lines: []span{{0, len(body)}}}}
	}
	p := parser.NewParser(
		parser.WithBlockParsers(parser.DefaultBlockParsers()...),
		parser.WithBlockParsers(
			util.Prioritized(fancyParser{}, 750),
			util.Prioritized(extension.NewFootnoteBlockParser(), 999),
		),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	)
	var blocks []block
	collectBlocks(p.Parse(text.NewReader(body)), &blocks)
	// Footnotes have been gathered where the first one stands.
	slices.SortStableFunc(blocks, func(a, b block) int { return cmp.Compare(a.at(), b.at()) })
	return blocks
}

// collectBlocks appends the blocks below a node. The depth is bounded, as
// Plausible bounds it.
func collectBlocks(parent ast.Node, blocks *[]block) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Type() != ast.TypeBlock {
			continue
		}
		b := block{lines: linesOf(n)}
		switch n := n.(type) {
		case *ast.Heading:
			if parent.Kind() == ast.KindDocument {
				b.heading, b.start = n.Level, n.Pos()
			}
		case *ast.Paragraph, *ast.TextBlock:
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			b.kind = code
		case *ast.HTMLBlock:
			b.kind = rawHTML
			if n.HasClosure() {
				b.lines = append(b.lines, span{n.ClosureLine.Start, n.ClosureLine.Stop})
			}
		case *ast.LinkReferenceDefinition:
			b.kind = definition
		default:
			collectBlocks(n, blocks)
			continue
		}
		*blocks = append(*blocks, b)
	}
}

// linesOf returns the lines of a block.
func linesOf(n ast.Node) []span {
	lines := n.Lines()
	spans := make([]span, 0, lines.Len())
	for i := range lines.Len() {
		if line := lines.At(i); line.Stop > line.Start {
			spans = append(spans, span{line.Start, line.Stop})
		}
	}
	return spans
}
