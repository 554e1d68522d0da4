package ui_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/web/ui"
)

// TestFragments holds what is sent without a frame against what pages promise.
func TestFragments(t *testing.T) {
	u := MustNew(t)
	bad := hostileChat().Messages[1]
	evil := readerPage()
	evil.Document.Title, evil.Document.ID, evil.Page.Label, evil.Layout.Words[0].Text = hostile, hostile, hostile, hostile
	for name, page := range map[string]ui.Page{
		"answer":            ui.ChatAnswer{Chat: "c1", Message: conversation()[1], Last: true},
		"answer on its way": ui.ChatAnswer{Chat: "c1", Message: running()[1]},
		"hostile answer":    ui.ChatAnswer{Chat: hostile, Message: bad, Last: true},
		"panel":             ui.ReaderPanel{ReaderPage: readerPage()},
		"panel of text":     ui.ReaderPanel{ReaderPage: textPage()},
		"hostile panel":     ui.ReaderPanel{ReaderPage: evil},
	} {
		t.Run(name, func(t *testing.T) {
			text := MustRender(t, u, page)
			if !escaped(text) || strings.Contains(text, "ZgotmplZ") || strings.Contains(text, "<no value>") || strings.Contains(text, "<html") {
				t.Errorf("the fragment is %.300s", text)
			}
			root, err := html.Parse(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			checkNothingInline(t, root)
			checkNames(t, root)
		})
	}
}

func TestTurns(t *testing.T) {
	page := chatPage(append(conversation(), question(9, "Alone?"))...)
	turns := page.Turns()
	if len(turns) != 3 || turns[0].Question.ID != 1 || turns[0].Answer.Message.ID != 2 || turns[2].Question.ID != 9 || turns[2].Answer != nil {
		t.Fatalf("turns %+v", turns)
	}
	if turns[1].Answer.Last {
		t.Error("an answer before a question can be made again")
	}
	if last := chatPage(conversation()...).Turns()[1].Answer; !last.Last {
		t.Error("the last answer cannot be made again")
	}
	orphan := chatPage(conversation()[1], conversation()[3]).Turns()
	if len(orphan) != 2 || orphan[0].Answer == nil || orphan[0].Question.ID != 0 {
		t.Errorf("answers without questions are %+v", orphan)
	}
	if page.Running() || !chatPage(running()...).Running() || newChatPage().Running() {
		t.Error("the wrong answers are on their way")
	}
}

func TestChatAddresses(t *testing.T) {
	page := chatPage(conversation()...)
	page.Chat.ID, page.Find, page.After, page.List.Next = "a/b", "eel & pike", "x", "y z"
	answer := ui.ChatAnswer{Chat: "a/b", Message: library.Message{ID: 7, Citations: []library.Citation{citation(1)}}}
	fresh := newChatPage()
	plain := ui.Source{Citation: library.Citation{DocumentID: "a?b", Page: 3}}
	for _, test := range []struct{ got, want string }{
		{fresh.AskURL(), "/chat"},
		{fresh.MoreURL(), "/chat?after=c3"},
		{page.AskURL(), "/chat/a%2Fb/ask"},
		{page.To("stop"), "/chat/a%2Fb/stop"},
		{page.URLOf(library.Chat{ID: "c 2"}), "/chat/c%202?after=x&q=eel+%26+pike"},
		{page.MoreURL(), "/chat/a%2Fb?after=y+z&q=eel+%26+pike"},
		{page.ListURL(), "/chat/a%2Fb"},
		{answer.FeedbackURL(), "/chat/a%2Fb/answers/7/feedback"},
		{answer.EventsURL(), "/api/chats/a%2Fb/events?answer=7"},
		{answer.Sources()[0].ID, "cite-7-1"},
		{answer.Sources()[0].URL(), "/read/otter/7?end=340&start=120"},
		{answer.Sources()[0].PageLabel(), "p.\u00a03"},
		{plain.URL(), "/read/a%3Fb/3"},
		{plain.PageLabel(), "p.\u00a03"},
		{ui.Source{Citation: citation(2)}.PageLabel(), "The third winter"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
	page.List.Next = ""
	if got := page.MoreURL(); got != "" {
		t.Errorf("after the last chats: %q", got)
	}
}

func TestChatChoices(t *testing.T) {
	page := newChatPage()
	if page.Limited() {
		t.Error("a new chat is limited")
	}
	page.Chat.Documents, page.Chat.Tags = []string{"bread", "gone"}, []string{"rivers", "lost"}
	documents := page.DocumentChoices()
	if want := []ui.ChoiceOf{{"bread", "Bread, Slowly", true}, {"gone", "a deleted document", true}, {"otter", "A Field Guide to the River Otter", false}}; len(documents) != 5 || !slices.Equal(documents[:3], want) {
		t.Errorf("documents %+v", documents)
	}
	tags := page.TagChoices()
	if want := (ui.ChoiceOf{Value: "lost", Label: "lost", Chosen: true}); len(tags) != 5 || tags[4] != want || !tags[2].Chosen || tags[0].Chosen {
		t.Errorf("tags %+v", tags)
	}
	if !page.Limited() {
		t.Error("a limited chat is not")
	}
}

func TestChatExamples(t *testing.T) {
	page := newChatPage()
	page.Documents = page.Documents[:1]
	examples := page.Examples()
	if len(examples) != 3 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, e := range examples {
		if !strings.Contains(e.Text, "A Field Guide to the River Otter") || !strings.HasPrefix(e.URL, "/chat?doc=otter&text=") {
			t.Errorf("example %+v", e)
		}
	}
	page.Documents = nil
	if page.Examples() != nil || !page.Empty() {
		t.Error("there are questions about no documents")
	}
	page.Others = true
	if page.Empty() {
		t.Error("a library of which no document is offered is empty")
	}
}

// TestChatSays looks for the words that each state of a chat needs.
func TestChatSays(t *testing.T) {
	u := MustNew(t)
	excluded, empty, modelless := newChatPage(), newChatPage(), newChatPage()
	excluded.Excluded, modelless.Model = true, library.ModelSetting{}
	empty.Documents = nil
	const refresh = `<noscript><meta http-equiv="refresh" content="2"></noscript>`
	for _, test := range []struct {
		name        string
		page        ui.Page
		says, never []string
	}{
		{"new", newChatPage(), []string{"Ask your documents", "Answers by llama3.2."}, []string{refresh, "Connect one"}},
		{"without documents", empty, []string{"There is nothing to ask about yet", `href="/"`}, []string{"<textarea"}},
		{"without a model", modelless, []string{"No language model is connected", `href="/account/models">Connect one`}, nil},
		{"excluded", excluded, []string{"Chat is not part of your plan", "Connect a model of my own"}, []string{"<textarea"}},
		{"on its way", chatPage(running()...), []string{refresh, `data-events="/api/chats/c1/events?answer=6"`, `formaction="/chat/c1/stop"`}, nil},
		{"kinds", chatPage(kinds()...), []string{
			"The best passages", "No language model is set up.", "deleted since", "You stopped this answer.", "ollama pull llama3.2", "Try again",
		}, []string{refresh, `href="/read/otter/7`}},
		{"passages read", chatPage(conversation()...), []string{"All 4 passages that were read", "The one passage that was read", "found by words and meaning", "Looked for “What does an otter need when"}, nil},
	} {
		text := MustRender(t, u, test.page)
		for _, words := range test.says {
			if !strings.Contains(text, words) {
				t.Errorf("%s: the page does not say %q", test.name, words)
			}
		}
		for _, words := range test.never {
			if strings.Contains(text, words) {
				t.Errorf("%s: the page says %q", test.name, words)
			}
		}
	}
}

// TestPassageMarks looks for the rectangles of a passage of three lines.
func TestPassageMarks(t *testing.T) {
	page := readerPage()
	if page.Passage() != nil || (ui.ReaderPage{}).Passage() != nil {
		t.Error("a page without a passage has one")
	}
	page.Layout = markedLayout()
	mark := page.Passage()
	if mark == nil || len(mark.Lines) != 3 {
		t.Fatalf("the passage is %+v", mark)
	}
	if want := (ui.Mark{X: "184.8", Y: "80", W: "164.4", H: "11"}); mark.Lines[0] != want {
		t.Errorf("first line %+v, want %+v", mark.Lines[0], want)
	}
	if want := (ui.Mark{X: "53", Y: "80", W: "2", H: "41"}); mark.Bar != want {
		t.Errorf("bar %+v, want %+v", mark.Bar, want)
	}
	if len(page.Marks()) != 1 {
		t.Error("the hit in the passage is not marked")
	}
}

func TestPageLabels(t *testing.T) {
	for label, want := range map[string]string{
		"": "p.\u00a07", "3": "p.\u00a03", "xiv": "p.\u00a0xiv", "IV": "p.\u00a0IV", "A-3": "p.\u00a0A-3", "Winter": "Winter", "The third winter": "The third winter", "Chapter 12 begins": "Chapter 12 begins",
	} {
		source := ui.Source{Citation: library.Citation{Label: label, Page: 7}}
		if got := source.PageLabel(); got != want {
			t.Errorf("%q: %q, want %q", label, got, want)
		}
	}
}
