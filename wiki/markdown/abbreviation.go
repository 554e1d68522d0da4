package markdown

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Limits of abbreviations on a page.
const (
	maxAbbreviations = 1000
	maxSameStart     = 8 // that start with the same word
	maxMeaning       = 500
)

// abbreviations are the abbreviations of a page by the word they start with,
// the longest first.
type abbreviations struct {
	byStart map[string][]abbreviation
	count   int
}

type abbreviation struct{ short, meaning string }

// definition is a line that shows nothing.
type definition struct{ ast.BaseBlock }

// Kind implements ast.Node.
func (*definition) Kind() ast.NodeKind { return ownKind }

// Dump implements ast.Node.
func (n *definition) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// abbreviationParser parses *[HTML]: Hypertext Markup Language.
type abbreviationParser struct{}

// Trigger implements parser.BlockParser.
func (abbreviationParser) Trigger() []byte { return []byte{'*'} }

// Open implements parser.BlockParser.
func (abbreviationParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	at := pc.BlockOffset()
	if at < 0 || !bytes.HasPrefix(line[at:], []byte("*[")) {
		return nil, parser.NoChildren
	}
	short, meaning, ok := strings.Cut(string(line[at+2:]), "]:")
	short, meaning = strings.TrimSpace(short), strings.Join(strings.Fields(meaning), " ")
	if !ok || short == "" || meaning == "" || len(short) > maxLabel || strings.ContainsAny(short, "[]") || !utf8.ValidString(short+meaning) {
		return nil, parser.NoChildren
	}
	stateOf(pc).abbreviations.add(abbreviation{short, shorten(meaning, maxMeaning)})
	reader.AdvanceToEOL()
	return &definition{}, parser.NoChildren
}

// shorten cuts a text to at most n bytes, at a character's end.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Continue implements parser.BlockParser.
func (abbreviationParser) Continue(ast.Node, text.Reader, parser.Context) parser.State {
	return parser.Close
}

// Close implements parser.BlockParser.
func (abbreviationParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (abbreviationParser) CanInterruptParagraph() bool { return false }

// CanAcceptIndentedLine implements parser.BlockParser.
func (abbreviationParser) CanAcceptIndentedLine() bool { return false }

// add keeps an abbreviation; of two for the same the first counts.
func (a *abbreviations) add(new abbreviation) {
	start := new.short[:wordLength(new.short)]
	same := a.byStart[start]
	if a.count >= maxAbbreviations || len(same) >= maxSameStart {
		return
	}
	at := 0
	for ; at < len(same) && len(same[at].short) >= len(new.short); at++ {
		if same[at].short == new.short {
			return
		}
	}
	if a.byStart == nil {
		a.byStart = map[string][]abbreviation{}
	}
	same = append(same, abbreviation{})
	copy(same[at+1:], same[at:])
	same[at] = new
	a.byStart[start] = same
	a.count++
}

// wordLength returns the bytes of the word that a text starts with, or of its
// first character when that is no letter.
func wordLength(s string) int {
	for i, r := range s {
		if !isWord(r) {
			if i == 0 {
				return utf8.RuneLen(r)
			}
			return i
		}
	}
	return len(s)
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// next returns the place and meaning of the first abbreviation in a text that
// is written there as whole words.
func (a *abbreviations) next(s string) (start, end int, meaning string, ok bool) {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isWord(r) {
			if found, ok := a.at(s, i, size); ok {
				return i, i + len(found.short), found.meaning, true
			}
			i += size
			continue
		}
		n := wordLength(s[i:])
		if found, ok := a.at(s, i, n); ok {
			return i, i + len(found.short), found.meaning, true
		}
		i += n
	}
	return 0, 0, "", false
}

// at returns the abbreviation that stands at i, where a word of n bytes starts.
func (a *abbreviations) at(s string, i, n int) (abbreviation, bool) {
	for _, c := range a.byStart[s[i:i+n]] {
		if !strings.HasPrefix(s[i:], c.short) {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(c.short)
		after, _ := utf8.DecodeRuneInString(s[i+len(c.short):])
		if !isWord(last) || len(s) == i+len(c.short) || !isWord(after) {
			return c, true
		}
	}
	return abbreviation{}, false
}
