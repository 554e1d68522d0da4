package llm_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/llm/llmtest"
)

const secret = "sk-proj-QmFzZTY0c2VjcmV0MTIzNDU2Nzg5"

// wantNoSecret fails if text holds eight characters in a row of the secret.
func wantNoSecret(tb testing.TB, what, text string) {
	tb.Helper()
	for i := 0; i+8 <= len(secret); i++ {
		if strings.Contains(text, secret[i:i+8]) {
			tb.Errorf("%s shows the key: %s", what, text)
			return
		}
	}
}

func TestEndpointKeepsKeySecret(t *testing.T) {
	e := llm.Endpoint{Protocol: llm.OpenAI, URL: "http://me:" + secret + "@h/?k=" + secret + "#" + secret, Model: "m", Key: secret}
	holder := struct{ Name, Endpoint any }{"x", e}
	nested := struct{ Endpoint llm.Endpoint }{e}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, value := range []any{e, &e, holder, nested, []llm.Endpoint{e}, map[string]llm.Endpoint{"a": e}} {
			text := fmt.Sprintf(verb, value)
			wantNoSecret(t, verb, text)
			if hex := fmt.Sprintf("%x", secret); strings.Contains(strings.ToLower(text), hex) {
				t.Errorf("%s shows the key in hexadecimal", verb)
			}
		}
	}
	e.URL, nested.Endpoint.URL = "http://h", "http://h"
	encoded, err := json.Marshal(map[string]any{"e": e, "p": &e})
	if err != nil {
		t.Fatal(err)
	}
	wantNoSecret(t, "JSON", string(encoded))
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&log, nil), slog.NewTextHandler(&log, nil)} {
		slog.New(handler).Info("x", "endpoint", e, "pointer", &e, "all", []llm.Endpoint{e}, "nested", nested)
	}
	wantNoSecret(t, "log", log.String())
	if !strings.Contains(log.String(), "model") {
		t.Error("the log says nothing of the endpoint")
	}
}

// TestErrorsKeepKeySecret lets servers repeat the key in every way.
func TestErrorsKeepKeySecret(t *testing.T) {
	broken := secret[:10] + "\n\u200b\x1b[31m " + secret[10:]
	for name, body := range map[string]string{
		"json":      fmt.Sprintf(`{"error":{"message":"bad key %s"}}`, secret),
		"ollama":    fmt.Sprintf(`{"error":"Bearer %s was sent"}`, secret),
		"plain":     "Authorization: Bearer " + secret,
		"part":      "the key " + secret[:14] + "… is wrong",
		"end":       "the key ending in " + secret[len(secret)-9:],
		"upper":     "KEY " + strings.ToUpper(secret),
		"broken up": broken,
	} {
		for _, status := range []int{400, 401, 403, 404, 413, 418, 429, 500, 503} {
			t.Run(fmt.Sprint(name, " ", status), func(t *testing.T) {
				e := mustBody(t, llm.OpenAI, status, "application/json", body)
				e.Key = secret
				var log bytes.Buffer
				c, _ := mustClient(t, llm.Options{Logger: slog.New(slog.NewJSONHandler(&log, nil)), Attempts: 2})
				_, err := c.Chat(mustContext(t), e, ask("q"), nil)
				failed, ok := errors.AsType[*llm.Error](err)
				if !ok {
					t.Fatalf("error %v", err)
				}
				encoded, jerr := json.Marshal(failed)
				if jerr != nil {
					t.Fatal(jerr)
				}
				for what, text := range map[string]string{
					"Error()": err.Error(), "%+v": fmt.Sprintf("%+v", failed), "%#v": fmt.Sprintf("%#v", failed),
					"value": fmt.Sprintf("%#v %+v", *failed, *failed), "log": log.String(), "JSON": string(encoded),
					"detail": failed.Detail,
				} {
					wantNoSecret(t, what, strings.ToLower(text))
					wantNoSecret(t, what, text)
				}
			})
		}
	}
}

func TestStreamErrorKeepsKeySecret(t *testing.T) {
	both(t, llmtest.Script{Key: secret}, func(t *testing.T, s *llmtest.Server) {
		s.Fail(llmtest.StreamError(2, "crashed while serving "+secret))
		c, _ := mustClient(t, llm.Options{})
		_, err := c.Chat(mustContext(t), s.Endpoint("m"), ask("say: one two three four"), nil)
		wantReason(t, err, llm.Overloaded)
		wantNoSecret(t, "error", err.Error())
	})
}

// TestServerMessageIsCleaned shows that a server cannot write into a page or a
// terminal by its error.
func TestServerMessageIsCleaned(t *testing.T) {
	message, err := json.Marshal(map[string]string{"error": "line one\r\n\x1b]0;title\a\u202eevil\u200b\x00" + strings.Repeat("long ", 500)})
	if err != nil {
		t.Fatal(err)
	}
	e := mustBody(t, llm.Ollama, http.StatusBadRequest, "application/json", string(message))
	c, _ := mustClient(t, llm.Options{})
	_, err = c.Chat(mustContext(t), e, ask("q"), nil)
	failed := wantReason(t, err, llm.Refused, "line one ]0;titleevil")
	if n := len([]rune(failed.Detail)); n > 200 {
		t.Errorf("detail of %d characters", n)
	}
	if strings.ContainsAny(err.Error(), "\r\n\x1b\a\x00\u202e\u200b") {
		t.Errorf("error %q holds control characters", err)
	}
}
