package llm

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// openai is the API that OpenAI set
// (https://platform.openai.com/docs/api-reference/chat) and that vLLM,
// llama.cpp, LM Studio, OpenRouter and others follow more or less.
type openai struct{}

// refusals are the parameters that a server has refused for a model. Newer
// models of OpenAI take no max_tokens and no temperature, some servers no
// stream_options; which, only the answer tells.
type refusals struct{ maxTokens, temperature, streamOptions bool }

// and returns the refusals with the one that err tells of, if it is new.
func (r refusals) and(err *Error) (refusals, bool) {
	if err.Reason != Refused {
		return r, false
	}
	for _, known := range []struct {
		param string
		flag  *bool
	}{
		{"max_tokens", &r.maxTokens},
		{"temperature", &r.temperature},
		{"stream_options", &r.streamOptions},
	} {
		if !*known.flag && (err.param == known.param || err.param == "" && strings.Contains(err.Detail, known.param)) {
			*known.flag = true
			return r, true
		}
	}
	return r, false
}

func (openai) chat(_ *Client, e Endpoint, r Request, without refusals) (string, any) {
	type streamOptions struct {
		IncludeUsage bool `json:"include_usage"`
	}
	body := struct {
		Model               string         `json:"model"`
		Messages            []Message      `json:"messages"`
		Stream              bool           `json:"stream"`
		StreamOptions       *streamOptions `json:"stream_options,omitempty"`
		MaxTokens           int            `json:"max_tokens,omitempty"`
		MaxCompletionTokens int            `json:"max_completion_tokens,omitempty"`
		Temperature         *float64       `json:"temperature,omitempty"`
	}{Model: e.Model, Messages: r.Messages, Stream: true}
	if !without.streamOptions {
		body.StreamOptions = &streamOptions{IncludeUsage: true}
	}
	if !without.temperature {
		body.Temperature = &r.Temperature
	}
	if without.maxTokens {
		body.MaxCompletionTokens = r.MaxTokens
	} else {
		body.MaxTokens = r.MaxTokens
	}
	return "chat/completions", body
}

func (openai) stream(r io.Reader) stream { return &openaiStream{events: events{lines: newLines(r)}} }

// openaiStream is one chunk an event, then the event "[DONE]".
type openaiStream struct {
	events events
	last   piece // finish and counts, gathered from several chunks
}

func (s *openaiStream) next() (piece, error) {
	for {
		data, whole, err := s.events.next()
		if err != nil {
			return s.atEnd(err)
		}
		if string(data) == "[DONE]" {
			if s.last.finish == "" {
				s.last.finish = FinishStop
			}
			s.last.last = true
			return s.last, nil
		}
		p, err := s.read(data)
		if err != nil && !whole {
			return s.atEnd(io.EOF)
		}
		if err != nil || p.text != "" || p.thinking {
			return p, err
		}
	}
}

// atEnd decides about a stream that ends without "[DONE]": complete if the
// model had said how it finished, as with servers that omit the mark.
func (s *openaiStream) atEnd(err error) (piece, error) {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return piece{}, err
	}
	if s.last.finish == "" {
		return piece{}, io.ErrUnexpectedEOF
	}
	s.last.last = true
	return s.last, nil
}

// read reads one chunk. Choices may be absent, null or empty.
func (s *openaiStream) read(data []byte) (piece, error) {
	var chunk struct {
		Choices []struct {
			Delta struct {
				Content          string `json:"content"`
				Refusal          string `json:"refusal"`
				Reasoning        string `json:"reasoning"`
				ReasoningContent string `json:"reasoning_content"`
			} `json:"delta"`
			FinishReason string `json:"finish_reason"`
		} `json:"choices"`
		Usage *struct {
			PromptTokens     int `json:"prompt_tokens"`
			CompletionTokens int `json:"completion_tokens"`
		} `json:"usage"`
		Error json.RawMessage `json:"error"`
	}
	if err := json.Unmarshal(data, &chunk); err != nil {
		return piece{}, fmt.Errorf("%w: %w", errGarbage, err)
	}
	if c := complaintOf(chunk.Error); c != (complaint{}) {
		return piece{}, &complaintError{c}
	}
	if chunk.Usage != nil {
		s.last.prompt, s.last.tokens = chunk.Usage.PromptTokens, chunk.Usage.CompletionTokens
	}
	if len(chunk.Choices) == 0 {
		return piece{}, nil
	}
	choice := chunk.Choices[0]
	if choice.FinishReason != "" {
		s.last.finish = choice.FinishReason
	}
	return piece{
		text:     choice.Delta.Content + choice.Delta.Refusal,
		thinking: choice.Delta.Reasoning != "" || choice.Delta.ReasoningContent != "",
	}, nil
}

func (openai) embed(_ *Client, e Endpoint, texts []string) (string, any) {
	return "embeddings", struct {
		Model          string   `json:"model"`
		Input          []string `json:"input"`
		EncodingFormat string   `json:"encoding_format"`
	}{e.Model, texts, "float"}
}

func (openai) vectors(body []byte, count int) ([][]float32, error) {
	var said struct {
		Data []struct {
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return nil, fmt.Errorf("%w: %w", errGarbage, err)
	}
	if len(said.Data) != count {
		return nil, fmt.Errorf("%w: %d vectors for %d texts", errGarbage, len(said.Data), count)
	}
	vectors := make([][]float32, count)
	for _, d := range said.Data {
		if d.Index < 0 || d.Index >= count || vectors[d.Index] != nil {
			return nil, fmt.Errorf("%w: vector index %d", errGarbage, d.Index)
		}
		vectors[d.Index] = d.Embedding
	}
	return vectors, nil
}

func (openai) list() string { return "models" }

func (openai) models(body []byte) ([]string, error) {
	var said struct {
		Data *[]struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &said); err != nil || said.Data == nil {
		return nil, fmt.Errorf("%w: no list of models", errGarbage)
	}
	var names []string
	for _, m := range *said.Data {
		names = append(names, m.ID)
	}
	return names, nil
}
