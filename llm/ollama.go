package llm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ollama is Ollama's own API (https://docs.ollama.com/api). Unlike its
// OpenAI-compatible one it lets a request set the context window.
type ollama struct{}

type ollamaOptions struct {
	Temperature float64 `json:"temperature"`
	NumPredict  int     `json:"num_predict,omitempty"`
	NumCtx      int     `json:"num_ctx,omitempty"`
}

func (ollama) chat(c *Client, e Endpoint, r Request, _ refusals) (string, any) {
	return "api/chat", struct {
		Model     string        `json:"model"`
		Messages  []Message     `json:"messages"`
		Stream    bool          `json:"stream"`
		KeepAlive string        `json:"keep_alive"`
		Options   ollamaOptions `json:"options"`
		// Without this a prompt that is too long loses its beginning, the
		// instructions first, and nobody is told.
		Truncate bool `json:"truncate"`
	}{
		Model: e.Model, Messages: r.Messages, Stream: true, KeepAlive: c.options.KeepAlive.String(),
		Options: ollamaOptions{Temperature: r.Temperature, NumPredict: r.MaxTokens, NumCtx: r.ContextTokens},
	}
}

func (ollama) stream(r io.Reader) stream { return &ollamaStream{newLines(r)} }

// ollamaStream is a JSON object a line, the last with "done": true.
type ollamaStream struct{ lines lines }

func (s *ollamaStream) next() (piece, error) {
	for {
		line, whole, err := s.lines.next()
		if errors.Is(err, io.EOF) {
			return piece{}, io.ErrUnexpectedEOF
		}
		if err != nil {
			return piece{}, err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var said struct {
			Message *struct {
				Content  string `json:"content"`
				Thinking string `json:"thinking"`
			} `json:"message"`
			Done            bool            `json:"done"`
			DoneReason      string          `json:"done_reason"`
			PromptEvalCount int             `json:"prompt_eval_count"`
			EvalCount       int             `json:"eval_count"`
			Error           json.RawMessage `json:"error"`
		}
		if err := json.Unmarshal(line, &said); err != nil {
			if !whole {
				return piece{}, io.ErrUnexpectedEOF
			}
			return piece{}, fmt.Errorf("%w: %w", errGarbage, err)
		}
		if c := complaintOf(said.Error); c != (complaint{}) {
			return piece{}, &complaintError{c}
		}
		if said.Message == nil && !said.Done {
			return piece{}, fmt.Errorf("%w: neither a message nor the end", errGarbage)
		}
		p := piece{last: said.Done, prompt: said.PromptEvalCount, tokens: said.EvalCount}
		if said.Message != nil {
			p.text, p.thinking = said.Message.Content, said.Message.Thinking != ""
		}
		if p.last {
			if p.finish = said.DoneReason; p.finish == "" {
				p.finish = FinishStop
			}
		}
		return p, nil
	}
}

func (ollama) embed(c *Client, e Endpoint, texts []string) (string, any) {
	return "api/embed", struct {
		Model     string   `json:"model"`
		Input     []string `json:"input"`
		KeepAlive string   `json:"keep_alive"`
		// A passage longer than the model reads is found by its beginning
		// rather than failing its whole batch.
		Truncate bool `json:"truncate"`
	}{e.Model, texts, c.options.KeepAlive.String(), true}
}

func (ollama) vectors(body []byte, count int) ([][]float32, error) {
	var said struct {
		Embeddings [][]float32 `json:"embeddings"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return nil, fmt.Errorf("%w: %w", errGarbage, err)
	}
	if len(said.Embeddings) != count {
		return nil, fmt.Errorf("%w: %d vectors for %d texts", errGarbage, len(said.Embeddings), count)
	}
	return said.Embeddings, nil
}

func (ollama) list() string { return "api/tags" }

func (ollama) models(body []byte) ([]string, error) {
	var said struct {
		Models *[]struct {
			Name string `json:"name"`
		} `json:"models"`
	}
	if err := json.Unmarshal(body, &said); err != nil || said.Models == nil {
		return nil, fmt.Errorf("%w: no list of models", errGarbage)
	}
	var names []string
	for _, m := range *said.Models {
		names = append(names, m.Name)
	}
	return names, nil
}
