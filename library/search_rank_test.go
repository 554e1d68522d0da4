package library_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/holtdb/holt/library"
)

// all reads all pages of an answer and proves that each hit comes once.
func all(t *testing.T, l *library.Library, q library.Query) (pages []string, loose bool) {
	t.Helper()
	seen := map[string]bool{}
	for range 1000 {
		r := MustSearch(t, l, q)
		loose = r.Loose
		for _, h := range r.Hits {
			key := fmt.Sprint(h.DocumentID, "/", h.Page)
			if seen[key] {
				t.Errorf("%+v: %s a second time", q, key)
			}
			seen[key] = true
			pages = append(pages, key)
		}
		if r.Next != "" && len(r.Hits) != q.Limit {
			t.Errorf("%+v: %d hits and more", q, len(r.Hits))
		}
		if q.After = r.Next; q.After == "" {
			return pages, loose
		}
	}
	t.Fatalf("%+v has no end", q)
	return nil, false
}

// TestLibrary_Search_PagingWindows pages through more hits than are ranked at a
// time, in all indexes at once, with ties and without.
func TestLibrary_Search_PagingWindows(t *testing.T) {
	l := MustOpen(t, settings{idle: true})
	add := func(title string, pages int, text func(n int) string) {
		texts := make([]string, pages)
		for i := range texts {
			texts[i] = text(i)
		}
		if err := l.AddPages(t.Context(), title, texts); err != nil {
			t.Fatal(err)
		}
	}
	add("english", 130, func(n int) string {
		return otterEnglish + strings.Repeat("Heron bank. ", n%7) + "The heron at Docker stands by the bank."
	})
	add("german", 125, func(n int) string { return otterGerman + "Der Docker heron am bank." + strings.Repeat(" Bank", n%3) })
	add("chinese", 140, func(n int) string { return library1 + strings.Repeat("河边的 heron bank 图书。", 1+n%5) })
	for _, c := range []struct {
		query string
		want  int
		loose bool
	}{
		{"docker", 395, false},
		{"heron bank", 395, false},
		{"heron zebra", 395, true},
		{"图书 heron", 140, false}, // looked for in the pages
		{"图书 zebra", 140, true},
		{"图书馆", 140, false},
	} {
		for _, limit := range []int{7, 20, 100} {
			pages, loose := all(t, l, library.Query{Text: c.query, Limit: limit})
			if len(pages) != c.want || loose != c.loose {
				t.Errorf("%s by %d: %d hits, loose %v", c.query, limit, len(pages), loose)
			}
		}
	}
}

// TestLibrary_Search_Closeness shows what of equal pages comes first.
func TestLibrary_Search_Closeness(t *testing.T) {
	l := MustOpen(t, settings{idle: true})
	filler := strings.Repeat("stone tree wind cloud sand leaf moss fern ", 6)
	if err := l.AddPages(t.Context(), "a", []string{
		"river " + filler + "bank", "bank " + filler + "river", "bank river " + filler, "river bank " + filler,
		"river " + filler, "the bank " + filler, filler, filler + "salmon", filler + "trout", filler, filler, filler,
	}); err != nil {
		t.Fatal(err)
	}
	order := func(q string) string {
		var pages []string
		for _, h := range MustSearch(t, l, library.Query{Text: q}).Hits {
			pages = append(pages, fmt.Sprint(h.Page))
		}
		return strings.Join(pages, " ")
	}
	if got := order("river bank"); got != "4 3 1 2" {
		t.Errorf("pages %s", got)
	}
	if got := order("salmon river bank"); !strings.HasSuffix(got, "5 6") && !strings.HasSuffix(got, "6 5") {
		t.Errorf("pages %s: those with one word are not last", got)
	}
}

func TestLibrary_Search_Tags(t *testing.T) {
	l := MustOpen(t, settings{})
	name := map[string]string{}
	ids := map[string]string{}
	for file, tags := range map[string][]string{"a.txt": {"Sea"}, "b.txt": {"land", "old"}, "c.txt": {"air", "old"}, "d.txt": nil} {
		doc := MustAdd(t, l, file, []byte("The common word in "+file))
		if _, err := l.Change(t.Context(), doc.ID, library.Changes{Tags: &tags}); err != nil {
			t.Fatal(err)
		}
		name[doc.ID], ids[file[:1]] = file[:1], doc.ID
	}
	for _, c := range []struct {
		q    library.Query
		want string
	}{
		{library.Query{}, "abcd"},
		{library.Query{Tags: []string{"sea"}}, "a"},
		{library.Query{Tags: []string{"SEA", "air"}}, "ac"},
		{library.Query{Tags: []string{"sea"}, Documents: []string{ids["d"]}}, "ad"},
		{library.Query{Tags: []string{"sea", "land"}, Tag: "old"}, "b"},
		{library.Query{Tags: []string{"none"}}, ""},
		{library.Query{Documents: []string{ids["d"], ids["b"]}, Tag: "OLD"}, "b"},
	} {
		c.q.Text = "common"
		found := map[string]bool{}
		for _, h := range MustSearch(t, l, c.q).Hits {
			found[name[h.DocumentID]] = true
		}
		got := ""
		for _, n := range []string{"a", "b", "c", "d"} {
			if found[n] {
				got += n
			}
		}
		if got != c.want {
			t.Errorf("%+v: %q, want %q", c.q, got, c.want)
		}
	}
}

// TestLibrary_Search_Cursors refuses what no answer has given.
func TestLibrary_Search_Cursors(t *testing.T) {
	l := MustOpen(t, settings{idle: true})
	pages := make([]string, 150)
	for i := range pages {
		pages[i] = "The otter and the badger."
	}
	if err := l.AddPages(t.Context(), "a", pages); err != nil {
		t.Fatal(err)
	}
	inner := MustSearch(t, l, library.Query{Text: "otter", Limit: 30}).Next
	border := MustSearch(t, l, library.Query{Text: "otter", Limit: 100}).Next
	if inner == "" || border == "" || inner == border {
		t.Fatalf("cursors %q and %q", inner, border)
	}
	if r := MustSearch(t, l, library.Query{Text: "otter", After: border}); len(r.Hits) != 20 {
		t.Errorf("%d hits", len(r.Hits))
	}
	for _, c := range []struct {
		what string
		from string
		at   int
		by   byte
		used bool
	}{
		{"as it is", inner, 0, 's', true},
		{"another mode", inner, 0, 'x', false},
		{"no mode", inner, 0, 0, false},
		{"a rank without a page", inner, 1, 0x40, false},
		{"an offset past the window", inner, 20, 100, false},
		{"a huge offset", inner, 17, 0xff, false},
		{"no offset at the start", inner, 20, 0, false},
		{"a rank that is no number", library.PatchCursor(border, 1, 0xff), 2, 0xff, false},
		{"a negative page", border, 9, 0xff, false},
	} {
		after := library.PatchCursor(c.from, c.at, c.by)
		_, err := l.Search(t.Context(), library.Query{Text: "otter", After: after})
		if refused := errors.Is(err, library.ErrInvalid); refused == c.used || err != nil && !refused {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}
