package library

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/holtdb/holt/library/chat"
	"github.com/holtdb/holt/llm"
)

// Stages of the making of an answer.
const (
	stageSearching = "searching"
	stageReading   = "reading" // the model has the passages and says nothing yet
	stageWriting   = "writing"
)

const (
	// answerTokens is what an answer may have, and is kept free for it.
	answerTokens = 1024
	// keepEvery is how often the beginning of an answer is written down, so that
	// a crash loses little of it.
	keepEvery = 2 * time.Second
	// answerTemperature keeps a model to what it was given.
	answerTemperature = 0.1
)

// outcome is how the making of an answer ended.
type outcome struct {
	text     string
	kind     AnswerKind
	query    string
	mode     Mode
	evidence evidence
	err      error
}

// answer makes an answer and writes it down.
func (l *Library) answer(r *run, t task) {
	defer r.cancel(nil)
	defer l.answers.remove(r)
	out := l.makeAnswer(r, t)
	settling, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), settleTime)
	defer cancel()
	if err := l.keepAnswer(settling, r, out); err != nil && !errors.Is(err, ErrNotFound) {
		l.log.Error("keep answer", "tenant", l.home.ID().String(), "error", err)
	}
	final, err := l.Answer(settling, t.chat.ID, t.answer)
	if err != nil {
		r.end(nil)
		return
	}
	r.end(&final)
}

// makeAnswer finds passages and has the model answer from them.
func (l *Library) makeAnswer(r *run, t task) (out outcome) {
	defer func() {
		if p := recover(); p != nil {
			l.log.Error("answer", "tenant", l.home.ID().String(), "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			out.text, out.err = r.soFar(), errPanicked
		}
	}()
	r.setStage(stageSearching)
	ctx := r.ctx
	var client *llm.Client
	if t.model.exists() {
		if client, out.err = l.client(ctx, t.model); out.err != nil {
			return out
		}
	}
	out.query = l.standAlone(ctx, client, t)
	out.evidence, out.mode, out.err = l.retrieve(ctx, Query{Text: out.query, Documents: t.chat.Documents, Tags: t.chat.Tags}, t.passages)
	switch {
	case out.err != nil:
	case len(out.evidence.passages) == 0:
		out.kind, out.text = KindNothing, chat.NothingFoundText
	case client == nil:
		out.kind, out.text = KindPassages, chat.Passages(t.question, out.evidence.passages)
	default:
		out.kind = KindAnswer
		out.text, out.evidence, out.err = l.compose(ctx, r, client, t, out)
	}
	return out
}

// standAlone makes a follow-up question stand alone, by the model and from the
// turns before. Where that fails, the question is looked for as it is.
func (l *Library) standAlone(ctx context.Context, client *llm.Client, t task) string {
	if client == nil || len(t.history) == 0 {
		return t.question
	}
	messages := chat.StandAlone(t.question, t.history, chat.Budget{Tokens: t.model.context, Answer: answerTokens})
	reply, err := client.Chat(ctx, t.model.endpoint, llm.Request{
		Messages: messages, MaxTokens: 200, ContextTokens: t.model.context,
	}, func(string) error { return nil })
	if err != nil {
		return t.question
	}
	return chat.ReadStandAlone(reply.Text, t.question)
}

// compose has the model write the answer.
func (l *Library) compose(ctx context.Context, r *run, client *llm.Client, t task, out outcome) (string, evidence, error) {
	messages, used := chat.Prompt(t.question, out.evidence.passages, t.history, chat.Budget{Tokens: t.model.context, Answer: answerTokens})
	out.evidence.passages = used
	// Who reads while the answer is written finds its sources.
	if err := l.keepBeginning(ctx, r, out); err != nil {
		return "", out.evidence, err
	}
	r.setStage(stageReading)
	kept := time.Now()
	var shown chat.Stream
	answer, err := client.Chat(ctx, t.model.endpoint, llm.Request{
		Messages: messages, MaxTokens: answerTokens, ContextTokens: t.model.context, Temperature: answerTemperature,
	}, func(text string) error {
		if text = shown.Add(text); text != "" {
			r.change(func() { r.stage = stageWriting; r.text.WriteString(text) })
		}
		if time.Since(kept) < keepEvery {
			return nil
		}
		kept = time.Now()
		out.text = r.soFar()
		return l.keepBeginning(ctx, r, out)
	})
	return answer.Text, out.evidence, ofModel(err, t.model.own)
}

// storedPassage is a passage of an answer as it is kept. Its text stays with
// its page: what is deleted there is gone here.
type storedPassage struct {
	Number    int     `json:"n"`
	Document  string  `json:"doc"`
	Page      int     `json:"page"`
	Start     int     `json:"start"` // the passage that was found, in bytes of the page
	End       int     `json:"end"`
	From      int     `json:"from"` // what the model got of the page
	To        int     `json:"to"`
	Score     float64 `json:"score"`
	Neighbour bool    `json:"neighbour,omitempty"`
}

// stored is the evidence as it is kept.
func (e evidence) stored() string {
	list := make([]storedPassage, len(e.passages))
	for i, p := range e.passages {
		around := e.ranges[placeOf(p)]
		list[i] = storedPassage{
			Number: p.Number, Document: p.DocumentID, Page: p.Page, Start: p.Start, End: p.End,
			From: around.Start, To: around.End, Score: p.Score, Neighbour: p.Neighbour,
		}
	}
	return jsonArray(list)
}

// keepBeginning writes down what there is of an answer.
func (l *Library) keepBeginning(ctx context.Context, r *run, out outcome) error {
	err := l.write(ctx, func(tx *sql.Tx) error {
		return exec(ctx, tx, `UPDATE chat_messages SET text = ?, kind = ?, query = ?, mode = ?, passages = ?
			WHERE id = ? AND status = 'running'`, out.text, out.kind, out.query, out.mode, out.evidence.stored(), r.answer)
	})
	if errors.Is(err, ErrNotFound) {
		return errStopped // the chat was deleted
	}
	return err
}

// keepAnswer writes down how an answer ended.
func (l *Library) keepAnswer(ctx context.Context, r *run, out outcome) error {
	status, problem := AnswerDone, ""
	switch {
	case out.err == nil:
	case context.Cause(r.ctx) == errStopped || errors.Is(out.err, errStopped):
		status = AnswerStopped
	default:
		status, problem = AnswerFailed, answerProblem(r.ctx, out.err)
		l.log.Warn("answer", "tenant", l.home.ID().String(), "error", logged(out.err))
	}
	text := out.text
	if text == "" {
		text = r.soFar()
	}
	return l.write(ctx, func(tx *sql.Tx) error {
		return exec(ctx, tx, `UPDATE chat_messages SET text = ?, kind = ?, query = ?, mode = ?, passages = ?, status = ?, error = ?,
			finished = ? WHERE id = ?`, text, out.kind, out.query, out.mode, out.evidence.stored(), status, problem,
			time.Now().UnixMilli(), r.answer)
	})
}

// answerProblem is what a person is told about an answer that failed.
func answerProblem(ctx context.Context, err error) string {
	var failed *ModelError
	switch {
	case errors.As(err, &failed):
		return failed.Error()
	case ctx.Err() != nil:
		return "The server stopped while this was being answered. Try again."
	case errors.Is(err, ErrInvalid):
		return sentence(err.Error())
	}
	return "The question could not be answered because of a fault of the server. Try again."
}

// logged is an error without what a model server said, which may repeat what it
// was sent.
func logged(err error) string {
	var call *llm.Error
	if errors.As(err, &call) {
		return "the model failed: " + string(call.Reason)
	}
	return err.Error()
}

// Answer returns an answer as it is kept.
func (l *Library) Answer(ctx context.Context, chatID string, id int64) (Message, error) {
	messages, err := l.messages(ctx, chatID, id)
	if err != nil {
		return Message{}, err
	}
	if len(messages) == 0 || messages[0].Role != RoleAssistant {
		return Message{}, ErrNotFound
	}
	return messages[0], nil
}

// Conversation returns a chat with its questions and answers, the oldest first.
func (l *Library) Conversation(ctx context.Context, id string) (Chat, []Message, error) {
	c, err := chatByID(ctx, l.db.Reader(), id)
	if err != nil {
		return Chat{}, nil, err
	}
	messages, err := l.messages(ctx, id, 0)
	return c, messages, err
}

var errPassages = errors.New("the passages of an answer are unreadable")

func readPassages(text string) ([]storedPassage, error) {
	var list []storedPassage
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, errPassages
	}
	return list, nil
}
