package ui_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/web/ui"
)

// TestSearchModes looks for the way to search that was asked for, and for what is
// said about it.
func TestSearchModes(t *testing.T) {
	page := searchPage()
	page.Query.Mode, page.Query.Tag, page.Query.After = library.ModeMeaning, "rivers", "x"
	modes := page.Modes()
	if got, want := modes[1].URL, "/search?mode=words&q=otter+river&tag=rivers"; got != want {
		t.Errorf("words: %q, want %q", got, want)
	}
	if got, want := modes[0].URL, "/search?q=otter+river&tag=rivers"; got != want {
		t.Errorf("best: %q, want %q", got, want)
	}
	for _, mode := range modes {
		if mode.Current != (mode.Label == "Meaning") {
			t.Errorf("%s is current: %t", mode.Label, mode.Current)
		}
	}
	if next, err := url.Parse(page.NextURL()); err != nil || next.Query().Get("mode") != "meaning" {
		t.Errorf("the next page is %s", page.NextURL())
	}
	for _, test := range []struct {
		asked, used library.Mode
		configured  bool
		notice      string
		want        string
	}{
		{library.ModeBest, library.ModeHybrid, true, "", "Found by words and meaning."},
		{library.ModeBest, library.ModeWords, false, "", ""},
		{library.ModeMeaning, library.ModeMeaning, true, "", ""},
		{library.ModeMeaning, library.ModeWords, true, "Not ready.", "Not ready."},
		{library.ModeMeaning, library.ModeWords, false, "Not ready.", "Not ready."},
	} {
		page := ui.SearchPage{Query: library.Query{Mode: test.asked}, Results: library.Results{Mode: test.used, Notice: test.notice}, Meaning: library.MeaningState{Configured: test.configured}}
		if got := page.ModeNote(); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
	off := MustRender(t, MustNew(t), searchPage())
	if !strings.Contains(off, `Search by meaning is off. <a href="/admin/models">`) {
		t.Error("an administrator is not told how to turn on search by meaning")
	}
	page = searchPage()
	page.Frame.Admin = false
	if text := MustRender(t, MustNew(t), page); !strings.Contains(text, `Search by meaning is off. <a href="/account/models">`) {
		t.Error("a person is not told how to turn on search by meaning")
	}
}
