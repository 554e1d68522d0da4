package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The budget of a prompt where none is given.
const (
	DefaultTokens = 8192 // context of the model
	DefaultAnswer = 1024 // of it, kept for the answer
)

// Budget is how much a model can take.
type Budget struct {
	Tokens int // the context: question, passages, history and answer; 0 means DefaultTokens
	Answer int // of these, kept for the answer; 0 means DefaultAnswer
}

// orDefault returns the budget with its defaults; the answer has at most half.
func (b Budget) orDefault() Budget {
	if b.Tokens <= 0 {
		b.Tokens = DefaultTokens
	}
	if b.Answer <= 0 {
		b.Answer = DefaultAnswer
	}
	b.Answer = min(b.Answer, b.Tokens/2)
	return b
}

// tokenParts is what one token counts in the sums of this file.
const tokenParts = 12

// EstimateTokens returns about how many tokens a text has for a model, rather
// too many than too few: byte-pair vocabularies differ, and a prompt that is too
// long is cut by some servers without a word. Counted are a token for three
// ASCII letters of a word begun, for each digit and punctuation mark, for each
// run of line ends; three quarters for other alphabets of two bytes a letter; one
// and a half for letters of three bytes; four for those of four.
func EstimateTokens(s string) int {
	sum, letters := 0, 0
	var before rune
	for _, r := range s {
		if r < utf8.RuneSelf && unicode.IsLetter(r) {
			if letters%3 == 0 {
				sum += tokenParts
			}
			letters++
			before = r
			continue
		}
		letters = 0
		switch {
		case r == ' ':
			if before == ' ' {
				sum += tokenParts / 4 // runs of spaces come as one token or as few
			}
		case r == '\n':
			if before != '\n' {
				sum += tokenParts
			}
		case r < utf8.RuneSelf:
			sum += tokenParts
		case r < 0x800:
			sum += tokenParts * 3 / 4
		case r < 0x10000:
			sum += tokenParts * 3 / 2
		default:
			sum += tokenParts * 4
		}
		before = r
	}
	return (sum + tokenParts - 1) / tokenParts
}

// cutTokens returns the beginning of a text of at most the given tokens, up to
// the end of a sentence where one is near, else of a word, with an ellipsis.
func cutTokens(s string, tokens int) string {
	if EstimateTokens(s) <= tokens {
		return s
	}
	most := prefixOf(s, tokens-2)
	if most == 0 {
		return ""
	}
	best := 0
	for _, end := range sentenceEnds(s[:most]) {
		best = end
	}
	if best < most/2 {
		if best = strings.LastIndexAny(s[:most], " \n"); best < most/2 {
			best = most
		}
	}
	return strings.TrimRight(s[:best], " \t\n") + " …"
}

// prefixOf returns the length of the longest beginning of a text, found by
// halving, that has at most the given tokens.
func prefixOf(s string, tokens int) int {
	low, high := 0, len(s)
	for low < high {
		middle := (low + high + 1) / 2
		for middle > low && middle < len(s) && !utf8.RuneStart(s[middle]) {
			middle--
		}
		if middle == low {
			_, size := utf8.DecodeRuneInString(s[low:])
			middle = low + size
			if middle > high {
				break
			}
		}
		if EstimateTokens(s[:middle]) <= tokens {
			low = middle
		} else {
			high = middle - 1
			for high > low && !utf8.RuneStart(s[high]) {
				high--
			}
		}
	}
	return low
}
