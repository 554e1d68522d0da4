package library_test

import (
	"context"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract/clean"
	"github.com/holtdb/holt/library/extract/ocr"
	"github.com/holtdb/holt/samples"
)

// wordCounts counts words without case and punctuation.
func wordCounts(text string) map[string]int {
	counts := make(map[string]int)
	for _, w := range strings.Fields(text) {
		if w = strings.ToLower(strings.Trim(w, ".,;:!?()[]\"'“”‘’—–-")); w != "" {
			counts[w]++
		}
	}
	return counts
}

// A text that was printed and scanned is read again, nearly whole, and found
// and marked as any other.
func TestLibrary_OCR_Recall(t *testing.T) {
	reader, err := ocr.Find(t.Context(), ocr.Options{})
	if err != nil {
		t.Skip("tesseract is needed with English:", err)
	}
	s, l := MustIdle(t, reader)
	original, err := fs.ReadFile(samples.Files(), "river-otter.pdf")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(path, original, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	pages := 100
	if testing.Short() {
		pages = 9
	}
	pdf, texts := s.scan(t, file, 200, pages)
	doc := MustUpload(t, l, "scan.pdf", pdf)
	MustWork(t, l)
	doc = MustDocument(t, l, doc.ID)
	if doc.OCR.State != "done" || doc.OCR.Pages != len(texts) || doc.OCR.Failed != 0 || doc.OCR.Confidence < 0.9 || doc.FirstLine == "" {
		t.Errorf("%+v", doc)
	}
	found, all := 0, 0
	for i, text := range texts {
		page, err := l.Page(t.Context(), doc.ID, i+1)
		if err != nil {
			t.Fatal(err)
		}
		read := wordCounts(page.Text)
		for w, n := range wordCounts(clean.Text(text)) {
			found, all = found+min(n, read[w]), all+n
		}
	}
	recall := float64(found) / float64(all)
	t.Logf("%d of %d words on %d pages: recall %.4f, mean confidence %.3f", found, all, len(texts), recall, doc.OCR.Confidence)
	if recall < 0.95 || all < 1000 {
		t.Errorf("recall %.4f of %d words", recall, all)
	}
	hits := MustSearch(t, l, library.Query{Text: `"What you are looking at"`}).Hits
	if len(hits) == 0 {
		t.Fatal("a phrase is not found")
	}
	layout, err := l.Layout(t.Context(), doc.ID, hits[0].Page, library.Marks{Query: "looking"})
	if err != nil {
		t.Fatal(err)
	}
	marked, err := l.MarkedImage(t.Context(), doc.ID, hits[0].Page, 720, library.Marks{Query: "looking"})
	if err != nil || yellow(MustDecode(t, marked)) == 0 {
		t.Errorf("nothing is marked, %v", err)
	}
	// The mark lies where the word stands on the page that was printed.
	doc2, err := s.engine.Open(t.Context(), file, "")
	if err != nil {
		t.Fatal(err)
	}
	defer doc2.Close()
	printed, err := doc2.Words(t.Context(), hits[0].Page)
	if err != nil {
		t.Fatal(err)
	}
	matched := 0
	for _, w := range layout.Words {
		for _, p := range printed.Words {
			if w.Hit && strings.EqualFold(p.Text, w.Text) && math.Abs(p.X-w.X) < 4 && math.Abs(p.Y-w.Y) < 8 && math.Abs(p.W-w.W) < 6 {
				matched++
			}
		}
	}
	if matched == 0 {
		t.Errorf("no mark is where its word is: %+v", layout)
	}
	if err := l.CheckIndices(t.Context()); err != nil {
		t.Error(err)
	}
}

// One page that cannot be read is noted; the others are read.
func TestLibrary_OCR_FailedPage(t *testing.T) {
	r, _ := MustFakeOCR(t)
	_, l := MustIdle(t, r)
	doc := MustUpload(t, l, "scan.pdf", scanned(t, blot(300, 400), blot(100, 100), blot(300, 400)))
	MustWork(t, l)
	wantOCR(t, l, doc.ID, library.OCRState{State: "done", Pages: 2, Failed: 1, Confidence: 0.75})
	for n, want := range map[int]library.Page{
		1: {Source: "ocr", Text: "The badgerlike\n\nanimal <b>.", Confidence: 0.75, Width: 300, Height: 400},
		2: {Source: "none", NoText: true, Unread: "The page could not be read.", Width: 100, Height: 100},
	} {
		want.DocumentID, want.Number, want.Label = doc.ID, n, fmt.Sprint(n)
		got, err := l.Page(t.Context(), doc.ID, n)
		got.Confidence = math.Round(got.Confidence*100) / 100
		if err != nil || got != want {
			t.Errorf("page %d: %+v, %v", n, got, err)
		}
	}
	if pages, err := l.FindPages(t.Context(), doc.ID, "animals"); err != nil || fmt.Sprint(pages) != "[1 3]" {
		t.Errorf("pages %v, %v", pages, err)
	}
	if got := MustDocument(t, l, doc.ID); !strings.HasPrefix(got.FirstLine, "The badgerlike") || got.NoText != 3 || got.OCR.Notice() != "" {
		t.Errorf("%+v", got)
	}
	layout, err := l.Layout(t.Context(), doc.ID, 3, library.Marks{Query: "badgerlike"})
	if err != nil || layout.Width != 300 || layout.Height != 400 || len(layout.Words) != 4 {
		t.Fatalf("%+v, %v", layout, err)
	}
	// The picture has 300 dots per inch: 100 are 24 points.
	want := library.PlacedWord{Text: "badger-", Box: library.Box{X: 108, Y: 48, W: 72, H: 12}, Hit: true}
	if got := layout.Words[1]; got != want || !layout.Words[2].Hit || layout.Words[0].Hit {
		t.Errorf("words %+v", layout.Words)
	}
	if text, err := l.MarkedText(t.Context(), doc.ID, 1, library.Marks{Query: "animal"}); err != nil || text != "The badgerlike\n\n<mark>animal</mark> &lt;b&gt;." {
		t.Errorf("%q, %v", text, err)
	}
	if err := l.CheckIndices(t.Context()); err != nil {
		t.Error(err)
	}
	// Read anew, all pages wait again.
	if _, err := l.Reingest(t.Context(), doc.ID, ""); err != nil {
		t.Fatal(err)
	}
	MustWork(t, l)
	wantOCR(t, l, doc.ID, library.OCRState{State: "done", Pages: 2, Failed: 1, Confidence: 0.75})
	if err := l.Delete(t.Context(), doc.ID); err != nil {
		t.Fatal(err)
	}
	if n := MustCount(t, l, "ocr_pages") + MustCount(t, l, "passages") + MustCount(t, l, "jobs"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

// Without tesseract a document says so; when it is installed later, what came
// before is read.
func TestLibrary_OCR_Unavailable(t *testing.T) {
	_, l := MustIdle(t, nil)
	doc := MustUpload(t, l, "scan.pdf", scanned(t, blot(300, 400), blot(310, 400)))
	text := MustUpload(t, l, "text.pdf", PDF("A page that has words enough to be called a text layer."))
	MustWork(t, l)
	wantOCR(t, l, doc.ID, library.OCRState{State: "unavailable", Waiting: 2})
	wantOCR(t, l, text.ID, library.OCRState{})
	if notice := MustDocument(t, l, doc.ID).OCR.Notice(); !strings.Contains(notice, "apt install tesseract-ocr") {
		t.Errorf("notice %q", notice)
	}
	installed, _ := MustFakeOCR(t)
	if err := l.SetOCR(t.Context(), installed); err != nil {
		t.Fatal(err)
	}
	wantOCR(t, l, doc.ID, library.OCRState{State: "waiting", Waiting: 2})
	// It goes away again before its turn came, and comes back.
	if err := l.SetOCR(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	MustWork(t, l)
	wantOCR(t, l, doc.ID, library.OCRState{State: "unavailable", Waiting: 2})
	if err := l.SetOCR(t.Context(), installed); err != nil {
		t.Fatal(err)
	}
	MustWork(t, l)
	wantOCR(t, l, doc.ID, library.OCRState{State: "done", Pages: 2, Confidence: 0.75})
	wantOCR(t, l, text.ID, library.OCRState{})
}

// The program vanishes while pages wait: those that were read stay.
func TestLibrary_OCR_Vanished(t *testing.T) {
	r, path := MustFakeOCR(t)
	_, l := MustIdle(t, r)
	doc := MustUpload(t, l, "scan.pdf", scanned(t, blot(300, 400), blot(310, 400), blot(320, 400)))
	MustOne(t, l)
	MustSlice(t, l, 0)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	MustWork(t, l)
	wantOCR(t, l, doc.ID, library.OCRState{State: "unavailable", Pages: 1, Waiting: 2, Confidence: 0.75})
	installed, _ := MustFakeOCR(t)
	if err := l.SetOCR(t.Context(), installed); err != nil {
		t.Fatal(err)
	}
	MustWork(t, l)
	wantOCR(t, l, doc.ID, library.OCRState{State: "done", Pages: 3, Confidence: 0.75})
}

// A long document gives others their turn, and can be searched page by page.
func TestLibrary_OCR_Slices(t *testing.T) {
	r, _ := MustFakeOCR(t)
	_, l := MustIdle(t, r)
	doc := MustUpload(t, l, "scan.pdf", scanned(t, blot(300, 400), blot(310, 400), blot(320, 400)))
	MustOne(t, l)
	wantOCR(t, l, doc.ID, library.OCRState{State: "waiting", Waiting: 3})
	other := MustUpload(t, l, "a.txt", []byte("A heron stands in the river."))
	MustSlice(t, l, 0)
	wantOCR(t, l, doc.ID, library.OCRState{State: "waiting", Pages: 1, Waiting: 2, Confidence: 0.75})
	if hits := MustSearch(t, l, library.Query{Text: "animal"}).Hits; len(hits) != 1 || hits[0].Page != 1 {
		t.Errorf("hits %+v", hits)
	}
	MustOne(t, l) // the other document's turn
	if MustDocument(t, l, other.ID).Progress.Status != library.Ready {
		t.Error("the other document had to wait")
	}
	MustSlice(t, l, time.Hour)
	wantOCR(t, l, doc.ID, library.OCRState{State: "done", Pages: 3, Confidence: 0.75})
	MustWork(t, l)
}

// What ends the process each time is given up after three times, and the pages
// after it are read.
func TestLibrary_OCR_ProcessDied(t *testing.T) {
	r, _ := MustFakeOCR(t)
	_, l := MustIdle(t, r)
	doc := MustUpload(t, l, "scan.pdf", scanned(t, blot(300, 400), blot(310, 400)))
	MustOne(t, l)
	for range 3 {
		if task, _, err := l.Claim(t.Context()); err != nil || task == nil {
			t.Fatalf("claim: %v", err)
		}
		if err := l.Loosen(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	MustWork(t, l)
	wantOCR(t, l, doc.ID, library.OCRState{State: "done", Pages: 1, Failed: 1, Confidence: 0.75})
}

// A document that is deleted or interrupted while a page is read: nothing comes
// back, and the job goes on later.
func TestLibrary_OCR_Interrupted(t *testing.T) {
	for name, interrupt := range map[string]func(l *library.Library, id string, leave func()) error{
		"deleted": func(l *library.Library, id string, _ func()) error { return l.Delete(context.Background(), id) },
		"left":    func(_ *library.Library, _ string, leave func()) error { leave(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			r, path := MustFakeOCR(t)
			_, l := MustIdle(t, r)
			doc := MustUpload(t, l, "scan.pdf", scanned(t, blot(300, 400), blot(800, 900)))
			MustOne(t, l)
			MustSlice(t, l, 0)
			task, _, err := l.Claim(t.Context())
			if err != nil || task == nil {
				t.Fatalf("claim: %v", err)
			}
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				task(ctx) // never ends by itself
			}()
			if begun, err := os.ReadFile(path + ".pipe"); err != nil || string(begun) != "begun\n" {
				t.Fatalf("%q, %v", begun, err)
			}
			if err := interrupt(l, doc.ID, leave); err != nil {
				t.Fatal(err)
			}
			<-ended
			if name == "deleted" {
				if n := MustCount(t, l, "ocr_pages") + MustCount(t, l, "page_chunks") + MustCount(t, l, "jobs"); n != 0 {
					t.Errorf("%d rows are left", n)
				}
				return
			}
			wantOCR(t, l, doc.ID, library.OCRState{State: "waiting", Pages: 1, Waiting: 1, Confidence: 0.75})
			if n := MustCount(t, l, "jobs WHERE leased_until IS NULL AND attempts = 0"); n != 1 {
				t.Errorf("%d jobs wait", n)
			}
		})
	}
}

// The password of a protected file is not kept: its pictures are not read.
func TestLibrary_OCR_Protected(t *testing.T) {
	r, _ := MustFakeOCR(t)
	_, l := MustIdle(t, r)
	doc := MustUpload(t, l, "scan.pdf", scanned(t, blot(300, 400)))
	MustOne(t, l)
	if err := l.Protect(t.Context(), doc.ID); err != nil {
		t.Fatal(err)
	}
	MustWork(t, l)
	wantOCR(t, l, doc.ID, library.OCRState{State: "protected"})
	if notice := MustDocument(t, l, doc.ID).OCR.Notice(); !strings.Contains(notice, "without a password") {
		t.Errorf("notice %q", notice)
	}
	if n := MustCount(t, l, "ocr_pages") + MustCount(t, l, "jobs"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func TestResolution(t *testing.T) {
	for _, c := range []struct {
		width, height float64
		dpi           int
	}{
		{595, 842, 300},    // A4
		{612, 1008, 300},   // legal
		{842, 1191, 200},   // A3
		{1191, 1684, 176},  // A2
		{2384, 3370, 87},   // A0
		{14400, 14400, 70}, // the largest page of a PDF
		{10, 10, 300},
	} {
		if got := library.Resolution(c.width, c.height); got != c.dpi {
			t.Errorf("%v×%v points: %d dpi, want %d", c.width, c.height, got, c.dpi)
		}
	}
}
