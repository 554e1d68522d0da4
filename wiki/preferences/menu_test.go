package preferences_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/preferences"
)

func TestMenu(t *testing.T) {
	item := func(link, title string) preferences.MenuItem { return preferences.MenuItem{Link: link, Title: title} }
	tests := []struct {
		name, text string
		want       []preferences.MenuItem
		fails      bool
	}{
		{"empty", "", nil, false},
		{"no entries", "[]", nil, false},
		{"entries", `[{"link":"/Guides","title":" Guides ","icon":"book"},{"link":"---"},{"title":"Heading"}]`,
			[]preferences.MenuItem{{Link: "/Guides", Title: "Guides", Icon: "book"}, item("---", ""), item("", "Heading")}, false},
		{"empty entries are left out", `[{"link":""},{"link":"A","other":[1]},{}]`, []preferences.MenuItem{item("A", "")}, false},
		{"nulls", `[{"link":"A","title":null}, null]`, []preferences.MenuItem{item("A", "")}, false},
		{"no JSON", `link: A`, nil, true},
		{"JSON of another shape", `{"link":"A"}`, nil, true},
		{"numbers", `[{"link":1}]`, nil, true},
		{"something after", `[{"link":"A"}] x`, nil, true},
		{"an unsafe link among others", `[{"link":"javascript:alert(1)","title":"x"},{"link":"B"}]`, []preferences.MenuItem{item("B", "")}, true},
		{"a title of two lines", `[{"link":"A","title":"x\ny"}]`, nil, true},
		{"a long title", `[{"link":"A","title":"` + strings.Repeat("x", 501) + `"}]`, nil, true},
		{"too many", "[" + strings.Repeat(`{"link":"A"},`, 100) + `{"link":"A"}]`, nil, true},
		{"too large", "[" + strings.Repeat(" ", 70_000) + "]", nil, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := preferences.ParseMenu(test.text)
			if !slices.Equal(got, test.want) || (err != nil) != test.fails {
				t.Fatalf("%+v, %v", got, err)
			}
			again, err := preferences.ParseMenu(preferences.FormatMenu(got))
			if err != nil || !slices.Equal(again, got) {
				t.Errorf("written and read: %+v, %v", again, err)
			}
		})
	}
	if !item("---", "").IsSeparator() || item("--", "").IsSeparator() {
		t.Error("separators are mistaken")
	}
}

func TestSafeLink(t *testing.T) {
	for _, link := range []string{
		"https://example.org", "HTTP://example.org/a?b=c#d", "mailto:a@example.org", "/Guides/Set up", "Guides", "Guides/a:b",
		"/-/changelog", "#top", "?revision=a:b", "/a:b", "Guides//b", "[[Page]]", "日本",
	} {
		if err := preferences.SafeLink(link); err != nil {
			t.Errorf("%q: %v", link, err)
		}
	}
	for _, link := range []string{
		"", "javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)", "\x01javascript:x",
		"data:text/html,x", "vbscript:x", "file:///etc/passwd", "blob:x", "ftp://example.org", ":x", "view-source:x",
		"//example.org", "///example.org", `/\example.org`, `\\example.org`, "/\t/example.org", "/\n/example.org",
		"http:example.org", "https:///example.org", "http://", "https://me:secret@example.org", "https://exa mple.org",
		"\u00a0javascript:x", "\u2028/x", "/x ", strings.Repeat("x", 3000), "/\xff",
	} {
		if err := preferences.SafeLink(link); !errors.Is(err, preferences.ErrUnsafeLink) {
			t.Errorf("%q: %v, want ErrUnsafeLink", link, err)
		}
	}
}

func FuzzSafeLink(f *testing.F) {
	for _, seed := range []string{"https://a", "javascript:x", "//a", "a/b:c", "mailto:x", "#a:b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, link string) {
		if preferences.SafeLink(link) != nil {
			return
		}
		// What a browser does: drop spaces and controls at the ends, tabs and line
		// breaks everywhere, then look for a scheme.
		seen := strings.TrimFunc(strings.ToLower(link), func(r rune) bool { return r <= ' ' })
		seen = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(seen)
		if strings.HasPrefix(strings.ReplaceAll(seen, `\`, "/"), "//") {
			t.Errorf("%q leads to another host", link)
		}
		end := strings.IndexAny(seen, ":/?#")
		if end >= 0 && seen[end] == ':' && !slices.Contains([]string{"http", "https", "mailto"}, seen[:end]) {
			t.Errorf("%q has the scheme %q", link, seen[:end])
		}
	})
}
