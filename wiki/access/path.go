package access

import (
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// appendKey appends the form in which paths are compared: case-folded, in
// Unicode's composed form, and without empty segments. Two pages that a
// case-insensitive file system takes for one have the same key. The result is
// false for a path with the segments "." or "..", which no page has.
func appendKey(dst []byte, path string) ([]byte, bool) {
	for i := range len(path) {
		if path[i] >= utf8.RuneSelf {
			path = norm.NFC.String(cases.Fold().String(norm.NFD.String(path)))
			break
		}
	}
	begin, start := len(dst), len(dst)
	for i := range len(path) {
		b := path[i]
		switch {
		case b == '/' && len(dst) == start: // an empty segment
			continue
		case b == '/':
			if isDots(dst[start:]) {
				return dst, false
			}
			start = len(dst) + 1
		case 'A' <= b && b <= 'Z':
			b += 'a' - 'A'
		}
		dst = append(dst, b)
	}
	if isDots(dst[min(start, len(dst)):]) {
		return dst, false
	}
	if n := len(dst); n > begin && dst[n-1] == '/' {
		dst = dst[:n-1]
	}
	return dst, true
}

func isDots(segment []byte) bool {
	return string(segment) == "." || string(segment) == ".."
}
