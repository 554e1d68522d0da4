package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Marks of a hyphen that was set only because the line ended there. PDFium
// writes U+0002 or U+FFFE for it, other producers leave the soft hyphen.
const (
	softHyphen     = '\u00ad'
	pdfiumHyphen   = '\u0002'
	pdfiumHyphenFE = '\ufffe'
)

// Chars cleans the characters of s and leaves its white space as it is: NFC,
// ligatures spelled out, control, bidirectional and invisible characters and
// soft hyphens dropped, exotic spaces and line ends made plain ones.
func Chars(s string) string {
	if plainASCII(s) {
		return s
	}
	return dropSoftHyphens(normalize(s))
}

// dropSoftHyphens removes what may stand between a letter and its accent.
func dropSoftHyphens(s string) string {
	if !strings.ContainsRune(s, softHyphen) {
		return s
	}
	return norm.NFC.String(strings.ReplaceAll(s, string(softHyphen), ""))
}

// normalize does what Chars does but keeps marks of a divided word, in the one
// form of a soft hyphen.
func normalize(s string) string {
	if plainASCII(s) {
		return s
	}
	var b strings.Builder
	// Only these become longer, both by one byte.
	b.Grow(len(s) + strings.Count(s, "\f") + strings.Count(s, string(pdfiumHyphen)))
	carriage := false
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if r == utf8.RuneError {
			carriage = false
			continue
		}
		if r == '\n' && carriage {
			carriage = false
			continue
		}
		carriage = r == '\r'
		writeClean(&b, r)
	}
	return norm.NFC.String(b.String())
}

// plainASCII reports whether nothing in s needs cleaning.
func plainASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x7f || c < ' ' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

func writeClean(b *strings.Builder, r rune) {
	switch {
	case r == '\n' || r == '\t':
		b.WriteRune(r)
	case r == '\r' || r == '\v' || r == '\u0085' || r == '\u2028':
		b.WriteByte('\n')
	case r == '\f' || r == '\u2029':
		b.WriteString("\n\n")
	case r == softHyphen || r == pdfiumHyphen || r == pdfiumHyphenFE:
		b.WriteRune(softHyphen)
	case r >= '\ufb00' && r <= '\ufb06':
		b.WriteString(ligatures[r-'\ufb00'])
	case unicode.Is(unicode.Zs, r):
		b.WriteByte(' ')
	case dropped(r):
	default:
		b.WriteRune(r)
	}
}

// ligatures spells out U+FB00 to U+FB06.
var ligatures = [...]string{"ff", "fi", "fl", "ffi", "ffl", "st", "st"}

// dropped reports whether r is invisible and says nothing. The zero width
// joiners stay, for Persian and the Indic scripts spell with them.
func dropped(r rune) bool {
	switch {
	case r == '\u200c' || r == '\u200d':
		return false
	case unicode.Is(unicode.Cc, r):
		return true
	case r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e',
		r >= '\u2060' && r <= '\u206f', r == '\ufeff':
		return true
	}
	// Noncharacters, such as U+FFFF.
	return r&0xfffe == 0xfffe || r >= '\ufdd0' && r <= '\ufdef'
}
