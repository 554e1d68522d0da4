package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/web/ui"
)

// apiAnswerEvents answers GET /api/chats/{id}/events?answer=: the events of an
// answer, from its beginning.
func (s *server) apiAnswerEvents(v *visit) error {
	id := v.r.PathValue("id")
	answer, err := messageID(v.r.URL.Query().Get("answer"))
	if err != nil {
		return err
	}
	if _, err := v.library.Answer(v.ctx(), id, answer); err != nil {
		return err
	}
	c, err := v.library.Chat(v.ctx(), id)
	if err != nil {
		return err
	}
	return s.streamAnswer(v, library.Asked{Chat: c, Answer: answer})
}

// chatEvent names the chat of the events that follow.
type chatEvent struct {
	ChatID    string `json:"chat_id"`
	Title     string `json:"title"`
	MessageID int64  `json:"message_id"`
}

// streamAnswer sends an answer as it comes: chat, then stage and token, then
// citations and end, with error before end where it failed. An error without an
// end is of the stream: the answer cannot be followed any more. A client that goes
// away does not end the answer.
func (s *server) streamAnswer(v *visit, asked library.Asked) error {
	stream := startStream(v)
	if err := stream.send("chat", chatEvent{asked.Chat.ID, asked.Chat.Title, asked.Answer}); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(v.ctx())
	defer cancel()
	defer context.AfterFunc(v.leaving, cancel)()
	events := make(chan library.AnswerEvent)
	failed := make(chan error, 1)
	go func() {
		defer close(events)
		for event, err := range v.library.Follow(ctx, asked.Chat.ID, asked.Answer) {
			if err != nil {
				failed <- err
				return
			}
			select {
			case events <- event:
			case <-ctx.Done():
				failed <- ctx.Err()
				return
			}
		}
	}()
	err := s.sendEvents(stream, asked, events)
	cancel()
	for range events { // the follower has let go of the library when this ends
	}
	select {
	case err = <-failed:
	default:
	}
	switch {
	case errors.Is(err, library.ErrNotFound):
		return stream.send("error", map[string]string{"message": "This chat was deleted."})
	case errors.Is(err, context.Canceled) && v.ctx().Err() == nil:
		return stream.send("error", map[string]string{"message": "The server is restarting. Try again in a moment."})
	}
	return err
}

func (s *server) sendEvents(stream eventStream, asked library.Asked, events <-chan library.AnswerEvent) error {
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for {
		select {
		case event, more := <-events:
			if !more {
				return nil
			}
			if err := s.sendEvent(stream, asked, event); err != nil {
				return err
			}
		case <-alive.C:
			if err := stream.comment(); err != nil {
				return err
			}
		}
	}
}

func (s *server) sendEvent(stream eventStream, asked library.Asked, event library.AnswerEvent) error {
	switch {
	case event.Stage != "":
		return stream.send("stage", map[string]string{"stage": event.Stage})
	case event.Text != "":
		return stream.send("token", map[string]string{"text": event.Text})
	case event.Final == nil:
		return nil
	}
	m := *event.Final
	if err := stream.send("citations", map[string][]citationBody{"citations": citationsOf(m.Citations)}); err != nil {
		return err
	}
	if m.Error != "" {
		if err := stream.send("error", map[string]string{"message": m.Error}); err != nil {
			return err
		}
	}
	var html bytes.Buffer
	if err := s.ui.Render(&html, ui.ChatAnswer{Chat: asked.Chat.ID, Message: m, Last: true}); err != nil {
		return fmt.Errorf("render answer: %w", err)
	}
	return stream.send("end", struct {
		answerBody
		HTML string `json:"html"` // of the whole answer, as the page shows it
	}{answerOf(asked.Chat, m), html.String()})
}
