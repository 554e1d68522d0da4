package markup_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/holtdb/holt/library/extract/markup"
)

// MustParse reads HTML and writes it as one section.
func MustParse(tb testing.TB, source string, options markup.Options) (doc *markup.Document, safe, text string) {
	tb.Helper()
	doc, err := markup.Parse([]byte(source), options)
	if err != nil {
		tb.Fatal(err)
	}
	safe, text = markup.Render(doc.Blocks)
	return doc, safe, text
}

func TestParse(t *testing.T) {
	inside := markup.Options{XHTML: true, Image: func(src string) string {
		if strings.HasSuffix(src, ".png") {
			return markup.ResourceScheme + src
		}
		return ""
	}}
	tests := []struct {
		name, in   string
		options    markup.Options
		html, text string
	}{
		{"paragraphs", "<p>One <b>bold</b>\n word<p>Two", markup.Options{},
			"<p>One <b>bold</b> word</p><p>Two</p>", "One bold word\n\nTwo"},
		{"text without an element", "a<div>b</div>c", markup.Options{},
			"<p>a</p><p>b</p><p>c</p>", "a\n\nb\n\nc"},
		{"heading with its anchor", `<section id="s1"><h2>Title</h2></section>`, markup.Options{},
			`<h2 id="doc-s1">Title</h2>`, "Title"},
		{"list", "<ul><li>a<li>b<ol><li>c</ol></ul>", markup.Options{},
			"<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>", "a\nb\nc"},
		{"item of two parts", "<ul><li>a<div>b</div></ul>", markup.Options{},
			"<ul><li>a<p>b</p></li></ul>", "a\nb"},
		{"table", "<table><tr><th>h<td><tr><td>x<td>y</table>", markup.Options{},
			"<table><tr><th>h</th></tr><tr><td>x</td><td>y</td></tr></table>", "h\nx\ty"},
		{"empty cell", "<table><tr><td></td><td>y</td></tr></table>", markup.Options{},
			"<table><tr><td></td><td>y</td></tr></table>", "y"},
		{"line break", "<p>a<br>b<br/></p>", markup.Options{}, "<p>a<br>b<br></p>", "a\nb"},
		{"preformatted", "<pre><code>\nif x {\n\ty()\n}\n</code></pre>", markup.Options{},
			"<pre>if x {\n\ty()\n}\n</pre>", "if x {\n\ty()\n}"},
		{"links", `<a href="https://a.example/?q=1&amp;r">w</a> <a href="#x">f</a> <a href="javascript:x()">j</a> <a href="other.html#y">o</a>`, markup.Options{},
			`<p><a href="https://a.example/?q=1&amp;r" rel="noopener noreferrer nofollow">w</a> <a href="#doc-x">f</a> j o</p>`, "w f j o"},
		{"images", `<p><img src="a.png" alt="A &lt;"/><img src="http://x.example/b.gif"/></p>`, inside,
			`<p><img src="holt-resource:a.png" alt="A &lt;"></p>`, ""},
		{"self-closing elements", `<title/><script src="x"/><p>a<a id="n"/>b</p>`, inside, "<p>ab</p>", "ab"},
		{"dropped", "<p>a<script>x</script><style>y</style><svg><text>z</text><svg></svg></svg>b</p>", markup.Options{},
			"<p>ab</p>", "ab"},
		{"characters", "<p>of\u00adﬁce &amp; &lt;b&gt; caf&eacute;</p>", markup.Options{},
			"<p>office &amp; &lt;b&gt; café</p>", "office & <b> café"},
		{"stray ends", "</p></b></li></table><p>a</i></p></div>", markup.Options{}, "<p>a</p>", "a"},
		{"crossed elements", "<p><b>a<i>b</b>c</i></p>", markup.Options{}, "<p><b>a<i>b</i></b>c</p>", "abc"},
		{"heading around a paragraph", "<h1><p>T</p></h1><p>x</p>", markup.Options{}, "<h1>T</h1><p>x</p>", "T\n\nx"},
		{"heading without an end", "<h1>T<p>x", markup.Options{}, "<h1>T</h1><p>x</p>", "T\n\nx"},
		{"item without a list", "<li>a<td>b", markup.Options{}, "<p>a</p><p>b</p>", "a\n\nb"},
		{"permalink", `<h1>T<a class="headerlink" href="#t">¶</a></h1>`, markup.Options{}, "<h1>T</h1>", "T"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, safe, text := MustParse(t, tt.in, tt.options)
			if safe != tt.html {
				t.Errorf("html\n got %s\nwant %s", safe, tt.html)
			}
			if text != tt.text {
				t.Errorf("text\n got %q\nwant %q", text, tt.text)
			}
			if again := markup.Policy().Sanitize(safe); again != safe {
				t.Errorf("the policy changes it to\n%s", again)
			}
		})
	}
}

func TestParseDescription(t *testing.T) {
	doc, _, _ := MustParse(t, `<html lang="de-at"><head><title>Die
		Otter</title><meta name="Author" content="A. Maier"></head><body>x`, markup.Options{})
	if doc.Title != "Die Otter" || doc.Language != "de-at" || len(doc.Authors) != 1 || doc.Authors[0] != "A. Maier" {
		t.Errorf("got %+v", doc)
	}
}

// attacks are things that must not get through, whatever is around them.
var attacks = []string{
	`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `<svg onload=alert(1)>`,
	`<a href="javascript:alert(1)">x</a>`, `<a href=" java&#x0a;script:alert(1)">x</a>`,
	`<a href="data:text/html,<script>alert(1)</script>">x</a>`, `<iframe src="//evil.example"></iframe>`,
	`<form action="/x"><input name=y><button formaction="/z">`, `<style>*{background:url(//evil.example)}</style>`,
	`<p style="background:url(//evil.example)">`, `<img src="//evil.example/x.png">`, `<img srcset="//evil.example/x.png">`,
	`<link rel=stylesheet href="//evil.example">`, `<meta http-equiv=refresh content="0;url=//evil.example">`,
	`<base href="//evil.example">`, `<object data="//evil.example">`, `<p id=search class=x>`, `<h1 id="x y" onclick=z>`,
	`<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
	`<video poster="//evil.example"><source src="//evil.example">`, `<a href="holt-resource:x.png">`, `<img src="holt-resource:../x?y">`,
	`<p>&lt;script&gt;alert(1)&lt;/script&gt;`, `<textarea></textarea><script>alert(1)</script>`, `<!--><script>alert(1)</script>-->`,
	`<a href="//evil.example">x</a>`, `<a href="/api/session">x</a>`, `<template><script>alert(1)</script></template>`,
}

func TestParseIsSafe(t *testing.T) {
	for _, attack := range attacks {
		_, safe, _ := MustParse(t, attack, markup.Options{})
		requireSafe(t, safe)
		requireSafe(t, markup.Policy().Sanitize(attack))
	}
}

// requireSafe walks the tree a browser would make and accepts only what the
// reader may show.
func requireSafe(tb testing.TB, source string) {
	tb.Helper()
	root, err := html.Parse(strings.NewReader("<!doctype html><body>" + source))
	if err != nil {
		tb.Fatalf("%v in %q", err, source)
	}
	for n := range root.Descendants() {
		if n.Type == html.CommentNode {
			tb.Errorf("comment in %q", source)
		}
		for _, a := range n.Attr {
			ok := false
			switch n.Data + " " + a.Key {
			case "a href":
				ok = strings.HasPrefix(strings.ToLower(a.Val), "http") || strings.HasPrefix(a.Val, "#doc-")
			case "a rel", "img alt":
				ok = true
			case "img src":
				ok = strings.HasPrefix(a.Val, markup.ResourceScheme)
			default:
				ok = a.Key == "id" && strings.HasPrefix(a.Val, "doc-")
			}
			if !ok {
				tb.Errorf("attribute %s=%q of %s in %q", a.Key, a.Val, n.Data, source)
			}
		}
		switch n.Data {
		case "script", "style", "iframe", "svg", "math", "object", "embed", "form", "input", "button", "link", "meta", "base", "template", "video", "textarea":
			if n.Type == html.ElementNode {
				tb.Errorf("element %s in %q", n.Data, source)
			}
		}
	}
}

// textOf returns the words a browser would show.
func textOf(tb testing.TB, source string) []string {
	tb.Helper()
	var b strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(source))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return strings.Fields(b.String())
		case html.TextToken:
			b.Write(tokens.Text())
		default:
			switch name, _ := tokens.TagName(); string(name) {
			case "p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "br", "li", "dt", "dd", "td", "th",
				"caption", "figcaption", "blockquote", "ul", "ol", "dl", "table":
				b.WriteByte(' ')
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, attack := range attacks {
		f.Add(attack, true)
	}
	f.Add("<ul><li>a<table><tr><td>b<pre>c\n d</pre><h1>e<b>f", false)
	policy := markup.Policy()
	f.Fuzz(func(t *testing.T, source string, xhtml bool) {
		_, safe, text := MustParse(t, source, markup.Options{XHTML: xhtml})
		requireSafe(t, safe)
		sanitised := policy.Sanitize(safe)
		requireSafe(t, sanitised)
		want := strings.Fields(text)
		for _, written := range []string{safe, sanitised} {
			if got := textOf(t, written); strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("text differs\n got %q\nwant %q\nfrom %q", got, want, written)
			}
		}
	})
}

// TestHostile gives what has made other readers slow or large. The work must
// end, and what is made must stay in proportion to what came in.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("large input")
	}
	many := func(s string, n int) string { return strings.Repeat(s, n) }
	tests := []struct{ name, in string }{
		{"deep blocks", many("<div><blockquote><ul><li>", 20_000) + "x"},
		{"deep inline", many("<b><i><a href=http://a.example>", 20_000) + "x"},
		{"formatting before many paragraphs", many("<b><i><u><em>", 500) + many("<p>x", 20_000)},
		{"deep tables", many("<table><tr><td>", 20_000) + "x"},
		{"one word", many("x", 1<<20)},
		{"one line", many("word ", 1<<17)},
		{"one line of preformatted text", "<pre>" + many("word ", 1<<17)},
		{"attributes", "<p " + many("a=1 ", 1<<18) + ">x"},
		{"images", many("<img src=x.png>", 50_000)},
		{"empty inline elements", "<p>" + many("<b></b>", 50_000) + "x"},
		{"unclosed comment", many("<!--", 1<<18)},
		{"open tags", many("<", 1<<18)},
		{"references", many("&amp", 1<<18)},
		{"dropped elements", many("<svg>", 1<<18) + many("</svg>", 1<<17)},
		{"accents", "e" + many("\u0301", 1<<18)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, _, _ := MustParse(t, tt.in, markup.Options{Image: func(string) string { return "holt-resource:x.png" }})
			size := 0
			for _, r := range markup.Split(doc.Blocks, markup.Borders{Ranks: make([]int, len(doc.Blocks))}) {
				safe, text := markup.Render(doc.Blocks[r.From:r.To])
				size += len(safe)
				if len(safe) > 1<<20 || len(strings.Fields(text)) > markup.MaxWords {
					t.Fatalf("a section of %d bytes and %d words", len(safe), len(strings.Fields(text)))
				}
			}
			if size > 20*len(tt.in)+1<<20 {
				t.Errorf("%d bytes became %d", len(tt.in), size)
			}
		})
	}
	if _, err := markup.Parse([]byte(many("<p>x", 500_010)), markup.Options{}); err != markup.ErrTooLong {
		t.Errorf("500,010 paragraphs: %v", err)
	}
}

func TestSplit(t *testing.T) {
	section := func(title string, paragraphs, words int) string {
		return title + strings.Repeat("<p>"+strings.Repeat("word ", words)+"</p>", paragraphs)
	}
	tests := []struct {
		name   string
		source string
		always int
		min    int
		want   []int // words of each section
	}{
		{"short", section("<h1>A</h1>", 3, 100), 0, 0, []int{301}},
		{"short, divided in any case", section("<h1>A</h1>", 1, 10) + section("<h2>B</h2>", 1, 10), 2, 1, []int{11, 11}},
		{"heading without text goes with the next", "<h1>A</h1>" + section("<h2>B</h2>", 1, 10), 2, 1, []int{12}},
		{"long, at the strongest heading", section("<h1>A</h1>", 4, 200) + section("<h2>B</h2>", 4, 200), 0, 0, []int{801, 801}},
		{"long, short parts joined", section("<h1>A</h1>", 5, 200) + section("<h2>B</h2>", 1, 50) + section("<h2>C</h2>", 4, 200), 0, 0, []int{1052, 801}},
		{"long without headings", section("", 20, 100), 0, 0, []int{1000, 1000}},
		{"one long paragraph", section("", 1, 3000), 0, 0, []int{1200, 1200, 600}},
		{"nothing", "", 0, 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, _, _ := MustParse(t, tt.source, markup.Options{})
			ranks := make([]int, len(doc.Blocks))
			for i, b := range doc.Blocks {
				ranks[i] = b.Level
			}
			var got []int
			for _, r := range markup.Split(doc.Blocks, markup.Borders{Ranks: ranks, Always: tt.always, Min: tt.min}) {
				_, text := markup.Render(doc.Blocks[r.From:r.To])
				got = append(got, len(strings.Fields(text)))
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// TestRenderReopens divides a list: both sections must be balanced.
func TestRenderReopens(t *testing.T) {
	doc, _, _ := MustParse(t, "<ol><li>a<ul><li>b</li><li>c</li></ul></li></ol>", markup.Options{})
	first, _ := markup.Render(doc.Blocks[:2])
	second, _ := markup.Render(doc.Blocks[2:])
	if want := "<ol><li>a<ul><li>b</li></ul></li></ol>"; first != want {
		t.Errorf("first: %s", first)
	}
	if want := "<ol><li><ul><li>c</li></ul></li></ol>"; second != want {
		t.Errorf("second: %s", second)
	}
}
