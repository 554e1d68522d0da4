package markdown

import (
	"html"
	"strings"
	"time"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/yuin/goldmark/ast"
)

// What colouring code may cost. Beyond it code is shown without colours.
const (
	maxColoured  = 64 << 10 // bytes of one block
	maxColouring = 400 * time.Millisecond
)

// fenced writes a fenced code block. Formulas and diagrams are fences too. A
// language with "=" behind it asks for line numbers.
func (w *writer) fenced(n *ast.FencedCodeBlock) {
	language := ""
	if n.Info != nil {
		language, _, _ = strings.Cut(strings.TrimSpace(unescape(n.Info.Segment.Value(w.source))), " ")
	}
	language, numbered := strings.CutSuffix(strings.ToLower(language), "=")
	code := strings.ReplaceAll(w.lines(n), string(rune(bar)), "|")
	switch language {
	case "math":
		w.mathFence(code)
	case "mermaid":
		w.page.Needs.Mermaid = true
		w.write(`<pre class="mermaid">`)
		w.escape(strings.TrimSpace(code))
		w.write("</pre>\n")
	default:
		w.code(language, code, numbered || w.options.LineNumbers && language != "")
	}
}

// mathFence writes a formula for each line, or one for all where TeX spans
// lines.
func (w *writer) mathFence(code string) {
	code = strings.TrimSpace(code)
	formulas := strings.Split(code, "\n")
	if strings.Contains(code, `\begin{`) || strings.Contains(code, "\\\\\n") {
		formulas = []string{code}
	}
	w.write("<p>")
	for _, tex := range formulas {
		if tex = strings.TrimSpace(tex); tex != "" {
			w.formula(tex, true)
		}
	}
	w.write("</p>\n")
}

// code writes a block of code. The attribute data-copy is for the script that
// offers to copy it.
func (w *writer) code(language, code string, numbered bool) {
	code = strings.ToValidUTF8(strings.ReplaceAll(code, string(rune(bar)), "|"), "\uFFFD")
	w.write(`<div class="code" data-copy="true"`)
	if name := languageName(language); name != "" {
		w.write(` data-language="`, name, `"`)
	}
	w.write(`><pre class="chroma`)
	if numbered {
		w.write(" numbered")
	}
	w.write(`"><code>`)
	if !w.coloured(language, code, numbered) {
		w.lined(html.EscapeString(code), numbered)
	}
	w.write("</code></pre></div>\n")
}

// languageName returns a language for an attribute: simple names only.
func languageName(language string) string {
	const maxName = 30
	for _, r := range language {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("+-#._", r) || len(language) > maxName {
			return ""
		}
	}
	return language
}

// lined writes escaped code, with an element around each line when the lines
// are to be numbered. The numbers themselves are the stylesheet's, so that they
// are not copied with the code.
func (w *writer) lined(escaped string, numbered bool) {
	if !numbered {
		w.write(escaped)
		return
	}
	for line := range strings.Lines(escaped) {
		w.write(`<span class="line">`, line, "</span>")
	}
}

// coloured writes code with its tokens marked by class, unless the language is
// not known or the page's time for it is used up.
func (w *writer) coloured(language, code string, numbered bool) bool {
	if language == "" || len(code) > maxColoured || w.colouring > maxColouring {
		return false
	}
	lexer := lexers.Get(language)
	if lexer == nil {
		return false
	}
	started := time.Now()
	defer func() { w.colouring += time.Since(started) }()
	next, err := chroma.Coalesce(lexer).Tokenise(nil, code)
	if err != nil {
		return false
	}
	var b strings.Builder
	written := 0
	if numbered {
		b.WriteString(`<span class="line">`)
	}
	for token := next(); token != chroma.EOF; token = next() {
		if w.colouring+time.Since(started) > maxColouring {
			return false
		}
		written += len(token.Value)
		writeToken(&b, token, numbered, written >= len(code))
	}
	if numbered {
		b.WriteString("</span>")
	}
	w.write(b.String())
	return true
}

// writeToken writes a token; in numbered code no element spans two lines.
func writeToken(b *strings.Builder, token chroma.Token, numbered, last bool) {
	class := chroma.StandardTypes[token.Type]
	for part := range strings.SplitAfterSeq(token.Value, "\n") {
		if part == "" {
			continue
		}
		ended := numbered && strings.HasSuffix(part, "\n")
		if class == "" {
			b.WriteString(html.EscapeString(part))
		} else {
			b.WriteString(`<span class="` + class + `">` + html.EscapeString(part) + "</span>")
		}
		if ended && !last {
			b.WriteString(`</span><span class="line">`)
		}
	}
}
