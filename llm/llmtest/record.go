package llmtest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"

	"github.com/holtdb/holt/llm"
)

// maxRequest bounds a request's body.
const maxRequest = 32 << 20

// Request is a request that a server received.
type Request struct {
	// Path is its path, such as /api/chat.
	Path string
	// Header are its headers.
	Header http.Header
	// Body is its body as it was sent.
	Body []byte
	// Model is the model it asked for.
	Model string
	// Messages are those of a chat, Input the texts to embed.
	Messages []llm.Message
	Input    []string
}

// Requests returns the requests so far, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Await waits until at least n requests have come.
func (s *Server) Await(ctx context.Context, n int) error {
	return s.await(ctx, func() bool { return len(s.requests) >= n })
}

// AwaitGone waits until clients have given up at least n requests before they
// were answered in full.
func (s *Server) AwaitGone(ctx context.Context, n int) error {
	return s.await(ctx, func() bool { return s.gone >= n })
}

// await waits until met, which is called with the lock held.
func (s *Server) await(ctx context.Context, met func() bool) error {
	for {
		s.mu.Lock()
		done, changed := met(), s.changed
		s.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

func (s *Server) record(r Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
	s.announce()
}

// leave notes that a client has gone.
func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone++
	s.announce()
}

// announce wakes all who wait; the lock is held.
func (s *Server) announce() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// asked is the part of a request's body that both protocols share.
type asked struct {
	Model    string          `json:"model"`
	Messages []llm.Message   `json:"messages"`
	Input    json.RawMessage `json:"input"`
}

// read reads and records a request, and fills more with what only one protocol
// has. It is false if the body is no JSON object, which has then been answered.
func (s *Server) read(w http.ResponseWriter, r *http.Request, more any) (Request, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	var a asked
	if err == nil {
		err = json.Unmarshal(body, &a)
	}
	if err == nil && more != nil {
		err = json.Unmarshal(body, more)
	}
	got := Request{
		Path: r.URL.Path, Header: r.Header.Clone(), Body: body,
		Model: a.Model, Messages: a.Messages, Input: texts(a.Input),
	}
	s.record(got)
	if err != nil {
		s.complain(w, http.StatusBadRequest, "could not parse the JSON body of the request", "")
	}
	return got, err == nil
}

// texts reads an input: one text or a list.
func texts(raw json.RawMessage) []string {
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return list
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	return nil
}
