package corpus

import (
	"regexp"
	"strconv"
	"strings"
)

// textHeading is a numbered heading on a line of its own: "3.4: How do I …?"
var textHeading = regexp.MustCompile(`(?m)^(\d+\.\d+: .+|Chapter \d+: .+)$`)

// textFAQ makes a text whose pages are divided by form feeds of one with
// numbered headings. What stands before the first one is left out: it lists the
// questions.
func textFAQ(data []byte) (Document, error) {
	text := string(data)
	doc := Document{Ext: ".txt"}
	at := textHeading.FindAllStringIndex(text, -1)
	var pages []string
	for i, span := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		heading, body := text[span[0]:span[1]], text[span[1]:end]
		q := question(heading)
		if q == "" {
			body = heading + body
		}
		if strings.TrimSpace(body) == "" {
			continue
		}
		pages = append(pages, strings.TrimSpace(body)+"\n")
		if q != "" {
			doc.Questions = append(doc.Questions, Question{Text: q, Label: strconv.Itoa(len(pages)), Answer: body})
		}
	}
	doc.Data = []byte(strings.Join(pages, "\f"))
	return doc, nil
}
