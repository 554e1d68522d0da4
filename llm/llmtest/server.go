package llmtest

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/holtdb/holt/llm"
)

// DefaultDim is the dimension of embeddings unless the script says otherwise.
const DefaultDim = 384

// Script is how a server behaves. The zero value knows every model, wants no
// key, and answers with [Cite].
type Script struct {
	// Models are the models it has; none means every name.
	Models []string
	// EmbedOnly and ChatOnly are models that refuse to do the other thing.
	EmbedOnly, ChatOnly []string
	// Key is the bearer token it wants; empty means none.
	Key string
	// Reply makes the answer to a conversation; nil is [Cite].
	Reply func([]llm.Message) string
	// Thinking is a text that the model streams as its reasoning before the answer.
	Thinking string
	// Delay is a pause before each token, for demonstrations.
	Delay time.Duration
	// Gate holds tokens back until a test lets them go; nil lets all go.
	Gate *Gate
	// Context is the context window in tokens; a longer prompt is refused, as
	// it is beyond num_ctx with Ollama. 0 means no bound.
	Context int
	// Refuse are parameters that the OpenAI server refuses, as newer models
	// refuse "max_tokens" and "temperature".
	Refuse []string
	// Dim is the dimension of embeddings, [DefaultDim] if 0.
	Dim int
}

// Server is a model server on loopback. Its methods are safe for use by many
// goroutines, also while it serves.
type Server struct {
	protocol llm.Protocol
	address  string
	http     *http.Server

	mu       sync.Mutex
	script   Script
	faults   []Fault
	always   *Fault
	requests []Request
	gone     int
	changed  chan struct{} // closed and replaced whenever requests or gone change
}

// Start runs a server until Close.
func Start(protocol llm.Protocol, script Script) (*Server, error) {
	s := &Server{protocol: protocol, script: script, changed: make(chan struct{})}
	mux := http.NewServeMux()
	switch protocol {
	case llm.Ollama:
		mux.HandleFunc("POST /api/chat", s.guarded(s.ollamaChat))
		mux.HandleFunc("POST /api/embed", s.guarded(s.ollamaEmbed))
		mux.HandleFunc("GET /api/tags", s.guarded(s.ollamaTags))
		mux.HandleFunc("GET /api/version", s.ollamaVersion)
	case llm.OpenAI:
		mux.HandleFunc("POST /v1/chat/completions", s.guarded(s.openaiChat))
		mux.HandleFunc("POST /v1/embeddings", s.guarded(s.openaiEmbed))
		mux.HandleFunc("GET /v1/models", s.guarded(s.openaiModels))
	default:
		return nil, fmt.Errorf("start model server: protocol %q is unknown", protocol)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start model server: %w", err)
	}
	s.address = listener.Addr().String()
	s.http = &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	go func() { _ = s.http.Serve(listener) }() // ends with ErrServerClosed at Close
	return s, nil
}

// TB is what is needed of a *testing.T, *testing.B or *testing.F.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Ollama runs a server with Ollama's protocol until the test ends.
func Ollama(tb TB, script Script) *Server {
	tb.Helper()
	return mustStart(tb, llm.Ollama, script)
}

// OpenAI runs a server with OpenAI's protocol until the test ends.
func OpenAI(tb TB, script Script) *Server {
	tb.Helper()
	return mustStart(tb, llm.OpenAI, script)
}

func mustStart(tb TB, protocol llm.Protocol, script Script) *Server {
	tb.Helper()
	s, err := Start(protocol, script)
	if err != nil {
		tb.Fatalf("%v", err)
	}
	tb.Cleanup(s.Close)
	return s
}

// Close ends the server and every connection to it.
func (s *Server) Close() { _ = s.http.Close() }

// URL is the base address to configure.
func (s *Server) URL() string {
	if s.protocol == llm.OpenAI {
		return "http://" + s.address + "/v1"
	}
	return "http://" + s.address
}

// Endpoint is a model on this server with the right key.
func (s *Server) Endpoint(model string) llm.Endpoint {
	return llm.Endpoint{Protocol: s.protocol, URL: s.URL(), Model: model, Key: s.current().Key}
}

// Change changes the script for the requests to come.
func (s *Server) Change(change func(*Script)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.script)
}

func (s *Server) current() Script {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.script
}

// guarded refuses requests without the right key.
func (s *Server) guarded(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key := s.current().Key
		got, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if key != "" && got != key {
			s.record(Request{Path: r.URL.Path, Header: r.Header.Clone()})
			s.wrongKey(w, got)
			return
		}
		next(w, r)
	}
}

// wrongKey answers as the real servers do; OpenAI repeats parts of the key.
func (s *Server) wrongKey(w http.ResponseWriter, got string) {
	switch {
	case s.protocol == llm.Ollama:
		writeJSON(w, http.StatusUnauthorized, map[string]any{"error": "unauthorized"})
	case got == "":
		s.complain(w, http.StatusUnauthorized, "You didn't provide an API key.", "")
	default:
		s.complain(w, http.StatusUnauthorized, "Incorrect API key provided: "+masked(got)+".", "invalid_api_key")
	}
}

// masked shows the beginning and the end of a key.
func masked(key string) string {
	if len(key) < 16 {
		return strings.Repeat("*", len(key))
	}
	return key[:8] + strings.Repeat("*", len(key)-12) + key[len(key)-4:]
}

// has reports whether the server has a model. Ollama takes a name without a
// tag for the one tagged latest.
func (s Script) has(model string) bool {
	return len(s.Models) == 0 || slices.ContainsFunc(s.Models, func(have string) bool {
		return have == model || have == model+":latest" || have+":latest" == model
	})
}

// names lists the models; a server that knows every name shows two.
func (s Script) names() []string {
	if len(s.Models) == 0 {
		return []string{"chat-model:latest", "embedding-model:latest"}
	}
	return s.Models
}

// reply returns the tokens of an answer.
func (s Script) reply(messages []llm.Message) []string {
	if s.Reply == nil {
		return Tokens(Cite(messages))
	}
	return Tokens(s.Reply(messages))
}

func (s Script) embedder() *Embedder {
	if s.Dim > 0 {
		return Hash(s.Dim)
	}
	return Hash(DefaultDim)
}
