package source

import "bytes"

// embed reads the sources that "{{Name|src=target|…}}" names. What else stands
// in it is prose. An embedding may go on behind the block: it is read as far as
// the block has it.
func (s *scanner) embed(i int) int {
	if !bytes.HasPrefix(s.text[i:], []byte("{{")) || i+2 == len(s.text) || !isAlnum(s.text[i+2]) {
		return i + 1
	}
	inner := s.text[i+2:]
	for _, end := range []string{"}}", "{{"} {
		if at := s.find(i+2, end); at >= 0 {
			inner = inner[:min(len(inner), at-i-2)]
		}
	}
	at := i + 2
	for n, part := range bytes.Split(inner, []byte("|")) {
		name, value, ok := bytes.Cut(part, []byte("="))
		if n > 0 && ok && string(bytes.ToLower(bytes.TrimSpace(name))) == "src" {
			target := s.trim(span{at + len(name) + 1, at + len(part)})
			written := s.text[target.start:target.end]
			if len(written) > 0 && len(written) <= maxTarget && bytes.IndexByte(written, '\n') < 0 {
				s.addLink(Embed, span{i, at + len(part)}, target, value[:0])
			}
		}
		at += len(part) + 1
	}
	return i + 2
}
