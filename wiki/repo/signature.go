package repo

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Signature says who made a commit and when. Git keeps the time in seconds,
// with the zone's offset in minutes.
type Signature struct {
	Name  string
	Email string
	When  time.Time
}

// unknownName stands where a signature has neither name nor address: git
// refuses a commit without a name.
const unknownName = "Unknown"

// encode returns the signature as a commit's header holds it.
func (s Signature) encode() string {
	name, email := cleanIdentity(s.Name), cleanIdentity(s.Email)
	if name == "" {
		name = email
	}
	if name == "" {
		name = unknownName
	}
	_, offset := s.When.Zone()
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return fmt.Sprintf("%s <%s> %d %c%02d%02d", name, email, max(s.When.Unix(), 0), sign, offset/3600%100, offset/60%60)
}

// cleanIdentity removes what would end a name or an address in a commit's
// header, and the punctuation at both ends that git removes.
func cleanIdentity(text string) string {
	text = strings.Map(func(c rune) rune {
		switch {
		case c == '<' || c == '>':
			return -1
		case unicode.IsControl(c):
			return ' '
		}
		return c
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return strings.Trim(text, " .,:;\"\\'")
}

// parseSignature reads a commit's header field. Old programs wrote odd ones,
// so that what is missing stays empty instead of making a history unreadable.
func parseSignature(field []byte) Signature {
	var s Signature
	open := bytes.IndexByte(field, '<')
	end := bytes.LastIndexByte(field, '>')
	if open < 0 || end < open {
		s.Name = validText(bytes.TrimSpace(field))
		return s
	}
	s.Name = validText(bytes.TrimSpace(field[:open]))
	s.Email = validText(bytes.TrimSpace(field[open+1 : end]))
	parts := strings.Fields(string(field[end+1:]))
	if len(parts) == 0 {
		return s
	}
	seconds, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || seconds < 0 || seconds > maxSeconds {
		return s
	}
	zone := time.UTC
	if len(parts) > 1 {
		zone = parseZone(parts[1])
	}
	s.When = time.Unix(seconds, 0).In(zone)
	return s
}

// maxSeconds is the end of the year 9999: later times have no text in the
// formats that pages use.
const maxSeconds = 253402300799

// parseZone reads a zone such as "+0130"; what it cannot read is UTC.
func parseZone(text string) *time.Location {
	if len(text) != 5 || text[0] != '+' && text[0] != '-' {
		return time.UTC
	}
	n, err := strconv.ParseUint(text[1:], 10, 16)
	if err != nil || n == 0 {
		return time.UTC
	}
	offset := int(n/100*3600 + n%100*60)
	if text[0] == '-' {
		offset = -offset
	}
	return time.FixedZone("", offset)
}

// validText returns b as text, with the replacement character for what is no UTF-8.
func validText(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }
