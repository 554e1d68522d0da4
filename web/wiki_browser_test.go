package web_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

// MustBrowseWikis is MustBrowse, and what a policy refuses fails the test as well.
func MustBrowseWikis(t *testing.T) context.Context {
	t.Helper()
	ctx := MustBrowse(t)
	watch(t, ctx)
	return ctx
}

// MustBrowseApart opens a window that shares nothing with the first, as that of
// somebody else.
func MustBrowseApart(t *testing.T, ctx context.Context) context.Context {
	t.Helper()
	var id target.ID
	run(t, ctx, "open another window", chromedp.ActionFunc(func(ctx context.Context) error {
		browser := cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser)
		profile, err := target.CreateBrowserContext().Do(browser)
		if err == nil {
			id, err = target.CreateTarget("about:blank").WithBrowserContextID(profile).WithNewWindow(true).Do(browser)
		}
		return err
	}))
	apart, cancel := chromedp.NewContext(ctx, chromedp.WithTargetID(id))
	t.Cleanup(cancel)
	chromedp.ListenTarget(apart, func(event any) {
		if e, ok := event.(*runtime.EventExceptionThrown); ok {
			t.Errorf("a script failed: %s", e.ExceptionDetails.Error())
		}
	})
	watch(t, apart)
	return apart
}

// watch fails the test for what the browser refuses, and leaves pages that ask
// whether to stay.
func watch(t *testing.T, ctx context.Context) {
	t.Helper()
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *log.EventEntryAdded:
			// That a page is refused is logged as well, and is wanted.
			if e.Entry.Level == log.LevelError && e.Entry.Source != log.SourceNetwork {
				t.Errorf("the browser complained: %s: %s", e.Entry.Source, e.Entry.Text)
			}
		case *page.EventJavascriptDialogOpening:
			go func() { _ = chromedp.Run(ctx, page.HandleJavaScriptDialog(true)) }()
		}
	})
	run(t, ctx, "start", log.Enable())
}

// until waits until a condition of the page holds, or of the page that comes next.
func until(condition string) chromedp.Action {
	poll := chromedp.Poll(condition, nil, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(20*time.Second))
	return chromedp.ActionFunc(func(ctx context.Context) error {
		for {
			err := poll.Do(ctx)
			// The page was left meanwhile, and its context with it.
			if gone := (*cdproto.Error)(nil); !errors.As(err, &gone) || gone.Code != -32000 || ctx.Err() != nil {
				return err
			}
		}
	})
}

// arrived waits until a page of this path is there.
func arrived(path string) chromedp.Action {
	return until(fmt.Sprintf(`location.pathname === %q && document.readyState === 'complete'`, path))
}

// says waits until an element says something.
func says(selector, text string) chromedp.Action {
	return until(fmt.Sprintf(`document.querySelector(%q)?.textContent.includes(%q)`, selector, text))
}

func click(selector string) chromedp.Action { return chromedp.Click(selector, chromedp.ByQuery) }

// typed types over what stands in a field.
func typed(selector, text string) chromedp.Action {
	return chromedp.Tasks{
		chromedp.WaitVisible(selector, chromedp.ByQuery), chromedp.Evaluate(fmt.Sprintf(`document.querySelector(%q).select()`, selector), nil),
		chromedp.SendKeys(selector, text, chromedp.ByQuery),
	}
}

// eval returns the value of an expression.
func eval[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	var value T
	run(t, ctx, expression, chromedp.Evaluate(expression, &value))
	return value
}

// inEditor is the beginning of expressions about what is in the editor.
const inEditor = `document.querySelector('.editor-write').shadowRoot`

// write waits for the editor and makes its text another one, as if typed over.
func write(text string) chromedp.Action {
	return chromedp.Tasks{
		chromedp.WaitReady(`[data-wiki-editor=ready]`, chromedp.ByQuery),
		chromedp.Evaluate(inEditor+`.querySelector('.cm-content').focus()`, nil),
		chromedp.KeyEvent("a", chromedp.KeyModifiers(input.ModifierCtrl)),
		input.InsertText(text),
	}
}

// written is what stands in the editor.
func written(t *testing.T, ctx context.Context) string {
	t.Helper()
	return eval[string](t, ctx, `(() => { dispatchEvent(new Event('pagehide')); return document.querySelector('#holt-content').value })()`)
}

// saveKeys press Ctrl and S.
func saveKeys() chromedp.Action {
	return chromedp.KeyEvent("s", chromedp.KeyModifiers(input.ModifierCtrl))
}

// save saves what is in the editor, with a message, and waits for the page and
// its notice.
func save(pagePath, notice string) chromedp.Action {
	return chromedp.Tasks{chromedp.SetValue("#holt-message", "by hand", chromedp.ByQuery), saveKeys(), arrived(pagePath), says(".flash", notice)}
}

// slash presses the key, which a page may keep for itself.
func slash() chromedp.Action {
	return chromedp.Tasks{
		input.DispatchKeyEvent(input.KeyDown).WithKey("/").WithCode("Slash").WithText("/"),
		input.DispatchKeyEvent(input.KeyUp).WithKey("/").WithCode("Slash"),
	}
}

// signIn goes through the form that the window shows.
func signIn(login string) chromedp.Action {
	return chromedp.Tasks{
		chromedp.SendKeys("#login", login, chromedp.ByQuery), chromedp.SendKeys("#password", "correct horse battery\r", chromedp.ByQuery),
		chromedp.WaitNotPresent("#password", chromedp.ByQuery),
	}
}

// MustPicture returns a PNG file of a size.
func MustPicture(tb testing.TB, width, height int) []byte {
	tb.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			picture.Set(x, y, color.RGBA{uint8(40 + 150*x/width), uint8(110 + 90*y/height), 90, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// tour is one wiki that is used by its owner Ann in one window, and through the
// API by Bob.
type tour struct {
	*wikiSite
	ctx context.Context
	bob *visitor
}

const roses = `# Roses

They are red.

## Pruning

In March.

## Feeding

In June.
`

func TestWikiInBrowser(t *testing.T) {
	s := &tour{ctx: MustBrowseWikis(t), wikiSite: MustWikiSite(t)}
	s.MustPerson(t, "ann")
	bob := s.MustPerson(t, "bob")
	s.MustPerson(t, "cleo")
	secret, _, err := s.store.CreateToken(t.Context(), bob.account.ID, "script", platform.ScopeWrite, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	s.bob = s.anonymous(t)
	s.bob.bearer = secret
	for _, part := range []struct {
		what string
		do   func(*testing.T)
	}{
		{"create a wiki", s.createWiki}, {"write a page", s.writePage}, {"a draft", s.draft}, {"one section", s.section},
	} {
		if !t.Run(part.what, part.do) {
			return // what follows builds on it
		}
	}
	s.MustAdmit(t, "garden", bob, wiki.RoleEditor)
	t.Run("changes that merge and that do not", s.conflict)
	t.Run("paste a picture", s.paste)
	t.Run("attachments", s.attachments)
	t.Run("formulas, diagrams and contents", s.reading)
	t.Run("rename", s.rename)
	t.Run("history", s.history)
	t.Run("search and keys", s.search)
	t.Run("administration", s.administration)
	t.Run("people", s.people)
}

func (s *tour) createWiki(t *testing.T) {
	run(t, s.ctx, "sign in", chromedp.Navigate(s.url+"/wikis"), signIn("ann"), arrived("/wikis"),
		click(`.empty a[href="/wikis/new"]`), arrived("/wikis/new"))
	run(t, s.ctx, "the address follows the name", typed("#name", "Our Gärten & Co"), says("[data-slug-preview]", "our-garten-co"))
	run(t, s.ctx, "not an address", typed("#slug", "-g"), click("main form .primary"), until(`document.querySelector('#slug:invalid') !== null`))
	if got := eval[string](t, s.ctx, `location.pathname`); got != "/wikis/new" {
		t.Errorf("an impossible address led to %s", got)
	}
	run(t, s.ctx, "a reserved address", typed("#slug", "admin"), click(`[name=visibility][value=public]`), click("main form .primary"),
		chromedp.WaitVisible("#slug[aria-invalid=true]", chromedp.ByQuery))
	if !eval[bool](t, s.ctx, `document.querySelector('#name').value === 'Our Gärten & Co' && document.querySelector('[name=visibility][value=public]').checked`) {
		t.Error("what was typed is gone")
	}
	run(t, s.ctx, "an address by hand", typed("#slug", "GARDEN"), says("[data-slug-preview]", "garden"))
	if got, want := eval[string](t, s.ctx, `document.querySelector('.address-preview').textContent`), s.url+"/w/garden"; !strings.HasPrefix(got, want) {
		t.Errorf("the address is shown as %q, want %q", got, want)
	}
	run(t, s.ctx, "create", click("main form .primary"), until(`location.pathname.startsWith('/w/garden/') && document.readyState === 'complete'`),
		says(".rail-site", "Our Gärten & Co"), chromedp.WaitVisible(".prose h1", chromedp.ByQuery))
}

func (s *tour) writePage(t *testing.T) {
	run(t, s.ctx, "press c", chromedp.KeyEvent("c"), arrived("/w/garden/-/create"), chromedp.SendKeys("#pagename", "Plants/Roses\r", chromedp.ByQuery),
		arrived("/w/garden/Plants/Roses/edit"))
	run(t, s.ctx, "write beside the preview", write("# Roses\n\nThey are **blue**."), click(`.editor-modes [data-mode=both]`), says(".editor-preview strong", "blue"),
		write(roses), until(`document.querySelectorAll('.editor-preview h2').length === 2`))
	run(t, s.ctx, "save without a message", saveKeys(), until(`document.activeElement.matches('#holt-message:invalid')`))
	run(t, s.ctx, "save", chromedp.SendKeys("#holt-message", "plant them", chromedp.ByQuery), saveKeys(), arrived("/w/garden/Plants/Roses"),
		says(".flash", "created"), says(".prose h1", "Roses"))
	if got := text(t, s.ctx, ".wiki-foot"); !strings.Contains(got, "by Ann: plant them") {
		t.Errorf("the foot says %q", got)
	}
	if got := s.textOf(t, "garden", "Plants/Roses"); got != roses {
		t.Errorf("the text is %q", got)
	}
}

func (s *tour) draft(t *testing.T) {
	run(t, s.ctx, "press e", chromedp.KeyEvent("e"), arrived("/w/garden/Plants/Roses/edit"), write(roses+"\nOr in July."),
		until(`/^Draft saved/.test(document.querySelector('[data-draft-state]').textContent)`))
	run(t, s.ctx, "leave", chromedp.Navigate(s.url+"/w/garden/Plants/Roses"), says(".flash", "You have a draft"), chromedp.Reload(), says(".flash", "You have a draft"))
	run(t, s.ctx, "come back", chromedp.KeyEvent("e"), click(`button[name=draft][value=edit]`), chromedp.WaitReady(`[data-wiki-editor=ready]`, chromedp.ByQuery))
	if got := written(t, s.ctx); got != roses+"\nOr in July." {
		t.Errorf("the draft is %q", got)
	}
	run(t, s.ctx, "save", save("/w/garden/Plants/Roses", "Saved"))
	run(t, s.ctx, "edit again", chromedp.KeyEvent("e"), chromedp.WaitReady(`[data-wiki-editor=ready]`, chromedp.ByQuery))
	run(t, s.ctx, "take it back", write(roses), save("/w/garden/Plants/Roses", "Saved"))
}

func (s *tour) section(t *testing.T) {
	run(t, s.ctx, "open", click(`#pruning .section-edit`), arrived("/w/garden/Plants/Roses/section/1"), chromedp.WaitReady(`[data-wiki-editor=ready]`, chromedp.ByQuery))
	if got := strings.TrimSpace(written(t, s.ctx)); got != "## Pruning\n\nIn March." {
		t.Errorf("the section is %q", got)
	}
	run(t, s.ctx, "save", write("## Pruning\n\nIn April.\n"), save("/w/garden/Plants/Roses", "Saved"))
	if got, want := s.textOf(t, "garden", "Plants/Roses"), strings.Replace(roses, "March", "April", 1); strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("the text is %q, want %q", got, want)
	}
}

// change replaces words of a page through the API, as Bob.
func (s *tour) change(t *testing.T, page, old, new string) {
	t.Helper()
	s.bob.json("PATCH", "/w/garden/api/v1/pages/"+page, map[string]string{
		"revision": s.revisionOf(t, "garden", page), "old_string": old, "new_string": new,
	}).want(t, http.StatusOK)
}

func (s *tour) conflict(t *testing.T) {
	text := s.textOf(t, "garden", "Plants/Roses")
	const path = "/w/garden/Plants/Roses"
	run(t, s.ctx, "open", chromedp.Navigate(s.url+path+"/edit"), write(strings.Replace(text, "June", "July", 1)))
	s.change(t, "Plants/Roses", "red", "crimson")
	run(t, s.ctx, "save what merges", save(path, "both changes are in it"), says(".prose", "July"), says(".prose", "crimson"))

	text = s.textOf(t, "garden", "Plants/Roses")
	run(t, s.ctx, "open", chromedp.Navigate(s.url+path+"/edit"), write(strings.Replace(text, "crimson", "pink", 1)))
	s.change(t, "Plants/Roses", "crimson", "white")
	run(t, s.ctx, "save what does not", chromedp.SetValue("#holt-message", "pink", chromedp.ByQuery), saveKeys(), says("h1", "Two changes of"),
		says(".diff", "pink"), says(".diff", "white"), says(".flash-problem", "Bob changed the page"), chromedp.WaitReady(`[data-wiki-editor=ready]`, chromedp.ByQuery))
	if got := s.textOf(t, "garden", "Plants/Roses"); !strings.Contains(got, "white") || strings.Contains(got, "pink") {
		t.Errorf("the page is overwritten: %q", got)
	}
	if got := written(t, s.ctx); !strings.Contains(got, "<<<<<<<") || !strings.Contains(got, "pink") || !strings.Contains(got, "white") {
		t.Errorf("the proposal is %q", got)
	}
	look(t, s.ctx, "conflict")
	run(t, s.ctx, "resolve", write(strings.Replace(text, "crimson", "pink and white", 1)), save(path, "Saved"), says(".prose", "pink and white"))
}

func (s *tour) paste(t *testing.T) {
	picture := base64.StdEncoding.EncodeToString(MustPicture(t, 320, 200))
	run(t, s.ctx, "paste", chromedp.Navigate(s.url+"/w/garden/Plants/Roses/edit"), chromedp.WaitReady(`[data-wiki-editor=ready]`, chromedp.ByQuery),
		chromedp.Evaluate(inEditor+`.querySelector('.cm-content').focus()`, nil), chromedp.KeyEvent(kb.End, chromedp.KeyModifiers(input.ModifierCtrl)),
		chromedp.Evaluate(`(() => {
			const data = new DataTransfer(), bytes = Uint8Array.from(atob('`+picture+`'), (c) => c.charCodeAt(0))
			data.items.add(new File([bytes], 'image.png', { type: 'image/png' }))
			`+inEditor+`.querySelector('.cm-content').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
		})()`, nil), until(inEditor+`.textContent.includes('![](./pasted-')`))
	run(t, s.ctx, "see it in the preview", click(`.editor-modes [data-mode=preview]`),
		until(`document.querySelector('.editor-preview img')?.naturalWidth === 320`), click(`.editor-modes [data-mode=write]`))
	run(t, s.ctx, "see it on the page", save("/w/garden/Plants/Roses", "Saved"), until(`document.querySelector('.prose img')?.naturalWidth === 320`))
}

func (s *tour) attachments(t *testing.T) {
	run(t, s.ctx, "upload", click(`.wiki-actions a[href$="/attachments"]`), chromedp.WaitVisible(".files", chromedp.ByQuery),
		until(`document.querySelector('.file-picture img')?.naturalWidth > 10`),
		chromedp.SetUploadFiles("#files", []string{MustSample(t, "river-otter.pdf")}, chromedp.ByQuery), click(".attach .primary"),
		says(".files", "river-otter.pdf"), chromedp.WaitVisible(".flash", chromedp.ByQuery))
	run(t, s.ctx, "about a file", click(`.files a[href$="/attachment/river-otter.pdf"]`), arrived("/w/garden/Plants/Roses/attachment/river-otter.pdf"),
		says("h1", "river-otter.pdf"))
	look(t, s.ctx, "file")
}

func (s *tour) reading(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Reading\n\nHalf is $\\frac{1}{2}$.\n\n```mermaid\ngraph LR\n  A --> B\n```\n\n")
	for i := range 12 {
		fmt.Fprintf(&b, "## Part %d\n\n%s\n\n", i, strings.Repeat("Many words about gardens. ", 60))
	}
	s.MustWrite(t, "garden", "Reading", b.String())
	run(t, s.ctx, "see them", chromedp.Navigate(s.url+"/w/garden/Reading"), until(`document.querySelector('.math-set .katex') !== null`),
		until(`document.querySelector('[data-diagram=drawn]') !== null && document.querySelector('.diagram-frame').clientHeight > 30`))
	run(t, s.ctx, "follow the contents", says(`[data-toc] [aria-current=location]`, "Reading"), click(`[data-toc] a[href="#part-7"]`),
		says(`[data-toc] [aria-current=location]`, "Part 7"))
}

func (s *tour) rename(t *testing.T) {
	s.MustWrite(t, "garden", "List", "See [[Plants/Roses]] and [the roses](/Plants/Roses#feeding).\n")
	run(t, s.ctx, "rename", chromedp.Navigate(s.url+"/w/garden/Plants/Roses"), click(`.wiki-actions [data-menu] summary`),
		click(`.wiki-actions a[href$="/rename"]`), arrived("/w/garden/Plants/Roses/rename"), says(".check", "page links here"),
		typed("#new_pagename", "Flowers/Roses"), click("main form .primary"), arrived("/w/garden/Flowers/Roses"), says(".flash", "Links on other pages"),
		until(`document.querySelector('.prose img')?.naturalWidth === 320`))
	run(t, s.ctx, "follow a link", chromedp.Navigate(s.url+"/w/garden/List"), click(`.prose a`), arrived("/w/garden/Flowers/Roses"))
	run(t, s.ctx, "the former address", chromedp.Navigate(s.url+"/w/garden/Plants/Roses"), arrived("/w/garden/Flowers/Roses"))
	if got, want := s.textOf(t, "garden", "List"), "See [[Flowers/Roses]] and [the roses](/Flowers/Roses#feeding).\n"; got != want {
		t.Errorf("the links are %q, want %q", got, want)
	}
}

func (s *tour) history(t *testing.T) {
	s.MustWrite(t, "garden", "List", "See [[Flowers/Roses]].\n\nAnd tulips.\n")
	run(t, s.ctx, "press h", chromedp.Navigate(s.url+"/w/garden/List"), chromedp.KeyEvent("h"), arrived("/w/garden/List/history"),
		until(`document.querySelectorAll('.revisions > li').length === 3`))
	run(t, s.ctx, "compare", click(".compare-bar button"), says(".diff", "tulips"))
	look(t, s.ctx, "diff")
	run(t, s.ctx, "go back", chromedp.Navigate(s.url+"/w/garden/List/history"), click(".revision-message a"), says(".diff", "tulips"),
		click(`a[href*="/-/revert/"]`), says("h1", "Take this change back"), click("main form .danger"), until(`location.search === '?notice=reverted'`))
	if got := s.textOf(t, "garden", "List"); strings.Contains(got, "tulips") || !strings.Contains(got, "(/Flowers/Roses#feeding)") {
		t.Errorf("after taking the change back the text is %q", got)
	}
}

func (s *tour) search(t *testing.T) {
	run(t, s.ctx, "search", chromedp.Navigate(s.url+"/w/garden/List"), slash(), until(`document.activeElement.id === 'holt-search'`),
		chromedp.SendKeys("#holt-search", "\"pink and white\"\r", chromedp.ByQuery), arrived("/w/garden/-/search"), says(".wiki-hits", "Roses"), chromedp.WaitVisible(".wiki-hits mark", chromedp.ByQuery))
	run(t, s.ctx, "choose by key", chromedp.KeyEvent("j"), until(`document.activeElement.matches('.hit-row')`), chromedp.KeyEvent("\r"), arrived("/w/garden/Flowers/Roses"))
	run(t, s.ctx, "list the keys", chromedp.KeyEvent("?"), chromedp.WaitVisible("#holt-shortcuts[open]", chromedp.ByQuery), chromedp.KeyEvent("\x1b"),
		chromedp.WaitNotPresent("#holt-shortcuts[open]", chromedp.ByQuery))
	run(t, s.ctx, "fold the side away", chromedp.KeyEvent("["), until(`getComputedStyle(document.querySelector('#holt-rail')).display === 'none' || document.querySelector('#holt-rail').getBoundingClientRect().right <= 0`))
}

func (s *tour) administration(t *testing.T) {
	run(t, s.ctx, "open by the menu", chromedp.Navigate(s.url+"/w/garden/"), click(".top-menu summary"), click(`.top-menu a[href$="/-/admin"]`), arrived("/w/garden/-/admin"))
	var tabs []string
	run(t, s.ctx, "find all", chromedp.Evaluate(`[...document.querySelectorAll('.admin-nav a')].map((a) => a.pathname.replace('/w/garden/', ''))`, &tabs))
	for _, path := range append(tabs, "Home/access", "-/user/1", "-/about", "-/help", "-/syntax", "-/index", "-/changelog", "-/tags", "-/links", "-/drafts", "-/create",
		"Home/source", "Home/blame", "Home/links", "Home/delete", "Home/rename", "Nowhere") {
		run(t, s.ctx, path, chromedp.Navigate(s.url+"/w/garden/"+path), arrived("/w/garden/"+path), chromedp.WaitVisible("main h1", chromedp.ByQuery))
		noWider(t, s.ctx, path)
		look(t, s.ctx, "all-"+strings.ReplaceAll(path, "/", "-"))
	}
	if len(tabs) < 8 {
		t.Errorf("the administration has only %q", tabs)
	}
}

func (s *tour) people(t *testing.T) {
	other := MustBrowseApart(t, s.ctx)
	run(t, other, "a stranger reads", chromedp.Navigate(s.url+"/w/garden/Flowers/Roses"), says(".prose", "pink and white"))
	if eval[bool](t, other, `document.querySelector('[data-shortcut=e]') !== null`) {
		t.Error("a stranger is offered to edit")
	}
	run(t, s.ctx, "make it private", chromedp.Navigate(s.url+"/w/garden/-/admin/permissions_and_registration"),
		click(`.choices li:not(.chosen) form:has([value=APPROVED]) button`), chromedp.WaitVisible(".flash", chromedp.ByQuery), says(".choices .chosen", "Private"))
	run(t, other, "the stranger reads on", chromedp.Reload(), arrived("/signin"))
	run(t, other, "sign in as somebody else", signIn("cleo"), arrived("/w/garden/Flowers/Roses"))
	if got := text(t, other, "body"); strings.Contains(got, "pink") || strings.Contains(got, "Gärten") {
		t.Errorf("somebody else is shown %q", got)
	}
	private := text(t, other, "main h1")
	run(t, other, "no such wiki", chromedp.Navigate(s.url+"/w/nowhere/Flowers/Roses"))
	if missing := text(t, other, "main h1"); private != missing {
		t.Errorf("a private wiki says %q, a missing one %q", private, missing)
	}
	look(t, other, "no-wiki")

	run(t, s.ctx, "invite", chromedp.Navigate(s.url+"/w/garden/-/admin/user_management"), chromedp.SetValue("#invite-role", "editor", chromedp.ByQuery),
		click(`form[action$="/-/admin/invitations"] button`), says("#new-link", "/join/"))
	link := eval[string](t, s.ctx, `document.querySelector('#new-link').textContent`)
	look(t, s.ctx, "invited")
	run(t, other, "join", chromedp.Navigate(link), chromedp.WaitVisible(".door", chromedp.ByQuery))
	look(t, other, "invitation")
	run(t, other, "take part", click(".door form .primary"), until(`location.pathname.startsWith('/w/garden/') && document.readyState === 'complete'`),
		chromedp.Navigate(s.url+"/w/garden/Flowers/Roses"), says(".prose", "pink and white"), chromedp.KeyEvent("e"), write("# Roses\n\nBy Cleo.\n"), save("/w/garden/Flowers/Roses", "Saved"))

	s.MustWrite(t, "garden", "Diary", "# Diary\n\nOf Bob alone.\n")
	run(t, other, "before the rule", chromedp.Navigate(s.url+"/w/garden/Diary"), says(".prose", "Of Bob"))
	run(t, s.ctx, "protect a page", chromedp.Navigate(s.url+"/w/garden/-/admin/rules"), typed("#rule-path", "Diary"), chromedp.SetValue("#rule-scope", "page", chromedp.ByQuery),
		chromedp.SetValue("#rule-who", "account", chromedp.ByQuery), typed("#rule-account", "bob"), click(".rule-form .primary"), says(".rules", "Diary"))
	look(t, s.ctx, "rules")
	run(t, other, "after the rule", chromedp.Reload(), says("main", "does not exist"), chromedp.Navigate(s.url+"/w/garden/Flowers/Roses"), says(".prose", "By Cleo"))
	s.bob.get("/w/garden/api/v1/pages/Diary").want(t, http.StatusOK)
	run(t, s.ctx, "the page tells its admin", chromedp.Navigate(s.url+"/w/garden/Diary"), says(".wiki-foot", "Rules of its own"))
}

// TestWikiWithoutScript writes and reads in a browser that runs no scripts.
func TestWikiWithoutScript(t *testing.T) {
	ctx := MustBrowseWikis(t)
	s := MustWikiSite(t)
	s.MustWiki(t, "garden", s.MustPerson(t, "ann"), preferences.Private)
	run(t, ctx, "sign in and read", emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(s.url+"/w/garden/"), signIn("ann"),
		chromedp.WaitVisible(".prose h1", chromedp.ByQuery))
	run(t, ctx, "create", chromedp.Navigate(s.url+"/w/garden/-/create"), chromedp.SendKeys("#pagename", "Slugs\r", chromedp.ByQuery), chromedp.WaitVisible("#holt-content", chromedp.ByQuery))
	run(t, ctx, "preview", chromedp.SetValue("#holt-content", "# Slugs\n\nThey eat **salads**.\n", chromedp.ByQuery), click("[data-editor-fallback]"),
		chromedp.WaitVisible(".preview-first strong", chromedp.ByQuery))
	run(t, ctx, "save", chromedp.SetValue("#holt-message", "first", chromedp.ByQuery), click("[data-editor-save]"), chromedp.WaitVisible(".wiki-text .prose strong", chromedp.ByQuery))
	run(t, ctx, "edit", click(`.wiki-actions [data-shortcut=e]`), chromedp.WaitVisible("#holt-content", chromedp.ByQuery),
		chromedp.SetValue("#holt-content", "# Slugs\n\nThey eat *strawberries*.\n", chromedp.ByQuery),
		chromedp.SetValue("#holt-message", "better", chromedp.ByQuery), click("[data-editor-save]"), chromedp.WaitVisible(".wiki-text .prose em", chromedp.ByQuery))
	run(t, ctx, "upload", click(`.wiki-actions a[href$="/attachments"]`), chromedp.SetUploadFiles("#files", []string{MustSample(t, "river-otter.pdf")}, chromedp.ByQuery),
		click(".attach .primary"), chromedp.WaitVisible(".files li", chromedp.ByQuery))
	run(t, ctx, "search", chromedp.SendKeys("#holt-search", "strawberries\r", chromedp.ByQuery), chromedp.WaitVisible(".wiki-hits mark", chromedp.ByQuery),
		click(".wiki-hits a"), chromedp.WaitVisible(".wiki-text .prose em", chromedp.ByQuery))
	if got := s.textOf(t, "garden", "Slugs"); got != "# Slugs\n\nThey eat *strawberries*.\n" {
		t.Errorf("the text is %q", got)
	}
}
