package chat_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/holtdb/holt/library/chat"
)

// allowed are the elements that the HTML of an answer may have, each with its
// attributes and what they may be.
var allowed = map[string]map[string]*regexp.Regexp{
	"p": nil, "br": nil, "hr": nil, "ul": nil, "li": nil, "em": nil, "strong": nil, "code": nil, "pre": nil,
	"blockquote": nil, "h3": nil, "h4": nil, "h5": nil, "h6": nil,
	"table": nil, "thead": nil, "tbody": nil, "tr": nil, "th": nil, "td": nil,
	"ol":   {"start": regexp.MustCompile(`^\d{1,9}$`)},
	"q":    {"class": regexp.MustCompile(`^quote (un)?verified$`), "title": regexp.MustCompile(`^These words are not in the passage$`)},
	"a":    {"class": regexp.MustCompile(`^cite$`), "href": regexp.MustCompile(`^#cite-7-\d{1,3}$`), "title": regexp.MustCompile(`^Passage \d+$`)},
	"span": {"class": regexp.MustCompile(`^cite$`)},
}

// address is the address of citations in these tests.
func address(n int) (href, title string) {
	return fmt.Sprintf("#cite-7-%d", n), fmt.Sprintf("Passage %d", n)
}

// checkHTML fails unless a text has nothing but allowed elements and attributes,
// properly nested, both as a tokenizer and as a browser's parser sees it.
func checkHTML(tb testing.TB, text string) {
	tb.Helper()
	var open []string
	for z := html.NewTokenizer(strings.NewReader(text)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			if z.Err() != io.EOF {
				tb.Fatalf("%v in %q", z.Err(), text)
			}
			break
		}
		token := z.Token()
		switch kind {
		case html.TextToken:
		case html.StartTagToken:
			checkElement(tb, token.Data, token.Attr, text)
			if token.Data != "br" && token.Data != "hr" {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				tb.Fatalf("</%s> closes %q in %q", token.Data, open, text)
			}
			open = open[:len(open)-1]
		default:
			tb.Fatalf("%v %q in %q", kind, token, text)
		}
	}
	if len(open) > 0 {
		tb.Fatalf("%q stay open in %q", open, text)
	}
	nodes, err := html.ParseFragment(strings.NewReader(text), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		tb.Fatalf("parse: %v", err)
	}
	for _, n := range nodes {
		checkNode(tb, n, text)
	}
}

func checkNode(tb testing.TB, n *html.Node, text string) {
	tb.Helper()
	switch n.Type {
	case html.TextNode:
	case html.ElementNode:
		if n.Namespace != "" {
			tb.Fatalf("element of %s in %q", n.Namespace, text)
		}
		checkElement(tb, n.Data, n.Attr, text)
	default:
		tb.Fatalf("node of type %d in %q", n.Type, text)
	}
	for c := range n.ChildNodes() {
		checkNode(tb, c, text)
	}
}

func checkElement(tb testing.TB, name string, attributes []html.Attribute, text string) {
	tb.Helper()
	rules, ok := allowed[name]
	if !ok {
		tb.Fatalf("<%s> in %q", name, text)
	}
	for _, a := range attributes {
		if rule := rules[a.Key]; a.Namespace != "" || rule == nil || !rule.MatchString(a.Val) {
			tb.Fatalf("<%s %s=%q> in %q", name, a.Key, a.Val, text)
		}
	}
}

// render returns the HTML of an answer after the check that it is safe.
func render(tb testing.TB, answer string, passages []chat.Passage) string {
	tb.Helper()
	p := chat.Parse(answer, passages)
	text := chat.HTML(p.Answer, p, address)
	checkHTML(tb, text)
	return text
}

func TestHTML(t *testing.T) {
	tests := []struct{ name, answer, want string }{
		{"paragraphs", "One.\n\nTwo\nlines.", "<p>One.</p>\n<p>Two\nlines.</p>\n"},
		{"hard break", "One\\\ntwo", "<p>One<br>\ntwo</p>\n"},
		{"emphasis", "*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>\n"},
		{"headings begin at the third level", "# A\n\n## B\n\n##### C", "<h3>A</h3>\n<h4>B</h4>\n<h6>C</h6>\n"},
		{"lists", "- a\n- b\n\n3. c\n4. d", "<ul><li>a</li>\n<li>b</li>\n</ul>\n<ol start=\"3\"><li>c</li>\n<li>d</li>\n</ol>\n"},
		{"fenced code", "```js\nlet a = [1]\n```", "<pre><code>let a = [1]\n</code></pre>\n"},
		{"unfinished code", "```\n<b>", "<pre><code>&lt;b&gt;\n</code></pre>\n"},
		{"table", "| a | b |\n|---|---|\n| 1 | 2 [2] |", `<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2 ` +
			`<a class="cite" href="#cite-7-2" title="Passage 2"><span>2</span></a></td></tr></tbody></table>` + "\n"},
		{"rule", "a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>\n"},
		{"citation", "So [1].", `<p>So <a class="cite" href="#cite-7-1" title="Passage 1"><span>1</span></a>.</p>` + "\n"},
		{"citation in code", "`a[1]`", "<p><code>a[1]</code></p>\n"},
		{"link", "[see](http://evil.example/?q=1)", "<p>see</p>\n"},
		{"link with a title", `[see](<http://evil.example> "t") it`, "<p>see it</p>\n"},
		{"image", "a ![alt text](http://evil.example/a.png) b", "<p>a alt text b</p>\n"},
		{"image in a link", "[![x](http://a/b)](http://c/d)", "<p>x</p>\n"},
		{"citation as a link", "So [1](http://evil.example).", `<p>So <a class="cite" href="#cite-7-1" title="Passage 1"><span>1</span></a>.</p>` + "\n"},
		{"citation after an exclamation", "So![1]", `<p>So!<a class="cite" href="#cite-7-1" title="Passage 1"><span>1</span></a></p>` + "\n"},
		{"reference link", "[see][x] and [x]\n\n[x]: http://evil.example", "<p>see and x</p>\n"},
		{"autolink", "<http://evil.example/> and <a@b.example>", "<p>http://evil.example/ and a@b.example</p>\n"},
		{"HTML is text", `<img src=x onerror="alert(1)"> <b>`, `<p>&lt;img src=x onerror=&#34;alert(1)&#34;&gt; &lt;b&gt;</p>` + "\n"},
		{"HTML block is text", "<script>\nalert(1)\n</script>", "<p>&lt;script&gt;\nalert(1)\n&lt;/script&gt;</p>\n"},
		{"references are characters", "&lt;b&gt; &amp; &#x3c;i> \\&lt;", "<p>&lt;b&gt; &amp; &lt;i&gt; &amp;lt;</p>\n"},
		{"references to what cannot be seen", "a&#x202e;b&zwnj;c", "<p>abc</p>\n"},
		{"words in brackets", "a [b] (c) [d](e f)", "<p>a [b] (c) [d](e f)</p>\n"},
		{"less than", "2 < 3 and a <b", "<p>2 &lt; 3 and a &lt;b</p>\n"},
		{"look-alike chip", `<a class="cite" href="#cite-7-1"><span>1</span></a>`,
			`<p>&lt;a class=&#34;cite&#34; href=&#34;#cite-7-1&#34;&gt;&lt;span&gt;1&lt;/span&gt;&lt;/a&gt;</p>` + "\n"},
		{"verified quotation", `It says "the dog may run free in the park" [1].`,
			`<p>It says <q class="quote verified">&#34;the dog may run free in the park&#34;</q> ` +
				`<a class="cite" href="#cite-7-1" title="Passage 1"><span>1</span></a>.</p>` + "\n"},
		{"unverified quotation", `It says “the cat may run free”.`,
			`<p>It says <q class="quote unverified" title="These words are not in the passage">“the cat may run free”</q>.</p>` + "\n"},
		{"emphasis within a quotation", `"the dog *may* run free in the park"`,
			`<p><q class="quote verified">&#34;the dog <em>may</em> run free in the park&#34;</q></p>` + "\n"},
		{"quotation over the border of emphasis", `*He said "the dog* may run free in the park"`,
			`<p><em>He said <q class="quote verified">&#34;the dog</q></em><q class="quote verified"> may run free in the park&#34;</q></p>` + "\n"},
		{"quoted block", "> The dog may run free in the park. [1]",
			`<blockquote><p><q class="quote verified">The dog may run free in the park. <a class="cite" href="#cite-7-1" title="Passage 1"><span>1</span></a></q></p>` + "\n</blockquote>\n"},
		{"quoted block around quotation marks", "> \"The dog may run free in the park.\" [1]",
			`<blockquote><p><q class="quote verified">&#34;The dog may run free in the park.&#34;</q> <a class="cite" href="#cite-7-1" title="Passage 1"><span>1</span></a></p>` + "\n</blockquote>\n"},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := render(t, tt.answer, park()); got != tt.want {
				t.Errorf("%q\n got %s\nwant %s", tt.answer, got, tt.want)
			}
		})
	}
}

func TestHTMLOfHugeAnswers(t *testing.T) {
	for name, answer := range map[string]string{
		"quotes":           strings.Repeat(">", 5000) + " a",
		"lists":            strings.Repeat("- ", 5000) + " a",
		"emphasis":         strings.Repeat("*a ", 50_000),
		"nested":           strings.Repeat("*a **b ", 300) + strings.Repeat("c** d*", 300),
		"ticks":            strings.Repeat("`a``b", 20_000),
		"brackets":         strings.Repeat("[", 100_000),
		"links":            strings.Repeat("[a](", 50_000),
		"images":           strings.Repeat("![", 100_000),
		"citations":        strings.Repeat("[1]", 50_000),
		"unknown":          strings.Repeat(" [99]", 50_000),
		"lists of numbers": "[" + strings.Repeat("1,", 100_000),
		"definitions":      strings.Repeat("[a]: http://a\n", 15_000),
		"marks":            strings.Repeat(`"a b c d e `, 20_000),
		"spaces":           strings.Repeat(" ", 200_000),
		"columns":          "|" + strings.Repeat("a|", 900) + "\n|" + strings.Repeat("-|", 900) + "\n" + strings.Repeat("|\n", 9000),
		"angles":           strings.Repeat("<a@", 60_000),
		"backslash":        strings.Repeat(`\`, 200_000),
	} {
		t.Run(name, func(t *testing.T) { render(t, answer, park()) })
	}
}

func TestHTMLRefusesOtherAddresses(t *testing.T) {
	p := chat.Parse("So [1].", park())
	for _, href := range []string{"", "#", "http://a.example", "//a.example", "javascript:alert(1)", `#a" onclick="x`, "#a b", "?a", "/a"} {
		got := chat.HTML(p.Answer, p, func(int) (string, string) { return href, `"><script>` })
		if want := `<p>So <span class="cite"><span>1</span></span>.</p>` + "\n"; got != want {
			t.Errorf("address %q: %s", href, got)
		}
	}
	got := chat.HTML(p.Answer, p, func(int) (string, string) { return "#a", "\"><script>\u202e" })
	if want := `<p>So <a class="cite" href="#a" title="&#34;&gt;&lt;script&gt;"><span>1</span></a>.</p>` + "\n"; got != want {
		t.Errorf("title: %s", got)
	}
}

// pieces are what Markdown and HTML are made of.
var pieces = []string{
	"[", "]", "](", "(", ")", "](http://e)", "![", "!", "[1]", "[99]", " [99]", "[2, 1]", "【3】", "[a]:", "[1]:", "[a]: http://e\n", "[^1]:",
	"<", ">", "<a", "<img src=x>", "</p>", "<http://e>", "<!--", "-->", "<div>", "<script>", "<?", "<![CDATA[",
	"`", "``", "```\n", "~~~ ", "    ", "\t", " ", "\n", "\n\n", "\n> ", "\n- ", "\n1. ", "\n# ", "\n---\n", "  \n", "\\\n",
	"*", "**", "_", "\\", "&lt;", "&#x202e;", "&", "|", "\n|-|\n", "a", "b c d", "\"", "“", "”", "«", "»", "the dog may run free", "…", "東京", "\u200b", "'",
}

// TestHTMLOfRandomMarkup meets combinations that people do not think of.
func TestHTMLOfRandomMarkup(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	rounds := 3000
	if testing.Short() {
		rounds = 500
	}
	for range rounds {
		var b strings.Builder
		for range 1 + random.IntN(25) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		checkAnswer(t, b.String())
		if t.Failed() {
			t.Fatalf("of %q", b.String())
		}
	}
}

// FuzzHTML proves that no answer leads or loads anywhere, parsed or not.
func FuzzHTML(f *testing.F) {
	for _, c := range injections(f) {
		f.Add(c.text)
		f.Add(c.title)
	}
	for _, seed := range []string{
		"# a\n> \"the dog may run free in the park\" [1, 2-3]\n\n1. *a **b*** `c`\n\n| a | b |\n|-|-|\n| \\| | `\\|` |\n",
		`*He said "the dog* may run free in the park"` + "\n\n```\n[1]\n", "[a]\n[b](c 'd')[][x]\n[x]:\n <y>",
		"<x:[1](y)>", "![[1]](a)", "【1†b】(http://c)", "«a b c **d» e**", "\t[1]: x\n>\t>\t`", "\\\\[1]\\\"a b c d\\\"",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, answer string) {
		if len(answer) > 2000 {
			t.Skip()
		}
		checkAnswer(t, answer)
	})
}

// checkAnswer fails if an answer leads or loads anywhere, before or after it was
// parsed, or cites what there is not.
func checkAnswer(tb testing.TB, answer string) {
	tb.Helper()
	p := chat.Parse(answer, park())
	checkHTML(tb, chat.HTML(p.Answer, p, address))
	checkHTML(tb, chat.HTML(answer, p, address))
	checkMarkdown(tb, p.Answer)
	for _, c := range p.Citations {
		if !slices.Contains(park(), c.Passage) || c.Passage.Number != c.Number {
			tb.Fatalf("%q cites %+v", answer, c)
		}
	}
	for _, q := range p.Quotes {
		if q.Verified != (q.Passage >= 1 && q.Passage <= 3) {
			tb.Fatalf("%q quotes %+v", answer, q)
		}
	}
}
