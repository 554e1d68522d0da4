package chat

import "regexp"

// Servers put what they are sent into the template of the model and often read
// the template's own marks wherever they stand. A document that has such a mark
// could end the user's turn and begin one of the system. The marks are those of
// ChatML and Llama 3 (<|…|>), DeepSeek (<｜…｜>), Llama 2 ([INST], <<SYS>>),
// Gemma (<start_of_turn>), and of sentence starts, reasoning and tool calls. What
// looks like the fences of this package is broken too.
var (
	barOpens  = regexp.MustCompile(`<([|｜])`)
	barCloses = regexp.MustCompile(`([|｜])>`)
	tagMark   = regexp.MustCompile(`(?i)<(/?(?:s|bos|eos|pad|unk|mask|start_of_turn|end_of_turn|start_of_image|think|thinking|tool|tools|tool_call|tool_calls|tool_response|function_call|system|user|assistant|human)>)`)
	instMark  = regexp.MustCompile(`(?i)\[(/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|IMG|PREFIX|SUFFIX|MIDDLE)\])`)
	fenceMark = regexp.MustCompile(`(?i)<<<(\s*begin)|(end\s*)>>>`)
	sysMark   = regexp.MustCompile(`(?i)<<(/?SYS>>)`)
)

// plain returns a text as it may stand in a prompt: without what is not visible,
// and with the marks of chat templates broken by a space.
func plain(s string) string {
	s = visible(s)
	s = barOpens.ReplaceAllString(s, "< $1")
	s = barCloses.ReplaceAllString(s, "$1 >")
	s = tagMark.ReplaceAllString(s, "< $1")
	s = instMark.ReplaceAllString(s, "[ $1")
	s = fenceMark.ReplaceAllString(s, "$1$2")
	return sysMark.ReplaceAllString(s, "< < $1")
}
