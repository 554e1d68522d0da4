package web

import (
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/holtdb/holt/library"
)

// maxAsk bounds the body of a question, whose history a client may send along.
const maxAsk = 1 << 20

// askBody is a question, as Pagepiper takes it and with some more.
type askBody struct {
	Message string        `json:"message"`
	History []historyBody `json:"history"`
	DocIDs  []string      `json:"doc_ids"`
	Tags    []string      `json:"tags"`
	TopK    int           `json:"top_k"`
	ChatID  string        `json:"chat_id"`
}

type historyBody struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// citationBody is a passage that an answer rests on. bm25_score is what
// Pagepiper calls the score, by which way it was ever found.
type citationBody struct {
	Number  int     `json:"number"`
	DocID   string  `json:"doc_id"`
	Title   string  `json:"title"`
	Page    int     `json:"page_number"`
	Label   string  `json:"label"`
	Snippet string  `json:"snippet"`
	Score   float64 `json:"bm25_score"`
	Start   int     `json:"start"`
	End     int     `json:"end"`
	Gone    bool    `json:"gone,omitempty"`
}

// answerBody is an answer.
type answerBody struct {
	Answer    string         `json:"answer"`
	Citations []citationBody `json:"citations"`
	ChatID    string         `json:"chat_id"`
	Title     string         `json:"title,omitempty"` // of the chat
	MessageID int64          `json:"message_id"`
	Status    string         `json:"status"`
	Kind      string         `json:"kind"`
	Query     string         `json:"query"`
	Mode      string         `json:"mode"`
	Model     string         `json:"model"`
	Error     string         `json:"error,omitempty"`
}

func citationsOf(list []library.Citation) []citationBody {
	out := make([]citationBody, len(list))
	for i, c := range list {
		out[i] = citationBody{
			Number: c.Number, DocID: c.DocumentID, Title: c.Title, Page: c.Page, Label: c.Label, Snippet: c.Snippet,
			Score: c.Score, Start: c.Start, End: c.End, Gone: c.Gone,
		}
	}
	return out
}

func answerOf(chat library.Chat, m library.Message) answerBody {
	return answerBody{
		Answer: m.Text, Citations: citationsOf(m.Citations), ChatID: chat.ID, Title: chat.Title, MessageID: m.ID,
		Status: string(m.Status), Kind: string(m.Kind), Query: m.Query, Mode: string(m.Mode), Model: m.Model, Error: m.Error,
	}
}

// questionOf reads a question. A new chat is limited to what the body names; one
// that is there keeps its limits where the body names none.
func questionOf(v *visit) (library.Question, error) {
	var body askBody
	if err := readJSONUpTo(v, maxAsk, &body); err != nil {
		return library.Question{}, err
	}
	q := library.Question{Chat: body.ChatID, Text: body.Message, Documents: body.DocIDs, Tags: body.Tags, Passages: body.TopK}
	question := ""
	for _, turn := range body.History {
		switch {
		case turn.Role == "user":
			question = turn.Content
		case turn.Role != "assistant":
			return library.Question{}, fmt.Errorf("%w: a turn of the history is by user or assistant", library.ErrInvalid)
		case question != "":
			q.History = append(q.History, library.Exchange{Question: question, Answer: turn.Content})
			question = ""
		}
	}
	return q, nil
}

// apiChat answers POST /api/chat, at once as the answer comes for those who
// accept events, and else when it is whole.
func (s *server) apiChat(v *visit) error {
	q, err := questionOf(v)
	if err != nil {
		return err
	}
	asked, err := v.library.Ask(v.ctx(), q)
	if err != nil {
		return err
	}
	return s.answer(v, asked)
}

// apiRetry answers POST /api/chats/{id}/retry, in the same two ways.
func (s *server) apiRetry(v *visit) error {
	asked, err := v.library.Retry(v.ctx(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.answer(v, asked)
}

func (s *server) answer(v *visit, asked library.Asked) error {
	if acceptsEvents(v.r) {
		return s.streamAnswer(v, asked)
	}
	for event, err := range v.library.Follow(v.ctx(), asked.Chat.ID, asked.Answer) {
		if err != nil {
			return err
		}
		if m := event.Final; m != nil {
			status := http.StatusOK
			if m.Status == library.AnswerFailed {
				status = http.StatusBadGateway
			}
			return answerJSON(v, status, answerOf(asked.Chat, *m))
		}
	}
	return v.ctx().Err()
}

// acceptsEvents reports whether the caller asks for server-sent events.
func acceptsEvents(r *http.Request) bool {
	for _, accept := range strings.Split(r.Header.Get("Accept"), ",") {
		if kind, _, err := mime.ParseMediaType(accept); err == nil && kind == "text/event-stream" {
			return true
		}
	}
	return false
}

// chatBody is a chat of the list.
type chatBody struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	DocIDs    []string  `json:"doc_ids"`
	Tags      []string  `json:"tags"`
	Questions int       `json:"questions"`
	Created   time.Time `json:"created"`
	Updated   time.Time `json:"updated"`
}

func chatOf(c library.Chat) chatBody {
	return chatBody{
		ID: c.ID, Title: c.Title, DocIDs: noneNil(c.Documents), Tags: noneNil(c.Tags), Questions: c.Questions,
		Created: c.Created.UTC(), Updated: c.Updated.UTC(),
	}
}

// apiChats answers GET /api/chats.
func (s *server) apiChats(v *visit) error {
	limit, err := number(v, "limit", 0)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	list, err := v.library.Chats(v.ctx(), library.ChatFilter{Text: q.Get("q"), After: q.Get("after"), Limit: limit})
	if err != nil {
		return err
	}
	chats := make([]chatBody, len(list.Chats))
	for i, c := range list.Chats {
		chats[i] = chatOf(c)
	}
	return answerJSON(v, http.StatusOK, struct {
		Chats []chatBody `json:"chats"`
		Next  string     `json:"next"`
	}{chats, list.Next})
}

// messageBody is a question or an answer.
type messageBody struct {
	ID        int64          `json:"id"`
	Role      string         `json:"role"`
	Content   string         `json:"content"`
	HTML      string         `json:"html,omitempty"`
	Status    string         `json:"status"`
	Kind      string         `json:"kind,omitempty"`
	Query     string         `json:"query,omitempty"`
	Mode      string         `json:"mode,omitempty"`
	Model     string         `json:"model,omitempty"`
	Citations []citationBody `json:"citations"`
	Passages  []citationBody `json:"passages"`
	Error     string         `json:"error,omitempty"`
	Rating    int            `json:"rating"`
	Comment   string         `json:"comment,omitempty"`
	Created   time.Time      `json:"created"`
	Finished  *time.Time     `json:"finished"`
}

func messageOf(m library.Message) messageBody {
	b := messageBody{
		ID: m.ID, Role: string(m.Role), Content: m.Text, HTML: m.HTML, Status: string(m.Status), Kind: string(m.Kind),
		Query: m.Query, Mode: string(m.Mode), Model: m.Model, Citations: citationsOf(m.Citations), Passages: citationsOf(m.Passages),
		Error: m.Error, Rating: m.Rating, Comment: m.Comment, Created: m.Created.UTC(),
	}
	if !m.Finished.IsZero() {
		at := m.Finished.UTC()
		b.Finished = &at
	}
	return b
}

// apiConversation answers GET /api/chats/{id}.
func (s *server) apiConversation(v *visit) error {
	before, err := number(v, "before", 0)
	if err != nil {
		return err
	}
	c, messages, earlier, err := v.library.Conversation(v.ctx(), v.r.PathValue("id"), int64(before))
	if err != nil {
		return err
	}
	list := make([]messageBody, len(messages))
	for i, m := range messages {
		list[i] = messageOf(m)
	}
	return answerJSON(v, http.StatusOK, struct {
		chatBody
		Messages []messageBody `json:"messages"`
		Earlier  int64         `json:"earlier"`
	}{chatOf(c), list, earlier})
}

// apiChangeChat answers PATCH /api/chats/{id}.
func (s *server) apiChangeChat(v *visit) error {
	var body struct {
		Title  *string   `json:"title"`
		DocIDs *[]string `json:"doc_ids"`
		Tags   *[]string `json:"tags"`
	}
	if err := readJSON(v, &body); err != nil {
		return err
	}
	c, err := v.library.ChangeChat(v.ctx(), v.r.PathValue("id"),
		library.ChatChanges{Title: body.Title, Documents: body.DocIDs, Tags: body.Tags})
	if err != nil {
		return err
	}
	return answerJSON(v, http.StatusOK, chatOf(c))
}

// apiDeleteChat answers DELETE /api/chats/{id}.
func (s *server) apiDeleteChat(v *visit) error {
	if err := v.library.DeleteChat(v.ctx(), v.r.PathValue("id")); err != nil {
		return err
	}
	v.w.WriteHeader(http.StatusNoContent)
	return nil
}

// apiStop answers POST /api/chats/{id}/stop.
func (s *server) apiStop(v *visit) error {
	if err := s.stopAnswers(v); err != nil {
		return err
	}
	v.w.WriteHeader(http.StatusNoContent)
	return nil
}

// apiFeedback answers POST /api/chat/feedback.
func (s *server) apiFeedback(v *visit) error {
	var body struct {
		ChatID    string `json:"chat_id"`
		MessageID int64  `json:"message_id"`
		Rating    int    `json:"rating"`
		Comment   string `json:"comment"`
	}
	if err := readJSON(v, &body); err != nil {
		return err
	}
	if err := s.rate(v, body.ChatID, body.MessageID, body.Rating, body.Comment); err != nil {
		return err
	}
	v.w.WriteHeader(http.StatusNoContent)
	return nil
}
