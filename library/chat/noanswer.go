package chat

import (
	"slices"
	"strings"
	"unicode"
)

// saysNoAnswer reports whether an answer begins with the sentence for no answer:
// with the same words but for two, whatever the case, marks and emphasis.
func saysNoAnswer(answer string) bool {
	want := words(NoAnswerText)
	got := words(answer)
	if len(got) > 0 && got[0] == "answer" {
		got = got[1:]
	}
	for length := len(want) - 2; length <= min(len(want)+2, len(got)); length++ {
		if distance(want, got[:length]) <= 2 && slices.Contains(got[:length], "not") == slices.Contains(want, "not") {
			return true
		}
	}
	return false
}

// words returns the words of a text in lower case; "couldn't" is two.
func words(s string) []string {
	s = strings.NewReplacer("n't", " not", "n’t", " not").Replace(strings.ToLower(s))
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// distance returns how many words have to be added, dropped or replaced to make
// one list of the other (Levenshtein).
func distance(a, b []string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
