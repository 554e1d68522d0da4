package markdown_test

import (
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/markdown"
)

// attacks are texts that would run a script, load something, or look like the
// frame around the page, if they were believed.
var attacks = []string{
	`<script>alert(1)</script>`,
	`<SCRIPT SRC=//evil.example/x.js></SCRIPT>`,
	`a <img src=x onerror=alert(1)> b`,
	`<img src="javascript:alert(1)">`,
	`<img src=data:image/svg+xml,%3Csvg/onload=alert(1)%3E>`,
	`<svg onload=alert(1)>`, `<svg><animate onbegin=alert(1)>`, `<math><mi xlink:href="javascript:x">`,
	`<iframe src="https://evil.example"></iframe>`, `<object data=x></object>`, `<embed src=x>`,
	`<form action=/logout><button>x</button></form>`, `<base href="//evil.example/">`,
	`<meta http-equiv=refresh content="0;url=//evil.example">`, `<link rel=stylesheet href=//evil.example>`,
	`<style>*{display:none}</style>`, `<div style="position:fixed;inset:0">over</div>`,
	`<div class="sidebar modal toast">x</div>`, `<div id="holt-menu">x</div>`, `<a name="holt-menu">x</a>`, `<a id="HOLT-menu">x</a>`,
	`<p title="</p><script>alert(1)</script>">x</p>`, `<p title='"><img src=x onerror=alert(1)>'>x</p>`,
	"<div title=\"\n\n\"><script>alert(1)</script>", `<div title="`, `<a href="jav&#x09;ascript:alert(1)">x</a>`,
	`<a href=" javascript:alert(1)">x</a>`, "<a href=\"\x01javascript:alert(1)\">x</a>", `<a href="vbscript:x">x</a>`,
	`<video><source onerror=alert(1)></video>`, `<video src=x poster=javascript:alert(1)></video>`,
	`<details open ontoggle=alert(1)>x</details>`, `<input type=image src=x>`, `<input autofocus onfocus=alert(1)>`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<textarea></textarea><script>x</script>`, `<title><script>`,
	`<template><script>alert(1)</script></template>`, `<xmp><script>`, `<plaintext>`, `<!--><script>alert(1)</script>-->`,
	`<!DOCTYPE html><script>`, `<?php x ?>`, `<![CDATA[<script>alert(1)</script>]]>`, `<!-- --!><script>alert(1)</script>`,
	`</div></div></main><div>out`, `<ul><li><div><li></li></div></div></div></ul>`, `<table><div></table></div></div>`,
	`<table><tr><td></div></div></td></tr></table>`, `<b><p></b></p></div>`, `<a><div><a></div></div>`, `<p><table></p></div></table>`,
	"[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](&#106;avascript:alert(1))", "[x](java\\script:x)",
	"[x](<java\tscript:alert(1)>)", "[x](<\x01javascript:alert(1)>)", "[x](data:text/html,<script>alert(1)</script>)",
	"[x](vbscript:x)", "[x](file:///etc/passwd)", "[x](javascript&colon;alert(1))", "[x](//evil.example)", `[x](/\evil.example)`, `[x](\\evil.example)`,
	"[x](javascript%3Aalert(1))", "<javascript:alert(1)>", "[x]: javascript:alert(1)\n\n[x]", "[x](a \"t\\\" onclick=x\")",
	`[x](a '"><script>alert(1)</script>')`, `[x](https://a"onmouseover=alert(1))`, "![x](javascript:alert(1))",
	`![" onerror=alert(1) x="](a.png)`, `![x](a.png '" onerror="alert(1)')`, "![x](data:image/svg+xml;base64,PHN2Zz4=)",
	`[[javascript:alert(1)]]`, `[[x|javascript:alert(1)]]`, `[[<script>alert(1)</script>]]`, `[["onclick=x|/"onclick=x]]`,
	`[[//evil.example|x]]`, `[[x#"><script>alert(1)</script>]]`, `[[\\evil.example]]`,
	"# <script>alert(1)</script>", `# "onclick=alert(1) x="`, "# holt-page", "# </h1></div>", "# \" id=x",
	"```\"onclick=alert(1)\nx\n```", "```<script>\nx\n```", "```html\n<script>alert(1)</script>\n```", "```python=\" onload=x\nx\n```",
	"```mermaid\n</pre><script>alert(1)</script>\n```", "```mermaid\ngraph TD; A[\"<img src=x onerror=alert(1)>\"]\nclick A \"javascript:alert(1)\"\n```",
	"```math\n</span><script>alert(1)</script>\n```", "$</span><script>alert(1)</script>$", "`$<script>$`", "$$\n<script>\n$$",
	"[^\"><script>]: x\n\ny[^\"><script>]", "[^holt-page]: <script>alert(1)</script>\n\nx[^holt-page]",
	"*[A\"><script>]: x\n\nA\"><script>", "*[HTML]: \"><script>alert(1)</script>\n\nHTML", "*[H]: \" onclick=x\n\n<b title=\"H\">H</b>",
	"---\ntitle: <script>alert(1)</script>\n\"><b onclick=x>\": y\n---\n", "---\nx: [\n<script>alert(1)</script>\n---\n",
	`::: "onclick=x`, "::: <script>\n# <script>alert(1)</script>\n:::", "::: info x\n:::", "> [!NOTE\" onclick=x]", ">| # <script>\n>| <img src=x onerror=alert(1)>",
	">! <script>alert(1)</script>", "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |", "- [ ] <script>alert(1)</script>",
	"{{InfoBox|title=<script>alert(1)</script>|<img src=x onerror=alert(1)>}}", "{{<script>|x}}", "{{X\"onclick=x|a=b}}",
	"{{DataTable|src=data.csv|caption=<script>alert(1)</script>}}", "{{DataTable|src=../../etc/passwd}}", "{{ImageFrame|src=javascript:alert(1)|caption=\" onload=x}}",
	"{{ImageFrame\n|src=\" onerror=alert(1) x=\"\n|width=expression(alert(1))\n}}", "{{Video|src=javascript:alert(1)}}", "{{Video|src=https://youtu.be/\"><script>}}",
	"{{Figure|src=data:text/html,x|caption=<script>}}", "{{AttachmentList|filter=<script>}}", "{{PageIndex|src=<script>|toc=1}}",
	"{{InfoBox\n{{InfoBox\n<script>alert(1)</script>\n}}\n}}", "{{InfoBox\n# holt-page\n</div></div></div>\n}}",
	"x\x1f<script>", "[[a\x1f\x00b]]", "<b title=\"\x1f\">x</b>", "\xff<script\xff>alert(1)</script>",
}

// TestAttacks renders each attack alone, in blocks of every kind, and all at
// once.
func TestAttacks(t *testing.T) {
	r := mustNew(t)
	frames := []func(string) string{
		func(s string) string { return s },
		func(s string) string { return "text " + s + " text" },
		func(s string) string { return "> " + strings.ReplaceAll(s, "\n", "\n> ") },
		func(s string) string { return "- " + strings.ReplaceAll(s, "\n", "\n  ") },
		func(s string) string { return "<details>\n\n" + s + "\n\n</details>" },
		func(s string) string { return "::: info\n" + s + "\n:::" },
		func(s string) string { return "x[^n]\n\n[^n]: " + strings.ReplaceAll(s, "\n", "\n    ") },
		func(s string) string { return "{{InfoBox\n" + s + "\n}}" },
		func(s string) string { return "**[" + s + "](Other)**" },
		func(s string) string { return "| a |\n|---|\n| " + strings.ReplaceAll(s, "\n", " ") + " |" },
		func(s string) string { return "# " + strings.ReplaceAll(s, "\n", " ") },
	}
	for _, attack := range attacks {
		for i, frame := range frames {
			page := mustRender(t, r, frame(attack), markdown.Options{NewTab: i%2 == 0, Sections: true, LineNumbers: i%3 == 0})
			mustBeSafe(t, page.HTML)
		}
		if t.Failed() {
			t.Fatalf("attack %q", attack)
		}
	}
	mustBeSafe(t, mustRender(t, r, strings.Join(attacks, "\n\n"), markdown.Options{}).HTML)
}

// FuzzRender renders anything: it must end, and what comes out must be safe.
func FuzzRender(f *testing.F) {
	for _, attack := range attacks {
		f.Add(attack, uint8(0))
	}
	for _, text := range bombs(5000) {
		f.Add(text, uint8(3))
	}
	r, err := markdown.New()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, bits uint8) {
		if len(text) > 20_000 {
			t.Skip()
		}
		o := markdown.Options{WikilinkStyle: markdown.WikilinkStyle(bits & 1), NewTab: bits&2 != 0, LineNumbers: bits&4 != 0, Sections: bits&8 != 0}
		mustBeSafe(t, mustRender(t, r, text, o).HTML)
	})
}
