package source_test

import (
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/source"
)

// hostile returns texts of a quarter of a megabyte that invite work that grows with
// the square of their length.
func hostile() map[string]string {
	const size = 1 << 18
	fill := func(part string) string { return strings.Repeat(part, size/len(part)) }
	return map[string]string{
		"brackets":       fill("["),
		"notes in notes": fill("[^1]: "),
		"images":         fill("!["),
		"closed":         fill("[a]"),
		"open links":     fill("[a]("),
		"titles":         fill("[a](b \""),
		"paren titles":   fill("[a](b ("),
		"parens":         fill("[a](((((("),
		"pointed":        fill("[a](<b"),
		"wikilinks":      fill("[[a"),
		"bars":           fill("[[a|b]]|"),
		"ticks":          growing("`", " ", size),
		"tick pairs":     fill("` `` "),
		"tags":           fill("<a b=\""),
		"long tags":      fill("<" + strings.Repeat("a", 8000) + " " + strings.Repeat("b", 8000)),
		"comments":       fill("<!-- "),
		"cdata":          fill("<![CDATA["),
		"dollars":        fill("$$a"),
		"embeds":         fill("{{a|src=b"),
		"addresses":      fill("http://a"),
		"emphasis":       fill("*a_"),
		"quotes":         fill(">"),
		"quoted lines":   fill(strings.Repeat(">", 90) + "a\n"),
		"lists":          fill("- "),
		"deep list":      growing("  ", "- a\n", size),
		"numbers":        fill("1. "),
		"mixed nesting":  growing("- > ", "\n", size),
		"fancy":          fill("::: a\n"),
		"fancy closed":   fill("::: a\n:::\n"),
		"definitions":    fill("[a]: b\n"),
		"broken ones":    fill("[a\n"),
		"footnotes":      fill("[^a]: b\n"),
		"footnotes deep": growing("[^a]: ", "\n", size),
		"headings":       fill("# a\n"),
		"underlines":     fill("a\n=\n"),
		"fences":         fill("```\n"),
		"html":           fill("<div>\n"),
		"html blocks":    fill("<div>\n\n"),
		"lines":          fill("a\n"),
		"blank lines":    fill("\n"),
		"entities":       fill("&amp;"),
		"backslashes":    fill("\\"),
		"table":          fill("|"),
		"rules":          fill("- - -\n"),
		"scripts":        "<div>\n" + fill("<script>"),
		"tabs":           fill("-\t"),
		"nothing":        fill("\x00"),
		"frontmatter":    "---\n" + fill("a: b\n"),
	}
}

// growing returns lines whose prefix gets longer until the size is reached.
func growing(prefix, end string, size int) string {
	var b strings.Builder
	for n := 1; b.Len() < size; n++ {
		b.WriteString(strings.Repeat(prefix, n) + end)
	}
	return b.String()
}

// TestHostile reads what would take minutes where time grew with the square.
func TestHostile(t *testing.T) {
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			source.Links([]byte(text), source.TextFirst)
			sections := source.Sections([]byte(text))
			if len(sections) > 0 && sections[len(sections)-1].End != len(text) {
				t.Error("the sections do not end with the text")
			}
			if source.Words([]byte(text)) < 0 {
				t.Error("fewer words than none")
			}
		})
	}
}

func article() []byte {
	return []byte("---\ntitle: A\ntags: [b, c]\n---\n" + strings.Repeat("# Heading\n\nSome *words* with [[Wiki|Link]]s and [links](./a.png \"t\"), `code` and <b>tags</b>.\n\n- item one\n- item https://example.org/\n\n```go\nfunc main() {}\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n", 100))
}

func BenchmarkLinks(b *testing.B) {
	text := article()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		source.Links(text, source.TextFirst)
	}
}

func BenchmarkSections(b *testing.B) {
	text := article()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		source.Sections(text)
	}
}

func BenchmarkPlain(b *testing.B) {
	text := article()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		source.Plain(text)
	}
}

func BenchmarkRewrite(b *testing.B) {
	text := article()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		source.Rewrite(text, source.TextFirst, func(l source.Link) (string, bool) { return "Other", l.Kind == source.Wiki })
	}
}
