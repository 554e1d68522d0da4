package ui_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/web/ui"
)

// chatExamples are the pages of chats.
func chatExamples(tb testing.TB) []example {
	tb.Helper()
	all := []example{}
	add := func(name string, page ui.Page) { all = append(all, example{"chat " + name, page}) }

	add("conversation", chatPage(conversation()...))
	fresh := newChatPage()
	add("new", fresh)
	fresh.Documents, fresh.Tags, fresh.List = nil, nil, library.ChatList{}
	add("new without documents", fresh)
	about := newChatPage()
	about.Chat.Documents, about.Chat.Tags = []string{"otter", "gone"}, []string{"rivers", "lost tag"}
	about.Text, about.Others, about.Model = "What does an otter eat?", true, library.ModelSetting{}
	about.Errors = ui.Errors{"": "The question could not be kept.", "text": "Ask in fewer than 8,000 characters.", "scope": "One of the documents was deleted."}
	add("new about documents", about)
	excluded := newChatPage()
	excluded.Excluded = true
	add("excluded", excluded)
	old := chatPage(conversation()[:2]...)
	old.Excluded = true
	add("excluded later", old)

	add("running", chatPage(append(conversation()[:2], running()...)...))
	add("kinds", chatPage(kinds()...))
	found := newChatPage()
	found.Find, found.After, found.List = "estuary", "x", library.ChatList{}
	add("list nothing found", found)
	add("hostile", hostileChat())
	add("delete", ui.ChatDeletePage{Frame: chatFrame(), Chat: chats()[0]})
	return all
}

func chatFrame() ui.Frame {
	f := frame("Chat")
	f.Place, f.Path = ui.PlaceChat, "/chat"
	return f
}

func chats() []library.Chat {
	return []library.Chat{
		{ID: "c1", Title: "What does an otter need to live?", Questions: 2, Created: ago(time.Hour), Updated: ago(time.Minute)},
		{ID: "c2", Title: "How long does the dough rest before it is folded for the second time?", Questions: 1, Updated: ago(3 * time.Hour)},
		{ID: "c3", Title: "Bees in winter", Questions: 11, Updated: ago(4 * 24 * time.Hour)},
	}
}

func newChatPage() ui.ChatPage {
	return ui.ChatPage{
		Frame: chatFrame(), List: library.ChatList{Chats: chats(), Next: "c3"}, Tags: tags(),
		Documents: []library.Document{documents()[2], documents()[4], documents()[5], documents()[7]},
		Model:     library.ModelSetting{Purpose: library.ForChat, Protocol: "ollama", Model: "llama3.2", Allowed: true, Offered: true},
	}
}

func chatPage(messages ...library.Message) ui.ChatPage {
	page := newChatPage()
	page.Chat, page.Messages = chats()[0], messages
	page.Frame.Title = page.Chat.Title
	return page
}

// citation is the passage of a number, of one of two documents.
func citation(number int) library.Citation {
	c := library.Citation{
		Number: number, DocumentID: "otter", Title: "A Field Guide to the River Otter", Page: 7, Label: "3", Heading: "Where otters live",
		Snippet: "An otter needs a river with fish in it, banks that hold a den, and long stretches where nobody walks a dog before breakfast. The den is called a holt, and most otters keep several.",
		Start:   120, End: 340, Score: 0.8,
	}
	if number%2 == 0 {
		c.DocumentID, c.Title, c.Page, c.Label, c.Heading = "skerry", "The Lighthouse at Skerry Point", 3, "The third winter", "The third winter"
		c.Snippet = "“There is an otter under the landing,” said Morag, “and it came down the river with the flood.”"
	}
	return c
}

func question(id int64, text string) library.Message {
	return library.Message{ID: id, Role: library.RoleUser, Text: text, Status: library.AnswerDone, Created: ago(10 * time.Minute)}
}

func chip(message int64, number int) string {
	return fmt.Sprintf(`<a class="cite" href="#cite-%d-%d" title="A passage"><span>%d</span></a>`, message, number, number)
}

func conversation() []library.Message {
	return []library.Message{
		question(1, "What does an otter need to live?"),
		{
			ID: 2, Role: library.RoleAssistant, Status: library.AnswerDone, Kind: library.KindAnswer, Model: "llama3.2", Mode: library.ModeHybrid,
			Created: ago(9 * time.Minute), Finished: ago(8 * time.Minute), Rating: 1, Comment: "to the point",
			HTML: `<p>Three things, by the guide: a river <q class="quote verified">with fish in it</q>, banks that hold a den, and quiet.` + chip(2, 1) + `</p>
<ul><li>The den is called a <em>holt</em>; most otters keep several.` + chip(2, 1) + `</li><li>A flood can drive one out to sea, where it lives under a landing: <q class="quote unverified">it came with the spring tide</q>.` + chip(2, 2) + `</li></ul>`,
			Citations: []library.Citation{citation(1), citation(2)},
			Passages:  []library.Citation{citation(1), citation(2), citation(3), citation(4)},
		},
		question(3, "And in winter?\nI mean when the river freezes."),
		{
			ID: 4, Role: library.RoleAssistant, Status: library.AnswerDone, Kind: library.KindAnswer, Model: "llama3.2", Mode: library.ModeWords,
			Query: "What does an otter need when the river freezes in winter?", Created: ago(2 * time.Minute), Finished: ago(time.Minute),
			HTML:      `<p>It keeps holes open in the ice and moves to the mouth of the river.` + chip(4, 1) + `</p>`,
			Citations: []library.Citation{citation(1)}, Passages: []library.Citation{citation(1)},
		},
	}
}

func running() []library.Message {
	return []library.Message{
		question(5, "How many young does it have?"),
		{ID: 6, Role: library.RoleAssistant, Status: library.AnswerRunning, Kind: library.KindAnswer, HTML: "<p>Two or three, and</p>", Created: ago(time.Second)},
	}
}

// kinds is one answer of each kind and end.
func kinds() []library.Message {
	gone := citation(1)
	gone.Gone = true
	var all []library.Message
	add := func(text string, m library.Message) {
		m.ID, m.Role, m.Created = int64(len(all)+2), library.RoleAssistant, ago(time.Minute)
		all = append(all, question(m.ID-1, text), m)
	}
	add("What does an otter eat?", library.Message{
		Status: library.AnswerDone, Kind: library.KindPassages, Mode: library.ModeWords,
		HTML: `<p>No language model is set up. These passages fit the question best:</p>
<blockquote><p><q class="quote verified">An otter needs a river with fish in it.</q>` + chip(2, 1) + `</p></blockquote><p><strong>A Field Guide to the River Otter</strong>, page 3</p>
<blockquote><p><q class="quote verified">There is an otter under the landing.</q>` + chip(2, 2) + `</p></blockquote><p><strong>The Lighthouse at Skerry Point</strong>, page The third winter</p>`,
		Citations: []library.Citation{gone, citation(2)}, Passages: []library.Citation{gone, citation(2)},
	})
	add("Who won the boat race?", library.Message{Status: library.AnswerDone, Kind: library.KindNothing, Mode: library.ModeWords, HTML: "<p>Nothing in your documents seems to match that question.</p>"})
	add("How long does it live?", library.Message{Status: library.AnswerStopped, Kind: library.KindAnswer, Model: "llama3.2", HTML: "<p>In the wild, some five years; in</p>", Mode: library.ModeHybrid})
	add("Where does it sleep?", library.Message{Status: library.AnswerFailed, Kind: library.KindAnswer, Error: "The server has no model “llama3.2”. Fetch it there with: ollama pull llama3.2"})
	return all
}

func hostileChat() ui.ChatPage {
	bad := citation(1)
	bad.DocumentID, bad.Title, bad.Label, bad.Heading, bad.Snippet = hostile, hostile, hostile, hostile, hostile
	page := chatPage(question(1, hostile), library.Message{
		ID: 2, Role: library.RoleAssistant, Status: library.AnswerFailed, Kind: library.KindAnswer, Query: hostile, Model: hostile, Error: hostile, Comment: hostile,
		Citations: []library.Citation{bad}, Passages: []library.Citation{bad},
	})
	page.Chat = library.Chat{ID: hostile, Title: hostile, Documents: []string{hostile}, Tags: []string{hostile}}
	page.List, page.Find, page.Text = library.ChatList{Chats: []library.Chat{page.Chat}, Next: hostile}, hostile, hostile
	page.Documents = []library.Document{{ID: "x", Title: hostile}}
	page.Tags = []library.TagCount{{Tag: "y" + hostile}}
	page.Errors = ui.Errors{"": hostile, "text": hostile, "scope": hostile}
	return page
}
