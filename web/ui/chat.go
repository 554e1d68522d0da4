package ui

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"

	"github.com/holtdb/holt/library"
)

// ChatPage is a conversation about documents, at /chat/{id}, or the beginning
// of one, at /chat. Both take the parameters q and after for the list of chats;
// /chat takes text, doc and tag for its form as well. The forms post
//
//	text, doc, tag    to /chat, which begins a chat, or to /chat/{id}/ask
//	nothing           to /chat/{id}/stop and /chat/{id}/retry
//	title             to /chat/{id}/rename
//	nothing           to /chat/{id}/delete
//	rating, comment   to /chat/{id}/answers/{message}/feedback
//
// doc and tag are repeated; without any, all documents are meant. The page links
// to /chat/{id}/delete and to /chat/{id}/export?format=markdown or json.
type ChatPage struct {
	Frame
	List     library.ChatList // the chats, beside
	Find     string           // words that List is restricted to
	After    string           // what List goes on after
	Chat     library.Chat     // its ID is "" while the chat is new
	Messages []library.Message
	Earlier  int64 // there are more messages before the one of this id; 0 for none
	// Documents can be chosen: those that are chosen, and the latest that are
	// ready. Others is set when the library has more.
	Documents []library.Document
	Others    bool
	Tags      []TagCount
	Text      string               // what stands in the field
	Model     library.ModelSetting // what answers; without a Model, passages are shown
	Excluded  bool                 // the tier has no chat, and the person no model: nothing can be asked
	Errors    Errors               // "text", "scope", ""
}

func (ChatPage) template() string { return "chat" }

// ChatDeletePage asks before a chat is deleted, where no script does. It is at
// GET /chat/{id}/delete and posts nothing to the same address.
type ChatDeletePage struct {
	Frame
	Chat library.Chat
}

func (ChatDeletePage) template() string { return "chat_delete" }

// ChatAnswer is one answer. As a page it is a fragment: what the last event of a
// stream carries, and replaces the answer on its way with.
type ChatAnswer struct {
	Chat    string // id
	Message library.Message
	Last    bool // of the chat: it can be tried again
}

func (ChatAnswer) template() string { return "chat" }
func (ChatAnswer) layout() string   { return "chat-answer" }

// ChatTurn is a question with its answer.
type ChatTurn struct {
	Question library.Message
	Answer   *ChatAnswer // nil for a question that has none
}

// Turns are the messages in pairs.
func (p ChatPage) Turns() []ChatTurn {
	var turns []ChatTurn
	for i, m := range p.Messages {
		if m.Role == library.RoleUser {
			turns = append(turns, ChatTurn{Question: m})
			continue
		}
		answer := &ChatAnswer{Chat: p.Chat.ID, Message: m, Last: i == len(p.Messages)-1}
		if n := len(turns); n > 0 && turns[n-1].Answer == nil {
			turns[n-1].Answer = answer
		} else {
			turns = append(turns, ChatTurn{Answer: answer})
		}
	}
	return turns
}

// New reports whether the chat is still to begin.
func (p ChatPage) New() bool { return p.Chat.ID == "" }

// Running reports whether an answer is being made.
func (p ChatPage) Running() bool {
	n := len(p.Messages)
	return n > 0 && p.Messages[n-1].Status == library.AnswerRunning
}

// Empty reports whether there is no document to ask about.
func (p ChatPage) Empty() bool { return len(p.Documents) == 0 && !p.Others }

// To is the address of something about the chat, such as "stop".
func (p ChatPage) To(what string) string { return chatURL(p.Chat.ID) + "/" + what }

// AskURL is where a question is posted to.
func (p ChatPage) AskURL() string {
	if p.New() {
		return "/chat"
	}
	return p.To("ask")
}

// URLOf is the address of a chat of the list, with the list kept as it is.
func (p ChatPage) URLOf(c library.Chat) string {
	return address(chatURL(c.ID), url.Values{"q": {p.Find}, "after": {p.After}})
}

// ListURL is the same page with the list from its start, and where words to find
// in chats are sent to.
func (p ChatPage) ListURL() string {
	if p.New() {
		return "/chat"
	}
	return chatURL(p.Chat.ID)
}

// MoreURL is the same page with the list further down, "" at its end.
func (p ChatPage) MoreURL() string {
	if p.List.Next == "" {
		return ""
	}
	return address(p.ListURL(), url.Values{"q": {p.Find}, "after": {p.List.Next}})
}

// EarlierURL is the page with the messages before those that are shown, "" when
// there are none.
func (p ChatPage) EarlierURL() string {
	if p.Earlier == 0 {
		return ""
	}
	return address(chatURL(p.Chat.ID), url.Values{"before": {strconv.FormatInt(p.Earlier, 10)}})
}

// ChoiceOf is a document or tag that a chat can be limited to.
type ChoiceOf struct {
	Value, Label string
	Chosen       bool
}

// DocumentChoices are the documents of the picker, those that are chosen first.
func (p ChatPage) DocumentChoices() []ChoiceOf {
	var chosen, others []ChoiceOf
	known := map[string]bool{}
	for _, d := range p.Documents {
		known[d.ID] = true
		if choice := (ChoiceOf{Value: d.ID, Label: d.Title}); slices.Contains(p.Chat.Documents, d.ID) {
			choice.Chosen = true
			chosen = append(chosen, choice)
		} else {
			others = append(others, choice)
		}
	}
	for _, id := range p.Chat.Documents {
		if !known[id] {
			chosen = append(chosen, ChoiceOf{Value: id, Label: "a deleted document", Chosen: true})
		}
	}
	return append(chosen, others...)
}

// TagChoices are the tags of the picker.
func (p ChatPage) TagChoices() []ChoiceOf {
	choices := make([]ChoiceOf, 0, len(p.Tags))
	for _, t := range p.Tags {
		choices = append(choices, ChoiceOf{Value: t.Tag, Label: t.Tag, Chosen: slices.Contains(p.Chat.Tags, t.Tag)})
	}
	for _, tag := range p.Chat.Tags {
		if !slices.ContainsFunc(p.Tags, func(t TagCount) bool { return t.Tag == tag }) {
			choices = append(choices, ChoiceOf{Value: tag, Label: tag, Chosen: true})
		}
	}
	return choices
}

// Limited reports whether not all documents are asked about.
func (p ChatPage) Limited() bool { return len(p.Chat.Documents)+len(p.Chat.Tags) > 0 }

// Example is a question that could be asked, with the address that writes it
// into the form.
type Example struct{ Text, URL string }

// Examples are questions about documents of the library.
func (p ChatPage) Examples() []Example {
	forms := []struct{ before, after string }{
		{"What is “", "” about, in five sentences?"},
		{"Which advice does “", "” give, and on which pages?"},
		{"What does “", "” say that may surprise its readers?"},
	}
	if len(p.Documents) == 0 {
		return nil
	}
	examples := make([]Example, 0, len(forms))
	for i, form := range forms {
		d := p.Documents[i%len(p.Documents)]
		text := form.before + d.Title + form.after
		examples = append(examples, Example{Text: text, URL: address("/chat", url.Values{"text": {text}, "doc": {d.ID}})})
	}
	return examples
}

// askAboutURL is where questions about one document are asked.
func askAboutURL(document string) string {
	return address("/chat", url.Values{"doc": {document}})
}

// chatURL is the address of a chat.
func chatURL(id string) string { return "/chat/" + url.PathEscape(id) }

// ID is what the element of the answer is called.
func (a ChatAnswer) ID() string { return "answer-" + strconv.FormatInt(a.Message.ID, 10) }

// To is the address of something about the chat.
func (a ChatAnswer) To(what string) string { return chatURL(a.Chat) + "/" + what }

// FeedbackURL is where an opinion on the answer is posted to.
func (a ChatAnswer) FeedbackURL() string {
	return a.To("answers/" + strconv.FormatInt(a.Message.ID, 10) + "/feedback")
}

// EventsURL is where the answer is told while it is made.
func (a ChatAnswer) EventsURL() string {
	return "/api/chats/" + url.PathEscape(a.Chat) + "/events?answer=" + strconv.FormatInt(a.Message.ID, 10)
}

// Body is the answer in HTML, to be written as it is.
func (a ChatAnswer) Body() template.HTML {
	// The library renders no element that it did not choose itself.
	return template.HTML(a.Message.HTML)
}

// Running reports whether the answer is still being made.
func (a ChatAnswer) Running() bool { return a.Message.Status == library.AnswerRunning }

// Source is a passage that an answer rests on or could have.
type Source struct {
	library.Citation
	ID string // of its element, which chips lead to; "" for none
}

// Sources are the passages that the answer names.
func (a ChatAnswer) Sources() []Source {
	prefix := "cite-" + strconv.FormatInt(a.Message.ID, 10) + "-"
	sources := make([]Source, 0, len(a.Message.Citations))
	for _, c := range a.Message.Citations {
		sources = append(sources, Source{Citation: c, ID: prefix + strconv.Itoa(c.Number)})
	}
	return sources
}

// Read are all passages that the answer could draw on.
func (a ChatAnswer) Read() []Source {
	sources := make([]Source, 0, len(a.Message.Passages))
	for _, c := range a.Message.Passages {
		sources = append(sources, Source{Citation: c})
	}
	return sources
}

// URL is the page of the passage in the reader, with the passage marked.
func (s Source) URL() string { return passageURL(s.DocumentID, s.Page, s.Start, s.End, "") }

// PageLabel is the page as people name it.
func (s Source) PageLabel() string { return pageLabel(s.Label, s.Page) }

// passageURL is the address of a page in the reader with a passage marked. The
// passage is in bytes of the page's text; with an end of 0 there is none.
func passageURL(document string, page, start, end int, query string) string {
	values := url.Values{"q": {query}}
	if end > start {
		values.Set("start", strconv.Itoa(start))
		values.Set("end", strconv.Itoa(end))
	}
	return address("/read/"+url.PathEscape(document)+"/"+strconv.Itoa(page), values)
}
