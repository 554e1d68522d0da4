package library_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/holtdb/holt/library"
)

// Whatever page of the derived database is damaged, documents are found and
// deleted, and all is embedded again.
func TestLibrary_EmbeddingsDamaged(t *testing.T) {
	o := newOffers()
	o.embed.Local = newHashed(64, "hash-64")
	made := MustServe(t, settings{idle: true, change: o.config()})
	doc := MustAddText(t, made.MustLibrary(t, "ada"), "otters.txt", otters)
	made.stop()
	path := filepath.Join("users", "ada", "pagepiper_vecs.db")
	whole, err := os.ReadFile(filepath.Join(made.dir, path))
	if err != nil {
		t.Fatal(err)
	}
	const size = 4096 // of a page
	for at := 0; at < len(whole); at += size {
		t.Run(fmt.Sprintf("page %d", at/size+1), func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(made.dir)); err != nil {
				t.Fatal(err)
			}
			damaged := append([]byte(nil), whole...)
			for i := at; i < at+size; i++ {
				damaged[i] = 'x'
			}
			if err := os.WriteFile(filepath.Join(dir, path), damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			l := MustServe(t, settings{idle: true, dir: dir, change: o.config(matrices()["in memory"])}).MustLibrary(t, "ada")
			query := library.Query{Text: "otters", Mode: library.ModeHybrid}
			if r := MustSearch(t, l, query); len(r.Hits) != 1 {
				t.Errorf("found %+v", r)
			}
			MustMeaning(t, l)
			MustWork(t, l)
			if state := MustMeaning(t, l); !state.Ready() {
				t.Errorf("state %+v", state)
			}
			if r := MustSearch(t, l, query); r.Mode != library.ModeHybrid || len(r.Hits) != 1 {
				t.Errorf("found %+v", r)
			}
			if err := l.Delete(t.Context(), doc.ID); err != nil {
				t.Error(err)
			}
			if n := l.CountVectors(t.Context()); n != 0 {
				t.Errorf("%d embeddings are left", n)
			}
		})
	}
}
