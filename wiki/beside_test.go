package wiki_test

import (
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/transport"
)

// TestVisit_AfterGit notices what the git program did to the branch.
func TestVisit_AfterGit(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Private)
	g := f.MustGit(t, "garden")
	before := MustOwn(t, w).Head()
	pushed := g.commit("from outside", map[string]string{"Tulips.md": "# Tulips\n\nbulbs\n", "Home.md": "", "x/a.bin": "\x00"})
	s := MustOwn(t, w)
	if s.Head().String() != pushed || textOf(t, s, "Tulips") == "" || textOf(t, s, "Home") != "" {
		t.Error("the commit is not noticed")
	}
	if found, err := s.Search(t.Context(), "bulbs", 10); err != nil || len(found.Hits) != 1 {
		t.Errorf("found %+v, %v", found, err)
	}
	// A save that began before is merged with it.
	g.commit("again", map[string]string{"Tulips.md": "# Tulips\n\nbulbs\n\nred\n"})
	base := MustRevision(t, pushed)
	saved, err := s.Save(t.Context(), wiki.Edit{Name: MustName(t, "Tulips"), Base: &base, Text: "# TULIPS\n\nbulbs\n", Message: "m"})
	if err != nil || !saved.Merged || textOf(t, s, "Tulips") != "# TULIPS\n\nbulbs\n\nred\n" {
		t.Errorf("%+v, %v", saved, err)
	}
	// The branch goes back: what was is no longer known.
	g.run("update-ref", "refs/heads/main", before.String())
	s = MustOwn(t, w)
	if s.Head() != before || textOf(t, s, "Tulips") != "" || textOf(t, s, "Home") == "" {
		t.Error("the reset is not noticed")
	}
	if _, err := s.Commit(t.Context(), MustRevision(t, pushed)); !errors.Is(err, wiki.ErrNotFound) {
		t.Errorf("a commit that is no longer of the branch: %v", err)
	}
	if pages, err := s.Pages(t.Context(), ""); err != nil || len(pages) != 3 {
		t.Errorf("pages %+v, %v", pages, err)
	}
}

// TestMaintain packs a wiki that has grown; nothing is lost and it is smaller.
func TestMaintain(t *testing.T) {
	if _, err := transport.Find(); err != nil {
		t.Skip(err)
	}
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Private)
	if due, err := w.NeedsMaintenance(t.Context()); err != nil || due {
		t.Errorf("a new wiki needs maintenance: %v, %v", due, err)
	}
	text := noise(2000)
	files := make(map[string]string)
	for i := range 3000 {
		files[fmt.Sprintf("Many/f%d.bin", i)] = fmt.Sprint(text, i)
	}
	f.MustGit(t, "garden").commit("many", files)
	if due, err := w.NeedsMaintenance(t.Context()); err != nil || !due {
		t.Errorf("after 3,000 files: %v, %v", due, err)
	}
	s := MustOwn(t, w)
	large, err := w.Usage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	small, err := w.Usage(t.Context())
	if err != nil || small.RepoBytes*4 > large.RepoBytes || small.Pages != 3 || small.Attachments != 3000 {
		t.Errorf("%+v after %+v, %v", small, large, err)
	}
	if due, err := w.NeedsMaintenance(t.Context()); err != nil || due {
		t.Errorf("after maintenance: %v, %v", due, err)
	}
	MustSave(t, s, "Roses", "on\n")
	got, err := s.OpenAttachment(t.Context(), MustName(t, "Many"), "f7.bin", nil)
	if content(t, got, err) != text+"7" {
		t.Error("a packed file is not what it was")
	}
}

// TestConcurrent lets visitors save, rename, delete, search and look at the same
// time as the git program commits. Every acknowledged save is in the history.
func TestConcurrent(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Private)
	g := f.MustGit(t, "garden")
	var group sync.WaitGroup
	var mu sync.Mutex
	var acknowledged []repo.Hash
	for i := range 4 {
		group.Go(func() {
			random := rand.New(rand.NewSource(int64(i)))
			for n := range 12 {
				hash, err := busy(t, w, random, i, n)
				switch {
				case errors.Is(err, wiki.ErrConflict), errors.Is(err, wiki.ErrExists), errors.Is(err, wiki.ErrNotFound), errors.Is(err, wiki.ErrUnchanged):
				case errors.Is(err, repo.ErrMoved): // the others were faster again and again
				case err != nil:
					t.Errorf("%d: %v", i, err)
				case !hash.IsZero():
					mu.Lock()
					acknowledged = append(acknowledged, hash)
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	g.commit("afterwards", map[string]string{"Last.md": "x\n"})
	s := MustOwn(t, w)
	known := strings.Fields(g.run("rev-list", "HEAD"))
	for _, hash := range acknowledged {
		if !slices.Contains(known, hash.String()) {
			t.Errorf("%v is lost", hash)
		}
	}
	if len(acknowledged) < 10 {
		t.Errorf("only %d saves went through", len(acknowledged))
	}
	log, err := s.Changelog(t.Context(), wiki.Newest, 1000)
	if err != nil || len(log) != len(known) {
		t.Errorf("%d of %d commits, %v", len(log), len(known), err)
	}
	g.run("fsck", "--strict")
}

// busy does one thing or another.
func busy(t *testing.T, w *wiki.Wiki, random *rand.Rand, i, n int) (repo.Hash, error) {
	s, err := w.Visit(t.Context(), wiki.Visitor{Account: owner.Account, Draft: owner.Account, Name: "Olga", Owner: true})
	if err != nil {
		return repo.Hash{}, err
	}
	name, other := MustName(t, fmt.Sprint("Page", random.Intn(3))), MustName(t, fmt.Sprint("Page", random.Intn(3)))
	switch random.Intn(6) {
	case 0:
		if name == other {
			return repo.Hash{}, nil
		}
		done, err := s.Rename(t.Context(), wiki.Rename{From: name, To: other})
		return done.Revision, err
	case 1:
		_, err := s.Search(t.Context(), "words", 10)
		return repo.Hash{}, err
	case 2:
		page, err := s.Page(t.Context(), name)
		if err == nil {
			_, err = s.Render(t.Context(), page)
		}
		return repo.Hash{}, err
	case 3:
		_, err := s.Pages(t.Context(), "")
		return repo.Hash{}, err
	}
	e := wiki.Edit{Name: name, Text: fmt.Sprintf("words of %d, %d\n", i, n), Message: "m"}
	if page, err := s.Page(t.Context(), name); err == nil {
		base := MustRevision(t, page.Revision.Hash.String())
		e.Base, e.Text = &base, page.Text+e.Text
	}
	saved, err := s.Save(t.Context(), e)
	return saved.Revision, err
}
