package pdf_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/holtdb/holt/library/extract/pdf"
)

// TestCorpus compares the words of real documents with pdftotext's. Set
// HOLT_TEST_PDFS to a directory of PDF files to run it.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("HOLT_TEST_PDFS")
	if dir == "" {
		t.Skip("HOLT_TEST_PDFS names no directory of PDF files")
	}
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip(err)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.pdf"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no PDF files in %s: %v", dir, err)
	}
	e := mustEngine(t, pdf.Options{})
	var all overlap
	var pages int
	var spent [5]time.Duration // open, text, words, render, pdftotext
	for _, path := range paths {
		t0 := time.Now()
		reference, err := exec.Command("pdftotext", path, "-").Output()
		if err != nil {
			continue // pdftotext cannot read it either
		}
		spent[4] += time.Since(t0)
		var o overlap
		t0 = time.Now()
		d, err := e.Open(t.Context(), mustOpenFile(t, path), "")
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		spent[0] += time.Since(t0)
		n := d.Info().Pages
		pages += n
		for i, want := range bytes.SplitN(reference, []byte("\f"), n+1)[:n] {
			t0 = time.Now()
			text := mustText(t, d, i+1)
			spent[1] += time.Since(t0)
			o.add(tokens(string(want)), tokens(text))
			t0 = time.Now()
			words, err := d.Words(t.Context(), i+1)
			spent[2] += time.Since(t0)
			if err != nil {
				t.Fatal(err)
			}
			var joined []string
			for _, w := range words.Words {
				joined = append(joined, w.Text)
			}
			if fields := strings.Fields(text); len(fields)+len(joined) > 0 && !reflect.DeepEqual(fields, joined) {
				t.Errorf("%s page %d: Words and Text differ", path, i+1)
			}
		}
		t0 = time.Now()
		if _, err := d.Render(t.Context(), 1, 1200); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		spent[3] += time.Since(t0)
		d.Close()
		t.Logf("%-28s %5d pages  recall %.4f  precision %.4f", filepath.Base(path), n, o.recall(), o.precision())
		all.both, all.want, all.got = all.both+o.both, all.want+o.want, all.got+o.got
	}
	docs := time.Duration(len(paths))
	t.Logf("all %d pages: recall %.4f, precision %.4f; open %v, text %v and words %v per page, first page drawn in %v; pdftotext %v per page", pages,
		all.recall(), all.precision(), spent[0]/docs, spent[1]/time.Duration(pages), spent[2]/time.Duration(pages), spent[3]/docs, spent[4]/time.Duration(pages))
	if all.recall() < 0.98 {
		t.Errorf("recall %.4f", all.recall())
	}
}

// overlap counts the words of two multisets.
type overlap struct{ both, want, got int }

func (o *overlap) add(want, got []string) {
	o.want, o.got = o.want+len(want), o.got+len(got)
	left := map[string]int{}
	for _, w := range want {
		left[w]++
	}
	for _, w := range got {
		if left[w] > 0 {
			left[w]--
			o.both++
		}
	}
}

func (o *overlap) recall() float64    { return float64(o.both) / float64(max(o.want, 1)) }
func (o *overlap) precision() float64 { return float64(o.both) / float64(max(o.got, 1)) }

// tokens are the runs of letters and digits, words broken between lines joined:
// pdftotext joins them.
func tokens(s string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(s, "-\n", ""), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}
