package llm

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxDetail bounds a server's message inside an error, in characters.
	maxDetail = 200
	// keyWindow is how many bytes of a key in a row give it away.
	keyWindow = 8
)

// clean makes a server's message fit to show: one line without control or
// invisible characters, short, and empty when it repeats part of the key.
func clean(message, key string) string {
	visible := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, message)
	visible = strings.TrimRight(strings.Join(strings.Fields(visible), " "), ". ")
	if reveals(visible, key) {
		return ""
	}
	if utf8.RuneCountInString(visible) > maxDetail {
		runes := []rune(visible)
		visible = strings.TrimSpace(string(runes[:maxDetail-1])) + "…"
	}
	return visible
}

// reveals reports whether message holds the key or a telling part of it, also
// when it was broken up by spaces.
func reveals(message, key string) bool {
	if key == "" {
		return false
	}
	joined := strings.ToLower(strings.ReplaceAll(message, " ", ""))
	key = strings.ToLower(key)
	window := min(keyWindow, len(key))
	for i := 0; i+window <= len(key); i++ {
		if strings.Contains(joined, key[i:i+window]) {
			return true
		}
	}
	return false
}
