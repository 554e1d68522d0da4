package embed

import "strings"

// Form says how an embedding, or a piece of Markdown, stands in the text.
type Form uint8

const (
	// Block stands on lines of its own.
	Block Form = iota
	// Inline stands inside a paragraph.
	Inline
)

// Bounds of one embedding. Text beyond them is no embedding, or loses its tail
// with a word about it.
const (
	// MaxSource is the length of an embedding with its braces, in bytes.
	MaxSource = 256 << 10
	// MaxNesting is the number of embeddings that may be open at once in the
	// text. It bounds the work of Parse on text full of openings.
	MaxNesting = 8

	maxName    = 32
	maxOptions = 64
	maxKey     = 64
	maxValue   = 4096
)

// Call is one embedding as it was written.
type Call struct {
	Name    string   // as written, without surrounding spaces
	Options []Option // in the order of the text
	Body    string   // Markdown: what is no option, lines joined by a newline
	Raw     string   // the whole text from "{{" to "}}"
	Form    Form
}

// Option is one "|key=value" of a call, without its escapes.
type Option struct{ Key, Value string }

// lookup returns the value of the first of keys that the call names. Keys are
// compared without case; of an option written twice the last one counts.
func (c Call) lookup(keys ...string) (string, bool) {
	for _, key := range keys {
		for i := len(c.Options) - 1; i >= 0; i-- {
			if strings.EqualFold(c.Options[i].Key, key) {
				return c.Options[i].Value, true
			}
		}
	}
	return "", false
}

// text returns the value of the first of keys that is named and not empty.
func (c Call) text(keys ...string) string {
	for _, key := range keys {
		if value, ok := c.lookup(key); ok && value != "" {
			return value
		}
	}
	return ""
}
