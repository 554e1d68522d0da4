package library

import (
	"errors"
	"time"
)

// Mode is how pages are looked for.
type Mode string

// The modes of a search.
const (
	ModeBest    Mode = ""        // the best that is available
	ModeWords   Mode = "words"   // pages that have the words
	ModeMeaning Mode = "meaning" // passages that mean alike, by their embeddings
	ModeHybrid  Mode = "hybrid"  // both, fused
)

// MeaningState says how far a library can be searched by meaning.
type MeaningState struct {
	Configured bool   // there is a model that makes embeddings
	Model      string // its name, for people
	Embedded   int    // passages that have an embedding of this model
	Total      int    // passages
	Problem    string // a sentence: why embeddings are not made at the moment
}

// Ready reports whether so much is embedded that a search by meaning is of use.
func (m MeaningState) Ready() bool {
	return m.Configured && m.Embedded > 0 && m.Embedded*10 >= m.Total*9
}

// Chat is a conversation about the documents of a library.
type Chat struct {
	ID        string
	Title     string
	Documents []string // ids that it is limited to; empty, with no tags, means all
	Tags      []string // documents with one of them
	Questions int
	Created   time.Time
	Updated   time.Time
}

// ChatFilter chooses chats of the list, the latest first.
type ChatFilter struct {
	Text  string // words in questions and answers, or in the title
	After string // Next of the page before
	Limit int    // at most 100; 0 means 30
}

// ChatList is one page of the list of chats.
type ChatList struct {
	Chats []Chat
	Next  string // "" on the last page
}

// Role is who wrote a message.
type Role string

// The two roles of a conversation.
const (
	RoleUser      Role = "user"
	RoleAssistant Role = "assistant"
)

// AnswerStatus is how an answer ended, or that it did not yet.
type AnswerStatus string

// The states of an answer.
const (
	AnswerRunning AnswerStatus = "running"
	AnswerDone    AnswerStatus = "done"
	AnswerStopped AnswerStatus = "stopped" // by the person; what came is kept
	AnswerFailed  AnswerStatus = "failed"  // what came is kept
)

// AnswerKind is what an answer is.
type AnswerKind string

// The kinds of answers.
const (
	KindAnswer   AnswerKind = "answer"   // a language model's
	KindPassages AnswerKind = "passages" // no model is configured: the best passages as quotations
	KindNothing  AnswerKind = "nothing"  // nothing was found, and no model was asked
)

// Message is a question or an answer.
type Message struct {
	ID        int64
	Role      Role
	Text      string // as written; Markdown in an answer
	HTML      string // of an answer: safe, with citations as links to #cite-{ID}-{number}
	Status    AnswerStatus
	Kind      AnswerKind
	Query     string // the question as it was looked for, where it differs from the text
	Model     string
	Mode      Mode
	Citations []Citation // those that the answer uses
	Passages  []Citation // all that it could draw on
	Error     string     // a sentence; "" unless failed
	Rating    int        // -1, 0 for none, 1
	Comment   string
	Created   time.Time
	Finished  time.Time // zero while running
}

// Citation is a passage that an answer rests on.
type Citation struct {
	Number     int // as the answer names it
	DocumentID string
	Title      string
	Page       int
	Label      string // of the page as printed
	Heading    string
	Snippet    string // plain text
	Start, End int    // the passage, in bytes of the page's text
	Score      float64
	Gone       bool // the document was deleted since
}

// Question is what a person asks.
type Question struct {
	Chat string // "" begins a chat
	Text string
	// Documents and Tags limit a new chat, or change the limits of one; nil
	// leaves them.
	Documents []string
	Tags      []string
	// Passages is how many pages the answer draws on; 0 means DefaultPassages.
	Passages int
	// History are turns before the first one, of a client that keeps them itself.
	History []Exchange
}

// Exchange is a question with its answer.
type Exchange struct{ Question, Answer string }

// DefaultPassages is how many pages an answer draws on, neighbours not counted.
const DefaultPassages = 10

// Asked names an answer that is being made.
type Asked struct {
	Chat   Chat
	Answer int64 // message id
}

// AnswerEvent is a part of an answer on its way.
type AnswerEvent struct {
	Stage string   // what goes on: "searching", "reading", "writing"; "" in other events
	Text  string   // what came since the event before
	Final *Message // the whole answer: the last event
}

// Purpose is what a model is for.
type Purpose string

// The purposes of models.
const (
	ForChat  Purpose = "chat"
	ForEmbed Purpose = "embed"
)

// ModelSetting is the model of a purpose as it is shown.
type ModelSetting struct {
	Purpose  Purpose
	Own      bool   // the person's own; else the server's, or none
	Protocol string // "ollama", "openai", "local"; "" without a model
	URL      string // "" for the server's, which is its administrator's matter
	Model    string
	HasKey   bool
	// Offered is set when the server has a model for this, and Allowed when the
	// tier includes it. OwnAllowed lets the person have one of their own.
	Offered, Allowed, OwnAllowed bool
	// Problem is a sentence about a model that cannot be used at the moment.
	Problem string
}

// Excluded reports whether there is a model that the tier does not include, and
// none of the person's own.
func (s ModelSetting) Excluded() bool { return !s.Own && !s.Allowed }

// ModelChange are a person's own settings of a model.
type ModelChange struct {
	Protocol string
	URL      string
	Model    string
	Key      *string // nil keeps the key that is there if the URL stays
}

var (
	// ErrChatExcluded means that the tier has no chat with the server's model and
	// the person has none of their own.
	ErrChatExcluded = errors.New("chat is not part of this plan")
	// ErrModelUnusable means that there is a model for chat that cannot be used;
	// the error's text says why.
	ErrModelUnusable = errors.New("the model cannot be used")
	// ErrAnswering means that the chat is still being answered.
	ErrAnswering = errors.New("the question before is still being answered")
)
