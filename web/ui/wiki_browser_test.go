package ui_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/holtdb/holt/web/ui"
)

// wikiServer serves pages of a wiki as the program does, with its headers, and
// keeps what the editor sends.
type wikiServer struct {
	url     string
	version string
	uploads chan string    // names of attached files
	drafts  chan [4]string // content, line, column, revision
	saved   chan string    // text of pages that were saved
	refuse  chan int       // the status for the next draft
	ui      *ui.UI
}

func MustServeWiki(t *testing.T) *wikiServer {
	t.Helper()
	s := &wikiServer{
		uploads: make(chan string, 9), drafts: make(chan [4]string, 99), saved: make(chan string, 9), refuse: make(chan int, 1), ui: MustNew(t),
	}
	s.version = regexp.MustCompile(`/static/([0-9a-f]{16})/`).FindStringSubmatch(MustRender(t, s.ui, libraryPage(nil)))[1]
	mux := http.NewServeMux()
	mux.Handle("GET /static/", s.ui.Static())
	mux.HandleFunc("GET /page", s.page)
	mux.HandleFunc("GET /edit", s.edit)
	mux.HandleFunc("POST /preview", s.preview)
	mux.HandleFunc("POST /draft", s.draft)
	mux.HandleFunc("POST /attach", s.attach)
	mux.HandleFunc("POST /save", func(w http.ResponseWriter, r *http.Request) {
		s.saved <- r.PostFormValue("content")
		s.html(w, `<p id="saved">Saved</p>`)
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Frame-Options", "DENY")
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// html writes a page with the frame that scripts rely on.
func (s *wikiServer) html(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", ui.ContentSecurityPolicy+"; frame-src 'self'")
	asset := func(name string) string { return "/static/" + s.version + "/" + name }
	fmt.Fprintf(w, `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Wiki</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="%s">
<link rel="stylesheet" href="%s"><link rel="stylesheet" href="%s">
<script type="module" src="%s"></script><script type="module" src="%s"></script><script type="module" src="%s"></script></head>
<body class="page-editor"><header class="top"><a class="brand" href="/page">Holt</a></header>
<main id="main" tabindex="-1">%s</main><p class="hidden" id="holt-announcement" role="status"></p><div class="toasts" id="holt-toasts"></div></body></html>`,
		asset("holt.svg"), asset("holt.css"), asset("wiki.css"), asset("app.js"), asset("wiki.js"), asset("editor.js"), body)
}

func (s *wikiServer) page(w http.ResponseWriter, _ *http.Request) {
	text, err := os.ReadFile("testdata/wiki_page.html")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.html(w, `<nav data-toc><a href="#river-notes">River notes</a> <a href="#boxes">Boxes</a> <a href="#code">Code</a></nav>
<div data-tree="x"><details data-path="Guides"><summary>Guides</summary><a href="/edit">Edit</a></details></div>
<a href="/edit" data-shortcut="e">Edit</a><div class="prose" data-wiki-text data-section-url="/edit?section=">`+string(text)+`</div>`)
}

func (s *wikiServer) edit(w http.ResponseWriter, _ *http.Request) {
	var text strings.Builder
	for i := range 30 {
		fmt.Fprintf(&text, "## Part %d\n\nSome **text** with a [link](https://example.org).\n\n", i+1)
	}
	s.html(w, `<form method="post" action="/save" data-wiki-editor data-attachment-url="/attach" data-preview-url="/preview" data-draft-url="/draft">
<input type="hidden" name="revision" value="abc123"><label class="hidden" for="content">Text of the page</label>
<textarea id="content" name="content">`+html.EscapeString(text.String())+`</textarea>
<p data-draft-state role="status"></p><ul data-editor-attachments hidden><li data-filename="./plan.png">plan.png</li></ul><div class="editor-foot"><div class="field"><label for="message">What changed</label><input id="message" name="commit"></div>
<button class="button" name="preview" formaction="/preview" data-editor-fallback>Preview</button>
<button class="button primary" data-editor-save data-shortcut="s">Save</button></div></form>`)
}

// preview renders the little Markdown that the tests write.
func (s *wikiServer) preview(w http.ResponseWriter, r *http.Request) {
	var b strings.Builder
	for block := range strings.SplitSeq(strings.ReplaceAll(r.PostFormValue("content"), "\r", ""), "\n\n") {
		level := len(block) - len(strings.TrimLeft(block, "#"))
		switch escaped := html.EscapeString(strings.TrimLeft(block, "# ")); {
		case level > 0:
			fmt.Fprintf(&b, "<h%d>%s</h%d>\n", level, escaped, level)
		case strings.HasPrefix(block, "$"):
			fmt.Fprintf(&b, `<p><span class="math inline">%s</span></p>`, strings.Trim(escaped, "$\n"))
		default:
			fmt.Fprintf(&b, "<p>%s</p>\n", escaped)
		}
	}
	s.json(w, http.StatusOK, map[string]any{"preview_content": b.String(), "preview_toc": "", "library_requirements": map[string]bool{}})
}

func (s *wikiServer) draft(w http.ResponseWriter, r *http.Request) {
	s.drafts <- [4]string{r.PostFormValue("content"), r.PostFormValue("cursor_line"), r.PostFormValue("cursor_ch"), r.PostFormValue("revision")}
	select {
	case status := <-s.refuse:
		s.json(w, status, map[string]string{"status": "refused"})
	default:
		s.json(w, http.StatusOK, map[string]string{"status": "draft saved"})
	}
}

func (s *wikiServer) attach(w http.ResponseWriter, r *http.Request) {
	_, header, err := r.FormFile("file")
	if err != nil {
		s.json(w, http.StatusBadRequest, map[string]string{"message": "No file."})
		return
	}
	s.uploads <- header.Filename
	if strings.HasSuffix(header.Filename, ".exe") {
		s.json(w, http.StatusForbidden, map[string]string{"message": "Programs are not accepted."})
		return
	}
	s.json(w, http.StatusOK, map[string]string{"filename": "./" + header.Filename})
}

func (s *wikiServer) json(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // the browser has gone
}

// MustBrowse starts a headless browser, or skips the test where there is none.
// What scripts complain about and what a policy refuses fails the test.
func MustBrowse(t *testing.T) context.Context {
	t.Helper()
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		t.Skip("no Chromium found: install it to run the browser tests")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		// Frames in processes of their own would keep their complaints to themselves.
		chromedp.Flag("disable-features", "IsolateSandboxedIframes,site-per-process,Translate"),
		chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(time.Minute), chromedp.WindowSize(1280, 900))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("a script failed: %s", e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.APITypeError {
				t.Errorf("a script complained: %s", e.Args[0].Value)
			}
		case *log.EventEntryAdded:
			// A refusal by the test's own server is logged as well, and is wanted.
			if e.Entry.Level == log.LevelError && e.Entry.Source != log.SourceNetwork {
				t.Errorf("the browser complained: %s: %s", e.Entry.Source, e.Entry.Text)
			}
		case *page.EventJavascriptDialogOpening:
			go func() { _ = chromedp.Run(ctx, page.HandleJavaScriptDialog(true)) }()
		}
	})
	run(t, ctx, "start", log.Enable())
	return ctx
}

func run(t *testing.T, ctx context.Context, what string, steps ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(ctx, steps...); err != nil {
		var where string
		look, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = chromedp.Run(look, chromedp.Evaluate(`document.body?.innerText ?? ''`, &where))
		t.Fatalf("%s: %v\n%.1500s", what, err, where)
	}
}

// until waits until a condition of the page holds.
func until(condition string) chromedp.Action {
	return chromedp.Poll(condition, nil, chromedp.WithPollingTimeout(20*time.Second))
}

// eval returns the value of an expression.
func eval[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	var value T
	run(t, ctx, expression, chromedp.Evaluate(expression, &value))
	return value
}

// screenshot keeps a picture of the page where HOLT_SCREENSHOTS names a folder.
func screenshot(t *testing.T, ctx context.Context, name string, whole bool) {
	t.Helper()
	dir := os.Getenv("HOLT_SCREENSHOTS")
	if dir == "" {
		return
	}
	var picture []byte
	take := chromedp.CaptureScreenshot(&picture)
	if whole {
		take = chromedp.FullScreenshot(&picture, 100)
	}
	run(t, ctx, "screenshot", chromedp.Sleep(300*time.Millisecond), take)
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o600); err != nil {
		t.Fatal(err)
	}
}

func phone() chromedp.Action { return emulation.SetDeviceMetricsOverride(360, 740, 2, true) }

func dark(on bool) chromedp.Action {
	value := "light"
	if on {
		value = "dark"
	}
	return chromedp.Evaluate(fmt.Sprintf("document.documentElement.dataset.theme = %q", value), nil)
}
