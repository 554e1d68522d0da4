package llm_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/llm/llmtest"
)

func TestRetriesBeforeFirstToken(t *testing.T) {
	both(t, llmtest.Script{Reply: llmtest.Says(reply)}, func(t *testing.T, s *llmtest.Server) {
		s.Fail(llmtest.TooMany(7*time.Second), llmtest.Overloaded(), llmtest.Drop(0))
		c, p := mustClient(t, llm.Options{})
		answer, err := c.Chat(mustContext(t), s.Endpoint("m"), ask("q"), nil)
		if err != nil || answer.Text != reply {
			t.Fatalf("answer %+v, error %v", answer, err)
		}
		if len(s.Requests()) != 4 || len(p.waited) != 3 {
			t.Fatalf("%d requests, waited %v", len(s.Requests()), p.waited)
		}
		if p.waited[0] != 7*time.Second {
			t.Errorf("waited %v, Retry-After said 7s", p.waited[0])
		}
		for i, least := range []time.Duration{0, 750 * time.Millisecond, 1500 * time.Millisecond} {
			if p.waited[i] < least {
				t.Errorf("pause %d is %v, want %v or more", i+1, p.waited[i], least)
			}
		}
	})
}

func TestGivesUp(t *testing.T) {
	both(t, llmtest.Script{}, func(t *testing.T, s *llmtest.Server) {
		for name, tc := range map[string]struct {
			fault    llmtest.Fault
			reason   llm.Reason
			requests int
			says     string
		}{
			"too many":       {llmtest.TooMany(20 * time.Second), llm.TooMany, 3, "in 20s"},
			"wait too long":  {llmtest.TooMany(10 * time.Minute), llm.TooMany, 1, "in 10m0s"},
			"overloaded":     {llmtest.Overloaded(), llm.Overloaded, 3, "server busy"},
			"dropped":        {llmtest.Drop(0), llm.Unreachable, 3, "closed the connection"},
			"bad request":    {llmtest.Fault{Status: 400, Message: "odd request"}, llm.Refused, 1, "odd request"},
			"after 2 tokens": {llmtest.Drop(2), llm.CutOff, 1, "broke off"},
			"error in it":    {llmtest.StreamError(2, "runner crashed"), llm.Overloaded, 1, "runner crashed"},
			"garbage in it":  {llmtest.Garbage(2), llm.Unintelligible, 1, "no sense"},
		} {
			t.Run(name, func(t *testing.T) {
				s.FailAlways(&tc.fault)
				before := len(s.Requests())
				c, _ := mustClient(t, llm.Options{Attempts: 3})
				var shown strings.Builder
				answer, err := c.Chat(mustContext(t), s.Endpoint("m"), ask("say: one two three four"), func(text string) error {
					shown.WriteString(text)
					return nil
				})
				failed := wantReason(t, err, tc.reason, tc.says)
				if n := len(s.Requests()) - before; n != tc.requests {
					t.Errorf("%d requests, want %d", n, tc.requests)
				}
				if want := strings.Join(llmtest.Tokens("one two three four")[:tc.fault.After], ""); answer.Text != want || shown.String() != want {
					t.Errorf("text %q, shown %q, want %q", answer.Text, shown.String(), want)
				}
				if failed.Endpoint.Model != "m" {
					t.Errorf("endpoint %v", failed.Endpoint)
				}
			})
		}
	})
}

func TestRetryEndsWithContext(t *testing.T) {
	both(t, llmtest.Script{}, func(t *testing.T, s *llmtest.Server) {
		fault := llmtest.Overloaded()
		s.FailAlways(&fault)
		ctx, cancel := context.WithCancel(t.Context())
		c, _ := mustClient(t, llm.Options{Attempts: 100, Wait: func(waiting context.Context, _ time.Duration) error {
			cancel()
			<-waiting.Done()
			return waiting.Err()
		}})
		if _, err := c.Chat(ctx, s.Endpoint("m"), ask("q"), nil); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		if n := len(s.Requests()); n != 1 {
			t.Errorf("%d requests", n)
		}
	})
}

// TestStatuses reads the errors of real servers, in their words.
func TestStatuses(t *testing.T) {
	for name, tc := range map[string]struct {
		protocol llm.Protocol
		status   int
		body     string
		reason   llm.Reason
		says     string
	}{
		"ollama missing":       {llm.Ollama, 404, `{"error":"model 'm' not found"}`, llm.MissingModel, "ollama pull m"},
		"ollama missing, old":  {llm.Ollama, 404, `{"error":"model \"m\" not found, try pulling it first"}`, llm.MissingModel, "ollama pull m"},
		"ollama wrong path":    {llm.Ollama, 404, "404 page not found", llm.WrongPath, "without a path"},
		"ollama not chat":      {llm.Ollama, 400, `{"error":"\"m\" does not support chat"}`, llm.WrongModel, "Choose another model"},
		"ollama too long":      {llm.Ollama, 500, `{"error":"the input length exceeds the context length"}`, llm.TooLong, "too long"},
		"ollama runner":        {llm.Ollama, 400, `{"error":"{\"error\":{\"code\":400,\"message\":\"request (9 tokens) exceeds the available context size\",\"type\":\"exceed_context_size_error\"}}"}`, llm.TooLong, "request (9 tokens)"},
		"ollama memory":        {llm.Ollama, 500, `{"error":"model requires more system memory (5.6 GiB) than is available (3.1 GiB)"}`, llm.Overloaded, "more system memory"},
		"openai missing":       {llm.OpenAI, 404, `{"error":{"message":"The model 'm' does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}`, llm.MissingModel, "no model m"},
		"openai no access":     {llm.OpenAI, 403, `{"error":{"message":"Project p does not have access to model m","code":"model_not_found"}}`, llm.MissingModel, "may not use it"},
		"openai wrong path":    {llm.OpenAI, 404, "404 page not found", llm.WrongPath, "/v1"},
		"openai web page":      {llm.OpenAI, 405, "<html>Method not allowed</html>", llm.WrongPath, "/v1"},
		"openai key":           {llm.OpenAI, 401, `{"error":{"message":"Incorrect API key provided: sk-a*****b.","code":"invalid_api_key"}}`, llm.Unauthorized, "asks for a key"},
		"openai quota":         {llm.OpenAI, 429, `{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}`, llm.NoCredit, "billing"},
		"openai payment":       {llm.OpenAI, 402, `{"error":{"message":"Insufficient credits","code":402}}`, llm.NoCredit, "Insufficient credits"},
		"openai too long":      {llm.OpenAI, 400, `{"error":{"message":"This model's maximum context length is 8192 tokens.","code":"context_length_exceeded"}}`, llm.TooLong, "8192"},
		"openai not chat":      {llm.OpenAI, 404, `{"error":{"message":"This is not a chat model and thus not supported in the v1/chat/completions endpoint."}}`, llm.WrongModel, "Choose another"},
		"azure not chat":       {llm.OpenAI, 400, `{"error":{"code":"OperationNotSupported","message":"The chatCompletion operation does not work with the specified model"}}`, llm.WrongModel, "Choose another"},
		"openai region":        {llm.OpenAI, 403, `{"error":{"message":"Country, region, or territory not supported"}}`, llm.Refused, "Country"},
		"forbidden":            {llm.OpenAI, 403, "", llm.Unauthorized, "asks for a key"},
		"too large":            {llm.OpenAI, 413, "<html>nginx</html>", llm.TooLong, "too long"},
		"gateway":              {llm.OpenAI, 502, "<html>bad gateway</html>", llm.Overloaded, "too busy"},
		"fastapi":              {llm.OpenAI, 422, `{"detail":"field required"}`, llm.Refused, "field required"},
		"fastapi list":         {llm.OpenAI, 422, `{"detail":[{"loc":["body"]}]}`, llm.Refused, "422"},
		"numeric code":         {llm.OpenAI, 400, `{"error":{"message":"odd","code":400,"param":7}}`, llm.Refused, "odd"},
		"no content":           {llm.OpenAI, 204, "", llm.Unintelligible, "204"},
		"redirect":             {llm.OpenAI, 301, "", llm.Redirected, "https://elsewhere.example/v1"},
		"page instead of JSON": {llm.Ollama, 200, "<!doctype html><title>Router</title>", llm.WrongPath, "a web page"},
	} {
		t.Run(name, func(t *testing.T) {
			e := mustRaw(t, tc.protocol, func(w http.ResponseWriter, _ *http.Request) {
				if strings.HasPrefix(tc.body, "<") {
					w.Header().Set("Content-Type", "text/html; charset=utf-8")
				}
				w.Header().Set("Location", "https://user:pw@elsewhere.example/v1?token=1")
				w.WriteHeader(tc.status)
				_, _ = w.Write([]byte(tc.body))
			})
			c, _ := mustClient(t, llm.Options{Attempts: 1})
			_, err := c.Chat(mustContext(t), e, ask("q"), nil)
			failed := wantReason(t, err, tc.reason, tc.says)
			if tc.status != 200 && failed.Status != tc.status {
				t.Errorf("status %d", failed.Status)
			}
			if strings.Contains(err.Error(), "pw") || strings.Contains(err.Error(), "token=") {
				t.Errorf("error %q shows more of the redirect than its place", err)
			}
		})
	}
}

func TestWrongKey(t *testing.T) {
	both(t, llmtest.Script{Key: secret}, func(t *testing.T, s *llmtest.Server) {
		c, _ := mustClient(t, llm.Options{})
		e := s.Endpoint("m")
		e.Key = "sk-wrong-0123456789abcdef"
		_, err := c.Chat(mustContext(t), e, ask("q"), nil)
		wantReason(t, err, llm.Unauthorized, "does not accept the key")
		if strings.Contains(err.Error(), "sk-wrong") {
			t.Errorf("error %q repeats the key", err)
		}
		e.Key = ""
		_, err = c.Chat(mustContext(t), e, ask("q"), nil)
		wantReason(t, err, llm.Unauthorized, "asks for a key")
	})
}

// TestRedirectIsNotFollowed shows that neither question nor key goes elsewhere.
func TestRedirectIsNotFollowed(t *testing.T) {
	var visits atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	t.Cleanup(elsewhere.Close)
	both(t, llmtest.Script{Key: secret}, func(t *testing.T, s *llmtest.Server) {
		c, _ := mustClient(t, llm.Options{})
		for _, status := range []int{301, 302, 303, 307, 308} {
			s.Fail(llmtest.Fault{Status: status, Location: elsewhere.URL + "/api/chat"})
			_, err := c.Chat(mustContext(t), s.Endpoint("m"), ask("q"), nil)
			wantReason(t, err, llm.Redirected, elsewhere.URL)
		}
	})
	if n := visits.Load(); n != 0 {
		t.Errorf("%d requests went elsewhere", n)
	}
}

func TestUnreachable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	listener.Close()
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	tls.StartTLS()
	t.Cleanup(tls.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	names := mustNames(t)
	for name, tc := range map[string]struct {
		url      string
		says     string
		attempts int
	}{
		"refused":        {"http://" + closed, "refused", 3},
		"no such host":   {"http://nowhere.example:11434", "no host of this name", 1},
		"certificate":    {tls.URL, "certificate is not trusted", 1},
		"http not https": {strings.Replace(plain.URL, "http://", "https://", 1), "http, not https", 1},
		"silent TLS":     {"https://" + silent.Addr().String(), "in time", 1},
	} {
		t.Run(name, func(t *testing.T) {
			c, p := mustClient(t, llm.Options{Attempts: 3, Resolver: names.resolver(), Connect: 300 * time.Millisecond})
			_, err := c.Chat(mustContext(t), llm.Endpoint{Protocol: llm.Ollama, URL: tc.url, Model: "m"}, ask("q"), nil)
			failed := wantReason(t, err, llm.Unreachable, tc.says, "cannot be reached")
			if !failed.Temporary() {
				t.Error("not temporary")
			}
			if len(p.waited) != tc.attempts-1 {
				t.Errorf("waited %v, want %d attempts", p.waited, tc.attempts)
			}
		})
	}
}

// TestHugeBodies shows that no answer is read without bound.
func TestHugeBodies(t *testing.T) {
	flood := func(status int) http.HandlerFunc {
		block := []byte(strings.Repeat("1,", 32<<10))
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			for r.Context().Err() == nil {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}
	}
	c, _ := mustClient(t, llm.Options{Attempts: 1})
	_, err := c.Embed(mustContext(t), mustRaw(t, llm.Ollama, flood(200)), []string{"a"})
	wantReason(t, err, llm.Unintelligible, "too large")
	_, err = c.Chat(mustContext(t), mustRaw(t, llm.Ollama, flood(500)), ask("q"), nil)
	wantReason(t, err, llm.Overloaded)
}
