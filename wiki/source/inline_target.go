package source

import "bytes"

const maxParens = 32 // within each other in a destination

// destination reads "(target "title")" from i on and returns where the target is
// and where to go on, -1 when there is none.
func (s *scanner) destination(i int) (span, int) {
	if i >= len(s.text) || s.text[i] != '(' {
		return span{}, -1
	}
	target, i := s.target(s.skipSpace(i + 1))
	if i < 0 {
		return span{}, -1
	}
	next := s.skipSpace(i)
	if next < len(s.text) && next > i {
		if end := s.title(next); end > 0 {
			next = s.skipSpace(end)
		}
	}
	if next >= len(s.text) || s.text[next] != ')' {
		return span{}, -1
	}
	return target, next + 1
}

// target reads a destination: "<…>", or what has no space and balanced
// parentheses. It returns where to go on, -1 when there is none.
func (s *scanner) target(i int) (span, int) {
	limit := min(len(s.text), i+maxTarget)
	if i < limit && s.text[i] == '<' {
		for at := i + 1; at < limit; at++ {
			switch s.text[at] {
			case '\\':
				at++
			case '\n', '<':
				return span{}, -1
			case '>':
				return span{i + 1, at}, at + 1
			}
		}
		return span{}, -1
	}
	depth, at := 0, i
	for ; at < limit; at++ {
		c := s.text[at]
		switch {
		case c == '\\' && at+1 < limit && isPunct(s.text[at+1]):
			at++
		case c == '(':
			if depth++; depth > maxParens {
				return span{}, -1
			}
		case c == ')':
			if depth == 0 {
				return span{i, at}, at
			}
			depth--
		case c <= ' ' || c == 0x7f:
			if depth > 0 {
				return span{}, -1
			}
			return span{i, at}, at
		}
	}
	if depth > 0 || at < len(s.text) {
		return span{}, -1
	}
	return span{i, at}, at
}

// title reads a link's title and returns where it ends, 0 when there is none.
func (s *scanner) title(i int) int {
	closer := s.text[i]
	switch closer {
	case '(':
		closer = ')'
	case '"', '\'':
	default:
		return 0
	}
	if s.missing[string(closer)] {
		return 0
	}
	for at := i + 1; at < len(s.text); at++ {
		switch c := s.text[at]; {
		case c == '\\':
			at++
		case c == closer:
			return at + 1
		case c == '(' && closer == ')':
			return 0
		}
	}
	s.missing[string(closer)] = true
	return 0
}

// skipSpace returns the first offset from i on that is no space.
func (s *scanner) skipSpace(i int) int {
	for i < len(s.text) && isSpace(s.text[i]) {
		i++
	}
	return i
}

// definition reads "[label]: target", which the block parser has proven.
func (s *scanner) definition() []token {
	s.missing = map[string]bool{}
	open := bytes.IndexByte(s.text, '[')
	if open < 0 {
		return nil
	}
	for at := open + 1; at < len(s.text); at++ {
		if s.text[at] == '\\' {
			at++
			continue
		}
		if s.text[at] != ']' || !bytes.HasPrefix(s.text[at+1:], []byte(":")) {
			continue
		}
		target, end := s.target(s.skipSpace(at + 2))
		if end < 0 {
			return nil
		}
		s.addLink(Reference, span{open, end}, target, s.text[open+1:at])
		return s.tokens
	}
	return nil
}
