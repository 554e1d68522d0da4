package wiki_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// tree returns the files of the branch with their texts.
func (g *git) tree() map[string]string {
	files := make(map[string]string)
	for _, name := range strings.Split(strings.TrimSuffix(g.run("ls-tree", "-r", "-z", "--name-only", "HEAD"), "\x00"), "\x00") {
		if name != "" {
			files[name] = g.run("show", "HEAD:"+name)
		}
	}
	return files
}

func TestRename_Combinations(t *testing.T) {
	before := map[string]string{
		"Roses.md": "[own](./a.txt) [up](/Index) [red](Roses/Red)\n", "Roses/a.txt": "a", "Roses/Red.md": "[[Roses]] ![](./b.png)\n",
		"Roses/Red/b.png": "b", "Index.md": "[[Roses]] [r](/Roses/Red.md#x) ![](/Roses/a.txt)\n", "Rosesx.md": "no\n",
	}
	tests := []struct {
		name, from, to string
		keep           bool
		want           map[string]string // nil: refused
		err            error
	}{
		{name: "case only", from: "Roses", to: "roses", want: map[string]string{
			"roses.md": "[own](./a.txt) [up](/Index) [red](roses/Red)\n", "roses/a.txt": "a", "roses/Red.md": "[[roses]] ![](./b.png)\n",
			"roses/Red/b.png": "b", "Index.md": "[[roses]] [r](/roses/Red.md#x) ![](/roses/a.txt)\n", "Rosesx.md": "no\n"}},
		{name: "below itself", from: "Roses", to: "Roses/Red", want: map[string]string{
			"Roses/Red.md": "[own](./a.txt) [up](/Index) [red](Red/Red)\n", "Roses/Red/a.txt": "a", "Roses/Red/Red.md": "[[Roses/Red]] ![](./b.png)\n",
			"Roses/Red/Red/b.png": "b", "Index.md": "[[Roses/Red]] [r](/Roses/Red/Red.md#x) ![](/Roses/Red/a.txt)\n", "Rosesx.md": "no\n"}},
		{name: "links of others kept", from: "Roses", to: "Rosa", keep: true, want: map[string]string{
			"Rosa.md": "[own](./a.txt) [up](/Index) [red](Rosa/Red)\n", "Rosa/a.txt": "a", "Rosa/Red.md": "[[Rosa]] ![](./b.png)\n",
			"Rosa/Red/b.png": "b", "Index.md": before["Index.md"], "Rosesx.md": "no\n"}},
		{name: "named in another case", from: "roses", to: "Rosa", keep: true, want: map[string]string{
			"Rosa.md": "[own](./a.txt) [up](/Index) [red](Rosa/Red)\n", "Rosa/a.txt": "a", "Rosa/Red.md": "[[Rosa]] ![](./b.png)\n",
			"Rosa/Red/b.png": "b", "Index.md": before["Index.md"], "Rosesx.md": "no\n"}},
		{name: "taken", from: "Roses", to: "Index", err: wiki.ErrExists},
		{name: "taken in another case", from: "Roses", to: "INDEX", err: wiki.ErrExists},
		{name: "no such page", from: "Tulips", to: "Rosa", err: wiki.ErrNotFound},
		{name: "itself", from: "Roses", to: "Roses", err: wiki.ErrUnchanged},
		{name: "too long", from: "Roses", to: strings.Repeat("x/", 507) + "y", err: wiki.ErrInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := MustFarm(t, wiki.Config{})
			w := f.MustEmpty(t, "garden")
			s := MustOwn(t, w)
			// The first commit comes from the wiki, so that the branch is there.
			MustSave(t, s, "Rosesx", "no\n")
			g := f.MustGit(t, "garden")
			g.commit("before", before)
			done, err := MustOwn(t, w).Rename(t.Context(), wiki.Rename{From: MustName(t, tt.from), To: MustName(t, tt.to), KeepLinks: tt.keep})
			if tt.want == nil {
				if !errors.Is(err, tt.err) || fmt.Sprint(g.tree()) != fmt.Sprint(before) {
					t.Errorf("%v: %v", err, g.tree())
				}
				return
			}
			if got := g.tree(); err != nil || fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Fatalf("%v\n%v, want\n%v", err, got, tt.want)
			}
			if _, err := MustOwn(t, w).Revert(t.Context(), MustRevision(t, done.Revision.String()), ""); err != nil {
				t.Errorf("taken back: %v", err)
			}
			if got := g.tree(); fmt.Sprint(got) != fmt.Sprint(before) {
				t.Errorf("taken back: %v", got)
			}
		})
	}
}

func TestDelete(t *testing.T) {
	before := map[string]string{"A.md": "a\n", "A/f.txt": "f", "A/B.md": "b\n", "A/B/g.txt": "g", "Ax.md": "x\n"}
	for _, tt := range []struct {
		name string
		tree bool
		left []string
	}{{"A", false, []string{"A/B.md", "A/B/g.txt", "Ax.md"}}, {"A", true, []string{"Ax.md"}}, {"a", true, []string{"Ax.md"}}, {"A/B", false, []string{"A.md", "A/f.txt", "Ax.md"}}} {
		f := MustFarm(t, wiki.Config{})
		w := f.MustEmpty(t, "garden")
		MustSave(t, MustOwn(t, w), "Ax", "x\n")
		g := f.MustGit(t, "garden")
		g.commit("before", before)
		s := MustOwn(t, w)
		hash, err := s.Delete(t.Context(), MustName(t, tt.name), tt.tree, "")
		if err != nil {
			t.Fatal(err)
		}
		var left []string
		for name := range g.tree() {
			left = append(left, name)
		}
		if slices.Sort(left); !slices.Equal(left, tt.left) {
			t.Errorf("%+v: %v", tt, left)
		}
		if _, err := s.Revert(t.Context(), MustRevision(t, hash.String()), ""); err != nil || fmt.Sprint(g.tree()) != fmt.Sprint(before) {
			t.Errorf("taken back: %v, %v", g.tree(), err)
		}
		if _, err := s.Delete(t.Context(), MustName(t, "None"), tt.tree, ""); !errors.Is(err, wiki.ErrNotFound) {
			t.Errorf("what is not there: %v", err)
		}
	}
}

func TestRevert_Later(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	s := MustOwn(t, f.MustWiki(t, "garden", preferences.Private))
	MustSave(t, s, "Roses", "1\n2\n3\n4\n5\n")
	middle := MustSave(t, s, "Roses", "1\n2\nthree\n4\n5\n").Revision
	MustSave(t, s, "Roses", "one\n2\nthree\n4\n5\n")
	if _, err := s.Revert(t.Context(), MustRevision(t, middle.String()), ""); err != nil || textOf(t, s, "Roses") != "one\n2\n3\n4\n5\n" {
		t.Errorf("%v: %q", err, textOf(t, s, "Roses"))
	}
	if _, err := s.Revert(t.Context(), MustRevision(t, middle.String()), ""); !errors.Is(err, wiki.ErrUnchanged) {
		t.Errorf("once more: %v", err)
	}
	MustSave(t, s, "Roses", "one\n2\nTHREE\n4\n5\n")
	if _, err := s.Revert(t.Context(), MustRevision(t, middle.String()), ""); !errors.Is(err, wiki.ErrConflict) {
		t.Errorf("what was changed since: %v", err)
	}
	none := MustRevision(t, strings.Repeat("ab", 20))
	if _, err := s.Revert(t.Context(), none, ""); !errors.Is(err, wiki.ErrNotFound) {
		t.Errorf("an unknown commit: %v", err)
	}
}

// TestRename_Rules renames, deletes and reverts beside pages that are closed.
func TestRename_Rules(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Public)
	f.prefer(t, "garden", map[string]string{"WRITE_ACCESS": "REGISTERED", "ATTACHMENT_ACCESS": "REGISTERED"})
	s := MustOwn(t, w)
	MustSave(t, s, "Roses", "[[Roses/hidden one]]\n")
	closed := MustSave(t, s, "Roses/hidden one", "# The secret\n").Revision
	MustSave(t, s, "Kept", "read this\n")
	for _, r := range []access.Rule{
		{Path: "Roses/hidden one", Who: access.Who{Account: "nobody-else"}, Grant: access.Read},
		{Path: "Kept", Who: access.Who{Group: access.Everybody}, Grant: access.Read},
	} {
		if err := s.SaveRule(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	guest := MustVisit(t, w, wiki.Visitor{Account: "acct-gast", Name: "Gast"})
	head := guest.Head()
	_, moved := guest.Rename(t.Context(), wiki.Rename{From: MustName(t, "Roses"), To: MustName(t, "Rosa")})
	_, onto := guest.Rename(t.Context(), wiki.Rename{From: MustName(t, "Kept"), To: MustName(t, "Mine")})
	_, over := guest.Rename(t.Context(), wiki.Rename{From: MustName(t, "Home"), To: MustName(t, "Roses/hidden one")})
	_, deleted := guest.Delete(t.Context(), MustName(t, "Roses"), true, "")
	_, gone := guest.Delete(t.Context(), MustName(t, "Kept"), false, "")
	_, single := guest.Delete(t.Context(), MustName(t, "Roses/hidden one"), false, "")
	_, reverted := guest.Revert(t.Context(), MustRevision(t, closed.String()), "")
	file := guest.DeleteAttachment(t.Context(), MustName(t, "Roses"), "hidden one.md", "")
	renamed := guest.RenameAttachment(t.Context(), MustName(t, "Roses"), "hidden one.md", "open.txt", "")
	_, uploaded := guest.Attach(t.Context(), wiki.Upload{Page: MustName(t, "Roses"), File: "hidden one.md", Data: strings.NewReader("x"), Size: 1, Replace: true})
	rev := MustRevision(t, closed.String())
	_, read := guest.OpenAttachment(t.Context(), MustName(t, "Roses"), "hidden one.md", &rev)
	for what, err := range map[string]error{
		"rename the tree": moved, "rename what may be read": onto, "rename over what is hidden": over, "delete the tree": deleted,
		"delete what may be read": gone, "delete what is hidden": single, "revert": reverted, "delete it as a file": file,
		"rename it as a file": renamed, "replace it as a file": uploaded, "read it as a file": read,
	} {
		if err == nil {
			t.Errorf("%s: done", what)
		}
		asked := strings.Contains(what, "hidden") || strings.Contains(what, "as a file")
		if err != nil && !asked && strings.Contains(err.Error(), "hidden one") {
			t.Errorf("%s tells of it: %v", what, err)
		}
	}
	if now := MustVisit(t, w, guest.Visitor()).Head(); now != head {
		t.Errorf("the branch moved to %v", now)
	}
	if _, err := guest.Delete(t.Context(), MustName(t, "Roses"), false, ""); err != nil {
		t.Errorf("a page of the guest's: %v", err)
	}
}
