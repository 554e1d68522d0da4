package llm_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/holtdb/holt/llm"
)

// TestOddStreams reads what servers send that follow a protocol loosely.
func TestOddStreams(t *testing.T) {
	sse := func(lines ...string) string { return strings.Join(lines, "\n") + "\n" }
	for name, tc := range map[string]struct {
		protocol llm.Protocol
		body     string
		text     string
		reason   llm.Reason
	}{
		"ollama without last newline": {llm.Ollama, `{"message":{"content":"a"},"done":false}` + "\n" + `{"done":true}`, "a", ""},
		"ollama blank lines and CRLF": {llm.Ollama, "\r\n" + `{"message":{"content":"a"}}` + "\r\n\n" + `{"done":true}` + "\r\n", "a", ""},
		"ollama text with the end":    {llm.Ollama, `{"message":{"content":"all"},"done":true}`, "all", ""},
		"ollama half a line":          {llm.Ollama, `{"message":{"content":"a"}}` + "\n" + `{"mess`, "a", llm.CutOff},
		"ollama no end":               {llm.Ollama, `{"message":{"content":"a"}}` + "\n", "a", llm.CutOff},
		"ollama garbage":              {llm.Ollama, `{"message":{"content":"a"}}` + "\n!!\n", "a", llm.Unintelligible},
		"ollama other object":         {llm.Ollama, `{"hello":"world"}` + "\n", "", llm.Unintelligible},
		"ollama empty":                {llm.Ollama, "", "", llm.CutOff},
		"openai no DONE":              {llm.OpenAI, sse(`data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}`, ``), "a", ""},
		"openai no space, comments":   {llm.OpenAI, sse(`: hi`, ``, `event: message`, `data:{"choices":[{"delta":{"content":"a"}}]}`, ``, `data:[DONE]`, ``), "a", ""},
		"openai DONE without newline": {llm.OpenAI, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\r\n\r\ndata: [DONE]", "a", ""},
		"openai null choices":         {llm.OpenAI, sse(`data: {"choices":null}`, ``, `data: {"choices":[{"delta":{"content":null},"finish_reason":"stop"}]}`, ``, `data: [DONE]`, ``), "", ""},
		"openai data in two lines":    {llm.OpenAI, sse(`data: {"choices":[{"delta":`, `data: {"content":"a"}}]}`, ``, `data: [DONE]`, ``), "a", ""},
		"openai no end":               {llm.OpenAI, sse(`data: {"choices":[{"delta":{"content":"a"}}]}`, ``), "a", llm.CutOff},
		"openai half an event":        {llm.OpenAI, sse(`data: {"choices":[{"delta":{"content":"a"}}]}`, ``) + `data: {"cho`, "a", llm.CutOff},
		"openai garbage":              {llm.OpenAI, sse(`data: nonsense`, ``), "", llm.Unintelligible},
		"openai content filter":       {llm.OpenAI, sse(`data: {"choices":[{"delta":{"refusal":"No."},"finish_reason":"content_filter"}]}`, ``, `data: [DONE]`, ``), "No.", ""},
		"openai long line":            {llm.OpenAI, "data: " + strings.Repeat("x", 2<<20) + "\n\n", "", llm.Unintelligible},
		"ollama long line":            {llm.Ollama, `{"message":{"content":"` + strings.Repeat("x", 2<<20) + `"}}` + "\n", "", llm.Unintelligible},
		"ollama line of 100 kB":       {llm.Ollama, `{"message":{"content":"` + strings.Repeat("x", 100<<10) + `"},"done":true}` + "\n", strings.Repeat("x", 100<<10), ""},
	} {
		t.Run(name, func(t *testing.T) {
			kind := "application/x-ndjson"
			if tc.protocol == llm.OpenAI {
				kind = "text/event-stream"
			}
			c, _ := mustClient(t, llm.Options{})
			answer, err := c.Chat(mustContext(t), mustBody(t, tc.protocol, 200, kind, tc.body), ask("q"), nil)
			if answer.Text != tc.text {
				t.Errorf("text %.80q, want %.80q", answer.Text, tc.text)
			}
			if tc.reason == "" && err != nil {
				t.Fatal(err)
			}
			if tc.reason != "" {
				wantReason(t, err, tc.reason)
			}
		})
	}
}

// TestEndlessAnswer shows that an answer is bounded in memory.
func TestEndlessAnswer(t *testing.T) {
	line := fmt.Sprintf(`{"message":{"content":%q}}`+"\n", strings.Repeat("x", 64<<10))
	e := mustRaw(t, llm.Ollama, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := fmt.Fprint(w, line); err != nil {
				return
			}
		}
	})
	c, _ := mustClient(t, llm.Options{Attempts: 1})
	answer, err := c.Chat(mustContext(t), e, ask("q"), nil)
	wantReason(t, err, llm.Unintelligible)
	if len(answer.Text) > 4<<20 {
		t.Errorf("%d bytes were kept", len(answer.Text))
	}
}
