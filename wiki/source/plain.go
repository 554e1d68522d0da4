package source

import (
	"bytes"
	"cmp"
	"html"
	"slices"
	"strings"
)

// Plain returns the words of a page for a search index: without markup, link
// targets and frontmatter; code is kept. Blocks are parted by newlines.
func Plain(text []byte) string {
	body := Split(text).Body
	var out strings.Builder
	for _, b := range blocksOf(body) {
		words := ""
		switch b.kind {
		case prose:
			words = plainProse(body, b.lines)
		case code:
			words = string(join(body, b.lines).text)
		case rawHTML:
			words = plainHTML(join(body, b.lines).text)
		}
		if words = strings.TrimSpace(strings.ToValidUTF8(words, "\ufffd")); words != "" {
			out.WriteString(words)
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// Words returns how many words a page has.
func Words(text []byte) int {
	n := 0
	for range strings.FieldsSeq(Plain(text)) {
		n++
	}
	return n
}

// plainProse returns the words of a block of prose.
func plainProse(body []byte, lines []span) string {
	if len(lines) == 0 {
		return ""
	}
	s := scanner{text: join(body, lines).text}
	tokens := slices.DeleteFunc(s.scan(), func(t token) bool { return t.kind == linkToken })
	slices.SortStableFunc(tokens, func(a, b token) int { return cmp.Compare(a.at.start, b.at.start) })
	var out strings.Builder
	done := 0
	for _, t := range tokens {
		if t.at.start > done {
			out.WriteString(plainWords(s.text[done:t.at.start]))
		}
		start := max(done, t.at.start)
		if t.kind == codeToken && t.at.end > start {
			out.Write(s.text[start:t.at.end])
		} else if t.at.end > start && bytes.ContainsAny(s.text[start:t.at.end], "\n") {
			out.WriteByte('\n')
		}
		done = max(done, t.at.end)
	}
	out.WriteString(plainWords(s.text[done:]))
	return withoutRules(out.String())
}

// withoutRules takes out the lines that part a table's head from its rows.
func withoutRules(words string) string {
	if !strings.Contains(words, "--") {
		return words
	}
	var b strings.Builder
	for line := range strings.Lines(words) {
		if strings.Contains(line, "-") && strings.Trim(line, " -:\t\r\n") == "" {
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}

// plainWords takes the marks of emphasis, tables and escapes off a text.
func plainWords(text []byte) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && i+1 < len(text) && isPunct(text[i+1]):
			i++
			b.WriteByte(text[i])
		case c == '*' || c == '`' || (c == '~' || c == '=') && i+1 < len(text) && text[i+1] == c:
			i += runLength(text[i:], c) - 1
		case c == '_' && (i == 0 || !isWordByte(text[i-1]) || i+1 == len(text) || !isWordByte(text[i+1])):
		case c == '|':
			b.WriteByte(' ')
		default:
			b.WriteByte(c)
		}
	}
	words := b.String()
	if strings.ContainsRune(words, '&') {
		words = html.UnescapeString(words)
	}
	return words
}

func isWordByte(c byte) bool { return isAlnum(c) || c >= 0x80 || c == '_' }

// plainHTML returns the words of an HTML block: what is outside of tags,
// comments, scripts and styles.
func plainHTML(text []byte) string {
	s := scanner{text: text, missing: map[string]bool{}}
	var out strings.Builder
	done := 0
	for i := 0; i < len(text); {
		if text[i] != '<' {
			i++
			continue
		}
		s.tokens = s.tokens[:0]
		end := s.angle(i)
		if len(s.tokens) != 1 {
			i++
			continue
		}
		out.WriteString(html.UnescapeString(string(text[done:i])))
		out.WriteByte(' ')
		end = max(end, s.pastRaw(i, end))
		i, done = end, end
	}
	out.WriteString(html.UnescapeString(string(text[done:])))
	return out.String()
}

// pastRaw returns the offset behind a script or style that the tag at
// text[start:end] opens, 0 for another tag.
func (s *scanner) pastRaw(start, end int) int {
	tag := bytes.ToLower(s.text[start:min(end, start+8)])
	for _, name := range []string{"script", "style"} {
		if bytes.HasPrefix(tag, []byte("<"+name)) && len(tag) > len(name)+1 && !isAlnum(tag[len(name)+1]) {
			if at := s.find(end, "</"+name); at >= 0 {
				return at
			}
			return len(s.text)
		}
	}
	return 0
}
