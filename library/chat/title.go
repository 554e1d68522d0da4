package chat

import "strings"

const maxChatTitle = 60 // characters

// Title returns the title of a chat that begins with a question: its first
// sentence on one line, cut between words, of at most 60 characters.
func Title(question string) string {
	question = oneLine(question, 4*maxChatTitle)
	if all := sentences(question); len(all) > 0 {
		question = all[0]
	}
	if question = oneLine(strings.Trim(question, "#*_`> "), maxChatTitle); question == "" {
		return "Chat"
	}
	return question
}
