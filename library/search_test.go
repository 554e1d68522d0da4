package library_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/library"
)

func TestLibrary_Search_Syntax(t *testing.T) {
	l := MustOpen(t, settings{})
	name := map[string]string{}
	add := func(file, text string) {
		name[MustAdd(t, l, file, []byte(text)).ID] = strings.TrimSuffix(file, ".txt")
	}
	add("water.txt", "The otter swims in the river. The river bank is steep.")
	add("land.txt", "The badger digs in the wood. No river is near, the bank is closed.")
	add("air.txt", "The kite circles over the wood and the well-known café on 2.5 acres.")
	for _, c := range []struct {
		query string
		want  string // titles, in alphabetical order
		loose bool
	}{
		{"otter", "water", false},
		{"RIVER", "land water", false},
		{"rivers", "land water", false}, // word forms
		{"river wood", "land", false},
		{"the river", "land water", false}, // stop words do not count
		{"the", "air land water", false},   // unless there are no others
		{`"river bank"`, "water", false},
		{"“river bank”", "water", false},
		{`"bank river"`, "", false},
		{"kit*", "air", false},
		{"k*", "", false}, // too short to be a prefix
		{"river -otter", "land", false},
		{`river -"river bank"`, "land", false},
		{"-otter", "water", false}, // nothing to exclude from
		{"cafe", "air", false},
		{"well-known", "air", false},
		{"title:water", "water", false},
		{"title:water river", "water", false},
		{"title:land otter", "", false},
		{`title:"land"`, "land", false},
		{"TITLE:txt", "air land water", false}, // the file name counts
		{"otter kite", "air water", true},      // no page has both
		{"otter zebra", "water", true},
		{"zebra", "", false},
		{"", "", false},
		{"!!! ??? ***", "", false},
		// All of this is plain words.
		{`"river`, "land water", false},
		{`river"`, "land water", false},
		{`river AND wood`, "land", false},
		{`river NOT wood`, "land", false},
		{`NEAR(river wood, 1)`, "air land water", true},
		{`(river`, "land water", false},
		{`river)`, "land water", false},
		{`text:river`, "land water", true},
		{`{text heading}: river`, "land water", true},
		{`^river`, "land water", false},
		{`river + bank`, "land water", false},
		{`title:`, "", false},
		{`title: river`, "land water", true},
		{`river; DROP TABLE documents; --`, "land water", true},
		{"river\x00wood", "land", false},
		{"river\xff", "land water", false},
		{`""""`, "", false},
		{`-`, "", false},
		{`--otter`, "water", false},
		{`*`, "", false},
		{strings.Repeat("otter ", 5000), "water", false},
		{strings.Repeat(`"`, 5000), "", false},
		{"otter " + strings.Repeat("-", 900), "water", false},
	} {
		r, err := l.Search(t.Context(), library.Query{Text: c.query})
		if err != nil {
			t.Errorf("%.40q: %v", c.query, err)
			continue
		}
		found := map[string]bool{}
		for _, h := range r.Hits {
			found[name[h.DocumentID]] = true
			if !strings.Contains(h.Snippet, "<mark>") && !strings.HasPrefix(strings.ToLower(c.query), "title:") {
				t.Errorf("%.40q: snippet %q", c.query, h.Snippet)
			}
		}
		var got []string
		for _, title := range []string{"air", "land", "water"} {
			if found[title] {
				got = append(got, title)
			}
		}
		if strings.Join(got, " ") != c.want || r.Loose != c.loose {
			t.Errorf("%.40q: %q, loose %v; want %q, %v", c.query, got, r.Loose, c.want, c.loose)
		}
	}
}

func TestLibrary_Search_Paging(t *testing.T) {
	l := MustOpen(t, settings{})
	want := map[string]bool{}
	for n := range 3 {
		// Pages with the same words have the same rank: ties are the hard case.
		pages := make([]string, 31)
		for i := range pages {
			pages[i] = fmt.Sprintf("The heron stands in the shallow water and waits, number %d.", i%3)
		}
		pages[0] += fmt.Sprintf("\nBook %d.", n) // other bytes, or it would be the same document
		doc := MustAdd(t, l, fmt.Sprintf("doc %d.pdf", n), PDF(pages...))
		for i := range pages {
			want[fmt.Sprint(doc.ID, "/", i+1)] = true
		}
	}
	for _, query := range []string{"heron", "heron zebra"} {
		seen := map[string]bool{}
		q := library.Query{Text: query, Limit: 7}
		for range 100 {
			r := MustSearch(t, l, q)
			if r.Loose != strings.Contains(query, "zebra") {
				t.Fatalf("%s: loose is %v", query, r.Loose)
			}
			for _, h := range r.Hits {
				key := fmt.Sprint(h.DocumentID, "/", h.Page)
				if seen[key] || !want[key] {
					t.Fatalf("%s: %s a second time or wrongly", query, key)
				}
				seen[key] = true
			}
			if q.After = r.Next; q.After == "" {
				break
			}
		}
		if len(seen) != len(want) {
			t.Errorf("%s: %d of %d pages", query, len(seen), len(want))
		}
	}
	for _, bad := range []string{"x", "!!!!", "AAAAAAAAAAAAAAAAAAAAAAA", "c3N0cmFuZ2U", strings.Repeat("A", 10_000)} {
		if _, err := l.Search(t.Context(), library.Query{Text: "heron", After: bad}); !errors.Is(err, library.ErrInvalid) {
			t.Errorf("cursor %.20q: %v", bad, err)
		}
	}
}

func TestLibrary_Search_FiltersAndGroups(t *testing.T) {
	l := MustOpen(t, settings{})
	first := MustAdd(t, l, "Badgers.pdf", PDF("The badger sleeps by day and eats worms by night.", "Worms, worms, worms: the badger eats worms and more worms."))
	second := MustAdd(t, l, "Worms.txt", []byte("A worm has no legs. It is eaten by the badger."))
	third := MustAdd(t, l, "Birds.txt", []byte("The blackbird pulls a worm out of the lawn."))
	name := map[string]string{first.ID: "Badgers", second.ID: "Worms", third.ID: "Birds"}
	tags := []string{"Garden", "garden", "  soil  life "}
	changed, err := l.Change(t.Context(), third.ID, library.Changes{Tags: &tags})
	if err != nil || strings.Join(changed.Tags, "|") != "Garden|soil life" {
		t.Fatalf("tags %q, %v", changed.Tags, err)
	}
	for _, c := range []struct {
		q    library.Query
		want string
	}{
		{library.Query{Text: "worm", Documents: []string{first.ID}}, "Badgers Badgers"},
		{library.Query{Text: "worm", Documents: []string{first.ID, third.ID}}, "Badgers Badgers Birds"},
		{library.Query{Text: "worm", Documents: []string{"nobody"}}, ""},
		{library.Query{Text: "worm", Tag: "GARDEN"}, "Birds"},
		{library.Query{Text: "worm", Tag: "garden", Documents: []string{first.ID}}, ""},
		{library.Query{Text: "worm", Tag: "' OR 1=1 --"}, ""},
		{library.Query{Text: "title:garden"}, "Birds"}, // a tag is a name
	} {
		var titles []string
		for _, h := range MustSearch(t, l, c.q).Hits {
			titles = append(titles, name[h.DocumentID])
		}
		if got := strings.Join(titles, " "); got != c.want {
			t.Errorf("%+v: %q, want %q", c.q, got, c.want)
		}
	}
	hits := MustSearch(t, l, library.Query{Text: "worms"}).Hits
	if len(hits) != 4 {
		t.Fatalf("%d hits", len(hits))
	}
	done := map[string]bool{}
	for i, h := range hits {
		if i > 0 && h.DocumentID != hits[i-1].DocumentID && done[h.DocumentID] {
			t.Errorf("hits of a document are apart: %+v", hits)
		}
		if i > 0 && h.DocumentID == hits[i-1].DocumentID && h.Score > hits[i-1].Score {
			t.Errorf("the better page comes later: %+v", hits)
		}
		done[h.DocumentID] = true
	}
	if hits[0].DocumentID != first.ID {
		t.Errorf("the document with the best page is not first: %+v", hits)
	}
}

func TestLibrary_Documents(t *testing.T) {
	l := MustOpen(t, settings{})
	ids := map[string]string{}
	for i, name := range []string{"beta.txt", "Alpha.txt", "gamma.md", "delta.txt", "100%.txt"} {
		doc := MustAdd(t, l, name, []byte(strings.Repeat(fmt.Sprintf("word%d and more. ", i), 10*(i+1))))
		ids[doc.ID] = doc.Title
	}
	for _, c := range []struct {
		f    library.Filter
		want string
	}{
		{library.Filter{}, "100% delta gamma Alpha beta"},
		{library.Filter{Sort: library.ByTitle}, "100% Alpha beta delta gamma"},
		{library.Filter{Sort: library.BySize}, "100% delta gamma Alpha beta"},
		{library.Filter{Sort: library.ByPages}, "100% delta gamma Alpha beta"},
		{library.Filter{Text: "ALPH"}, "Alpha"},
		{library.Filter{Text: "%"}, "100%"},
		{library.Filter{Text: "_"}, ""},
		{library.Filter{Format: "markdown"}, "gamma"},
		{library.Filter{Status: library.Failed}, ""},
		{library.Filter{Tag: "x"}, ""},
	} {
		for _, limit := range []int{2, 0} {
			f, titles := c.f, []string{}
			f.Limit = limit
			for range 10 {
				list, err := l.Documents(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range list.Documents {
					titles = append(titles, d.Title)
				}
				if list.Total != len(strings.Fields(c.want)) {
					t.Errorf("%+v: total %d", f, list.Total)
				}
				if f.After = list.Next; f.After == "" {
					break
				}
			}
			if got := strings.Join(titles, " "); got != c.want {
				t.Errorf("%+v: %q, want %q", c.f, got, c.want)
			}
		}
	}
	for _, f := range []library.Filter{{Sort: "x"}, {After: "x"}, {After: "e30"}} {
		if _, err := l.Documents(t.Context(), f); !errors.Is(err, library.ErrInvalid) {
			t.Errorf("%+v: %v", f, err)
		}
	}
}

func TestLibrary_Change(t *testing.T) {
	l := MustOpen(t, settings{})
	doc := MustAdd(t, l, "old name.txt", []byte("A text about nothing much."))
	title := "  The \x00 Great\nBook  "
	doc, err := l.Change(t.Context(), doc.ID, library.Changes{Title: &title})
	if err != nil || doc.Title != "The Great Book" {
		t.Fatalf("title %q, %v", doc.Title, err)
	}
	if r := MustSearch(t, l, library.Query{Text: "title:great"}); len(r.Hits) != 1 || r.Hits[0].Title != doc.Title {
		t.Errorf("hits %+v", r.Hits)
	}
	if _, err := l.Reingest(t.Context(), doc.ID, ""); err != nil {
		t.Fatal(err)
	}
	if doc = MustSettle(t, l, doc.ID); doc.Title != "The Great Book" || doc.Progress.Status != library.Ready {
		t.Errorf("reading it again made it %q", doc.Title)
	}
	empty, long, tags := " ", strings.Repeat("x", 400), make([]string, 60)
	for i := range tags {
		tags[i] = fmt.Sprint(i)
	}
	longTag := []string{long}
	for _, c := range []library.Changes{{Title: &empty}, {Title: &long}, {Tags: &tags}, {Tags: &longTag}} {
		if _, err := l.Change(t.Context(), doc.ID, c); !errors.Is(err, library.ErrInvalid) {
			t.Errorf("%v", err)
		}
	}
	if _, err := l.Change(t.Context(), "nobody", library.Changes{Title: &title}); !errors.Is(err, library.ErrNotFound) {
		t.Errorf("change of nothing: %v", err)
	}
	some := []string{"b", "a"}
	if _, err := l.Change(t.Context(), doc.ID, library.Changes{Tags: &some}); err != nil {
		t.Fatal(err)
	}
	if counts, err := l.Tags(t.Context()); err != nil || fmt.Sprint(counts) != "[{a 1} {b 1}]" {
		t.Errorf("tags %v, %v", counts, err)
	}
}

// TestLibrary_Search_TooSlow says what to do about a search that passes its time.
func TestLibrary_Search_TooSlow(t *testing.T) {
	l := MustOpen(t, settings{})
	doc := MustAdd(t, l, "a.pdf", PDF("The otter swims in the cold river all through the long night."))
	l.SetTimes(time.Minute, time.Nanosecond)
	_, searchErr := l.Search(t.Context(), library.Query{Text: "otter"})
	_, findErr := l.FindPages(t.Context(), doc.ID, "otter")
	_, textErr := l.MarkedText(t.Context(), doc.ID, 1, library.Marks{Query: "otter"})
	_, layoutErr := l.Layout(t.Context(), doc.ID, 1, library.Marks{Query: "otter"})
	for what, err := range map[string]error{"search": searchErr, "find": findErr, "text": textErr, "layout": layoutErr} {
		if !errors.Is(err, library.ErrInvalid) || !strings.Contains(err.Error(), "use fewer words") {
			t.Errorf("%s: %v", what, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Search(ctx, library.Query{Text: "otter"}); !errors.Is(err, context.Canceled) || errors.Is(err, library.ErrInvalid) {
		t.Errorf("a client that went away: %v", err)
	}
}
