package ui_test

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestChatTools chooses documents, copies, and says what it thinks.
func TestChatTools(t *testing.T) {
	ctx := MustBrowse(t)
	s := MustServeChat(t)
	s.keep(conversation()...)
	run(t, ctx, "open", chromedp.Navigate(s.url+"/chat?doc=otter&text=Why%3F"), complete(), until(`document.querySelector('.scope-chips button') !== null`))
	t.Run("documents", func(t *testing.T) {
		s.answer = func(send send) {
			send("chat", begun)
			send("error", map[string]string{"message": "The model is busy. Try again."})
		}
		run(t, ctx, "choose", click(`.scope-summary`), until(`document.querySelector('.scope-menu').open`),
			chromedp.SendKeys("[data-scope-find]", "lighthouse", chromedp.ByQuery), until(`[...document.querySelectorAll('.scope-body label')].filter((l) => l.checkVisibility()).length === 1`))
		screenshot(t, ctx, "chat-scope", false)
		run(t, ctx, "choose", click(`.scope-body input[value=skerry]`), click(`.scope-body input[value=rivers]`))
		if got := eval[string](t, ctx, `[...document.querySelectorAll('.scope-chips .chip span')].map((c) => c.textContent).join()`); got != "rivers,A Field Guide to the River Otter,The Lighthouse at Skerry Point" {
			t.Errorf("chosen %q", got)
		}
		run(t, ctx, "drop and ask", click(`.scope-chips li:nth-child(2) button`), chromedp.KeyEvent(kb.Escape), askThere(""), until(`document.querySelector('.answer-problem') !== null`))
		if got := <-s.asked; got.Message != "Why?" || !slices.Equal(got.DocIDs, []string{"skerry"}) || !slices.Equal(got.Tags, []string{"rivers"}) {
			t.Errorf("asked %+v", got)
		}
	})
	t.Run("copy", func(t *testing.T) {
		run(t, ctx, "copy", chromedp.Navigate(s.url+"/chat/c1"), complete(),
			chromedp.Evaluate(`Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text } } })`, nil),
			click(`#answer-4 [data-copy-answer]`), until(`window.copied !== undefined`))
		if got, want := eval[string](t, ctx, `window.copied`), "It keeps holes open in the ice and moves to the mouth of the river. [1]\n\nSources\n\n[1] A Field Guide to the River Otter, p.\u00a03"; got != want {
			t.Errorf("copied %q, want %q", got, want)
		}
	})
	t.Run("opinion", func(t *testing.T) {
		run(t, ctx, "bad", click(`#answer-4 .feedback [value="-1"]`), until(`document.querySelector('#answer-4 .feedback button:last-child').ariaPressed === 'true'`))
		if got := <-s.posts; got != "/chat/c1/answers/4/feedback?rating=-1" {
			t.Errorf("posted %q", got)
		}
		run(t, ctx, "word", chromedp.SendKeys(`#answer-4 [name=comment]`, "too short"+kb.Enter, chromedp.ByQuery))
		if got := <-s.posts; got != "/chat/c1/answers/4/feedback?comment=too+short&rating=-1" {
			t.Errorf("posted %q", got)
		}
		run(t, ctx, "take back", click(`#answer-4 .feedback button:last-child`), until(`document.querySelector('#answer-4 [data-feedback-word]').hidden`))
		if got := <-s.posts; got != "/chat/c1/answers/4/feedback?rating=0" {
			t.Errorf("posted %q", got)
		}
	})
	t.Run("keys", func(t *testing.T) {
		run(t, ctx, "keys", chromedp.Evaluate(`(document.activeElement.blur(), scrollTo(0, 0))`, nil), chromedp.KeyEvent("j"), until(`document.activeElement.id === 'question-1'`),
			chromedp.KeyEvent("j"), until(`document.activeElement.id === 'question-3'`), chromedp.KeyEvent("k"), until(`document.activeElement.id === 'question-1'`),
			chromedp.KeyEvent("c"), until(`document.activeElement.id === 'question'`), chromedp.KeyEvent(kb.Escape), chromedp.KeyEvent("n"), chromedp.WaitVisible("[data-chat-empty]", chromedp.ByQuery))
	})
}
