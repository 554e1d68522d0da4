package clean

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxVocabulary bounds the memory a hostile document can take.
	maxVocabulary = 200_000
	maxWordBytes  = 64
)

// vocabulary counts the words of a document, in lower case; a compound such as
// "well-known" counts as itself and as its parts.
type vocabulary map[string]int

func vocabularyOf(pages ...string) vocabulary {
	words := vocabulary{}
	for _, text := range pages {
		// A word that a line end divides is no evidence for either half.
		divided := false
		for word := range strings.FieldsSeq(text) {
			rest := divided
			last, _ := utf8.DecodeLastRuneInString(word)
			if divided = isHyphen(last) || last == softHyphen; !rest && !divided {
				words.add(word)
			}
		}
	}
	return words
}

func (v vocabulary) add(word string) {
	word = strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) })
	if word == "" || len(word) > maxWordBytes {
		return
	}
	word = strings.ToLower(word)
	v.count(word)
	if strings.ContainsFunc(word, isHyphen) {
		for part := range strings.FieldsFuncSeq(word, isHyphen) {
			v.count(part)
		}
	}
}

func (v vocabulary) count(word string) {
	if _, known := v[word]; known || len(v) < maxVocabulary {
		v[word]++
	}
}

// joinHyphens joins the words of a tidy text that are divided at a line end:
// the rest of the word moves up, so that the remaining lines keep their length.
// No line keeps a soft hyphen.
func joinHyphens(text string, words vocabulary) string {
	var b strings.Builder
	b.Grow(len(text))
	var word []byte // the last one of the line
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		text = rest
		last := strings.LastIndexByte(line, ' ') + 1
		b.WriteString(line[:last])
		word = append(word[:0], line[last:]...)
		for {
			whole, size := joinWords(word, text, words)
			if size == 0 {
				break
			}
			word, text = whole, text[size:]
			if text == "" {
				break
			}
			next := text[0]
			text = text[1:]
			if next == ' ' {
				break
			}
			// The next line was only the rest of the word.
		}
		b.Write(bytes.TrimSuffix(word, []byte(string(softHyphen))))
		if text != "" {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// joinWords adds the first word of next to word when a line ended in the middle
// of it. It returns the size of what it added, 0 where there is nothing to join.
func joinWords(word []byte, next string, words vocabulary) (whole []byte, size int) {
	hyphen, width := utf8.DecodeLastRune(word)
	if !isHyphen(hyphen) && hyphen != softHyphen {
		return word, 0
	}
	stem := len(word) - width
	before, _ := utf8.DecodeLastRune(word[:stem])
	after, _ := utf8.DecodeRuneInString(next)
	if !wordRune(before) || !wordRune(after) {
		return word, 0
	}
	size = strings.IndexAny(next, " \n")
	if size < 0 {
		size = len(next)
	}
	if stem+size > 2*maxWordBytes {
		return word, 0
	}
	whole = append(word, next[:size]...)
	if hyphen == softHyphen || !keepsHyphen(whole[:stem], whole[stem+width:], after, words) {
		whole = slices.Delete(whole, stem, stem+width)
	}
	return whole, size
}

// keepsHyphen decides between "well-known" and "example". The document itself
// is asked first; without its answer, two known words of some length are taken
// for a compound.
func keepsHyphen(head, tail []byte, after rune, words vocabulary) bool {
	if !unicode.IsLower(after) {
		return true // a name or a number: Anglo-Saxon, 1990-1995
	}
	notLetter := func(r rune) bool { return !unicode.IsLetter(r) && !isHyphen(r) }
	key := make([]byte, 0, 4*maxWordBytes) // small enough for the stack
	key = append(appendLower(key, bytes.TrimFunc(head, notLetter)), '-')
	dash := len(key) - 1
	key = appendLower(key, bytes.TrimFunc(tail, notLetter))
	compound := words[string(key)]
	known := words[string(key[:dash])] > 0 && words[string(key[dash+1:])] > 0
	joined := slices.Delete(key, dash, dash+1)
	if whole := words[string(joined)]; whole != compound {
		return compound > whole
	}
	if bytes.ContainsFunc(joined[:dash], isHyphen) {
		return true // state-of-the-
	}
	const short = 3
	return dash > short && len(joined)-dash > short && known
}

// appendLower adds a word in lower case to key.
func appendLower(key, word []byte) []byte {
	for len(word) > 0 {
		r, size := utf8.DecodeRune(word)
		key = utf8.AppendRune(key, unicode.ToLower(r))
		word = word[size:]
	}
	return key
}

func isHyphen(r rune) bool { return r == '-' || r == '\u2010' || r == '\u2011' }

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
