package markdown

import (
	"bytes"
	"errors"
	"html"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/holtdb/holt/wiki/source"
)

// What one page may cost. Each limit is far above what people write.
const (
	maxDepth      = 120      // blocks and spans within each other
	maxOutput     = 4 << 20  // bytes of HTML before the policy
	maxCells      = 200_000  // of tables, counting those that a short row lacks
	maxBlockSteps = 1 << 20  // lines times the depth of what may be open at them
	maxBoxes      = 12       // blocks around a box
	maxSearch     = 64 << 20 // bytes that searches without result may look at
	maxDelimiters = 1000     // emphasis marks that may wait within one paragraph
)

// errBeyond says that a page goes beyond the limits.
var errBeyond = errors.New("the page is too complex")

// bar stands for "|" within a wiki link while the text is parsed, so that a
// link in a table does not end its cell. It occurs in no text.
const bar = 0x1f

// cleanText returns a copy of a page's text in which the characters that have a
// meaning here are spaces, so that every offset stays what it was.
func cleanText(text []byte) []byte {
	clean := bytes.Clone(text)
	for i, c := range clean {
		if c == 0 || c == bar {
			clean[i] = ' '
		}
	}
	return clean
}

// hideBars replaces the bar of every [[…|…]], in place.
func hideBars(text []byte) []byte {
	for at := 0; ; {
		open := bytes.Index(text[at:], []byte("[["))
		if open < 0 {
			return text
		}
		at += open + 2
		link := text[at:min(len(text), at+maxWikilink)]
		end := bytes.Index(link, []byte("]]"))
		if end < 0 || bytes.ContainsAny(link[:end], "\n[") {
			continue
		}
		if i := bytes.IndexByte(link[:end], '|'); i > 0 {
			link[i] = bar
		}
		at += end
	}
}

// plausible reports whether a body's blocks can be parsed in proper time.
func plausible(body []byte) bool {
	if !source.Plausible(body) {
		return false
	}
	lines, deepest, cells, columns := 0, 1, 0, 0
	for line := range bytes.Lines(body) {
		lines++
		deepest = max(deepest, depthAt(line))
		if bytes.Count(line, []byte("]: [^")) > maxBoxes {
			return false // footnotes within footnotes
		}
		switch {
		case isTableRule(line):
			columns = max(columns, bytes.Count(line, []byte("|"))+1)
		case len(bytes.TrimSpace(line)) == 0:
			columns = 0
		}
		cells += columns
	}
	return lines*deepest <= maxBlockSteps && cells <= maxCells
}

// depthAt returns an upper bound for the blocks that a line opens or is in.
func depthAt(line []byte) int {
	depth, columns := 1, 0
	for i, c := range line {
		ends := i+1 == len(line) || line[i+1] == ' ' || line[i+1] == '\t' || line[i+1] == '\n' || line[i+1] == '\r'
		switch {
		case c == ' ':
			columns++
		case c == '\t':
			columns += 4
		case c == '>' || ends && (c == '-' || c == '+' || c == '*' || c == '.' || c == ')'):
			depth++
		case c < '0' || c > '9':
			return depth + columns/2
		}
	}
	return depth
}

// tooDeep reports whether a box may not be opened here: blocks that are open
// cost something at every line.
func tooDeep(pc parser.Context) bool { return len(pc.OpenedBlocks()) >= maxBoxes }

// isTableRule reports whether a line may divide a table's head from its rows.
func isTableRule(line []byte) bool {
	return bytes.IndexByte(line, '|') >= 0 && bytes.IndexByte(line, '-') >= 0 &&
		len(bytes.Trim(line, "|-: \t\r\n>*+.)0123456789")) == 0
}

// plainPage shows a text as it is.
func plainPage(text []byte) Page {
	text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	out := make([]byte, 0, len(text)+64)
	out = append(out, `<pre class="plain">`...)
	out = append(out, html.EscapeString(string(bytes.ReplaceAll(text, []byte{0}, nil)))...)
	out = append(out, "</pre>\n"...)
	return Page{HTML: out, Plain: true}
}

// bounded is an inline parser whose work is paid from the page's budget. When
// the budget is used up, what it would parse stays text.
type bounded struct {
	parser.InlineParser
	// cost returns the bytes or nodes looked at, given whether the parser found
	// something.
	cost func(parent ast.Node, from int, line []byte, found bool) int
}

// Parse implements parser.InlineParser.
func (b bounded) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	state := stateOf(pc)
	if state.budget <= 0 {
		return nil
	}
	line, segment := block.PeekLine()
	n := b.InlineParser.Parse(parent, block, pc)
	_, plain := n.(*ast.Text)
	state.budget -= b.cost(parent, segment.Start, line, n != nil && !plain)
	return n
}

// CloseBlock implements parser.CloseBlocker.
func (b bounded) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	if closer, ok := b.InlineParser.(parser.CloseBlocker); ok {
		closer.CloseBlock(parent, block, pc)
	}
}

// restOfBlock is the cost of a search that goes to the end of the block when it
// finds nothing, and through all lines in any case.
func restOfBlock(parent ast.Node, from int, _ []byte, found bool) int {
	lines := parent.Lines()
	if lines.Len() == 0 {
		return 1
	}
	if found {
		return lines.Len()
	}
	return lines.Len() + max(lines.At(lines.Len()-1).Stop-from, 0)
}

// restOfWord is the cost of a search that ends at the next space.
func restOfWord(_ ast.Node, _ int, line []byte, _ bool) int {
	for i := 1; i < len(line); i++ {
		if line[i] <= ' ' {
			return i
		}
	}
	return len(line)
}

// counted is an inline parser for marks that wait for their partner: the search
// for partners takes the square of their number.
type counted struct{ parser.InlineParser }

// Parse implements parser.InlineParser.
func (c counted) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	state := stateOf(pc)
	if state.delimiters >= maxDelimiters {
		return nil
	}
	n := c.InlineParser.Parse(parent, block, pc)
	if n != nil {
		state.delimiters++
	}
	return n
}

// CloseBlock implements parser.CloseBlocker.
func (c counted) CloseBlock(_ ast.Node, _ text.Reader, pc parser.Context) {
	stateOf(pc).delimiters = 0
}
