package llm_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/llm/llmtest"
)

func TestModels(t *testing.T) {
	both(t, llmtest.Script{Models: []string{"nomic-embed-text:latest", "llama3.2:3b", "llama3.2:3b"}, Key: secret}, func(t *testing.T, s *llmtest.Server) {
		c, _ := mustClient(t, llm.Options{})
		names, err := c.Models(mustContext(t), s.Endpoint(""))
		if err != nil || !slices.Equal(names, []string{"llama3.2:3b", "nomic-embed-text:latest"}) {
			t.Errorf("models %v, error %v", names, err)
		}
	})
}

func TestModelsOdd(t *testing.T) {
	c, _ := mustClient(t, llm.Options{Attempts: 1})
	names, err := c.Models(mustContext(t), mustBody(t, llm.OpenAI, 200, "application/json", `{"data":[{"id":"good"},{"id":""},{"id":"\u001b[31mred"},{"id":"two words"}]}`))
	if err != nil || !slices.Equal(names, []string{"good"}) {
		t.Errorf("models %q, error %v", names, err)
	}
	for _, body := range []string{`{}`, `[]`, `{"data":null,"models":null}`, `nonsense`, ``} {
		for _, protocol := range []llm.Protocol{llm.Ollama, llm.OpenAI} {
			_, err := c.Models(mustContext(t), mustBody(t, protocol, 200, "application/json", body))
			wantReason(t, err, llm.Unintelligible)
		}
	}
}

// TestTestButton shows what a settings page says, by what is wrong.
func TestTestButton(t *testing.T) {
	script := llmtest.Script{Models: []string{"chatty", "vectors"}, ChatOnly: []string{"chatty"}, EmbedOnly: []string{"vectors"}, Key: secret, Dim: 48}
	both(t, script, func(t *testing.T, s *llmtest.Server) {
		c, p := mustClient(t, llm.Options{})
		if err := c.TestChat(mustContext(t), s.Endpoint("chatty")); err != nil {
			t.Errorf("chat: %v", err)
		}
		if dim, err := c.TestEmbed(mustContext(t), s.Endpoint("vectors")); err != nil || dim != 48 {
			t.Errorf("embeddings: %d, %v", dim, err)
		}
		wantReason(t, c.TestChat(mustContext(t), s.Endpoint("vectors")), llm.WrongModel, "vectors cannot be used")
		_, err := c.TestEmbed(mustContext(t), s.Endpoint("chatty"))
		wantReason(t, err, llm.WrongModel, "chatty cannot be used")

		missing := "no model absent"
		if s.Endpoint("").Protocol == llm.Ollama {
			missing = "ollama pull absent"
		}
		wantReason(t, c.TestChat(mustContext(t), s.Endpoint("absent")), llm.MissingModel, missing)
		_, err = c.TestEmbed(mustContext(t), s.Endpoint("absent"))
		wantReason(t, err, llm.MissingModel, missing)

		e := s.Endpoint("chatty")
		e.Key = "no"
		wantReason(t, c.TestChat(mustContext(t), e), llm.Unauthorized)
		e = s.Endpoint("chatty")
		e.URL += "/extra"
		wantReason(t, c.TestChat(mustContext(t), e), llm.WrongPath)
		if e.Protocol = llm.OpenAI; s.Endpoint("").Protocol == llm.OpenAI {
			e.Protocol = llm.Ollama
		}
		e.URL = s.URL()
		wantReason(t, c.TestChat(mustContext(t), e), llm.WrongPath)

		s.Fail(llmtest.Overloaded())
		wantReason(t, c.TestChat(mustContext(t), s.Endpoint("chatty")), llm.Overloaded)
		if len(p.waited) != 0 {
			t.Errorf("a test waited %v to try again", p.waited)
		}
		s.Change(func(script *llmtest.Script) { script.Reply = llmtest.Says("") })
		wantReason(t, c.TestChat(mustContext(t), s.Endpoint("chatty")), llm.Unintelligible, "no text")
	})
}

// TestTooLong meets a context window, the server's or the request's own.
func TestTooLong(t *testing.T) {
	both(t, llmtest.Script{Context: 50}, func(t *testing.T, s *llmtest.Server) {
		c, _ := mustClient(t, llm.Options{})
		request := ask(string(slices.Repeat([]byte("word "), 100)))
		request.ContextTokens = 100
		_, err := c.Chat(mustContext(t), s.Endpoint("m"), request, nil)
		failed := wantReason(t, err, llm.TooLong, "too long for the model m")
		if failed.Status != http.StatusBadRequest || failed.Temporary() || len(s.Requests()) != 1 {
			t.Errorf("%+v after %d requests", failed, len(s.Requests()))
		}
	})
}
