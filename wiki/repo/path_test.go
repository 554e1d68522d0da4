package repo_test

import (
	"errors"
	"path"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/holtdb/holt/wiki/repo"
)

func TestParsePath(t *testing.T) {
	long := strings.Repeat("x", 255)
	for _, text := range []string{
		"Home.md", "Guides/Set up/plan.png", "ä/ö.md", "a..b", "...", ".hidden", ".github/x", "git", "git~2", ".gitignore", "a b ", "(1)&2?",
		long, strings.Join([]string{long, long, long, long}, "/"),
	} {
		p, err := repo.ParsePath(text)
		if err != nil || p.String() != text {
			t.Errorf("ParsePath(%q) = %q, %v", text, p, err)
		}
	}
	for _, text := range []string{
		"", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b", ".git", "a/.git/config", ".GIT", ".Git ", ".git.", ".git. .",
		"git~1", "GIT~1", "GIT~1.", ".g\u200cit", "\ufeff.git", ".gi\u202et/x", "a\\b", "C:", "a:b", ".git::$INDEX_ALLOCATION",
		"a\x00b", "a\nb", "a\x7f", "a\u0085", "\xff", "a/\xc0\xaf", long + "x", strings.Repeat("x/", 512) + "x",
	} {
		if p, err := repo.ParsePath(text); !errors.Is(err, repo.ErrInvalidPath) {
			t.Errorf("ParsePath(%q) = %q, %v", text, p, err)
		}
	}
}

func TestPathParts(t *testing.T) {
	p := MustPath(t, "Guides/Set up.tar.md")
	if p.Dir() != "Guides" || p.Base() != "Set up.tar.md" || p.Ext() != ".md" {
		t.Errorf("parts %q %q %q", p.Dir(), p.Base(), p.Ext())
	}
	if p = MustPath(t, "Home"); p.Dir() != "" || p.Base() != "Home" || p.Ext() != "" {
		t.Errorf("parts %q %q %q", p.Dir(), p.Base(), p.Ext())
	}
	if q, err := p.Join("a/b.png"); err != nil || q.String() != "Home/a/b.png" {
		t.Errorf("join: %q, %v", q, err)
	}
	if q, err := p.Join("../b"); !errors.Is(err, repo.ErrInvalidPath) {
		t.Errorf("join: %q, %v", q, err)
	}
	if q, err := (repo.Path{}).Join("b"); err != nil || q.String() != "b" {
		t.Errorf("join to nothing: %q, %v", q, err)
	}
}

func FuzzParsePath(f *testing.F) {
	for _, text := range []string{"a/b.md", "../a", ".git ", "a//b", "git~1/x", ".g\u200cit", "a\x00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := repo.ParsePath(text)
		if err != nil {
			if !errors.Is(err, repo.ErrInvalidPath) || p != (repo.Path{}) {
				t.Fatalf("%q: %q, %v", text, p, err)
			}
			return
		}
		if p.String() != text || path.Clean("/"+text) != "/"+text || !utf8.ValidString(text) || strings.ContainsAny(text, "\\:\x00\n") {
			t.Fatalf("accepted %q", text)
		}
		for _, name := range strings.Split(strings.ToLower(text), "/") {
			if name == ".git" || name == ".." || len(name) > 255 {
				t.Fatalf("accepted %q", text)
			}
		}
		if full := path.Join(p.Dir(), p.Base()); full != text {
			t.Fatalf("%q falls into %q and %q", text, p.Dir(), p.Base())
		}
	})
}
