package library_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/tenant"
)

// shelf is the watched folder of a user.
type shelf struct {
	testing.TB
	dir string
}

func (s shelf) put(name, content string) {
	s.Helper()
	path := filepath.Join(s.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
		s.Fatal(err)
	}
}

func (s shelf) remove(name string) {
	s.Helper()
	if err := os.Remove(filepath.Join(s.dir, name)); err != nil {
		s.Fatal(err)
	}
}

func mustScan(tb testing.TB, l *library.Library, want library.ScanResult) {
	tb.Helper()
	got, err := l.ScanBooks(tb.Context())
	if err != nil || got != want {
		tb.Errorf("scan %+v, %v; want %+v", got, err, want)
	}
}

// onlyDocument returns the one document of a library, settled.
func onlyDocument(tb testing.TB, l *library.Library) library.Document {
	tb.Helper()
	list, err := l.Documents(tb.Context(), library.Filter{})
	if err != nil || len(list.Documents) != 1 {
		tb.Fatalf("%d documents, %v", len(list.Documents), err)
	}
	return MustSettle(tb, l, list.Documents[0].ID)
}

func TestLibrary_ScanBooks(t *testing.T) {
	s := MustServe(t, settings{})
	l := s.MustLibrary(t, "ada")
	books := shelf{t, filepath.Join(s.dir, "users", "ada", "books")}

	mustScan(t, l, library.ScanResult{})
	books.put("nature/moles.txt", "The mole digs tunnels under the lawn.")
	books.put(".hidden.txt", "not to be found")
	books.put(".git/config.txt", "not to be found")
	books.put("picture.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR")
	mustScan(t, l, library.ScanResult{Added: 1, Skipped: 1})
	mustScan(t, l, library.ScanResult{Unchanged: 1, Skipped: 1})
	doc := onlyDocument(t, l)
	if doc.Progress.Status != library.Ready || doc.Origin != library.Watched || doc.FileName != "nature/moles.txt" {
		t.Fatalf("document %+v", doc)
	}

	books.put("nature/moles.txt", "The mole eats earthworms and digs more tunnels under the meadow.")
	mustScan(t, l, library.ScanResult{Changed: 1, Skipped: 1})
	if again := onlyDocument(t, l); again.ID != doc.ID || again.Progress.Status != library.Ready {
		t.Errorf("changed document %+v", again)
	}
	if len(MustSearch(t, l, library.Query{Text: "lawn"}).Hits) != 0 || len(MustSearch(t, l, library.Query{Text: "meadow"}).Hits) != 1 {
		t.Error("the index has the old text")
	}

	// Moved, it is the same document.
	if err := os.Rename(filepath.Join(books.dir, "nature/moles.txt"), filepath.Join(books.dir, "moles.txt")); err != nil {
		t.Fatal(err)
	}
	mustScan(t, l, library.ScanResult{Unchanged: 1, Skipped: 1})
	if moved := onlyDocument(t, l); moved.ID != doc.ID || moved.FileName != "moles.txt" || moved.Missing {
		t.Errorf("moved document %+v", moved)
	}

	books.remove("moles.txt")
	mustScan(t, l, library.ScanResult{Missing: 1, Skipped: 1})
	mustScan(t, l, library.ScanResult{Skipped: 1})
	if gone := onlyDocument(t, l); !gone.Missing {
		t.Errorf("vanished document %+v", gone)
	}
	if _, _, err := l.File(t.Context(), doc.ID); !errors.Is(err, library.ErrNotFound) {
		t.Errorf("file: %v", err)
	}
	if _, err := l.Reingest(t.Context(), doc.ID, ""); err != nil {
		t.Fatal(err)
	}
	if failed := MustSettle(t, l, doc.ID); failed.Progress.Status != library.Failed || !strings.Contains(failed.Progress.Error, "not there any more") {
		t.Errorf("reading a file that is gone: %+v", failed.Progress)
	}

	// Uploaded, it has its file again.
	text := "The mole eats earthworms and digs more tunnels under the meadow."
	back, duplicate, err := l.Upload(t.Context(), "moles.txt", strings.NewReader(text), -1)
	if err != nil || !duplicate || back.ID != doc.ID || back.Missing || back.Origin != library.Uploaded {
		t.Errorf("uploaded: %+v, %v, %v", back, duplicate, err)
	}
	if u, _ := l.Usage(t.Context()); u.Documents != 1 || u.FileBytes != int64(len(text)) {
		t.Errorf("usage %+v", u)
	}
}

func TestLibrary_ScanBooks_DeleteTakesFile(t *testing.T) {
	s := MustServe(t, settings{})
	l := s.MustLibrary(t, "ada")
	books := shelf{t, filepath.Join(s.dir, "users", "ada", "books")}
	books.put("a.txt", "The same text in two places.")
	books.put("b/c.txt", "The same text in two places.")
	mustScan(t, l, library.ScanResult{Added: 1, Unchanged: 1})
	if err := l.Delete(t.Context(), onlyDocument(t, l).ID); err != nil {
		t.Fatal(err)
	}
	mustScan(t, l, library.ScanResult{})
}

func TestLibrary_ScanBooks_Quota(t *testing.T) {
	s := MustServe(t, settings{limits: tenant.Limits{FileBytes: 1000}})
	l := s.MustLibrary(t, "ada")
	books := shelf{t, filepath.Join(s.dir, "users", "ada", "books")}
	books.put("a.txt", strings.Repeat("fits ", 100))
	books.put("b.txt", strings.Repeat("does not fit ", 100))
	mustScan(t, l, library.ScanResult{Added: 1, Skipped: 1})
	books.put("a.txt", strings.Repeat("grows beyond ", 100))
	mustScan(t, l, library.ScanResult{Skipped: 2})
	books.put("a.txt", "shrinks")
	mustScan(t, l, library.ScanResult{Changed: 1, Skipped: 1})
	if u, _ := l.Usage(t.Context()); u.FileBytes != 7 {
		t.Errorf("usage %+v", u)
	}
}

func TestLibrary_ScanBooks_NoLinks(t *testing.T) {
	s := MustServe(t, settings{})
	l := s.MustLibrary(t, "ada")
	other := filepath.Join(t.TempDir(), "secret.txt")
	if err := os.WriteFile(other, []byte("a secret of somebody else"), 0o600); err != nil {
		t.Fatal(err)
	}
	books := filepath.Join(s.dir, "users", "ada", "books")
	for name, target := range map[string]string{
		"file.txt": other, "folder": filepath.Dir(other), "base.txt": "../pagepiper.db", "up": "..",
	} {
		if err := os.Symlink(target, filepath.Join(books, name)); err != nil {
			t.Fatal(err)
		}
	}
	mustScan(t, l, library.ScanResult{})

	// A file that becomes a link after the scan is not followed either.
	shelf{t, books}.put("real.txt", "A real text at first.")
	mustScan(t, l, library.ScanResult{Added: 1})
	doc := onlyDocument(t, l)
	real := filepath.Join(books, "real.txt")
	if err := errors.Join(os.Remove(real), os.Symlink(other, real)); err != nil {
		t.Fatal(err)
	}
	if f, _, err := l.File(t.Context(), doc.ID); !errors.Is(err, library.ErrNotFound) {
		t.Errorf("a link was followed: %v, %v", f, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.ScanBooks(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("scan with an ended context: %v", err)
	}
}

// Two users with a secret each: whatever one asks, the other's never shows.
func TestLibrary_Isolation(t *testing.T) {
	s := MustServe(t, settings{})
	users := map[string]*library.Library{"ada": s.MustLibrary(t, "ada"), "bob": s.MustLibrary(t, "bob")}
	docs := map[string]library.Document{}
	for name, l := range users {
		secret := name + "ssecret"
		docs[name] = MustAdd(t, l, secret+".pdf", PDF("This page has the "+secret+" of one user only, as it should be."))
		title, tags := secret, []string{secret}
		if _, err := l.Change(t.Context(), docs[name].ID, library.Changes{Title: &title, Tags: &tags}); err != nil {
			t.Fatal(err)
		}
	}
	for name, other := range map[string]string{"ada": "bob", "bob": "ada"} {
		l, id, secret := users[name], docs[other].ID, other+"ssecret"
		for _, q := range []library.Query{{Text: secret}, {Text: "title:" + secret}, {Text: "page", Tag: secret}, {Text: "page", Documents: []string{id}}} {
			if r := MustSearch(t, l, q); len(r.Hits) != 0 {
				t.Errorf("%s finds %+v", name, r.Hits)
			}
		}
		_, docErr := l.Document(t.Context(), id)
		_, pageErr := l.Page(t.Context(), id, 1)
		_, imageErr := l.PageImage(t.Context(), id, 1, 360)
		_, layoutErr := l.Layout(t.Context(), id, 1, library.Marks{Query: "page"})
		_, coverErr := l.Cover(t.Context(), id)
		_, _, fileErr := l.File(t.Context(), id)
		_, watchErr := l.Watch(t.Context(), id)
		_, findErr := l.FindPages(t.Context(), id, "page")
		_, reingestErr := l.Reingest(t.Context(), id, "")
		_, outlineErr := l.Outline(t.Context(), id)
		for what, err := range map[string]error{
			"document": docErr, "page": pageErr, "image": imageErr, "layout": layoutErr, "cover": coverErr, "file": fileErr,
			"watch": watchErr, "find": findErr, "reingest": reingestErr, "outline": outlineErr, "delete": l.Delete(t.Context(), id),
		} {
			if !errors.Is(err, library.ErrNotFound) {
				t.Errorf("%s asks for the %s of %s: %v", name, what, other, err)
			}
		}
		// The same bytes in both libraries are a document of their own in each.
		content := PDF("This page has the " + secret + " of one user only, as it should be.")
		if doc, duplicate, err := l.Upload(t.Context(), "x.pdf", bytes.NewReader(content), -1); err != nil || duplicate || doc.ID == id {
			t.Errorf("%s uploads what %s has: %v, %v", name, other, duplicate, err)
		}
	}
}
