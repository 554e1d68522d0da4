package web_test

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// hostile are texts that become active where they are not escaped. Each holds
// the word pwned.
func hostile() []string {
	return []string{
		`<script>pwned()</script>`, `"><img src=x onerror=pwned()>`, `' onmouseover='pwned()`, `"onfocus="pwned()" autofocus="`,
		`</title><script>pwned()</script>`, `</textarea><svg onload=pwned()>`, `--><script>pwned()</script>`, `]]><script>pwned()</script>`,
		`javascript:pwned()`, `{{pwned}}`, `<style>*{background:url(//pwned.example)}</style>`, `</script><script>pwned()</script>`,
		`<base href=//pwned.example/>`, `<meta http-equiv=refresh content="0;url=//pwned.example">`, `<form action=//pwned.example><button>`,
	}
}

// hostilePage is Markdown that tries to be more.
func hostilePage() string {
	text := "---\ntitle: \"<script>pwned()</script>\"\ntags: [\"<img src=x onerror=pwned()>\", \"a'\\\"><svg/onload=pwned()>\"]\nother: \"</dl><script>pwned()</script>\"\n---\n"
	for _, h := range hostile() {
		text += "# " + h + "\n\n" + h + "\n\n`" + h + "`\n\n```html\n" + h + "\n```\n\n[[" + strings.NewReplacer("[", "", "]", "", "|", "").Replace(h) + "]]\n\n" +
			"[x](<" + strings.NewReplacer("<", "", ">", "").Replace(h) + "> \"" + strings.ReplaceAll(h, `"`, `\"`) + "\")\n\n| a |\n|---|\n| " + h + " |\n\n- [ ] " + h + "\n\n"
	}
	return text + `
[x](javascript:pwned()) [x](JaVaScRiPt:pwned()) [x](java&#10;script:pwned()) [x](data:text/html,<script>pwned()</script>) [x](vbscript:pwned())
![x](javascript:pwned()) ![x](x" onerror="pwned()) <javascript:pwned()> <https://a.example/"onclick="pwned()>
<a href="javascript&colon;pwned()">x</a> <a href=" &#1; javascript:pwned()">x</a> <img src=x onerror=pwned()> <svg><script>pwned()</script></svg>
<math><mtext><table><mglyph><style><img src=x onerror=pwned()></style></mglyph></table></mtext></math> <iframe srcdoc="<script>pwned()</script>"></iframe>
<object data="data:text/html,pwned"></object> <embed src="//pwned.example"> <details open ontoggle=pwned()> <video src=x onerror=pwned()></video>
<div style="background:url(javascript:pwned())">x</div> <p id="holt-menu" class="x" onclick=pwned()>x</p> <noscript><p title="</noscript><img src=x onerror=pwned()>"></noscript>
{{InfoBox|title=<script>pwned()</script>|image=javascript:pwned()}} {{Video|src=javascript:pwned()}} {{ImageFrame|src=javascript:pwned()|caption=<script>pwned()</script>}}
{{DataTable|src=evil.csv|caption=<script>pwned()</script>}} {{Figure|src=" onerror=pwned()}} {{AttachmentList}} {{PageIndex|toc=true}}

$$\href{javascript:pwned()}{x}$$

` + "```mermaid\ngraph TD; A[\"<img src=x onerror=pwned()>\"] --> B; click A \"javascript:pwned()\"\n```\n\n> [!NOTE]\n> <script>pwned()</script>\n\nfoot[^1]\n\n[^1]: <script>pwned()</script>\n"
}

// active returns what in a page could run or lead away, "" for nothing.
func active(t *testing.T, page []byte) string {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attributes := map[string]string{}
		for _, a := range n.Attr {
			name := strings.ToLower(a.Key)
			attributes[name] = a.Val
			value := strings.ToLower(strings.Map(func(r rune) rune {
				if r <= ' ' || r == 0x7f {
					return -1
				}
				return r
			}, a.Val))
			switch {
			case strings.HasPrefix(name, "on") && name != "one":
				return fmt.Sprintf("<%s %s=%q>", n.Data, a.Key, a.Val)
			case name == "style" || name == "srcdoc" || name == "formaction" && (!strings.HasPrefix(value, "/") || strings.HasPrefix(value, "//")):
				return fmt.Sprintf("<%s %s=%q>", n.Data, a.Key, a.Val)
			case slices.Contains([]string{"href", "src", "action", "xlink:href", "data", "poster", "cite", "background"}, name):
				if strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "vbscript:") || strings.HasPrefix(value, "data:") {
					return fmt.Sprintf("<%s %s=%q>", n.Data, a.Key, a.Val)
				}
			}
		}
		ours := strings.HasPrefix(attributes["src"], "/static/")
		switch n.Data {
		case "script":
			kind := attributes["type"]
			if n.FirstChild != nil && kind != "application/json" && kind != "importmap" || n.FirstChild == nil && !ours {
				return fmt.Sprintf("a script: %v", n.Attr)
			}
		case "object", "embed", "base", "applet", "style", "frame", "link":
			if n.Data != "link" || !strings.HasPrefix(attributes["href"], "/") || strings.HasPrefix(attributes["href"], "//") {
				return fmt.Sprintf("<%s %v>", n.Data, n.Attr)
			}
		case "iframe":
			if !ours && !strings.HasPrefix(attributes["src"], "https://www.youtube-nocookie.com/") {
				return fmt.Sprintf("a frame: %v", n.Attr)
			}
		case "meta":
			if attributes["http-equiv"] != "" {
				return fmt.Sprintf("<meta %v>", n.Attr)
			}
		case "form":
			if action := attributes["action"]; action != "" && (!strings.HasPrefix(action, "/") || strings.HasPrefix(action, "//")) {
				return "a form for " + action
			}
		}
	}
	return ""
}

// MustHostileWiki makes a wiki whose owner wrote active content wherever text
// can be written.
func MustHostileWiki(tb testing.TB) (s *wikiSite, ann *person, requests []string) {
	tb.Helper()
	s = MustWikiSite(tb)
	ann = s.MustPerson(tb, "ann")
	if err := s.store.SetName(tb.Context(), ann.account.ID, `<script>pwned()</script>`); err != nil {
		tb.Fatal(err)
	}
	slug := s.MustWiki(tb, "garden", ann, preferences.Public)
	rows := map[string]string{"GIT_WEB_SERVER": "True", "SIDEBAR_CUSTOM_MENU": `[{"title":"<img src=x onerror=pwned()>","link":"javascript:pwned()","icon":"\"><script>pwned()</script>"}]`,
		"SITE_LOGO": "javascript:pwned()", "SITE_ICON": `"><script>pwned()</script>`, "SITE_LANG": `en" onload="pwned()`, "ROBOTS_TXT": "allow",
		"SITE_NAME": `</title><script>pwned()</script>`, "SITE_DESCRIPTION": `"><img src=x onerror=pwned()>`, "HOME_PAGE": "Evil", "DEFAULT_COMMIT_MESSAGE": `"><script>pwned()</script>`}
	s.MustSet(tb, "garden", rows)
	ctx := tb.Context()
	names := []string{"Evil"}
	for i, h := range hostile() {
		name, err := wiki.ParseName(fmt.Sprintf("Names/%d ", i) + strings.NewReplacer("/", "∕", ":", "").Replace(h))
		if err != nil {
			continue // a name that cannot be does no harm
		}
		names = append(names, name.String())
	}
	for _, name := range names {
		saved, err := s.MustOpen(tb, "garden", nil).Save(ctx, wiki.Edit{Name: MustName(tb, name), Text: hostilePage(), Message: hostile()[len(name)%len(hostile())]})
		if err != nil {
			tb.Fatal(err)
		}
		if name == "Evil" {
			_, err := s.MustOpen(tb, "garden", nil).Save(ctx, wiki.Edit{Name: MustName(tb, name), Base: MustRevision(tb, saved.Revision.String()), Text: hostilePage() + "\nmore\n", Message: `<script>pwned()</script>`})
			if err != nil {
				tb.Fatal(err)
			}
		}
	}
	files := map[string]string{"evil.svg": `<svg xmlns="http://www.w3.org/2000/svg" onload="pwned()"><script>pwned()</script></svg>`, "evil.html": "<script>pwned()</script>",
		"evil.xhtml": "<script>pwned()</script>", "evil.xml": "<x/>", "evil.js": "pwned()", "evil.css": "*{}", "evil.csv": "<script>pwned()</script>,b\n=cmd|pwned,\"<img src=x onerror=pwned()>\"\n",
		"evil.png": "<script>pwned()</script>", "evil.pdf": "<script>pwned()</script>", "evil.txt": "<script>pwned()</script>", "evil": "<!doctype html><script>pwned()</script>",
		"evil.svg.png": "<svg onload=pwned()>", `a"; filename="b.html.txt`: "x", "ünïcode <b>.txt": "x", "semi;colon,comma='.txt": "x", "evil.mht": "x", "evil.swf": "x", "evil.shtml": "x"}
	for name, content := range files {
		_, err := s.MustOpen(tb, "garden", nil).Attach(ctx, wiki.Upload{Page: MustName(tb, "Evil"), File: name, Data: strings.NewReader(content), Size: int64(len(content)), Message: hostile()[0]})
		if err != nil {
			delete(files, name)
		}
	}
	session := s.MustOpen(tb, "garden", nil)
	if _, err := session.SaveMember(ctx, wiki.Member{Name: hostile()[1], Email: `"><script>pwned()</script>@example.test`, Member: access.Member{Approved: true}}); err != nil {
		tb.Fatal(err)
	}
	if err := session.SaveDraft(ctx, wiki.Draft{Page: names[len(names)-1], Text: hostilePage()}); err != nil {
		tb.Fatal(err)
	}
	if err := session.SaveRule(ctx, access.Rule{Path: "Names/<script>pwned()", Who: access.Who{Group: access.Everybody}, Grant: access.Read}); err != nil {
		tb.Fatal(err)
	}
	s.MustToken(tb, slug, ann, platform.RoleViewer)
	head := session.Head().String()
	for _, rt := range web.WikiRoutes() {
		if rt.Method != "GET" || rt.Pattern == "/-/logout" {
			continue
		}
		for _, name := range append(names, `<script>pwned()`) {
			for file := range files {
				path := pathOf(rt.Pattern, map[string]string{"page": (&url.URL{Path: name}).EscapedPath(), "rev": head, "a": head, "b": "HEAD", "file": url.PathEscape(file),
					"tag": url.PathEscape("<img src=x onerror=pwned()>"), "query": url.PathEscape(`"><script>pwned()</script>`), "before": "", "topic": "<script>pwned()</script>",
					"n": "1", "id": "2", "size": "20", "email": "<script>", "token": "<script>"})
				if !slices.Contains(requests, path) && (name == "Evil" || !strings.Contains(rt.Pattern, "{file}")) {
					requests = append(requests, path)
				}
			}
		}
	}
	for _, h := range hostile() {
		for _, path := range []string{"/-/search?query=", "/-/search?is_regexp=y&query=", "/-/create?pagename=", "/Evil?notice=", "/-/login?next=", "/Evil?revision=", "/-/changelog?before="} {
			requests = append(requests, path+url.QueryEscape(h))
		}
	}
	return s, ann, requests
}

// TestNothingThatPeopleWriteIsActive fetches everything of a wiki in which
// active content stands wherever text can be written.
func TestNothingThatPeopleWriteIsActive(t *testing.T) {
	s, ann, requests := MustHostileWiki(t)
	before := s.digest(t, "garden")
	kinds := map[string]int{}
	for who, v := range map[string]*visitor{"ann": ann.visitor, "anonymous": s.anonymous(t)} {
		for _, path := range requests {
			a := v.get("/w/garden" + path)
			if a.status >= 500 {
				t.Errorf("%s, %s: %d", who, path, a.status)
			}
			mustBeHarmless(t, who+", "+path, a)
			kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
			kinds[kind]++
		}
	}
	ann.get("/w/garden/Evil").want(t, http.StatusOK).says(t, "pwned()", "&lt;script&gt;")
	if kinds["text/html"] < 100 || kinds["image/png"] == 0 || kinds["application/json"] == 0 {
		t.Errorf("the walk met %v", kinds)
	}
	t.Logf("%d requests by each met %v", len(requests), kinds)
	preview := ann.post("/w/garden/Evil/preview", url.Values{"content": {hostilePage()}}).want(t, http.StatusOK)
	var answer struct {
		Content string `json:"preview_content"`
		TOC     string `json:"preview_toc"`
	}
	preview.into(t, &answer)
	if found := active(t, []byte(answer.Content+answer.TOC)); found != "" || answer.Content == "" {
		t.Errorf("the preview of %d bytes has %s", len(answer.Content), found)
	}
	if after := s.digest(t, "garden"); after != before {
		t.Errorf("looking changed the wiki from\n%.2000s\nto\n%.2000s", before, after)
	}
}

// mustBeHarmless looks at an answer as a browser does.
func mustBeHarmless(t *testing.T, what string, a answer) {
	t.Helper()
	policy := a.header.Get("Content-Security-Policy")
	if a.header.Get("X-Content-Type-Options") != "nosniff" || policy == "" || len(a.header.Values("Content-Security-Policy")) != 1 {
		t.Errorf("%s: headers %v", what, a.header)
	}
	// Styles of a file are its own: it is no page of the wiki's.
	if strings.Contains(strings.Replace(policy, "style-src 'unsafe-inline'; img-src 'self' data:; media-src", "", 1), "unsafe") || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("%s: policy %q", what, policy)
	}
	for name, values := range a.header {
		if strings.ContainsAny(strings.Join(values, ""), "\r\n") || strings.HasPrefix(name, "X-Pwned") || name == "Set-Cookie" && strings.Contains(fmt.Sprint(values), "pwned") {
			t.Errorf("%s: header %s %q", what, name, values)
		}
	}
	if disposition := a.header.Get("Content-Disposition"); disposition != "" {
		kind, parameters, err := mime.ParseMediaType(disposition)
		if err != nil || kind != "inline" && kind != "attachment" {
			t.Errorf("%s: disposition %q: %v", what, disposition, err)
		}
		for name := range parameters {
			if name != "filename" {
				t.Errorf("%s: disposition %q has %s", what, disposition, name)
			}
		}
	}
	kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil && len(a.body) > 0 {
		t.Errorf("%s: %d with a body of type %q", what, a.status, a.header.Get("Content-Type"))
	}
	sandboxed := strings.Contains(policy, "sandbox")
	switch kind {
	case "text/html":
		if found := active(t, a.body); found != "" && !sandboxed {
			t.Errorf("%s: %d with %s", what, a.status, found)
		}
		if strings.HasPrefix(a.header.Get("Content-Disposition"), "inline") {
			t.Errorf("%s: a file is shown as HTML", what)
		}
	case "image/svg+xml", "application/xhtml+xml", "text/xml", "application/xml", "text/javascript", "application/javascript", "text/css":
		if !sandboxed {
			t.Errorf("%s: %s without a sandbox", what, kind)
		}
	}
}
