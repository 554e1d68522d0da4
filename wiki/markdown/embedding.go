package markdown

import (
	"bytes"
	"context"
	"strconv"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/holtdb/holt/wiki/markdown/embed"
)

// embedding is {{Name|…}} that stands alone.
type embedding struct {
	ast.BaseBlock
	call embed.Call
	more int // lines that still belong to it
}

// Kind implements ast.Node.
func (*embedding) Kind() ast.NodeKind { return ownKind }

// Dump implements ast.Node.
func (n *embedding) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// IsRaw implements ast.Node: its Markdown is rendered by package embed's wish.
func (*embedding) IsRaw() bool { return true }

// inlineEmbedding is {{Name|…}} within a line.
type inlineEmbedding struct {
	ast.BaseInline
	call embed.Call
}

// Kind implements ast.Node.
func (*inlineEmbedding) Kind() ast.NodeKind { return ownKind }

// Dump implements ast.Node.
func (n *inlineEmbedding) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// embeddingParser parses embeddings as blocks.
type embeddingParser struct{}

// Trigger implements parser.BlockParser.
func (embeddingParser) Trigger() []byte { return []byte{'{'} }

// Open implements parser.BlockParser.
func (embeddingParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	at, state := pc.BlockOffset(), stateOf(pc)
	if at < 0 || !bytes.HasPrefix(line[at:], []byte("{{")) || state.budget <= 0 {
		return nil, parser.NoChildren
	}
	ahead := linesAhead(reader.Source(), segment.Start-segment.Padding+at)
	state.budget -= len(ahead) / 64 // looked at by copying, which is cheap
	call, n, ok := embed.Parse(ahead, embed.Block)
	if !ok {
		state.budget -= len(ahead)
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return &embedding{call: call, more: bytes.Count(ahead[:n], []byte("\n"))}, parser.NoChildren
}

// linesAhead returns the text from an offset on without what surrounding quotes
// and list items put before each line, as far as they go and an embedding may.
func linesAhead(source []byte, from int) []byte {
	rest := source[from:min(len(source), from+embed.MaxSource)]
	before := source[bytes.LastIndexByte(source[:from], '\n')+1 : from]
	if len(before) == 0 {
		return rest
	}
	quotes := bytes.Count(before, []byte(">"))
	first, rest, found := bytes.Cut(rest, []byte("\n"))
	ahead := append(bytes.Clone(first), '\n')
	for found && len(rest) > 0 {
		var line []byte
		line, rest, found = bytes.Cut(rest, []byte("\n"))
		inner, ok := withoutBefore(line, len(before), quotes)
		if !ok {
			break
		}
		ahead = append(append(ahead, inner...), '\n')
	}
	return ahead
}

// withoutBefore takes width bytes of quote marks and space off a line, and
// reports whether it belongs to the same blocks.
func withoutBefore(line []byte, width, quotes int) ([]byte, bool) {
	i := 0
	for ; i < len(line) && i < width && (line[i] == ' ' || line[i] == '>' && quotes > 0); i++ {
		if line[i] == '>' {
			quotes--
		}
	}
	blank := len(bytes.TrimSpace(line[i:])) == 0
	return line[i:], quotes == 0 && (i == width || blank)
}

// Continue implements parser.BlockParser.
func (embeddingParser) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	n := node.(*embedding)
	if n.more == 0 {
		return parser.Close
	}
	n.more--
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

// Close implements parser.BlockParser.
func (embeddingParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (embeddingParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (embeddingParser) CanAcceptIndentedLine() bool { return false }

// inlineEmbeddingParser parses embeddings within a paragraph.
type inlineEmbeddingParser struct{}

// Trigger implements parser.InlineParser.
func (inlineEmbeddingParser) Trigger() []byte { return []byte{'{'} }

// Parse implements parser.InlineParser.
func (inlineEmbeddingParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	const maxInline = 16 << 10
	line, _ := block.PeekLine()
	if len(line) < 3 || line[0] != '{' || line[1] != '{' {
		return nil
	}
	row, position := block.Position()
	var ahead []byte
	for line != nil && len(ahead) < maxInline {
		ahead = append(ahead, line[:min(len(line), maxInline)]...)
		if len(line) > maxInline {
			break
		}
		block.AdvanceLine()
		line, _ = block.PeekLine()
	}
	block.SetPosition(row, position)
	call, n, ok := embed.Parse(ahead, embed.Inline)
	if !ok {
		stateOf(pc).budget -= len(ahead)
		return nil
	}
	stateOf(pc).budget -= len(ahead) / 8 // copied only
	for n > 0 {
		line, _ := block.PeekLine()
		if n < len(line) {
			block.Advance(n)
			break
		}
		n -= len(line)
		block.AdvanceLine()
	}
	return &inlineEmbedding{call: call}
}

// embed writes what an embedding shows.
func (w *writer) embed(call embed.Call) {
	if w.renderer == nil {
		w.renderer = embed.NewRenderer(w.env, w.fragment)
	}
	html, err := w.renderer.Render(w.ctx, call)
	if err != nil {
		w.fail(err)
		return
	}
	w.write(html)
	w.page.Dynamic = w.page.Dynamic || w.renderer.Dynamic()
	w.page.Needs.Tables = w.page.Needs.Tables || w.renderer.NeedsTables()
}

// fragment renders Markdown within an embedding. It shares the page's ids and
// limits; its footnotes and abbreviations are its own.
func (w *writer) fragment(ctx context.Context, text string, form embed.Form) (string, error) {
	body := hideBars([]byte(text))
	if len(body) > MaxInput || !plausible(body) {
		return "", errBeyond
	}
	w.fragments++
	w.inner += len(body)
	if w.inner > MaxInput {
		return "", errBeyond
	}
	tree, state := w.parse(body)
	outer := w.scope
	w.scope = scope{source: body, state: state, depth: outer.depth, inFragment: true, prefix: "e" + strconv.Itoa(w.fragments) + "-"}
	start := w.out.Len()
	if only, ok := tree.FirstChild().(*ast.Paragraph); ok && form == embed.Inline && only.NextSibling() == nil {
		w.children(only)
	} else {
		w.children(tree)
	}
	w.footnotes()
	w.scope = outer
	html := string(w.out.Bytes()[start:])
	w.out.Truncate(start)
	if w.err != nil {
		return "", w.err
	}
	return html, ctx.Err()
}
