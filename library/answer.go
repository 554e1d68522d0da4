package library

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/holtdb/holt/library/chat"
	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
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
	answerShare  = 4 // the part of a small context that is for the answer: one in so many
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
	if err := l.keepAnswerSurely(r, out); err != nil && !errors.Is(err, ErrNotFound) {
		l.log.Error("keep answer", "tenant", l.home.ID().String(), "error", err)
	}
	settling, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), settleTime)
	defer cancel()
	final, err := l.Answer(settling, t.chat.ID, t.answer)
	if err != nil {
		r.end(nil, err)
		return
	}
	r.end(&final, nil)
}

// keepTries is how often the end of an answer is tried to be written down, each
// time for settleTime: another may hold the database for long.
const keepTries = 6

// keepAnswerSurely writes down how an answer ended. In a full library it keeps
// what has been written of it and says so.
func (l *Library) keepAnswerSurely(r *run, out outcome) error {
	var err error
	for range keepTries {
		settling, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), settleTime)
		err = l.keepAnswer(settling, r, out)
		cancel()
		if err == nil || errors.Is(err, ErrNotFound) {
			return err
		}
		if errors.Is(err, tenant.ErrOverQuota) || errors.Is(err, sqlite.ErrFull) {
			break
		}
	}
	settling, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), settleTime)
	defer cancel()
	return errors.Join(err, l.db.Write(settling, func(tx *sql.Tx) error {
		return exec(settling, tx, "UPDATE chat_messages SET status = 'failed' WHERE id = ?", r.answer)
	}))
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
	messages := chat.StandAlone(t.question, t.history, t.budget())
	if len(messages) == 0 {
		return t.question
	}
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
	budget := t.budget()
	messages, used := chat.Prompt(t.question, out.evidence.passages, t.history, budget)
	out.evidence.passages = used
	if len(used) == 0 {
		return "", out.evidence, errNoRoom // without passages it would answer from memory
	}
	// Who reads while the answer is written finds its sources.
	if err := l.keepBeginning(ctx, r, out); err != nil {
		return "", out.evidence, err
	}
	r.setStage(stageReading)
	kept := time.Now()
	var shown chat.Stream
	answer, err := client.Chat(ctx, t.model.endpoint, llm.Request{
		Messages: messages, MaxTokens: budget.Answer, ContextTokens: budget.Tokens, Temperature: answerTemperature,
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
	if err == nil && strings.TrimSpace(chat.Parse(answer.Text, used).Answer) == "" {
		err = errSilent
	}
	return answer.Text, out.evidence, ofModel(err, t.model.own)
}

// budget is how many tokens the model takes, and how many are for the answer.
func (t task) budget() chat.Budget {
	return chat.Budget{Tokens: t.model.context, Answer: min(answerTokens, t.model.context/answerShare)}
}

var (
	errNoRoom = errors.New("the model takes too little text at once to answer from documents: " +
		"a larger context has to be set for it, or another model")
	errSilent = errors.New("the model said nothing")
)

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
		if status == AnswerDone { // of a question that is answered again
			_, err := tx.ExecContext(ctx, `DELETE FROM chat_messages WHERE chat = ?1 AND id < ?2 AND role = 'assistant'
				AND id > (SELECT max(id) FROM chat_messages WHERE chat = ?1 AND role = 'user' AND id < ?2)`, r.chat, r.answer)
			if err != nil {
				return err
			}
		}
		return exec(ctx, tx, `UPDATE chat_messages SET text = ?, kind = ?, query = ?, mode = ?, passages = ?, status = ?, error = ?,
			finished = ? WHERE id = ?`, text, out.kind, out.query, out.mode, out.evidence.stored(), status, problem,
			time.Now().UnixMilli(), r.answer)
	})
}

// lostAnswer is said of an answer that ended with the process that made it.
const lostAnswer = "The server stopped while this was being answered, or there was no room to keep it. Try again."

// answerProblem is what a person is told about an answer that failed.
func answerProblem(ctx context.Context, err error) string {
	var failed *ModelError
	switch {
	case errors.As(err, &failed):
		return failed.Error()
	case ctx.Err() != nil:
		return lostAnswer
	case errors.Is(err, errNoRoom), errors.Is(err, errSilent), errors.Is(err, ErrInvalid):
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
	messages, err := l.messages(ctx, chatID, span{only: id, limit: 1})
	if err != nil {
		return Message{}, err
	}
	if len(messages) == 0 || messages[0].Role != RoleAssistant {
		return Message{}, ErrNotFound
	}
	return messages[0], nil
}

// Chat returns a chat without its messages.
func (l *Library) Chat(ctx context.Context, id string) (Chat, error) {
	return chatByID(ctx, l.db.Reader(), id)
}

// MostMessages is how many messages [Library.Conversation] returns at most.
const MostMessages = 100

// Conversation returns a chat with its latest messages before one of them, the
// oldest first; 0 means the end. Where earlier is not 0, there are more before
// the message of that id.
func (l *Library) Conversation(ctx context.Context, id string, before int64) (c Chat, messages []Message, earlier int64, err error) {
	if c, err = chatByID(ctx, l.db.Reader(), id); err != nil {
		return Chat{}, nil, 0, err
	}
	if messages, err = l.messages(ctx, id, span{before: before, limit: MostMessages + 1}); err != nil {
		return Chat{}, nil, 0, err
	}
	if len(messages) > MostMessages {
		messages = messages[1:]
		earlier = messages[0].ID
	}
	return c, messages, earlier, nil
}

var errPassages = errors.New("the passages of an answer are unreadable")

func readPassages(text string) ([]storedPassage, error) {
	var list []storedPassage
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, errPassages
	}
	return list, nil
}
