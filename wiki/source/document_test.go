package source_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/source"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name, text, front, body string
		line                    int
	}{
		{"none", "# Title\n", "", "# Title\n", 0},
		{"plain", "---\ntitle: A\n---\nBody\n", "title: A\n", "Body\n", 3},
		{"windows lines", "---\r\ntitle: A\r\n---\r\nBody", "title: A\r\n", "Body", 3},
		{"empty", "---\n---\nBody", "", "Body", 2},
		{"nothing behind", "---\ntitle: A\n---", "title: A\n", "", 3},
		{"unclosed", "---\ntitle: A\n", "", "---\ntitle: A\n", 0},
		{"two rules", "---\nSome words\n---\n", "", "---\nSome words\n---\n", 0},
		{"not at the start", "\n---\ntitle: A\n---\n", "", "\n---\ntitle: A\n---\n", 0},
		{"longer rule", "----\ntitle: A\n----\n", "", "----\ntitle: A\n----\n", 0},
		{"rule in the body", "---\na: b\n---\nx\n---\ny", "a: b\n", "x\n---\ny", 3},
		{"comment first", "---\n# c\n\na: b\n---\nx", "# c\n\na: b\n", "x", 5},
		{"too long", "---\na: " + strings.Repeat("x", source.MaxFrontmatter) + "\n---\nx", "", "---\na: " + strings.Repeat("x", source.MaxFrontmatter) + "\n---\nx", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := source.Split([]byte(c.text))
			if string(doc.Frontmatter) != c.front || string(doc.Body) != c.body || doc.BodyLine != c.line {
				t.Errorf("got %q, %q, line %d", doc.Frontmatter, doc.Body, doc.BodyLine)
			}
			if (doc.Frontmatter == nil) != (c.line == 0) {
				t.Errorf("frontmatter is nil: %v", doc.Frontmatter == nil)
			}
		})
	}
}

func TestParseMeta(t *testing.T) {
	meta, err := source.ParseMeta([]byte("Title: A  page\ntags: [Go, '#wiki', go, a b]\ncategory: actor\ndate: 2024-01-02\nempty:\nnested: {a: 1, b: [x, y]}\ntitle: second\n"))
	if err != nil {
		t.Fatal(err)
	}
	if meta.Title != "A page" || strings.Join(meta.Tags, "|") != "Go|wiki|a b" || meta.Category != "actor" {
		t.Errorf("got %+v", meta)
	}
	var fields []string
	for _, f := range meta.Fields {
		fields = append(fields, f.Name+"="+strings.Join(f.Values, "|"))
	}
	want := "Title=A page;tags=Go|#wiki|go|a b;category=actor;date=2024-01-02;empty=;nested=a: 1; b: x, y"
	if got := strings.Join(fields, ";"); got != want {
		t.Errorf("fields %s, want %s", got, want)
	}
	if got := meta.Get("DATE"); len(got) != 1 || got[0] != "2024-01-02" {
		t.Errorf("Get gives %q", got)
	}
	if meta, err := source.ParseMeta([]byte("tags: one, two words,,ONE")); err != nil || strings.Join(meta.Tags, "|") != "one|two words" {
		t.Errorf("tags as text: %q, %v", meta.Tags, err)
	}
	for _, empty := range []string{"", "\n", "# nothing\n", "~", "{}"} {
		if meta, err := source.ParseMeta([]byte(empty)); err != nil || len(meta.Fields) != 0 {
			t.Errorf("%q: %+v, %v", empty, meta, err)
		}
	}
}

func TestParseMetaRefuses(t *testing.T) {
	for name, front := range map[string]string{
		"list":       "- a\n- b\n",
		"text":       "hello",
		"broken":     "a: [b\n",
		"alias":      "a: &x [1, 2]\nb: *x\n",
		"merge key":  "a: &x {k: 1}\nb: {<<: *x}\n",
		"deep flow":  "a: " + strings.Repeat("[", 500) + strings.Repeat("]", 500),
		"deep lists": "a:\n  " + strings.Repeat("- ", 100) + "x\n",
		"many":       manyFields(300),
		"many items": "a: [" + strings.Repeat("x,", 9000) + "]",
		"too long":   "a: " + strings.Repeat("x", source.MaxFrontmatter),
		"control":    "a: \x00\n",
	} {
		if meta, err := source.ParseMeta([]byte(front)); !errors.Is(err, source.ErrFrontmatter) || len(meta.Fields) > 0 {
			t.Errorf("%s: %v, %d fields", name, err, len(meta.Fields))
		}
	}
}

func manyFields(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("k" + strings.Repeat("x", i) + ": 1\n")
	}
	return b.String()
}

func TestCleanTags(t *testing.T) {
	got := source.CleanTags([]string{" #A , b\tc", "a", strings.Repeat("x", 200), "\xff", "é", "É"})
	if strings.Join(got, "|") != "A|b c|é" {
		t.Errorf("got %q", got)
	}
}

func TestTitle(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "Fallback",
		"## Two\n# *One* `x`\n":     "One x",
		"Title\n=====\n":            "Title",
		"---\ntitle: T\n---\n# One": "T",
		"---\ntags: T\n---\n# One":  "One",
		"---\na: *b\n---\n# One":    "One",
		"```\n# code\n```\n":        "Fallback",
		"#\n\n# Second":             "Second",
	} {
		if got := source.Title([]byte(text), "Fallback"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzParseMeta(f *testing.F) {
	f.Add("title: a\ntags: [b, c]\n")
	f.Add("a: &x [*x]\n? b\n: |\n  text\n")
	f.Add("- - - {a: [}")
	f.Fuzz(func(t *testing.T, front string) {
		meta, err := source.ParseMeta([]byte(front))
		if err != nil && !errors.Is(err, source.ErrFrontmatter) {
			t.Errorf("another error: %v", err)
		}
		for _, field := range meta.Fields {
			if field.Name == "" {
				t.Error("a property without a name")
			}
		}
	})
}
