package llmtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/holtdb/holt/llm"
)

// complain answers with an error in the shape of the server's protocol.
func (s *Server) complain(w http.ResponseWriter, status int, message, code string) {
	if s.protocol == llm.Ollama {
		writeJSON(w, status, map[string]any{"error": message})
		return
	}
	writeJSON(w, status, map[string]any{"error": complaint(message, code, nil)})
}

func complaint(message, code string, param any) map[string]any {
	object := map[string]any{"message": message, "type": "invalid_request_error", "param": param, "code": nil}
	if code != "" {
		object["code"] = code
	}
	return object
}

func (s *Server) openaiModels(w http.ResponseWriter, r *http.Request) {
	s.record(Request{Path: r.URL.Path, Header: r.Header.Clone()})
	data := []map[string]any{}
	for _, name := range s.current().names() {
		data = append(data, map[string]any{"id": name, "object": "model", "created": 1735787045, "owned_by": "holt"})
	}
	writeJSON(w, http.StatusOK, map[string]any{"object": "list", "data": data})
}

func (s *Server) openaiChat(w http.ResponseWriter, r *http.Request) {
	var more struct {
		MaxTokens           int `json:"max_tokens"`
		MaxCompletionTokens int `json:"max_completion_tokens"`
		StreamOptions       struct {
			IncludeUsage bool `json:"include_usage"`
		} `json:"stream_options"`
	}
	got, ok := s.read(w, r, &more)
	if !ok {
		return
	}
	var given map[string]json.RawMessage
	_ = json.Unmarshal(got.Body, &given) // it has been read as an object before
	f, script := s.fault(), s.current()
	if s.strike(w, r, f) || s.refuse(w, script, got.Model, script.EmbedOnly, "chat") {
		return
	}
	for _, param := range script.Refuse {
		if _, sent := given[param]; sent {
			writeJSON(w, http.StatusBadRequest, map[string]any{"error": complaint(
				"Unsupported parameter: '"+param+"' is not supported with this model.", "unsupported_parameter", param)})
			return
		}
	}
	if n := got.prompt(); script.Context > 0 && n > script.Context {
		s.complain(w, http.StatusBadRequest, fmt.Sprintf(
			"This model's maximum context length is %d tokens. However, your messages resulted in %d tokens.",
			script.Context, n), "context_length_exceeded")
		return
	}
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	out := openaiWriter{w, got.Model, more.StreamOptions.IncludeUsage}
	s.stream(w, r, got, max(more.MaxTokens, more.MaxCompletionTokens), f, out)
}

// openaiWriter writes server-sent events.
type openaiWriter struct {
	w     http.ResponseWriter
	model string
	usage bool
}

func (o openaiWriter) event(data []byte) {
	_, _ = fmt.Fprintf(o.w, "data: %s\n\n", strings.TrimSuffix(string(data), "\n"))
}

func (o openaiWriter) chunk(delta map[string]any, finish any) {
	o.object([]any{map[string]any{"index": 0, "delta": delta, "logprobs": nil, "finish_reason": finish}}, nil)
}

func (o openaiWriter) object(choices []any, usage any) {
	object := map[string]any{
		"id": "chatcmpl-holt", "object": "chat.completion.chunk", "created": 1735787045,
		"model": o.model, "system_fingerprint": "fp_holt", "choices": choices,
	}
	if o.usage {
		object["usage"] = usage
	}
	o.event(encode(object))
}

// begin sends a comment, as servers do to keep a connection open, and the role.
func (o openaiWriter) begin() {
	_, _ = fmt.Fprint(o.w, ": keep-alive\n\n")
	o.chunk(map[string]any{"role": "assistant", "content": "", "refusal": nil}, nil)
	_ = http.NewResponseController(o.w).Flush()
}

func (o openaiWriter) thinking(token string) {
	o.chunk(map[string]any{"content": nil, "reasoning_content": token}, nil)
}

func (o openaiWriter) token(token string) { o.chunk(map[string]any{"content": token}, nil) }

func (o openaiWriter) complaint(message string) {
	o.event(encode(map[string]any{"error": map[string]any{"message": message, "type": "server_error", "param": nil, "code": nil}}))
}

func (o openaiWriter) raw(body string) { o.event([]byte(body)) }

func (o openaiWriter) end(finish string, prompt, tokens int) {
	o.chunk(map[string]any{}, finish)
	if o.usage {
		o.object([]any{}, map[string]any{
			"prompt_tokens": prompt, "completion_tokens": tokens, "total_tokens": prompt + tokens,
		})
	}
	o.event([]byte("[DONE]"))
}

func (s *Server) openaiEmbed(w http.ResponseWriter, r *http.Request) {
	got, ok := s.read(w, r, nil)
	if !ok {
		return
	}
	script := s.current()
	if s.strike(w, r, s.fault()) || s.refuse(w, script, got.Model, script.ChatOnly, "embeddings") {
		return
	}
	data := []map[string]any{}
	for i, vector := range script.embedder().vectors(got.Input) {
		data = append(data, map[string]any{"object": "embedding", "index": i, "embedding": vector})
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"object": "list", "data": data, "model": got.Model,
		"usage": map[string]any{"prompt_tokens": len(got.Input) * 8, "total_tokens": len(got.Input) * 8},
	})
}
