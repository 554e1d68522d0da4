package markdown_test

import (
	"strconv"
	"strings"
)

// bombs returns texts of at most n bytes that are made to take long.
func bombs(n int) map[string]string {
	texts := makeBombs(n)
	for name, text := range texts {
		texts[name] = text[:min(len(text), n)]
	}
	return texts
}

func makeBombs(n int) map[string]string {
	fill := func(s string) string { return strings.Repeat(s, n/len(s)) }
	counted := func(f func(i int) string) string {
		var b strings.Builder
		for i := 0; b.Len() < n-100; i++ {
			b.WriteString(f(i))
		}
		return b.String()
	}
	half := func(s string) string { return strings.Repeat(s, n/2/len(s)) }
	deep := counted(func(i int) string { return strings.Repeat(" ", min(2*i, 400)) + "- a\n" })
	return map[string]string{
		"quotes":             fill(">"),
		"quotes and lines":   strings.Repeat(">", 40) + "a\n" + fill("a\n")[100:],
		"quotes, blank":      strings.Repeat("> ", 40) + "a\n" + half("> \n"),
		"lists":              fill("- "),
		"lists, blank lines": strings.Repeat("- ", 40) + "a\n" + fill("\n")[200:],
		"lists, deeper":      deep,
		"numbers":            fill("1. "),
		"brackets open":      fill("["),
		"brackets close":     half("[") + half("]"),
		"brackets pairs":     fill("[]"),
		"short brackets":     fill(strings.Repeat("[", 400) + strings.Repeat("]", 400)),
		"link title":         fill("[a](b ("),
		"link title quote":   fill(`[a](b "`),
		"link target":        fill("[a](<b"),
		"link reference":     fill("[a]["),
		"links":              fill("[a](b) "),
		"images":             fill("![a](b) "),
		"nested images":      half("![") + half("](a)"),
		"references":         fill("[a]\n"),
		"definitions":        fill("[a]:\n"),
		"definition titles":  fill("[a]: b (\n"),
		"definition quotes":  fill("[a]: b \"\n"),
		"long reference":     "[a]: http://x/" + strings.Repeat("y", n/2) + "\n\n" + strings.Repeat("[a] ", n/8),
		"long title":         "[a]: b '" + strings.Repeat("y", n/2) + "'\n\n" + strings.Repeat("[a] ", n/8),
		"emphasis":           fill("*a "),
		"emphasis mixed":     fill("*a_ "),
		"emphasis both":      fill("*a **b _c__ "),
		"emphasis nested":    half("*a ") + half("b* "),
		"emphasis paras":     fill(strings.Repeat("*a_ ", 500) + "\n\n"),
		"stars":              fill("*"),
		"stars words":        fill("a**b"),
		"underscores":        fill("_a"),
		"strikes":            fill("~~a "),
		"marks":              fill("==a "),
		"code":               counted(func(i int) string { return strings.Repeat("`", i+1) + " " }),
		"code pairs":         fill("`a"),
		"dollars":            fill("$a "),
		"dollar digits":      fill("$a$1 "),
		"double dollars":     fill("$$a\n"),
		"html open":          fill("<a "),
		"html attributes":    "<a" + fill(" b")[10:],
		"html quotes":        fill(`<a b="`),
		"html comments":      fill("a <!-- "),
		"html instructions":  fill("a <?"),
		"html declarations":  fill("a <!A"),
		"html cdata":         fill("a <![CDATA["),
		"html nested":        fill("<b>"),
		"html blocks":        fill("<div>\n\n"),
		"html ids":           counted(func(i int) string { return "<b id=x" + strconv.Itoa(i) + ">" }),
		"html formatting":    strings.Repeat("<b id=1>", 1) + fill("<p><i><b>x\n\n"),
		"html table":         fill("<table><tr><td>"),
		"html closing":       fill("</b></p>"),
		"html anchors":       fill("<a href=x>"),
		"mail":               fill("_a"),
		"mail signs":         fill("a@"),
		"mail dots":          fill("a.b@c."),
		"addresses":          fill("http://a.b "),
		"address parens":     "http://a.b/" + half("(") + half(")"),
		"table wide":         half("|a") + "\n" + strings.Repeat("|-", n/4) + "\n" + strings.Repeat("|\n", n/8),
		"table long":         "|a|b|\n|-|-|\n" + fill("|\n")[50:],
		"table middle":       strings.Repeat("|a", 5000) + "\n" + strings.Repeat("|-", 5000) + "\n" + half("|\n"),
		"tables":             fill("|a|\n|-|\n|b|\n\n"),
		"table escapes":      "|a|\n|-|\n" + fill("|`\\|\\|`|\n")[50:],
		"table rules":        fill("|-\n"),
		"notes":              counted(func(i int) string { s := strconv.Itoa(i); return "[^" + s + "] \n\n[^" + s + "]: x\n\n" }),
		"note":               "[^1]: x\n\n" + fill("[^1]")[20:],
		"notes nested":       fill("[^1]: "),
		"notes open":         fill("[^"),
		"abbreviations":      counted(func(i int) string { return "*[A" + strconv.Itoa(i) + "]: x\n" }),
		"abbreviation long":  "*[A]: " + strings.Repeat("x", n/2) + "\n\n" + strings.Repeat("A ", n/4),
		"abbreviation same":  counted(func(i int) string { return "*[A " + strconv.Itoa(i) + "]: x\n" })[:n/2] + "\n\n" + strings.Repeat("A ", n/4),
		"wikilinks open":     fill("[["),
		"wikilinks":          fill("[[a|b]]"),
		"wikilinks missing":  counted(func(i int) string { return "[[p" + strconv.Itoa(i) + "]] " }),
		"fancy":              fill(":::\n"),
		"fancy nested":       counted(func(i int) string { return strings.Repeat(":", 3+i) + " a\n" }),
		"fancy families":     fill("::: a\n"),
		"fancy quotes":       fill("> ::: a\n"),
		"spoilers":           fill(">! "),
		"folds":              fill(">| # a\n\n"),
		"folds nested":       fill(">| >| "),
		"alerts":             fill("> [!NOTE] "),
		"alert lines":        fill("> [!NOTE]\n"),
		"embeddings open":    fill("{{A\n"),
		"embeddings":         fill("{{A}} "),
		"embedding lines":    fill("{{A}}\n"),
		"embeddings far":     fill("{{A\n" + strings.Repeat("b\n", 40000)),
		"embedding inline":   fill("a {{A b "),
		"headings":           fill("# a\n"),
		"headings many":      counted(func(i int) string { return "# a-" + strconv.Itoa(i%7) + "\n" }),
		"setext":             fill("a\n-\n"),
		"entities":           fill("&amp;"),
		"bad entities":       fill("&a"),
		"escapes":            fill(`\*`),
		"backslashes":        fill(`\`),
		"fences":             fill("```\n\n"),
		"fence languages":    fill("```go\nx\n```\n"),
		"fence long":         "```python\n" + fill("x = '\\\\'; \n")[200:],
		"fence regex":        fill("```perl\n" + strings.Repeat("s/", 20000) + "\n```\n"),
		"frontmatter":        "---\na: " + fill("[")[20:] + "\n---\n",
		"tabs":               fill("\t-"),
		"zeros":              fill("\x00"),
		"broken":             fill("\xff\xfe"),
		"quotes escaped":     fill(`"`),
		"words":              fill("a"),
		"spaces":             fill(" "),
	}
}
