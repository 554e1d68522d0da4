package llm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// maxAnswer bounds the text of an answer in bytes.
const maxAnswer = 4 << 20

// Chat asks for the next message of a conversation and passes its text to
// onToken as it comes, never empty; onToken may be nil. An error of onToken
// ends the answer and is returned. On any error Answer.Text is what had come.
//
// A busy or refusing server is asked again before the first token, never
// after. When ctx ends, the connection is closed at once and the context's
// error returned.
func (c *Client) Chat(ctx context.Context, e Endpoint, r Request, onToken func(text string) error) (Answer, error) {
	if err := e.Check(); err != nil {
		return Answer{}, err
	}
	if err := r.check(); err != nil {
		return Answer{}, err
	}
	whole := c.options.Whole
	ctx, cancel := context.WithTimeoutCause(ctx, whole, &limitError{"the answer was not complete within " + whole.String()})
	defer cancel()

	var answer Answer
	var without refusals
	err := c.repeat(ctx, func(ctx context.Context) error {
		for {
			err := c.chatOnce(ctx, e, r, without, &answer, onToken)
			failed, ok := errors.AsType[*Error](err)
			if !ok {
				return err
			}
			if without, ok = without.and(failed); !ok {
				return err
			}
		}
	})
	return answer, err
}

// check reports a request that no server can answer.
func (r Request) check() error {
	if len(r.Messages) == 0 {
		return invalid("a request has at least one message")
	}
	for _, m := range r.Messages {
		if m.Role != System && m.Role != User && m.Role != Assistant {
			return invalid("%q is no role", m.Role)
		}
	}
	return nil
}

// chatOnce makes one attempt at an answer.
func (c *Client) chatOnce(
	ctx context.Context, e Endpoint, r Request, without refusals, answer *Answer, onToken func(string) error,
) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	first := &limitError{"no first token within " + c.options.FirstToken.String()}
	between := &limitError{"no further token within " + c.options.BetweenTokens.String()}
	silence := time.AfterFunc(c.options.FirstToken, func() { cancel(first) })
	defer func() { silence.Stop() }()

	wire := e.wire()
	path, body := wire.chat(c, e, r, without)
	resp, err := c.send(ctx, e, path, body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()

	var text strings.Builder
	defer func() { answer.Text = text.String() }()
	pieces, begun := wire.stream(resp.Body), false
	for {
		p, err := pieces.next()
		if err != nil {
			return ended(ctx, e, broken(e, err, begun))
		}
		silence.Stop()
		if p.text != "" {
			if text.Len()+len(p.text) > maxAnswer {
				return failure(e, Unintelligible, "the answer does not end")
			}
			text.WriteString(p.text)
			if onToken != nil {
				if err := onToken(p.text); err != nil {
					return fmt.Errorf("pass on answer: %w", err)
				}
			}
		}
		if p.last {
			answer.Finish, answer.PromptTokens, answer.Tokens = p.finish, p.prompt, p.tokens
			return nil
		}
		begun = begun || p.text != "" || p.thinking
		silence = time.AfterFunc(c.options.BetweenTokens, func() { cancel(between) })
	}
}

// broken makes an error of what ended a stream. Nothing has been shown before
// it has begun, so that the request may be repeated.
func broken(e Endpoint, err error, begun bool) error {
	if said, ok := errors.AsType[*complaintError](err); ok {
		f := failure(e, Overloaded, clean(said.message, e.Key))
		if reason := said.reason(); reason != "" {
			f.Reason = reason
			return f
		}
		f.again = !begun
		return f
	}
	f := failure(e, CutOff, "")
	f.cause, f.again = err, !begun
	if errors.Is(err, errGarbage) {
		f.Reason, f.again = Unintelligible, false
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		f.cause = io.ErrUnexpectedEOF
	}
	return f
}
