package chat

import (
	"strings"
	"unicode/utf8"
)

// Stream makes text to show of what a model sends while it writes: plain text
// without reasoning and without what is not visible. The browser shows it as
// text; the HTML of the whole answer takes its place at the end. The zero value
// is ready. It is for one goroutine.
type Stream struct {
	held    string // not decided yet: the beginning of a mark, of a character
	started bool   // the answer itself has begun
	ends    string // the mark that ends the reasoning that is going on
}

// Add takes what came and returns what there is to show of it.
func (s *Stream) Add(part string) string {
	s.held += part
	for !s.started {
		if s.ends != "" {
			_, after, ended := strings.Cut(s.held, s.ends)
			if !ended {
				s.held = s.held[max(0, len(s.held)-len(s.ends)):]
				return ""
			}
			s.held, s.ends = after, ""
			continue
		}
		bare := strings.TrimLeft(s.held, " \t\r\n")
		if mayReason(bare) { // the empty text too
			return ""
		}
		if end, reasons := reasoningAt(bare); reasons {
			s.ends, s.held = end, bare
			continue
		}
		s.held, s.started = bare, true
	}
	whole := len(s.held)
	for back := 1; back < utf8.UTFMax && back <= whole; back++ {
		if tail := s.held[whole-back:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRuneInString(tail) {
				whole -= back
			}
			break
		}
	}
	text := s.held[:whole]
	s.held = s.held[whole:]
	return visible(text)
}
