package library_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/samples"
)

// begin starts the next job of a library and returns when it is in the middle
// of reading doc. end interrupts it and waits; wait only waits.
func begin(tb testing.TB, l *library.Library, doc library.Document) (end, wait func()) {
	tb.Helper()
	task, _, err := l.Claim(tb.Context())
	if err != nil || task == nil {
		tb.Fatalf("claim: %v, %v", task != nil, err)
	}
	changes, err := l.Watch(tb.Context(), doc.ID)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	tb.Cleanup(cancel)
	done := make(chan struct{})
	go func() {
		defer close(done)
		task(ctx)
	}()
	for p := range changes {
		if p.Done > 0 {
			break
		}
	}
	wait = func() { <-done }
	return func() { cancel(); wait() }, wait
}

func TestLibrary_Ingest_RestartInTheMiddle(t *testing.T) {
	s := MustServe(t, settings{idle: true})
	l := s.MustLibrary(t, "ada")
	doc := MustUpload(t, l, "long.pdf", LongPDF(800))
	end, _ := begin(t, l, doc)
	now, err := l.Document(t.Context(), doc.ID)
	if err != nil || now.Progress.Status != library.Processing || now.Progress.Stage != "extracting" {
		t.Errorf("in the middle: %+v, %v", now.Progress, err)
	}
	end()
	now, err = l.Document(t.Context(), doc.ID)
	if err != nil || now.Progress.Status != library.Queued || now.Pages != 0 {
		t.Fatalf("after the interruption: %+v, %v", now.Progress, err)
	}
	if r := MustSearch(t, l, library.Query{Text: "stoats"}); len(r.Hits) != 0 {
		t.Errorf("half a document is visible: %d hits", len(r.Hits))
	}
	if _, err := l.Page(t.Context(), doc.ID, 1); !errors.Is(err, library.ErrNotReady) {
		t.Errorf("page: %v", err)
	}
	s.stop()

	// The ledger of the next process is empty: the library itself says that
	// work waits when it is opened.
	l = MustServe(t, settings{dir: s.dir}).MustLibrary(t, "ada")
	if doc = MustSettle(t, l, doc.ID); doc.Progress.Status != library.Ready || doc.Pages != 800 {
		t.Errorf("after the restart: %+v", doc.Progress)
	}
	if pages, err := l.FindPages(t.Context(), doc.ID, "weasel"); err != nil || len(pages) != 800 {
		t.Errorf("%d pages with hits, %v", len(pages), err)
	}
}

func TestLibrary_Ingest_ProcessDied(t *testing.T) {
	s := MustServe(t, settings{idle: true})
	l := s.MustLibrary(t, "ada")
	doc := MustUpload(t, l, "a.txt", []byte("A text that ends the reader each time."))
	for range 3 {
		// Claimed and never settled: so a process leaves a job that it dies of.
		if task, _, err := l.Claim(t.Context()); err != nil || task == nil {
			t.Fatalf("claim: %v", err)
		}
		s.stop()
		s = MustServe(t, settings{idle: true, dir: s.dir})
		l = s.MustLibrary(t, "ada")
	}
	task, _, err := l.Claim(t.Context())
	if err != nil || task == nil {
		t.Fatalf("claim: %v", err)
	}
	task(t.Context())
	doc, err = l.Document(t.Context(), doc.ID)
	if err != nil || doc.Progress.Status != library.Failed || !strings.Contains(doc.Progress.Error, "three times") {
		t.Fatalf("document %+v, %v", doc.Progress, err)
	}
	if _, err := l.Reingest(t.Context(), doc.ID, ""); err != nil {
		t.Fatal(err)
	}
	task, _, _ = l.Claim(t.Context())
	task(t.Context())
	if doc, _ = l.Document(t.Context(), doc.ID); doc.Progress.Status != library.Ready {
		t.Errorf("after the retry: %+v", doc.Progress)
	}
}

func TestLibrary_Delete_DuringIngest(t *testing.T) {
	s := MustServe(t, settings{idle: true})
	l := s.MustLibrary(t, "ada")
	doc := MustUpload(t, l, "long.pdf", LongPDF(800))
	_, wait := begin(t, l, doc)
	changes, err := l.Watch(t.Context(), doc.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Delete(t.Context(), doc.ID); err != nil {
		t.Fatal(err)
	}
	for p := range changes { // ends with the document
		if p.Status == library.Ready {
			t.Error("it became ready")
		}
	}
	wait()
	if _, err := l.Document(t.Context(), doc.ID); !errors.Is(err, library.ErrNotFound) {
		t.Errorf("document: %v", err)
	}
	if r := MustSearch(t, l, library.Query{Text: "stoats"}); len(r.Hits) != 0 {
		t.Errorf("%d pages came back", len(r.Hits))
	}
	if task, due, err := l.Claim(t.Context()); task != nil || !due.IsZero() || err != nil {
		t.Errorf("a job is left: %v, %v", due, err)
	}
	if names := uploads(t, s.dir, "ada"); len(names) != 0 {
		t.Errorf("files left: %v", names)
	}
	if u, _ := l.Usage(t.Context()); u.Documents != 0 || u.FileBytes != 0 {
		t.Errorf("usage %+v", u)
	}
}

func TestLibrary_Delete(t *testing.T) {
	s := MustServe(t, settings{})
	l := s.MustLibrary(t, "ada")
	kept := MustAdd(t, l, "kept.txt", []byte("The heron stays where it is."))
	doc := MustAdd(t, l, "gone.pdf", PDF("The osprey is a large bird of prey that lives on fish alone."))
	if _, err := l.PageImage(t.Context(), doc.ID, 1, 360); err != nil {
		t.Fatal(err)
	}
	cached := filepath.Join(s.dir, "users", "ada", "cache", doc.ID)
	if _, err := os.Stat(cached); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		err := l.Delete(t.Context(), doc.ID)
		if err != nil && !errors.Is(err, library.ErrNotFound) {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(cached); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("images are left: %v", err)
	}
	if _, err := l.Cover(t.Context(), doc.ID); !errors.Is(err, library.ErrNotFound) {
		t.Errorf("cover: %v", err)
	}
	if len(MustSearch(t, l, library.Query{Text: "osprey"}).Hits) != 0 || len(MustSearch(t, l, library.Query{Text: "title:gone"}).Hits) != 0 {
		t.Error("it is still found")
	}
	if u, _ := l.Usage(t.Context()); u.Documents != 1 || u.FileBytes != kept.Size {
		t.Errorf("usage %+v", u)
	}
	// The same file again is a new document, not the old one.
	again := MustAdd(t, l, "gone.pdf", PDF("The osprey is a large bird of prey that lives on fish alone."))
	if again.ID == doc.ID {
		t.Error("an id was used again")
	}
}

// After a delete nothing is left of a document in any table.
func TestLibrary_Delete_LeavesNoRow(t *testing.T) {
	s := MustServe(t, settings{})
	l := s.MustLibrary(t, "ada")
	books := shelf{t, filepath.Join(s.dir, "users", "ada", "books")}
	books.put("moles.md", "# Moles\n\nThe mole digs tunnels under the lawn, day and night.")
	mustScan(t, l, library.ScanResult{Added: 1})
	ids := []string{
		onlyDocument(t, l).ID,
		MustAdd(t, l, "a.pdf", PDF("The osprey is a large bird of prey that lives on fish alone.")).ID,
	}
	tags := []string{"x"}
	for _, id := range ids {
		if _, err := l.Change(t.Context(), id, library.Changes{Tags: &tags}); err != nil {
			t.Fatal(err)
		}
		if err := l.AddVector(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Reingest(t.Context(), id, ""); err != nil {
			t.Fatal(err)
		}
		MustSettle(t, l, id)
	}
	if counts, err := l.Rows(t.Context()); err != nil || counts["page_chunks"] != 2 || counts["passages"] != 2 || counts["tags"] != 2 || counts["covers"] != 1 {
		t.Fatalf("rows %v, %v", counts, err)
	}
	if err := l.CheckIndices(t.Context()); err != nil {
		t.Errorf("before: %v", err)
	}
	for _, id := range ids {
		if err := l.Delete(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	counts, err := l.Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for table, n := range counts {
		if n != 0 {
			t.Errorf("%d rows in %s", n, table)
		}
	}
	if err := l.CheckIndices(t.Context()); err != nil {
		t.Errorf("after: %v", err)
	}
}

func TestLibrary_Ingest_Samples(t *testing.T) {
	l := MustOpen(t, settings{})
	for _, c := range []struct {
		name, title string
		pages       int // at least
		label       string
	}{
		{"river-otter.pdf", "A Field Guide to the River Otter", 17, "i"},
		{"small-garden-bees.epub", "Keeping Bees in a Small Garden", 5, ""},
	} {
		content, err := fs.ReadFile(samples.Files(), c.name)
		if err != nil {
			t.Fatal(err)
		}
		doc := MustAdd(t, l, c.name, content)
		if doc.Title != c.title || doc.Pages < c.pages || !doc.HasCover || len(doc.Authors) == 0 || doc.FirstLine == "" {
			t.Errorf("%s: %+v", c.name, doc)
		}
		page, err := l.Page(t.Context(), doc.ID, 1)
		if err != nil || c.label != "" && page.Label != c.label {
			t.Errorf("%s: first page %q, %v", c.name, page.Label, err)
		}
		if outline, err := l.Outline(t.Context(), doc.ID); err != nil || len(outline) < 3 {
			t.Errorf("%s: outline %v, %v", c.name, outline, err)
		}
		if cover, err := l.Cover(t.Context(), doc.ID); err != nil || height(t, cover) > 481 {
			t.Errorf("%s: cover %v", c.name, err)
		}
	}
}

func TestLibrary_Watch(t *testing.T) {
	l := MustOpen(t, settings{idle: true})
	if _, err := l.Watch(t.Context(), "nobody"); !errors.Is(err, library.ErrNotFound) {
		t.Errorf("watch of nothing: %v", err)
	}
	doc := MustUpload(t, l, "a.txt", []byte("Some words of a text to be read."))
	ctx, cancel := context.WithCancel(t.Context())
	left, err := l.Watch(ctx, doc.ID)
	if err != nil {
		t.Fatal(err)
	}
	if p := <-left; p.Status != library.Queued {
		t.Errorf("first value %+v", p)
	}
	cancel()
	for range left { // is closed with its context
	}
	stays, err := l.Watch(t.Context(), doc.ID)
	if err != nil {
		t.Fatal(err)
	}
	task, _, _ := l.Claim(t.Context())
	task(t.Context())
	var last library.Progress
	for p := range stays {
		last = p
	}
	if last.Status != library.Ready || last.Done != 1 || last.Total != 1 {
		t.Errorf("last value %+v", last)
	}
}
