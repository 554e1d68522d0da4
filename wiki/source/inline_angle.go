package source

import (
	"bytes"
	"strings"
)

// maxTagBytes is the most bytes that an HTML tag may have.
const maxTagBytes = 16 << 10

// angle reads what starts with "<": an address, a comment or a tag.
func (s *scanner) angle(i int) int {
	if end := s.autolink(i); end > 0 {
		return end
	}
	rest := s.text[i:]
	end := -1
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		end = s.past(i+4, "-->")
	case bytes.HasPrefix(rest, []byte("<?")):
		end = s.past(i+2, "?>")
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		end = s.past(i+9, "]]>")
	case len(rest) > 2 && rest[1] == '!' && isAlnum(rest[2]):
		end = s.past(i+2, ">")
	default:
		if size := tagLength(rest[:min(len(rest), maxTagBytes)]); size > 0 {
			end = i + size
		}
	}
	if end < 0 {
		return i + 1
	}
	s.add(markupToken, i, end)
	return end
}

// past returns the offset behind what from an offset on, or -1.
func (s *scanner) past(from int, what string) int {
	if from > len(s.text) {
		return -1
	}
	at := s.find(from, what)
	if at < 0 {
		return -1
	}
	return at + len(what)
}

// autolink reads "<scheme:…>" or "<name@host>" and returns where it ends, 0 when
// there is none.
func (s *scanner) autolink(i int) int {
	limit := min(len(s.text), i+maxTarget)
	at, scheme := i+1, 0
	for ; at < limit; at++ {
		c := s.text[at]
		if c == '>' {
			break
		}
		if c <= ' ' || c == '<' || c == 0x7f {
			return 0
		}
		if c == ':' && scheme == 0 {
			scheme = at - i - 1
		}
	}
	if at == limit {
		return 0
	}
	inner := s.text[i+1 : at]
	if !isScheme(inner[:scheme]) && !isMail(inner) {
		return 0
	}
	s.add(markupToken, i, i+1)
	s.addLink(Autolink, span{i, at + 1}, span{i + 1, at}, inner)
	s.add(markupToken, at, at+1)
	return at + 1
}

// isScheme reports whether a text may be the scheme of an address.
func isScheme(text []byte) bool {
	if len(text) < 2 || len(text) > 32 || !isAlnum(text[0]) || text[0] <= '9' {
		return false
	}
	return len(bytes.TrimFunc(text, func(r rune) bool {
		return r < 0x80 && (isAlnum(byte(r)) || r == '+' || r == '.' || r == '-')
	})) == 0
}

// isMail reports whether a text looks like name@host.
func isMail(text []byte) bool {
	name, host, ok := bytes.Cut(text, []byte("@"))
	return ok && len(name) > 0 && len(host) > 0 && isAlnum(host[0]) && !bytes.ContainsAny(text, "\\/:\"'`=") && bytes.IndexByte(host, '@') < 0
}

// tagLength returns the length of the HTML tag that a text starts with, 0 when
// it starts with none.
func tagLength(text []byte) int {
	i := 1
	if i < len(text) && text[i] == '/' {
		i++
	}
	name := i
	for i < len(text) && (isAlnum(text[i]) || i > name && text[i] == '-') {
		i++
	}
	if i == name || i == len(text) || text[name] <= '9' || !isSpace(text[i]) && text[i] != '/' && text[i] != '>' {
		return 0
	}
	for i < len(text) {
		switch c := text[i]; c {
		case '>':
			return i + 1
		case '<', '`':
			return 0
		case '"', '\'':
			if text[i-1] != '=' && !isSpace(text[i-1]) {
				return 0
			}
			end := bytes.IndexByte(text[i+1:], c)
			if end < 0 {
				return 0
			}
			i += end + 2
		default:
			i++
		}
	}
	return 0
}

// bareURL reads http:// or https:// and what follows.
func (s *scanner) bareURL(i int) int {
	if i > 0 && isAlnum(s.text[i-1]) {
		return i + 1
	}
	rest := s.text[i:min(len(s.text), i+maxTarget)]
	if !hasPrefixFold(rest, "http://") && !hasPrefixFold(rest, "https://") {
		return i + 1
	}
	end := bytes.IndexFunc(rest, func(r rune) bool { return r <= ' ' || strings.ContainsRune("<>[]`|\"", r) })
	if end < 0 {
		end = len(rest)
	}
	end = len(bytes.TrimRight(rest[:end], ".,:;!?*_~'"))
	for end > 0 && rest[end-1] == ')' && bytes.Count(rest[:end], []byte(")")) > bytes.Count(rest[:end], []byte("(")) {
		end--
	}
	if end <= len("https://") {
		return i + 1
	}
	s.addLink(Autolink, span{i, i + end}, span{i, i + end}, s.text[i:i+end])
	return i + end
}

// hasPrefixFold reports whether a text starts with prefix in any case.
func hasPrefixFold(text []byte, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(string(text[:len(prefix)]), prefix)
}
