package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holtdb/holt/bench/retrieval/corpus"
	"github.com/holtdb/holt/library/extract/pdf"
	"github.com/holtdb/holt/library/retrieve"
	"github.com/holtdb/holt/llm/llmtest"
	"github.com/holtdb/holt/llm/local/localtest"
)

func TestMain(m *testing.M) {
	pdf.RunChild()
	os.Exit(m.Run())
}

// MustCorpus writes a small corpus of which the words find every answer first.
func MustCorpus(tb testing.TB) (work string) {
	tb.Helper()
	work = tb.TempDir()
	files := map[string]string{
		"kettle.md": "# Kettles\n\nQuestions and answers.\n\n## 1\n\nWater boils when the lever is pressed for four minutes.\n\n" +
			"## 2\n\nScale is removed with vinegar, which must not touch the seal.\n",
		"bicycle.txt": "A flat tyre is mended with a patch.\fThe chain wants oil every month.\n",
		"garden.html": "<html lang=\"en\"><title>Garden</title><h1>Garden</h1><p>Roses are cut in spring.</p></html>",
	}
	c := corpus.Corpus{Pairs: []corpus.Pair{
		{Question: "How long until water boils?", File: "kettle.md", Label: "1", Source: "kettle"},
		{Question: "How is scale removed?", File: "kettle.md", Label: "2", Source: "kettle"},
		{Question: "How often does a chain want oil?", File: "bicycle.txt", Label: "2", Source: "bicycle"},
	}}
	if err := os.MkdirAll(corpus.Documents(work), 0o700); err != nil {
		tb.Fatal(err)
	}
	for name, content := range files {
		c.Documents = append(c.Documents, name)
		if err := os.WriteFile(filepath.Join(corpus.Documents(work), name), []byte(content), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	data, err := json.Marshal(c)
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(work, "corpus.json"), data, 0o600); err != nil {
		tb.Fatal(err)
	}
	return work
}

func MustRun(tb testing.TB, args ...string) string {
	tb.Helper()
	var out, errs bytes.Buffer
	if err := run(tb.Context(), args, &out, &errs); err != nil {
		tb.Fatalf("%v\n%s%s", err, &out, &errs)
	}
	return out.String()
}

// TestRun measures a library in all modes with the hashing embedder, a local
// model and one behind Ollama's protocol, which are random or hash as well.
func TestRun(t *testing.T) {
	work := MustCorpus(t)
	ollama := llmtest.Ollama(t, llmtest.Script{}).Endpoint("test-embed")
	out := MustRun(t, "-work", work, "-fusions", "-failures", "3",
		"-local", localtest.MustWrite(t, localtest.Spec{}), "-ollama", ollama.URL, "-model", ollama.Model)
	for _, want := range []string{
		"3 questions (kettle 2, bicycle 1); 3 documents with 6 pages",
		"| words | 1.000 | 1.000 | 1.000 | 1.000 |",
		"| hybrid, hashed words (384) | 1.000 |",
		"| passages of an answer, words | 1.000 |",
		"| hybrid, " + ollama.Model, "| meaning, ", "| reciprocal ranks, weight 1.0 |",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	if n := strings.Count(out, "| meaning, "); n != 3 {
		t.Errorf("%d embedders were measured", n)
	}
	again := MustRun(t, "-work", work, "-reuse", "-hash=false", "-questions", "1")
	if !strings.Contains(again, "1 questions (kettle 1); 3 documents with 6 pages") {
		t.Errorf("reused:\n%s", again)
	}
}

// TestRun_Refuses proves that a corpus whose answers are not where it says is
// not measured.
func TestRun_Refuses(t *testing.T) {
	work := MustCorpus(t)
	name := filepath.Join(work, "corpus.json")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.Replace(data, []byte(`"label":"2"`), []byte(`"label":"9"`), 1)
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, args := range [][]string{{"-work", work}, {}, {"-work", work, "-ollama", "ftp://host"}, {"-work", work, "-local", t.TempDir()}} {
		if err := run(t.Context(), args, &out, &out); err == nil {
			t.Errorf("run with %v succeeded", args)
		}
	}
}

func TestRate(t *testing.T) {
	s := rate([]int{1, 2, 10, 11, 0})
	want := score{at1: 0.2, at5: 0.4, at10: 0.6, mrr: (1 + 0.5 + 0.1) / 5}
	if s.at1 != want.at1 || s.at5 != want.at5 || s.at10 != want.at10 || s.mrr != want.mrr {
		t.Errorf("score %+v, want %+v", s, want)
	}
}

func TestOfLabel(t *testing.T) {
	for label, want := range map[string]bool{"7": true, "7 (2)": true, "71": false, "17": false, "": false} {
		if ofLabel(label, "7") != want {
			t.Errorf("%q of 7: %v", label, !want)
		}
	}
}

// TestFormulas proves that every formula joins lists, also empty ones, and has
// each page once.
func TestFormulas(t *testing.T) {
	words := []retrieve.Ranked{{ID: 1, Score: 9}, {ID: 2, Score: 5}, {ID: 3, Score: 5}}
	meaning := []retrieve.Ranked{{ID: 2, Score: 0.8}, {ID: 4, Score: 0.1}}
	for _, f := range formulas() {
		for _, lists := range [][2][]retrieve.Ranked{{words, meaning}, {nil, meaning}, {words, nil}, {nil, nil}, {words[:1], meaning[:1]}} {
			seen := make(map[int64]bool)
			for _, r := range f.fuse(lists[0], lists[1]) {
				if seen[r.ID] || r.Score != r.Score {
					t.Errorf("%s: page %d with %v", f.name, r.ID, r.Score)
				}
				seen[r.ID] = true
			}
			if f.name != "words" && f.name != "meaning" && len(lists[0])+len(lists[1]) > 0 && len(seen) == 0 {
				t.Errorf("%s: nothing", f.name)
			}
		}
	}
}
