package ui_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/web/ui"
)

// asked is what the page sends with a question.
type asked struct {
	Message string   `json:"message"`
	Chat    string   `json:"chat_id"`
	DocIDs  []string `json:"doc_ids"`
	Tags    []string `json:"tags"`
}

// send writes an event of an answer.
type send func(name string, data any)

// chatServer serves a chat as the program does. What it answers is scripted by
// the test.
type chatServer struct {
	url   string
	ui    *ui.UI
	asked chan asked
	posts chan string // path and form of what is posted otherwise
	// answer writes the events of a question, and follow those of an answer that
	// is on its way.
	answer, follow func(send)
	refuse         int // status to refuse questions with

	mu       sync.Mutex
	messages []library.Message // of the chat c1
}

func MustServeChat(t *testing.T) *chatServer {
	t.Helper()
	s := &chatServer{ui: MustNew(t), asked: make(chan asked, 9), posts: make(chan string, 9)}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", s.ui.Static())
	mux.HandleFunc("GET /chat", func(w http.ResponseWriter, r *http.Request) {
		page := newChatPage()
		page.Chat.Documents, page.Text = r.URL.Query()["doc"], r.URL.Query().Get("text")
		s.show(w, page)
	})
	mux.HandleFunc("GET /chat/c1", func(w http.ResponseWriter, _ *http.Request) { s.show(w, s.page()) })
	mux.HandleFunc("POST /api/chat", s.ask)
	mux.HandleFunc("GET /api/chats/c1/events", func(w http.ResponseWriter, _ *http.Request) { s.stream(w, s.follow) })
	mux.HandleFunc("GET /read/{id}/{page}", s.read)
	mux.HandleFunc("GET /api/library/{id}/pages/{page}/image", servePicture)
	mux.HandleFunc("GET /api/library", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"documents": [{"id": "atlas", "title": "An Atlas of British Rivers"}]}`)
	})
	mux.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		s.posts <- r.URL.Path + "?" + r.PostForm.Encode()
		http.Redirect(w, r, "/chat/c1", http.StatusSeeOther)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// sheetPicture stands for the picture of a page.
const sheetPicture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 419.53 595.28" font-family="serif" font-size="10"><rect width="100%" height="100%" fill="#fff"/>` +
	`<text x="60" y="60" font-size="16">Where otters live</text><g fill="#999"><rect x="60" y="160" width="300" height="6"/><rect x="60" y="178" width="280" height="6"/><rect x="60" y="196" width="296" height="6"/></g></svg>`

func servePicture(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "image/svg+xml")
	fmt.Fprint(w, sheetPicture)
}

func (s *chatServer) show(w http.ResponseWriter, page ui.Page) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", ui.ContentSecurityPolicy)
	_ = s.ui.Render(w, page) // the browser has gone
}

func (s *chatServer) page() ui.ChatPage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return chatPage(slices.Clone(s.messages)...)
}

func (s *chatServer) keep(messages ...library.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = messages
}

func (s *chatServer) ask(w http.ResponseWriter, r *http.Request) {
	var question asked
	if err := json.NewDecoder(r.Body).Decode(&question); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.asked <- question
	if s.refuse != 0 {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(s.refuse)
		fmt.Fprint(w, `{"error": {"message": "Chat is not part of this plan."}}`)
		return
	}
	s.stream(w, s.answer)
}

func (s *chatServer) stream(w http.ResponseWriter, script func(send)) {
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	script(func(name string, data any) {
		text, err := json.Marshal(data)
		if err != nil {
			text = []byte(`"broken"`)
		}
		fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, text)
		_ = flush.Flush()
	})
}

// read answers with a page, alone or in the reader.
func (s *chatServer) read(w http.ResponseWriter, r *http.Request) {
	page := readerPage()
	page.Query, page.Found, page.Layout = "", nil, markedLayout()
	page.Page.Number, _ = strconv.Atoi(r.PathValue("page"))
	page.Start, _ = strconv.Atoi(r.FormValue("start"))
	page.End, _ = strconv.Atoi(r.FormValue("end"))
	if page.End == 0 {
		page.Layout = nil
	}
	if r.PathValue("id") == "skerry" {
		page = textPage()
		page.HTML = strings.Repeat("<p>The sea was quiet.</p>", 60) + `<p id="at"><mark class="passage">“There is an otter under the landing,” said Morag.</mark></p>`
	}
	if r.FormValue("panel") == "" {
		s.show(w, page)
		return
	}
	s.show(w, ui.ReaderPanel{ReaderPage: page})
}

// end is the last event of an answer.
func (s *chatServer) end(t *testing.T, message library.Message) map[string]any {
	t.Helper()
	var b bytes.Buffer
	if err := s.ui.Render(&b, ui.ChatAnswer{Chat: "c1", Message: message, Last: true}); err != nil {
		t.Error(err)
	}
	return map[string]any{"html": b.String()}
}

var begun = map[string]any{"chat_id": "c1", "title": "What does an otter need to live?", "message_id": 2}
