package web

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/web/ui"
)

// pickedDocuments is how many documents the picker of a chat offers.
const pickedDocuments = 100

// showNewChat answers GET /chat. Its parameters fill in the form.
func (s *server) showNewChat(v *visit) error {
	q := v.r.URL.Query()
	return s.newChat(v, http.StatusOK, ui.ChatPage{
		Chat: library.Chat{Documents: q["doc"], Tags: q["tag"]}, Text: q.Get("text"),
	})
}

func (s *server) newChat(v *visit, status int, page ui.ChatPage) error {
	page.Frame = s.frame(v, "Chat", ui.PlaceChat)
	return s.fillChat(v, status, page)
}

// showChat answers GET /chat/{id}.
func (s *server) showChat(v *visit) error {
	return s.chatPage(v, http.StatusOK, ui.ChatPage{})
}

func (s *server) chatPage(v *visit, status int, page ui.ChatPage) (err error) {
	before, err := number(v, "before", 0)
	if err != nil {
		return err
	}
	page.Chat, page.Messages, page.Earlier, err = v.library.Conversation(v.ctx(), v.r.PathValue("id"), int64(before))
	if err != nil {
		return err
	}
	page.Frame = s.frame(v, page.Chat.Title, ui.PlaceChat)
	return s.fillChat(v, status, page)
}

// fillChat reads what stands around a conversation.
func (s *server) fillChat(v *visit, status int, page ui.ChatPage) (err error) {
	ctx, q := v.ctx(), v.r.URL.Query()
	page.Find, page.After = q.Get("q"), q.Get("after")
	if page.List, err = v.library.Chats(ctx, library.ChatFilter{Text: page.Find, After: page.After}); err != nil {
		return err
	}
	list, err := v.library.Documents(ctx, library.Filter{Status: library.Ready, Limit: pickedDocuments})
	if err != nil {
		return err
	}
	page.Documents, page.Others = list.Documents, list.Next != ""
	have := make(map[string]bool, len(page.Documents))
	for _, d := range page.Documents {
		have[d.ID] = true
	}
	for _, id := range page.Chat.Documents {
		d, err := v.library.Document(ctx, id)
		switch {
		case errors.Is(err, library.ErrNotFound) || have[id]:
		case err != nil:
			return err
		default:
			page.Documents = append(page.Documents, d)
		}
	}
	if page.Tags, err = s.tags(v); err != nil {
		return err
	}
	if page.Model, err = v.library.Model(ctx, library.ForChat); err != nil {
		return err
	}
	page.Excluded = page.Model.Excluded()
	return s.show(v, status, page)
}

// beginChat answers POST /chat.
func (s *server) beginChat(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	form := v.r.PostForm
	q := library.Question{Text: form.Get("text"), Documents: noneNil(form["doc"]), Tags: noneNil(form["tag"])}
	asked, err := v.library.Ask(v.ctx(), q)
	if errors.Is(err, library.ErrInvalid) {
		return s.newChat(v, http.StatusUnprocessableEntity, ui.ChatPage{
			Chat: library.Chat{Documents: q.Documents, Tags: q.Tags}, Text: q.Text, Errors: ui.Errors{"text": detail(err, library.ErrInvalid)},
		})
	}
	if err != nil {
		return err
	}
	return v.redirect(chatPath(asked.Chat.ID))
}

// askForm answers POST /chat/{id}/ask. The form has all that the chat is limited
// to: what it does not have, it is not limited to any more.
func (s *server) askForm(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	form, id := v.r.PostForm, v.r.PathValue("id")
	q := library.Question{Chat: id, Text: form.Get("text"), Documents: noneNil(form["doc"]), Tags: noneNil(form["tag"])}
	_, err := v.library.Ask(v.ctx(), q)
	if errors.Is(err, library.ErrInvalid) {
		return s.chatPage(v, http.StatusUnprocessableEntity, ui.ChatPage{
			Text: q.Text, Errors: ui.Errors{"text": detail(err, library.ErrInvalid)},
		})
	}
	if errors.Is(err, library.ErrAnswering) {
		return s.chatPage(v, http.StatusConflict, ui.ChatPage{Text: q.Text, Errors: ui.Errors{"text": sentence(err)}})
	}
	if err != nil {
		return err
	}
	return v.redirect(chatPath(id))
}

// noneNil is a list of a form, which chooses nothing where it is empty.
func noneNil(values []string) []string { return append([]string{}, values...) }

func chatPath(id string) string { return "/chat/" + url.PathEscape(id) }

// stopPatience is how long a stopped answer is waited for.
const stopPatience = 5 * time.Second

// stopForm answers POST /chat/{id}/stop.
func (s *server) stopForm(v *visit) error {
	if err := s.stopAnswers(v); err != nil {
		return err
	}
	return v.redirect(chatPath(v.r.PathValue("id")))
}

// stopAnswers stops what is being answered in a chat and waits for it to be
// written down.
func (s *server) stopAnswers(v *visit) error {
	id := v.r.PathValue("id")
	stopped, err := v.library.StopAnswers(v.ctx(), id)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(v.ctx(), stopPatience)
	defer cancel()
	for _, answer := range stopped {
		for _, err := range v.library.Follow(ctx, id, answer) {
			if err != nil {
				break
			}
		}
	}
	return v.ctx().Err()
}

// retryForm answers POST /chat/{id}/retry.
func (s *server) retryForm(v *visit) error {
	if _, err := v.library.Retry(v.ctx(), v.r.PathValue("id")); err != nil {
		return err
	}
	return v.redirect(chatPath(v.r.PathValue("id")))
}

// renameChatForm answers POST /chat/{id}/rename.
func (s *server) renameChatForm(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	title := v.r.PostForm.Get("title")
	_, err := v.library.ChangeChat(v.ctx(), v.r.PathValue("id"), library.ChatChanges{Title: &title})
	if err != nil {
		return err
	}
	return v.redirect(chatPath(v.r.PathValue("id")))
}

// askDeleteChat answers GET /chat/{id}/delete.
func (s *server) askDeleteChat(v *visit) error {
	c, err := v.library.Chat(v.ctx(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.show(v, http.StatusOK, ui.ChatDeletePage{Frame: s.frame(v, "Delete "+c.Title, ui.PlaceChat), Chat: c})
}

// deleteChatForm answers POST /chat/{id}/delete.
func (s *server) deleteChatForm(v *visit) error {
	if err := v.library.DeleteChat(v.ctx(), v.r.PathValue("id")); err != nil {
		return err
	}
	return v.redirect("/chat?notice=deleted")
}

// exportChat answers GET /chat/{id}/export and GET /api/chats/{id}/export.
func (s *server) exportChat(v *visit) error {
	format, kind, ending := v.r.URL.Query().Get("format"), "text/markdown; charset=utf-8", ".md"
	switch format {
	case "":
		format = library.ExportMarkdown
	case library.ExportJSON:
		kind, ending = "application/json", ".json"
	}
	c, err := v.library.Chat(v.ctx(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	var body lateBody
	if err := v.library.ExportChat(v.ctx(), c.ID, format, &body); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": exportName(c.Title) + ending}))
	h.Set("Cache-Control", "private, no-store")
	_, err = v.w.Write(body)
	return err
}

// exportName is what an exported chat is saved as, without its ending: the title
// without what has a meaning in paths, short enough for every file system.
func exportName(title string) string {
	const most = 120 // bytes
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return ' '
		}
		return r
	}, title)
	for len(name) > most {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	if name = strings.Trim(strings.Join(strings.Fields(name), " "), ". "); name == "" {
		return "chat"
	}
	return name
}

// lateBody keeps an answer until it is whole, so that what cannot be made can
// still become an error.
type lateBody []byte

// Write implements io.Writer.
func (b *lateBody) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

// rateForm answers POST /chat/{id}/answers/{message}/feedback.
func (s *server) rateForm(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	answer, err := messageID(v.r.PathValue("message"))
	if err != nil {
		return err
	}
	rating, err := strconv.Atoi(v.r.PostForm.Get("rating"))
	if err != nil {
		rating = 2 // no rating: refused below, with its reason
	}
	if err := s.rate(v, v.r.PathValue("id"), answer, rating, v.r.PostForm.Get("comment")); err != nil {
		return err
	}
	return v.redirect(chatPath(v.r.PathValue("id")) + "#answer-" + strconv.FormatInt(answer, 10))
}

// rate keeps an opinion in the library and counts it, and nothing else of it,
// for the administrator.
func (s *server) rate(v *visit, chat string, answer int64, rating int, comment string) error {
	before, err := v.library.Rate(v.ctx(), chat, answer, rating, comment)
	if err != nil || before == rating {
		return err
	}
	up, down := 0, 0
	for _, change := range []struct{ rating, by int }{{before, -1}, {rating, 1}} {
		switch change.rating {
		case 1:
			up += change.by
		case -1:
			down += change.by
		}
	}
	return s.Platform.CountFeedback(context.WithoutCancel(v.ctx()), up, down)
}

// messageID reads the id of a message. What is none is as absent as a message
// that is not there.
func messageID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, library.ErrNotFound
	}
	return id, nil
}
