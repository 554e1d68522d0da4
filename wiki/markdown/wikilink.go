package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// maxWikilink is the most bytes between the brackets of a wiki link.
const maxWikilink = 1000

// wikilink is [[…]].
type wikilink struct {
	ast.BaseInline
	target string // page and fragment as written
	label  string
}

// Kind implements ast.Node.
func (*wikilink) Kind() ast.NodeKind { return ownKind }

// Dump implements ast.Node.
func (n *wikilink) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// wikilinkParser parses wiki links, whose bar [hideBars] has replaced.
type wikilinkParser struct{}

// Trigger implements parser.InlineParser.
func (wikilinkParser) Trigger() []byte { return []byte{'['} }

// Parse implements parser.InlineParser.
func (wikilinkParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if !bytes.HasPrefix(line, []byte("[[")) {
		return nil
	}
	inner := line[2:min(len(line), 2+maxWikilink)]
	end := bytes.Index(inner, []byte("]]"))
	if end <= 0 || bytes.IndexByte(inner[:end], '[') >= 0 {
		return nil
	}
	left, right, both := strings.Cut(string(inner[:end]), string(rune(bar)))
	left = strings.TrimSuffix(left, `\`) // the bar was escaped for a table
	left, right = strings.TrimSpace(left), strings.TrimSpace(right)
	n := &wikilink{target: left, label: left}
	switch {
	case !both || right == "":
	case stateOf(pc).style == PageFirst:
		n.label = right
	default:
		n.target = right
	}
	if n.target == "" {
		return nil
	}
	block.Advance(2 + end + 2)
	return n
}
