package chat

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

// tidy returns an answer as Markdown in which only text and citations of known
// passages are left: links and images have become their text, citations have the
// form [n], those of unknown numbers are gone, and nothing that is left makes a
// link, an image or HTML for any reader of Markdown.
func tidy(answer string, known func(n int) bool) string {
	source, labels := withoutDefinitions(answer)
	t := tidier{
		source: source, code: codeMask(parseMarkdown(source), source),
		known: known, labels: labels, skip: map[int]int{},
	}
	t.pairs = bracketPairs(source, t.code)
	return guard(spacedEnd.ReplaceAllString(t.run(), "\\\n"))
}

// spacedEnd is a backslash before spaces at the end of a line, which stays a
// line break without them. Some readers of Markdown, goldmark among them, take
// such a backslash to escape something in the next line.
var spacedEnd = regexp.MustCompile(`\\[ \t]+\n`)

// tidier goes through a source once.
type tidier struct {
	source string
	code   []bool
	known  func(int) bool
	labels map[string]bool
	pairs  map[int]int // opening and closing square brackets
	skip   map[int]int // where something to be left out begins, and where it ends
	out    []byte
}

func (t *tidier) run() string {
	for i := 0; i < len(t.source); {
		if end, ok := t.skip[i]; ok {
			i = end
			continue
		}
		i = t.step(i)
	}
	return string(t.out)
}

// step deals with what stands at a place, and returns the place behind it.
func (t *tidier) step(i int) int {
	rest := t.source[i:]
	switch c := t.source[i]; {
	case t.code[i]:
	case c == '\\' && len(rest) > 1:
		t.out = append(t.out, rest[:2]...)
		return i + 2
	case c == '!' && strings.HasPrefix(rest, "![") && !t.code[i+1]:
		if _, isLink := t.link(i + 1); isLink {
			return i + 1
		}
	case c == '[' || strings.HasPrefix(rest, "【"):
		if numbers, length := citationAt(rest); length > 0 {
			return t.cite(numbers, i+length)
		}
		if c != '[' {
			break
		}
		if closing, isLink := t.link(i); isLink {
			t.skip[closing[0]] = closing[1]
			return i + 1
		}
	case c == '<':
		if address := autolink.FindString(rest); address != "" {
			end := i + len(address)
			t.skip[end-1] = end
			return i + 1
		}
	}
	t.out = append(t.out, t.source[i])
	return i + 1
}

// link returns what is to be left out of the link whose text is in the bracket
// at a place: from its closing bracket to the end of its target.
func (t *tidier) link(at int) (closing [2]int, ok bool) {
	end, paired := t.pairs[at]
	if !paired {
		return closing, false
	}
	closing = [2]int{end, end + 1}
	if target := targetEnd(t.source, t.code, end+1); target > 0 {
		closing[1] = target
		return closing, true
	}
	label := t.source[at+1 : end]
	if second, follows := t.pairs[end+1]; follows {
		closing[1] = second + 1
		if inner := t.source[end+2 : second]; inner != "" {
			label = inner
		}
	}
	return closing, t.labels[strings.ToLower(label)]
}

// cite writes a citation and returns the place behind it, and behind the target
// if it was made a link.
func (t *tidier) cite(numbers []int, end int) int {
	written, first := false, startsLine(t.out)
	for _, n := range numbers {
		if t.known(n) {
			t.out = append(strconv.AppendInt(append(t.out, '['), int64(n), 10), ']')
			written = true
		}
	}
	if !written && !first {
		t.out = bytes.TrimRight(t.out, " ")
	}
	if target := targetEnd(t.source, t.code, end); target > 0 {
		end = target
	}
	if strings.HasPrefix(t.source[end:], ":") && first {
		end++ // as a definition begins
	}
	return end
}

// maxLead is how many bytes before a place are looked at for what begins a line.
const maxLead = 1000

// startsLine reports whether nothing but marks of quotes and lists stands in the
// last line of a text.
func startsLine(before []byte) bool {
	before = before[max(0, len(before)-maxLead):]
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	return len(bytes.Trim(line, " \t>*+-.)0123456789")) == 0
}

// guard puts a backslash where any reader of Markdown would begin a link's
// target, HTML or an address in angle brackets, or find a link's definition.
// It adds characters only, so that nothing new comes together.
func guard(source string) string {
	tree := parseMarkdown(source)
	code, block := codeMask(tree, source), blockMask(tree, source)
	var b strings.Builder
	escaped := false
	for i := range len(source) {
		c, before := source[i], source[max(i-1, 0)]
		switch {
		case block[i]:
			escaped = false
		case code[i]:
			escaped = false
			if c == '<' && startsLine([]byte(source[max(0, i-maxLead):i])) {
				b.WriteByte('\\') // blocks of HTML come before code within text
			}
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == '<' && (i+1 == len(source) || !strings.ContainsRune(" =0123456789\n", rune(source[i+1]))),
			c == '(' && before == ']',
			c == ':' && before == ']' && definesAt(source[:i-1]):
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// definesAt reports whether the bracket that closes behind a text may be the
// label of a definition: the first thing of its line.
func definesAt(before string) bool {
	for i := len(before) - 1; i >= max(0, len(before)-1100); i-- {
		if before[i] == '[' && (i == 0 || before[i-1] != '\\') {
			return startsLine([]byte(before[max(0, i-maxLead):i]))
		}
	}
	return false
}
