package source_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"github.com/holtdb/holt/wiki/source"
)

// samples are texts that the parser of blocks treats in different ways.
func samples() []string {
	return []string{
		"",
		"no heading",
		"intro\n\n# One\ntext\n## Two\nmore\n\n# Three ###\n",
		"---\ntitle: x\n---\nintro\n# One\n---\n",
		"Title\n=====\ntext\nTwo\nlines\n---\nmore\n",
		"```\n# code\n```\n# real\n~~~\n# code\n",
		"    # indented code\n\n   # three blanks\n\n\t# tab\n",
		"<div>\n# raw\n</div>\n\n# after\n",
		"<!--\n# hidden\n\n# hidden too\n-->\n# shown\n",
		"> # quoted\n\n- # in a list\n\n  # in it as well\n\n# top\n",
		"::: info\n# head of the block\ntext\n:::\n# top\n",
		"::: info\n# never closed\n",
		"text\n# right behind\r\ntext\r\n\r\n## windows\r\n",
		"[a]: /b\nTitle\n===\n",
		"[^1]: note\n\n    # in the note\n\n# top\n",
		"#\n##\n####### seven\n#none\n\\# escaped\n",
		"a | b\n- | -\n1 | 2\n---\n# x",
		"- a\n---\n* * *\n# y\n=",
	}
}

func TestSections(t *testing.T) {
	text := "intro\n\n# One *two*\na\n## Sub ##\nb\n### Deep\nc\n# Next\n"
	var got []string
	for _, s := range source.Sections([]byte(text)) {
		got = append(got, fmt.Sprintf("%d %s %q %q", s.Level, s.Title, text[s.Start:s.End], text[s.End:s.TreeEnd]))
	}
	want := []string{
		`1 One two "# One *two*\na\n" "## Sub ##\nb\n### Deep\nc\n"`,
		`2 Sub "## Sub ##\nb\n" "### Deep\nc\n"`,
		`3 Deep "### Deep\nc\n" ""`,
		`1 Next "# Next\n" ""`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestSectionsLeaveOutNestedHeadings(t *testing.T) {
	for text, want := range map[string]string{
		"> # quoted\n\n- # in a list\n\n# top\n":                              "top",
		"::: info\n# head\n:::\n# top\n":                                      "top",
		"# top\n::: info\n# never closed\n":                                   "top",
		":::: a\n::: b\n# in b\n:::\n# in a\n::::\n# top":                     "top",
		":::: a\n:::\n# inside\n:::\n::::\n# top":                             "top",
		"::: a\n```\n:::\n```\n# inside\n:::\n# top":                          "top",
		"x\n::: warning\n## head\n\n## more\n::::\n## top\n::: a\n# b\n:::\n": "top",
		"[^1]: note\n\n    # in the note\n\n# top\n":                          "top",
	} {
		var titles []string
		for _, s := range source.Sections([]byte(text)) {
			titles = append(titles, s.Title)
		}
		if strings.Join(titles, "|") != want {
			t.Errorf("%q: %q, want %s", text, titles, want)
		}
	}
}

// TestSectionsAreGoldmarks compares with the headings of goldmark's own tree.
func TestSectionsAreGoldmarks(t *testing.T) {
	for _, text := range samples() {
		if !strings.Contains(text, ":::") && !strings.Contains(text, "[^") {
			compareWithGoldmark(t, []byte(text))
		}
	}
}

func compareWithGoldmark(t *testing.T, page []byte) {
	t.Helper()
	body := source.Split(page).Body
	offset := len(page) - len(body)
	var want []string
	for n := goldmark.DefaultParser().Parse(text.NewReader(body)).FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			want = append(want, fmt.Sprint(h.Level, " at line ", bytes.Count(page[:offset+h.Pos()], []byte("\n"))))
		}
	}
	var got []string
	for _, s := range source.Sections(page) {
		got = append(got, fmt.Sprint(s.Level, " at line ", bytes.Count(page[:s.Start], []byte("\n"))))
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q: sections %q, goldmark has %q", page, got, want)
	}
}

func TestReplaceSection(t *testing.T) {
	for _, c := range []struct{ text, new, want string }{
		{"# A\nx\n# B\n", "# C\ny\n", "# C\ny\n# B\n"},
		{"# A\nx\n# B\n", "# C\ny", "# C\ny\n# B\n"},
		{"# A\nx\n\n# B\n", "# C\ny", "# C\ny\n\n# B\n"},
		{"# A\r\nx\r\n\r\n# B\r\n", "# C", "# C\r\n\r\n# B\r\n"},
		{"# A\nB\n===\n", "# C\ny", "# C\ny\n\nB\n===\n"},
		{"# A\nx\n## B\n", "", "## B\n"},
		{"# A\nx", "# C\ny", "# C\ny"},
		{"none", "# C\ny", "none"},
	} {
		if got := source.ReplaceSection([]byte(c.text), 0, []byte(c.new)); string(got) != c.want {
			t.Errorf("%q with %q: %q, want %q", c.text, c.new, got, c.want)
		}
	}
	tree := source.ReplaceTree([]byte("# A\n## B\n### C\n# D\n"), 0, []byte("# X"))
	if string(tree) != "# X\n# D\n" {
		t.Errorf("ReplaceTree gives %q", tree)
	}
	for _, i := range []int{-1, 5} {
		if got := source.ReplaceSection([]byte("# A\n"), i, []byte("x")); string(got) != "# A\n" {
			t.Errorf("section %d: %q", i, got)
		}
	}
}

// checkSections holds what is true of the sections of any text.
func checkSections(t *testing.T, text []byte) {
	t.Helper()
	sections := source.Sections(text)
	at := 0
	if len(sections) > 0 {
		at = sections[0].Start
	}
	whole := bytes.Clone(text[:at])
	for i, s := range sections {
		if s.Start != at || s.End <= s.Start || s.TreeEnd < s.End || s.Level < 1 || s.Level > 6 {
			t.Fatalf("%q: section %d is %+v", text, i, s)
		}
		whole = append(whole, text[s.Start:s.End]...)
		at = s.End
		if got := source.ReplaceSection(text, i, text[s.Start:s.End]); !bytes.Equal(got, text) {
			t.Fatalf("section %d in its own place changes %q to %q", i, text, got)
		}
		if got := source.ReplaceTree(text, i, text[s.Start:s.TreeEnd]); !bytes.Equal(got, text) {
			t.Fatalf("tree %d in its own place changes %q to %q", i, text, got)
		}
	}
	if len(sections) > 0 && !bytes.Equal(whole, text) {
		t.Fatalf("the sections of %q put together are %q", text, whole)
	}
}

func FuzzSections(f *testing.F) {
	for _, text := range samples() {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		checkSections(t, text)
		source.Title(text, "")
		source.Words(text)
	})
}
