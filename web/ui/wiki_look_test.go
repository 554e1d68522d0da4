package ui_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/holtdb/holt/web/ui"
)

// TestWikiLook opens the pages of a wiki in a browser, under the policy of all
// pages: nothing may be refused or fail, and no page may be wider than its
// window, on a phone as on a desk.
func TestWikiLook(t *testing.T) { lookAt(t, wikiExamples(t)) }

// lookAt opens pages in a browser, at their names.
func lookAt(t *testing.T, pages []example) {
	t.Helper()
	ctx := MustBrowse(t)
	u := MustNew(t)
	mux := http.NewServeMux()
	mux.Handle("GET /static/", u.Static())
	mux.HandleFunc("GET /api/library/{id}/pages/{page}/image", servePicture)
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		for _, e := range pages {
			if r.URL.Path == "/"+address(e.name) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("Content-Security-Policy", ui.ContentSecurityPolicy+"; frame-src 'self'")
				_ = u.Render(w, e.page) // the browser has gone
				return
			}
		}
		http.NotFound(w, r)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	for _, e := range pages {
		if strings.Contains(e.name, "hostile") {
			continue // its links are meant to be refused
		}
		run(t, ctx, e.name, emulation.SetDeviceMetricsOverride(1360, 860, 1, false), chromedp.Navigate(server.URL+"/"+address(e.name)), dark(false), until(ready))
		noWider(t, ctx, e.name+" on a desk")
		screenshot(t, ctx, address(e.name), true)
		run(t, ctx, e.name, phone(), dark(true))
		noWider(t, ctx, e.name+" on a phone")
		screenshot(t, ctx, address(e.name)+"-phone", true)
	}
}

// ready holds once the editor stands, on pages that have one.
const ready = `!document.querySelector('[data-wiki-editor]') || document.querySelector('[data-wiki-editor="ready"]') !== null`

func address(name string) string { return strings.ReplaceAll(name, " ", "-") }

func noWider(t *testing.T, ctx context.Context, where string) {
	t.Helper()
	if over := eval[float64](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		widest := eval[string](t, ctx, `[...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.diff-scroll, .tabs, pre')).map((e) => e.tagName + '.' + e.className).slice(0, 4).join(' ')`)
		t.Errorf("%s: the page is %v pixels wider than the window: %s", where, over, widest)
	}
}
