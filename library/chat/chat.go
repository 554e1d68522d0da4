// Package chat turns passages of documents into a question for a language model
// and the model's words into an answer with checked citations and quotations.
//
// It holds pure functions only: no database, no network, no clock. What stands
// in documents and what a model writes are both data of strangers here. Passages
// are fenced, so that their text cannot pass for instructions of the prompt;
// answers are reduced to text with citations of passages that exist, and the
// HTML made of them links nowhere but to those passages and loads nothing.
package chat

// NoAnswerText is the whole answer where the passages do not hold one. The model
// is asked for exactly this sentence.
const NoAnswerText = "I could not find an answer to that question in your documents."

// NothingFoundText is the answer where no passage was found and so no model was
// asked.
const NothingFoundText = "Nothing in your documents seems to match that question. " +
	"Try other words, or check that the document has been read completely."

// Passage is a part of a document that an answer may draw on.
type Passage struct {
	Number     int // as answers cite it, from 1
	DocumentID string
	Title      string // of the document
	Label      string // of the page as printed; "" means that Page is
	Page       int    // from 1
	Start, End int    // the passage, in bytes of the page's text
	Text       string // the passage with some of what stands around it
	Heading    string // that it stands under, "" if none
	Score      float64
	Neighbour  bool // not found itself, but beside a page that was
}

// Turn is a question with its answer.
type Turn struct{ Question, Answer string }

// Parsed is what a model's words come to.
type Parsed struct {
	// Answer is Markdown with citations as [n]. It has no links, no images and
	// no HTML, and cites only passages that exist.
	Answer    string
	NoAnswer  bool       // the model found no answer; Answer is NoAnswerText
	Citations []Citation // in the order of their first use
	Quotes    []Quote    // in the order of the text
}

// Citation is a passage that an answer refers to.
type Citation struct {
	Number  int
	Passage Passage
	Snippet string // the words of the passage that matter most here: plain text
}

// Quote is a quotation of at least four words in an answer.
type Quote struct {
	Text     string // without the marks around it
	Passage  int    // the number of the passage that has these words, 0 for none
	Verified bool   // a passage has them
}
