package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/holtdb/holt/library/chat"
	"github.com/holtdb/holt/sqlite"
)

const (
	maxQuestion = 4000 // characters
	maxHistory  = 50   // exchanges that a client may send
	maxPassages = 30
)

// Ask asks a question. The answer is made in the background, also when ctx
// ends; [Library.Follow] has it as it comes. It fails with [ErrChatExcluded],
// with [ErrAnswering] while the question before is being answered, and with
// [ErrInvalid].
func (l *Library) Ask(ctx context.Context, q Question) (Asked, error) {
	if err := l.home.CheckWritable(); err != nil {
		return Asked{}, err
	}
	text := strings.TrimSpace(strings.ToValidUTF8(q.Text, "\uFFFD"))
	switch {
	case text == "":
		return Asked{}, fmt.Errorf("%w: ask a question", ErrInvalid)
	case len([]rune(text)) > maxQuestion:
		return Asked{}, fmt.Errorf("%w: a question may have %d characters", ErrInvalid, maxQuestion)
	case len(q.History) > maxHistory:
		return Asked{}, fmt.Errorf("%w: at most %d turns of history are taken", ErrInvalid, maxHistory)
	case q.Passages < 0 || q.Passages > maxPassages:
		return Asked{}, fmt.Errorf("%w: an answer draws on at most %d passages", ErrInvalid, maxPassages)
	}
	model, err := l.chatModel(ctx)
	if err != nil {
		return Asked{}, err
	}
	t := task{question: text, passages: q.Passages, model: model}
	if t.passages == 0 {
		t.passages = DefaultPassages
	}
	for _, e := range q.History {
		t.history = append(t.history, chat.Turn{Question: e.Question, Answer: e.Answer})
	}
	return l.begin(ctx, t, func(tx *sql.Tx, t *task) error { return l.addQuestion(ctx, tx, t, q) })
}

// chatModel returns the model that answers, which may be none. It fails where
// questions cannot be asked.
func (l *Library) chatModel(ctx context.Context) (chosen, error) {
	c, err := l.choose(ctx, ForChat)
	switch {
	case err != nil:
		return chosen{}, err
	case c.excluded:
		return chosen{}, ErrChatExcluded
	case c.problem != "":
		return chosen{}, fmt.Errorf("%w: %s", ErrModelUnusable, c.problem)
	}
	return c, nil
}

// Retry answers the last question of a chat again. A good answer takes the
// place of those before.
func (l *Library) Retry(ctx context.Context, id string) (Asked, error) {
	if err := l.home.CheckWritable(); err != nil {
		return Asked{}, err
	}
	model, err := l.chatModel(ctx)
	if err != nil {
		return Asked{}, err
	}
	return l.begin(ctx, task{passages: DefaultPassages, model: model}, func(tx *sql.Tx, t *task) error {
		if t.chat, err = chatByID(ctx, tx, id); err != nil {
			return err
		}
		if err := l.noneRunning(ctx, tx, id); err != nil {
			return err
		}
		err := tx.QueryRowContext(ctx, `SELECT id, text FROM chat_messages
			WHERE chat = ? AND role = 'user' ORDER BY id DESC LIMIT 1`, id).Scan(&t.asked, &t.question)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM chat_messages WHERE chat = ? AND id > ? AND status <> 'done'", id, t.asked)
		return err
	})
}

// addQuestion writes the question down, and the chat if it is a new one.
func (l *Library) addQuestion(ctx context.Context, tx *sql.Tx, t *task, q Question) error {
	now := time.Now().UnixMilli()
	id := q.Chat
	if id == "" {
		id = newID()
		_, err := tx.ExecContext(ctx, "INSERT INTO chats (id, title, created, updated) VALUES (?, ?, ?, ?)",
			id, chat.Title(t.question), now, now)
		if err != nil {
			return err
		}
	} else if err := l.noneRunning(ctx, tx, id); err != nil {
		return err
	}
	before, err := chatByID(ctx, tx, id)
	if err != nil {
		return err
	}
	if q.Documents != nil || q.Tags != nil {
		documents, tags := q.Documents, q.Tags
		if documents == nil {
			documents = before.Documents
		}
		if tags == nil {
			tags = before.Tags
		}
		if err := limitChat(ctx, tx, id, documents, tags); err != nil {
			return err
		}
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO chat_messages (chat, role, text, status, created, finished)
		VALUES (?, 'user', ?, 'done', ?, ?) RETURNING id`, id, t.question, now, now).Scan(&t.asked)
	if err != nil {
		return err
	}
	t.chat, err = chatByID(ctx, tx, id)
	return err
}

// noneRunning refuses to go on in a chat whose answer is on its way. An answer
// that nobody makes, whose end could not be written down, is lost.
func (l *Library) noneRunning(ctx context.Context, tx *sql.Tx, chat string) error {
	running, err := sqlite.Collect(ctx, tx, scanID, "SELECT id FROM chat_messages WHERE chat = ? AND status = 'running'", chat)
	if err != nil {
		return err
	}
	for _, id := range running {
		if l.answers.find(chat, id) != nil {
			return ErrAnswering
		}
	}
	_, err = tx.ExecContext(ctx, "UPDATE chat_messages SET status = 'failed' WHERE chat = ? AND status = 'running'", chat)
	return err
}

// task is an answer to be made.
type task struct {
	chat     Chat
	question string
	history  []chat.Turn
	passages int
	model    chosen
	asked    int64 // message id of the question
	answer   int64 // and of its answer
}

// begin writes down what prepare does and that an answer is on its way, and
// starts it.
func (l *Library) begin(ctx context.Context, t task, prepare func(tx *sql.Tx, t *task) error) (Asked, error) {
	if err := l.answers.enter(); err != nil {
		return Asked{}, err
	}
	leaving, release, err := l.held(ctx)
	if err != nil {
		l.answers.leave()
		return Asked{}, err
	}
	var started *run
	err = l.write(ctx, func(tx *sql.Tx) error {
		if err := prepare(tx, &t); err != nil {
			return err
		}
		history, err := historyOf(ctx, tx, t.chat.ID, t.asked)
		if err != nil {
			return err
		}
		if len(history) > 0 {
			t.history = history
		}
		now := time.Now().UnixMilli()
		err = tx.QueryRowContext(ctx, `INSERT INTO chat_messages (chat, role, text, status, model, created)
			VALUES (?, 'assistant', '', 'running', ?, ?) RETURNING id`, t.chat.ID, t.model.endpoint.Model, now).Scan(&t.answer)
		if err != nil {
			return err
		}
		// Who looks for it after the commit finds it.
		started = newRun(leaving, t.chat.ID, t.answer)
		l.answers.add(started)
		return exec(ctx, tx, "UPDATE chats SET updated = ? WHERE id = ?", now, t.chat.ID)
	})
	if err != nil {
		if started != nil {
			l.answers.remove(started)
			started.cancel(err)
		}
		release()
		l.answers.leave()
		return Asked{}, fmt.Errorf("ask: %w", err)
	}
	l.work.Go(func() {
		defer release()
		defer l.answers.leave()
		l.answer(started, t)
	})
	return Asked{Chat: t.chat, Answer: t.answer}, nil
}

// held keeps the library open while an answer is made.
func (l *Library) held(ctx context.Context) (leaving context.Context, release func(), err error) {
	if l.hold == nil {
		return l.stay, func() {}, nil
	}
	asked, letGo, err := l.hold(ctx, l.home.ID())
	if err != nil {
		return nil, nil, fmt.Errorf("keep library open: %w", err)
	}
	leaving, cancel := context.WithCancel(asked)
	stop := context.AfterFunc(l.stay, cancel)
	return leaving, func() { stop(); cancel(); letGo() }, nil
}

// historyOf returns the questions of a chat before one of them that have an
// answer, the oldest first.
func historyOf(ctx context.Context, tx *sql.Tx, id string, before int64) ([]chat.Turn, error) {
	rows, err := tx.QueryContext(ctx, `SELECT role, text FROM (SELECT id, role, text FROM chat_messages
		WHERE chat = ? AND id < ? ORDER BY id DESC LIMIT ?) ORDER BY id`, id, before, 2*maxHistory)
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	defer rows.Close()
	var turns []chat.Turn
	question := ""
	for rows.Next() {
		var role Role
		var text string
		if err := rows.Scan(&role, &text); err != nil {
			return nil, fmt.Errorf("read history: %w", err)
		}
		switch {
		case role == RoleUser:
			question = text
		case question != "" && text != "":
			turns = append(turns, chat.Turn{Question: question, Answer: text})
			question = ""
		}
	}
	return turns, rows.Err()
}
