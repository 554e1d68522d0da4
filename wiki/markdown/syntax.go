package markdown

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// ownKind is the kind of all nodes of this package. Goldmark's renderer tells
// nodes apart by their kinds, but it is not used here; the writer goes by types.
const ownKind ast.NodeKind = 0

// state is what the parsers of one page share.
type state struct {
	style         WikilinkStyle
	budget        int // see maxSearch
	delimiters    int // see maxDelimiters
	notes         notes
	abbreviations abbreviations
}

// parseContext carries the state to the parsers.
type parseContext struct {
	parser.Context
	state *state
}

// stateOf returns the state of the page that is parsed.
func stateOf(pc parser.Context) *state { return pc.(*parseContext).state }

// parse returns the tree of a body and what was gathered on the way.
func (r *Renderer) parse(body []byte, o Options) (ast.Node, *state) {
	s := &state{style: o.WikilinkStyle, budget: maxSearch}
	pc := &parseContext{Context: parser.NewContext(), state: s}
	return r.parser.Parse(text.NewReader(body), parser.WithContext(pc)), s
}

// newParser returns the parser of the dialect.
func newParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(abbreviationParser{}, 250),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(fancyParser{}, 710),
			util.Prioritized(mathBlockParser{}, 720),
			util.Prioritized(embeddingParser{}, 730),
			util.Prioritized(alertParser{}, 740),
			util.Prioritized(quoteParser{mark: '!'}, 750),
			util.Prioritized(quoteParser{mark: '|'}, 760),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewHTMLBlockParser(), 900),
			util.Prioritized(noteParser{}, 950),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(extension.NewTaskCheckBoxParser(), 0),
			util.Prioritized(bounded{parser.NewCodeSpanParser(), restOfBlock}, 100),
			util.Prioritized(bounded{mathParser{}, restOfBlock}, 110),
			util.Prioritized(bounded{inlineEmbeddingParser{}, restOfWord}, 120),
			util.Prioritized(wikilinkParser{}, 150),
			util.Prioritized(noteRefParser{}, 160),
			util.Prioritized(bounded{parser.NewLinkParser(), restOfBlock}, 200),
			util.Prioritized(bounded{parser.NewAutoLinkParser(), restOfBlock}, 300),
			util.Prioritized(bounded{parser.NewRawHTMLParser(), restOfBlock}, 400),
			util.Prioritized(counted{parser.NewEmphasisParser()}, 500),
			util.Prioritized(counted{pairParser{'~'}}, 510),
			util.Prioritized(counted{pairParser{'='}}, 520),
			util.Prioritized(bounded{extension.NewLinkifyParser(), restOfWord}, 999),
		),
		parser.WithParagraphTransformers(
			util.Prioritized(parser.LinkReferenceParagraphTransformer, 100),
			util.Prioritized(extension.NewTableParagraphTransformer(), 200),
		),
		parser.WithASTTransformers(
			util.Prioritized(extension.NewTableASTTransformer(), 0),
		),
	)
}
