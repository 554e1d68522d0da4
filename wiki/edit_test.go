package wiki_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

func TestSave_DeletedMeanwhile(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Private)
	s := MustOwn(t, w)
	base := MustRevision(t, MustSave(t, s, "Roses", "one\n").Revision.String())
	if _, err := MustOwn(t, w).Delete(t.Context(), MustName(t, "Roses"), false, ""); err != nil {
		t.Fatal(err)
	}
	_, err := s.Save(t.Context(), wiki.Edit{Name: MustName(t, "Roses"), Base: &base, Text: "one\ntwo\n", Message: "on"})
	var conflict *wiki.Conflict
	if !errors.As(err, &conflict) || !conflict.Theirs.Name.IsZero() || conflict.Base != "one\n" || conflict.Ours != "one\ntwo\n" {
		t.Errorf("%+v, %v", conflict, err)
	}
	// Whoever saw that can write it anew.
	if saved, err := s.Save(t.Context(), wiki.Edit{Name: MustName(t, "Roses"), Text: "one\ntwo\n", Message: "on"}); err != nil || !saved.Created {
		t.Errorf("%+v, %v", saved, err)
	}
}

// TestSave_Raced lets many write the same new page: one of them does.
func TestSave_Raced(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Private)
	results := make([]error, 8)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() {
			s := MustOwn(t, w)
			_, results[i] = s.Save(t.Context(), wiki.Edit{Name: MustName(t, "Roses"), Text: strings.Repeat("x", i+1), Message: "new"})
		})
	}
	group.Wait()
	won := 0
	for _, err := range results {
		var conflict *wiki.Conflict
		switch {
		case err == nil:
			won++
		case !errors.As(err, &conflict) || conflict.Theirs.Name.String() != "Roses":
			t.Errorf("lost with %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d have won", won)
	}
}

func TestSave_Refused(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	s := MustOwn(t, f.MustWiki(t, "garden", preferences.Private))
	base := MustRevision(t, MustSave(t, s, "Roses", "# Roses\n").Revision.String())
	section, none := 0, 7
	elsewhere := MustRevision(t, strings.Repeat("ab", 20))
	first := MustRevision(t, s.Head().String())
	for name, tt := range map[string]struct {
		edit wiki.Edit
		want error
	}{
		"no name":             {wiki.Edit{Text: "x", Message: "m"}, wiki.ErrInvalid},
		"no message":          {wiki.Edit{Name: MustName(t, "New"), Text: "x", Message: " \n"}, wiki.ErrInvalid},
		"too large":           {wiki.Edit{Name: MustName(t, "New"), Text: strings.Repeat("x", wiki.MaxPageBytes+1), Message: "m"}, wiki.ErrTooLarge},
		"unchanged":           {wiki.Edit{Name: MustName(t, "Roses"), Base: &base, Text: "# Roses", Message: "m"}, wiki.ErrUnchanged},
		"no such section":     {wiki.Edit{Name: MustName(t, "Roses"), Base: &base, Section: &none, Text: "x", Message: "m"}, wiki.ErrInvalid},
		"a section of none":   {wiki.Edit{Name: MustName(t, "New"), Section: &section, Text: "x", Message: "m"}, wiki.ErrInvalid},
		"an unknown revision": {wiki.Edit{Name: MustName(t, "Roses"), Base: &elsewhere, Text: "x", Message: "m"}, wiki.ErrNotFound},
		"new from a revision": {wiki.Edit{Name: MustName(t, "New"), Base: &first, Text: "x", Message: "m"}, wiki.ErrNotFound},
	} {
		if _, err := s.Save(t.Context(), tt.edit); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if _, err := s.Save(t.Context(), wiki.Edit{Name: MustName(t, "Full"), Text: strings.Repeat("x", wiki.MaxPageBytes-1) + "\n", Message: "m"}); err != nil {
		t.Errorf("the largest page: %v", err)
	}
}

// TestSave_Case edits a page under a name that differs in case.
func TestSave_Case(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	s := MustOwn(t, f.MustWiki(t, "garden", preferences.Private))
	base := MustRevision(t, MustSave(t, s, "Roses", "one\n").Revision.String())
	if _, err := s.Save(t.Context(), wiki.Edit{Name: MustName(t, "roses"), Base: &base, Text: "two\n", Message: "m"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Attach(t.Context(), wiki.Upload{Page: MustName(t, "ROSES"), File: "a.txt", Data: strings.NewReader("x"), Size: 1}); err != nil {
		t.Fatal(err)
	}
	pages, err := s.Pages(t.Context(), "")
	if err != nil || len(pages) != 4 || textOf(t, s, "Roses") != "two\n" {
		t.Errorf("pages %+v, %v", pages, err)
	}
	if files, err := s.Attachments(t.Context(), MustName(t, "Roses")); err != nil || len(files) != 1 {
		t.Errorf("files %+v, %v", files, err)
	}
	if _, err := s.Delete(t.Context(), MustName(t, "rOSES"), true, ""); err != nil || textOf(t, s, "Roses") != "" {
		t.Errorf("deleted: %v", err)
	}
}

// TestSave_LineEnds merges with a page that came with other line ends.
func TestSave_LineEnds(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Private)
	g := f.MustGit(t, "garden")
	before := g.commit("crlf", map[string]string{"Roses.md": "one\r\ntwo\r\nthree\r\nfour\r\n"})
	g.commit("crlf", map[string]string{"Roses.md": "ONE\r\ntwo\r\nthree\r\nfour\r\n"})
	base := MustRevision(t, before)
	saved, err := MustOwn(t, w).Save(t.Context(), wiki.Edit{Name: MustName(t, "Roses"), Base: &base, Text: "one\r\ntwo\r\nthree\r\nFOUR\r\n", Message: "m"})
	if got := textOf(t, MustOwn(t, w), "Roses"); err != nil || !saved.Merged || got != "ONE\ntwo\nthree\nFOUR\n" {
		t.Errorf("%+v, %v: %q", saved, err, got)
	}
}

func TestSave_Messages(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Private)
	for i, tt := range []struct{ mode, usual, message, want string }{
		{"REQUIRED", "", "why", "why"},
		{"OPTIONAL", "", "", "Created "},
		{"OPTIONAL", "Edit of %P", "", "Edit of "},
		{"DISABLED", "", "", "Created "},
		{"OPTIONAL", "", "two\r\nlines\x00\x1b", "two\nlines"},
	} {
		f.prefer(t, "garden", map[string]string{"COMMIT_MESSAGE": tt.mode, "DEFAULT_COMMIT_MESSAGE": tt.usual})
		s := MustOwn(t, w)
		name := MustName(t, "Page"+string(rune('A'+i)))
		if _, err := s.Save(t.Context(), wiki.Edit{Name: name, Text: "x\n", Message: tt.message}); err != nil {
			t.Fatal(err)
		}
		page, err := s.Page(t.Context(), name)
		if want := tt.want; strings.HasSuffix(want, " ") {
			tt.want += name.String()
		}
		if err != nil || strings.TrimSpace(page.Revision.Message) != tt.want {
			t.Errorf("%+v: %q, %v", tt, page.Revision.Message, err)
		}
	}
}

func TestQuota(t *testing.T) {
	f := MustFarm(t, limited(wiki.Limits{Bytes: 300_000, Pages: 5, AttachmentBytes: 200_000}))
	w := f.MustWiki(t, "garden", preferences.Private) // has three pages
	s := MustOwn(t, w)
	MustSave(t, s, "Four", "4\n")
	MustSave(t, s, "Five", "5\n")
	full := func(err error) bool { return errors.Is(err, tenant.ErrOverQuota) }
	if _, err := s.Save(t.Context(), wiki.Edit{Name: MustName(t, "Six"), Text: "6", Message: "m"}); !full(err) {
		t.Errorf("a sixth page: %v", err)
	}
	MustSave(t, s, "Five", "5 changed\n") // what is there may be changed
	if _, err := s.Delete(t.Context(), MustName(t, "Four"), false, ""); err != nil {
		t.Fatal(err)
	}
	MustSave(t, s, "Six", "6\n")
	if _, err := s.Revert(t.Context(), MustRevision(t, MustOwn(t, w).Head().String()), ""); err != nil {
		t.Errorf("a page less: %v", err)
	}
	MustSave(t, s, "Six", "6\n")
	history, err := s.History(t.Context(), MustName(t, "Four"), wiki.Newest, 1)
	if err != nil || len(history) != 1 {
		t.Fatal(err)
	}
	if _, err := s.Revert(t.Context(), MustRevision(t, history[0].Hash.String()), ""); !full(err) {
		t.Errorf("a page brought back: %v", err)
	}
	attach := func(name string, size int) error {
		_, err := s.Attach(t.Context(), wiki.Upload{Page: s.Home(), File: name, Data: strings.NewReader(noise(size)), Size: int64(size)})
		return err
	}
	if err := attach("large.bin", 200_001); !errors.Is(err, wiki.ErrTooLarge) {
		t.Errorf("a file that is too large: %v", err)
	}
	if err := attach("a.bin", 150_000); err != nil {
		t.Error(err)
	}
	if err := attach("b.bin", 150_000); !full(err) {
		t.Errorf("more than fits: %v", err)
	}
	if _, err := s.Page(t.Context(), s.Home()); err != nil {
		t.Errorf("reading: %v", err)
	}
	// What is stored small takes little, however much it is to read.
	for i := range 12 {
		MustSave(t, s, "Six", strings.Repeat("the same words again\n", 2000+i))
	}
	if err := w.SetLimits(t.Context(), wiki.Limits{}); err != nil {
		t.Fatal(err)
	}
	if err := attach("b.bin", 150_000); err != nil {
		t.Errorf("without limits: %v", err)
	}
}

func TestReadOnly(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Private)
	base := MustRevision(t, MustSave(t, MustOwn(t, w), "Roses", "one\n").Revision.String())
	if err := f.wikis.SetState(t.Context(), w.ID(), tenant.State{Status: tenant.ReadOnly, Reason: "moving house"}); err != nil {
		t.Fatal(err)
	}
	s := MustOwn(t, w)
	_, saved := s.Save(t.Context(), wiki.Edit{Name: MustName(t, "Roses"), Base: &base, Text: "two", Message: "m"})
	_, attached := s.Attach(t.Context(), wiki.Upload{Page: s.Home(), File: "a", Data: strings.NewReader("x"), Size: 1})
	_, renamed := s.Rename(t.Context(), wiki.Rename{From: MustName(t, "Roses"), To: MustName(t, "Rosa")})
	_, deleted := s.Delete(t.Context(), MustName(t, "Roses"), false, "")
	_, reverted := s.Revert(t.Context(), base, "")
	for what, err := range map[string]error{
		"save": saved, "attach": attached, "rename": renamed, "delete": deleted, "revert": reverted,
		"draft":      s.SaveDraft(t.Context(), wiki.Draft{Page: "Roses", Text: "x"}),
		"preference": s.SavePreferences(t.Context(), preferences.ApplicationPage, map[string][]string{"SITE_NAME": {"x"}}),
	} {
		if !errors.Is(err, tenant.ErrReadOnly) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if textOf(t, s, "Roses") != "one\n" {
		t.Error("it cannot be read")
	}
}
