package library_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/chat"
	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/llm/llmtest"
)

// MustAsk asks and returns what is being answered.
func MustAsk(tb testing.TB, l *library.Library, q library.Question) library.Asked {
	tb.Helper()
	asked, err := l.Ask(tb.Context(), q)
	if err != nil {
		tb.Fatalf("ask %q: %v", q.Text, err)
	}
	return asked
}

// MustFollow waits for the end of an answer and returns it with the text that
// came before.
func MustFollow(tb testing.TB, l *library.Library, asked library.Asked) (library.Message, string) {
	tb.Helper()
	var text strings.Builder
	for event, err := range l.Follow(tb.Context(), asked.Chat.ID, asked.Answer) {
		if err != nil {
			tb.Fatal(err)
		}
		text.WriteString(event.Text)
		if event.Final != nil {
			return *event.Final, text.String()
		}
	}
	tb.Fatal("the answer has no end")
	panic("unreachable")
}

func MustAnswer(tb testing.TB, l *library.Library, q library.Question) library.Message {
	tb.Helper()
	m, _ := MustFollow(tb, l, MustAsk(tb, l, q))
	return m
}

const (
	otters  = "Otters eat fish that they catch in the river at night. Their holt lies under the roots of an old tree."
	badgers = "Badgers dig setts in dry banks. They eat earthworms, and clean their bedding on sunny winter days."
)

// withChat serves a library with a chat model.
func withChat(tb testing.TB, script llmtest.Script) (*library.Library, *llmtest.Server, *offers, *server) {
	tb.Helper()
	fake := llmtest.Ollama(tb, script)
	o := newOffers()
	o.chat.Endpoint = fake.Endpoint("llama")
	s := MustServe(tb, settings{change: o.config()})
	return s.MustLibrary(tb, "ada"), fake, o, s
}

func TestLibrary_Ask(t *testing.T) {
	l, fake, _, _ := withChat(t, llmtest.Script{})
	doc := MustAdd(t, l, "otters.txt", []byte(otters))
	MustAdd(t, l, "badgers.txt", []byte(badgers))
	asked := MustAsk(t, l, library.Question{Text: "What do otters eat?"})
	m, streamed := MustFollow(t, l, asked)
	if m.Status != library.AnswerDone || m.Kind != library.KindAnswer || m.Model != "llama" || m.Mode != library.ModeWords {
		t.Fatalf("answer %+v", m)
	}
	if !strings.Contains(m.Text, "fish") || strings.TrimSpace(streamed) != strings.TrimSpace(m.Text) {
		t.Errorf("text %q, streamed %q", m.Text, streamed)
	}
	if len(m.Citations) == 0 || m.Citations[0].DocumentID != doc.ID || m.Citations[0].Page != 1 || m.Citations[0].Snippet == "" {
		t.Fatalf("citations %+v", m.Citations)
	}
	if id := m.CitationID(m.Citations[0].Number); !strings.Contains(m.HTML, `href="#`+id+`"`) || !strings.Contains(m.HTML, "verified") {
		t.Errorf("HTML %s", m.HTML)
	}
	if p := m.Citations[0]; otters[p.Start:p.End] != otters {
		t.Errorf("the passage is %q", otters[p.Start:p.End])
	}
	// A follow-up is made to stand alone before anything is looked for.
	fake.Change(func(s *llmtest.Script) {
		s.Reply = func(messages []llm.Message) string {
			if strings.Contains(messages[len(messages)-1].Content, "passage 1") {
				return llmtest.Cite(messages)
			}
			return "Where do otters sleep, in a holt?"
		}
	})
	next := MustAnswer(t, l, library.Question{Chat: asked.Chat.ID, Text: "And where do they sleep?"})
	if next.Query != "Where do otters sleep, in a holt?" || next.Status != library.AnswerDone {
		t.Errorf("follow-up %+v", next)
	}
	c, messages, _, err := l.Conversation(t.Context(), asked.Chat.ID, 0)
	if err != nil || len(messages) != 4 || c.Questions != 2 || c.Title != "What do otters eat?" {
		t.Errorf("conversation %+v, %d messages, %v", c, len(messages), err)
	}
	for format, want := range map[string]string{library.ExportMarkdown: "otters", library.ExportJSON: `"exchanges"`} {
		var b bytes.Buffer
		if err := l.ExportChat(t.Context(), c.ID, format, &b); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("export as %s: %q, %v", format, b.String(), err)
		}
		if format == library.ExportJSON && !json.Valid(b.Bytes()) {
			t.Errorf("export %s", b.String())
		}
	}
	if err := l.ExportChat(t.Context(), c.ID, "docx", &bytes.Buffer{}); !errors.Is(err, library.ErrInvalid) {
		t.Errorf("an unknown format: %v", err)
	}
	// What is deleted in the library is gone from the answer as well.
	if err := l.Delete(t.Context(), doc.ID); err != nil {
		t.Fatal(err)
	}
	m, err = l.Answer(t.Context(), c.ID, asked.Answer)
	if err != nil || len(m.Citations) == 0 || !m.Citations[0].Gone || m.Citations[0].Snippet != "" || strings.Contains(m.HTML, `verified">&#34;Otters`) {
		t.Errorf("after the deletion: %+v, %v", m, err)
	}
}

func TestLibrary_Ask_WithoutModel(t *testing.T) {
	l := MustOpen(t, settings{change: newOffers().config()})
	MustAdd(t, l, "otters.txt", []byte(otters))
	m := MustAnswer(t, l, library.Question{Text: "What do otters eat?"})
	if m.Kind != library.KindPassages || m.Status != library.AnswerDone || m.Model != "" || !strings.Contains(m.Text, "eat fish") {
		t.Errorf("answer %+v", m)
	}
	if len(m.Citations) != 1 {
		t.Errorf("citations %+v", m.Citations)
	}
}

func TestLibrary_Ask_Nothing(t *testing.T) {
	l, fake, _, _ := withChat(t, llmtest.Script{})
	MustAdd(t, l, "otters.txt", []byte(otters))
	for _, question := range []string{"How does photosynthesis store energy in leaves?", "Quanto custa a passagem?", "…?!"} {
		m := MustAnswer(t, l, library.Question{Text: question})
		if m.Kind != library.KindNothing || m.Text != chat.NothingFoundText || len(m.Citations) != 0 {
			t.Errorf("%s: %+v", question, m)
		}
	}
	if n := len(fake.Requests()); n != 0 {
		t.Errorf("the model was asked %d times", n)
	}
}

func TestLibrary_Ask_Limits(t *testing.T) {
	l, _, o, _ := withChat(t, llmtest.Script{})
	first := MustAdd(t, l, "otters.txt", []byte(otters))
	second := MustAdd(t, l, "more.txt", []byte("Otters also eat frogs, and crayfish where there are some."))
	m := MustAnswer(t, l, library.Question{Text: "What do otters eat?", Documents: []string{second.ID}})
	if len(m.Passages) != 1 || m.Passages[0].DocumentID != second.ID {
		t.Errorf("passages %+v", m.Passages)
	}
	if _, err := l.Change(t.Context(), first.ID, library.Changes{Tags: &[]string{"river"}}); err != nil {
		t.Fatal(err)
	}
	m = MustAnswer(t, l, library.Question{Text: "What do otters eat?", Tags: []string{"river"}})
	if len(m.Passages) != 1 || m.Passages[0].DocumentID != first.ID {
		t.Errorf("passages with a tag %+v", m.Passages)
	}
	for name, q := range map[string]library.Question{
		"empty":   {Text: " \n"},
		"long":    {Text: strings.Repeat("x", 5000)},
		"many":    {Text: "x", Passages: 1000},
		"history": {Text: "x", History: make([]library.Exchange, 1000)},
	} {
		if _, err := l.Ask(t.Context(), q); !errors.Is(err, library.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, q := range map[string]library.Question{
		"chat": {Text: "x", Chat: "nochat"}, "document": {Text: "x", Documents: []string{"nodocument"}},
	} {
		if _, err := l.Ask(t.Context(), q); !errors.Is(err, library.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	o.change(func() { o.chat.Allowed = false })
	if _, err := l.Ask(t.Context(), library.Question{Text: "What do otters eat?"}); !errors.Is(err, library.ErrChatExcluded) {
		t.Errorf("excluded: %v", err)
	}
}

func TestLibrary_Ask_Stopped(t *testing.T) {
	gate := llmtest.NewGate()
	l, fake, _, _ := withChat(t, llmtest.Script{Gate: gate, Reply: llmtest.Says("Otters eat fish [1] and much more than that.")})
	MustAdd(t, l, "otters.txt", []byte(otters))
	asked := MustAsk(t, l, library.Question{Text: "What do otters eat?"})
	for range 3 {
		if err := gate.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	stopped := false
	var final library.Message
	for event, err := range l.Follow(t.Context(), asked.Chat.ID, asked.Answer) {
		if err != nil {
			t.Fatal(err)
		}
		if event.Text != "" && !stopped {
			stopped = true
			if _, err := l.Ask(t.Context(), library.Question{Chat: asked.Chat.ID, Text: "And?"}); !errors.Is(err, library.ErrAnswering) {
				t.Errorf("a question meanwhile: %v", err)
			}
			if _, err := l.StopAnswers(t.Context(), asked.Chat.ID); err != nil {
				t.Fatal(err)
			}
		}
		if event.Final != nil {
			final = *event.Final
		}
	}
	if final.Status != library.AnswerStopped || !strings.HasPrefix(final.Text, "Otters") || strings.Contains(final.Text, "much more") {
		t.Errorf("stopped: %+v", final)
	}
	if err := fake.AwaitGone(t.Context(), 1); err != nil {
		t.Error("the model was not told", err)
	}
	gate.Open()
	asked, err := l.Retry(t.Context(), asked.Chat.ID)
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := MustFollow(t, l, asked); m.Status != library.AnswerDone || !strings.Contains(m.Text, "much more") {
		t.Errorf("retried: %+v", m)
	}
	if _, messages, _, err := l.Conversation(t.Context(), asked.Chat.ID, 0); err != nil || len(messages) != 2 {
		t.Errorf("%d messages, %v", len(messages), err)
	}
}

// Who follows an answer may go away: it is made nevertheless.
func TestLibrary_Ask_NobodyFollows(t *testing.T) {
	gate := llmtest.NewGate()
	l, _, _, s := withChat(t, llmtest.Script{Gate: gate, Reply: llmtest.Says("Fish [1].")})
	MustAdd(t, l, "otters.txt", []byte(otters))
	ctx, leave := context.WithCancel(t.Context())
	asked, err := l.Ask(ctx, library.Question{Text: "What do otters eat?"})
	if err != nil {
		t.Fatal(err)
	}
	leave()
	for _, err := range l.Follow(ctx, asked.Chat.ID, asked.Answer) {
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	// The visit ends; the answer itself keeps the library open.
	for _, h := range s.handles {
		h.Release()
	}
	s.handles = nil
	gate.Open()
	again := s.MustLibrary(t, "ada")
	if m, _ := MustFollow(t, again, asked); m.Status != library.AnswerDone || m.Text != "Fish [1]." {
		t.Errorf("answer %+v", m)
	}
}

func TestLibrary_Ask_Failures(t *testing.T) {
	l, fake, _, _ := withChat(t, llmtest.Script{})
	MustAdd(t, l, "otters.txt", []byte(otters))
	fake.Fail(llmtest.Fault{Status: 500, Message: "out of memory"})
	m := MustAnswer(t, l, library.Question{Text: "What do otters eat?"})
	if m.Status != library.AnswerFailed || m.Error == "" || len(m.Passages) == 0 {
		t.Errorf("before the first token: %+v", m)
	}
	fake.Fail(llmtest.Drop(3))
	m = MustAnswer(t, l, library.Question{Text: "What do otters eat?"})
	if m.Status != library.AnswerFailed || m.Error == "" || m.Text == "" {
		t.Errorf("after three tokens: %+v", m)
	}
}

// A server that stops leaves what came, and says why there is no more.
func TestLibrary_Ask_ServerStops(t *testing.T) {
	fake := llmtest.Ollama(t, llmtest.Script{Gate: llmtest.NewGate()})
	o := newOffers()
	o.chat.Endpoint = fake.Endpoint("llama")
	s := MustServe(t, settings{change: o.config()})
	l := s.MustLibrary(t, "ada")
	MustAdd(t, l, "otters.txt", []byte(otters))
	asked := MustAsk(t, l, library.Question{Text: "What do otters eat?"})
	if err := fake.Await(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	s.stop()
	again := MustServe(t, settings{dir: s.dir, notes: s.notes, change: o.config()}).MustLibrary(t, "ada")
	m, err := again.Answer(t.Context(), asked.Chat.ID, asked.Answer)
	if err != nil || m.Status != library.AnswerFailed || !strings.Contains(m.Error, "stopped") {
		t.Errorf("answer %+v, %v", m, err)
	}
}

func TestLibrary_Chats(t *testing.T) {
	l, _, _, _ := withChat(t, llmtest.Script{})
	MustAdd(t, l, "otters.txt", []byte(otters))
	ctx := t.Context()
	var ids []string
	for _, q := range []string{"What do otters eat?", "Where is the holt?", "When do they fish?"} {
		asked := MustAsk(t, l, library.Question{Text: q})
		MustFollow(t, l, asked)
		ids = append(ids, asked.Chat.ID)
	}
	var seen []string
	for after := ""; ; {
		list, err := l.Chats(ctx, library.ChatFilter{Limit: 2, After: after})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list.Chats {
			seen = append(seen, c.Title)
		}
		if after = list.Next; after == "" {
			break
		}
	}
	if len(seen) != 3 || seen[0] != "When do they fish?" {
		t.Errorf("list %q", seen)
	}
	for query, want := range map[string]int{"holt": 3, "otters eat": 3, "zebra": 0, `"where is`: 1, "'; DROP": 0} {
		list, err := l.Chats(ctx, library.ChatFilter{Text: query})
		if err != nil || query == "zebra" && len(list.Chats) != want {
			t.Errorf("%s: %d chats, %v", query, len(list.Chats), err)
		}
	}
	for _, bad := range []string{"!", "e30"} {
		if _, err := l.Chats(ctx, library.ChatFilter{After: bad}); !errors.Is(err, library.ErrInvalid) {
			t.Errorf("cursor %q: %v", bad, err)
		}
	}
	c, err := l.ChangeChat(ctx, ids[0], library.ChatChanges{Title: text("  Food \n of otters ")})
	if err != nil || c.Title != "Food of otters" {
		t.Errorf("rename: %+v, %v", c, err)
	}
	if _, err := l.ChangeChat(ctx, ids[0], library.ChatChanges{Title: text(" ")}); !errors.Is(err, library.ErrInvalid) {
		t.Errorf("no name: %v", err)
	}
	_, messages, _, err := l.Conversation(ctx, ids[0], 0)
	if err != nil {
		t.Fatal(err)
	}
	answer := messages[1].ID
	for _, step := range []struct{ rating, before int }{{1, 0}, {-1, 1}, {-1, -1}, {0, -1}, {1, 0}} {
		before, err := l.Rate(ctx, ids[0], answer, step.rating, "a word")
		if err != nil || before != step.before {
			t.Errorf("rate %d: before %d, %v", step.rating, before, err)
		}
	}
	if m, err := l.Answer(ctx, ids[0], answer); err != nil || m.Rating != 1 || m.Comment != "a word" {
		t.Errorf("rated: %+v, %v", m, err)
	}
	for name, bad := range map[string]struct {
		chat   string
		answer int64
	}{"another chat": {ids[1], answer}, "a question": {ids[0], messages[0].ID}, "nothing": {ids[0], 9999}} {
		if _, err := l.Rate(ctx, bad.chat, bad.answer, 1, ""); !errors.Is(err, library.ErrNotFound) {
			t.Errorf("rate %s: %v", name, err)
		}
	}
	if err := l.DeleteChat(ctx, ids[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Chat(ctx, ids[0]); !errors.Is(err, library.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	if err := l.CheckIndices(ctx); err != nil {
		t.Error(err)
	}
	for _, table := range []string{"chat_feedback"} {
		var n int
		if err := l.Reader().QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s has %d rows, %v", table, n, err)
		}
	}
}
