package fulltext

import "strings"

// WithoutSyntax returns a text that [Parse] reads as plain words: in a question,
// a dash before a word excludes nothing and quotation marks ask for no phrase.
func WithoutSyntax(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == '*' || r == ':' || strings.ContainsRune("\"“”„«»", r) {
			return ' '
		}
		return r
	}, text)
	words := strings.Fields(text)
	for i, w := range words {
		words[i] = strings.TrimLeft(w, "-")
	}
	return strings.Join(words, " ")
}
