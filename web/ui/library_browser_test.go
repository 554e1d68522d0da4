package ui_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/holtdb/holt/web/ui"
)

// TestPickedDocuments chooses documents of the list and asks about them.
func TestPickedDocuments(t *testing.T) {
	ctx := MustBrowse(t)
	u := MustNew(t)
	asked := make(chan string, 1)
	mux := http.NewServeMux()
	mux.Handle("GET /static/", u.Static())
	mux.HandleFunc("GET /chat", func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.RawQuery })
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", ui.ContentSecurityPolicy)
		_ = u.Render(w, libraryPage(documents()[2:])) // the browser has gone
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	run(t, ctx, "open", emulation.SetDeviceMetricsOverride(1280, 800, 1, false), chromedp.Navigate(server.URL), complete(), until(`!document.querySelector('.picked').checkVisibility()`),
		chromedp.KeyEvent("j"), chromedp.KeyEvent("x"), chromedp.Click(`#doc-bread .pick`, chromedp.ByQuery), chromedp.Click(`#doc-skerry .pick`, chromedp.ByQuery), chromedp.Click(`#doc-skerry .pick`, chromedp.ByQuery),
		until(`document.querySelector('.picked').checkVisibility()`))
	screenshot(t, ctx, "library-picked", false)
	run(t, ctx, "phone", phone())
	noWider(t, ctx, "library with a choice on a phone")
	screenshot(t, ctx, "library-picked-phone", false)
	run(t, ctx, "ask", click(`.picked .primary`))
	if got := <-asked; got != "doc=otter&doc=bread" {
		t.Errorf("asked about %q", got)
	}
}
