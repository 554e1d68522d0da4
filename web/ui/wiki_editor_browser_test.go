package ui_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// inEditor is the beginning of expressions about what is in the editor's shadow root.
const inEditor = `document.querySelector('.editor-write').shadowRoot`

// write makes the text of the editor another one, as if typed over.
func write(text string) chromedp.Action {
	return chromedp.Tasks{
		chromedp.Evaluate(inEditor+`.querySelector('.cm-content').focus()`, nil),
		chromedp.KeyEvent("a", chromedp.KeyModifiers(input.ModifierCtrl)),
		input.InsertText(text),
	}
}

// written returns the text that a save would send.
func written(t *testing.T, ctx context.Context) string {
	t.Helper()
	return eval[string](t, ctx, `(() => { dispatchEvent(new Event('pagehide')); return document.querySelector('textarea[name=content]').value })()`)
}

// await returns what a request brought to the server.
func await[T any](t *testing.T, from chan T) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(20 * time.Second):
		t.Fatal("the browser sent nothing")
		panic("unreachable")
	}
}

// TestEditor shares one browser among its parts.
func TestEditor(t *testing.T) {
	ctx := MustBrowse(t)
	for name, test := range map[string]func(*testing.T, context.Context, *wikiServer){
		"tools": testTools, "paste": testPaste, "preview": testPreview, "drafts": testDrafts, "without script": testWithoutScript,
	} {
		t.Run(name, func(t *testing.T) { test(t, ctx, MustServeWiki(t)) })
	}
}

func openEditor(t *testing.T, ctx context.Context, s *wikiServer) {
	t.Helper()
	run(t, ctx, "open the editor", emulation.ClearDeviceMetricsOverride(), chromedp.Navigate(s.url+"/edit"), chromedp.WaitReady(`[data-wiki-editor=ready]`, chromedp.ByQuery),
		chromedp.WaitVisible(`.editor-write`, chromedp.ByQuery))
}

func testTools(t *testing.T, ctx context.Context, s *wikiServer) {
	openEditor(t, ctx, s)
	screenshot(t, ctx, "editor", false)
	press := func(label string) string {
		return fmt.Sprintf(`[...document.querySelectorAll('.editor-tools button')].find((b) => (b.title || b.textContent).startsWith(%q)).click()`, label)
	}
	for _, test := range []struct{ text, tool, want string }{
		{"word", "Bold", "**word**"},
		{"otter", "Italic", "*otter*"},
		{"otter", "Struck", "~~otter~~"},
		{"otter", "Heading 2", "## otter"},
		{"### otter", "Heading 2", "## otter"},
		{"## otter", "Heading 2", "otter"},
		{"## otter", "Plain text", "otter"},
		{"otter", "List", "- otter"},
		{"- otter", "List", "otter"},
		{"- otter", "Numbered", "1. otter"},
		{"1. otter", "Task", "- [ ] otter"},
		{"otter", "Quotation", "> otter"},
		{"text", "Line across", "text\n\n---\n"},
		{"|a|b c|\n|-|:-:|\n|`x`|[[p|q]]|", "Line up", "| a   |   b c   |\n| --- | :-----: |\n| `x` | [[p|q]] |"},
	} {
		run(t, ctx, test.tool, write(test.text), chromedp.Evaluate(press(test.tool), nil))
		got := written(t, ctx)
		if got != test.want {
			t.Errorf("%s on %q: %q, want %q", test.tool, test.text, got, test.want)
		}
	}
	t.Run("marks are taken away", func(t *testing.T) {
		selectAll := chromedp.KeyEvent("a", chromedp.KeyModifiers(input.ModifierCtrl))
		left := chromedp.KeyEvent(strings.Repeat(kb.ArrowLeft, 4))
		for _, test := range []struct {
			text, tool, want string
			first            chromedp.Action
		}{
			{"**word**", "Bold", "word", selectAll}, {"**word**", "Bold", "word", left},
			{"***word***", "Bold", "*word*", left}, {"***word***", "Italic", "**word**", left}, {"**word**", "Italic", "***word***", left},
		} {
			run(t, ctx, test.tool, write(test.text), test.first, chromedp.Evaluate(press(test.tool), nil))
			if got := written(t, ctx); got != test.want {
				t.Errorf("%s on %q: %q, want %q", test.tool, test.text, got, test.want)
			}
		}
	})
	t.Run("keys of the page stay out of the text", func(t *testing.T) {
		run(t, ctx, "type", write(""), chromedp.KeyEvent("see [h] c/?"))
		if got := written(t, ctx); got != "see [h] c/?" {
			t.Errorf("typed %q", got)
		}
		if got := eval[string](t, ctx, `location.pathname`); got != "/edit" {
			t.Errorf("a key led to %s", got)
		}
	})
	t.Run("menus", func(t *testing.T) {
		run(t, ctx, "open", chromedp.Click(`.editor-tools summary[title="Pictures and attachments"]`, chromedp.ByQuery),
			until(`document.querySelector('.editor-tools [open] .menu-body').textContent.includes('plan.png')`))
		screenshot(t, ctx, "editor-menu", false)
		run(t, ctx, "choose", write(""), chromedp.Evaluate(press("plan.png"), nil), until(`document.querySelector('.editor-tools [open]') === null`))
		if got := written(t, ctx); got != "![](./plan.png)" {
			t.Errorf("the text is %q", got)
		}
	})
	t.Run("find", func(t *testing.T) {
		run(t, ctx, "find", chromedp.KeyEvent("f", chromedp.KeyModifiers(input.ModifierCtrl)), until(inEditor+`.querySelector('.cm-search') !== null`))
		screenshot(t, ctx, "editor-find", false)
		run(t, ctx, "close", chromedp.KeyEvent("\x1b"), until(inEditor+`.querySelector('.cm-search') === null`))
	})
	t.Run("save by key", func(t *testing.T) {
		run(t, ctx, "save", write("# Kept"), chromedp.KeyEvent("s", chromedp.KeyModifiers(input.ModifierCtrl)), chromedp.WaitReady("#saved", chromedp.ByQuery))
		if got := await(t, s.saved); got != "# Kept" {
			t.Errorf("saved %q", got)
		}
		if more := len(s.saved); more > 0 {
			t.Errorf("the page was saved %d times more", more)
		}
	})
}

// paste puts a file or a text on the clipboard of an event in the editor.
func paste(fill string) chromedp.Action {
	return chromedp.Evaluate(`(() => { const data = new DataTransfer(); `+fill+`
		`+inEditor+`.querySelector('.cm-content').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })) })()`, nil)
}

func testPaste(t *testing.T, ctx context.Context, s *wikiServer) {
	openEditor(t, ctx, s)
	run(t, ctx, "paste a picture", write("Look: "), paste(`data.items.add(new File(['x'], 'image.png', { type: 'image/png' }))`))
	name := await(t, s.uploads)
	if !strings.HasPrefix(name, "pasted-2") || !strings.HasSuffix(name, ".png") {
		t.Errorf("the picture was sent as %q", name)
	}
	run(t, ctx, "see it", until(inEditor+`.textContent.includes('![](./pasted-')`))
	if got, want := written(t, ctx), "Look: ![](./"+name+")"; got != want {
		t.Errorf("the text is %q, want %q", got, want)
	}
	run(t, ctx, "paste a file with spaces", write(""), paste(`data.items.add(new File(['x'], 'field notes (1).pdf'))`))
	await(t, s.uploads)
	run(t, ctx, "see it", until(inEditor+`.textContent.includes('.pdf>')`))
	if got, want := written(t, ctx), "[field notes (1).pdf](<./field notes (1).pdf>)"; got != want {
		t.Errorf("the text is %q, want %q", got, want)
	}
	run(t, ctx, "paste what is refused", write("kept"), paste(`data.items.add(new File(['x'], 'virus.exe'))`), until(`document.querySelector('.toast') !== null`))
	if got := eval[string](t, ctx, `document.querySelector('.toast span').textContent`); !strings.Contains(got, "Programs are not accepted") {
		t.Errorf("the reason is %q", got)
	}
	if got := written(t, ctx); got != "kept" {
		t.Errorf("the text is %q", got)
	}
	run(t, ctx, "paste an address over a word", write("river"), chromedp.KeyEvent("a", chromedp.KeyModifiers(input.ModifierCtrl)),
		paste(`data.setData('text/plain', 'https://example.org/x')`))
	if got, want := written(t, ctx), "[river](https://example.org/x)"; got != want {
		t.Errorf("the text is %q, want %q", got, want)
	}
}

func testPreview(t *testing.T, ctx context.Context, s *wikiServer) {
	openEditor(t, ctx, s)
	mode := func(name string) chromedp.Action {
		return chromedp.Click(`.editor-modes [data-mode=`+name+`]`, chromedp.ByQuery)
	}
	run(t, ctx, "beside", mode("both"), until(`document.querySelectorAll('.editor-preview h2').length === 30`))
	t.Run("scrolls along", func(t *testing.T) {
		run(t, ctx, "scroll the text", chromedp.Evaluate(`(() => { const s = `+inEditor+`.querySelector('.cm-scroller')
			s.dispatchEvent(new WheelEvent('wheel', { bubbles: true })); s.scrollTop = 900 })()`, nil),
			until(`document.querySelector('.editor-preview').scrollTop > 300`))
		screenshot(t, ctx, "editor-both", false)
	})
	t.Run("keeps what did not change", func(t *testing.T) {
		run(t, ctx, "type", write("# One\n\n$e^x$\n\nlast"), until(`document.querySelector('.editor-preview .math-set') !== null`),
			chromedp.Evaluate(`document.querySelector('.editor-preview h1').dataset.same = 'yes'`, nil),
			chromedp.Evaluate(`document.querySelector('.editor-preview .math').dataset.same = 'yes'`, nil),
			chromedp.KeyEvent(" word"), until(`document.querySelector('.editor-preview').textContent.includes('last word')`))
		if got := eval[int](t, ctx, `document.querySelectorAll('.editor-preview [data-same]').length`); got != 2 {
			t.Errorf("%d of 2 blocks were kept", got)
		}
		if got := eval[string](t, ctx, `[...document.querySelectorAll('.editor-preview .preview-block')].map((b) => b.firstElementChild.tagName).join()`); got != "H1,P,P" {
			t.Errorf("the blocks are %s", got)
		}
	})
	t.Run("instead, dark, on a phone", func(t *testing.T) {
		run(t, ctx, "instead", mode("preview"), until(`getComputedStyle(document.querySelector('.editor-write')).display === 'none'`))
		run(t, ctx, "dark", mode("both"), dark(true))
		screenshot(t, ctx, "editor-dark", false)
		run(t, ctx, "phone", mode("write"), phone(), chromedp.Click(`.editor-tools summary[title="Table"]`, chromedp.ByQuery))
		if eval[bool](t, ctx, `document.documentElement.scrollWidth > innerWidth`) {
			t.Error("the editor is wider than a phone")
		}
		screenshot(t, ctx, "editor-phone", false)
		if got := eval[string](t, ctx, `getComputedStyle(`+inEditor+`.querySelector('.cm-editor')).backgroundColor`); got != "rgb(29, 32, 36)" {
			t.Errorf("the editor is %s in the dark", got)
		}
	})
}

func testDrafts(t *testing.T, ctx context.Context, s *wikiServer) {
	openEditor(t, ctx, s)
	state := `document.querySelector('[data-draft-state]').textContent`
	run(t, ctx, "type", write("one\ntwo"), until(state+` === 'Unsaved changes'`))
	if got, want := await(t, s.drafts), ([4]string{"one\ntwo", "1", "3", "abc123"}); got != want {
		t.Errorf("the draft is %q, want %q", got, want)
	}
	run(t, ctx, "see it", until(`/^Draft saved \d\d:\d\d$/.test(`+state+`)`))
	screenshot(t, ctx, "editor-draft", false)
	s.refuse <- http.StatusUnauthorized
	run(t, ctx, "type signed out", chromedp.KeyEvent("!"), until(state+` === 'Not saved: you are signed out'`))
	await(t, s.drafts)
	run(t, ctx, "type offline", chromedp.Evaluate(`window.fetch = () => Promise.reject(new TypeError('offline'))`, nil),
		chromedp.Evaluate(`dispatchEvent(new Event('online'))`, nil), until(state+` === 'Not saved: offline'`))
	if !eval[bool](t, ctx, `!dispatchEvent(new Event('beforeunload', { cancelable: true }))`) {
		t.Error("leaving with unsaved changes does not ask")
	}
	run(t, ctx, "save", chromedp.Click(`[data-editor-save]`, chromedp.ByQuery), chromedp.WaitReady("#saved", chromedp.ByQuery))
	if got := await(t, s.saved); got != "one\r\ntwo!" {
		t.Errorf("saved %q", got)
	}
}

func testWithoutScript(t *testing.T, ctx context.Context, s *wikiServer) {
	run(t, ctx, "write and save", emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(s.url+"/edit"),
		chromedp.WaitVisible(`[data-editor-fallback]`, chromedp.ByQuery), chromedp.SetValue(`#content`, "plain", chromedp.ByQuery),
		chromedp.Click(`[data-editor-save]`, chromedp.ByQuery), chromedp.WaitReady("#saved", chromedp.ByQuery))
	if got := await(t, s.saved); got != "plain" {
		t.Errorf("saved %q", got)
	}
	run(t, ctx, "scripts again", emulation.SetScriptExecutionDisabled(false))
}
