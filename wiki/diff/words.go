package diff

import (
	"unicode"
	"unicode/utf8"
)

const (
	maxMarked = 64 << 10 // bytes of a change whose words are compared
	minCommon = 4        // a fourth of the bytes must be common, else the marks say nothing
)

// word is a piece of a line: letters and digits, space, or one other character.
type word struct {
	line int
	at   Span
}

// markWords sets the marks of the lines of one change by comparing their words.
func markWords(removed, added []Line) {
	if len(removed) == 0 || len(added) == 0 || sizeOf(removed)+sizeOf(added) > maxMarked {
		return
	}
	oldWords, oldTexts := wordsOf(removed)
	newWords, newTexts := wordsOf(added)
	c := compare(oldTexts, newTexts)
	if c.old.common(oldTexts)*minCommon < min(sizeOf(removed), sizeOf(added)) {
		return
	}
	c.old.mark(removed, oldWords, oldTexts)
	c.new.mark(added, newWords, newTexts)
}

// sizeOf returns the bytes of some lines.
func sizeOf(lines []Line) int {
	n := 0
	for _, line := range lines {
		n += len(line.Text)
	}
	return n
}

// wordsOf takes lines apart.
func wordsOf(lines []Line) (words []word, texts []string) {
	for n, line := range lines {
		for at := 0; at < len(line.Text); {
			end := at + wordLength(line.Text[at:])
			words, texts = append(words, word{n, Span{at, end}}), append(texts, line.Text[at:end])
			at = end
		}
		words, texts = append(words, word{n, Span{len(line.Text), len(line.Text)}}), append(texts, "\n")
	}
	return words, texts
}

// wordLength returns the length of the word that a text starts with.
func wordLength(text string) int {
	first, size := utf8.DecodeRuneInString(text)
	class := classOf(first)
	if class == 0 {
		return size
	}
	for size < len(text) {
		r, n := utf8.DecodeRuneInString(text[size:])
		if classOf(r) != class {
			break
		}
		size += n
	}
	return size
}

// classOf returns the kind of characters that stay together, 0 for those that
// stand alone, as the characters of scripts without spaces do.
func classOf(r rune) int {
	switch {
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
		return 0
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '_':
		return 1
	case unicode.IsSpace(r):
		return 2
	}
	return 0
}

// common returns how many bytes of the words, without space, have not changed.
func (s side) common(texts []string) int {
	n := 0
	for i, text := range texts {
		if r, _ := utf8.DecodeRuneInString(text); !s.changed[i] && !unicode.IsSpace(r) {
			n += len(text)
		}
	}
	return n
}

// mark writes the changed words into their lines. Space between two changed
// words counts as changed.
func (s side) mark(lines []Line, words []word, texts []string) {
	for i, w := range words {
		if !s.changed[i] || w.at.Start == w.at.End {
			continue
		}
		marks := &lines[w.line].Marks
		if n := len(*marks); n > 0 {
			last := &(*marks)[n-1]
			if last.End == w.at.Start || last.End == words[i-1].at.Start && isBlank(texts[i-1]) {
				last.End = w.at.End
				continue
			}
		}
		*marks = append(*marks, w.at)
	}
}

func isBlank(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsSpace(r)
}
