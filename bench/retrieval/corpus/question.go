package corpus

import (
	"html"
	"regexp"
	"strings"
	"unicode"
)

var (
	// numbering is what FAQs have before a question: 7.31, (4), G12., 2.3:
	numbering = regexp.MustCompile(`^\(?[A-Z]?\d+(\.\d+)*[.:)]*\s+`)
	tags      = regexp.MustCompile(`(?s)<(script|style)\b.*?</(script|style)>|<[^>]*>`)
	// aside is what may follow the question mark.
	aside = regexp.MustCompile(`\?["')”]*(\s*[(\[][^)\]]*[)\]])?$`)
)

const (
	// leastWords is the length of a question that says what it is about.
	leastWords = 5
	// leastAnswer is the length in words of an answer that does not only send
	// the reader to another one.
	leastAnswer = 12
)

// question returns a heading as a question without its numbering, "" if it is
// none.
func question(heading string) string {
	text := strings.Join(strings.Fields(heading), " ")
	text = strings.TrimRight(numbering.ReplaceAllString(text, ""), "¶ ")
	if !aside.MatchString(text) || len(strings.Fields(text)) < leastWords {
		return ""
	}
	return text
}

// preface stands under the title of a FAQ: a heading without text would be on
// the page of the first answer.
const preface = "Questions and answers."

// bare is a text without anything but its words, in small letters.
func bare(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r)
	}), " ")
}

// bareText is bare for what may be markup.
func bareText(data []byte) string {
	return bare(html.UnescapeString(tags.ReplaceAllString(string(data), " ")))
}

// listFinder finds files that list questions.
type listFinder struct {
	beginnings map[string][]string // questions by their first words
}

const (
	beginning = 4 // words
	fewest    = 3 // questions make a list
)

// add makes a bare question known.
func (l *listFinder) add(asked string) {
	words := strings.Fields(asked)
	if len(words) < beginning {
		return
	}
	if l.beginnings == nil {
		l.beginnings = make(map[string][]string)
	}
	key := strings.Join(words[:beginning], " ")
	l.beginnings[key] = append(l.beginnings[key], asked)
}

// find reports whether a file has several of the questions word for word.
func (l *listFinder) find(data []byte) bool {
	words := strings.Fields(bareText(data))
	found := make(map[string]bool)
	for i := 0; i+beginning <= len(words); i++ {
		for _, asked := range l.beginnings[strings.Join(words[i:i+beginning], " ")] {
			n := len(strings.Fields(asked))
			if !found[asked] && i+n <= len(words) && strings.Join(words[i:i+n], " ") == asked {
				found[asked] = true
			}
		}
		if len(found) >= fewest {
			return true
		}
	}
	return false
}
