package library_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/tenant"
)

func TestLibrary_Upload_Formats(t *testing.T) {
	l := MustOpen(t, settings{})
	for _, c := range []struct {
		name, text string
		content    []byte
		format     extract.Format
	}{
		{"river.pdf", "holts", PDF("The river otter lives in holts dug into the bank,\nwith an entrance under water."), extract.PDF},
		{"notes.md", "heather", []byte("# Moor\n\nThe heather grows on the moor.\n"), extract.Markdown},
		{"plain.txt", "kingfisher", []byte("A kingfisher sat on the branch over the water.\n"), extract.Text},
		{"page.html", "salmon", []byte("<!doctype html><title>Fish</title><p>The salmon leaps the weir.</p>"), extract.HTML},
	} {
		doc := MustAdd(t, l, c.name, c.content)
		if doc.Format != c.format || doc.Pages != 1 || doc.Size != int64(len(c.content)) || doc.FileName != c.name {
			t.Errorf("%s: %+v", c.name, doc)
		}
		hits := MustSearch(t, l, library.Query{Text: c.text}).Hits
		if len(hits) != 1 || hits[0].DocumentID != doc.ID || hits[0].Page != 1 || !strings.Contains(hits[0].Snippet, "<mark>"+c.text+"</mark>") {
			t.Errorf("%s: hits %+v", c.name, hits)
		}
		f, _, err := l.File(t.Context(), doc.ID)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(f)
		f.Close()
		if err != nil || !bytes.Equal(got, c.content) {
			t.Errorf("%s: the original differs, %v", c.name, err)
		}
	}
}

func TestLibrary_Upload_Refused(t *testing.T) {
	s := MustServe(t, settings{maxUpload: 1000, limits: tenant.Limits{Items: 1, FileBytes: 1500}})
	l := s.MustLibrary(t, "ada")
	small := func(n int) []byte { return []byte(strings.Repeat("word ", n/5)) }
	for _, c := range []struct {
		what, name string
		content    []byte
		announced  int64
		want       error
	}{
		{"picture", "a.pdf", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"), -1, extract.ErrUnsupported},
		{"program", "a.txt", []byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00"), -1, extract.ErrUnsupported},
		{"empty without a known name", "a.bin", nil, 0, extract.ErrEmpty},
		{"larger than one file may be", "a.txt", small(1005), -1, library.ErrFileTooLarge},
		{"announced as larger", "a.txt", small(10), 5000, library.ErrFileTooLarge},
	} {
		_, _, err := l.Upload(t.Context(), c.name, bytes.NewReader(c.content), c.announced)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
	if u, err := l.Usage(t.Context()); err != nil || u.Documents != 0 || u.FileBytes != 0 {
		t.Errorf("after refusals %+v, %v", u, err)
	}
	MustUpload(t, l, "a.txt", small(900))
	var over *tenant.OverQuota
	if _, _, err := l.Upload(t.Context(), "b.txt", bytes.NewReader(small(100)), -1); !errors.As(err, &over) || over.What != "items" {
		t.Errorf("second document: %v", err)
	}
	if err := l.CheckRoom(601); !errors.Is(err, tenant.ErrOverQuota) {
		t.Errorf("check room: %v", err)
	}
	if names := uploads(t, s.dir, "ada"); len(names) != 1 {
		t.Errorf("files: %v", names)
	}
}

func TestLibrary_Upload_OverQuotaWhileStreaming(t *testing.T) {
	s := MustServe(t, settings{limits: tenant.Limits{FileBytes: 100_000}})
	l := s.MustLibrary(t, "ada")
	var over *tenant.OverQuota
	_, _, err := l.Upload(t.Context(), "a.txt", strings.NewReader(strings.Repeat("a", 200_000)), -1)
	if !errors.As(err, &over) || over.What != "file_bytes" || over.Allowed != 100_000 {
		t.Fatalf("upload: %v", err)
	}
	if names := uploads(t, s.dir, "ada"); len(names) != 0 {
		t.Errorf("left behind: %v", names)
	}
	MustUpload(t, l, "b.txt", []byte(strings.Repeat("b", 99_000))) // all of the room is free again
}

func uploads(tb testing.TB, dir, user string) []string {
	tb.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "users", user, "uploads"))
	if err != nil {
		tb.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestLibrary_Upload_BrokenStream(t *testing.T) {
	s := MustServe(t, settings{})
	l := s.MustLibrary(t, "ada")
	cut := errors.New("the connection was cut")
	_, _, err := l.Upload(t.Context(), "a.txt", io.MultiReader(strings.NewReader("half"), failingReader{cut}), -1)
	if !errors.Is(err, cut) {
		t.Errorf("upload: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := l.Upload(ctx, "a.txt", strings.NewReader("text"), -1); !errors.Is(err, context.Canceled) {
		t.Errorf("upload with an ended context: %v", err)
	}
	if names := uploads(t, s.dir, "ada"); len(names) != 0 {
		t.Errorf("left behind: %v", names)
	}
	if u, _ := l.Usage(t.Context()); u.Documents != 0 || u.FileBytes != 0 {
		t.Errorf("booked: %+v", u)
	}
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

func TestLibrary_Upload_Duplicates(t *testing.T) {
	s := MustServe(t, settings{})
	l := s.MustLibrary(t, "ada")
	content := []byte("The same words in every copy of this file.")
	var mu sync.Mutex
	ids, fresh := map[string]bool{}, 0
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			doc, duplicate, err := l.Upload(t.Context(), fmt.Sprintf("copy %d.txt", i), bytes.NewReader(content), -1)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			ids[doc.ID] = true
			if !duplicate {
				fresh++
			}
		})
	}
	all.Wait()
	if len(ids) != 1 || fresh != 1 {
		t.Errorf("%d documents, %d of them new", len(ids), fresh)
	}
	if names := uploads(t, s.dir, "ada"); len(names) != 1 {
		t.Errorf("files: %v", names)
	}
	if u, _ := l.Usage(t.Context()); u.Documents != 1 || u.FileBytes != int64(len(content)) {
		t.Errorf("usage: %+v", u)
	}
}

// TestLibrary_Upload_DuplicateWhenFull sends a file that is there to a library
// that may have no further document.
func TestLibrary_Upload_DuplicateWhenFull(t *testing.T) {
	l := MustOpen(t, settings{limits: tenant.Limits{Items: 1}})
	content := []byte("The only document that there is room for.")
	doc := MustUpload(t, l, "a.txt", content)
	if err := l.CheckRoom(int64(len(content))); err != nil {
		t.Errorf("check room: %v", err)
	}
	again, duplicate, err := l.Upload(t.Context(), "b.txt", bytes.NewReader(content), int64(len(content)))
	if err != nil || !duplicate || again.ID != doc.ID {
		t.Errorf("the same file: %q, duplicate %v, %v; want %q", again.ID, duplicate, err, doc.ID)
	}
	if _, _, err := l.Upload(t.Context(), "c.txt", strings.NewReader("Another one."), -1); !errors.Is(err, tenant.ErrOverQuota) {
		t.Errorf("another file: %v", err)
	}
	if u, err := l.Usage(t.Context()); err != nil || u.Documents != 1 || u.FileBytes != int64(len(content)) {
		t.Errorf("usage %+v, %v", u, err)
	}
	if err := l.Delete(t.Context(), doc.ID); err != nil {
		t.Fatal(err)
	}
	MustUpload(t, l, "c.txt", []byte("Another one."))
}

func TestLibrary_Upload_FailedDocuments(t *testing.T) {
	l := MustOpen(t, settings{})
	truncated := PDF("The otter swims in the cold river all through the long night.")
	for _, c := range []struct {
		what, name string
		content    []byte
		reason     string
		password   bool
	}{
		{"empty", "a.pdf", nil, "empty", false},
		{"truncated PDF", "b.pdf", truncated[:40], "damaged", false},
		{"broken archive", "c.epub", []byte("PK\x03\x04 and then nothing that is a zip file"), "damaged", false},
		{"no text", "d.md", []byte("\n\n \n"), "no text", false},
		{"protected PDF", "e.pdf", MustRead(t, "testdata/locked.pdf"), "password", true},
	} {
		doc := MustSettle(t, l, MustUpload(t, l, c.name, c.content).ID)
		if doc.Progress.Status != library.Failed || !strings.Contains(doc.Progress.Error, c.reason) || doc.Progress.NeedsPassword != c.password {
			t.Errorf("%s: %+v", c.what, doc.Progress)
		}
		if _, err := l.Page(t.Context(), doc.ID, 1); !errors.Is(err, library.ErrNotReady) {
			t.Errorf("%s: page of a failed document: %v", c.what, err)
		}
		again, err := l.Reingest(t.Context(), doc.ID, "")
		if err != nil || again.Progress.Status != library.Queued {
			t.Errorf("%s: retry %+v, %v", c.what, again.Progress, err)
		}
		if doc = MustSettle(t, l, doc.ID); doc.Progress.Status != library.Failed {
			t.Errorf("%s: after the retry %+v", c.what, doc.Progress)
		}
	}
}

func MustRead(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func TestLibrary_Reingest_Password(t *testing.T) {
	s := MustServe(t, settings{})
	l := s.MustLibrary(t, "ada")
	doc := MustSettle(t, l, MustUpload(t, l, "locked.pdf", MustRead(t, "testdata/locked.pdf")).ID)
	for _, c := range []struct {
		password string
		status   library.Status
		reason   string
	}{
		{"", library.Failed, "enter its password"},
		{"stoat", library.Failed, "does not open"},
		{"otter-password", library.Ready, ""},
	} {
		if _, err := l.Reingest(t.Context(), doc.ID, c.password); err != nil {
			t.Fatal(err)
		}
		doc = MustSettle(t, l, doc.ID)
		if doc.Progress.Status != c.status || !strings.Contains(doc.Progress.Error, c.reason) {
			t.Errorf("password %q: %+v", c.password, doc.Progress)
		}
	}
	if !doc.Protected || len(MustSearch(t, l, library.Query{Text: "weasel"}).Hits) != 1 {
		t.Errorf("document %+v", doc)
	}
	if _, err := l.PageImage(t.Context(), doc.ID, 1, 360); !errors.Is(err, extract.ErrPassword) {
		t.Errorf("page image without the password: %v", err)
	}
	s.stop()
	for _, name := range []string{"pagepiper.db", "pagepiper.db-wal"} {
		data, err := os.ReadFile(filepath.Join(s.dir, "users", "ada", name))
		if err == nil && bytes.Contains(data, []byte("otter-password")) {
			t.Errorf("the password is in %s", name)
		}
	}
}

func TestLibrary_Open_SweepsUploads(t *testing.T) {
	s := MustServe(t, settings{})
	l := s.MustLibrary(t, "ada")
	MustAdd(t, l, "kept.txt", []byte("words to be kept"))
	kept := uploads(t, s.dir, "ada")
	s.stop()
	dir := filepath.Join(s.dir, "users", "ada", "uploads")
	old := time.Now().Add(-2 * time.Hour)
	for name, age := range map[string]time.Time{".part-old": old, "0123abcd": old, ".part-new": time.Now()} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, []byte("x"), 0o600), os.Chtimes(path, age, age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(filepath.Join(dir, kept[0]), old, old); err != nil {
		t.Fatal(err)
	}
	MustServe(t, settings{dir: s.dir}).MustLibrary(t, "ada")
	got := strings.Join(uploads(t, s.dir, "ada"), " ")
	if want := ".part-new " + kept[0]; got != want {
		t.Errorf("files %q, want %q", got, want)
	}
}

func TestLibrary_ReadOnly(t *testing.T) {
	s := MustServe(t, settings{})
	l := s.MustLibrary(t, "ada")
	doc := MustAdd(t, l, "a.txt", []byte("The text of a document to be read."))
	id, _ := tenant.ParseID("ada")
	if err := s.registry.SetState(t.Context(), id, tenant.State{Status: tenant.ReadOnly, Reason: "unpaid"}); err != nil {
		t.Fatal(err)
	}
	title := "x"
	_, _, uploadErr := l.Upload(t.Context(), "b.txt", strings.NewReader("text"), -1)
	_, changeErr := l.Change(t.Context(), doc.ID, library.Changes{Title: &title})
	_, reingestErr := l.Reingest(t.Context(), doc.ID, "")
	_, scanErr := l.ScanBooks(t.Context())
	_, _, claimErr := l.Claim(t.Context())
	for what, err := range map[string]error{
		"room": l.CheckRoom(-1), "upload": uploadErr, "change": changeErr, "delete": l.Delete(t.Context(), doc.ID),
		"reingest": reingestErr, "scan": scanErr, "claim": claimErr,
	} {
		if !errors.Is(err, tenant.ErrReadOnly) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if len(MustSearch(t, l, library.Query{Text: "document"}).Hits) != 1 {
		t.Error("a read-only library cannot be searched")
	}
}
