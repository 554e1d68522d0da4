package llmtest_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/llm/llmtest"
)

func dot(a, b []float32) float64 {
	var sum float64
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func TestHash(t *testing.T) {
	h := llmtest.Hash(384)
	texts := []string{
		"The river otter sleeps in its holt by the bank.",
		"Where do otters sleep?",
		"PostgreSQL vacuums tables to reclaim storage.",
		"", "!?", "水獭在洞里睡觉。",
	}
	vectors, err := h.Embed(t.Context(), texts, false)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range vectors {
		if length := math.Sqrt(dot(v, v)); len(v) != 384 || math.Abs(length-1) > 1e-5 {
			t.Errorf("vector %d has %d numbers and length %v", i, len(v), length)
		}
	}
	if near, far := dot(vectors[1], vectors[0]), dot(vectors[1], vectors[2]); near <= far+0.1 {
		t.Errorf("otters %v, databases %v", near, far)
	}
	again, err := llmtest.Hash(384).Embed(t.Context(), texts, true)
	if err != nil || !slices.EqualFunc(vectors, again, slices.Equal) {
		t.Error("the vectors of the same texts differ")
	}
	if h.ID() == llmtest.Hash(128).ID() || h.Dim() != 384 || h.Name() == "" {
		t.Errorf("%s, %s, %d", h.ID(), h.Name(), h.Dim())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Embed(ctx, texts, false); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestTokensJoin(t *testing.T) {
	for _, text := range []string{"", "one", "one two\n\nthree  ", "unconstitutional", "水獭在洞里睡觉。", "a\xffb", "  "} {
		tokens := llmtest.Tokens(text)
		if strings.Join(tokens, "") != text || slices.Contains(tokens, "") {
			t.Errorf("%q became %q", text, tokens)
		}
	}
}

func TestCite(t *testing.T) {
	fenced := "Passages:\n<<<BEGIN abc passage 4\nDocument: Otters\nPage: 12\nText:\nRivers are wet. The otter sleeps in a holt.\nIt eats fish.\nEND>>> abc passage 4\n\n" +
		"<<<BEGIN abc passage 7\nDocument: Bears\nPage: 1\nText:\nThe bear sleeps \"long\" in a den.\nEND>>> abc passage 7\n\nReminder: cite.\n\nQuestion: Where does the otter sleep?"
	for name, tc := range map[string]struct{ user, want string }{
		"fenced":      {fenced, `The documents say: "The otter sleeps in a holt" [4]. They also say: "The bear sleeps" [7].`},
		"brackets":    {"[1] Otters sleep in holts. They eat.\nQuestion: where do otters sleep", `The documents say: "Otters sleep in holts" [1].`},
		"no passages": {"Some talk.\nRewrite this question, and reply with nothing else: What: of it?", "What: of it?"},
		"plain":       {"Hello", "Hello"},
		"empty":       {"", ""},
	} {
		got := llmtest.Cite([]llm.Message{
			{Role: llm.System, Content: "[9] rules"}, {Role: llm.User, Content: "[8] earlier"}, {Role: llm.User, Content: tc.user},
		})
		if got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
	reply := llmtest.Replies(func(system, user string) string { return system + "|" + user })
	if got := reply([]llm.Message{{Role: llm.System, Content: "s"}, {Role: llm.User, Content: "u"}}); got != "s|u" {
		t.Errorf("reply %q", got)
	}
}

// TestWire pins what the fakes send, byte for byte, to the documented protocols.
func TestWire(t *testing.T) {
	script := llmtest.Script{Reply: llmtest.Says("Hi you"), Models: []string{"m"}, Dim: 1}
	ollama, openai := llmtest.Ollama(t, script), llmtest.OpenAI(t, script)
	chunk := `data: {"choices":[{"delta":%,"finish_reason":null,"index":0,"logprobs":null}],"created":1735787045,"id":"chatcmpl-holt","model":"m","object":"chat.completion.chunk","system_fingerprint":"fp_holt"}` + "\n\n"
	delta := func(d string) string { return strings.Replace(chunk, "%", d, 1) }
	for _, tc := range []struct {
		url, body, kind, want string
		status                int
	}{
		{ollama.URL() + "/api/chat", `{"model":"m","messages":[]}`, "application/x-ndjson",
			`{"created_at":"2025-01-02T03:04:05Z","done":false,"message":{"content":"Hi","role":"assistant"},"model":"m"}` + "\n" +
				`{"created_at":"2025-01-02T03:04:05Z","done":false,"message":{"content":" you","role":"assistant"},"model":"m"}` + "\n" +
				`{"created_at":"2025-01-02T03:04:05Z","done":true,"done_reason":"stop","eval_count":2,"eval_duration":4535599000,"load_duration":1334875,` +
				`"message":{"content":"","role":"assistant"},"model":"m","prompt_eval_count":0,"prompt_eval_duration":342546000,"total_duration":4883583458}` + "\n", 200},
		{ollama.URL() + "/api/chat", `{"model":"x"}`, "application/json; charset=utf-8", `{"error":"model 'x' not found"}` + "\n", 404},
		{ollama.URL() + "/api/embed", `{"model":"m","input":"Hi"}`, "application/json; charset=utf-8",
			`{"embeddings":[[1]],"load_duration":1019500,"model":"m","prompt_eval_count":8,"total_duration":14143917}` + "\n", 200},
		{ollama.URL() + "/v1/models", `{}`, "text/plain; charset=utf-8", "404 page not found\n", 404},
		{openai.URL() + "/chat/completions", `{"model":"m","messages":[]}`, "text/event-stream; charset=utf-8",
			": keep-alive\n\n" + delta(`{"content":"","refusal":null,"role":"assistant"}`) + delta(`{"content":"Hi"}`) + delta(`{"content":" you"}`) +
				strings.Replace(delta(`{}`), "null", `"stop"`, 1) + "data: [DONE]\n\n", 200},
		{openai.URL() + "/chat/completions", `{"model":"x"}`, "application/json; charset=utf-8",
			"{\"error\":{\"code\":\"model_not_found\",\"message\":\"The model `x` does not exist or you do not have access to it.\",\"param\":null,\"type\":\"invalid_request_error\"}}\n", 404},
		{openai.URL() + "/embeddings", `{"model":"m","input":["!"]}`, "application/json; charset=utf-8",
			`{"data":[{"embedding":[1],"index":0,"object":"embedding"}],"model":"m","object":"list","usage":{"prompt_tokens":8,"total_tokens":8}}` + "\n", 200},
		{openai.URL() + "/embeddings", `nonsense`, "application/json; charset=utf-8",
			`{"error":{"code":null,"message":"could not parse the JSON body of the request","param":null,"type":"invalid_request_error"}}` + "\n", 400},
	} {
		resp, err := http.Post(tc.url, "application/json", strings.NewReader(tc.body))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != tc.status || resp.Header.Get("Content-Type") != tc.kind || string(body) != tc.want {
			t.Errorf("%s %s: %d %s, %v\n got %s\nwant %s", tc.url, tc.body, resp.StatusCode, resp.Header.Get("Content-Type"), err, body, tc.want)
		}
	}
	requests := ollama.Requests()
	if len(requests) != 3 || requests[2].Path != "/api/embed" || !slices.Equal(requests[2].Input, []string{"Hi"}) {
		t.Errorf("requests %+v", requests)
	}
}

func TestVersion(t *testing.T) {
	resp, err := http.Get(llmtest.Ollama(t, llmtest.Script{}).URL() + "/api/version")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != `{"version":"0.12.6"}`+"\n" {
		t.Errorf("%s, %v", body, err)
	}
}

func TestStart(t *testing.T) {
	if s, err := llmtest.Start("gopher", llmtest.Script{}); err == nil {
		s.Close()
		t.Error("a server of an unknown protocol started")
	}
	s, err := llmtest.Start(llm.Ollama, llmtest.Script{})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err := http.Get(s.URL() + "/api/version"); err == nil {
		t.Error("a closed server answers")
	}
}

func TestGate(t *testing.T) {
	gate := llmtest.NewGate()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := gate.Step(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nobody stands at the gate: %v", err)
	}
	gate.Open()
	gate.Open()
	if err := gate.Step(t.Context()); err != nil {
		t.Error(err)
	}
}
