package web_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/llm/llmtest"
)

// sent is a server-sent event.
type sent struct {
	name string
	data []byte
}

// events reads server-sent events as they come.
type events struct {
	tb    testing.TB
	lines *bufio.Reader
	body  io.Closer
	head  http.Header
}

// MustStream begins a request that is answered by events.
func (v *visitor) MustStream(ctx context.Context, method, path string, body any) *events {
	v.tb.Helper()
	res := v.MustAccept(ctx, "text/event-stream", method, path, body)
	v.tb.Cleanup(func() { res.Body.Close() })
	if kind := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || kind != "text/event-stream" {
		text, _ := io.ReadAll(res.Body)
		v.tb.Fatalf("%s %s: %d, %s: %s", method, path, res.StatusCode, kind, text)
	}
	return &events{tb: v.tb, lines: bufio.NewReader(res.Body), body: res.Body, head: res.Header}
}

// MustAccept sends JSON with an Accept header; the caller closes the body.
func (v *visitor) MustAccept(ctx context.Context, accept, method, path string, body any) *http.Response {
	v.tb.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		v.tb.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, method, v.site.url+path, bytes.NewReader(text))
	if err != nil {
		v.tb.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+v.bearer)
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	res, err := v.client.Do(req)
	if err != nil {
		v.tb.Fatal(err)
	}
	return res
}

// next returns the next event; ok is false at the end.
func (e *events) next() (s sent, ok bool) {
	e.tb.Helper()
	for {
		line, err := e.lines.ReadString('\n')
		if err == io.EOF && s.name == "" {
			return s, false
		}
		if err != nil {
			e.tb.Fatalf("the stream breaks off: %v", err)
		}
		switch line = strings.TrimSuffix(line, "\n"); {
		case line == "" && s.name != "":
			return s, true
		case strings.HasPrefix(line, "event: "):
			s.name = strings.TrimPrefix(line, "event: ")
		case strings.HasPrefix(line, "data: "):
			s.data = []byte(strings.TrimPrefix(line, "data: "))
		case line != "" && !strings.HasPrefix(line, ":"):
			e.tb.Fatalf("no line of an event stream: %q", line)
		}
	}
}

// rest returns all events that are left.
func (e *events) rest() []sent {
	e.tb.Helper()
	var all []sent
	for s, ok := e.next(); ok; s, ok = e.next() {
		all = append(all, s)
	}
	return all
}

// tokens reads events until n characters of text have come, and returns them.
func (e *events) tokens(n int) string {
	e.tb.Helper()
	text := ""
	for len(text) < n {
		s, ok := e.next()
		if !ok {
			e.tb.Fatalf("the stream ends after %q", text)
		}
		text += textOf([]sent{s})
	}
	return text
}

// order is the names of events, those that repeat once.
func order(list []sent) string {
	var names []string
	for _, s := range list {
		name := s.name
		if name == "stage" {
			var stage struct{ Stage string }
			if json.Unmarshal(s.data, &stage) == nil {
				name = stage.Stage
			}
		}
		names = append(names, name)
	}
	return strings.Join(slices.Compact(names), " ")
}

// textOf is the text of token events.
func textOf(list []sent) string {
	var all strings.Builder
	for _, s := range list {
		var token struct{ Text string }
		if s.name == "token" && json.Unmarshal(s.data, &token) == nil {
			all.WriteString(token.Text)
		}
	}
	return all.String()
}

// MustEnd decodes the last of the events, which is the end.
func MustEnd(tb testing.TB, list []sent) (a answered) {
	tb.Helper()
	if len(list) == 0 || list[len(list)-1].name != "end" {
		tb.Fatalf("no end: %s", order(list))
	}
	if err := json.Unmarshal(list[len(list)-1].data, &a); err != nil {
		tb.Fatal(err)
	}
	return a
}

// MustStep lets tokens through a gate.
func MustStep(tb testing.TB, gate *llmtest.Gate, n int) {
	tb.Helper()
	for range n {
		if err := gate.Step(tb.Context()); err != nil {
			tb.Fatal(err)
		}
	}
}
