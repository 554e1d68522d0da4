package library_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/sqlite"
)

const (
	otterEnglish = "The otter is a mammal that lives in the rivers of Europe, and it is known for its play. It swims, and Docker is not its home. "
	otterGerman  = "Der Otter ist ein Säugetier, das in den Flüssen lebt und für sein Spiel bekannt ist. Er schwimmt, und in Docker ist er nicht zu Hause. "
	library1     = "北京大学的图书馆在哪里？图书馆里有一百万册书。读者用 Docker 看书。"
	library2     = "東京大学は日本の大学です。図書館で本を読みます。カフェもあります。"
)

// mixed is a library of several languages.
func mixed(t *testing.T) (*library.Library, map[string]string) {
	t.Helper()
	l := MustOpen(t, settings{})
	name := map[string]string{}
	for file, text := range map[string]string{
		"english.txt": strings.Repeat(otterEnglish, 3), "german.txt": strings.Repeat(otterGerman, 3),
		"chinese.txt": library1 + "上海", "japanese.txt": library2, "北京指南.txt": "A guide to nothing in particular.",
	} {
		name[MustAdd(t, l, file, []byte(text)).ID] = strings.TrimSuffix(file, ".txt")
	}
	return l, name
}

func TestLibrary_Search_Languages(t *testing.T) {
	l, name := mixed(t)
	for _, c := range []struct {
		query, want string
		loose       bool
	}{
		{"docker", "chinese english german", false},
		{"otters", "english", false}, // English word forms in English texts only
		{"otter", "english german", false},
		{"säugetier", "german", false},
		{"saugetier", "german", false},
		{"der otter", "german", false}, // in English texts "der" is no stop word
		{"the otter", "english german", false},
		{"the mammal", "english", false},
		{"flüssen", "german", false},
		{"图书馆", "chinese", false},
		{"图书", "chinese", false}, // two characters
		{"書", "japanese", false},
		{"书", "chinese", false}, // one
		{"大学", "chinese japanese", false},
		{"大学 图书", "chinese", false},
		{"大学 図書", "japanese", false},
		{"大学 -图书", "japanese", false},
		{"大学 -東京大", "chinese", false},
		{"北京大学", "chinese", false},
		{"上海", "chinese", false}, // how the text ends
		{"北京 otter", "chinese english german", true},
		{"图书馆在什么地方", "chinese", true}, // a sentence that is nowhere as a whole
		{`"图书馆在什么地方"`, "", false},
		{"カフェ", "japanese", false},
		{"DOCKER 看书", "chinese", false},
		{"title:北京", "北京指南", false},
		{"title:指南 guide", "北京指南", false},
		{"title:上海", "", false},
		{"title:北京 otter", "", false},
	} {
		r := MustSearch(t, l, library.Query{Text: c.query})
		found := map[string]bool{}
		for _, h := range r.Hits {
			found[name[h.DocumentID]] = true
			if !strings.Contains(h.Snippet, "<mark>") && !strings.HasPrefix(c.query, "title:") {
				t.Errorf("%s: snippet %q", c.query, h.Snippet)
			}
			pages, err := l.FindPages(t.Context(), h.DocumentID, c.query)
			if err != nil || !strings.HasPrefix(c.query, "title:") && !slices.Contains(pages, h.Page) {
				t.Errorf("%s: pages %v, %v", c.query, pages, err)
			}
			text, err := l.MarkedText(t.Context(), h.DocumentID, h.Page, library.Marks{Query: c.query})
			if err != nil || !strings.Contains(text, "<mark>") && !strings.HasPrefix(c.query, "title:") {
				t.Errorf("%s: marked %q, %v", c.query, text, err)
			}
		}
		var got []string
		for n := range found {
			got = append(got, n)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want || r.Loose != c.loose || r.Mode != library.ModeWords {
			t.Errorf("%s: %q, loose %v, mode %s; want %q, %v", c.query, got, r.Loose, r.Mode, c.want, c.loose)
		}
	}
	for id, n := range name {
		want := map[string]string{"english": "en", "german": "de", "chinese": "zh", "japanese": "ja"}[n]
		if d, err := l.Document(t.Context(), id); err != nil || d.Language != want {
			t.Errorf("%s is in %q, %v", n, d.Language, err)
		}
	}
}

// TestLibrary_Search_SaidLanguage shows that what a document says of itself
// stays, and which index it goes into all the same.
func TestLibrary_Search_SaidLanguage(t *testing.T) {
	l := MustOpen(t, settings{})
	html := func(lang, text string) []byte {
		return []byte(`<html lang="` + lang + `"><body><h1>` + text + "</h1><p>" + text + "</p></body></html>")
	}
	for _, c := range []struct{ lang, text, query string }{
		{"en", library1, "图书"},
		{"zh", otterEnglish, "otters swim"},
		{"de", "Zwei Flüsse", "flusse"},
	} {
		doc := MustAdd(t, l, c.lang+".html", html(c.lang, c.text))
		if doc.Language != c.lang {
			t.Errorf("%s became %q", c.lang, doc.Language)
		}
		if r := MustSearch(t, l, library.Query{Text: c.query, Documents: []string{doc.ID}}); len(r.Hits) == 0 || r.Loose {
			t.Errorf("%s in %s: %+v", c.query, c.lang, r)
		}
		marked, err := l.MarkedHTML(t.Context(), doc.ID, 1, library.Marks{Query: c.query})
		if err != nil || strings.Count(marked, "<mark>") < 2 {
			t.Errorf("%s: %q, %v", c.query, marked, err)
		}
	}
}

// TestLibrary_Indices_Follow checks every index after documents came, were read
// anew in another language and went.
func TestLibrary_Indices_Follow(t *testing.T) {
	s := MustServe(t, settings{})
	l := s.MustLibrary(t, "ada")
	in := func(query string) bool { return len(MustSearch(t, l, library.Query{Text: query}).Hits) > 0 }
	check := func(when string) {
		t.Helper()
		if err := l.CheckIndices(t.Context()); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	var ids []string
	for file, text := range map[string]string{
		"english.txt": strings.Repeat(otterEnglish, 3), "german.txt": strings.Repeat(otterGerman, 3), "chinese.txt": library1,
	} {
		ids = append(ids, MustAdd(t, l, file, []byte(text)).ID)
	}
	check("added")
	if !in("图书") || !in("säugetier") || !in("mammals") {
		t.Error("not all are found")
	}
	for _, id := range ids {
		if err := l.Retokenize(t.Context(), id, "unicode61"); err != nil {
			t.Fatal(err)
		}
	}
	check("all of one tokenizer")
	if in("mammals") || in("图书") || !in("mammal") {
		t.Error("the pages did not change their index")
	}
	for _, id := range ids {
		if _, err := l.Reingest(t.Context(), id, ""); err != nil {
			t.Fatal(err)
		}
		MustSettle(t, l, id)
	}
	check("read anew")
	if !in("图书") || !in("säugetier") || !in("mammals") {
		t.Error("not all are found after they were read anew")
	}
	for _, id := range ids {
		if err := l.Delete(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	check("deleted")
	if in("图书") || in("säugetier") || in("mammals") {
		t.Error("what was deleted is found")
	}
}

// TestLibrary_Migration opens a library of the first version.
func TestLibrary_Migration(t *testing.T) {
	dir := t.TempDir()
	s := MustServe(t, settings{dir: dir})
	doc := MustAdd(t, s.MustLibrary(t, "ada"), "water.txt", []byte("The otters swim in the river. 東京大学"))
	s.stop()
	file := filepath.Join(dir, "users", "ada", "pagepiper.db")
	makeFirstVersion(t, file)
	l := MustServe(t, settings{dir: dir}).MustLibrary(t, "ada")
	if err := l.CheckIndices(t.Context()); err != nil {
		t.Error(err)
	}
	r := MustSearch(t, l, library.Query{Text: "otter rivers"})
	if len(r.Hits) != 1 || r.Hits[0].DocumentID != doc.ID || !strings.Contains(r.Hits[0].Snippet, "<mark>otters</mark>") {
		t.Errorf("%+v", r)
	}
	if _, err := l.Reingest(t.Context(), doc.ID, ""); err != nil {
		t.Fatal(err)
	}
	MustSettle(t, l, doc.ID)
	if err := l.CheckIndices(t.Context()); err != nil {
		t.Error(err)
	}
	if r := MustSearch(t, l, library.Query{Text: "otter rivers"}); len(r.Hits) != 1 {
		t.Errorf("read anew: %+v", r)
	}
}

// makeFirstVersion replaces a library's database by one of the first version
// with the same documents and pages.
func makeFirstVersion(t *testing.T, file string) {
	t.Helper()
	kind, err := library.Kind()
	if err != nil {
		t.Fatal(err)
	}
	schema := kind.Databases[0].Schema
	old := filepath.Join(t.TempDir(), "old.db")
	before, err := sqlite.Open(t.Context(), old, sqlite.Options{
		Schema: sqlite.Schema{ApplicationID: schema.ApplicationID, Steps: schema.Steps[:2]}, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", old)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	copied := func(table string) string {
		rows, err := db.Query("SELECT group_concat(name) FROM pragma_table_info(?)", table)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var columns string
		for rows.Next() {
			if err := rows.Scan(&columns); err != nil {
				t.Fatal(err)
			}
		}
		columns = strings.ReplaceAll(columns, ",end", `,"end"`)
		return fmt.Sprintf("INSERT INTO main.%s (%s) SELECT %s FROM new.%s", table, columns, columns, table)
	}
	for _, statement := range []string{
		"ATTACH '" + file + "' AS new", copied("documents"), copied("page_chunks"), copied("passages"),
		"INSERT INTO document_names (rowid, title, file_name) SELECT seq, title, file_name FROM documents",
		"CREATE TABLE holt_stamp AS SELECT * FROM new.holt_stamp", "DETACH new", "PRAGMA wal_checkpoint(TRUNCATE)",
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file + "-wal", file + "-shm"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if err := os.Rename(old, file); err != nil {
		t.Fatal(err)
	}
}
