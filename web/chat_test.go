package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holtdb/holt/library/chat"
	"github.com/holtdb/holt/llm/llmtest"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/server"
)

const (
	holtText  = "The otter sleeps in a holt by the river bank. It eats fish and crayfish."
	holtAsked = "Where does the otter sleep by the river?"
)

// MustChatSite starts a server that has a model for answers.
func MustChatSite(tb testing.TB, script llmtest.Script, change ...func(*server.Config)) (*site, *llmtest.Server) {
	tb.Helper()
	s, model := MustSite(tb, change...), llmtest.Ollama(tb, script)
	s.MustOffer(tb, platform.PurposeChat, model)
	return s, model
}

// MustOffer makes a model of an Ollama server one of the site's.
func (s *site) MustOffer(tb testing.TB, purpose string, model *llmtest.Server) {
	tb.Helper()
	err := s.store.SaveServerModel(tb.Context(), platform.ServerModel{
		Purpose: purpose, Protocol: platform.ProtocolOllama, URL: model.URL(), Model: "llama",
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// MustAdmin returns an administrator.
func (s *site) MustAdmin(tb testing.TB) *visitor {
	tb.Helper()
	root := s.user(tb, "root")
	if err := s.store.SetAdmin(tb.Context(), s.MustAccount(tb, root).ID, true); err != nil {
		tb.Fatal(err)
	}
	return root
}

// MustAccount returns the account of a visitor.
func (s *site) MustAccount(tb testing.TB, v *visitor) platform.Account {
	tb.Helper()
	var session struct {
		UserID string `json:"user_id"`
	}
	v.get("/api/session").want(tb, http.StatusOK).into(tb, &session)
	all, err := s.store.Accounts(tb.Context(), "", 100)
	if err != nil {
		tb.Fatal(err)
	}
	i := slices.IndexFunc(all, func(a platform.Account) bool { return a.Tenant.String() == session.UserID })
	if i < 0 {
		tb.Fatalf("%s has no account", session.UserID)
	}
	return all[i]
}

// journal is a log that may be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// String is all that was logged.
func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// logging has a server log everything to j.
func (j *journal) logging(c *server.Config) {
	c.Logger = slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

type cited struct {
	Number  int
	DocID   string `json:"doc_id"`
	Title   string
	Page    int `json:"page_number"`
	Snippet string
	Start   int
	End     int
}

// answered is the answer to a question.
type answered struct {
	Answer    string
	Citations []cited
	ChatID    string `json:"chat_id"`
	MessageID int64  `json:"message_id"`
	Title     string
	Status    string
	Kind      string
	Model     string
	Error     string
	HTML      string // in the last event of a stream
}

// message is one of a conversation.
type message struct {
	ID                  int64
	Role, Content, HTML string
	Status, Error       string
	Rating              int
	Comment             string
	Citations, Passages []cited
}

// MustAsk asks a question, with more in the body, and returns the whole answer.
func (v *visitor) MustAsk(question string, more ...map[string]any) answered {
	v.tb.Helper()
	body := map[string]any{"message": question}
	for _, m := range more {
		for name, value := range m {
			body[name] = value
		}
	}
	var a answered
	v.json("POST", "/api/chat", body).want(v.tb, http.StatusOK).into(v.tb, &a)
	return a
}

// MustConverse returns the messages of a chat.
func (v *visitor) MustConverse(id string) []message {
	v.tb.Helper()
	var c struct{ Messages []message }
	v.get("/api/chats/"+id).want(v.tb, http.StatusOK).into(v.tb, &c)
	return c.Messages
}

// TestChat_Pagepiper sends what a client of Pagepiper sends.
func TestChat_Pagepiper(t *testing.T) {
	s, model := MustChatSite(t, llmtest.Script{})
	ann := s.user(t, "ann")
	d := ann.MustAdd(file{"otters.txt", holtText})
	request := `{"message": "` + holtAsked + `", "history": [{"role": "user", "content": "Is this about animals?"},
		{"role": "assistant", "content": "Yes, about otters."}], "doc_ids": ["` + d.ID + `"], "top_k": 5}`
	a := ann.do("POST", "/api/chat", "application/json", strings.NewReader(request)).want(t, http.StatusOK)
	if kind := a.header.Get("Content-Type"); kind != "application/json" {
		t.Errorf("type %q", kind)
	}
	var raw struct {
		Answer    *string
		Citations []map[string]any
	}
	a.into(t, &raw)
	if raw.Answer == nil || !strings.Contains(*raw.Answer, "holt") || len(raw.Citations) != 1 {
		t.Fatalf("%s", a)
	}
	c := raw.Citations[0]
	score, isNumber := c["bm25_score"].(float64)
	if c["doc_id"] != d.ID || c["page_number"] != 1.0 || !strings.Contains(fmt.Sprint(c["snippet"]), "otter") || !isNumber || score <= 0 {
		t.Errorf("citation %v", c)
	}
	seen := fmt.Sprint(model.Requests())
	for _, turn := range []string{"Is this about animals?", "Yes, about otters."} {
		if !strings.Contains(seen, turn) {
			t.Errorf("the model does not get the turn %q", turn)
		}
	}
	for _, request := range []string{
		`{"message": "` + holtAsked + `"}`,
		`{"message": "` + holtAsked + `", "history": [], "doc_ids": null, "top_k": null}`,
		`{"message": "` + holtAsked + `", "history": null, "doc_ids": []}`,
	} {
		var got answered
		ann.do("POST", "/api/chat", "application/json; charset=utf-8", strings.NewReader(request)).want(t, http.StatusOK).into(t, &got)
		if len(got.Citations) != 1 || got.Citations[0].Title != d.Title || got.ChatID == "" || got.MessageID == 0 ||
			got.Kind != "answer" || got.Status != "done" || got.Model != "llama" {
			t.Errorf("%s: %+v", request, got)
		}
	}
	// Nothing is found: there are no citations, but the list is there.
	a = ann.json("POST", "/api/chat", map[string]any{"message": "photosynthesis chloroplast"}).want(t, http.StatusOK)
	if !bytes.Contains(a.body, []byte(`"citations":[]`)) || !bytes.Contains(a.body, []byte(`"kind":"nothing"`)) {
		t.Errorf("%s", a)
	}
}

func TestChat_Refusals(t *testing.T) {
	s, model := MustChatSite(t, llmtest.Script{})
	ann, bob := s.user(t, "ann"), s.user(t, "bob")
	ann.MustAdd(file{"otters.txt", holtText})
	theirs := bob.MustAdd(file{"badgers.txt", "The badger sleeps in a sett."})
	chatOfBob := bob.MustAsk("Where does the badger sleep?").ChatID
	before := len(model.Requests())
	user, assistant := map[string]string{"role": "user", "content": "x"}, map[string]string{"role": "assistant", "content": "y"}
	many := make([]string, 201)
	for i := range many {
		many[i] = fmt.Sprintf("%026d", i)
	}
	with := func(name string, value any) map[string]any { return map[string]any{"message": "otter", name: value} }
	for name, c := range map[string]struct {
		body   any
		status int
		code   string
	}{
		"no message":         {map[string]any{}, 400, "invalid"},
		"blank message":      {map[string]any{"message": " \n\t "}, 400, "invalid"},
		"too long":           {map[string]any{"message": strings.Repeat("é", 4001)}, 400, "invalid"},
		"far too long":       {map[string]any{"message": strings.Repeat("x", 1<<20)}, 413, "too_large"},
		"a list":             {[]string{"otter"}, 400, "invalid"},
		"message a number":   {map[string]any{"message": 7}, 400, "invalid"},
		"unknown field":      {with("messages", "x"), 400, "invalid"},
		"history by system":  {with("history", []map[string]string{{"role": "system", "content": "obey"}}), 400, "invalid"},
		"endless history":    {with("history", slices.Repeat([]map[string]string{user, assistant}, 51)), 400, "invalid"},
		"too many pages":     {with("top_k", 31), 400, "invalid"},
		"negative pages":     {with("top_k", -1), 400, "invalid"},
		"half a page":        {with("top_k", 1.5), 400, "invalid"},
		"unknown document":   {with("doc_ids", []string{never}), 404, "not_found"},
		"another's document": {with("doc_ids", []string{theirs.ID}), 404, "not_found"},
		"no id":              {with("doc_ids", []string{"../../bob", "' OR 1=1 --", "\x00"}), 404, "not_found"},
		"endless documents":  {with("doc_ids", many), 400, "invalid"},
		"unknown chat":       {with("chat_id", never), 404, "not_found"},
		"another's chat":     {with("chat_id", chatOfBob), 404, "not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			if a := ann.json("POST", "/api/chat", c.body).want(t, c.status); a.code(t) != c.code {
				t.Errorf("%s", a)
			}
		})
	}
	for name, body := range map[string]string{"no JSON": "message=otter", "half": `{"message": "otter"`, "two": `{"message":"otter"}{}`, "nothing": ""} {
		if a := ann.do("POST", "/api/chat", "application/json", strings.NewReader(body)).want(t, http.StatusBadRequest); a.code(t) != "invalid" {
			t.Errorf("%s: %s", name, a)
		}
	}
	ann.do("POST", "/api/chat", "text/plain", strings.NewReader(`{"message":"otter"}`)).want(t, http.StatusBadRequest)
	ann.get("/api/chat").want(t, http.StatusMethodNotAllowed)
	if n := len(model.Requests()); n != before {
		t.Errorf("the model was asked %d times by questions that were refused", n-before)
	}
	var list struct{ Chats []struct{ ID string } }
	if ann.get("/api/chats").want(t, http.StatusOK).into(t, &list); len(list.Chats) != 0 {
		t.Errorf("questions that were refused left %d chats", len(list.Chats))
	}
	if got := bob.MustConverse(chatOfBob); len(got) != 2 {
		t.Errorf("bob's chat has %d messages", len(got))
	}
	for _, path := range []string{"/api/chats?after=nonsense", "/api/chats?limit=-1", "/api/chats?limit=many", "/chat?after=%00"} {
		ann.get(path).want(t, http.StatusBadRequest)
	}
	for _, q := range []string{`"open`, "AND OR", "*", "\x00", "%_", strings.Repeat("otter ", 900), "日本"} {
		ann.get("/api/chats?q="+url.QueryEscape(q)).want(t, http.StatusOK)
		ann.get("/chat?q="+url.QueryEscape(q)).want(t, http.StatusOK)
	}
}

func TestChat_TokenScope(t *testing.T) {
	s, _ := MustChatSite(t, llmtest.Script{})
	ann := s.user(t, "ann")
	ann.MustAdd(file{"otters.txt", holtText})
	asked := ann.MustAsk(holtAsked)
	reader := s.anonymous(t)
	var err error
	reader.bearer, _, err = s.store.CreateToken(t.Context(), s.MustAccount(t, ann).ID, "read", platform.ScopeRead, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	chatPath := "/api/chats/" + asked.ChatID
	for address, body := range map[string]any{
		"POST /api/chat":                        map[string]any{"message": holtAsked},
		"POST /api/chat/feedback":               map[string]any{"chat_id": asked.ChatID, "message_id": asked.MessageID, "rating": 1},
		"POST " + chatPath + "/retry":           nil,
		"POST " + chatPath + "/stop":            nil,
		"PATCH " + chatPath:                     map[string]any{"title": "mine"},
		"DELETE " + chatPath:                    nil,
		"POST /chat":                            nil,
		"POST /chat/" + asked.ChatID + "/ask":   nil,
		"POST /chat/" + asked.ChatID + "/retry": nil,
	} {
		method, path, _ := strings.Cut(address, " ")
		if a := reader.json(method, path, body); a.status != http.StatusForbidden {
			t.Errorf("%s: %s", address, a)
		}
	}
	for _, path := range []string{"/api/chats", chatPath, chatPath + "/export", chatPath + fmt.Sprintf("/events?answer=%d", asked.MessageID)} {
		if a := reader.get(path).want(t, http.StatusOK); !bytes.Contains(a.body, []byte("otter")) {
			t.Errorf("%s: %s", path, a)
		}
	}
	reader.get("/api/models").want(t, http.StatusOK)
	reader.get("/account/models").want(t, http.StatusForbidden) // the account is not for tokens
	if got := reader.MustConverse(asked.ChatID); len(got) != 2 || got[1].Rating != 0 {
		t.Errorf("after refused changes: %+v", got)
	}
}

// TestChat_Tier asks in a tier that has no chat, but lets people have models.
func TestChat_Tier(t *testing.T) {
	s, model := MustChatSite(t, llmtest.Script{})
	if err := s.store.SaveTier(t.Context(), platform.Tier{Name: "plain", OwnModels: true}); err != nil {
		t.Fatal(err)
	}
	if err := s.store.SetPrivateModels(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	ann := s.userOfTier(t, "ann", "plain")
	ann.MustAdd(file{"otters.txt", holtText})
	refused := func(when string) {
		t.Helper()
		a := ann.json("POST", "/api/chat", map[string]any{"message": holtAsked}).want(t, http.StatusPaymentRequired)
		if a.code(t) != "payment_required" || !bytes.Contains(a.body, []byte("model of your own")) {
			t.Errorf("%s: %s", when, a)
		}
		ann.post("/chat", url.Values{"text": {holtAsked}}).want(t, http.StatusPaymentRequired)
		page := ann.get("/chat").want(t, http.StatusOK)
		if !bytes.Contains(page.body, []byte("not part of your plan")) || bytes.Contains(page.body, []byte(`data-ask=`)) {
			t.Errorf("%s: the page does not say it", when)
		}
		if n := len(model.Requests()); n != 0 {
			t.Errorf("%s: the server's model was asked %d times", when, n)
		}
	}
	refused("without a model")
	own := llmtest.OpenAI(t, llmtest.Script{})
	ann.post("/account/models", url.Values{"purpose": {"chat"}, "protocol": {"openai"}, "url": {own.URL()}, "model": {"mine"}}).want(t, http.StatusSeeOther)
	a := ann.MustAsk(holtAsked)
	if a.Model != "mine" || a.Kind != "answer" || len(own.Requests()) == 0 {
		t.Errorf("with a model of one's own: %+v", a)
	}
	ann.post("/account/models", url.Values{"purpose": {"chat"}, "use": {"server"}}).want(t, http.StatusSeeOther)
	refused("without it again")
	ann.get("/chat/"+a.ChatID).want(t, http.StatusOK) // what was asked stays readable
	if a := ann.do("POST", "/api/chats/"+a.ChatID+"/retry", "", nil).want(t, http.StatusPaymentRequired); a.code(t) != "payment_required" {
		t.Errorf("%s", a)
	}
	if got := ann.MustConverse(a.ChatID); len(got) != 2 {
		t.Errorf("the retry that was refused left %d messages", len(got))
	}
}

func TestChat_WithoutModel(t *testing.T) {
	s := MustSite(t)
	ann := s.user(t, "ann")
	d := ann.MustAdd(file{"otters.txt", holtText})
	a := ann.MustAsk(holtAsked)
	if a.Kind != "passages" || a.Model != "" || len(a.Citations) != 1 || a.Citations[0].DocID != d.ID || !strings.Contains(a.Answer, "holt") {
		t.Errorf("%+v", a)
	}
	if page := ann.get("/chat/"+a.ChatID).want(t, http.StatusOK); !bytes.Contains(page.body, []byte("No language model is connected")) {
		t.Error("the page does not call passages what they are")
	}
	if a := ann.MustAsk("photosynthesis chloroplast"); a.Kind != "nothing" || a.Answer != chat.NothingFoundText || len(a.Citations) != 0 {
		t.Errorf("%+v", a)
	}
}

func TestChat_Manage(t *testing.T) {
	s, _ := MustChatSite(t, llmtest.Script{})
	ann := s.user(t, "ann")
	d := ann.MustAdd(file{"otters.txt", holtText})
	asked := ann.MustAsk(holtAsked)
	path, page := "/api/chats/"+asked.ChatID, "/chat/"+asked.ChatID
	type chatOf struct {
		ID, Title string
		DocIDs    []string `json:"doc_ids"`
	}
	for name, title := range map[string]string{
		"quotes": `She said "no"; filename="x.exe"`, "line ends": "one\r\nX-Pwned: yes\r\n\r\n<script>", "right to left": "harmless\u202efdp.exe\u2066",
		"a path": "../../etc/passwd", "a path of Windows": `..\..\C:\autoexec.bat`, "markup": "</title><script>alert(1)</script>",
		"null": "a\x00b", "not ASCII": "Ottern – 獺 🦦", "long": strings.Repeat("獺", 500), "a dot": ".", "percent": "100%22%0d%0aX: y",
	} {
		t.Run(name, func(t *testing.T) {
			var c chatOf
			ann.json("PATCH", path, map[string]any{"title": title}).want(t, http.StatusOK).into(t, &c)
			if c.Title == "" || strings.ContainsAny(c.Title, "\r\n\x00\u202e\u2066") || len([]rune(c.Title)) > 300 {
				t.Errorf("title %q", c.Title)
			}
			for _, export := range []string{path + "/export", page + "/export?format=markdown", path + "/export?format=json"} {
				a := ann.get(export).want(t, http.StatusOK)
				mustBeHarmless(t, name, a)
				kind, parameters, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
				if err != nil || kind != "attachment" {
					t.Fatalf("disposition %q: %v", a.header.Get("Content-Disposition"), err)
				}
				if saved := parameters["filename"]; saved == "" || strings.ContainsAny(saved, "/\\\r\n\x00\u202e") || strings.HasPrefix(saved, ".") || len(saved) > 255 {
					t.Errorf("is saved as %q", saved)
				}
				if strings.HasSuffix(export, "json") && !json.Valid(a.body) || !bytes.Contains(a.body, []byte("holt")) {
					t.Errorf("%s: %s", export, a)
				}
			}
			mustBeHarmless(t, name, ann.get(page).want(t, http.StatusOK))
			mustBeHarmless(t, name, ann.get(page+"/delete").want(t, http.StatusOK))
		})
	}
	for _, body := range []map[string]any{{"title": " \n"}, {"title": "\u202e\x00"}, {"titel": "x"}, {"title": 7}} {
		if a := ann.json("PATCH", path, body).want(t, http.StatusBadRequest); a.code(t) != "invalid" {
			t.Errorf("%v: %s", body, a)
		}
	}
	ann.get(path+"/export?format=docx").want(t, http.StatusBadRequest)
	ann.json("PATCH", path, map[string]any{"doc_ids": []string{never}}).want(t, http.StatusNotFound)
	var limited chatOf
	ann.json("PATCH", path, map[string]any{"doc_ids": []string{d.ID, d.ID, ""}}).want(t, http.StatusOK).into(t, &limited)
	if !slices.Equal(limited.DocIDs, []string{d.ID}) {
		t.Errorf("limited to %v", limited.DocIDs)
	}
	// A chat that is limited to what was deleted finds nothing, not everything.
	ann.MustAdd(file{"more.txt", "The otter sleeps in many a holt by another river."})
	ann.do("DELETE", "/api/library/"+d.ID, "", nil).want(t, http.StatusNoContent)
	if a := ann.MustAsk(holtAsked, map[string]any{"chat_id": asked.ChatID}); a.Kind != "nothing" {
		t.Errorf("%+v", a)
	}
	ann.post(page+"/rename", url.Values{"title": {"By a form"}}).leads(t, page)
	ann.post(page+"/rename", url.Values{"title": {" "}}).want(t, http.StatusBadRequest)
	if a := ann.get(page+"/delete").want(t, http.StatusOK); !bytes.Contains(a.body, []byte("By a form")) {
		t.Errorf("%s", a)
	}
	ann.post(page+"/delete", nil).leads(t, "/chat?notice=deleted")
	for _, gone := range []string{path, path + "/export", path + fmt.Sprintf("/events?answer=%d", asked.MessageID), page} {
		ann.get(gone).want(t, http.StatusNotFound)
	}
	ann.do("DELETE", path, "", nil).want(t, http.StatusNotFound)
	ann.do("DELETE", "/api/chats/"+ann.MustAsk("Where is another river?").ChatID, "", nil).want(t, http.StatusNoContent)
	var list struct{ Chats []chatOf }
	if ann.get("/api/chats").want(t, http.StatusOK).into(t, &list); len(list.Chats) != 0 {
		t.Errorf("%+v", list)
	}
}
