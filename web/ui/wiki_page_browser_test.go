package ui_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

func TestWikiPage(t *testing.T) {
	ctx := MustBrowse(t)
	s := MustServeWiki(t)
	run(t, ctx, "open", chromedp.Navigate(s.url+"/page"), until(`document.querySelectorAll('.math-set').length === 3`))

	t.Run("formulas", func(t *testing.T) {
		if eval[float64](t, ctx, `document.querySelector('.math.display').getBoundingClientRect().height`) < 30 {
			t.Error("the formula is not set in lines")
		}
		if got := eval[string](t, ctx, `document.querySelector('.math-problem').textContent`); got != `\frac{1}{` {
			t.Errorf("a formula with a mistake shows %q", got)
		}
		if !eval[bool](t, ctx, `document.querySelector('.math-set math annotation') !== null`) {
			t.Error("screen readers are not told the formula")
		}
		run(t, ctx, "fonts", until(`document.fonts.check('16px KaTeX_Main')`))
	})
	t.Run("diagrams", func(t *testing.T) {
		run(t, ctx, "draw", chromedp.Evaluate(`document.querySelector('#a-diagram').scrollIntoView()`, nil),
			until(`document.querySelectorAll('[data-diagram=drawn]').length === 2 && document.querySelector('[data-diagram=failed]') !== null`))
		size := eval[[]float64](t, ctx, `[...document.querySelectorAll('.diagram-frame:not([data-waiting])')].flatMap((f) => [f.clientWidth, f.clientHeight])`)
		if len(size) != 4 || size[0] < 200 || size[1] < 50 || size[2] < 100 || size[3] < 100 {
			t.Errorf("the diagrams measure %v", size)
		}
		if !eval[bool](t, ctx, `document.querySelector('.diagram-problem').textContent.startsWith('This diagram cannot be drawn')`) {
			t.Error("a diagram with a mistake does not say so")
		}
		// The frame has no origin: what runs in it cannot reach this page.
		if eval[bool](t, ctx, `(() => { try { return document.querySelector('.diagram-frame').contentDocument !== null } catch { return false } })()`) {
			t.Error("the frame of a diagram has the origin of the page")
		}
	})
	t.Run("a table", func(t *testing.T) {
		rows := `[...document.querySelectorAll('.embed-datatable tbody tr:not([hidden]) td:first-child')].map((c) => c.textContent).join()`
		for _, step := range []struct{ what, do, want string }{
			{"pages", ``, "Wye,Avon,Usk"},
			{"next page", `document.querySelector('.table-turns button:last-child').click()`, "Dee,Tay"},
			{"sort by number", `document.querySelectorAll('.table-sort')[1].click()`, "Dee,Usk,Tay"},
			{"the other way", `document.querySelectorAll('.table-sort')[1].click()`, "Avon,Wye,Tay"},
			{"sort by word", `document.querySelectorAll('.table-sort')[0].click()`, "Avon,Dee,Tay"},
			{"search", `(() => { const f = document.querySelector('.table-search input'); f.value = 'y 1'; f.dispatchEvent(new Event('input')) })()`, "Tay"},
			{"no match", `(() => { const f = document.querySelector('.table-search input'); f.value = 'rhine'; f.dispatchEvent(new Event('input')) })()`, ""},
		} {
			if step.do != "" {
				run(t, ctx, step.what, chromedp.Evaluate(step.do, nil))
			}
			if got := eval[string](t, ctx, rows); got != step.want {
				t.Errorf("%s: %q, want %q", step.what, got, step.want)
			}
		}
	})
	t.Run("contents, tree and keys", func(t *testing.T) {
		run(t, ctx, "scroll", chromedp.Evaluate(`document.querySelector('#boxes').scrollIntoView()`, nil),
			until(`document.querySelector('[data-toc] [aria-current]').textContent === 'Boxes'`),
			chromedp.Evaluate(`document.querySelector('[data-tree] summary').click()`, nil),
			until(`localStorage.length === 1`),
			chromedp.Reload(), until(`document.querySelector('[data-tree] details').open`))
		run(t, ctx, "copy", chromedp.Evaluate(`Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text } } })`, nil),
			until(`document.querySelector('.code-copy') !== null`),
			chromedp.Evaluate(`document.querySelector('.code-copy').click()`, nil), until(`window.copied !== undefined`))
		if got := eval[string](t, ctx, `window.copied`); got != "func count(n int) string { // of holts\n\treturn \"many\" + 42\n}" {
			t.Errorf("copied %q", got)
		}
	})
	t.Run("sections", func(t *testing.T) {
		if got := eval[string](t, ctx, `document.querySelector('#boxes .section-edit').href`); !strings.HasSuffix(got, "/edit?section=1") {
			t.Errorf("the section is edited at %s", got)
		}
		if got := eval[string](t, ctx, `document.querySelector('#boxes .section-edit').ariaLabel`); got != "Edit the section “Boxes”" {
			t.Errorf("the link says %q", got)
		}
		// The text of a block of code is no button.
		run(t, ctx, "click on code", chromedp.Evaluate(`document.querySelector('.code code').click()`, nil))
	})
	t.Run("colours and widths", func(t *testing.T) {
		run(t, ctx, "light", dark(false), until(`document.querySelectorAll('.math-set').length === 3`),
			chromedp.Evaluate(`document.querySelectorAll('pre.mermaid').forEach((p) => p.scrollIntoView())`, nil),
			until(`document.querySelectorAll('[data-diagram=drawn]').length === 2`), chromedp.Evaluate(`scrollTo(0, 0)`, nil))
		screenshot(t, ctx, "wiki", true)
		run(t, ctx, "dark", dark(true), chromedp.Evaluate(`document.querySelector('#a-diagram').scrollIntoView()`, nil))
		screenshot(t, ctx, "wiki-dark-diagrams", false)
		screenshot(t, ctx, "wiki-dark", true)
		run(t, ctx, "phone", phone())
		if eval[bool](t, ctx, `document.documentElement.scrollWidth > innerWidth`) {
			t.Error("the page is wider than a phone")
		}
		screenshot(t, ctx, "wiki-phone", true)
		run(t, ctx, "wide", emulation.ClearDeviceMetricsOverride())
	})
	t.Run("edit by key", func(t *testing.T) {
		run(t, ctx, "press e", chromedp.Navigate(s.url+"/page"), until(`document.readyState === 'complete'`), chromedp.KeyEvent("e"),
			chromedp.WaitReady(`[data-wiki-editor=ready]`, chromedp.ByQuery))
	})
}
