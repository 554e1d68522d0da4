package library_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/llm/llmtest"
	"github.com/holtdb/holt/tenant"
)

// offers is what a server has of models.
type offers struct {
	mu     sync.Mutex
	chat   library.Offer
	embed  library.Offer
	client *llm.Client
	strict *llm.Client // for people's own endpoints; nil means client
}

func newOffers() *offers {
	return &offers{
		chat:   library.Offer{Allowed: true, Own: true},
		embed:  library.Offer{Allowed: true, Own: true},
		client: llm.New(llm.Options{AllowPrivate: true, Attempts: 1}),
	}
}

func (o *offers) Offered(_ context.Context, _ tenant.ID, purpose library.Purpose) (library.Offer, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if purpose == library.ForChat {
		return o.chat, nil
	}
	return o.embed, nil
}

func (o *offers) change(do func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	do()
}

func (o *offers) Client(_ context.Context, own bool) (*llm.Client, error) {
	if own && o.strict != nil {
		return o.strict, nil
	}
	return o.client, nil
}

// Seal is a stand-in that shows where a key is used for what it was not sealed for.
func (o *offers) Seal(id tenant.ID, purpose library.Purpose, url, key string) ([]byte, error) {
	sealed := []byte(id.String() + "|" + string(purpose) + "|" + url + "|" + key)
	for i := range sealed {
		sealed[i] ^= 0x55
	}
	return sealed, nil
}

func (o *offers) Unseal(id tenant.ID, purpose library.Purpose, url string, sealed []byte) (string, error) {
	open := make([]byte, len(sealed))
	for i := range sealed {
		open[i] = sealed[i] ^ 0x55
	}
	key, ok := strings.CutPrefix(string(open), id.String()+"|"+string(purpose)+"|"+url+"|")
	if !ok {
		return "", errors.New("sealed for something else")
	}
	return key, nil
}

// hashed is an embedder for tests: words, not meaning.
type hashed struct {
	*llmtest.Embedder
	id   string
	fail error
	hang bool // queries take for ever
	mu   sync.Mutex
	n    int // texts that were embedded
}

func newHashed(dim int, id string) *hashed { return &hashed{Embedder: llmtest.Hash(dim), id: id} }

func (h *hashed) ID() string      { return h.id }
func (h *hashed) Name() string    { return h.id }
func (h *hashed) Weight() float64 { return 0.2 }
func (h *hashed) Floor() float64  { return 0.2 }

func (h *hashed) Embed(ctx context.Context, texts []string, query bool) ([][]float32, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fail != nil {
		return nil, h.fail
	}
	if h.hang && query {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if !query {
		h.n += len(texts)
	}
	return h.Embedder.Embed(ctx, texts, query)
}

func (h *hashed) setFail(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fail = err
}

func (o *offers) config(change ...func(*library.Config)) func(*library.Config) {
	return func(c *library.Config) {
		c.Models = o
		for _, do := range change {
			do(c)
		}
	}
}

func text(s string) *string { return &s }

func TestLibrary_SetModel(t *testing.T) {
	o := newOffers()
	fake := llmtest.OpenAI(t, llmtest.Script{Models: []string{"gpt"}, Key: "sk-a-secret-key"})
	s := MustServe(t, settings{change: o.config()})
	l := s.MustLibrary(t, "ada")
	ctx := t.Context()
	right := library.ModelChange{Protocol: "openai", URL: fake.URL(), Model: "gpt", Key: text("sk-a-secret-key")}
	if _, err := l.TestModel(ctx, library.ForChat, right); err != nil {
		t.Fatalf("test of a right model: %v", err)
	}
	wrong := right
	wrong.Key = text("sk-another")
	var call *llm.Error
	if _, err := l.TestModel(ctx, library.ForChat, wrong); !errors.As(err, &call) || call.Reason != llm.Unauthorized {
		t.Errorf("test of a wrong key: %v", err)
	}
	if m, err := l.Model(ctx, library.ForChat); err != nil || m.Own || m.Model != "" {
		t.Errorf("a test stored something: %+v, %v", m, err)
	}
	if err := l.SetModel(ctx, library.ForChat, right); err != nil {
		t.Fatal(err)
	}
	m, err := l.Model(ctx, library.ForChat)
	if err != nil || !m.Own || !m.HasKey || m.URL != fake.URL() || m.Model != "gpt" {
		t.Errorf("stored: %+v, %v", m, err)
	}
	// Without a key the one that is there stays, and is sent to the same address only.
	kept := right
	kept.Key = nil
	if _, err := l.TestModel(ctx, library.ForChat, kept); err != nil {
		t.Errorf("the kept key: %v", err)
	}
	spy := llmtest.OpenAI(t, llmtest.Script{})
	elsewhere := kept
	elsewhere.URL = spy.URL()
	if _, err := l.TestModel(ctx, library.ForChat, elsewhere); err != nil {
		t.Errorf("without a key elsewhere: %v", err)
	}
	for _, r := range spy.Requests() {
		if r.Header.Get("Authorization") != "" {
			t.Error("the key went to another address")
		}
	}
	for name, bad := range map[string]library.ModelChange{
		"no address":  {Protocol: "openai", Model: "gpt"},
		"a file":      {Protocol: "openai", URL: "file:///etc/passwd", Model: "gpt"},
		"no model":    {Protocol: "ollama", URL: fake.URL()},
		"a protocol":  {Protocol: "gopher", URL: fake.URL(), Model: "gpt"},
		"local":       {Protocol: "local", Model: "local"},
		"a user":      {Protocol: "openai", URL: "https://me:secret@example.org", Model: "gpt"},
		"a bad key":   {Protocol: "openai", URL: fake.URL(), Model: "gpt", Key: text("a\r\nb")},
		"a long name": {Protocol: "openai", URL: fake.URL(), Model: strings.Repeat("x", 1000)},
	} {
		if err := l.SetModel(ctx, library.ForChat, bad); !errors.Is(err, library.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := l.ForgetModel(ctx, library.ForChat); err != nil {
		t.Fatal(err)
	}
	if m, err := l.Model(ctx, library.ForChat); err != nil || m.Own || m.HasKey {
		t.Errorf("after forgetting: %+v, %v", m, err)
	}
	o.change(func() { o.chat.Own = false })
	if err := l.SetModel(ctx, library.ForChat, right); !errors.Is(err, library.ErrInvalid) {
		t.Errorf("where the tier has no own models: %v", err)
	}
	s.stop()
	files, err := filepath.Glob(filepath.Join(s.dir, "users", "ada", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil && strings.Contains(string(data), "sk-a-secret-key") {
			t.Errorf("%s has the key in the clear", file)
		}
	}
}

// An address that a person chose is called by the client for people's own.
func TestLibrary_OwnModelIsGuarded(t *testing.T) {
	o := newOffers()
	o.strict = llm.New(llm.Options{Attempts: 1})
	fake := llmtest.Ollama(t, llmtest.Script{})
	l := MustOpen(t, settings{change: o.config()})
	change := library.ModelChange{Protocol: "ollama", URL: fake.URL(), Model: "m"}
	var call *llm.Error
	if _, err := l.TestModel(t.Context(), library.ForChat, change); !errors.As(err, &call) || call.Reason != llm.Forbidden {
		t.Errorf("a test: %v", err)
	}
	if _, err := l.KnownModels(t.Context(), library.ForChat, change); !errors.As(err, &call) {
		t.Errorf("the list of models: %v", err)
	}
	if err := l.SetModel(t.Context(), library.ForChat, change); err != nil {
		t.Fatal(err)
	}
	MustAdd(t, l, "otters.txt", []byte("Otters eat fish that they catch in the river at night."))
	m := MustAnswer(t, l, library.Question{Text: "What do otters eat?"})
	if m.Status != library.AnswerFailed || m.Error == "" {
		t.Errorf("an answer: %+v", m)
	}
	if n := len(fake.Requests()); n != 0 {
		t.Errorf("%d requests came through", n)
	}
}
