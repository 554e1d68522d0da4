package platform_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/holtdb/holt/platform"
)

func MustSlug(tb testing.TB, text string) platform.Slug {
	tb.Helper()
	slug, err := platform.ParseSlug(text)
	if err != nil {
		tb.Fatalf("slug %q: %v", text, err)
	}
	return slug
}

func TestParseSlug(t *testing.T) {
	for _, good := range []string{"abc", "0-9", "abc--d", "a-b-c", "my-wiki", "123", strings.Repeat("a", 30)} {
		slug, err := platform.ParseSlug(good)
		if err != nil || slug.String() != good || slug.ID().String() != good || slug.ID().Dir() != good || slug.IsZero() {
			t.Errorf("%q: %v, %v", good, slug, err)
		}
	}
	for _, bad := range []string{
		"", "a", "ab", strings.Repeat("a", 31), "-ab", "ab-", "---", "Abc", "a.b", "a b", "a/b", "../", "...",
		"a_b", "abc\n", "\x00ab", "äbc", "a\u200db", "abc/", "%61bc", "a=2Fb",
	} {
		if slug, err := platform.ParseSlug(bad); !errors.Is(err, platform.ErrInvalidSlug) || !slug.IsZero() {
			t.Errorf("%q: %v, %v; want ErrInvalidSlug", bad, slug, err)
		}
	}
	reserved := strings.Fields(`admin api app assets auth billing blog dev docs ftp git help imap mail mcp
		ns1 ns2 null pop smtp ssh static status support undefined user vpn wiki www
		wikis read documents search upload account signin signout setup invite register theme join xn--abc ab--c a---b`)
	for _, name := range reserved {
		if _, err := platform.ParseSlug(name); !errors.Is(err, platform.ErrReservedSlug) {
			t.Errorf("%q: %v, want ErrReservedSlug", name, err)
		}
	}
	if zero := (platform.Slug{}); !zero.IsZero() || !zero.ID().IsZero() || zero.String() != "" {
		t.Errorf("the zero slug is %q", zero)
	}
}

func FuzzParseSlug(f *testing.F) {
	for _, seed := range []string{"abc", "a-b", "www", "-", "xn--p1ai", "A..", "\xff\xff\xff"} {
		f.Add(seed)
	}
	shape := regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,28}[a-z0-9]$`)
	f.Fuzz(func(t *testing.T, text string) {
		slug, err := platform.ParseSlug(text)
		switch {
		case err == nil && (!shape.MatchString(text) || strings.HasSuffix(text, "\n") || slug.ID().Dir() != text):
			t.Errorf("%q passes", text)
		case err != nil && !slug.IsZero():
			t.Errorf("%q is refused with %q", text, slug)
		case errors.Is(err, platform.ErrInvalidSlug) && shape.MatchString(text):
			t.Errorf("%q has the shape and is refused: %v", text, err)
		}
	})
}
