package chat

import "strings"

// Some models write their reasoning into the answer, between these marks.
var reasoningMarks = [...][2]string{{"<think>", "</think>"}, {"<thinking>", "</thinking>"}}

// withoutReasoning returns an answer without the reasoning that it begins with.
// Of reasoning that has not ended yet nothing is left.
func withoutReasoning(answer string) string {
	for {
		bare := strings.TrimLeft(answer, " \t\n")
		mark, open := reasoningAt(bare)
		if !open {
			return answer
		}
		_, after, ended := strings.Cut(bare, mark)
		if !ended {
			return ""
		}
		answer = after
	}
}

// reasoningAt returns the mark that ends the reasoning which a text begins with.
func reasoningAt(s string) (end string, open bool) {
	for _, mark := range reasoningMarks {
		if strings.HasPrefix(s, mark[0]) {
			return mark[1], true
		}
	}
	return "", false
}

// mayReason reports whether a text is the beginning of a mark that reasoning
// begins with.
func mayReason(s string) bool {
	for _, mark := range reasoningMarks {
		if len(s) < len(mark[0]) && strings.HasPrefix(mark[0], s) {
			return true
		}
	}
	return false
}
