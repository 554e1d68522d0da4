package wiki_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

func TestDrafts(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Public)
	f.prefer(t, "garden", map[string]string{"WRITE_ACCESS": "ANONYMOUS", "COMMIT_MESSAGE": "OPTIONAL"})
	olga := MustOwn(t, w)
	first := MustVisit(t, w, wiki.Visitor{Draft: "anonymous:one"})
	second := MustVisit(t, w, wiki.Visitor{Draft: "anonymous:two"})
	home := olga.Home()
	for i, s := range []*wiki.Session{olga, first, second} {
		for range 2 { // the second replaces the first
			if err := s.SaveDraft(t.Context(), wiki.Draft{Page: "Home", Base: olga.Head().String(), Text: fmt.Sprint("text of ", i), Line: i, Ch: 2}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, s := range []*wiki.Session{olga, first, second} {
		d, err := s.Draft(t.Context(), home)
		all, err2 := s.Drafts(t.Context())
		if err != nil || err2 != nil || d.Text != fmt.Sprint("text of ", i) || d.Line != i || d.Ch != 2 || len(all) != 1 || d.Changed.IsZero() {
			t.Errorf("%d: %+v, %v, %v", i, d, err, all)
		}
	}
	if err := second.DiscardDraft(t.Context(), home); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Draft(t.Context(), home); !errors.Is(err, wiki.ErrNotFound) {
		t.Errorf("discarded: %v", err)
	}
	f.exec(t, "garden", "UPDATE drafts SET datetime = '2020-01-01 00:00:00.000000'")
	if _, err := first.Draft(t.Context(), home); !errors.Is(err, wiki.ErrNotFound) {
		t.Errorf("a stranger's old draft: %v", err)
	}
	if all, err := first.Drafts(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("a stranger's old drafts: %v, %v", all, err)
	}
	if _, err := olga.Draft(t.Context(), home); err != nil {
		t.Errorf("an account's old draft: %v", err)
	}
	if err := second.SaveDraft(t.Context(), wiki.Draft{Page: "Guide", Text: "x"}); err != nil {
		t.Fatal(err)
	}
	tidy, err := olga.Housekeeping(t.Context())
	if err != nil || len(tidy.Drafts) != 2 {
		t.Errorf("open drafts %+v, %v", tidy.Drafts, err)
	}
	MustSave(t, olga, "Home", "saved\n")
	if _, err := olga.Draft(t.Context(), home); !errors.Is(err, wiki.ErrNotFound) {
		t.Errorf("after it was saved: %v", err)
	}
}

func TestDrafts_Refused(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Public)
	s := MustOwn(t, w)
	nobody := MustVisit(t, w, wiki.Visitor{Account: owner.Account, Owner: true})
	reader := MustVisit(t, w, wiki.Visitor{Draft: "anonymous:x"})
	for name, tt := range map[string]struct {
		s    *wiki.Session
		d    wiki.Draft
		want error
	}{
		"too large": {s, wiki.Draft{Page: "Home", Text: strings.Repeat("x", wiki.MaxPageBytes+1)}, wiki.ErrTooLarge},
		"no page":   {s, wiki.Draft{Page: "../x"}, wiki.ErrInvalid},
		"revision":  {s, wiki.Draft{Page: "Home", Base: "--all"}, wiki.ErrInvalid},
		"of nobody": {nobody, wiki.Draft{Page: "Home"}, wiki.ErrInvalid},
		"a reader":  {reader, wiki.Draft{Page: "Home"}, wiki.ErrForbidden},
	} {
		if err := tt.s.SaveDraft(t.Context(), tt.d); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var err error
	for i := 0; i < 200 && err == nil; i++ {
		err = s.SaveDraft(t.Context(), wiki.Draft{Page: fmt.Sprint("P", i), Text: "x"})
	}
	if !errors.Is(err, wiki.ErrInvalid) {
		t.Errorf("many drafts: %v", err)
	}
}
