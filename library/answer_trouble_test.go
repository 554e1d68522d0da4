package library_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/llm/llmtest"
	"github.com/holtdb/holt/tenant"
)

// A question is no query: its signs exclude and quote nothing.
func TestLibrary_Ask_Signs(t *testing.T) {
	l := MustOpen(t, settings{change: newOffers().config()})
	MustAdd(t, l, "tar.txt", []byte("The option -x of tar extracts all files from an archive. The option -c of tar creates a new one."))
	for _, q := range []string{
		"What does the option -x of tar do?", `What does "the option x" of tar do?`, "title: what does tar extract*?",
	} {
		if m := MustAnswer(t, l, library.Question{Text: q}); m.Kind != library.KindPassages {
			t.Errorf("%q: %s", q, m.Text)
		}
	}
}

// A list of prices answers who asks for a price, though it looks like an index.
func TestLibrary_Ask_AList(t *testing.T) {
	l := MustOpen(t, settings{change: newOffers().config()})
	var b strings.Builder
	b.WriteString("Prices of our bakery\n")
	for _, p := range []string{"Apple pie", "Cherry pie", "Plum tart", "Rye bread", "Wheat bread", "Butter roll", "Salt roll", "Honey cake"} {
		fmt.Fprintf(&b, "%s %d\n", p, 23-len(p))
	}
	doc := MustAdd(t, l, "prices.txt", []byte(b.String()))
	for i := range 12 {
		MustAdd(t, l, fmt.Sprintf("note%d.txt", i),
			[]byte(fmt.Sprintf("Note %d. The apple pie of our bakery was praised by guest number %d, who came again.", i, i*7)))
	}
	m := MustAnswer(t, l, library.Question{Text: "How much does a cherry pie cost?"})
	if len(m.Passages) == 0 || m.Passages[0].DocumentID != doc.ID {
		t.Errorf("the list is not the first of %d passages", len(m.Passages))
	}
}

func TestLibrary_Ask_EmptyAnswer(t *testing.T) {
	for name, script := range map[string]llmtest.Script{
		"nothing":        {Reply: llmtest.Says(""), Thinking: "hm hm"},
		"only reasoning": {Reply: llmtest.Says("<think>never ends, otters")},
	} {
		l, _, _, _ := withChat(t, script)
		MustAdd(t, l, "otters.txt", []byte(otters))
		if m := MustAnswer(t, l, library.Question{Text: "What do otters eat?"}); m.Status != library.AnswerFailed || m.Error == "" {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

// A model that takes little text gets the best of it, and one that has no room
// for any is not asked: it would answer from memory.
func TestLibrary_Ask_SmallContext(t *testing.T) {
	l, fake, o, _ := withChat(t, llmtest.Script{})
	for i := range 3 {
		var b strings.Builder
		for j := range 60 {
			fmt.Fprintf(&b, "Otters eat fish number %d in the river %d. ", j, i)
		}
		MustAdd(t, l, fmt.Sprint("otters", i, ".txt"), []byte(b.String()))
	}
	o.change(func() { o.chat.Context = 2048 })
	if m := MustAnswer(t, l, library.Question{Text: "What do otters eat?"}); m.Status != library.AnswerDone || len(m.Citations) == 0 {
		t.Errorf("2048 tokens: %+v", m)
	}
	asked := len(fake.Requests())
	o.change(func() { o.chat.Context = 300 })
	m := MustAnswer(t, l, library.Question{Text: "What do otters eat?"})
	if m.Status != library.AnswerFailed || !strings.Contains(m.Error, "context") || len(fake.Requests()) != asked {
		t.Errorf("300 tokens: %+v, %d requests", m, len(fake.Requests())-asked)
	}
}

// A retry that fails leaves the answer that was there, one that succeeds takes
// its place.
func TestLibrary_Retry(t *testing.T) {
	l, fake, _, _ := withChat(t, llmtest.Script{})
	MustAdd(t, l, "otters.txt", []byte(otters))
	first := MustAsk(t, l, library.Question{Text: "What do otters eat?"})
	MustFollow(t, l, first)
	fake.Fail(llmtest.Fault{Status: 401, Message: "no"})
	second, err := l.Retry(t.Context(), first.Chat.ID)
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := MustFollow(t, l, second); m.Status != library.AnswerFailed {
		t.Errorf("%+v", m)
	}
	if _, err := l.Answer(t.Context(), first.Chat.ID, first.Answer); err != nil {
		t.Errorf("the good answer: %v", err)
	}
	third, err := l.Retry(t.Context(), first.Chat.ID)
	if err != nil {
		t.Fatal(err)
	}
	MustFollow(t, l, third)
	_, messages, _, err := l.Conversation(t.Context(), first.Chat.ID, 0)
	if err != nil || len(messages) != 2 || messages[1].ID != third.Answer {
		t.Errorf("%d messages, %v", len(messages), err)
	}
}

// A long chat is shown in parts.
func TestLibrary_Conversation_Parts(t *testing.T) {
	l := MustOpen(t, settings{change: newOffers().config()})
	MustAdd(t, l, "otters.txt", []byte(otters))
	asked := MustAsk(t, l, library.Question{Text: "What do otters eat?"})
	MustFollow(t, l, asked)
	if err := l.GrowChat(t.Context(), asked.Chat.ID, library.MostMessages); err != nil {
		t.Fatal(err)
	}
	seen, before := map[int64]bool{}, int64(0)
	for {
		_, messages, earlier, err := l.Conversation(t.Context(), asked.Chat.ID, before)
		if err != nil || len(messages) > library.MostMessages {
			t.Fatalf("%d messages, %v", len(messages), err)
		}
		for _, m := range messages {
			if seen[m.ID] {
				t.Errorf("message %d comes twice", m.ID)
			}
			seen[m.ID] = true
		}
		if before = earlier; before == 0 {
			break
		}
	}
	if len(seen) != 2*library.MostMessages+2 {
		t.Errorf("%d messages", len(seen))
	}
}

// An answer that finds no room ends, and the library opens again and can be
// emptied.
func TestLibrary_Ask_Full(t *testing.T) {
	fake := llmtest.Ollama(t, llmtest.Script{Reply: llmtest.Says("Otters eat fish [1]. " + strings.Repeat("They swim and dive daily. ", 100))})
	o := newOffers()
	o.chat.Endpoint = fake.Endpoint("llama")
	cfg := settings{change: o.config(), limits: tenant.Limits{DatabaseBytes: 450 << 10}}
	s := MustServe(t, cfg)
	l := s.MustLibrary(t, "ada")
	MustAdd(t, l, "otters.txt", []byte(otters))
	full := false
	var last library.Asked
	for range 500 {
		asked, err := l.Ask(t.Context(), library.Question{Text: "What do otters eat?"})
		if errors.Is(err, tenant.ErrOverQuota) {
			full = true
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		last = asked
		if m, _ := MustFollow(t, l, asked); m.Status == library.AnswerRunning {
			t.Fatalf("an answer has ended as %q", m.Status)
		}
	}
	if !full {
		t.Fatal("the library did not fill up")
	}
	if _, err := l.Retry(t.Context(), last.Chat.ID); errors.Is(err, library.ErrAnswering) {
		t.Error(err)
	}
	s.stop()
	l = MustServe(t, settings{dir: s.dir, notes: s.notes, change: cfg.change, limits: cfg.limits}).MustLibrary(t, "ada")
	if err := l.DeleteChat(t.Context(), last.Chat.ID); err != nil {
		t.Errorf("delete: %v", err)
	}
}

// lostKeys has lost the key that others are sealed with.
type lostKeys struct{ *offers }

func (lostKeys) Unseal(tenant.ID, library.Purpose, string, []byte) (string, error) {
	return "", errors.New("sealed for something else")
}

// Without the server's key search goes on, and the key can be entered again.
func TestLibrary_LostKey(t *testing.T) {
	fake := llmtest.OpenAI(t, llmtest.Script{Key: "sk-secret"})
	o := newOffers()
	s := MustServe(t, settings{change: o.config()})
	l := s.MustLibrary(t, "ada")
	MustAdd(t, l, "otters.txt", []byte(otters))
	change := library.ModelChange{Protocol: "openai", URL: fake.URL(), Model: "m", Key: text("sk-secret")}
	for _, p := range []library.Purpose{library.ForEmbed, library.ForChat} {
		if err := l.SetModel(t.Context(), p, change); err != nil {
			t.Fatal(err)
		}
	}
	s.stop()
	s = MustServe(t, settings{dir: s.dir, notes: s.notes, change: func(c *library.Config) { c.Models = lostKeys{o} }})
	l = s.MustLibrary(t, "ada")
	if r := MustSearch(t, l, library.Query{Text: "otters"}); len(r.Hits) != 1 || !strings.Contains(r.Notice, "key") {
		t.Errorf("search: %+v", r)
	}
	if m, err := l.Model(t.Context(), library.ForEmbed); err != nil || m.Problem == "" || !m.Own {
		t.Errorf("model: %+v, %v", m, err)
	}
	if _, err := l.Ask(t.Context(), library.Question{Text: "What do otters eat?"}); !errors.Is(err, library.ErrModelUnusable) {
		t.Errorf("ask: %v", err)
	}
	if err := l.SetModel(t.Context(), library.ForChat, change); err != nil {
		t.Errorf("enter again: %v", err)
	}
}

// When the model goes away, the further parts of an answer end instead of failing.
func TestLibrary_Search_ModelGoesAway(t *testing.T) {
	l, o, _, _ := withEmbedder(t)
	texts := make([]string, 30)
	for i := range texts {
		texts[i] = fmt.Sprintf("Page %d tells of an otter.", i)
	}
	if err := l.AddPages(t.Context(), "Long", texts); err != nil {
		t.Fatal(err)
	}
	MustWork(t, l)
	r := MustSearch(t, l, library.Query{Text: "otter", Mode: library.ModeHybrid})
	o.change(func() { o.embed.Local = nil })
	r = MustSearch(t, l, library.Query{Text: "otter", Mode: library.ModeHybrid, After: r.Next})
	if len(r.Hits) != 0 || r.Notice == "" {
		t.Errorf("%+v", r)
	}
}
