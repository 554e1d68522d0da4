package wiki_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/holtdb/holt/wiki"
)

func TestParseName(t *testing.T) {
	for text, want := range map[string]string{
		"Roses": "Roses", "/Guides/Setup/": "Guides/Setup", "Roses.md": "Roses", "a/b.md": "a/b", "Ünïcode 1": "Ünïcode 1", "a.b": "a.b",
		"x.md.md": "x", "-a": "-a", "a/-": "a/-",
	} {
		if n, err := wiki.ParseName(text); err != nil || n.String() != want {
			t.Errorf("%q: %q, %v", text, n, err)
		}
	}
	for _, text := range []string{"", "/", ".md", "a/.md", "../a", "a/../b", "a//b", ".", "-", "-/x", ".git/config", "a/.GIT/x", "a\x00b", "a\\b",
		"a:b", "\xff", strings.Repeat("x", 300), strings.Repeat("x/", 600) + "x"} {
		if n, err := wiki.ParseName(text); !errors.Is(err, wiki.ErrInvalid) || !n.IsZero() {
			t.Errorf("%q is taken for %q, %v", text, n, err)
		}
	}
}

func TestCleanName(t *testing.T) {
	tests := []struct {
		text string
		keep bool
		want string
	}{
		{"Roses", true, "Roses"}, {"Roses", false, "roses"}, {"  Red   Roses ", true, "Red Roses"}, {"What? $5 | #1!", true, "What 5 1"},
		{"//a///b/", true, "a/b"}, {"-/-/admin", true, "admin"}, {"../../etc/passwd", true, "etc/passwd"}, {"a\\b", true, "ab"},
		{"Page.md", true, "Page"}, {"ﬁve", true, "five"}, {"℀", true, "a/c"}, {"…", true, ""}, {"///", true, ""}, {"Roses/edit", true, ""},
		{"Roses/a", true, ""}, {"edit", true, "edit"}, {".git/config", true, "git/config"},
	}
	for _, tt := range tests {
		n, err := wiki.CleanName(tt.text, tt.keep)
		if n.String() != tt.want || (err != nil) != (tt.want == "") || err != nil && !errors.Is(err, wiki.ErrInvalid) {
			t.Errorf("%q: %q, %v, want %q", tt.text, n, err, tt.want)
		}
	}
}

func FuzzName(f *testing.F) {
	for _, text := range []string{"Roses", "a/b.md", "../x", "-/-/x", "℀…/edit", "İstanbul", "\xff", "a/.md", ".git", "ǅ"} {
		f.Add(text, true)
		f.Add(text, false)
	}
	f.Fuzz(func(t *testing.T, text string, keep bool) {
		for _, parse := range []func(string) (wiki.Name, error){
			wiki.ParseName, func(text string) (wiki.Name, error) { return wiki.CleanName(text, keep) },
		} {
			n, err := parse(text)
			if err != nil {
				if !errors.Is(err, wiki.ErrInvalid) || !n.IsZero() || !utf8.ValidString(err.Error()) && utf8.ValidString(text) {
					t.Errorf("%q: %q, %v", text, n, err)
				}
				continue
			}
			name := n.String()
			again, err := wiki.ParseName(name)
			if err != nil || again != n {
				t.Errorf("%q is %q, and that is %q, %v", text, n, again, err)
			}
			switch {
			case name == "" || strings.HasPrefix(name, "/") || strings.HasSuffix(name, "/") || strings.Contains(name, "//"),
				strings.HasPrefix(name, "-/"), strings.ContainsAny(name, "\x00\\:\n"), !utf8.ValidString(name):
				t.Errorf("%q is taken for %q", text, name)
			}
			for segment := range strings.SplitSeq(name, "/") {
				if segment == "." || segment == ".." || strings.EqualFold(segment, ".git") {
					t.Errorf("%q is taken for %q", text, name)
				}
			}
			if n.Folder() != "" && n.Folder()+"/"+n.Last() != name || n.Folder() == "" && n.Last() != name {
				t.Errorf("%q is %q and %q", name, n.Folder(), n.Last())
			}
		}
	})
}
