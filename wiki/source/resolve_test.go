package source_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/holtdb/holt/wiki/source"
)

func TestResolve(t *testing.T) {
	const out = "(out)"
	for _, c := range []struct {
		page, target, want string
		attachment         bool
	}{
		{"Guides/Setup", "Other", "Guides/Other", false},
		{"Guides/Setup", "../Home#a%20b", "Home#a b", false},
		{"Guides/Setup", "/A/B/", "A/B", false},
		{"Guides/Setup", "./plan.png", "Guides/Setup/plan.png", true},
		{"Guides/Setup", "./plan", "Guides/Setup/plan", true},
		{"Guides/Setup", "Setup/plan.png", "Guides/Setup/plan.png", true},
		{"Guides/Setup", "./../Other", "Guides/../Other", false},
		{"Guides/Setup", "#here", "Guides/Setup#here", false},
		{"Guides/Setup", "", "Guides/Setup", false},
		{"Guides/Setup", "./", "Guides/Setup", false},
		{"Guides/Setup", "Other.md?raw=1#x", "Guides/Other#x", false},
		{"Home", "../../../etc/passwd", "etc/passwd", false},
		{"Home", "%2e%2e/%2E./x", "x", false},
		{"A/B", "My%20Page", "A/My Page", false},
		{"A/B", "100%", "A/100%", false},
		{"A/B", "v1.2", "A/v1.2", false},
		{"A/B", "/", "", false},
		{"", "./x.png", "x.png", true},
		{"A/B", "a//b/./c", "A/a/b/c", false},
		{"A/B", "a%2fb", out, false},
		{"A/B", "..%2f..%2fx", out, false},
		{"A/B", "a%5Cb", out, false},
		{"A/B", `a\b`, out, false},
		{"A/B", "a%00b", out, false},
		{"A/B", "a%0Ab", out, false},
		{"A/B", "%ff", out, false},
		{"A/B", "https://x/y", out, false},
		{"A/B", "//x/y", out, false},
		{"A/B", "javascript:alert(1)", out, false},
		{"A/B", "mailto:me@x", out, false},
		{"A/B", "c:/x", out, false},
		{"A/B", "/-/admin", out, false},
		{"A/B", "/-", out, false},
		{"A/B", "../-/admin", out, false},
		{"A/B", "/./%2d/admin", out, false},
		{"A/B", strings.Repeat("x", 2000), out, false},
	} {
		page, attachment, fragment, ok := source.Resolve(c.page, c.target)
		got := page
		if fragment != "" {
			got += "#" + fragment
		}
		if !ok {
			got = out
		}
		want := strings.Replace(c.want, "Guides/../", "", 1)
		if c.target == "./../Other" {
			want = "Other"
		}
		if got != want || attachment != c.attachment {
			t.Errorf("%s on %s: %q, %v; want %q, %v", c.target, c.page, got, attachment, want, c.attachment)
		}
	}
}

func TestResolveWikilink(t *testing.T) {
	for target, want := range map[string]string{"Page": "Page", "/A/B": "A/B", "a%20b": "a%20b", "../x": "x", "": "P/Q"} {
		page, attachment, ok := source.Link{Kind: source.Wiki, Target: target}.Resolve("P/Q")
		if page != want || attachment || !ok {
			t.Errorf("%q: %q, %v, %v", target, page, attachment, ok)
		}
	}
	for _, target := range []string{"https://x", "-/admin", `a\b`, "a\x00"} {
		if page, _, ok := (source.Link{Kind: source.Wiki, Target: target}).Resolve("P/Q"); ok {
			t.Errorf("%q leads to %q", target, page)
		}
	}
}

func TestPoint(t *testing.T) {
	for _, c := range []struct {
		kind          source.Kind
		old, from, to string
		want          string
	}{
		{source.Wiki, "Old", "A/B", "C/D", "C/D"},
		{source.Wiki, "/Old", "A/B", "C/D", "/C/D"},
		{source.Inline, "/Old", "A/B", "C/D e", "/C/D%20e"},
		{source.Inline, "Old", "A/B", "A/C", "C"},
		{source.Inline, "Old", "A/B", "C/D", "../C/D"},
		{source.Inline, "Old", "A/B/C", "A", "../../A"},
		{source.Inline, "Old.md", "A/B", "A/C", "C.md"},
		{source.Inline, "Old?x=y", "A/B", "A/C", "C?x=y"},
		{source.Inline, "./x.png", "A/B", "A/B/y.png", "./y.png"},
		{source.Inline, "./x.png", "A/B", "A/C/y.png", "C/y.png"},
		{source.Inline, "Old", "A/B", "A/c:d", "/A/c:d"},
		{source.Inline, "Old", "A/B", "", "/"},
		{source.Embed, "./x.png", "B", "B/y.png", "./y.png"},
	} {
		l := source.Link{Kind: c.kind, Target: c.old}
		got := l.Point(c.from, c.to)
		if got != c.want {
			t.Errorf("%s on %s to %s: %q, want %q", c.old, c.from, c.to, got, c.want)
		}
	}
}

// FuzzPoint proves that what Point writes leads where it should, and that no
// target leads above the root.
func FuzzPoint(f *testing.F) {
	f.Add("A/B", "C/D e", "../x", false)
	f.Add("A/B", "A/B/plan.png", "./x.png", false)
	f.Add("", "a:b", "x.md", true)
	f.Fuzz(func(t *testing.T, from, to, old string, wiki bool) {
		l := source.Link{Kind: source.Inline, Target: old}
		if wiki {
			l.Kind = source.Wiki
		}
		if page, _, ok := l.Resolve(from); ok && isPath(from) {
			for segment := range strings.SplitSeq(page, "/") {
				if segment == ".." || segment == "." || segment == "" && page != "" || !utf8.ValidString(segment) {
					t.Fatalf("%q on %q leads to %q", old, from, page)
				}
			}
		}
		if !isPath(from) || !isPath(to) || strings.HasSuffix(to, ".md") || wiki && strings.Contains(to, "://") {
			t.Skip()
		}
		written := l.Point(from, to)
		if page, _, ok := (source.Link{Kind: l.Kind, Target: written}).Resolve(from); !ok || page != to {
			t.Fatalf("from %q to %q in the manner of %q: %q leads to %q, %v", from, to, old, written, page, ok)
		}
	})
}

// isPath reports whether a text is a path as Resolve returns one.
func isPath(text string) bool {
	if text == "" || len(text) > 300 || text == "-" || strings.HasPrefix(text, "-/") || !utf8.ValidString(text) || strings.Contains(text, `\`) {
		return false
	}
	for segment := range strings.SplitSeq(text, "/") {
		if segment == "" || segment == "." || segment == ".." || strings.ContainsFunc(segment, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return false
		}
	}
	return true
}
