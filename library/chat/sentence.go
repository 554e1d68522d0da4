package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentenceEnds returns where the sentences of a text end, each with the closing
// marks behind it. The end of a paragraph ends a sentence; the end of the text
// does only if it has a mark.
func sentenceEnds(s string) []int {
	var ends []int
	for i, r := range s {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(s[i:])
		}
		switch r {
		case '\n':
			if strings.HasPrefix(s[i+1:], "\n") && (len(ends) == 0 || strings.TrimSpace(s[ends[len(ends)-1]:i]) != "") {
				ends = append(ends, i)
			}
		case '。', '！', '？', '।':
			ends = append(ends, i+size)
		case '.', '!', '?', '…', '؟', '۔':
			end := i + size
			end += len(s[end:]) - len(strings.TrimLeft(s[end:], ".!?\"')]”’»"))
			next, _ := utf8.DecodeRuneInString(s[end:])
			if (end == len(s) || unicode.IsSpace(next)) && (len(ends) == 0 || ends[len(ends)-1] < end) && !abbreviated(s[:i]) {
				ends = append(ends, end)
			}
		}
	}
	return ends
}

// abbreviated reports whether a text, up to a full stop, ends in a word that is
// rather cut short than the last of a sentence: a single letter or one of the
// common abbreviations.
func abbreviated(s string) bool {
	word := s[strings.LastIndexAny(s, " \n\t(")+1:]
	if utf8.RuneCountInString(word) == 1 {
		r, _ := utf8.DecodeRuneInString(word)
		return unicode.IsLetter(r)
	}
	switch strings.ToLower(word) {
	case "e.g", "i.e", "cf", "vs", "mr", "mrs", "ms", "dr", "prof", "st", "no", "fig", "vol", "pp", "bzw", "z.b", "d.h", "nr", "abb":
		return true
	}
	return false
}

// sentences returns the sentences of a text, trimmed, none empty.
func sentences(s string) []string {
	var all []string
	from := 0
	for _, end := range append(sentenceEnds(s), len(s)) {
		if one := strings.TrimSpace(s[from:end]); one != "" {
			all = append(all, one)
		}
		from = end
	}
	return all
}
