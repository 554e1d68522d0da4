package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/holtdb/holt/llm/llmtest"
	"github.com/holtdb/holt/platform"
)

// longAnswer has enough tokens to be stopped or left in the middle.
const longAnswer = "The otter sleeps in a holt [1]. It eats fish and crayfish [1], and that is all that the page says of it."

func TestChatStream(t *testing.T) {
	s, model := MustChatSite(t, llmtest.Script{Reply: llmtest.Says(longAnswer)})
	ann := s.user(t, "ann")
	d := ann.MustAdd(file{"otters.txt", holtText})
	question := map[string]any{"message": holtAsked}
	stream := ann.MustStream(t.Context(), "POST", "/api/chat", question)
	if stream.head.Get("X-Accel-Buffering") != "no" || !strings.Contains(stream.head.Get("Cache-Control"), "no-store") {
		t.Errorf("headers %v", stream.head)
	}
	all := stream.rest()
	// Stages that pass quickly may be left out.
	names := strings.NewReplacer("searching ", "", "reading ", "", "writing ", "").Replace(order(all))
	if names != "chat token citations end" {
		t.Errorf("events %s", order(all))
	}
	end := MustEnd(t, all)
	if textOf(all) != longAnswer || end.Answer != longAnswer || end.Status != "done" || len(end.Citations) != 1 || end.Citations[0].DocID != d.ID {
		t.Errorf("streamed %q, end %+v", textOf(all), end)
	}
	var first struct {
		ChatID    string `json:"chat_id"`
		Title     string
		MessageID int64 `json:"message_id"`
	}
	if err := json.Unmarshal(all[0].data, &first); err != nil || first.ChatID != end.ChatID || first.MessageID != end.MessageID || first.Title == "" {
		t.Errorf("first event %s, %v", all[0].data, err)
	}
	if !strings.Contains(end.HTML, `class="cite"`) || !strings.Contains(end.HTML, fmt.Sprintf(`id="answer-%d"`, end.MessageID)) {
		t.Errorf("HTML %s", end.HTML)
	}
	t.Run("Accept", func(t *testing.T) {
		for accept, want := range map[string]string{
			"": "application/json", "*/*": "application/json", "application/json": "application/json", ";;;,": "application/json", "text/*": "application/json",
			"text/event-stream": "text/event-stream", "TEXT/Event-Stream": "text/event-stream", "application/json;q=0.5, text/event-stream;q=0.9": "text/event-stream",
		} {
			res := ann.MustAccept(t.Context(), accept, "POST", "/api/chat", question)
			_, err := io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if kind := res.Header.Get("Content-Type"); kind != want || err != nil {
				t.Errorf("%q: %s, %v", accept, kind, err)
			}
		}
	})
	t.Run("refused before it begins", func(t *testing.T) {
		for _, c := range []struct {
			path   string
			body   any
			status int
		}{
			{"/api/chat", map[string]any{"message": ""}, 400}, {"/api/chat", map[string]any{"message": "x", "chat_id": never}, 404},
			{"/api/chats/" + never + "/retry", nil, 404},
		} {
			res := ann.MustAccept(t.Context(), "text/event-stream", "POST", c.path, c.body)
			text, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if res.StatusCode != c.status || !json.Valid(text) {
				t.Errorf("%s: %d %s", c.path, res.StatusCode, text)
			}
		}
		for _, query := range []string{"", "?answer=", "?answer=x", "?answer=-1", "?answer=0", "?answer=99999999999999999999", fmt.Sprintf("?answer=%d", end.MessageID-1)} {
			ann.get("/api/chats/"+end.ChatID+"/events"+query).want(t, http.StatusNotFound)
		}
	})
	t.Run("nothing found", func(t *testing.T) {
		all := ann.MustStream(t.Context(), "POST", "/api/chat", map[string]any{"message": "photosynthesis chloroplast"}).rest()
		if end := MustEnd(t, all); end.Kind != "nothing" || end.Answer == "" || !strings.HasSuffix(order(all), "citations end") {
			t.Errorf("%s: %+v", order(all), end)
		}
	})
	t.Run("the model fails", func(t *testing.T) {
		model.Fail(llmtest.Drop(5))
		all := ann.MustStream(t.Context(), "POST", "/api/chat", question).rest()
		end := MustEnd(t, all)
		if !strings.HasSuffix(order(all), "token citations error end") || end.Status != "failed" || end.Error == "" ||
			end.Answer == "" || !strings.HasPrefix(longAnswer, end.Answer) {
			t.Errorf("%s: %+v", order(all), end)
		}
		all = ann.MustStream(t.Context(), "POST", "/api/chats/"+end.ChatID+"/retry", nil).rest()
		if again := MustEnd(t, all); again.Status != "done" || again.Answer != longAnswer || again.ChatID != end.ChatID {
			t.Errorf("%+v", again)
		}
		if got := ann.MustConverse(end.ChatID); len(got) != 2 {
			t.Errorf("%d messages after a retry", len(got))
		}
	})
}

// TestChatStream_Disconnect leaves in the middle of an answer and comes back.
func TestChatStream_Disconnect(t *testing.T) {
	gate := llmtest.NewGate()
	s, _ := MustChatSite(t, llmtest.Script{Gate: gate, Reply: llmtest.Says(longAnswer)})
	ann := s.user(t, "ann")
	ann.MustAdd(file{"otters.txt", holtText})
	ctx, leave := context.WithCancel(t.Context())
	stream := ann.MustStream(ctx, "POST", "/api/chat", map[string]any{"message": holtAsked})
	first, _ := stream.next()
	var begun answered
	if err := json.Unmarshal(first.data, &begun); err != nil || first.name != "chat" {
		t.Fatalf("%s %s, %v", first.name, first.data, err)
	}
	MustStep(t, gate, 4)
	before := stream.tokens(len("The otter"))
	leave()

	path := fmt.Sprintf("/api/chats/%s/events?answer=%d", begun.ChatID, begun.MessageID)
	again := ann.MustStream(t.Context(), "GET", path, nil)
	also := ann.MustStream(t.Context(), "GET", path, nil)
	if first, _ := again.next(); first.name != "chat" {
		t.Errorf("begins with %s", first.name)
	}
	text := again.tokens(len(before))
	if !strings.HasPrefix(text, before) {
		t.Errorf("the events begin with %q, not %q", text, before)
	}
	m := ann.MustConverse(begun.ChatID)
	if len(m) != 2 || m[1].Status != "running" {
		t.Errorf("while it is made: %+v", m)
	}
	page := ann.get("/chat/"+begun.ChatID).want(t, http.StatusOK)
	if !bytes.Contains(page.body, []byte(`data-events="`+path)) {
		t.Error("the page does not say where the answer is told")
	}
	gate.Open()
	rest := again.rest()
	if end := MustEnd(t, rest); text+textOf(rest) != longAnswer || end.Answer != longAnswer || end.Status != "done" {
		t.Errorf("%q, then %q: %+v", text, textOf(rest), end)
	}
	if rest := also.rest(); textOf(rest) != longAnswer || MustEnd(t, rest).Status != "done" {
		t.Errorf("another window gets %q", textOf(rest))
	}
	late := ann.MustStream(t.Context(), "GET", path, nil).rest()
	if order(late) != "chat citations end" || MustEnd(t, late).Answer != longAnswer {
		t.Errorf("afterwards %s", order(late))
	}
	if got := ann.MustConverse(begun.ChatID); got[1].Content != longAnswer || got[1].Status != "done" {
		t.Errorf("%+v", got[1])
	}
}

func TestChatStream_Stop(t *testing.T) {
	gate := llmtest.NewGate()
	s, model := MustChatSite(t, llmtest.Script{Gate: gate, Reply: llmtest.Says(longAnswer)})
	ann := s.user(t, "ann")
	ann.MustAdd(file{"otters.txt", holtText})
	begin := func() (*events, string) {
		t.Helper()
		stream := ann.MustStream(t.Context(), "POST", "/api/chat", map[string]any{"message": holtAsked})
		first, _ := stream.next()
		var begun answered
		if err := json.Unmarshal(first.data, &begun); err != nil {
			t.Fatal(err)
		}
		MustStep(t, gate, 4)
		stream.tokens(len("The otter"))
		return stream, begun.ChatID
	}
	for i, stop := range []func(id string) answer{
		func(id string) answer {
			return ann.do("POST", "/api/chats/"+id+"/stop", "", nil).want(t, http.StatusNoContent)
		},
		func(id string) answer { return ann.post("/chat/"+id+"/stop", nil).leads(t, "/chat/"+id) },
	} {
		stream, id := begin()
		if a := ann.do("POST", "/api/chats/"+id+"/retry", "", nil).want(t, http.StatusConflict); a.code(t) != "answering" {
			t.Errorf("a retry meanwhile: %s", a)
		}
		stop(id)
		// What was stopped is written down when the call returns.
		m := ann.MustConverse(id)[1]
		if m.Status != "stopped" || !strings.HasPrefix(m.Content, "The otter") || strings.Contains(m.Content, "all that") || m.Error != "" {
			t.Errorf("stopped: %+v", m)
		}
		rest := stream.rest()
		if end := MustEnd(t, rest); end.Status != "stopped" || end.Answer != m.Content || strings.Contains(order(rest), "error") {
			t.Errorf("%s: %+v", order(rest), end)
		}
		if page := ann.get("/chat/"+id).want(t, http.StatusOK); !bytes.Contains(page.body, []byte("You stopped this answer")) {
			t.Error("the page does not say that it was stopped")
		}
		if err := model.AwaitGone(t.Context(), i+1); err != nil {
			t.Error("the model goes on:", err)
		}
		ann.do("POST", "/api/chats/"+id+"/stop", "", nil).want(t, http.StatusNoContent) // there is nothing to stop any more
	}
	t.Run("deleted", func(t *testing.T) {
		stream, id := begin()
		ann.do("DELETE", "/api/chats/"+id, "", nil).want(t, http.StatusNoContent)
		rest := stream.rest()
		if last := rest[len(rest)-1]; last.name != "error" || !bytes.Contains(last.data, []byte("deleted")) {
			t.Errorf("%s %s", last.name, last.data)
		}
		if err := model.AwaitGone(t.Context(), 3); err != nil {
			t.Error("the model goes on:", err)
		}
	})
	t.Run("retry by the form", func(t *testing.T) {
		var list struct{ Chats []struct{ ID string } }
		ann.get("/api/chats").want(t, http.StatusOK).into(t, &list)
		id := list.Chats[0].ID
		gate.Open()
		ann.post("/chat/"+id+"/retry", nil).leads(t, "/chat/"+id)
		m := ann.MustConverse(id)
		ann.MustStream(t.Context(), "GET", fmt.Sprintf("/api/chats/%s/events?answer=%d", id, m[1].ID), nil).rest()
		if m = ann.MustConverse(id); len(m) != 2 || m[1].Status != "done" || m[1].Content != longAnswer {
			t.Errorf("%+v", m)
		}
	})
}

// TestChatStream_AtOnce asks much at the same time.
func TestChatStream_AtOnce(t *testing.T) {
	gate := llmtest.NewGate()
	s, model := MustChatSite(t, llmtest.Script{Gate: gate, Reply: llmtest.Says(longAnswer)})
	ann := s.user(t, "ann")
	ann.MustAdd(file{"otters.txt", holtText})
	id := strings.TrimPrefix(ann.post("/chat", url.Values{"text": {holtAsked}}).want(t, http.StatusSeeOther).header.Get("Location"), "/chat/")
	if a := ann.json("POST", "/api/chat", map[string]any{"message": "And?", "chat_id": id}).want(t, http.StatusConflict); a.code(t) != "answering" {
		t.Errorf("%s", a)
	}
	ann.post("/chat/"+id+"/ask", url.Values{"text": {"And?"}}).want(t, http.StatusConflict)
	if got := ann.MustConverse(id); len(got) != 2 {
		t.Errorf("a question that was refused left %d messages", len(got))
	}
	ann.do("POST", "/api/chats/"+id+"/stop", "", nil).want(t, http.StatusNoContent)

	statuses := make([]int, 8)
	var wg sync.WaitGroup
	for i := range statuses {
		wg.Go(func() { statuses[i] = ann.post("/chat/"+id+"/ask", url.Values{"text": {holtAsked}}).status })
	}
	wg.Wait()
	taken := 0
	for _, status := range statuses {
		switch status {
		case http.StatusSeeOther:
			taken++
		case http.StatusConflict, http.StatusServiceUnavailable: // the second while too many are looked at
		default:
			t.Errorf("status %d", status)
		}
	}
	if got := ann.MustConverse(id); taken != 1 || len(got) != 4 {
		t.Errorf("%d of 8 questions at once were taken: %v, %d messages", taken, statuses, len(got))
	}
	for range 2 {
		ann.post("/chat", url.Values{"text": {holtAsked}}).want(t, http.StatusSeeOther)
	}
	a := ann.json("POST", "/api/chat", map[string]any{"message": holtAsked}).want(t, http.StatusServiceUnavailable)
	if a.code(t) != "busy" || a.header.Get("Retry-After") == "" {
		t.Errorf("a fourth answer at once: %s", a)
	}
	// Somebody else is not held up by that.
	bob := s.user(t, "bob")
	bob.MustAdd(file{"otters.txt", holtText})
	bob.post("/chat", url.Values{"text": {holtAsked}}).want(t, http.StatusSeeOther)
	gate.Open()
	if err := model.Await(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
}

// TestChatStream_Stalled stops answers that say nothing yet.
func TestChatStream_Stalled(t *testing.T) {
	s, model := MustChatSite(t, llmtest.Script{Reply: llmtest.Says(longAnswer)})
	ann := s.user(t, "ann")
	ann.MustAdd(file{"otters.txt", holtText})
	embedder := llmtest.Ollama(t, llmtest.Script{})
	s.MustOffer(t, platform.PurposeEmbed, embedder)
	ann.MustAdd(file{"badgers.txt", "The badger digs its sett under an old oak."})
	ann.MustEmbed()
	for name, server := range map[string]*llmtest.Server{"looking for passages": embedder, "reading them": model} {
		t.Run(name, func(t *testing.T) {
			server.Fail(llmtest.Stall(0))
			before := len(server.Requests())
			place := ann.post("/chat", url.Values{"text": {holtAsked}}).want(t, http.StatusSeeOther).header.Get("Location")
			if err := server.Await(t.Context(), before+1); err != nil {
				t.Fatal(err)
			}
			ann.post(place+"/stop", nil).leads(t, place)
			if m := ann.MustConverse(strings.TrimPrefix(place, "/chat/")); len(m) != 2 || m[1].Status != "stopped" || m[1].Content != "" {
				t.Errorf("%+v", m)
			}
			if page := ann.get(place).want(t, http.StatusOK); !bytes.Contains(page.body, []byte("You stopped this answer")) {
				t.Error("the page does not say that it was stopped")
			}
			if err := server.AwaitGone(t.Context(), 1); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestChatStream_Left leaves before an answer in JSON has come.
func TestChatStream_Left(t *testing.T) {
	gate := llmtest.NewGate()
	s, model := MustChatSite(t, llmtest.Script{Gate: gate, Reply: llmtest.Says(longAnswer)})
	ann := s.user(t, "ann")
	ann.MustAdd(file{"otters.txt", holtText})
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() {
		req, err := http.NewRequestWithContext(ctx, "POST", s.url+"/api/chat", strings.NewReader(`{"message":"`+holtAsked+`"}`))
		if err == nil {
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Authorization", "Bearer "+ann.bearer)
			_, err = http.DefaultClient.Do(req)
		}
		gone <- err
	}()
	if err := model.Await(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	leave()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	gate.Open()
	var list struct{ Chats []struct{ ID string } }
	if ann.get("/api/chats").want(t, http.StatusOK).into(t, &list); len(list.Chats) != 1 {
		t.Fatalf("%+v", list)
	}
	id := list.Chats[0].ID
	all := ann.MustStream(t.Context(), "GET", fmt.Sprintf("/api/chats/%s/events?answer=%d", id, ann.MustConverse(id)[1].ID), nil).rest()
	if end := MustEnd(t, all); end.Status != "done" || end.Answer != longAnswer {
		t.Errorf("%+v", end)
	}
}

// TestChatStream_Shutdown ends the server in the middle of an answer.
func TestChatStream_Shutdown(t *testing.T) {
	gate := llmtest.NewGate()
	model := llmtest.Ollama(t, llmtest.Script{Gate: gate, Reply: llmtest.Says(longAnswer)})
	var stream *events
	t.Run("server", func(inner *testing.T) {
		s := MustSite(inner)
		s.MustOffer(inner, platform.PurposeChat, model)
		s.user(inner, "ann").MustAdd(file{"otters.txt", holtText})
		stream = s.user(t, "ann").MustStream(t.Context(), "POST", "/api/chat", map[string]any{"message": holtAsked})
		MustStep(inner, gate, 4)
		stream.tokens(len("The otter"))
	})
	all := stream.rest()
	last := all[len(all)-1]
	if !strings.Contains(order(all), "error") || last.name == "end" && !bytes.Contains(last.data, []byte("Try again")) {
		t.Errorf("%s: %s", order(all), last.data)
	}
	if err := model.AwaitGone(t.Context(), 1); err != nil {
		t.Error(err)
	}
}
