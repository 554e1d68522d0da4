package llm_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/llm/llmtest"
)

const reply = "Otters sleep in a holt — \"a den\" — by the river [1]. 水獭在洞里睡觉。"

func TestChatStreams(t *testing.T) {
	both(t, llmtest.Script{Key: secret, Reply: llmtest.Says(reply), Thinking: "Let me see."}, func(t *testing.T, s *llmtest.Server) {
		c, _ := mustClient(t, llm.Options{})
		var tokens []string
		answer, err := c.Chat(mustContext(t), s.Endpoint("m"), llm.Request{
			Messages: []llm.Message{
				{Role: llm.System, Content: "Be brief."}, {Role: llm.User, Content: "Hello"},
				{Role: llm.Assistant, Content: "Yes?"}, {Role: llm.User, Content: "Where do otters sleep?"},
			},
			MaxTokens: 500, ContextTokens: 8192, Temperature: 0.2,
		}, func(text string) error {
			tokens = append(tokens, text)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if answer.Text != reply || strings.Join(tokens, "") != reply {
			t.Errorf("text %q, tokens %q", answer.Text, tokens)
		}
		if len(tokens) < 10 {
			t.Errorf("%d tokens: not streamed", len(tokens))
		}
		if answer.Finish != llm.FinishStop || answer.Tokens != len(tokens) || answer.PromptTokens == 0 {
			t.Errorf("answer %+v with %d tokens", answer, len(tokens))
		}
		requests := s.Requests()
		if len(requests) != 1 || len(requests[0].Messages) != 4 || requests[0].Messages[0].Role != llm.System {
			t.Fatalf("requests %+v", requests)
		}
		if got := requests[0].Header.Get("Authorization"); got != "Bearer "+secret {
			t.Errorf("authorization %q", got)
		}
	})
}

// TestRequestsOnTheWire pins the bodies that the protocols ask for.
func TestRequestsOnTheWire(t *testing.T) {
	request := llm.Request{
		Messages:  []llm.Message{{Role: llm.User, Content: "q"}},
		MaxTokens: 100, ContextTokens: 8192, Temperature: 0.5,
	}
	for _, tc := range []struct {
		server *llmtest.Server
		path   string
		want   string
	}{
		{llmtest.Ollama(t, llmtest.Script{}), "/api/chat", `{"model":"m","messages":[{"role":"user","content":"q"}],"stream":true,` +
			`"keep_alive":"10m0s","options":{"temperature":0.5,"num_predict":100,"num_ctx":8192},"truncate":false}`},
		{llmtest.OpenAI(t, llmtest.Script{}), "/v1/chat/completions", `{"model":"m","messages":[{"role":"user","content":"q"}],"stream":true,` +
			`"stream_options":{"include_usage":true},"max_tokens":100,"temperature":0.5}`},
	} {
		c, _ := mustClient(t, llm.Options{})
		if _, err := c.Chat(mustContext(t), tc.server.Endpoint("m"), request, nil); err != nil {
			t.Fatal(err)
		}
		got := tc.server.Requests()[0]
		if got.Path != tc.path || string(got.Body) != tc.want {
			t.Errorf("sent %s %s\nwant %s %s", got.Path, got.Body, tc.path, tc.want)
		}
		if _, sent := got.Header["Authorization"]; sent {
			t.Error("an empty key was sent")
		}
	}
}

func TestChatReachesLimit(t *testing.T) {
	both(t, llmtest.Script{Reply: llmtest.Says(reply)}, func(t *testing.T, s *llmtest.Server) {
		c, _ := mustClient(t, llm.Options{})
		request := ask("q")
		request.MaxTokens = 3
		answer, err := c.Chat(mustContext(t), s.Endpoint("m"), request, nil)
		if err != nil || answer.Finish != llm.FinishLength || answer.Text == reply || answer.Text == "" {
			t.Errorf("answer %+v, error %v", answer, err)
		}
	})
}

// TestChatPassesTokensAtOnce shows that a token arrives before the next is made.
func TestChatPassesTokensAtOnce(t *testing.T) {
	gate := llmtest.NewGate()
	both(t, llmtest.Script{Reply: llmtest.Says("one two three"), Gate: gate}, func(t *testing.T, s *llmtest.Server) {
		c, _ := mustClient(t, llm.Options{})
		ctx := mustContext(t)
		got := make(chan string, 10)
		done := make(chan error, 1)
		go func() {
			_, err := c.Chat(ctx, s.Endpoint("m"), ask("q"), func(text string) error { got <- text; return nil })
			done <- err
		}()
		for _, want := range []string{"one", " two", " three"} {
			if err := gate.Step(ctx); err != nil {
				t.Fatal(err)
			}
			select {
			case text := <-got:
				if text != want {
					t.Fatalf("token %q, want %q", text, want)
				}
			case <-ctx.Done():
				t.Fatalf("token %q did not come", want)
			}
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

// TestCancelClosesConnection shows that a stopped answer stops the server too.
func TestCancelClosesConnection(t *testing.T) {
	both(t, llmtest.Script{Reply: llmtest.Says(reply)}, func(t *testing.T, s *llmtest.Server) {
		for i, fault := range []llmtest.Fault{llmtest.Stall(0), llmtest.Stall(2)} {
			s.Fail(fault)
			c, _ := mustClient(t, llm.Options{})
			ctx := mustContext(t)
			calling, cancel := context.WithCancel(ctx)
			go func() {
				if fault.After == 0 && s.Await(ctx, i+1) == nil {
					cancel()
				}
			}()
			seen := 0
			answer, err := c.Chat(calling, s.Endpoint("m"), ask("q"), func(string) error {
				if seen++; seen == fault.After {
					cancel()
				}
				return nil
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("after %d tokens: error %v", fault.After, err)
			}
			if seen != fault.After || (answer.Text == "") != (seen == 0) {
				t.Errorf("after %d tokens: %d seen, text %q", fault.After, seen, answer.Text)
			}
			if err := s.AwaitGone(ctx, i+1); err != nil {
				t.Errorf("after %d tokens: the server never saw the client go: %v", fault.After, err)
			}
		}
	})
}

func TestConsumerEndsAnswer(t *testing.T) {
	full := errors.New("disk full")
	both(t, llmtest.Script{Reply: llmtest.Says(reply)}, func(t *testing.T, s *llmtest.Server) {
		s.Fail(llmtest.Stall(3))
		c, _ := mustClient(t, llm.Options{})
		ctx := mustContext(t)
		answer, err := c.Chat(ctx, s.Endpoint("m"), ask("q"), func(string) error { return full })
		if !errors.Is(err, full) || answer.Text != "Otters" {
			t.Errorf("answer %+v, error %v", answer, err)
		}
		if err := s.AwaitGone(ctx, 1); err != nil {
			t.Errorf("the server never saw the client go: %v", err)
		}
	})
}

func TestBadRequests(t *testing.T) {
	s := llmtest.Ollama(t, llmtest.Script{})
	c, _ := mustClient(t, llm.Options{})
	for name, request := range map[string]llm.Request{
		"none": {},
		"role": {Messages: []llm.Message{{Role: "tool", Content: "x"}}},
	} {
		if _, err := c.Chat(mustContext(t), s.Endpoint("m"), request, nil); !errors.Is(err, llm.ErrInvalid) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := c.Chat(mustContext(t), s.Endpoint(""), ask("q"), nil); !errors.Is(err, llm.ErrInvalid) {
		t.Errorf("no model: error %v", err)
	}
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestRefusedParameters shows that models which take no max_tokens or no
// temperature are asked again without.
func TestRefusedParameters(t *testing.T) {
	s := llmtest.OpenAI(t, llmtest.Script{Refuse: []string{"max_tokens", "temperature", "stream_options"}, Reply: llmtest.Says(reply)})
	c, p := mustClient(t, llm.Options{Attempts: 1})
	request := ask("q")
	request.MaxTokens = 200
	answer, err := c.Chat(mustContext(t), s.Endpoint("m"), request, nil)
	if err != nil || answer.Text != reply || len(p.waited) != 0 {
		t.Fatalf("answer %+v, error %v, waited %v", answer, err, p.waited)
	}
	requests := s.Requests()
	var last map[string]any
	if err := json.Unmarshal(requests[len(requests)-1].Body, &last); err != nil {
		t.Fatal(err)
	}
	if len(requests) != 4 || last["max_completion_tokens"] != 200.0 || last["max_tokens"] != nil || last["temperature"] != nil {
		t.Errorf("%d requests, the last %v", len(requests), last)
	}
	// A server that goes on refusing is not asked for ever.
	e := mustBody(t, llm.OpenAI, 400, "application/json", `{"error":{"message":"bad temperature max_tokens","param":"temperature"}}`)
	_, err = c.Chat(mustContext(t), e, request, nil)
	wantReason(t, err, llm.Refused)
}
