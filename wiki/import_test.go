package wiki_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
	"github.com/holtdb/holt/wiki/transport"
)

// otterTables are the tables that An Otter Wiki makes.
const otterTables = `
CREATE TABLE preferences (name VARCHAR(256) NOT NULL, value TEXT, PRIMARY KEY (name));
CREATE TABLE drafts (id INTEGER NOT NULL, pagepath VARCHAR(2048), revision VARCHAR(64), author_email VARCHAR(256), content TEXT,
	cursor_line INTEGER, cursor_ch INTEGER, datetime DATETIME, PRIMARY KEY (id));
CREATE TABLE user (id INTEGER NOT NULL, name VARCHAR(128), email VARCHAR(128), password_hash VARCHAR(512), first_seen DATETIME,
	last_seen DATETIME, is_approved BOOLEAN, is_admin BOOLEAN, email_confirmed BOOLEAN, allow_read BOOLEAN, allow_write BOOLEAN,
	allow_upload BOOLEAN, PRIMARY KEY (id));
CREATE TABLE cache ("key" VARCHAR(64) NOT NULL, value TEXT, datetime DATETIME, PRIMARY KEY ("key"));`

const otterRows = `
INSERT INTO preferences VALUES ('SITE_NAME', 'The Old Garden'), ('READ_ACCESS', 'REGISTERED'), ('COMMIT_MESSAGE', 'OPTIONAL'), ('X_UNKNOWN', 'kept');
INSERT INTO user VALUES (1, 'Olga', 'olga', 'scrypt:x', '2023-01-02 03:04:05.000006', '2024-01-02 03:04:05.000006', 1, 1, 1, 1, 1, 1),
	(2, 'Ann', 'ann@example.org', 'scrypt:y', '2023-05-06 07:08:09.000000', NULL, 1, 0, 1, 1, 1, NULL);
INSERT INTO drafts VALUES (1, 'Home', '', 'olga', 'draft of olga', 3, 4, '2024-02-03 04:05:06.000000'),
	(2, 'Home', '', 'ann@example.org', 'draft of ann', 0, 0, '2024-02-03 04:05:06.000000');`

// MustOtter makes a repository with a work tree, and a database of the tables.
func MustOtter(tb testing.TB, f *farm, statements ...string) wiki.Source {
	tb.Helper()
	top := tb.TempDir()
	from := wiki.Source{Repository: filepath.Join(top, "repository"), Database: filepath.Join(top, "db.sqlite")}
	g := &git{tb: tb, work: from.Repository, dir: filepath.Join(from.Repository, ".git"), index: filepath.Join(from.Repository, ".git", "index")}
	if err := os.Mkdir(g.work, 0o777); err != nil {
		tb.Fatal(err)
	}
	g.run("init", "--quiet", "--initial-branch=master")
	g.commit0("first", map[string]string{"Home.md": "# Old\n", "Home/a.txt": "file"})
	g.commit("second", map[string]string{"Home.md": "# Old\n\n[[Guide]]\n", "guide.md": "words of old\n"})
	db, err := sqlite.Open(tb.Context(), from.Database, sqlite.Options{Create: true, Check: func(context.Context, *sqlite.DB) error { return nil }})
	if err != nil {
		tb.Fatal(err)
	}
	for _, statement := range statements {
		err = errors.Join(err, db.Write(tb.Context(), func(tx *sql.Tx) error {
			_, err := tx.Exec(statement)
			return err
		}))
	}
	if err = errors.Join(err, db.Close()); err != nil {
		tb.Fatal(err)
	}
	return from
}

func (f *farm) take(tb testing.TB, slug string, from wiki.Source) error {
	tb.Helper()
	program, err := transport.Find()
	if err != nil {
		tb.Skip(err)
	}
	id, err := tenant.ParseID(slug)
	if err != nil {
		tb.Fatal(err)
	}
	return wiki.Import(tb.Context(), f.fleet, program, id, wiki.Founding{Owner: owner, Name: "New", Visibility: preferences.Private}, from)
}

func TestImport(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	from := MustOtter(t, f, otterTables, otterRows)
	before, err := os.ReadFile(from.Database)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.take(t, "old", from); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(from.Database); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the source was changed: %v", err)
	}
	w := f.MustOpen(t, "old")
	s := MustOwn(t, w)
	p := s.Preferences()
	if p.Application.SiteName != "The Old Garden" || p.Content.CommitMessage != preferences.MessageOptional ||
		p.Permissions.Levels != (access.Levels{Read: access.Registered, Write: access.Approved, Attachment: access.Approved}) {
		t.Errorf("preferences %+v", p)
	}
	history, err := s.History(t.Context(), MustName(t, "Home"), wiki.Newest, 10)
	if err != nil || len(history) != 2 || history[0].Name != "Gil" || textOf(t, s, "guide") != "words of old\n" {
		t.Errorf("history %+v, %v", history, err)
	}
	file, err := s.OpenAttachment(t.Context(), MustName(t, "Home"), "a.txt", nil)
	if content(t, file, err) != "file" {
		t.Error("the attachment is another")
	}
	if found, err := s.Search(t.Context(), "old", 10); err != nil || len(found.Hits) != 2 {
		t.Errorf("found %+v, %v", found, err)
	}
	members, err := s.Members(t.Context())
	if err != nil || len(members) != 2 {
		t.Fatalf("members %+v, %v", members, err)
	}
	ann, olga := members[0], members[1]
	if olga.Account != owner.Account || !olga.Admin || olga.FirstSeen.Year() != 2023 || ann.Account != "" || !ann.Approved || ann.Upload {
		t.Errorf("members %+v", members)
	}
	if d, err := s.Draft(t.Context(), MustName(t, "Home")); err != nil || d.Text != "draft of olga" || d.Line != 3 {
		t.Errorf("draft %+v, %v", d, err)
	}
	// A row becomes somebody's when an admin links it, and its drafts with it.
	visitor := wiki.Visitor{Account: "acct-ann", Draft: "acct-ann", Name: "Ann", Email: "ann@example.org"}
	if MustVisit(t, w, visitor).View().Caller().Member != nil {
		t.Error("an address makes a member")
	}
	ann.Account = visitor.Account
	if _, err := s.SaveMember(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	if d, err := MustVisit(t, w, visitor).Draft(t.Context(), MustName(t, "Home")); err != nil || d.Text != "draft of ann" {
		t.Errorf("draft %+v, %v", d, err)
	}
	MustSave(t, s, "guide", "words of new\n")
}

func TestImport_Others(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	old := MustOtter(t, f, `CREATE TABLE user (id INTEGER PRIMARY KEY, name VARCHAR(128), email VARCHAR(128), is_admin BOOLEAN);
		CREATE TABLE preferences (name VARCHAR(256) PRIMARY KEY, value TEXT); INSERT INTO user VALUES (1, 'Old', 'old', 1);`)
	if err := f.take(t, "older", old); err != nil {
		t.Errorf("an older version's: %v", err)
	}
	bare := old
	bare.Database = ""
	if err := f.take(t, "pages", bare); err != nil {
		t.Errorf("without a database: %v", err)
	}
	if textOf(t, MustOwn(t, f.MustOpen(t, "pages")), "Home") == "" {
		t.Error("no pages came along")
	}
	damaged := old
	damaged.Database = filepath.Join(t.TempDir(), "db.sqlite")
	if err := os.WriteFile(damaged.Database, []byte(noise(9000)), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, from := range map[string]wiki.Source{"damaged": damaged, "nothing": {Repository: t.TempDir()}} {
		if err := f.take(t, name, from); err == nil {
			t.Errorf("%s was taken", name)
		}
		if _, err := os.Stat(f.path(name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s left something behind: %v", name, err)
		}
	}
}
