package library_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/retrieve"
)

// TestSearcher_Best shows what searches by words and by meaning share: the best
// pages by words, the restriction, and hits of pages without a word of the query.
func TestSearcher_Best(t *testing.T) {
	l := MustOpen(t, settings{})
	pages := make([]string, 130)
	for i := range pages {
		pages[i] = fmt.Sprintf("The otter swims in water %d.%s", i, strings.Repeat(" Then it rests.", i%9))
	}
	pages[70] = "First it sleeps. The badger digs <holes> in the wood. Then it rests."
	doc := MustAdd(t, l, "a.pdf", PDF(pages...))
	MustAdd(t, l, "b.txt", []byte("Nothing about animals is in this one."))
	for _, c := range []struct {
		query library.Query
		n     int
		want  int
	}{
		{library.Query{Text: "otter water"}, 10, 10},
		{library.Query{Text: "otter water"}, 120, 120},
		{library.Query{Text: "otter water"}, 1000, 129},
		{library.Query{Text: "otter zebra"}, 5, 5},
		{library.Query{Text: "zebra"}, 5, 0},
		{library.Query{Text: "otter", Documents: []string{"nobody"}}, 5, 0},
	} {
		best, err := l.Best(t.Context(), c.query, c.n)
		if err != nil || len(best) != c.want {
			t.Errorf("%+v: %d pages, %v", c.query, len(best), err)
		}
		seen := map[string]bool{}
		for _, p := range best {
			if seen[p] {
				t.Errorf("%+v: page %s a second time", c.query, p)
			}
			seen[p] = true
		}
	}
	for _, c := range []struct {
		query library.Query
		want  int
	}{
		{library.Query{Text: "x"}, -1},
		{library.Query{Text: "x", Documents: []string{doc.ID}}, 1},
		{library.Query{Text: "x", Tag: "none"}, 0},
		{library.Query{Text: "x title:b"}, 1},
		{library.Query{Text: "x title:txt", Documents: []string{doc.ID}}, 0},
	} {
		if n, err := l.Restricted(t.Context(), c.query); err != nil || n != c.want {
			t.Errorf("%+v is restricted to %d, %v", c.query, n, err)
		}
	}
	p, err := l.Page(t.Context(), doc.ID, 71)
	if err != nil {
		t.Fatal(err)
	}
	span := retrieve.Span{Start: strings.Index(p.Text, "The badger"), End: strings.Index(p.Text, " Then")}
	hits, err := l.HitsOf(t.Context(), doc.ID, "otter digs", []int{71, 1, 2},
		map[int]retrieve.Span{71: span, 2: {Start: 5, End: 1 << 20}})
	if err != nil || len(hits) != 3 {
		t.Fatalf("%+v, %v", hits, err)
	}
	if h := hits[0]; h.Page != 71 || h.Snippet != "…The badger <mark>digs</mark> &lt;holes&gt; in the wood.…" || h.Start != span.Start || h.End != span.End {
		t.Errorf("%+v", h)
	}
	for _, h := range hits[1:] {
		if !strings.HasPrefix(h.Snippet, "The <mark>otter</mark>") || h.End != 0 {
			t.Errorf("%+v", h)
		}
	}
	hits, err = l.HitsOf(t.Context(), doc.ID, "zebra", []int{71}, nil)
	if err != nil || len(hits) != 1 || !strings.HasPrefix(hits[0].Snippet, "First it sleeps.") {
		t.Errorf("%+v, %v", hits, err)
	}
}

// TestLibrary_Marks_Passage marks a passage on the page of a PDF: in the text,
// in the layout and in the picture.
func TestLibrary_Marks_Passage(t *testing.T) {
	l := MustOpen(t, settings{})
	doc := MustAdd(t, l, "a.pdf", PDF("Otters of Europe, page one of the book.\nThe young otter was watch-\ning the river by the bank.\nNobody saw it again that day, or later."))
	p, err := l.Page(t.Context(), doc.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	start := strings.Index(p.Text, "The young")
	end := strings.Index(p.Text, "Nobody")
	if start < 0 || end < start || !strings.Contains(p.Text, "watching") {
		t.Fatalf("text %q", p.Text)
	}
	passage := strings.TrimSpace(p.Text[start:end])
	marks := library.Marks{Query: "river", Start: start, End: start + len(passage)}
	layout, err := l.Layout(t.Context(), doc.ID, 1, marks)
	if err != nil {
		t.Fatal(err)
	}
	var in, hits []string
	for _, w := range layout.Words {
		if w.Passage {
			in = append(in, w.Text)
		}
		if w.Hit {
			hits = append(hits, w.Text)
		}
	}
	if strings.Join(in, " ") != "The young otter was watch- ing the river by the bank." || strings.Join(hits, " ") != "river" {
		t.Errorf("passage %q, hits %q", in, hits)
	}
	text, err := l.MarkedText(t.Context(), doc.ID, 1, marks)
	if err != nil || !strings.Contains(text, `<mark class="passage">The young otter`) || !strings.Contains(text, "<mark>river</mark> by the bank.</mark>") {
		t.Errorf("text %q, %v", text, err)
	}
	plain, err := l.MarkedImage(t.Context(), doc.ID, 1, 500, library.Marks{Query: "river"})
	if err != nil {
		t.Fatal(err)
	}
	pale, err := l.MarkedImage(t.Context(), doc.ID, 1, 500, marks)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := yellow(MustDecode(t, plain)), yellow(MustDecode(t, pale)); a == 0 || a != b {
		t.Errorf("%d and %d pixels of hits", a, b)
	}
	if string(plain) == string(pale) {
		t.Error("the passage is not to be seen in the picture")
	}
	for _, m := range []library.Marks{{Start: -5, End: 3}, {Start: 5, End: 1 << 30}, {Start: 9, End: 2}, {End: -1}, {Start: 3}} {
		if text, err := l.MarkedText(t.Context(), doc.ID, 1, m); err != nil || strings.Contains(text, "<mark") {
			t.Errorf("%+v: %q, %v", m, text, err)
		}
		if _, err := l.Layout(t.Context(), doc.ID, 1, m); err != nil {
			t.Errorf("%+v: %v", m, err)
		}
	}
}
