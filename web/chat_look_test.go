package web_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/holtdb/holt/llm/llmtest"
)

// desk and phone are the windows that pages are looked at in.
func desk() chromedp.Action  { return emulation.SetDeviceMetricsOverride(1280, 800, 1, false) }
func phone() chromedp.Action { return emulation.SetDeviceMetricsOverride(360, 740, 2, true) }

// MustShelve adds all sample documents.
func (s *talk) MustShelve(t *testing.T) {
	t.Helper()
	run(t, s.ctx, "fill the library", chromedp.Navigate(s.url+"/"), signIn("bob"), until(`document.readyState === 'complete'`), chromedp.SetUploadFiles("#files", []string{
		MustSample(t, "small-server.pdf"), MustSample(t, "skerry-point.epub"), MustSample(t, "small-garden-bees.epub"), MustSample(t, "bread-slowly.md"), MustSample(t, "river-otter.pdf"),
	}, chromedp.ByQuery), allRead(5))
}

// panelShown waits until the panel shows a picture with the passage.
func panelShown() chromedp.Action {
	return until(`document.querySelector('[data-panel] .passage') !== null && (document.querySelector('[data-panel] .sheet img')?.complete ?? true)`)
}

// TestChatLooks opens the pages of chat on a desk and on a phone, by day and by
// night, and uses the chat on the phone.
func TestChatLooks(t *testing.T) {
	t.Parallel()
	s := MustTalk(t, llmtest.Script{Reply: knownReplies()})
	s.MustShelve(t)
	run(t, s.ctx, "ask", desk(), chromedp.Navigate(s.url+"/chat"), ask("How wet is the dough of a hearth loaf?"), answerIs("done"), chromedp.Navigate(s.url+"/chat"), ask(stretchAsked), answerIs("done"),
		chromedp.Evaluate(`document.activeElement.blur()`, nil), click(chip), panelShown(), chromedp.Evaluate(`scrollTo(0, 0)`, nil), themed("light"))
	screenshot(t, s.ctx, "chat")
	chat := eval[string](t, s.ctx, `location.pathname`)
	run(t, s.ctx, "go on", chromedp.KeyEvent(kb.Escape), ask(placesAsked), until(`document.querySelectorAll('.turn').length === 2`), answerIs("done"))

	t.Run("on a phone", func(t *testing.T) { s.onPhone(t, chat) })
	t.Run("everywhere", func(t *testing.T) { s.everywhere(t, chat) })
}

// onPhone asks, opens a page over the chat and finds the list of chats.
func (s *talk) onPhone(t *testing.T, chat string) {
	run(t, s.ctx, "ask", phone(), chromedp.Navigate(s.url+"/chat"), ask(stretchAsked), answerIs("done"))
	noWider(t, s.ctx, "an answer on a phone")
	run(t, s.ctx, "open the page", click(chip), panelShown())
	if !eval[bool](t, s.ctx, `(({ left, top, width, height }) => left === 0 && top === 0 && width === innerWidth && height === innerHeight)(document.querySelector('[data-panel]').getBoundingClientRect())`) {
		t.Error("the page does not cover the phone")
	}
	if !eval[bool](t, s.ctx, `(({ top, bottom }) => top > 0 && bottom < innerHeight)(document.querySelector('[data-panel] .passage rect').getBoundingClientRect())`) {
		t.Error("the passage is out of sight")
	}
	noWider(t, s.ctx, "a page over the chat")
	run(t, s.ctx, "close", click("[data-panel-close]"), until(`document.querySelector('[data-panel]').hidden && !document.querySelector('.conversation').inert`))
	run(t, s.ctx, "the chats", click(".chat-head label[for=fold-left]"), chromedp.WaitVisible(".chats", chromedp.ByQuery))
	screenshot(t, s.ctx, "chat-phone-list")
	run(t, s.ctx, "another chat", click(fmt.Sprintf(`.chat-list a[href=%q]`, chat)), arrived(chat), says("main", "twenty or thirty"))
}

func (s *talk) everywhere(t *testing.T, chat string) {
	otter := eval[string](t, s.ctx, fmt.Sprintf(`[...document.querySelectorAll('%s [data-source] a')].map((a) => new URL(a.href)).map((u) => u.pathname + u.search)[0]`, ".turn"))
	places := []struct {
		name, path string
		then       chromedp.Action
	}{
		{"new", "/chat", chromedp.WaitVisible(".examples", chromedp.ByQuery)},
		{"talk", chat, chromedp.Evaluate(`scrollTo(0, 0)`, nil)},
		{"end", chat, chromedp.Evaluate(`scrollTo(0, document.documentElement.scrollHeight)`, nil)},
		{"panel", chat, chromedp.Tasks{chromedp.Evaluate(`scrollTo(0, 0)`, nil), click(".turn:first-child a.cite"), panelShown()}},
		{"read", chat, chromedp.Tasks{click(".turn:first-child .passages summary"), chromedp.Evaluate(`document.querySelector('.passages').scrollIntoView()`, nil)}},
		{"scope", "/chat", chromedp.Tasks{click(".scope-summary"), chromedp.WaitVisible(".scope-body", chromedp.ByQuery)}},
		{"menu", chat, chromedp.Tasks{click(".chat-head .menu summary"), chromedp.WaitVisible(".chat-head .menu-body", chromedp.ByQuery)}},
		{"delete", chat + "/delete", chromedp.WaitVisible("main h1", chromedp.ByQuery)},
		{"reader", otter, until(`document.querySelector('.layer .passage') !== null && document.querySelector('.sheet img').naturalWidth > 300`)},
		{"search", "/search?q=resting+places+of+an+otter", chromedp.WaitVisible(".results", chromedp.ByQuery)},
		{"models", "/account/models", chromedp.WaitVisible("#chat", chromedp.ByQuery)},
	}
	for device, shape := range map[string]chromedp.Action{"desk": desk(), "phone": phone()} {
		for _, p := range places {
			run(t, s.ctx, p.name, shape, chromedp.Navigate(s.url+p.path), until(`document.readyState === 'complete'`), p.then)
			noWider(t, s.ctx, p.name+" on a "+device)
			for _, theme := range []string{"light", "dark"} {
				run(t, s.ctx, theme, themed(theme))
				screenshot(t, s.ctx, strings.Join([]string{"chat", p.name, device, theme}, "-"))
			}
		}
	}
}

// TestChatWithoutScript asks and follows a source in a browser that runs no scripts.
func TestChatWithoutScript(t *testing.T) {
	t.Parallel()
	gate := llmtest.NewGate()
	s := MustTalk(t, llmtest.Script{Gate: gate})
	s.api.MustAdd(file{"otters.txt", holtText})
	run(t, s.ctx, "ask", emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(s.url+"/chat"), signIn("bob"), chromedp.WaitVisible("#question", chromedp.ByQuery),
		chromedp.SendKeys("#question", holtAsked, chromedp.ByQuery), click("[data-ask-button]"), chromedp.WaitVisible(".answer-stage", chromedp.ByQuery))
	screenshot(t, s.ctx, "chat-without-script-waiting")
	gate.Open()
	// The page is not touched: it comes again by itself until the answer is there.
	run(t, s.ctx, "the answer", chromedp.WaitVisible(`.answer[data-status=done] .sources`, chromedp.ByQuery))
	screenshot(t, s.ctx, "chat-without-script")
	var chat string
	run(t, s.ctx, "where", chromedp.Location(&chat))
	run(t, s.ctx, "the page", click(".answer a.cite"), chromedp.WaitVisible("[data-source]:target", chromedp.ByQuery), click("[data-source]:target a"), chromedp.WaitVisible(".reading mark.passage", chromedp.ByQuery))
	if got := text(t, s.ctx, ".reading mark.passage"); !strings.Contains(holtText, got) || len(got) < 20 {
		t.Errorf("marked is %q", got)
	}
	run(t, s.ctx, "rename", chromedp.Navigate(chat), click(".chat-head .menu summary"), chromedp.SendKeys("#chat-name", " and more\r", chromedp.ByQuery), chromedp.WaitVisible(`//h1[contains(., "and more")]`, chromedp.BySearch))
	run(t, s.ctx, "delete", click(".chat-head .menu summary"), click("[data-confirm-delete]"), click("main .danger"), chromedp.WaitVisible(".flash", chromedp.ByQuery))
	if got := text(t, s.ctx, "main"); !strings.Contains(got, "Deleted") || strings.Contains(got, "and more") {
		t.Errorf("after deleting, the page says %q", got)
	}
}
