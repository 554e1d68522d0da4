package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"

	"github.com/holtdb/holt/tenant"
)

// mostAnswers is how many answers of one library are made at once.
const mostAnswers = 3

// errStopped means that the person stopped the answer.
var errStopped = errors.New("the answer was stopped")

// answers are those that are being made.
type answers struct {
	mu      sync.Mutex
	entered int
	runs    map[int64]*run // by message id
}

// enter takes a place for an answer; leave gives it back.
func (a *answers) enter() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.entered >= mostAnswers {
		return fmt.Errorf("%w: %d answers are being made already", tenant.ErrBusy, mostAnswers)
	}
	a.entered++
	return nil
}

func (a *answers) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.entered--
}

func (a *answers) add(r *run) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.runs == nil {
		a.runs = make(map[int64]*run)
	}
	a.runs[r.answer] = r
}

func (a *answers) remove(r *run) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.runs, r.answer)
}

func (a *answers) find(chat string, answer int64) *run {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r := a.runs[answer]; r != nil && r.chat == chat {
		return r
	}
	return nil
}

// stop ends what is being answered in a chat and returns the ids.
func (a *answers) stop(chat string) (stopped []int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, r := range a.runs {
		if r.chat == chat {
			r.cancel(errStopped)
			stopped = append(stopped, id)
		}
	}
	return stopped
}

// run is an answer on its way. Who follows it looks at what is there and waits
// for a change.
type run struct {
	chat   string
	answer int64
	ctx    context.Context
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	stage   string
	text    strings.Builder
	ended   bool
	final   *Message // nil when it could not be read, for the reason of err
	err     error
	changed chan struct{}
}

func newRun(leaving context.Context, chat string, answer int64) *run {
	r := &run{chat: chat, answer: answer, changed: make(chan struct{})}
	r.ctx, r.cancel = context.WithCancelCause(leaving)
	return r
}

// change changes what followers see and wakes them.
func (r *run) change(do func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	do()
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *run) setStage(stage string) { r.change(func() { r.stage = stage }) }

func (r *run) end(final *Message, err error) {
	r.change(func() { r.ended, r.final, r.err = true, final, err })
}

// soFar is the text that came.
func (r *run) soFar() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// Follow returns the events of an answer: what came so far, then what comes,
// and last the whole. It ends with ctx, which does not end the answer.
func (l *Library) Follow(ctx context.Context, chat string, answer int64) iter.Seq2[AnswerEvent, error] {
	return func(yield func(AnswerEvent, error) bool) {
		r := l.answers.find(chat, answer)
		if r == nil {
			m, err := l.Answer(ctx, chat, answer)
			yield(AnswerEvent{Final: &m}, err)
			return
		}
		if err := l.follow(ctx, r, func(e AnswerEvent) bool { return yield(e, nil) }); err != nil {
			yield(AnswerEvent{}, err)
		}
	}
}

func (l *Library) follow(ctx context.Context, r *run, send func(AnswerEvent) bool) error {
	sent, stage := 0, ""
	for {
		r.mu.Lock()
		text, now, ended, final, err, changed := r.text.String()[sent:], r.stage, r.ended, r.final, r.err, r.changed
		r.mu.Unlock()
		if now != stage && !ended {
			stage = now
			if !send(AnswerEvent{Stage: stage}) {
				return nil
			}
		}
		if text != "" {
			sent += len(text)
			if !send(AnswerEvent{Text: text}) {
				return nil
			}
		}
		if ended && final == nil {
			return err
		}
		if ended {
			send(AnswerEvent{Final: final})
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// StopAnswers stops what is being answered in a chat and returns which answers
// that is. What came is kept.
func (l *Library) StopAnswers(ctx context.Context, id string) ([]int64, error) {
	if _, err := chatByID(ctx, l.db.Reader(), id); err != nil {
		return nil, err
	}
	return l.answers.stop(id), nil
}

// endLostAnswers notes, when the library is opened, that answers which a crash
// or another end of the process left are not being made any more.
func (l *Library) endLostAnswers(ctx context.Context) error {
	var lost bool
	err := l.db.Reader().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM chat_messages WHERE status = 'running')").Scan(&lost)
	if err != nil || !lost {
		return err
	}
	return l.db.Write(ctx, func(tx *sql.Tx) error {
		// Nothing grows by it: the library may be full.
		_, err := tx.ExecContext(ctx, "UPDATE chat_messages SET status = 'failed' WHERE status = 'running'")
		return err
	})
}
