package chat

import (
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// Parse returns what a model's words come to, given the passages that it was
// sent. It may be called with words that are not complete.
func Parse(answer string, passages []Passage) Parsed {
	answer = strings.TrimSpace(withoutReasoning(visible(bounded(answer))))
	known := func(n int) bool { return indexOf(passages, n) >= 0 }
	answer = tidy(answer, known)
	tree := parseMarkdown(answer)
	cites := citationsIn(tree, answer)
	if saysNoAnswer(answer) && (len(cites) == 0 || len(words(answer)) <= len(words(NoAnswerText))+4) {
		return Parsed{Answer: NoAnswerText, NoAnswer: true}
	}
	p := Parsed{Answer: answer}
	v := newVerifier(passages)
	for _, q := range quotations(tree, answer) {
		n := v.find(q.text, citedBehind(cites, q.end))
		p.Quotes = append(p.Quotes, Quote{Text: q.text, Passage: n, Verified: n > 0})
	}
	for _, c := range cites {
		i := indexOf(passages, c.number)
		if i < 0 || slices.ContainsFunc(p.Citations, func(other Citation) bool { return other.Number == c.number }) {
			continue
		}
		p.Citations = append(p.Citations, Citation{
			Number:  c.number,
			Passage: passages[i],
			Snippet: snippet(passages[i].Text, claims(answer, cites, c.number)),
		})
	}
	return p
}

// indexOf returns the index of the passage with a number, -1 if there is none.
func indexOf(passages []Passage, number int) int {
	return slices.IndexFunc(passages, func(p Passage) bool { return p.Number == number && number > 0 })
}

// cited is a citation in the source of an answer.
type cited struct {
	number     int
	start, end int
}

// citationsIn returns the citations of an answer that was tidied, in order.
func citationsIn(tree ast.Node, source string) []cited {
	code := codeMask(tree, source)
	var all []cited
	for _, at := range plainCitation.FindAllStringSubmatchIndex(source, -1) {
		if code[at[0]] || at[0] > 0 && source[at[0]-1] == '\\' {
			continue
		}
		if n, err := strconv.Atoi(source[at[2]:at[3]]); err == nil {
			all = append(all, cited{number: n, start: at[0], end: at[1]})
		}
	}
	return all
}

// citedBehind returns the number of the first citation close behind a place, 0
// if there is none.
func citedBehind(cites []cited, at int) int {
	for _, c := range cites {
		if c.start >= at-4 && c.start < at+200 { // a citation may stand within the marks
			return c.number
		}
	}
	return 0
}

// maxClaim is how many bytes before a citation are taken as what it is for.
const maxClaim = 1000

// claims returns what an answer says before the citations of a passage: the text
// since the citation before, or since the beginning of the line.
func claims(answer string, cites []cited, number int) string {
	var b strings.Builder
	for i, c := range cites {
		if c.number != number || b.Len() > 2*maxClaim {
			continue
		}
		from := max(0, c.start-maxClaim)
		from += strings.LastIndexByte(answer[from:c.start], '\n') + 1
		for j := i - 1; j >= 0 && cites[j].start >= from; j-- {
			if text := answer[cites[j].end:c.start]; len(words(text)) > 1 {
				from = cites[j].end
				break
			}
		}
		b.WriteString(answer[from:c.start] + " ")
	}
	return b.String()
}
