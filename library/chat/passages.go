package chat

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxShown   = 5   // passages of an answer without a model
	maxExcerpt = 700 // characters of each
)

// Passages returns the answer where there is no language model: the best
// passages as quotations with their numbers, called what they are. It is to be
// parsed like any answer; each quotation is verified then.
func Passages(question string, passages []Passage) string {
	var b strings.Builder
	shown := 0
	for _, p := range passages {
		excerpt := excerpt(p.Text, question)
		if p.Neighbour || excerpt == "" || shown == maxShown {
			continue
		}
		shown++
		b.WriteString("\n> " + escapeMarkdown(excerpt) + " [" + strconv.Itoa(p.Number) + "]\n\n" + source(p) + "\n")
	}
	switch shown {
	case 0:
		return NothingFoundText
	case 1:
		return "No language model is set up. This passage fits the question best:\n" + b.String()
	}
	return "No language model is set up. These passages fit the question best:\n" + b.String()
}

// source returns the line that says where a passage is from.
func source(p Passage) string {
	title := escapeMarkdown(oneLine(p.Title, maxTitle))
	if title == "" {
		title = "Untitled"
	}
	return "**" + title + "**, page " + escapeMarkdown(oneLine(p.page(), maxLabel))
}

// excerpt returns the sentences of a passage around the one that says most of
// what a question says.
func excerpt(text, question string) string {
	all := sentences(visible(text))
	if len(all) == 0 {
		return ""
	}
	best := mostAlike(all, question)
	from, to := best, best+1
	length := utf8.RuneCountInString(all[best])
	for grown := true; grown; {
		grown = false
		if to < len(all) && length+utf8.RuneCountInString(all[to]) < maxExcerpt {
			length += utf8.RuneCountInString(all[to]) + 1
			to++
			grown = true
		}
		if from > 0 && length+utf8.RuneCountInString(all[from-1]) < maxExcerpt/2 {
			from--
			length += utf8.RuneCountInString(all[from]) + 1
			grown = true
		}
	}
	return oneLine(strings.Join(all[from:to], " "), maxExcerpt)
}
