package source

import (
	"bytes"
	"slices"
)

// tokenKind says what a piece of prose is.
type tokenKind uint8

const (
	linkToken   tokenKind = iota // a link; the words it shows are scanned too
	codeToken                    // a code span without its backticks, a formula
	markupToken                  // an HTML tag, a link's brackets and target: no words
)

// token is a piece of prose that is more than words. Markup tokens cover what is
// not shown; link tokens only name a target.
type token struct {
	kind   tokenKind
	at     span // the piece
	target span // of a link
	link   Link
}

// bracket is a "[" or "![" that may become a link.
type bracket struct {
	at    int // of the "["
	image bool
}

// scanner looks for links in the joined lines of one block. It takes linear
// time: what was looked for and not found is remembered.
type scanner struct {
	text   []byte
	style  WikilinkStyle
	tokens []token

	ticks    map[int][]int // starts of runs of backticks by their length, not yet passed
	missing  map[string]bool
	brackets []bracket
	inactive int // brackets below this index that are no images cannot become links
}

// maxTarget is the most bytes that a target or a wikilink may have.
const maxTarget = 2048

// maxLabel is the most bytes that a footnote's name may have.
const maxLabel = 200

// scan returns the tokens of prose, by the end of each piece.
func (s *scanner) scan() []token {
	s.missing = map[string]bool{}
	for i := 0; i < len(s.text); {
		i = max(s.step(i), i+1)
	}
	return s.tokens
}

// step reads what starts at i and returns where to go on.
func (s *scanner) step(i int) int {
	switch s.text[i] {
	case '\\':
		if i+1 < len(s.text) && isPunct(s.text[i+1]) {
			return i + 2
		}
	case '`':
		return s.codeSpan(i)
	case '$':
		return s.formula(i)
	case '<':
		return s.angle(i)
	case '{':
		return s.embed(i)
	case '!':
		if i+1 < len(s.text) && s.text[i+1] == '[' {
			s.brackets = append(s.brackets, bracket{at: i + 1, image: true})
			return i + 2
		}
	case '[':
		if end := s.wikilink(i); end > 0 {
			return end
		}
		if end := s.footnoteMark(i); end > 0 {
			return end
		}
		s.brackets = append(s.brackets, bracket{at: i})
	case ']':
		return s.closeBracket(i)
	case 'h', 'H':
		return s.bareURL(i)
	}
	return i + 1
}

// add appends a token.
func (s *scanner) add(kind tokenKind, start, end int) {
	s.tokens = append(s.tokens, token{kind: kind, at: span{start, end}})
}

// addLink appends a link whose target is at t, with its fragment.
func (s *scanner) addLink(kind Kind, at, t span, text []byte) {
	link := Link{Kind: kind, Text: string(text)}
	written := s.text[t.start:t.end]
	if kind != Autolink && kind != Embed {
		if hash := bytes.IndexByte(written, '#'); hash >= 0 {
			link.Fragment = string(written[hash+1:])
			t.end = t.start + hash
		}
	}
	link.Target = string(s.text[t.start:t.end])
	if kind != Wiki && kind != Embed {
		link.Target = unescape(link.Target)
	}
	s.tokens = append(s.tokens, token{kind: linkToken, at: at, target: t, link: link})
}

// codeSpan reads a code span, or the backticks of none.
func (s *scanner) codeSpan(i int) int {
	size := runLength(s.text[i:], '`')
	if s.ticks == nil {
		s.ticks = map[int][]int{}
		for at := i; at < len(s.text); at++ {
			if s.text[at] == '`' {
				n := runLength(s.text[at:], '`')
				s.ticks[n] = append(s.ticks[n], at)
				at += n - 1
			}
		}
	}
	starts := s.ticks[size]
	for len(starts) > 0 && starts[0] <= i {
		starts = starts[1:]
	}
	s.ticks[size] = starts
	if len(starts) == 0 {
		return i + size
	}
	s.add(codeToken, i+size, starts[0])
	return starts[0] + size
}

// formula reads a display formula between double dollars.
func (s *scanner) formula(i int) int {
	if !bytes.HasPrefix(s.text[i:], []byte("$$")) {
		return i + 1
	}
	end := s.find(i+2, "$$")
	if end < 0 {
		return i + 2
	}
	s.add(codeToken, i+2, end)
	return end + 2
}

// find returns the offset of what from an offset on, or -1.
func (s *scanner) find(from int, what string) int {
	if s.missing[what] {
		return -1
	}
	at := bytes.Index(s.text[from:], []byte(what))
	if at < 0 {
		s.missing[what] = true
		return -1
	}
	return from + at
}

// wikilink reads [[…]] and returns where it ends, 0 when there is none.
func (s *scanner) wikilink(i int) int {
	if !bytes.HasPrefix(s.text[i:], []byte("[[")) {
		return 0
	}
	inner := s.text[i+2 : min(len(s.text), i+2+maxTarget)]
	end := bytes.IndexAny(inner, "[]\n")
	if end <= 0 || !bytes.HasPrefix(s.text[i+2+end:], []byte("]]")) {
		return 0
	}
	first := span{i + 2, i + 2 + end}
	second := first
	if bar := bytes.IndexByte(inner[:end], '|'); bar >= 0 {
		first.end, second.start = i+2+bar, i+2+bar+1
		if first.end > first.start && s.text[first.end-1] == '\\' {
			first.end-- // in a table the bar is escaped
		}
	}
	shown, page := first, second
	if s.style == PageFirst {
		shown, page = second, first
	}
	shown, page = s.trim(shown), s.trim(page)
	if page.start == page.end {
		return 0
	}
	s.add(markupToken, i, shown.start)
	s.addLink(Wiki, span{i, first.end}, page, s.text[shown.start:shown.end])
	s.add(markupToken, shown.end, i+2+end+2)
	return i + 2 + end + 2
}

// footnoteMark reads [^name] and returns where it ends, 0 when there is none.
func (s *scanner) footnoteMark(i int) int {
	if !bytes.HasPrefix(s.text[i:], []byte("[^")) {
		return 0
	}
	name := s.text[i+2 : min(len(s.text), i+2+maxLabel)]
	end := bytes.IndexAny(name, "[]\n")
	if end <= 0 || name[end] != ']' {
		return 0
	}
	s.add(markupToken, i, i+2+end+1)
	return i + 2 + end + 1
}

// trim returns a range without the space around it.
func (s *scanner) trim(r span) span {
	for r.start < r.end && isSpace(s.text[r.start]) {
		r.start++
	}
	for r.start < r.end && isSpace(s.text[r.end-1]) {
		r.end--
	}
	return r
}

// closeBracket reads a "]": the end of a link's words, or only a bracket.
func (s *scanner) closeBracket(i int) int {
	n := len(s.brackets) - 1
	if n < 0 {
		return i + 1
	}
	open := s.brackets[n]
	s.brackets = s.brackets[:n]
	dead := !open.image && n < s.inactive
	s.inactive = min(s.inactive, n)
	if dead {
		return i + 1
	}
	target, end := s.destination(i + 1)
	if end < 0 {
		return i + 1
	}
	kind, start := Inline, open.at
	if open.image {
		kind, start = Image, open.at-1
	} else {
		s.inactive = n // a link is in no other link
		s.dropAddresses(open.at)
	}
	s.add(markupToken, start, open.at+1)
	s.addLink(kind, span{start, end}, target, s.text[open.at+1:i])
	s.add(markupToken, i, end)
	return end
}

// dropAddresses takes back the bare addresses found from an offset on: they are
// a link's words.
func (s *scanner) dropAddresses(from int) {
	first := len(s.tokens)
	for first > 0 && s.tokens[first-1].at.start >= from {
		first--
	}
	kept := slices.DeleteFunc(s.tokens[first:], func(t token) bool { return t.kind == linkToken && t.link.Kind == Autolink })
	s.tokens = s.tokens[:first+len(kept)]
}

// runLength returns how often c stands at the start of a text.
func runLength(text []byte, c byte) int {
	n := 0
	for n < len(text) && text[n] == c {
		n++
	}
	return n
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// isPunct reports whether c is one of the characters a backslash escapes.
func isPunct(c byte) bool {
	return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~'
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
