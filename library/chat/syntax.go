package chat

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// parseMarkdown returns the tree of an answer in the part of CommonMark that
// answers may use, with tables. There are no links, images, addresses or HTML in
// this part: what looks like them is text. Text that goes beyond the limits has
// no tree.
func parseMarkdown(source string) ast.Node {
	if !plausible(source) {
		return nil
	}
	p := parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewEmphasisParser(), 500),
		),
		parser.WithParagraphTransformers(
			util.Prioritized(extension.NewTableParagraphTransformer(), 200),
		),
		parser.WithASTTransformers(
			util.Prioritized(extension.NewTableASTTransformer(), 0),
		),
	)
	return p.Parse(text.NewReader([]byte(source)))
}

// codeMask says of each byte of a source whether it is of code, where nothing
// else has a meaning. Without a tree nothing is.
func codeMask(tree ast.Node, source string) []bool {
	mask := blockMask(tree, source)
	if tree == nil {
		return mask
	}
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if _, code := n.(*ast.CodeSpan); code && entering {
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*ast.Text); ok {
					set(mask, t.Segment)
				}
			}
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return mask
}

// blockMask says of each byte whether it is of a block of code.
func blockMask(tree ast.Node, source string) []bool {
	mask := make([]bool, len(source))
	if tree == nil {
		return mask
	}
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.FencedCodeBlock:
			if n.Info != nil {
				set(mask, n.Info.Segment)
			}
			setLines(mask, n)
		case *ast.CodeBlock:
			setLines(mask, n)
		}
		return ast.WalkContinue, nil
	})
	return mask
}

func set(mask []bool, s text.Segment) {
	for i := max(s.Start, 0); i < min(s.Stop, len(mask)); i++ {
		mask[i] = true
	}
}

func setLines(mask []bool, n ast.Node) {
	for i := range n.Lines().Len() {
		set(mask, n.Lines().At(i))
	}
}
