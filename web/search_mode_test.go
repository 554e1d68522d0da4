package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/holtdb/holt/llm/llmtest"
	"github.com/holtdb/holt/platform"
)

// searched is what a search answers.
type searched struct {
	Mode, Notice string
	Next         string
	Results      []cited
}

func (v *visitor) MustSearch(query string) (found searched) {
	v.tb.Helper()
	v.get("/api/search?"+query).want(v.tb, http.StatusOK).into(v.tb, &found)
	return found
}

func TestSearchMode(t *testing.T) {
	s := MustSite(t)
	ann := s.user(t, "ann")
	otters := ann.MustAdd(file{"otters.txt", holtText})
	badgers := ann.MustAdd(file{"badgers.txt", "The badger digs its sett under an old oak."})

	for query, notice := range map[string]bool{"q=otter": false, "q=otter&mode=words": false, "q=otter&mode=meaning": true, "q=otter&mode=hybrid": true} {
		if got := ann.MustSearch(query); got.Mode != "words" || (got.Notice != "") != notice || len(got.Results) != 1 {
			t.Errorf("without a model, %s: %+v", query, got)
		}
	}
	for _, mode := range []string{"WORDS", "both", "meaning%00", "words,meaning", "1"} {
		if a := ann.get("/api/search?q=otter&mode="+mode).want(t, http.StatusBadRequest); a.code(t) != "invalid" {
			t.Errorf("%s: %s", mode, a)
		}
		ann.get("/search?q=otter&mode="+mode).want(t, http.StatusBadRequest)
	}
	if page := ann.get("/search?q=otter").want(t, http.StatusOK); bytes.Contains(page.body, []byte("found by meaning")) {
		t.Error("the page pretends to search by meaning")
	}

	embedder := llmtest.Ollama(t, llmtest.Script{})
	s.MustOffer(t, platform.PurposeEmbed, embedder)
	ann.MustAdd(file{"third.txt", "A heron stands in shallow water."})
	ann.MustEmbed()
	for _, c := range []struct{ query, mode string }{
		{"q=otter+holt", "hybrid"}, {"q=otter+holt&mode=hybrid", "hybrid"}, {"q=otter+holt&mode=meaning", "meaning"}, {"q=otter+holt&mode=words", "words"},
		{"q=" + url.QueryEscape(`"otter sleeps"`), "words"}, {"q=otter+-badger", "words"}, {"q=otter*", "words"},
	} {
		got := ann.MustSearch(c.query)
		if got.Mode != c.mode || got.Notice != "" || len(got.Results) == 0 || got.Results[0].DocID != otters.ID {
			t.Errorf("%s: %+v", c.query, got)
		}
		page := ann.get("/search?"+c.query).want(t, http.StatusOK)
		mustBeHarmless(t, c.query, page)
		if !bytes.Contains(page.body, []byte("/read/"+otters.ID)) {
			t.Errorf("%s: the page does not find it", c.query)
		}
	}
	// What is chosen is chosen before anything is ranked.
	for _, mode := range []string{"words", "meaning", "hybrid"} {
		if got := ann.MustSearch("q=otter+badger&mode=" + mode + "&doc=" + badgers.ID); len(got.Results) != 1 || got.Results[0].DocID != badgers.ID {
			t.Errorf("%s in one document: %+v", mode, got)
		}
		if got := ann.MustSearch("q=otter&mode=" + mode + "&doc=" + never); len(got.Results) != 0 {
			t.Errorf("%s in no document: %+v", mode, got)
		}
		if got := ann.MustSearch("q=otter&mode=" + mode + "&tag=none"); len(got.Results) != 0 {
			t.Errorf("%s by no tag: %+v", mode, got)
		}
		first := ann.MustSearch("q=otter+badger+heron&limit=1&mode=" + mode)
		if len(first.Results) != 1 || first.Next == "" {
			t.Fatalf("%s, first part: %+v", mode, first)
		}
		second := ann.MustSearch("q=otter+badger+heron&limit=1&mode=" + mode + "&after=" + url.QueryEscape(first.Next))
		if len(second.Results) != 1 || second.Results[0].DocID == first.Results[0].DocID {
			t.Errorf("%s, second part: %+v", mode, second)
		}
		ann.get("/api/search?q=otter&after=nonsense&mode="+mode).want(t, http.StatusBadRequest)
		for _, q := range []string{`"unclosed`, "AND OR NOT", "*", "(((", "\x00", "…?!", "日本", strings.Repeat("otter ", 500)} {
			ann.MustSearch("mode=" + mode + "&q=" + url.QueryEscape(q))
		}
	}
	// The model fails: the words are looked for, and the answer says so.
	embedder.FailAlways(&llmtest.Fault{Status: http.StatusUnauthorized, Message: "who are you"})
	for _, query := range []string{"q=otter+holt", "q=otter+holt&mode=meaning"} {
		got := ann.MustSearch(query)
		if got.Mode != "words" || got.Notice == "" || len(got.Results) != 1 {
			t.Errorf("with a model that fails, %s: %+v", query, got)
		}
		ann.get("/search?"+query).want(t, http.StatusOK)
	}
}

// TestPanel opens pages with passages that are none.
func TestPanel(t *testing.T) {
	s := MustSite(t)
	ann, bob := s.user(t, "ann"), s.user(t, "bob")
	for _, f := range []file{
		{"text.txt", "Döner für Ötter – 獺 in einem Bau."}, {"marks.md", "# Ö\n\n*Ötter* & <b>獺</b>\n\n| a | b |\n|---|---|\n| Ö | ö |\n"},
		{"paper.pdf", onePagePDF("The otter sleeps in a holt", "second page")},
	} {
		d := ann.MustAdd(f)
		page := "/read/" + d.ID + "/1"
		for _, start := range []string{"", "0", "2", "7", "35", "-1", "9223372036854775807", "9223372036854775808", "x", "%00", "1.5"} {
			for _, end := range []string{"", "1", "9", "36", "9223372036854775807", "-5"} {
				a := ann.get(page + "?panel=1&start=" + start + "&end=" + end)
				if a.status != http.StatusOK && a.status != http.StatusBadRequest {
					t.Errorf("%s, %q to %q: %d %.300s", f.name, start, end, a.status, a.body)
				}
				if !utf8.Valid(a.body) || bytes.Contains(a.body, []byte("\uFFFD")) {
					t.Errorf("%s, %q to %q: a character is cut in two", f.name, start, end)
				}
				if found := active(t, a.body); found != "" {
					t.Errorf("%s, %q to %q: %s", f.name, start, end, found)
				}
			}
		}
		for _, query := range []string{"?start=5&start=x", "?panel=%00&q=%00&start=1&end=9", "?end=12", "?page=-5&start=1", "?page=99999999999999999999", "?page=x",
			"?q=" + strings.Repeat("otter+", 400) + "&start=0&end=9"} {
			if a := ann.get(page + query); a.status >= 500 {
				t.Errorf("%s%s: %d", f.name, query, a.status)
			}
		}
		ann.get("/read/"+d.ID+"/99?panel=1&start=0&end=5").want(t, http.StatusNotFound)
		bob.get(page+"?panel=1&start=0&end=5").want(t, http.StatusNotFound)
	}
	d := ann.MustAdd(file{"otters.txt", holtText})
	for _, query := range []string{"?start=0&end=44", "?panel=1&start=0&end=44"} {
		a := ann.get("/read/"+d.ID+"/1"+query).want(t, http.StatusOK)
		if !bytes.Contains(a.body, []byte(`<mark class="passage">The otter sleeps in a holt by the river bank</mark>`)) {
			t.Errorf("%s: the passage is not marked", query)
		}
	}
	panel := ann.get("/read/" + d.ID + "/1?panel=1&start=0&end=44")
	if bytes.Contains(panel.body, []byte("<html")) {
		t.Error("the panel is a whole page")
	}
	mustBeHarmless(t, "the panel", panel)
}
