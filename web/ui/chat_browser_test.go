package ui_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/holtdb/holt/library"
)

// fieldText is what stands in the field for a question.
const fieldText = `document.querySelector('#question').value`

// askThere writes a question and sends it by key.
func askThere(text string) chromedp.Action {
	return chromedp.Tasks{chromedp.Focus("#question", chromedp.ByQuery), chromedp.SendKeys("#question", text, chromedp.ByQuery), enter(0)}
}

// enter presses Enter as a keyboard does: who takes the key leaves no character.
func enter(modifiers input.Modifier) chromedp.Action {
	key := input.DispatchKeyEvent(input.KeyDown).WithKey("Enter").WithCode("Enter").WithWindowsVirtualKeyCode(13).WithModifiers(modifiers)
	up := *key
	up.Type = input.KeyUp
	return chromedp.Tasks{key.WithText("\r"), &up}
}

func complete() chromedp.Action { return until(`document.readyState === 'complete'`) }

func click(selector string) chromedp.Action {
	return chromedp.Evaluate(fmt.Sprintf(`document.querySelector(%q).click()`, selector), nil)
}

// TestChatAnswer asks, and watches the answer come.
func TestChatAnswer(t *testing.T) {
	ctx := MustBrowse(t)
	s := MustServeChat(t)
	whole := conversation()[:2]
	go1, go2 := make(chan struct{}), make(chan struct{})
	s.answer = func(send send) {
		send("chat", begun)
		send("stage", map[string]string{"stage": "reading"})
		send("token", map[string]string{"text": "Three things, by"})
		<-go1
		send("token", map[string]string{"text": " the guide: <b>fish</b>.\n\nAnd quiet [1]."})
		<-go2
		s.keep(whole...)
		send("citations", map[string]any{"citations": []string{}})
		send("end", s.end(t, whole[1]))
	}
	run(t, ctx, "open", chromedp.Navigate(s.url+"/chat"), complete(), until(`document.activeElement.id === 'question'`))
	run(t, ctx, "a line more", chromedp.SendKeys("#question", "What does an otter", chromedp.ByQuery),
		enter(input.ModifierShift), chromedp.SendKeys("#question", "need to live?", chromedp.ByQuery))
	if got := eval[string](t, ctx, fieldText); got != "What does an otter\nneed to live?" {
		t.Errorf("the field holds %q", got)
	}
	run(t, ctx, "ask", enter(0), until(`document.querySelector('[data-text]')?.textContent === 'Three things, by'`))
	if got := eval[string](t, ctx, fieldText); got != "" {
		t.Errorf("after asking the field holds %q", got)
	}
	if got := <-s.asked; got.Message != "What does an otter\nneed to live?" || got.Chat != "" || len(got.DocIDs)+len(got.Tags) > 0 {
		t.Errorf("asked %+v", got)
	}
	if got := eval[string](t, ctx, `location.pathname + document.querySelector('[data-stage]').textContent + document.querySelector('h1').textContent`); got != "/chat/c1Reading what was foundWhat does an otter need to live?" {
		t.Errorf("on its way the page says %q", got)
	}
	if !eval[bool](t, ctx, `document.querySelector('[data-ask-button]').hidden && !document.querySelector('[data-stop-button]').hidden`) {
		t.Error("an answer on its way cannot be stopped")
	}
	screenshot(t, ctx, "chat-streaming", false)
	close(go1)
	run(t, ctx, "more", until(`document.querySelectorAll('[data-text] p').length === 2`))
	if got := eval[string](t, ctx, `document.querySelector('[data-text]').innerText`); got != "Three things, by the guide: <b>fish</b>.\n\nAnd quiet [1]." {
		t.Errorf("the text on its way is %q", got)
	}
	close(go2)
	run(t, ctx, "end", until(`document.querySelectorAll('#answer-2 .sources [data-source]').length === 2`),
		until(`document.querySelector('[data-chat-link=c1]')?.ariaCurrent === 'page' && document.querySelector('.rename') !== null`))
	if !eval[bool](t, ctx, `!document.querySelector('[data-ask-button]').hidden && document.querySelector('[data-stop-button]').hidden && document.activeElement.id === 'question'`) {
		t.Error("nothing further can be asked")
	}
	if got := eval[string](t, ctx, `document.querySelector('.ask').getAttribute('action')`); got != "/chat/c1/ask" && !strings.HasSuffix(got, "/chat/c1/ask") {
		t.Errorf("the next question goes to %q", got)
	}
}

// TestChatTrouble breaks connections, refuses, stops.
func TestChatTrouble(t *testing.T) {
	ctx := MustBrowse(t)
	s := MustServeChat(t)
	whole := conversation()[:2]
	stopped := whole[1]
	stopped.Status, stopped.HTML, stopped.Citations, stopped.Passages = library.AnswerStopped, "<p>Three things</p>", nil, nil

	t.Run("the stream breaks", func(t *testing.T) {
		s.answer = func(send send) {
			send("chat", begun)
			send("token", map[string]string{"text": "Three"})
		}
		tries := 0
		s.follow = func(send send) {
			if tries++; tries == 1 {
				send("token", map[string]string{"text": "Three things"})
				return // and the browser connects again
			}
			send("token", map[string]string{"text": "Three things, by the guide"})
			s.keep(whole...)
			send("end", s.end(t, whole[1]))
		}
		run(t, ctx, "ask", chromedp.Navigate(s.url+"/chat"), complete(), askThere("Why?"), until(`document.querySelector('#answer-2[data-status=done]') !== null`))
		<-s.asked
		if got := eval[float64](t, ctx, `document.querySelectorAll('.answer').length`); got != 1 {
			t.Errorf("%v answers", got)
		}
	})
	for way, act := range map[string]chromedp.Action{
		"stop by key":    chromedp.Tasks{chromedp.Evaluate(`document.activeElement.blur()`, nil), chromedp.KeyEvent("s")},
		"stop by button": chromedp.Click(`[data-stop-button]`, chromedp.ByQuery),
	} {
		t.Run(way, func(t *testing.T) {
			s.answer = func(send send) {
				send("chat", begun)
				send("token", map[string]string{"text": "Three things"})
				if got := <-s.posts; got != "/chat/c1/stop?" {
					t.Errorf("posted %q", got)
				}
				s.keep(whole[0], stopped)
				send("end", s.end(t, stopped))
			}
			run(t, ctx, "ask", chromedp.Navigate(s.url+"/chat"), complete(), askThere("Why?"), until(`document.querySelector('[data-text]')?.textContent === 'Three things'`),
				act, until(`document.querySelector('#answer-2[data-status=stopped]') !== null`))
			<-s.asked
			if got := eval[string](t, ctx, `document.querySelector('#answer-2').innerText`); !strings.Contains(got, "Three things") || !strings.Contains(got, "You stopped this answer") {
				t.Errorf("the stopped answer says %q", got)
			}
		})
	}
	t.Run("failed", func(t *testing.T) {
		failed := whole[1]
		failed.Status, failed.Error = library.AnswerFailed, "The model is busy."
		s.answer = func(send send) {
			send("chat", begun)
			send("error", map[string]string{"message": failed.Error})
			s.keep(whole[0], failed)
			send("end", s.end(t, failed))
		}
		run(t, ctx, "ask", chromedp.Navigate(s.url+"/chat"), complete(), askThere("Why?"), until(`document.querySelector('#answer-2[data-status=failed] form[action="/chat/c1/retry"]') !== null`))
		<-s.asked
	})
	t.Run("opened on its way", func(t *testing.T) {
		s.keep(append(whole, running()...)...)
		last := running()[1]
		last.Status, last.HTML = library.AnswerDone, "<p>Two or three.</p>"
		s.follow = func(send send) {
			send("stage", map[string]string{"stage": "writing"})
			send("token", map[string]string{"text": "Two or three"})
			s.keep(append(whole, running()[0], last)...)
			send("end", s.end(t, last))
		}
		run(t, ctx, "open", chromedp.Navigate(s.url+"/chat/c1"), until(`document.querySelector('#answer-6[data-status=done]') !== null`))
	})
	t.Run("refused", func(t *testing.T) {
		s.refuse = 402
		run(t, ctx, "ask", chromedp.Navigate(s.url+"/chat/c1"), complete(), askThere("Why not?"), until(`document.querySelector('[data-ask-problem] [role=alert]') !== null`))
		<-s.asked
		if got := eval[string](t, ctx, `document.querySelector('[data-ask-problem]').innerText + '|' + `+fieldText); got != "Chat is not part of this plan. Connect a model of your own|Why not?" {
			t.Errorf("the refusal reads %q", got)
		}
		if got := eval[float64](t, ctx, `document.querySelectorAll('.turn').length`); got != 2 {
			t.Errorf("%v turns, want the two that were there", got)
		}
	})
	t.Run("who scrolled up stays there", func(t *testing.T) {
		s.refuse = 0
		next, ended := make(chan struct{}), make(chan struct{})
		s.answer = func(send send) {
			send("chat", begun)
			send("token", map[string]string{"text": strings.Repeat("A line of the answer.\n\n", 40)})
			<-next
			send("token", map[string]string{"text": strings.Repeat("A later line.\n\n", 40) + "the last"})
			<-ended
			send("end", s.end(t, whole[1]))
		}
		run(t, ctx, "ask", chromedp.Navigate(s.url+"/chat/c1"), complete(), askThere("Go on"), until(`document.querySelectorAll('.turn:last-child [data-text] p').length > 30`),
			until(`document.querySelector('.turn:last-child').getBoundingClientRect().top < 120`))
		if got := eval[float64](t, ctx, `document.querySelector('.turn:last-child').getBoundingClientRect().top`); got < 40 {
			t.Errorf("the question is out of sight, at %v", got)
		}
		run(t, ctx, "scroll up", chromedp.Evaluate(`scrollTo(0, 100)`, nil))
		close(next)
		run(t, ctx, "more", until(`document.querySelector('.turn:last-child [data-text]').textContent.endsWith('the last')`))
		if got := eval[float64](t, ctx, `scrollY`); got != 100 {
			t.Errorf("the page scrolled to %v while the answer came", got)
		}
		close(ended)
		run(t, ctx, "end", until(`document.querySelector('.turn:last-child [data-status=done]') !== null`))
		if got := eval[float64](t, ctx, `scrollY`); got != 100 {
			t.Errorf("the page scrolled to %v when the answer ended", got)
		}
	})
}

// TestChatCitations follows citations to their pages.
func TestChatCitations(t *testing.T) {
	ctx := MustBrowse(t)
	s := MustServeChat(t)
	s.keep(conversation()...)
	chip := `a.cite[href="#cite-2-1"]`
	open := chromedp.Tasks{click(chip), until(`document.querySelector('[data-panel] .passage') !== null`)}
	run(t, ctx, "open", emulation.SetFocusEmulationEnabled(true), emulation.SetDeviceMetricsOverride(1360, 860, 1, false), chromedp.Navigate(s.url+"/chat/c1"), complete())

	t.Run("preview", func(t *testing.T) {
		run(t, ctx, "focus", chromedp.Evaluate(`document.querySelector('#question').focus()`, nil), chromedp.Evaluate(`document.querySelector('`+chip+`').focus({ focusVisible: true })`, nil),
			until(`document.querySelector('#cite-preview:popover-open') !== null`))
		if got := eval[string](t, ctx, `document.querySelector('#cite-preview').innerText`); !strings.Contains(got, "A Field Guide to the River Otter") || !strings.Contains(got, "p.\u00a03") || !strings.Contains(got, "nobody walks a dog") {
			t.Errorf("the preview says %q", got)
		}
		screenshot(t, ctx, "chat-preview", false)
		run(t, ctx, "escape", chromedp.KeyEvent(kb.Escape), until(`document.querySelector('#cite-preview:popover-open') === null`))
	})
	t.Run("panel", func(t *testing.T) {
		before := eval[float64](t, ctx, `document.querySelector('`+chip+`').getBoundingClientRect().top`)
		run(t, ctx, "click", open)
		if got := eval[float64](t, ctx, `document.querySelector('`+chip+`').getBoundingClientRect().top`); got != before {
			t.Errorf("the chip moved from %v to %v", before, got)
		}
		if got := eval[string](t, ctx, `document.activeElement.textContent + ' ' + document.querySelector('[aria-label="Open in the reader"]').getAttribute('href')`); got != "A Field Guide to the River Otter /read/otter/7?end=340&start=120" {
			t.Errorf("open: %q", got)
		}
		noWider(t, ctx, "chat with a page on a desk")
		screenshot(t, ctx, "chat-panel", false)
		run(t, ctx, "dark", dark(true))
		screenshot(t, ctx, "chat-panel-dark", false)
		run(t, ctx, "turn", dark(false), chromedp.KeyEvent(kb.ArrowRight), until(`document.querySelector('[data-panel-page="8"]') !== null`))
		if !eval[bool](t, ctx, `document.querySelector('[data-panel] .passage') === null && document.activeElement.rel === 'next'`) {
			t.Error("the page after shows the passage, or the focus is lost")
		}
		run(t, ctx, "close", chromedp.KeyEvent(kb.Escape), until(`document.querySelector('[data-panel]').hidden && document.activeElement.matches('`+strings.ReplaceAll(chip, `"`, `\"`)+`')`))
		run(t, ctx, "text", click(`a.cite[href="#cite-2-2"]`), until(`document.querySelector('[data-panel] mark.passage') !== null`))
		if !eval[bool](t, ctx, `(() => { const { top, bottom } = document.querySelector('[data-panel] mark.passage').getBoundingClientRect(); return top > 0 && bottom < innerHeight })()`) {
			t.Error("the passage is out of sight")
		}
		run(t, ctx, "close", click(`[data-panel-close]`), until(`document.querySelector('[data-panel]').hidden`))
	})
	t.Run("on a phone", func(t *testing.T) {
		run(t, ctx, "open", phone(), open)
		if !eval[bool](t, ctx, `(() => { const { left, top, width, height } = document.querySelector('[data-panel]').getBoundingClientRect(); return left === 0 && top === 0 && width === innerWidth && height === innerHeight && document.querySelector('.conversation').inert })()`) {
			t.Error("the page does not cover the phone")
		}
		noWider(t, ctx, "chat with a page on a phone")
		screenshot(t, ctx, "chat-panel-phone", false)
		run(t, ctx, "close", click(`[data-panel-close]`), until(`!document.querySelector('.conversation').inert`), emulation.SetDeviceMetricsOverride(1360, 860, 1, false))
	})
	t.Run("without script", func(t *testing.T) { chipsWithoutScript(t, ctx, s) })
}

// chipsWithoutScript sees where chips lead by themselves.
func chipsWithoutScript(t *testing.T, ctx context.Context, s *chatServer) {
	t.Helper()
	run(t, ctx, "open", emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(s.url+"/chat/c1"), chromedp.WaitVisible(".question", chromedp.ByQuery),
		chromedp.Click(`a.cite[href="#cite-2-2"]`, chromedp.ByQuery), chromedp.WaitVisible(`#cite-2-2:target`, chromedp.ByQuery))
	screenshot(t, ctx, "chat-without-script", false)
	run(t, ctx, "ask", chromedp.SendKeys("#question", "And then?", chromedp.ByQuery), chromedp.Click("[data-ask-button]", chromedp.ByQuery))
	if got := <-s.posts; got != "/chat/c1/ask?text=And+then%3F" {
		t.Errorf("without script, asking posts %q", got)
	}
	run(t, ctx, "scripts", emulation.SetScriptExecutionDisabled(false))
}
