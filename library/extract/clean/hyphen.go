package clean

import (
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

func vocabularyOf(pages ...[]string) vocabulary {
	words := vocabulary{}
	for _, lines := range pages {
		// A word that a line end divides is no evidence for either half.
		divided := false
		for _, line := range lines {
			for word := range strings.FieldsSeq(line) {
				rest := divided
				last, _ := utf8.DecodeLastRuneInString(word)
				if divided = isHyphen(last) || last == softHyphen; !rest && !divided {
					words.add(word)
				}
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

// joinHyphens joins the words that are divided at a line end: the rest of the
// word moves up, so that the remaining lines keep their length. No line keeps a
// soft hyphen.
func joinHyphens(lines []string, words vocabulary) []string {
	joined := make([]string, 0, len(lines))
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		for i+1 < len(lines) {
			whole, rest, ok := joinLines(line, lines[i+1], words)
			if !ok {
				break
			}
			line = whole
			if rest != "" {
				lines[i+1] = rest
				break
			}
			i++ // the next line was only the rest of the word
		}
		joined = append(joined, strings.TrimSuffix(line, string(softHyphen)))
	}
	return joined
}

// joinLines moves the first word of next to the end of line when line ends in
// the middle of that word.
func joinLines(line, next string, words vocabulary) (whole, rest string, ok bool) {
	hyphen, size := utf8.DecodeLastRuneInString(line)
	if !isHyphen(hyphen) && hyphen != softHyphen || next == "" {
		return "", "", false
	}
	stem := line[:len(line)-size]
	head := stem[strings.LastIndexByte(stem, ' ')+1:]
	tail, rest, _ := strings.Cut(next, " ")
	before, _ := utf8.DecodeLastRuneInString(head)
	after, _ := utf8.DecodeRuneInString(tail)
	if !wordRune(before) || !wordRune(after) || len(head)+len(tail) > 2*maxWordBytes {
		return "", "", false
	}
	if hyphen == softHyphen || !keepsHyphen(head, tail, after, words) {
		return stem + tail, rest, true
	}
	return line + tail, rest, true
}

// keepsHyphen decides between "well-known" and "example". The document itself
// is asked first; without its answer, two known words of some length are taken
// for a compound.
func keepsHyphen(head, tail string, after rune, words vocabulary) bool {
	if !unicode.IsLower(after) {
		return true // a name or a number: Anglo-Saxon, 1990-1995
	}
	notLetter := func(r rune) bool { return !unicode.IsLetter(r) && !isHyphen(r) }
	head = strings.ToLower(strings.TrimFunc(head, notLetter))
	tail = strings.ToLower(strings.TrimFunc(tail, notLetter))
	whole, compound := words[head+tail], words[head+"-"+tail]
	if whole != compound {
		return compound > whole
	}
	if strings.ContainsFunc(head, isHyphen) {
		return true // state-of-the-
	}
	const short = 3
	return len(head) > short && len(tail) > short && words[head] > 0 && words[tail] > 0
}

func isHyphen(r rune) bool { return r == '-' || r == '\u2010' || r == '\u2011' }

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
