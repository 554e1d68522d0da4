package llm_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/llm/llmtest"
)

// pauses records what a client would have waited, and waits for nothing.
type pauses struct{ waited []time.Duration }

func (p *pauses) wait(ctx context.Context, d time.Duration) error {
	p.waited = append(p.waited, d)
	return ctx.Err()
}

// mustClient returns a client that may reach loopback and never pauses.
func mustClient(tb testing.TB, o llm.Options) (*llm.Client, *pauses) {
	tb.Helper()
	p := &pauses{}
	o.AllowPrivate = true
	if o.Wait == nil {
		o.Wait = p.wait
	}
	c := llm.New(o)
	tb.Cleanup(c.Close)
	return c, p
}

// mustContext bounds a test that would otherwise hang.
func mustContext(tb testing.TB) context.Context {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), 30*time.Second)
	tb.Cleanup(cancel)
	return ctx
}

// mustRaw serves every request by the given handler, as an endpoint.
func mustRaw(tb testing.TB, protocol llm.Protocol, handler http.HandlerFunc) llm.Endpoint {
	tb.Helper()
	server := httptest.NewServer(handler)
	tb.Cleanup(server.Close)
	return llm.Endpoint{Protocol: protocol, URL: server.URL, Model: "m"}
}

// mustBody serves one body for every request.
func mustBody(tb testing.TB, protocol llm.Protocol, status int, kind, body string) llm.Endpoint {
	tb.Helper()
	return mustRaw(tb, protocol, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	})
}

// both runs a test against the fakes of both protocols.
func both(t *testing.T, script llmtest.Script, test func(t *testing.T, s *llmtest.Server)) {
	t.Run("ollama", func(t *testing.T) { test(t, llmtest.Ollama(t, script)) })
	t.Run("openai", func(t *testing.T) { test(t, llmtest.OpenAI(t, script)) })
}

func ask(question string) llm.Request {
	return llm.Request{Messages: []llm.Message{{Role: llm.User, Content: question}}}
}

// wantReason fails unless err is an *llm.Error of a reason whose text has the words.
func wantReason(tb testing.TB, err error, reason llm.Reason, words ...string) *llm.Error {
	tb.Helper()
	var failed *llm.Error
	if !errors.As(err, &failed) {
		tb.Fatalf("error %v, want reason %q", err, reason)
	}
	if failed.Reason != reason {
		tb.Fatalf("reason %q (%v), want %q", failed.Reason, err, reason)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			tb.Errorf("error %q does not say %q", err, word)
		}
	}
	return failed
}
