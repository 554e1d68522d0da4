package llm

// Role says who speaks a message.
type Role string

const (
	// System is the program's instruction to the model.
	System Role = "system"
	// User is the person who asks.
	User Role = "user"
	// Assistant is the model.
	Assistant Role = "assistant"
)

// Message is one turn of a conversation.
type Message struct {
	Role    Role   `json:"role"`
	Content string `json:"content"`
}

// Request asks for the next message of a conversation.
type Request struct {
	Messages []Message
	// MaxTokens bounds the answer; 0 leaves it to the server.
	MaxTokens int
	// ContextTokens is the size of the context window that an Ollama server
	// sets up (num_ctx); 0 leaves it to the server. Others have no such setting.
	ContextTokens int
	// Temperature is how freely the model words its answer, from 0.
	Temperature float64
}

// How an answer can end, as Answer.Finish says.
const (
	// FinishStop: the model had said all.
	FinishStop = "stop"
	// FinishLength: the bound on tokens or the context window was reached.
	FinishLength = "length"
)

// Answer is what the model said.
type Answer struct {
	// Text is the whole answer, or what came of it before an error.
	Text string
	// Finish is [FinishStop], [FinishLength] or a server's own word; empty when cut off.
	Finish string
	// PromptTokens and Tokens are the server's own count; 0 where it gives none.
	PromptTokens, Tokens int
}
