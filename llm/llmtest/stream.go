package llmtest

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxToken is the most characters in a token.
const maxToken = 6

// Tokens splits a text into pieces as small as a model's, each with the space
// before it. Joined they are the text again.
func Tokens(text string) []string {
	var tokens []string
	for len(text) > 0 {
		end, runes := 0, 0
		for end < len(text) && runes < maxToken {
			r, size := utf8.DecodeRuneInString(text[end:])
			if end > 0 && unicode.IsSpace(r) {
				break
			}
			end += size
			runes++
		}
		tokens = append(tokens, text[:end])
		text = text[end:]
	}
	return tokens
}

// writer is how a protocol writes the parts of a stream.
type writer interface {
	begin()
	thinking(token string)
	token(token string)
	complaint(message string)
	raw(body string)
	end(finish string, prompt, tokens int)
}

// stream sends an answer token by token, cut off at limit if that is above 0.
// It leaves by panic(http.ErrAbortHandler) when the connection is to be closed.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, got Request, limit int, f *Fault, out writer) {
	script := s.current()
	tokens := script.reply(got.Messages)
	flush := func() { _ = http.NewResponseController(w).Flush() }
	out.begin()
	for _, t := range Tokens(script.Thinking) {
		out.thinking(t)
		flush()
	}
	finish := "stop"
	if limit > 0 && len(tokens) > limit {
		tokens, finish = tokens[:limit], "length"
	}
	for i, t := range tokens {
		if f != nil && i == f.After {
			break
		}
		if script.Gate.pass(r.Context()) != nil || rest(r.Context(), script.Delay) != nil {
			s.leave()
			panic(http.ErrAbortHandler)
		}
		out.token(t)
		flush()
	}
	switch {
	case f == nil:
		out.end(finish, got.prompt(), len(tokens))
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Stall:
		<-r.Context().Done()
		s.leave()
		panic(http.ErrAbortHandler)
	case f.Body != "":
		out.raw(f.Body)
	default:
		out.complaint(f.Message)
	}
}

// rest waits for d or the end of ctx.
func rest(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(encode(value))
}

// encode encodes values of this package, which always can be.
func encode(value any) []byte {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return append(body, '\n')
}

// prompt estimates the tokens of a conversation.
func (r Request) prompt() int {
	letters := 0
	for _, m := range r.Messages {
		letters += len(m.Content)
	}
	return letters/4 + 4*len(r.Messages)
}
