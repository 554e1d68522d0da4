package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	chrome "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/llm/llmtest"
	"github.com/holtdb/holt/platform"
)

// talk is a person with a library and models, in a browser and through the API.
type talk struct {
	*site
	ctx   context.Context
	model *llmtest.Server
	api   *visitor
}

// MustTalk signs Bob in to a site whose models are all on one server.
func MustTalk(t *testing.T, script llmtest.Script) *talk {
	t.Helper()
	s := &talk{ctx: MustBrowseWikis(t), site: MustSite(t), model: llmtest.Ollama(t, script)}
	s.MustStayHere(t, s.ctx)
	for purpose, name := range map[string]string{platform.PurposeChat: "llama3.2", platform.PurposeEmbed: "nomic-embed-text"} {
		err := s.store.SaveServerModel(t.Context(), platform.ServerModel{Purpose: purpose, Protocol: platform.ProtocolOllama, URL: s.model.URL(), Model: name})
		if err != nil {
			t.Fatal(err)
		}
	}
	s.api = s.MustLocal(t, "bob")
	return s
}

// MustLocal makes an account with a password, and returns its owner at the API.
func (s *site) MustLocal(t *testing.T, login string) *visitor {
	t.Helper()
	account, err := s.store.CreateLocal(t.Context(), platform.NewAccount{Login: login, Name: strings.ToUpper(login[:1]) + login[1:], Password: "correct horse battery"})
	if err != nil {
		t.Fatal(err)
	}
	secret, _, err := s.store.CreateToken(t.Context(), account.ID, "script", platform.ScopeWrite, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	v := s.anonymous(t)
	v.bearer = secret
	return v
}

// MustStayHere fails the test when a page asks any other server for anything.
func (s *site) MustStayHere(t *testing.T, ctx context.Context) {
	t.Helper()
	chromedp.ListenTarget(ctx, func(event any) {
		if e, ok := event.(*network.EventRequestWillBeSent); ok && strings.HasPrefix(e.Request.URL, "http") && !strings.HasPrefix(e.Request.URL, s.url+"/") {
			t.Errorf("the page asks for %s", e.Request.URL)
		}
	})
	run(t, ctx, "watch the network", network.Enable())
}

// allRead waits until so many documents were read, and can be searched by meaning.
func allRead(documents int) chromedp.Action {
	ready := fmt.Sprintf(`document.querySelectorAll('.document-ready').length === %d`, documents)
	return chromedp.Tasks{chromedp.Poll(ready, nil, chromedp.WithPollingTimeout(time.Minute)), embedded()}
}

// embedded waits until all that was read can be searched by meaning.
func embedded() chromedp.Action {
	return until(`fetch('/api/models').then((r) => r.json()).then(({ meaning: m }) => m.total > 0 && m.embedded === m.total)`)
}

// replies has a model answer prompts that end in a key with its text, where
// «words» become the number of the passage that says them. All other prompts it
// answers as [llmtest.Cite].
func replies(known map[string]string) func([]llm.Message) string {
	words, begin := regexp.MustCompile(`«[^»]*»`), regexp.MustCompile(`<<<BEGIN \S+ passage (\d+)`)
	return func(messages []llm.Message) string {
		prompt := messages[len(messages)-1].Content
		for end, text := range known {
			if !strings.HasSuffix(prompt, end) {
				continue
			}
			said := strings.Join(strings.Fields(prompt), " ")
			return words.ReplaceAllStringFunc(text, func(w string) string {
				at := strings.Index(said, strings.Trim(w, "«»"))
				passages := begin.FindAllStringSubmatch(said[:max(at, 0)], -1)
				if len(passages) == 0 {
					return "[nowhere: " + w + "]"
				}
				return "[" + passages[len(passages)-1][1] + "]"
			})
		}
		return llmtest.Cite(messages)
	}
}

const (
	stretchAsked  = "Which stretch of river has holts, and how many does an otter dig?"
	stretchAnswer = `An otter looks for **food, cover, quiet places to lie up, clean enough water** and a place to leave its mark: “Five things make a stretch of river worth searching” «Five things make a stretch of river worth searching».

Places to rest matter as much as fish, but it does not dig many of them: “An otter uses many holts and digs few of them” «digs few of them».`
	placesAsked  = "How many of them does one animal have?"
	placesAlone  = "How many holts does one otter have?"
	placesAnswer = `Each otter “may have twenty or thirty resting places along its range” «twenty or thirty resting places», and the one that matters most is the natal holt, where the cubs are born «natal holt, where cubs are born».`
)

// knownReplies are the answers to the questions above.
func knownReplies() func([]llm.Message) string {
	return replies(map[string]string{
		"Question: " + stretchAsked: stretchAnswer, "Question: " + placesAsked: placesAnswer, "nothing else: " + placesAsked: placesAlone,
	})
}

// ask writes a question and sends it by key.
func ask(text string) chromedp.Action {
	return chromedp.Tasks{chromedp.WaitVisible("#question", chromedp.ByQuery), until(`document.readyState === 'complete'`),
		chromedp.SendKeys("#question", text, chromedp.ByQuery), enterKey()}
}

// enterKey presses the key, which leaves no line break where a page takes it.
func enterKey() chromedp.Action {
	key := input.DispatchKeyEvent(input.KeyDown).WithKey("Enter").WithCode("Enter").WithWindowsVirtualKeyCode(13)
	up := *key
	up.Type = input.KeyUp
	return chromedp.Tasks{key.WithText("\r"), &up}
}

// lastTurn is the newest question of a chat with its answer.
const lastTurn = `.turn:last-child`

// answerIs waits until the newest answer has a status.
func answerIs(status string) chromedp.Action {
	return until(fmt.Sprintf(`document.querySelector(%q) !== null`, lastTurn+" .answer[data-status="+status+"]"))
}

// step lets n tokens of the model go.
func step(t *testing.T, gate *llmtest.Gate, n int) {
	t.Helper()
	for range n {
		if err := gate.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// MustGate holds the tokens of answers to come back.
func (s *talk) MustGate() *llmtest.Gate {
	gate := llmtest.NewGate()
	s.model.Change(func(script *llmtest.Script) { script.Gate = gate })
	return gate
}

func TestChatInBrowser(t *testing.T) {
	t.Parallel()
	s := MustTalk(t, llmtest.Script{Reply: knownReplies()})
	for _, part := range []struct {
		what string
		do   func(*testing.T)
	}{
		{"documents", s.documents}, {"watch, stop and try again", s.watchAndStop}, {"preview and page of a citation", s.citation},
		{"a follow-up question", s.followUp},
	} {
		if !t.Run(part.what, part.do) {
			return // what follows builds on it
		}
	}
	t.Run("close the tab", s.closeTab)
	t.Run("only one document", s.oneDocument)
	t.Run("search and the reader", s.searchAndRead)
	t.Run("opinions", s.opinions)
	t.Run("rename, export and delete", s.keepAndDelete)
}

func (s *talk) documents(t *testing.T) {
	run(t, s.ctx, "sign in", chromedp.Navigate(s.url+"/chat"), signIn("bob"), says("main", "nothing to ask about yet"))
	run(t, s.ctx, "upload", chromedp.Navigate(s.url+"/"), until(`document.readyState === 'complete'`),
		chromedp.SetUploadFiles("#files", []string{MustSample(t, "river-otter.pdf"), MustSample(t, "small-garden-bees.epub"), MustSample(t, "bread-slowly.md")}, chromedp.ByQuery),
		allRead(3))
	run(t, s.ctx, "an example", chromedp.Navigate(s.url+"/chat"), click(".examples a"), until(`document.querySelector('#question')?.value.startsWith('What is “')`),
		chromedp.WaitVisible("[data-scope-chips] .chip", chromedp.ByQuery))
}

func (s *talk) watchAndStop(t *testing.T) {
	gate := s.MustGate()
	run(t, s.ctx, "ask", chromedp.Navigate(s.url+"/chat"), ask(stretchAsked), says("[data-stage]", "Reading what was found"))
	if got := eval[string](t, s.ctx, `location.pathname`); !strings.HasPrefix(got, "/chat/") {
		t.Errorf("the chat is at %s", got)
	}
	step(t, gate, 4)
	run(t, s.ctx, "the first words", until(`document.querySelector('[data-text]').textContent.startsWith('An otter looks')`), says("[data-stage]", "Writing the answer"))
	step(t, gate, 30)
	run(t, s.ctx, "more words", says("[data-text]", "clean enough water"))
	if got := text(t, s.ctx, "[data-text] strong"); got != "food, cover, quiet places to lie up, clean enough water" {
		t.Errorf("emphasised on its way is %q", got)
	}
	screenshot(t, s.ctx, "chat-stream")
	run(t, s.ctx, "stop", click("[data-stop-button]"), answerIs("stopped"), says(".answer-note", "You stopped this answer"))
	if err := s.model.AwaitGone(t.Context(), 1); err != nil {
		t.Errorf("the model writes on: %v", err)
	}
	kept := text(t, s.ctx, ".answer-text")
	if !strings.HasPrefix(kept, "An otter looks for food, cover") || strings.Contains(kept, "digs few") {
		t.Errorf("of the stopped answer is kept %q", kept)
	}
	screenshot(t, s.ctx, "chat-stopped")
	run(t, s.ctx, "try again", chromedp.Reload(), says(".answer-text", "clean enough water"), click(`form[action$="/retry"] button`), answerIs("running"))
	gate.Open()
	run(t, s.ctx, "the whole answer", answerIs("done"), until(`document.querySelectorAll('.answer').length === 1`))
	if got := text(t, s.ctx, ".answer-text"); !strings.Contains(got, "digs few of them") {
		t.Errorf("the answer is %q", got)
	}
	if n := eval[int](t, s.ctx, `document.querySelectorAll('.answer-text q.verified').length`); n != 2 {
		t.Errorf("%d quotations are found in their passages, want 2: %s", n, text(t, s.ctx, ".answer"))
	}
}

// chip is the last citation of the newest answer.
const chip = lastTurn + ` .answer-text p:last-child a.cite:last-of-type`

// onMarks are the words under the marks of the passage that the panel shows.
const onMarks = `(() => {
	const marks = [...document.querySelectorAll('.layer .passage rect')].map((r) => r.getBoundingClientRect())
	const under = ({ left, right, top, bottom }) => marks.some((m) => (left + right) / 2 > m.left && (left + right) / 2 < m.right && (top + bottom) / 2 > m.top && (top + bottom) / 2 < m.bottom)
	return [...document.querySelectorAll('.layer .words text')].filter((w) => under(w.getBoundingClientRect())).map((w) => w.textContent).join(' ')
})()`

// letters are those of a text, without what a page puts between them.
func letters(text string) string { return regexp.MustCompile(`[^\pL\pN]+`).ReplaceAllString(text, "") }

// MustMark compares the marks on the picture with the passage that the address
// of a page names, and the picture below them with it where it can be read.
func (s *talk) MustMark(t *testing.T, address string) {
	t.Helper()
	passage := s.MustPassage(t, address)
	run(t, s.ctx, "marks", chromedp.WaitReady(".layer .passage rect", chromedp.ByQuery),
		until(`(() => { const i = document.querySelector('.sheet img'); return i.complete && i.naturalWidth > 300 })()`))
	if got, want := letters(eval[string](t, s.ctx, onMarks)), letters(passage); got != want {
		t.Errorf("marked are %q, want %q", got, want)
	}
	if read, ok := s.readMarked(t); ok && share(passage, read) < 0.9 {
		t.Errorf("below the marks stands %q, not %q", read, passage)
	}
}

// MustPassage returns the text that an address of the reader marks.
func (s *talk) MustPassage(t *testing.T, address string) string {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	var start, end int
	if _, err := fmt.Sscan(at.Query().Get("start")+" "+at.Query().Get("end"), &start, &end); err != nil {
		t.Fatalf("%s marks nothing: %v", address, err)
	}
	place := strings.Split(strings.TrimPrefix(at.Path, "/read/"), "/")
	var page struct{ Text string }
	s.api.get("/api/library/"+place[0]+"/pages/"+place[1]).want(t, http.StatusOK).into(t, &page)
	return page.Text[start:end]
}

func (s *talk) citation(t *testing.T) {
	run(t, s.ctx, "point at a chip", chromedp.ScrollIntoView(chip, chromedp.ByQuery), pointAt(chip), until(`document.querySelector('#cite-preview:popover-open') !== null`))
	if got := text(t, s.ctx, "#cite-preview"); !strings.Contains(got, "A Field Guide to the River Otter") || !strings.Contains(got, "digs few of them") {
		t.Errorf("the preview says %q", got)
	}
	screenshot(t, s.ctx, "chat-preview")
	run(t, s.ctx, "open the page", click(chip), chromedp.WaitVisible("[data-panel] [data-panel-page]", chromedp.ByQuery))
	address := eval[string](t, s.ctx, `document.querySelector('[data-panel] [title="Open in the reader"]').href`)
	if passage := s.MustPassage(t, address); !strings.Contains(strings.Join(strings.Fields(passage), " "), "digs few of them") {
		t.Errorf("the passage is %q", passage)
	}
	s.MustMark(t, address)
	if !eval[bool](t, s.ctx, `(() => { const { top, bottom } = document.querySelector('.layer .passage rect').getBoundingClientRect(); return top > 56 && bottom < innerHeight })()`) {
		t.Error("the passage is out of sight")
	}
	screenshot(t, s.ctx, "chat-panel")
	page := eval[int](t, s.ctx, `Number(document.querySelector('[data-panel-page]').dataset.panelPage)`)
	run(t, s.ctx, "turn", chromedp.KeyEvent(kb.ArrowRight), until(fmt.Sprintf(`document.querySelector('[data-panel-page="%d"] .sheet img')?.naturalWidth > 300`, page+1)))
	if eval[bool](t, s.ctx, `document.querySelector('[data-panel] .passage') !== null`) {
		t.Error("another page has the passage as well")
	}
	run(t, s.ctx, "turn back", click(`[data-panel] [rel=prev]`), chromedp.WaitReady(fmt.Sprintf(`[data-panel-page="%d"] .passage`, page), chromedp.ByQuery))
	run(t, s.ctx, "close", chromedp.KeyEvent(kb.Escape), until(fmt.Sprintf(`document.querySelector('[data-panel]').hidden && document.activeElement === document.querySelector(%q)`, chip)))
}

func (s *talk) followUp(t *testing.T) {
	run(t, s.ctx, "ask", ask(placesAsked), until(`document.querySelectorAll('.turn').length === 2`), answerIs("done"))
	if got := text(t, s.ctx, lastTurn); !strings.Contains(got, "Looked for “"+placesAlone+"”") || !strings.Contains(got, "twenty or thirty resting places") {
		t.Errorf("the follow-up shows %q", got)
	}
	requests := s.model.Requests()
	if last := fmt.Sprint(requests[len(requests)-1].Messages); !strings.Contains(last, stretchAsked) || !strings.Contains(last, placesAsked) {
		t.Errorf("the model is not told the history: %.300s", last)
	}
	run(t, s.ctx, "the list", until(`document.querySelector('.chat-list [aria-current=page]')?.textContent.includes('2 questions')`))
	screenshot(t, s.ctx, "chat-follow-up")
}

// closeTab goes away while an answer comes, and comes back before and after its end.
func (s *talk) closeTab(t *testing.T) {
	for when, back := range map[string]string{"before the end": "running", "after the end": "done"} {
		t.Run(when, func(t *testing.T) {
			gate := s.MustGate()
			tab, closeTab := chromedp.NewContext(s.ctx)
			defer closeTab()
			watch(t, tab)
			s.MustStayHere(t, tab)
			run(t, tab, "ask", chromedp.Navigate(s.url+"/chat"), ask(stretchAsked), answerIs("running"))
			step(t, gate, 4)
			run(t, tab, "the first words", says("[data-text]", "An otter looks"), until(`location.pathname.startsWith('/chat/')`))
			address := eval[string](t, tab, `location.href`)
			closeTab()
			if back == "done" {
				gate.Open()
				s.MustEnd(t, address)
			}
			run(t, s.ctx, "come back", chromedp.Navigate(address), answerIs(back), says("[data-text]", "An otter looks"))
			gate.Open()
			run(t, s.ctx, "the end", answerIs("done"), says("[data-text]", "digs few of them"))
		})
	}
}

// MustEnd follows the newest answer of a chat to its end, as another program.
func (s *talk) MustEnd(t *testing.T, address string) {
	t.Helper()
	id := address[strings.LastIndexByte(address, '/')+1:]
	messages := s.api.MustConverse(id)
	events := s.api.get(fmt.Sprintf("/api/chats/%s/events?answer=%d", id, messages[len(messages)-1].ID)).want(t, http.StatusOK)
	if !strings.Contains(string(events.body), "event: end\n") {
		t.Fatalf("the answer does not end: %s", events.body)
	}
}

func (s *talk) oneDocument(t *testing.T) {
	run(t, s.ctx, "choose", chromedp.Navigate(s.url+"/chat"), until(`document.readyState === 'complete'`), click(".scope-summary"), chromedp.WaitVisible("[data-scope-find]", chromedp.ByQuery),
		chromedp.SendKeys("[data-scope-find]", "bread", chromedp.ByQuery), until(`[...document.querySelectorAll('.scope-body label')].filter((l) => l.checkVisibility()).length === 1`))
	screenshot(t, s.ctx, "chat-scope")
	run(t, s.ctx, "ask", chromedp.Click(`.scope-body label:not([hidden]) input`, chromedp.ByQuery), says("[data-scope-chips]", "Bread, Slowly"), chromedp.KeyEvent(kb.Escape),
		ask("How long does the water of a river keep warm?"), answerIs("done"))
	titles := `[...new Set([...document.querySelectorAll('[data-source-title]')].map((s) => s.textContent))].join()`
	if got := eval[string](t, s.ctx, titles); got != "Bread, Slowly" {
		t.Errorf("the sources are %q", got)
	}
	run(t, s.ctx, "open again", chromedp.Reload(), says("[data-scope-chips]", "Bread, Slowly"), says("[data-scope-words]", "Only these"))
	run(t, s.ctx, "a passage of a text", click(lastTurn+" [data-source] a[data-passage]"), chromedp.WaitVisible("[data-panel] mark.passage", chromedp.ByQuery))
	address := eval[string](t, s.ctx, `document.querySelector('[data-panel] [title="Open in the reader"]').href`)
	if got, want := letters(eval[string](t, s.ctx, `[...document.querySelectorAll('[data-panel] mark.passage')].map((m) => m.textContent).join('')`)), letters(s.MustPassage(t, address)); got != want {
		t.Errorf("marked are %q, want %q", got, want)
	}
	screenshot(t, s.ctx, "chat-panel-text")
	run(t, s.ctx, "all documents", click("[data-panel-close]"), click("[data-scope-chips] button"), says("[data-scope-words]", "All documents"), ask("What is a holt?"),
		until(`document.querySelectorAll('.turn').length === 2`), answerIs("done"))
	if got := eval[string](t, s.ctx, strings.ReplaceAll(titles, "[data-source-title]", lastTurn+" [data-source-title]")); !strings.Contains(got, "River Otter") {
		t.Errorf("without the limit the sources are %q", got)
	}
}

func (s *talk) searchAndRead(t *testing.T) {
	run(t, s.ctx, "search", chromedp.Navigate(s.url+"/search?q=otter+dens"), chromedp.WaitVisible(".results", chromedp.ByQuery))
	screenshot(t, s.ctx, "search-modes")
	for mode, label := range map[string]string{"words": "Words", "meaning": "Meaning", "hybrid": "Both"} {
		run(t, s.ctx, label, chromedp.Click(fmt.Sprintf(`//nav[@aria-label="How to search"]/a[text()=%q]`, label), chromedp.BySearch),
			until(fmt.Sprintf(`new URLSearchParams(location.search).get('mode') === %q && document.querySelector('.segments [aria-current]').textContent === %q`, mode, label)),
			chromedp.WaitVisible(".results .hit-row", chromedp.ByQuery))
	}
	run(t, s.ctx, "by meaning", chromedp.Navigate(s.url+"/search?mode=meaning&q=the+den+of+an+otter+among+tree+roots"), click(".results .hit-row"), chromedp.WaitReady(".layer .passage rect", chromedp.ByQuery))
	address := eval[string](t, s.ctx, `location.href`)
	s.MustMark(t, address)
	screenshot(t, s.ctx, "reader-passage")
	run(t, s.ctx, "turn", chromedp.KeyEvent("j"), until(fmt.Sprintf(`location.href !== %q && document.querySelector('.sheet .passage') === null`, address)))
}

func (s *talk) opinions(t *testing.T) {
	good, bad := lastTurn+` .feedback button:first-child`, lastTurn+` .feedback button:last-child`
	pressed := func(selector string) chromedp.Action {
		return until(fmt.Sprintf(`document.querySelector(%q)?.ariaPressed === 'true'`, selector))
	}
	run(t, s.ctx, "good", chromedp.Navigate(s.url+"/chat"), click(".chat-list a"), chromedp.WaitVisible(".answer", chromedp.ByQuery), click(good), pressed(good), chromedp.Reload(), pressed(good))
	run(t, s.ctx, "bad, with a word", click(bad), pressed(bad), chromedp.SendKeys(lastTurn+` [name=comment]`, "too short"+kb.Enter, chromedp.ByQuery), says(".toasts", "it is kept"),
		chromedp.Reload(), pressed(bad), until(fmt.Sprintf(`document.querySelector(%q).value === 'too short'`, lastTurn+` [name=comment]`)))
	total, _, err := s.store.FeedbackCounts(t.Context(), 1)
	if err != nil || total.Up != 0 || total.Down != 1 {
		t.Errorf("counted are %+v, %v", total, err)
	}
}

func (s *talk) keepAndDelete(t *testing.T) {
	run(t, s.ctx, "rename", chromedp.Navigate(s.url+"/chat"), click(".chat-list li:last-child a"), chromedp.WaitVisible(".answer", chromedp.ByQuery), click(".chat-head .menu summary"),
		typed("#chat-name", "Holts & <dens>"), click(".rename button"), says(".chat-head h1", "Holts & <dens>"), says(".chat-list [aria-current]", "Holts & <dens>"))
	dir, ended := t.TempDir(), make(chan string, 2)
	chromedp.ListenTarget(s.ctx, func(event any) {
		if e, ok := event.(*chrome.EventDownloadProgress); ok && e.State == chrome.DownloadProgressStateCompleted {
			ended <- e.GUID
		}
	})
	run(t, s.ctx, "downloads", chrome.SetDownloadBehavior(chrome.SetDownloadBehaviorBehaviorAllowAndName).WithDownloadPath(dir).WithEventsEnabled(true))
	for format, want := range map[string]string{"markdown": "# Holts", "json": `"Holts`} {
		run(t, s.ctx, format, click(".chat-head .menu:not([open]) summary"), click(fmt.Sprintf(`.chat-head a[href$="export?format=%s"]`, format)))
		got, err := os.ReadFile(filepath.Join(dir, <-ended))
		if err != nil || !strings.Contains(string(got), want) || !strings.Contains(string(got), stretchAsked) || !strings.Contains(string(got), "twenty or thirty resting places") {
			t.Errorf("%s: %v in %.400s", format, err, got)
		}
		run(t, s.ctx, "fold the menu", chromedp.Evaluate(`document.querySelector('.chat-head .menu').open = false`, nil))
	}
	address := eval[string](t, s.ctx, `location.href`)
	run(t, s.ctx, "ask whether", click(".chat-head .menu summary"), click("[data-confirm-delete]"), chromedp.WaitVisible("#confirm-delete[open]", chromedp.ByQuery), says("#confirm-delete", "Holts & <dens>"))
	screenshot(t, s.ctx, "chat-delete")
	run(t, s.ctx, "keep it", click("#confirm-delete [data-close]"), chromedp.Reload(), chromedp.WaitVisible(".answer", chromedp.ByQuery), click(".chat-head .menu summary"), click("[data-confirm-delete]"))
	run(t, s.ctx, "delete", click("#confirm-delete .danger"), says(".flash", "Deleted"), until(`!document.querySelector('.chats').textContent.includes('<dens>')`),
		chromedp.Navigate(address), chromedp.WaitVisible("main h1", chromedp.ByQuery))
	if got := text(t, s.ctx, "main"); strings.Contains(got, "Holts") || strings.Contains(got, "natal") {
		t.Errorf("the deleted chat shows %q", got)
	}
}
