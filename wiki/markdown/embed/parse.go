package embed

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Parse reads the embedding that text starts with: "{{", a name of letters and
// spaces, options and a body, and the matching "}}". It returns how many bytes
// the embedding takes, or false where there is none: then the text is meant as
// it stands. A name that nothing answers to is an embedding all the same, so
// that Render can say so.
//
// In the form Block the closing braces end their line, and spaces after them
// count as consumed; the text may hold empty lines, and fenced code in which
// braces mean nothing. In the form Inline the first matching braces close, and
// an empty line ends the paragraph and with it the attempt.
func Parse(text []byte, form Form) (call Call, n int, ok bool) {
	text = text[:min(len(text), MaxSource)]
	nameEnd := scanName(text)
	if nameEnd == 0 {
		return Call{}, 0, false
	}
	inner, n := scanInner(text, nameEnd, form)
	if n == 0 || !utf8.Valid(text[:n]) {
		return Call{}, 0, false
	}
	call = Call{
		Name: strings.TrimSpace(string(text[2:nameEnd])),
		Raw:  strings.TrimRight(string(text[:n]), " \t\r"),
		Form: form,
	}
	if strings.Contains(string(inner), "\n") {
		call.readLines(string(inner))
	} else {
		call.readOneLine(string(inner))
	}
	if len(call.Options) > maxOptions {
		return Call{}, 0, false
	}
	return call, n, true
}

// scanName returns the end of the name after "{{", or 0. What follows a name
// is an option, a line end or the closing braces; anything else is text of
// another kind, such as a template of another program.
func scanName(text []byte) int {
	if len(text) < 3 || text[0] != '{' || text[1] != '{' || !isLetter(text[2]) {
		return 0
	}
	end := 2
	for end < len(text) && (isLetter(text[end]) || text[end] == ' ') {
		end++
	}
	if end-2 > maxName || end == len(text) {
		return 0
	}
	rest := string(text[end:min(len(text), end+2)])
	if rest == "}}" || strings.ContainsAny(rest[:1], "|\r\n") {
		return end
	}
	return 0
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// scanInner finds the braces that close the embedding. It returns what stands
// between the name and them, and the end of the embedding; 0 when it is open.
func scanInner(text []byte, start int, form Form) (inner []byte, end int) {
	depth, fence := 1, ""
	for pos := start; pos < len(text); {
		next := len(text)
		if i := bytes.IndexByte(text[pos:], '\n'); i >= 0 {
			next = pos + i + 1
		}
		line := text[pos:next]
		if pos > start && form == Inline && len(bytes.TrimSpace(line)) == 0 {
			return nil, 0
		}
		if form == Block && pos > start {
			inside := fence != ""
			if fence = nextFence(line, fence); inside || fence != "" {
				pos = next
				continue
			}
		}
		var closing int
		if depth, closing = scanBraces(line, depth, form); depth == 0 {
			end = pos + closing + 2
			if form == Block {
				end += len(bytes.TrimRight(text[end:next], "\r\n"))
			}
			return text[start : pos+closing], end
		}
		if depth > MaxNesting {
			return nil, 0
		}
		pos = next
	}
	return nil, 0
}

// scanBraces counts the embeddings that line opens and closes, from depth on.
// At depth 0 it returns where the braces stand that closed the outermost one;
// in the form Block only braces at the end of the line do.
func scanBraces(line []byte, depth int, form Form) (after, closing int) {
	lineEnd := len(bytes.TrimRight(line, " \t\r\n"))
	for i := 0; i+1 < len(line) && depth <= MaxNesting; i++ {
		switch {
		case line[i] == '}' && line[i+1] == '}':
			if depth == 1 && form == Block && i+2 < lineEnd {
				continue
			}
			if depth--; depth == 0 {
				return 0, i
			}
			i++
		case line[i] == '{' && line[i+1] == '{' && i+2 < len(line) && isLetter(line[i+2]):
			depth++
			i++
		}
	}
	return depth, 0
}

// nextFence returns the fence that is open after line, where fence, if any, was
// open before it.
func nextFence(line []byte, fence string) string {
	if fence == "" {
		return openedFence(line)
	}
	if closesFence(line, fence) {
		return ""
	}
	return fence
}

// openedFence returns the fence of backticks or tildes that line opens.
func openedFence(line []byte) string {
	trimmed := bytes.TrimLeft(line, " ")
	if len(line)-len(trimmed) > 3 || len(trimmed) < 3 || trimmed[0] != '`' && trimmed[0] != '~' {
		return ""
	}
	mark := trimmed[0]
	run := len(trimmed) - len(bytes.TrimLeft(trimmed, string(mark)))
	if run < 3 || mark == '`' && bytes.IndexByte(trimmed[run:], '`') >= 0 {
		return ""
	}
	return string(trimmed[:run])
}

func closesFence(line []byte, fence string) bool {
	trimmed := bytes.TrimSpace(line)
	return len(trimmed) >= len(fence) && len(bytes.Trim(trimmed, fence[:1])) == 0
}

// readLines takes a text of several lines apart. A line that starts with "|"
// and holds nothing but options is read as options, except in a table, whose
// cells may look like them, and in fenced code.
func (c *Call) readLines(text string) {
	var body []string
	fence, table := "", false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if fence == "" && !table {
			if options, ok := readOptions(line); ok {
				c.Options = append(c.Options, options...)
				continue
			}
		}
		fence = nextFence([]byte(line), fence)
		table = fence == "" && strings.HasPrefix(strings.TrimSpace(line), "|")
		body = append(body, line)
	}
	c.Body = strings.Trim(strings.Join(body, "\n"), "\n")
}

// readOneLine takes "|key=value|key=value|text" apart. What is no option is a
// line of the body.
func (c *Call) readOneLine(text string) {
	var body []string
	for _, field := range splitFields(text) {
		if option, ok := readOption(field); ok {
			c.Options = append(c.Options, option)
		} else if field = strings.TrimSpace(unescape(field)); field != "" {
			body = append(body, field)
		}
	}
	c.Body = strings.Join(body, "\n")
}

// readOptions reads a line of "|key=value" and nothing else.
func readOptions(line string) ([]Option, bool) {
	line = strings.TrimSpace(line)
	rest, found := strings.CutPrefix(line, "|")
	if !found {
		return nil, false
	}
	var options []Option
	for _, field := range splitFields(rest) {
		option, ok := readOption(field)
		if !ok {
			return nil, false
		}
		options = append(options, option)
	}
	return options, true
}

// readOption reads "key=value". An address is no key, though it may hold "=".
func readOption(field string) (Option, bool) {
	if len(field) > maxKey+1+maxValue {
		return Option{}, false
	}
	for i := 0; i < len(field); i++ {
		switch field[i] {
		case '\\':
			i++
		case '=':
			key := strings.TrimSpace(unescape(field[:i]))
			if key == "" || len(key) > maxKey || strings.Contains(key, "://") {
				return Option{}, false
			}
			return Option{Key: key, Value: strings.TrimSpace(unescape(field[i+1:]))}, true
		}
	}
	return Option{}, false
}

// splitFields splits at each "|" that is neither escaped nor inside a wiki
// link.
func splitFields(text string) []string {
	var fields []string
	start, link := 0, false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case strings.HasPrefix(text[i:], "[["):
			link = true
		case strings.HasPrefix(text[i:], "]]"):
			link = false
		case text[i] == '|' && !link:
			fields = append(fields, text[start:i])
			start = i + 1
		}
	}
	return append(fields, text[start:])
}

// unescape takes the backslash from "\|" and "\=". Other escapes are
// Markdown's.
func unescape(text string) string {
	return strings.NewReplacer(`\|`, "|", `\=`, "=").Replace(text)
}
