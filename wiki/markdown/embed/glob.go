package embed

import "strings"

// maxPattern is the length of a pattern. It bounds the work of one match.
const maxPattern = 64

// compile prepares a pattern of "*" for any text, "?" for one character and
// everything else for itself. Case does not count, and "*" matches "/" too.
func compile(pattern string) ([]rune, error) {
	runes := []rune(strings.ToLower(pattern))
	if len(runes) > maxPattern {
		return nil, mistakef("the pattern %q is too long; %d characters are allowed", excerpt(pattern), maxPattern)
	}
	return runes, nil
}

// matches reports whether the whole of name fits the pattern. After a mismatch
// it tries the latest "*" again one character further, which is enough: an
// earlier one could only take text away from it.
func matches(pattern []rune, name string) bool {
	text := []rune(strings.ToLower(name))
	p, t, star, resume := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, resume = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			resume++
			p, t = star+1, resume
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
