package llmtest

import (
	"regexp"
	"strings"

	"github.com/holtdb/holt/llm"
)

// Cite answers as a model would that reads passages: it quotes the sentence of
// the first passage that shares most words with the question, cites it by
// number, and does the same for the second passage. A prompt without passages
// is answered with what follows the colon in its last line, or the whole line:
// that fits requests to rewrite a question or to name a chat.
//
// Passages are found between lines "BEGIN … passage 1" and "END … passage 1",
// below a line "Text:" if there is one, or as lines "[1] text".
func Cite(messages []llm.Message) string {
	user := lastUser(messages)
	passages := numbered(user)
	question := lastLine(user)
	if len(passages) == 0 {
		if _, after, ok := strings.Cut(question, ": "); ok {
			return after
		}
		return question
	}
	var answer strings.Builder
	answer.WriteString("The documents say: " + passages[0].quote(question))
	if len(passages) > 1 {
		answer.WriteString(" They also say: " + passages[1].quote(question))
	}
	return answer.String()
}

// Replies makes a reply of a function of the system's and the last user's text.
func Replies(reply func(system, user string) string) func([]llm.Message) string {
	return func(messages []llm.Message) string {
		system := ""
		for _, m := range messages {
			if m.Role == llm.System {
				system = m.Content
			}
		}
		return reply(system, lastUser(messages))
	}
}

// Says makes a reply that is always the same.
func Says(text string) func([]llm.Message) string {
	return func([]llm.Message) string { return text }
}

func lastUser(messages []llm.Message) string {
	user := ""
	for _, m := range messages {
		if m.Role == llm.User {
			user = m.Content
		}
	}
	return user
}

// lastLine is the last line that is not blank.
func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
}

// passage is a passage of a prompt; its number stays text.
type passage struct{ number, text string }

// numbered finds the passages of a prompt.
func numbered(prompt string) []passage {
	begin := regexp.MustCompile(`^\W*BEGIN\b.*\bpassage (\d+)\W*$`)
	end := regexp.MustCompile(`^\W*END\b.*\bpassage (\d+)\W*$`)
	short := regexp.MustCompile(`^\[(\d+)\]\s+(\S.*)$`)
	var found []passage
	var inside *passage
	for line := range strings.Lines(prompt) {
		line = strings.TrimRight(line, "\r\n")
		switch m := begin.FindStringSubmatch(line); {
		case inside == nil && m != nil:
			inside = &passage{number: m[1]}
		case inside == nil:
			if m := short.FindStringSubmatch(line); m != nil {
				found = append(found, passage{m[1], m[2]})
			}
		case end.MatchString(line):
			found = append(found, *inside)
			inside = nil
		case line == "Text:":
			inside.text = ""
		default:
			inside.text += line + "\n"
		}
	}
	return found
}

// quote quotes the passage's sentence that shares most words with a question.
func (p passage) quote(question string) string {
	asked := map[string]bool{}
	for _, word := range words(question) {
		asked[word] = true
	}
	best, most := "", -1
	for _, sentence := range sentences(p.text) {
		shared := 0
		for _, word := range words(sentence) {
			if asked[word] {
				shared++
			}
		}
		if shared > most {
			best, most = sentence, shared
		}
	}
	if best == "" {
		return "[" + p.number + "]"
	}
	return `"` + best + `" [` + p.number + `].`
}

// sentences splits a text at full stops and blank lines; a quotation mark would
// end the quote early and ends a sentence as well.
func sentences(text string) []string {
	var all []string
	for _, s := range regexp.MustCompile(`[.!?]\s+|\n\s*\n|"`).Split(text, -1) {
		if s = strings.TrimRight(strings.TrimSpace(s), ".!?"); s != "" {
			all = append(all, s)
		}
	}
	return all
}
