package platform_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
)

func ollama() platform.ServerModel {
	return platform.ServerModel{
		Purpose: platform.PurposeChat, Protocol: platform.ProtocolOllama,
		URL: "http://localhost:11434", Model: "llama3.2", ContextTokens: 8192,
	}
}

func openAI(tier string) platform.ServerModel {
	return platform.ServerModel{
		Purpose: platform.PurposeChat, Tier: tier, Protocol: platform.ProtocolOpenAI,
		URL: "https://api.example.com/v1", Model: "large", SealedKey: []byte{1, 0, 0xff},
	}
}

func local() platform.ServerModel {
	return platform.ServerModel{Purpose: platform.PurposeEmbed, Protocol: platform.ProtocolLocal, Model: platform.LocalModel}
}

func MustSaveModel(tb testing.TB, s *platform.Store, m platform.ServerModel) {
	tb.Helper()
	if err := s.SaveServerModel(tb.Context(), m); err != nil {
		tb.Fatalf("%+v: %v", m, err)
	}
}

// updated returns what a model is once it was saved at a time.
func updated(m platform.ServerModel, at time.Time) platform.ServerModel {
	m.Updated = at
	return m
}

func TestModels(t *testing.T) {
	s, now := MustOpen(t)
	if models, err := s.ServerModels(t.Context()); err != nil || len(models) != 0 {
		t.Errorf("a new server has %+v, %v", models, err)
	}
	for _, m := range []platform.ServerModel{openAI("paid"), local(), ollama()} {
		MustSaveModel(t, s, m)
	}
	want := []platform.ServerModel{updated(ollama(), now.Now()), updated(openAI("paid"), now.Now()), updated(local(), now.Now())}
	if models, err := s.ServerModels(t.Context()); err != nil || !reflect.DeepEqual(models, want) {
		t.Errorf("models: %+v, %v", models, err)
	}
	now.Add(time.Hour)
	changed := openAI("paid")
	changed.Model, changed.SealedKey = "small", nil // another that is without a key
	MustSaveModel(t, s, changed)
	if m, ok, err := s.ModelFor(t.Context(), platform.PurposeChat, "paid"); err != nil || !ok || !reflect.DeepEqual(m, updated(changed, now.Now())) {
		t.Errorf("replaced: %+v, %t, %v", m, ok, err)
	}
}

func TestModelFor(t *testing.T) {
	s, _ := MustOpen(t)
	check := func(purpose, tier, want string) {
		t.Helper()
		m, ok, err := s.ModelFor(t.Context(), purpose, tier)
		if err != nil || ok != (want != "") || m.Model != want {
			t.Errorf("%s for tier %q is %+v, %t, %v; want %q", purpose, tier, m, ok, err, want)
		}
	}
	check(platform.PurposeChat, "free", "")
	MustSaveModel(t, s, openAI("paid"))
	check(platform.PurposeChat, "free", "")
	check(platform.PurposeChat, "paid", "large")
	check(platform.PurposeEmbed, "paid", "")
	MustSaveModel(t, s, ollama())
	check(platform.PurposeChat, "free", "llama3.2")
	check(platform.PurposeChat, "unknown", "llama3.2")
	check(platform.PurposeChat, "", "llama3.2")
	check(platform.PurposeChat, "paid", "large")
	check("paint", "paid", "")
	if err := s.DeleteServerModel(t.Context(), platform.PurposeChat, "paid"); err != nil {
		t.Fatal(err)
	}
	check(platform.PurposeChat, "paid", "llama3.2")
	if err := s.DeleteServerModel(t.Context(), platform.PurposeChat, ""); err != nil {
		t.Fatal(err)
	}
	check(platform.PurposeChat, "paid", "")
	for _, tier := range []string{"", "paid"} {
		if err := s.DeleteServerModel(t.Context(), platform.PurposeChat, tier); !errors.Is(err, platform.ErrNotFound) {
			t.Errorf("deleting twice: %v", err)
		}
	}
}

// TestModelsOfAnotherProcess looks at what a command changes beside a server.
func TestModelsOfAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "holt.db")
	server, command := MustOpenFile(t, path, cheap()), MustOpenFile(t, path, cheap())
	for i := range 3 {
		m := ollama()
		m.Model = fmt.Sprint("model-", i)
		MustSaveModel(t, command, m)
		if got, ok, err := server.ModelFor(t.Context(), platform.PurposeChat, "free"); err != nil || !ok || got.Model != m.Model {
			t.Errorf("the server sees %+v, %t, %v", got, ok, err)
		}
	}
	if err := command.SetPrivateModels(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if private, err := server.PrivateModels(t.Context()); err != nil || !private {
		t.Errorf("the server sees %t, %v", private, err)
	}
}

// TestTiersKeepTheirModels saves a tier that has a model: the row is replaced.
func TestTiersKeepTheirModels(t *testing.T) {
	s, _ := MustOpen(t)
	MustSaveModel(t, s, openAI("paid"))
	if err := s.SaveTier(t.Context(), platform.Tier{Name: "paid", Chat: true}); err != nil {
		t.Fatal(err)
	}
	if m, ok, err := s.ModelFor(t.Context(), platform.PurposeChat, "paid"); err != nil || !ok || m.Model != "large" {
		t.Errorf("%+v, %t, %v", m, ok, err)
	}
}

func TestInvalidModels(t *testing.T) {
	s, _ := MustOpen(t)
	long := func(n int) string { return strings.Repeat("x", n) }
	for what, change := range map[string]func(m *platform.ServerModel){
		"no purpose":       func(m *platform.ServerModel) { m.Purpose = "" },
		"other purpose":    func(m *platform.ServerModel) { m.Purpose = "paint" },
		"tier":             func(m *platform.ServerModel) { m.Tier = "a\nb" },
		"long tier":        func(m *platform.ServerModel) { m.Tier = long(65) },
		"no protocol":      func(m *platform.ServerModel) { m.Protocol = "" },
		"other protocol":   func(m *platform.ServerModel) { m.Protocol = "telnet" },
		"no URL":           func(m *platform.ServerModel) { m.URL = "" },
		"path":             func(m *platform.ServerModel) { m.URL = "/v1" },
		"no scheme":        func(m *platform.ServerModel) { m.URL = "localhost:11434" },
		"file":             func(m *platform.ServerModel) { m.URL = "file:///etc/passwd" },
		"no host":          func(m *platform.ServerModel) { m.URL = "http://:80/" },
		"opaque":           func(m *platform.ServerModel) { m.URL = "http:localhost" },
		"userinfo":         func(m *platform.ServerModel) { m.URL = "https://ann:pw@localhost" },
		"user":             func(m *platform.ServerModel) { m.URL = "https://ann@localhost" },
		"empty user":       func(m *platform.ServerModel) { m.URL = "https://@localhost" },
		"query":            func(m *platform.ServerModel) { m.URL = "https://localhost?key=1" },
		"empty query":      func(m *platform.ServerModel) { m.URL = "https://localhost?" },
		"fragment":         func(m *platform.ServerModel) { m.URL = "https://localhost#" },
		"line":             func(m *platform.ServerModel) { m.URL = "https://localhost/\nx" },
		"bidi":             func(m *platform.ServerModel) { m.URL = "https://localhost/\u202ex" },
		"long URL":         func(m *platform.ServerModel) { m.URL = "https://localhost/" + long(2048) },
		"no model":         func(m *platform.ServerModel) { m.Model = "" },
		"two lines":        func(m *platform.ServerModel) { m.Model = "a\nb" },
		"long model":       func(m *platform.ServerModel) { m.Model = long(201) },
		"long key":         func(m *platform.ServerModel) { m.SealedKey = make([]byte, 8193) },
		"negative context": func(m *platform.ServerModel) { m.ContextTokens = -1 },
		"huge context":     func(m *platform.ServerModel) { m.ContextTokens = 1<<24 + 1 },
		"local chat":       func(m *platform.ServerModel) { *m = local(); m.Purpose = platform.PurposeChat },
		"local URL":        func(m *platform.ServerModel) { *m = local(); m.URL = "http://localhost" },
		"local key":        func(m *platform.ServerModel) { *m = local(); m.SealedKey = []byte{1} },
		"local path":       func(m *platform.ServerModel) { *m = local(); m.Model = "../models" },
	} {
		m := openAI("paid")
		change(&m)
		if err := s.SaveServerModel(t.Context(), m); !errors.Is(err, platform.ErrInvalidModel) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := s.SaveServerModel(t.Context(), openAI("enterprise")); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("a tier that does not exist: %v", err)
	}
	if models, err := s.ServerModels(t.Context()); err != nil || len(models) != 0 {
		t.Errorf("saved: %+v, %v", models, err)
	}
	if events, err := s.Events(t.Context(), 0, 10); err != nil || len(events) != 0 {
		t.Errorf("events: %+v, %v", events, err)
	}
}

func TestModelsAreAudited(t *testing.T) {
	s, _ := MustOpen(t)
	ctx := platform.WithActor(t.Context(), platform.Actor{Account: platform.CommandLine})
	withKey := openAI("paid")
	withKey.SealedKey = []byte("very secret")
	for _, m := range []platform.ServerModel{ollama(), withKey} {
		if err := s.SaveServerModel(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.DeleteServerModel(ctx, platform.PurposeChat, "paid"); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteServerModel(ctx, platform.PurposeEmbed, ""); err == nil {
		t.Fatal("a model was deleted that is not there")
	}
	want := []platform.Event{
		{Action: platform.ActionModelDelete, Subject: "models/chat/paid"},
		{Action: platform.ActionModelSave, Subject: "models/chat/paid",
			Detail: `protocol openai, url "https://api.example.com/v1", model "large", key true, context tokens 0`},
		{Action: platform.ActionModelSave, Subject: "models/chat",
			Detail: `protocol ollama, url "http://localhost:11434", model "llama3.2", key false, context tokens 8192`},
	}
	events, err := s.Events(t.Context(), 0, 10)
	if err != nil || len(events) != len(want) {
		t.Fatalf("events: %+v, %v", events, err)
	}
	for i, e := range events {
		want[i].ID, want[i].At, want[i].Account = e.ID, e.At, platform.CommandLine
		if e != want[i] {
			t.Errorf("event %d: %+v, want %+v", i, e, want[i])
		}
	}
}

func TestKeyPurpose(t *testing.T) {
	purposes := map[string]bool{}
	one := openAI("")
	for _, change := range []func(m *platform.ServerModel){
		func(*platform.ServerModel) {},
		func(m *platform.ServerModel) { m.Tier = "paid" },
		func(m *platform.ServerModel) { m.Purpose = platform.PurposeEmbed },
		func(m *platform.ServerModel) { m.URL = "https://evil.example.com/v1" },
		func(m *platform.ServerModel) { m.URL = "http://api.example.com/v1" },
	} {
		m := one
		change(&m)
		purposes[m.KeyPurpose()] = true
	}
	if len(purposes) != 5 {
		t.Errorf("keys of different use share a purpose: %v", purposes)
	}
	same := one
	same.Model, same.ContextTokens, same.SealedKey = "other", 1, nil
	if same.KeyPurpose() != one.KeyPurpose() {
		t.Error("another model at the same place needs the key again")
	}
}

// FuzzModelURL saves models with any address: what is accepted is kept as it
// is, and nothing of a password reaches the audit log.
func FuzzModelURL(f *testing.F) {
	s, _ := MustOpen(f)
	for _, seed := range []string{
		"http://localhost:11434", "https://ann:hunter2@example.com/v1", "https://example.com/v1?k=hunter2",
		"http://[::1]:80", "http://%61nn@x", "https:///x", "https://exa mple.com", "HTTPS://EXAMPLE.COM",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, url string) {
		m := ollama()
		m.URL = url
		if err := s.SaveServerModel(t.Context(), m); errors.Is(err, platform.ErrInvalidModel) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		got, _, err := s.ModelFor(t.Context(), platform.PurposeChat, "free")
		if err != nil || got.URL != url {
			t.Errorf("%q is saved as %q, %v", url, got.URL, err)
		}
		host, _, _ := strings.Cut(strings.SplitN(url, "//", 2)[1], "/")
		if bytes.ContainsAny([]byte(host), "@ ?#\n") {
			t.Errorf("%q is accepted", url)
		}
	})
}
