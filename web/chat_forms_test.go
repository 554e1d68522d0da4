package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/holtdb/holt/llm/llmtest"
)

// TestChatForms goes the way of a browser without JavaScript.
func TestChatForms(t *testing.T) {
	gate := llmtest.NewGate()
	s, model := MustChatSite(t, llmtest.Script{Gate: gate, Reply: llmtest.Says(longAnswer)})
	ann, bob := s.user(t, "ann"), s.user(t, "bob")
	d := ann.MustAdd(file{"otters.txt", holtText})
	theirs := bob.MustAdd(file{"badgers.txt", "The badger sleeps in a sett."})
	page := ann.get("/chat?text="+url.QueryEscape(`"><script>x</script>`)+"&doc="+d.ID+"&tag=%22%3E").want(t, http.StatusOK)
	mustBeHarmless(t, "/chat", page)
	if !bytes.Contains(page.body, []byte(`value="`+d.ID+`" checked`)) {
		t.Error("the document of the link is not chosen")
	}
	for name, form := range map[string]url.Values{"empty": {"text": {" "}}, "too long": {"text": {strings.Repeat("owl ", 1500)}}} {
		if a := ann.post("/chat", form).want(t, http.StatusUnprocessableEntity); !bytes.Contains(a.body, []byte("field-problem")) ||
			!bytes.Contains(a.body, []byte(strings.TrimSpace(form.Get("text")))) {
			t.Errorf("%s: %s", name, a)
		}
	}
	ann.post("/chat", url.Values{"text": {holtAsked}, "doc": {theirs.ID}}).want(t, http.StatusNotFound)
	ann.post("/chat/"+never+"/ask", url.Values{"text": {holtAsked}}).want(t, http.StatusNotFound)
	ann.json("POST", "/chat", map[string]string{"text": holtAsked}).want(t, http.StatusBadRequest)

	place := ann.post("/chat", url.Values{"text": {holtAsked}, "doc": {d.ID}}).want(t, http.StatusSeeOther).header.Get("Location")
	if err := model.Await(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	refresh := []byte(`<noscript><meta http-equiv="refresh"`)
	running := ann.get(place).want(t, http.StatusOK)
	for _, want := range []string{string(refresh), holtAsked, `data-status="running"`, place + "/stop"} {
		if !bytes.Contains(running.body, []byte(want)) {
			t.Errorf("while it is answered, the page has no %s", want)
		}
	}
	gate.Open()
	id := strings.TrimPrefix(place, "/chat/")
	ann.MustStream(t.Context(), "GET", fmt.Sprintf("/api/chats/%s/events?answer=%d", id, ann.MustConverse(id)[1].ID), nil).rest()
	done := ann.get(place).want(t, http.StatusOK)
	mustBeHarmless(t, place, done)
	for _, want := range []string{"crayfish", `data-status="done"`, "/read/" + d.ID + "/1?", `value="` + d.ID + `" checked`} {
		if !bytes.Contains(done.body, []byte(want)) {
			t.Errorf("afterwards the page has no %s", want)
		}
	}
	if bytes.Contains(done.body, refresh) {
		t.Error("the page refreshes itself for ever")
	}
	// A further question without the document ends the limit.
	ann.post(place+"/ask", url.Values{"text": {"And what does it eat?"}}).leads(t, place)
	if m := ann.MustConverse(id); len(m) != 4 || m[2].Content != "And what does it eat?" {
		t.Errorf("%+v", m)
	}
	if page := ann.get(place); bytes.Contains(page.body, []byte(`value="`+d.ID+`" checked`)) {
		t.Error("the chat is limited still")
	}
}

// TestChatForms_OtherSites sends every form of chat and models as another site
// would have a browser send it.
func TestChatForms_OtherSites(t *testing.T) {
	s, model := MustChatSite(t, llmtest.Script{})
	ann := s.user(t, "ann")
	ann.MustAdd(file{"otters.txt", holtText})
	asked := ann.MustAsk(holtAsked)
	before := len(model.Requests())
	page, api := "/chat/"+asked.ChatID, "/api/chats/"+asked.ChatID
	for _, path := range []string{"/chat", page + "/ask", page + "/stop", page + "/retry", page + "/rename", page + "/delete",
		page + fmt.Sprintf("/answers/%d/feedback", asked.MessageID), "/account/models", "/account/models/test", "/admin/models",
		"/admin/models/test", "/api/chat", "/api/chat/feedback", api + "/retry", api + "/stop"} {
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			form := url.Values{"text": {"otter"}, "title": {"taken over"}, "rating": {"1"}, "purpose": {"chat"}, "use": {"server"}}
			req, err := http.NewRequestWithContext(t.Context(), "POST", s.url+path, strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Authorization", "Bearer "+ann.bearer)
			req.Header.Set(header, value)
			res, err := ann.client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != http.StatusForbidden {
				t.Errorf("%s with %s: status %d, want 403", path, header, res.StatusCode)
			}
		}
	}
	if got := ann.MustConverse(asked.ChatID); len(got) != 2 || got[1].Rating != 0 || len(model.Requests()) != before {
		t.Errorf("another site changed a chat: %+v", got)
	}
}

func TestChatForms_Feedback(t *testing.T) {
	s, _ := MustChatSite(t, llmtest.Script{})
	ann, root := s.user(t, "ann"), s.MustAdmin(t)
	ann.MustAdd(file{"otters.txt", holtText})
	asked := ann.MustAsk(holtAsked)
	rate := func(rating any, comment string) answer {
		return ann.json("POST", "/api/chat/feedback", map[string]any{
			"chat_id": asked.ChatID, "message_id": asked.MessageID, "rating": rating, "comment": comment})
	}
	form := fmt.Sprintf("/chat/%s/answers/%d/feedback", asked.ChatID, asked.MessageID)
	post := func(fields ...string) answer {
		values := url.Values{}
		for i := 0; i < len(fields); i += 2 {
			values.Set(fields[i], fields[i+1])
		}
		return ann.post(form, values)
	}
	check := func(a answer, status, rating int, wantUp, wantDown int64) {
		t.Helper()
		a.want(t, status)
		total, _, err := s.store.FeedbackCounts(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		m := ann.MustConverse(asked.ChatID)[1]
		if m.Rating != rating || total.Up != wantUp || total.Down != wantDown || len([]rune(m.Comment)) > 1000 {
			t.Errorf("after %s: rating %d of %d, counts %+v, want %d and %d", a, m.Rating, rating, total, wantUp, wantDown)
		}
	}
	check(rate(1, ""), 204, 1, 1, 0)
	check(rate(1, "commentSecret one"), 204, 1, 1, 0)
	check(rate(-1, "commentSecret two"), 204, -1, 0, 1)
	check(rate(2, ""), 400, -1, 0, 1)
	check(rate(-2, ""), 400, -1, 0, 1)
	check(rate("1", ""), 400, -1, 0, 1)
	check(rate(0, ""), 204, 0, 0, 0)
	check(rate(0, ""), 204, 0, 0, 0)
	check(post("rating", "1", "comment", "commentSecret <b>three</b>"), 303, 1, 1, 0)
	check(post("comment", "no rating"), 400, 1, 1, 0)
	check(post("rating", "9999999999999999999"), 400, 1, 1, 0)
	check(post("rating", "-1", "comment", strings.Repeat("é", 3000)), 303, -1, 0, 1)
	if page := ann.get("/chat/" + asked.ChatID); !bytes.Contains(page.body, []byte("ééé")) {
		t.Error("the person does not see their own comment")
	}
	question := ann.MustConverse(asked.ChatID)[0].ID
	for _, id := range []any{0, -1, question, asked.MessageID + 1000} {
		ann.json("POST", "/api/chat/feedback", map[string]any{"chat_id": asked.ChatID, "message_id": id, "rating": 1}).want(t, http.StatusNotFound)
	}
	for _, id := range []string{"0", "-1", "x", "1e3", "99999999999999999999", fmt.Sprint(question)} {
		ann.post("/chat/"+asked.ChatID+"/answers/"+id+"/feedback", url.Values{"rating": {"1"}}).want(t, http.StatusNotFound)
	}
	check(s.user(t, "bob").post(form, url.Values{"rating": {"1"}}), 404, -1, 0, 1)
	page := root.get("/admin/models").want(t, http.StatusOK)
	for _, secret := range []string{"commentSecret", "ééé", "otter", asked.ChatID} {
		if bytes.Contains(page.body, []byte(secret)) {
			t.Errorf("the administrator sees %q", secret)
		}
	}
	if !bytes.Contains(page.body, []byte("<dt>Bad answers</dt><dd>1</dd>")) {
		t.Error("the administrator does not see the counts")
	}
}
