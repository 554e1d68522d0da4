package llm_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/holtdb/holt/llm"
)

func TestEndpointCheck(t *testing.T) {
	good := llm.Endpoint{Protocol: llm.Ollama, URL: "http://localhost:11434", Model: "llama3.2:3b"}
	with := func(change func(*llm.Endpoint)) llm.Endpoint {
		e := good
		change(&e)
		return e
	}
	url := func(u string) llm.Endpoint { return with(func(e *llm.Endpoint) { e.URL = u }) }
	model := func(m string) llm.Endpoint { return with(func(e *llm.Endpoint) { e.Model = m }) }
	for name, tc := range map[string]struct {
		endpoint llm.Endpoint
		want     string // "" is right
	}{
		"ollama":          {good, ""},
		"path and slash":  {url("https://models.example.org/ollama/"), ""},
		"ipv6":            {url("http://[::1]:11434"), ""},
		"hugging face":    {model("hf.co/user/Repo-GGUF:Q4_K_M"), ""},
		"openai":          {llm.Endpoint{Protocol: llm.OpenAI, URL: "https://api.openai.com/v1", Model: "@cf/meta/llama+x", Key: "sk-1"}, ""},
		"zero":            {llm.Endpoint{}, "protocol"},
		"protocol":        {with(func(e *llm.Endpoint) { e.Protocol = "gopher" }), "protocol"},
		"no url":          {url(""), "give the server's address"},
		"scheme":          {url("file:///etc/passwd"), "http://"},
		"gopher":          {url("gopher://localhost:11434"), "http://"},
		"no scheme":       {url("localhost:11434"), "http://"},
		"no host":         {url("http://"), "no host"},
		"port only":       {url("http://:11434"), "no host"},
		"userinfo":        {url("http://me:secret@localhost"), "leave name and password"},
		"query":           {url("http://localhost?x=1"), "question mark"},
		"empty query":     {url("http://localhost?"), "question mark"},
		"fragment":        {url("http://localhost#x"), "#"},
		"empty fragment":  {url("http://localhost#"), "#"},
		"space":           {url("http://local host"), "space"},
		"newline":         {url("http://localhost\r\nHost: x"), "control"},
		"port zero":       {url("http://localhost:0"), "port"},
		"port too large":  {url("http://localhost:65536"), "port"},
		"unreadable":      {url("http://[::1"), "cannot be read"},
		"long url":        {url("http://localhost/" + strings.Repeat("a", llm.MaxURL)), "longer"},
		"no model":        {model(""), "name the model"},
		"long model":      {model(strings.Repeat("m", llm.MaxModel+1)), "longer"},
		"model injection": {model("llama;rm"), "letters"},
		"model newline":   {model("llama\nx"), "control"},
		"model invisible": {model("llama\u202e"), "control"},
		"key newline":     {with(func(e *llm.Endpoint) { e.Key = "sk\r\nHost: x" }), "key"},
		"key not ascii":   {with(func(e *llm.Endpoint) { e.Key = "schlüssel" }), "key"},
		"long key":        {with(func(e *llm.Endpoint) { e.Key = strings.Repeat("k", llm.MaxKey+1) }), "key"},
	} {
		t.Run(name, func(t *testing.T) {
			err := tc.endpoint.Check()
			if tc.want == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			if !errors.Is(err, llm.ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("error %v, want ErrInvalid saying %q", err, tc.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Fatalf("error %v shows the password", err)
			}
		})
	}
}
