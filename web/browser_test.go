package web_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/samples"
)

// browserPatience bounds each browser test.
const browserPatience = 2 * time.Minute

// MustBrowse starts a headless browser, or skips the test where there is none.
// Whatever a page's scripts complain about fails the test.
func MustBrowse(t *testing.T) context.Context {
	t.Helper()
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skip("no Chromium found: install it to run the browser tests")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WindowSize(1280, 900))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, browserPatience)
	t.Cleanup(cancel)
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("a script failed: %s", e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.APITypeError {
				t.Errorf("a script complained: %v", e.Args)
			}
		}
	})
	return ctx
}

// run does steps in the browser. On failure it says where the page stood.
func run(t *testing.T, ctx context.Context, what string, steps ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(ctx, steps...); err != nil {
		var address, text string
		look, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = chromedp.Run(look, chromedp.Location(&address), chromedp.Text("body", &text, chromedp.ByQuery))
		t.Fatalf("%s: %v\nat %s:\n%.1500s", what, err, address, text)
	}
}

// screenshot keeps a picture of the page where HOLT_SCREENSHOTS names a folder.
func screenshot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("HOLT_SCREENSHOTS")
	if dir == "" {
		return
	}
	var picture []byte
	run(t, ctx, "screenshot "+name, chromedp.Sleep(300*time.Millisecond), chromedp.CaptureScreenshot(&picture))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o600); err != nil {
		t.Fatal(err)
	}
}

// MustSample writes a sample document to a file and returns its path.
func MustSample(t *testing.T, name string) string {
	t.Helper()
	content, err := fs.ReadFile(samples.Files(), name)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// text waits until an element is there and returns what it says.
func text(t *testing.T, ctx context.Context, selector string) string {
	t.Helper()
	var out string
	run(t, ctx, "read "+selector, chromedp.Text(selector, &out, chromedp.ByQuery))
	return strings.TrimSpace(out)
}

func TestFirstVisit(t *testing.T) {
	ctx := MustBrowse(t)
	s := MustSite(t)
	secret, err := s.store.SetupSecret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	run(t, ctx, "set up",
		chromedp.Navigate(s.url+"/setup/"+secret),
		chromedp.SendKeys("#login", "Ann@Example.org", chromedp.ByQuery),
		chromedp.SendKeys("#name", "Ann", chromedp.ByQuery),
		chromedp.SendKeys("#password", "correct horse battery", chromedp.ByQuery),
		chromedp.Submit("#password", chromedp.ByQuery),
		chromedp.WaitVisible("body.page-library", chromedp.ByQuery))
	screenshot(t, ctx, "empty")

	t.Run("upload with live progress", func(t *testing.T) {
		run(t, ctx, "upload",
			// Until the page is complete, its nodes may get other numbers.
			chromedp.Poll(`document.readyState === 'complete'`, nil),
			chromedp.SetUploadFiles("#files", []string{MustSample(t, "river-otter.pdf"), MustSample(t, "small-garden-bees.epub"),
				MustSample(t, "bread-slowly.md"), MustSample(t, "small-server.pdf")}, chromedp.ByQuery),
			chromedp.WaitVisible(`.document-queued, .document-processing, .document-ready`, chromedp.ByQuery),
			// The page is never loaded again: what changes, its scripts changed.
			chromedp.Poll(`document.querySelectorAll('.document-ready').length === 4`, nil, chromedp.WithPollingTimeout(time.Minute)))
		screenshot(t, ctx, "library")
	})
	t.Run("search and open the page that matched", func(t *testing.T) {
		run(t, ctx, "search",
			chromedp.SendKeys("#search", "delayed implantation", chromedp.ByQuery),
			chromedp.Submit("#search", chromedp.ByQuery),
			chromedp.WaitVisible(".results mark", chromedp.ByQuery))
		screenshot(t, ctx, "search")
		run(t, ctx, "open",
			chromedp.Click(".results .hit-row", chromedp.ByQuery),
			chromedp.WaitVisible(".sheet img", chromedp.ByQuery),
			chromedp.Poll(`(() => { const i = document.querySelector('.sheet img'); return i.complete && i.naturalWidth > 300 })()`, nil),
			chromedp.WaitReady(".layer rect.hit", chromedp.ByQuery))
		if got := text(t, ctx, ".page-text mark"); !strings.Contains(strings.ToLower(got), "delay") && !strings.Contains(strings.ToLower(got), "implant") {
			t.Errorf("marked %q", got)
		}
		screenshot(t, ctx, "reader")
	})
	t.Run("turn the page by key", func(t *testing.T) {
		var before, after string
		run(t, ctx, "where", chromedp.Location(&before))
		run(t, ctx, "turn", chromedp.KeyEvent("j"),
			chromedp.Poll(fmt.Sprintf("location.href !== %q", before), nil), chromedp.Location(&after),
			chromedp.WaitVisible(".sheet img", chromedp.ByQuery))
		if !strings.Contains(after, "/read/") || after == before {
			t.Errorf("from %s to %s", before, after)
		}
	})
	t.Run("dark and phone", func(t *testing.T) {
		run(t, ctx, "dark", chromedp.Navigate(s.url+"/"), chromedp.Click(".top-menu summary", chromedp.ByQuery),
			chromedp.Click(`button[name=theme][value=dark]`, chromedp.ByQuery),
			chromedp.WaitReady(`html[data-theme=dark]`, chromedp.ByQuery), chromedp.Navigate(s.url+"/"),
			chromedp.WaitReady(`html[data-theme=dark]`, chromedp.ByQuery))
		screenshot(t, ctx, "library-dark")
		run(t, ctx, "phone", emulation.SetDeviceMetricsOverride(360, 740, 2, true), chromedp.Navigate(s.url+"/"),
			chromedp.WaitVisible(".documents", chromedp.ByQuery))
		var overflow bool
		run(t, ctx, "measure", chromedp.Evaluate(`document.documentElement.scrollWidth > innerWidth`, &overflow))
		if overflow {
			t.Error("the page is wider than a phone")
		}
		screenshot(t, ctx, "library-phone")
		run(t, ctx, "wide", emulation.ClearDeviceMetricsOverride())
	})
	t.Run("account and administration", func(t *testing.T) {
		run(t, ctx, "make a token", chromedp.Navigate(s.url+"/account"),
			chromedp.SendKeys(`form[action="/account/tokens"] [name=name]`, "my script", chromedp.ByQuery),
			chromedp.Submit(`form[action="/account/tokens"] [name=name]`, chromedp.ByQuery),
			chromedp.WaitVisible(".once code", chromedp.ByQuery))
		var shown bool
		run(t, ctx, "look for the token", chromedp.Evaluate(`document.documentElement.outerHTML.includes('holt_')`, &shown))
		if !shown {
			t.Error("the new token is not shown")
		}
		screenshot(t, ctx, "account")
		run(t, ctx, "leave and come back", chromedp.Navigate(s.url+"/account"),
			chromedp.Evaluate(`document.documentElement.outerHTML.includes('holt_')`, &shown))
		if shown {
			t.Error("the token is shown twice")
		}
		run(t, ctx, "invite", chromedp.Navigate(s.url+"/admin/users"),
			chromedp.Click(`form[action="/admin/invitations"] button`, chromedp.ByQuery),
			chromedp.WaitVisible(".once code", chromedp.ByQuery))
		screenshot(t, ctx, "people")
		run(t, ctx, "other pages", chromedp.Navigate(s.url+"/admin/settings"), chromedp.WaitVisible("h1", chromedp.ByQuery))
		screenshot(t, ctx, "settings")
		run(t, ctx, "tenants", chromedp.Navigate(s.url+"/admin/tenants"), chromedp.WaitVisible("h1", chromedp.ByQuery))
		screenshot(t, ctx, "tenants")
	})
	t.Run("sign out", func(t *testing.T) {
		run(t, ctx, "sign out", chromedp.Navigate(s.url+"/"), chromedp.Click(".top-menu summary", chromedp.ByQuery),
			chromedp.Click(`form[action="/signout"] button`, chromedp.ByQuery),
			chromedp.WaitVisible(`form[action="/signin"]`, chromedp.ByQuery),
			chromedp.Navigate(s.url+"/search?q=otter"), chromedp.WaitVisible(`form[action="/signin"]`, chromedp.ByQuery))
		run(t, ctx, "wrong password",
			chromedp.SendKeys("#login", "ann@example.org", chromedp.ByQuery), chromedp.SendKeys("#password", "wrong horse battery", chromedp.ByQuery),
			chromedp.Submit("#password", chromedp.ByQuery), chromedp.WaitVisible("[role=alert]", chromedp.ByQuery))
		run(t, ctx, "sign in again and come back",
			chromedp.SendKeys("#password", "correct horse battery", chromedp.ByQuery), chromedp.Submit("#password", chromedp.ByQuery),
			chromedp.WaitVisible("body.page-search .results", chromedp.ByQuery))
	})
}

// TestWithoutScript reads and searches in a browser that runs no scripts.
func TestWithoutScript(t *testing.T) {
	ctx := MustBrowse(t)
	s := MustSite(t)
	_, err := s.store.CreateLocal(t.Context(), platform.NewAccount{Login: "bob", Password: "correct horse battery"})
	if err != nil && !errors.Is(err, platform.ErrLoginTaken) {
		t.Fatal(err)
	}
	run(t, ctx, "sign in",
		emulation.SetScriptExecutionDisabled(true),
		chromedp.Navigate(s.url+"/"),
		chromedp.SendKeys("#login", "bob", chromedp.ByQuery), chromedp.SendKeys("#password", "correct horse battery\r", chromedp.ByQuery),
		chromedp.WaitVisible("body.page-library", chromedp.ByQuery))
	run(t, ctx, "upload",
		chromedp.SetUploadFiles("#files", []string{MustSample(t, "bread-slowly.md")}, chromedp.ByQuery),
		chromedp.Click("[data-without-script]", chromedp.ByQuery), chromedp.WaitVisible(".document", chromedp.ByQuery))
	for {
		run(t, ctx, "look again", chromedp.Navigate(s.url+"/?status=ready"))
		if !strings.Contains(text(t, ctx, "main"), "No document fits") {
			break
		}
	}
	run(t, ctx, "search and read",
		chromedp.SendKeys("#search", "rye starter\r", chromedp.ByQuery), chromedp.WaitVisible(".results .hit-row", chromedp.ByQuery),
		chromedp.Click(".results .hit-row", chromedp.ByQuery), chromedp.WaitVisible(".reading mark", chromedp.ByQuery))
}
