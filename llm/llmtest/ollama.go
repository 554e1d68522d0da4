package llmtest

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/holtdb/holt/llm"
)

// moment is when everything happens, so that answers are always the same.
func moment() string { return time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC).Format(time.RFC3339Nano) }

func (s *Server) ollamaVersion(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"version": "0.12.6"})
}

func (s *Server) ollamaTags(w http.ResponseWriter, r *http.Request) {
	s.record(Request{Path: r.URL.Path, Header: r.Header.Clone()})
	models := []map[string]any{}
	for _, name := range s.current().names() {
		models = append(models, map[string]any{
			"name": name, "model": name, "modified_at": moment(), "size": 1 << 30, "digest": fmt.Sprintf("%064d", 0),
			"details": map[string]any{"format": "gguf", "family": "llama", "parameter_size": "1B", "quantization_level": "Q4_K_M"},
		})
	}
	writeJSON(w, http.StatusOK, map[string]any{"models": models})
}

// refuse answers a request for a model that is missing or cannot do it.
func (s *Server) refuse(w http.ResponseWriter, script Script, model string, cannot []string, what string) bool {
	switch {
	case !script.has(model) && s.protocol == llm.Ollama:
		writeJSON(w, http.StatusNotFound, map[string]any{"error": "model '" + model + "' not found"})
	case !script.has(model):
		s.complain(w, http.StatusNotFound,
			"The model `"+model+"` does not exist or you do not have access to it.", "model_not_found")
	case slices.Contains(cannot, model) && s.protocol == llm.Ollama:
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": fmt.Sprintf("%q does not support %s", model, what)})
	case slices.Contains(cannot, model) && what == "chat":
		s.complain(w, http.StatusNotFound,
			"This is not a chat model and thus not supported in the v1/chat/completions endpoint.", "")
	case slices.Contains(cannot, model):
		s.complain(w, http.StatusForbidden, "You are not allowed to generate embeddings from this model", "")
	default:
		return false
	}
	return true
}

func (s *Server) ollamaChat(w http.ResponseWriter, r *http.Request) {
	var more struct {
		Options struct {
			NumPredict int `json:"num_predict"`
			NumCtx     int `json:"num_ctx"`
		} `json:"options"`
		Truncate *bool `json:"truncate"`
	}
	got, ok := s.read(w, r, &more)
	if !ok {
		return
	}
	f, script := s.fault(), s.current()
	if s.strike(w, r, f) || s.refuse(w, script, got.Model, script.EmbedOnly, "chat") {
		return
	}
	window := script.Context
	if more.Options.NumCtx > 0 && (window == 0 || more.Options.NumCtx < window) {
		window = more.Options.NumCtx
	}
	if n := got.prompt(); window > 0 && n > window && more.Truncate != nil && !*more.Truncate {
		inner := fmt.Sprintf(`{"error":{"code":400,"message":"request (%d tokens) exceeds the available context size (%d tokens), try increasing it",`+
			`"type":"exceed_context_size_error","n_prompt_tokens":%d,"n_ctx":%d}}`, n, window, n, window)
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": inner})
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	s.stream(w, r, got, more.Options.NumPredict, f, ollamaWriter{w, got.Model})
}

// ollamaWriter writes a JSON object a line.
type ollamaWriter struct {
	w     http.ResponseWriter
	model string
}

func (o ollamaWriter) line(done bool, message map[string]any, more map[string]any) {
	object := map[string]any{"model": o.model, "created_at": moment(), "message": message, "done": done}
	for key, value := range more {
		object[key] = value
	}
	_, _ = o.w.Write(encode(object))
}

func (o ollamaWriter) begin() {}

func (o ollamaWriter) thinking(token string) {
	o.line(false, map[string]any{"role": "assistant", "content": "", "thinking": token}, nil)
}

func (o ollamaWriter) token(token string) {
	o.line(false, map[string]any{"role": "assistant", "content": token}, nil)
}

func (o ollamaWriter) complaint(message string) {
	_, _ = o.w.Write(encode(map[string]any{"error": message}))
}

func (o ollamaWriter) raw(body string) { _, _ = o.w.Write([]byte(body + "\n")) }

func (o ollamaWriter) end(finish string, prompt, tokens int) {
	o.line(true, map[string]any{"role": "assistant", "content": ""}, map[string]any{
		"done_reason": finish, "total_duration": 4883583458, "load_duration": 1334875,
		"prompt_eval_count": prompt, "prompt_eval_duration": 342546000,
		"eval_count": tokens, "eval_duration": 4535599000,
	})
}

func (s *Server) ollamaEmbed(w http.ResponseWriter, r *http.Request) {
	got, ok := s.read(w, r, nil)
	if !ok {
		return
	}
	script := s.current()
	if s.strike(w, r, s.fault()) || s.refuse(w, script, got.Model, script.ChatOnly, "embeddings") {
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"model": got.Model, "embeddings": script.embedder().vectors(got.Input),
		"total_duration": 14143917, "load_duration": 1019500, "prompt_eval_count": len(got.Input) * 8,
	})
}
