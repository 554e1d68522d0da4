package index_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/index"
)

func TestParseQuery(t *testing.T) {
	for text, want := range map[string]string{
		"":                           " []",
		"red roses":                  "red roses []",
		`tag:flower "two words" red`: `"two words" red [flower]`,
		`tag:"a b" x tag:c`:          "x [a b c]",
		`tag:"open`:                  " [open]",
		"tag: x":                     "tag: x []",
		`"tag:x"`:                    `"tag:x" []`,
		"tag:a\tb":                   "b [a]",
		`title:"two words" z`:        `title:"two words" z []`,
	} {
		q := index.ParseQuery(text)
		if got := fmt.Sprint(q.Text, " ", q.Tags); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestSearch(t *testing.T) {
	g := MustGit(t)
	x := index.New(MustDatabase(t), g.open())
	g.commit("pages", map[string]string{
		"Roses.md":       "---\ntags: [flower, red thing]\n---\n# Roses\n\nthey have thorns, and more words that make this a longer text than the others\n",
		"Other.md":       "---\ntags: [Flower]\n---\n# Another title\n\nroses are mentioned here\n",
		"Long.md":        "# Long\n\n" + strings.Repeat("filler ", 500) + " roses <script>alert(1)</script>\n",
		"Hidden.md":      "# Hidden roses\n\nroses roses roses\n",
		"Guide/Roses.md": "# Growing\n\nnothing\n",
	})
	MustFollow(t, x)
	visible := func(path string) bool { return path != "Hidden" }
	tests := []struct {
		query   string
		want    string // pages, the best first
		partial bool
	}{
		{query: "roses", want: "Roses Guide/Roses Other Long"},
		{query: "tag:flower", want: "Other Roses"},
		{query: "tag:FLOWER thorns", want: "Roses"},
		{query: `tag:"red thing"`, want: "Roses"},
		{query: `"are mentioned"`, want: "Other"},
		{query: `"mentioned are"`, want: ""},
		{query: "mention*", want: "Other"},
		{query: "roses -thorns -filler", want: "Guide/Roses Other"},
		{query: "title:another", want: "Other"},
		{query: "thorns zeppelin", want: "Roses", partial: true},
		{query: "zeppelin", want: ""},
		{query: "tag:none roses", want: ""},
		{query: `"`, want: ""},
		{query: "AND OR NOT (", want: "Roses", partial: true}, // words as any others
	}
	for _, tt := range tests {
		hits, partial, err := x.Search(t.Context(), index.ParseQuery(tt.query), 10, visible)
		var got []string
		for _, h := range hits {
			got = append(got, h.Page.Path)
			if strings.Contains(h.Snippet, "<script") || strings.Contains(h.Snippet, "Hidden") {
				t.Errorf("%s: snippet %q", tt.query, h.Snippet)
			}
		}
		if err != nil || strings.Join(got, " ") != tt.want || partial != tt.partial {
			t.Errorf("%s: %q, %v, %v, want %q", tt.query, got, partial, err, tt.want)
		}
		scores := func(a, b index.Hit) int { return int(1e6*b.Score) - int(1e6*a.Score) }
		if !slices.IsSortedFunc(hits, scores) {
			t.Errorf("%s: not by score: %+v", tt.query, hits)
		}
	}
	if hits, _, err := x.Search(t.Context(), index.ParseQuery("roses"), 2, visible); err != nil || len(hits) != 2 {
		t.Errorf("two of them: %+v, %v", hits, err)
	}
}

func FuzzSearch(f *testing.F) {
	g := MustGit(f)
	x := index.New(MustDatabase(f), g.open())
	g.commit("pages", map[string]string{"A.md": "# A\n\none two\n", "B.md": "---\ntags: [x]\n---\n# B\n\ntwo three\n"})
	MustFollow(f, x)
	for _, query := range []string{"one", `"one two"`, `tag:"x`, "-one", "title:", "a* OR NEAR(", `"""`, "tag:x tag:y", "\x00", "{title path} :"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		if len(query) > 1000 {
			return
		}
		if _, _, err := x.Search(t.Context(), index.ParseQuery(query), 10, func(string) bool { return true }); err != nil {
			t.Errorf("%q: %v", query, err)
		}
	})
}
