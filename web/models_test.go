package web_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holtdb/holt/llm/llmtest"
	"github.com/holtdb/holt/platform"
)

const modelKey = "sk-live-0123456789abcdefghij"

// own is the form of a person's own model.
func own(model *llmtest.Server, protocol string, more ...string) url.Values {
	form := url.Values{"purpose": {"chat"}, "protocol": {protocol}, "url": {model.URL()}, "model": {"mine"}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

// TestModels_PrivateAddresses has people name model servers inside the network
// of the server.
func TestModels_PrivateAddresses(t *testing.T) {
	s := MustSite(t)
	inside := llmtest.Ollama(t, llmtest.Script{})
	port := inside.URL()[strings.LastIndexByte(inside.URL(), ':'):]
	ann := s.user(t, "ann")
	ann.MustAdd(file{"otters.txt", holtText})
	form := func(address string) url.Values { return own(inside, "ollama", "url", address) }
	for _, host := range []string{"127.0.0.1", "localhost", "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]",
		"169.254.169.254", "10.0.0.1", "192.168.1.1", "100.64.0.1", "[fd00::1]", "[fe80::1]", "[64:ff9b::7f00:1]", "127.255.255.254"} {
		a := ann.post("/account/models/test", form("http://"+host+port)).want(t, http.StatusOK)
		if !bytes.Contains(a.body, []byte("is on a private network or this machine")) || !bytes.Contains(a.body, []byte("Nothing was saved")) {
			t.Errorf("%s: the page does not say that it is refused", host)
		}
	}
	// Other ways to write 127.0.0.1 are names to some systems and numbers to others.
	for _, host := range []string{"2130706433", "0x7f000001", "0177.0.0.1", "127.1"} {
		a := ann.post("/account/models/test", form("http://"+host+port)).want(t, http.StatusOK)
		if !bytes.Contains(a.body, []byte("Nothing was saved")) {
			t.Errorf("%s: is not refused", host)
		}
	}
	for _, address := range []string{"file:///etc/passwd", "gopher://127.0.0.1", "http://", "http://ann:passwordSecret@localhost", "//localhost",
		"http://localhost/?x=1", "http://localhost/#x", "http://localhost:99999", "http://local host", "http://[::1", "unix:/run/x.sock"} {
		for _, path := range []string{"/account/models", "/account/models/test"} {
			want := http.StatusUnprocessableEntity
			if path != "/account/models" {
				want = http.StatusOK
			}
			if a := ann.post(path, form(address)).want(t, want); bytes.Contains(a.body, []byte("It works")) {
				t.Errorf("%s: %q works", path, address)
			}
		}
	}
	ann.post("/account/models", form(inside.URL())).want(t, http.StatusSeeOther)
	refused := func(when string) {
		t.Helper()
		before := len(inside.Requests())
		var got answered
		ann.json("POST", "/api/chat", map[string]any{"message": holtAsked}).want(t, http.StatusBadGateway).into(t, &got)
		if !strings.Contains(got.Error, "Ask the administrator to allow them") || got.Status != "failed" {
			t.Errorf("%s: %+v", when, got)
		}
		if n := len(inside.Requests()); n != before {
			t.Errorf("%s: %d requests reach the network of the server", when, n-before)
		}
	}
	refused("at first")
	embed := own(inside, "ollama", "purpose", "embed")
	ann.post("/account/models", embed).want(t, http.StatusSeeOther)
	ann.MustAdd(file{"more.txt", "Another page about an otter."})
	ann.get("/api/search?mode=meaning&q=otter").want(t, http.StatusOK)
	ann.post("/account/models", url.Values{"purpose": {"embed"}, "use": {"server"}}).want(t, http.StatusSeeOther)
	if n := len(inside.Requests()); n != 0 {
		t.Errorf("%d requests reach the network of the server", n)
	}

	root := s.MustAdmin(t)
	root.post("/admin/models", url.Values{"form": {"private"}, "allow": {"yes"}}).want(t, http.StatusSeeOther)
	if a := ann.post("/account/models/test", form(inside.URL())).want(t, http.StatusOK); !bytes.Contains(a.body, []byte("It works")) {
		t.Error("is refused though the administrator allows it")
	}
	if a := ann.MustAsk(holtAsked); a.Status != "done" || a.Model != "mine" {
		t.Errorf("when it is allowed: %+v", a)
	}
	root.post("/admin/models", url.Values{"form": {"private"}}).want(t, http.StatusSeeOther)
	refused("when it is forbidden again")
}

// TestModels_Redirects has model servers point elsewhere.
func TestModels_Redirects(t *testing.T) {
	s := MustSite(t)
	front := llmtest.OpenAI(t, llmtest.Script{Key: modelKey})
	inside := llmtest.OpenAI(t, llmtest.Script{})
	if err := s.store.SetPrivateModels(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	ann := s.user(t, "ann")
	ann.MustAdd(file{"otters.txt", holtText})
	ann.post("/account/models", own(front, "openai", "key", modelKey)).want(t, http.StatusSeeOther)
	for _, status := range []int{301, 302, 303, 307, 308} {
		front.Fail(llmtest.Fault{Status: status, Location: inside.URL() + "/chat/completions"})
		var got answered
		ann.json("POST", "/api/chat", map[string]any{"message": holtAsked}).want(t, http.StatusBadGateway).into(t, &got)
		if !strings.Contains(got.Error, "redirects") {
			t.Errorf("%d: %s", status, got.Error)
		}
	}
	if n := len(inside.Requests()); n != 0 {
		t.Errorf("%d redirects were followed", n)
	}
}

// MustHideKey looks for a key wherever it could come out.
func (s *site) MustHideKey(tb testing.TB, key string, log *journal, answers ...answer) {
	tb.Helper()
	for _, a := range answers {
		if strings.Contains(fmt.Sprint(a.header)+string(a.body), key) {
			tb.Errorf("the key is shown: %.300s", a.body)
		}
	}
	if strings.Contains(log.String(), key) {
		tb.Error("the key is in the log")
	}
	events, err := s.store.Events(tb.Context(), 0, 1000)
	if err != nil || strings.Contains(fmt.Sprint(events), key) {
		tb.Errorf("the key is in the audit log, or %v", err)
	}
	files := 0
	err = filepath.WalkDir(s.data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if files++; bytes.Contains(content, []byte(key)) {
			tb.Errorf("the key is in the file %s", path)
		}
		return err
	})
	if err != nil || files < 3 {
		tb.Errorf("%d files were looked at, %v", files, err)
	}
}

// TestModels_OwnKey follows the key of a person's own model.
func TestModels_OwnKey(t *testing.T) {
	var log journal
	s := MustSite(t, log.logging)
	front, other := llmtest.OpenAI(t, llmtest.Script{Key: modelKey}), llmtest.OpenAI(t, llmtest.Script{})
	if err := s.store.SetPrivateModels(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	ann, root := s.user(t, "ann"), s.MustAdmin(t)
	ann.MustAdd(file{"otters.txt", holtText})
	ann.post("/account/models", own(front, "openai", "key", modelKey)).leads(t, "/account/models?notice=saved")
	if a := ann.MustAsk(holtAsked); a.Status != "done" {
		t.Fatalf("with the key: %+v", a)
	}
	answers := []answer{
		ann.get("/account/models"), ann.get("/api/models"), ann.get("/chat"), ann.get("/account"), root.get("/admin/models"), root.get("/admin/users"),
		ann.post("/account/models/test", own(front, "openai")),
		ann.post("/account/models/test", own(front, "openai", "key", modelKey)),
		ann.post("/account/models", own(front, "openai", "key", modelKey, "url", "no address")),
		ann.post("/account/models", own(front, "openai", "key", modelKey+"\x00 and more")),
		ann.post("/account/models", url.Values{"purpose": {"nonsense"}, "key": {modelKey}}),
	}
	if !bytes.Contains(answers[6].body, []byte("It works")) {
		t.Error("a test without a key does not use the one that is kept")
	}
	front.Change(func(s *llmtest.Script) { s.Key = modelKey + "-new" })
	answers = append(answers, ann.post("/account/models/test", own(front, "openai")),
		ann.json("POST", "/api/chat", map[string]any{"message": holtAsked}))
	front.Change(func(s *llmtest.Script) { s.Key = modelKey })
	if !bytes.Contains(answers[len(answers)-1].body, []byte("does not accept the key")) || bytes.Contains(answers[len(answers)-1].body, []byte(modelKey[:8])) {
		t.Errorf("a key that is refused: %s", answers[len(answers)-1])
	}
	s.MustHideKey(t, modelKey, &log, answers...)

	// Nothing but the address that it was entered for gets the key.
	saw := func(what string, server *llmtest.Server) {
		t.Helper()
		if strings.Contains(fmt.Sprint(server.Requests()), modelKey) {
			t.Fatalf("%s: another address gets the key", what)
		}
	}
	ann.post("/account/models/test", own(other, "openai")).want(t, http.StatusOK)
	ann.post("/account/models/test", own(other, "ollama", "purpose", "embed")).want(t, http.StatusOK)
	saw("a test", other)
	s.user(t, "bob").post("/account/models/test", own(front, "openai")).want(t, http.StatusOK)
	if last := front.Requests()[len(front.Requests())-1]; last.Header.Get("Authorization") != "" {
		t.Error("bob uses ann's key")
	}
	ann.post("/account/models", own(other, "openai")).want(t, http.StatusSeeOther)
	ann.MustAsk(holtAsked)
	if saw("a change", other); len(other.Requests()) == 0 {
		t.Error("the new address is not asked: the test proves nothing")
	}
	ann.post("/account/models", own(front, "openai")).want(t, http.StatusSeeOther)
	ann.json("POST", "/api/chat", map[string]any{"message": holtAsked}).want(t, http.StatusBadGateway) // the key is gone
	ann.post("/account/models", own(front, "openai", "key", " "+modelKey+"\n")).want(t, http.StatusSeeOther)
	ann.MustAsk(holtAsked)
	ann.post("/account/models", own(front, "openai", "forget", "yes")).want(t, http.StatusSeeOther)
	ann.json("POST", "/api/chat", map[string]any{"message": holtAsked}).want(t, http.StatusBadGateway)
	s.MustHideKey(t, modelKey, &log)
}

// TestModels_ServerKey follows the key of the server's model.
func TestModels_ServerKey(t *testing.T) {
	var log journal
	s := MustSite(t, log.logging)
	front, other := llmtest.OpenAI(t, llmtest.Script{Key: modelKey}), llmtest.OpenAI(t, llmtest.Script{})
	root, ann := s.MustAdmin(t), s.user(t, "ann")
	ann.MustAdd(file{"otters.txt", holtText})
	form := func(model *llmtest.Server, more ...string) url.Values {
		return own(model, "openai", append([]string{"form", "model", "tier", ""}, more...)...)
	}
	for _, path := range []string{"/admin/models", "/admin/models/test"} {
		ann.post(path, form(front, "key", modelKey)).want(t, http.StatusForbidden)
	}
	ann.get("/admin/models").want(t, http.StatusForbidden)
	for name, wrong := range map[string]url.Values{
		"context": form(front, "context", "many"), "negative context": form(front, "context", "-1"), "endless context": form(front, "context", "99999999999"),
		"protocol": form(front, "protocol", "telnet"), "purpose": form(front, "purpose", "nonsense"), "no model": form(front, "model", " "),
		"address": form(front, "url", "ftp://x"), "password": form(front, "url", "http://a:b@localhost"),
	} {
		wrong.Set("key", modelKey)
		s.MustHideKey(t, modelKey, &log, root.post("/admin/models", wrong).want(t, http.StatusUnprocessableEntity))
		if a := root.post("/admin/models/test", wrong); a.status >= 500 {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	root.post("/admin/models", form(front, "tier", "nowhere")).want(t, http.StatusNotFound)
	root.post("/admin/models", url.Values{"form": {"nonsense"}}).want(t, http.StatusBadRequest)
	root.post("/admin/models", url.Values{"form": {"remove"}, "purpose": {"chat"}}).want(t, http.StatusNotFound)

	root.post("/admin/models", form(front, "key", modelKey, "context", "4096")).leads(t, "/admin/models?notice=saved")
	if a := ann.MustAsk(holtAsked); a.Status != "done" {
		t.Fatalf("%+v", a)
	}
	works := root.post("/admin/models/test", form(front)).want(t, http.StatusOK)
	if !bytes.Contains(works.body, []byte("It works")) {
		t.Error("a test without a key does not use the one that is kept")
	}
	page := ann.get("/account/models")
	s.MustHideKey(t, modelKey, &log, works, page, ann.get("/api/models"), root.get("/admin/models"), root.get("/admin/models?purpose=chat&tier="))
	for _, shown := range []string{string(page.body), string(ann.get("/api/models").body)} {
		if strings.Contains(shown, strings.TrimPrefix(front.URL(), "http://")) {
			t.Error("people see the address of the server's model")
		}
	}
	root.post("/admin/models/test", form(other)).want(t, http.StatusOK)
	root.post("/admin/models/test", form(other, "purpose", "embed")).want(t, http.StatusOK)
	root.post("/admin/models", form(other)).want(t, http.StatusSeeOther)
	ann.MustAsk(holtAsked)
	if text := fmt.Sprint(other.Requests()); strings.Contains(text, modelKey) || len(other.Requests()) == 0 {
		t.Errorf("another address gets the key, or no question: %.300s", text)
	}
	s.MustHideKey(t, modelKey, &log)
}

// TestModels_Fail lets the server's model fail in ways that are not tried again.
func TestModels_Fail(t *testing.T) {
	var log journal
	s := MustSite(t, log.logging)
	model := llmtest.OpenAI(t, llmtest.Script{Key: modelKey})
	s.MustAdmin(t).post("/admin/models", own(model, "openai", "form", "model", "key", modelKey)).want(t, http.StatusSeeOther)
	ann := s.user(t, "ann")
	ann.MustAdd(file{"otters.txt", holtText})
	if a := ann.MustAsk(holtAsked); a.Status != "done" {
		t.Fatalf("%+v", a)
	}
	for name, c := range map[string]struct {
		fault llmtest.Fault
		kept  string // of the answer
	}{
		"repeats the key": {fault: llmtest.Fault{Status: 400, Message: "bad request with key " + modelKey}},
		"refuses the key": {fault: llmtest.Fault{Status: 401, Message: "Incorrect API key provided: " + modelKey[:12] + "***"}},
		"redirects":       {fault: llmtest.Fault{Status: 302, Location: "http://169.254.169.254/latest/meta-data"}},
		"garbage":         {fault: llmtest.Garbage(3), kept: "The"},
		"cuts off":        {fault: llmtest.Drop(3), kept: "The"},
		"breaks":          {fault: llmtest.StreamError(3, "panic with "+modelKey), kept: "The"},
	} {
		t.Run(name, func(t *testing.T) {
			model.Fail(c.fault)
			a := ann.json("POST", "/api/chat", map[string]any{"message": holtAsked}).want(t, http.StatusBadGateway)
			var got answered
			a.into(t, &got)
			if got.Status != "failed" || !strings.HasSuffix(got.Error, ".") || len(got.Error) < 30 || !strings.HasPrefix(got.Answer, c.kept) {
				t.Errorf("%s", a)
			}
			page := ann.get("/chat/"+got.ChatID).want(t, http.StatusOK)
			if !bytes.Contains(page.body, []byte("answer-problem")) || !bytes.Contains(page.body, []byte("Try again")) {
				t.Error("the page does not say what failed")
			}
			for _, shown := range []answer{a, page} {
				for _, secret := range []string{modelKey, modelKey[:12], "goroutine", s.data} {
					if bytes.Contains(shown.body, []byte(secret)) {
						t.Errorf("%q is shown: %s", secret, got.Error)
					}
				}
			}
		})
	}
	for _, secret := range []string{modelKey, modelKey[:12], "by the river"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
}

// TestModels_AddressStaysHidden looks for the address of the server's models,
// which is its administrator's matter, in what people are told of failures.
func TestModels_AddressStaysHidden(t *testing.T) {
	s, model := MustChatSite(t, llmtest.Script{})
	ann := s.user(t, "ann")
	ann.MustAdd(file{"otters.txt", holtText})
	embedder := llmtest.Ollama(t, llmtest.Script{})
	s.MustOffer(t, platform.PurposeEmbed, embedder)
	ann.MustAdd(file{"badgers.txt", "The badger digs its sett under an old oak."})
	ann.MustEmbed()
	hidden := func(what string, a answer, server *llmtest.Server) {
		t.Helper()
		if bytes.Contains(a.body, []byte(strings.TrimPrefix(server.URL(), "http://"))) {
			t.Errorf("%s shows the address of the server's model", what)
		}
	}
	refusal := &llmtest.Fault{Status: http.StatusUnauthorized, Message: "who are you"}
	model.FailAlways(refusal)
	a := ann.json("POST", "/api/chat", map[string]any{"message": holtAsked}).want(t, http.StatusBadGateway)
	var got answered
	a.into(t, &got)
	hidden("an answer", a, model)
	hidden("a chat", ann.get("/chat/"+got.ChatID), model)
	hidden("an export", ann.get("/chat/"+got.ChatID+"/export"), model)
	embedder.FailAlways(refusal)
	hidden("a search", ann.get("/api/search?q=otter"), embedder)
	hidden("the search page", ann.get("/search?q=otter"), embedder)
	ann.MustAdd(file{"third.txt", "A heron stands in shallow water."})
	ann.MustBecome(func(m meaning) bool { return m.Problem != "" })
	hidden("the state of the library", ann.get("/api/models"), embedder)
	hidden("the page of models", ann.get("/account/models"), embedder)
}
