package wiki_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

func TestCreate(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	s := MustOwn(t, f.MustWiki(t, "garden", preferences.Private))
	page, err := s.Page(t.Context(), s.Home())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(page.Text, "# The garden\n") || page.Title != "The garden" || page.Revision.Name != "Olga" {
		t.Errorf("home page: %+v", page)
	}
	pages, err := s.Pages(t.Context(), "")
	if err != nil || len(pages) != 3 {
		t.Errorf("pages %v, %v", pages, err)
	}
	rendered, err := s.Render(t.Context(), page)
	if err != nil || !strings.Contains(string(rendered.HTML), `href="/Guide"`) {
		t.Errorf("rendered: %s, %v", rendered.HTML, err)
	}
	members, err := s.Members(t.Context())
	if err != nil || len(members) != 1 || members[0].Account != owner.Account || !members[0].Admin {
		t.Errorf("members %+v, %v", members, err)
	}
}

func TestSave(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Private)
	s := MustOwn(t, w)
	first := MustSave(t, s, "Roses", "one\ntwo\nthree\nfour\nfive\n")
	if !first.Created {
		t.Error("the page was not new")
	}
	base := MustRevision(t, first.Revision.String())
	MustSave(t, MustOwn(t, w), "Roses", "ONE\ntwo\nthree\nfour\nfive\n")

	edit := wiki.Edit{Name: MustName(t, "Roses"), Base: &base, Text: "one\ntwo\nthree\nfour\nFIVE\n", Message: "end"}
	saved, err := s.Save(t.Context(), edit)
	if err != nil || !saved.Merged || textOf(t, s, "Roses") != "ONE\ntwo\nthree\nfour\nFIVE\n" {
		t.Errorf("saved %+v, %v: %q", saved, err, textOf(t, s, "Roses"))
	}

	edit.Text = "uno\ntwo\nthree\nfour\nfive\n"
	_, err = s.Save(t.Context(), edit)
	var conflict *wiki.Conflict
	if !errors.As(err, &conflict) || conflict.Theirs.Text != "ONE\ntwo\nthree\nfour\nFIVE\n" || conflict.Ours != edit.Text {
		t.Errorf("conflict %+v, %v", conflict, err)
	}
	if !strings.Contains(conflict.Merged, "uno") || !strings.Contains(conflict.Merged, "ONE") {
		t.Errorf("proposal: %q", conflict.Merged)
	}

	edit.Text, edit.Strict = "one\ntwo\nTHREE\nfour\nfive\n", true
	if _, err = s.Save(t.Context(), edit); !errors.Is(err, wiki.ErrConflict) {
		t.Errorf("strict: %v", err)
	}
	if _, err = s.Save(t.Context(), wiki.Edit{Name: MustName(t, "Roses"), Text: "mine", Message: "new"}); !errors.Is(err, wiki.ErrConflict) {
		t.Errorf("a new page over an old one: %v", err)
	}
}

func TestSave_Section(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	s := MustOwn(t, f.MustWiki(t, "garden", preferences.Private))
	saved := MustSave(t, s, "Roses", "# Roses\n\n## Red\n\nred\n\n## White\n\nwhite\n")
	base, section := MustRevision(t, saved.Revision.String()), 1
	_, err := s.Save(t.Context(), wiki.Edit{Name: MustName(t, "Roses"), Base: &base, Section: &section, Text: "## Red\n\nvery red\n\n", Message: "redder"})
	if want := "# Roses\n\n## Red\n\nvery red\n\n## White\n\nwhite\n"; err != nil || textOf(t, s, "Roses") != want {
		t.Errorf("%v: %q", err, textOf(t, s, "Roses"))
	}
}

func TestRename(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	s := MustOwn(t, f.MustWiki(t, "garden", preferences.Private))
	MustSave(t, s, "Roses", "# Roses\n\n![](./rose.png) and [[Roses/Red]]\n")
	MustSave(t, s, "Roses/Red", "back to [[the roses|Roses]], [up](/Roses)\n")
	MustSave(t, s, "Index", "[[Roses]] and [red](Roses/Red#top), [none](https://example.org/Roses)\n")
	if _, err := s.Attach(t.Context(), wiki.Upload{Page: MustName(t, "Roses"), File: "rose.png", Data: strings.NewReader("png"), Size: 3}); err != nil {
		t.Fatal(err)
	}
	done, err := s.Rename(t.Context(), wiki.Rename{From: MustName(t, "Roses"), To: MustName(t, "Flowers/Rosa")})
	if err != nil {
		t.Fatal(err)
	}
	if done.Files != 3 || len(done.Rewrote) != 3 {
		t.Errorf("renamed %+v", done)
	}
	for name, want := range map[string]string{
		"Index":            "[[Flowers/Rosa]] and [red](Flowers/Rosa/Red#top), [none](https://example.org/Roses)\n",
		"Flowers/Rosa":     "# Roses\n\n![](./rose.png) and [[Flowers/Rosa/Red]]\n",
		"Flowers/Rosa/Red": "back to [[the roses|Flowers/Rosa]], [up](/Flowers/Rosa)\n",
		"Roses":            "",
	} {
		if got := textOf(t, s, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if moved, err := s.Moved(t.Context(), MustName(t, "Roses")); err != nil || moved.String() != "Flowers/Rosa" {
		t.Errorf("moved to %v, %v", moved, err)
	}
	history, err := s.History(t.Context(), MustName(t, "Flowers/Rosa"), wiki.Newest, 10)
	if err != nil || len(history) != 2 || history[0].Source != "Roses.md" || history[1].Path != "Roses.md" {
		t.Errorf("history %+v, %v", history, err)
	}
	if page, err := s.PageAt(t.Context(), MustName(t, "Flowers/Rosa"), MustRevision(t, history[1].Hash.String())); err != nil || !strings.Contains(page.Text, "[[Roses/Red]]") {
		t.Errorf("before the rename: %+v, %v", page, err)
	}
	// The rename can be taken back.
	if _, err := s.Revert(t.Context(), MustRevision(t, done.Revision.String()), ""); err != nil {
		t.Fatal(err)
	}
	if got := textOf(t, s, "Roses"); got != "# Roses\n\n![](./rose.png) and [[Roses/Red]]\n" {
		t.Errorf("after the revert: %q", got)
	}
}

func TestSearchAndBlame(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	s := MustOwn(t, f.MustWiki(t, "garden", preferences.Private))
	MustSave(t, s, "Roses", "---\ntags: [Flower, spring]\n---\n# Roses\n\nThorns protect the rose.\n")
	MustSave(t, s, "Tulips", "---\ntags: flower\n---\n# Tulips\n\nNo thorns at all.\n")
	MustSave(t, s, "Roses", "---\ntags: [Flower, spring]\n---\n# Roses\n\nThorns protect the rose.\nAnd smell.\n")
	for query, want := range map[string]string{
		"thorns": "Tulips Roses", "smell": "Roses", "tag:flower": "Roses Tulips", "tag:spring thorns": "Roses", `"no thorns"`: "Tulips",
		"title:tulips": "Tulips", "zeppelin": "",
	} {
		results, err := s.Search(t.Context(), query, 10)
		if err != nil {
			t.Errorf("%s: %v", query, err)
		}
		found := make(map[string]bool)
		for _, h := range results.Hits {
			found[h.Page.Path] = true
		}
		for _, name := range strings.Fields(want) {
			if !found[name] {
				t.Errorf("%s does not find %s", query, name)
			}
		}
		if len(found) != len(strings.Fields(want)) {
			t.Errorf("%s finds %v", query, found)
		}
	}
	lines, err := s.Blame(t.Context(), MustName(t, "Roses"), MustRevision(t, "HEAD"))
	if err != nil || len(lines) != 7 || lines[0].Commit.Seq == lines[6].Commit.Seq {
		t.Errorf("blame %+v, %v", lines, err)
	}
	tags, err := s.Tags(t.Context())
	if err != nil || len(tags) != 2 || tags[0].Pages != 2 {
		t.Errorf("tags %+v, %v", tags, err)
	}
}
