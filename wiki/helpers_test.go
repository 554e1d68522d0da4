package wiki_test

import (
	"context"
	"database/sql"
	"errors"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/markdown"
	"github.com/holtdb/holt/wiki/preferences"
	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/transport"
)

// farm is a data directory with wikis.
type farm struct {
	data  string
	fleet *tenant.Fleet
	wikis *tenant.Registry[*wiki.Wiki]
}

// limited is a farm's configuration with limits.
func limited(l wiki.Limits) wiki.Config {
	return wiki.Config{Limits: func(context.Context, tenant.ID) (wiki.Limits, error) { return l, nil }}
}

func MustFarm(tb testing.TB, cfg wiki.Config) *farm {
	tb.Helper()
	return MustFarmOf(tb, cfg, 8)
}

// MustFarmOf makes a farm of which so many wikis may be open.
func MustFarmOf(tb testing.TB, cfg wiki.Config, places int) *farm {
	tb.Helper()
	kind, err := wiki.Kind()
	if err != nil {
		tb.Fatal(err)
	}
	data := tb.TempDir()
	fleet, err := tenant.OpenFleet(data, kind)
	if err != nil {
		tb.Fatal(err)
	}
	if cfg.Markdown, err = markdown.New(); err != nil {
		tb.Fatal(err)
	}
	cfg.Git, _ = transport.Find() // tests that need it skip without
	registry := tenant.NewRegistry(fleet, func(ctx context.Context, home *tenant.Home) (*wiki.Wiki, error) {
		return wiki.Open(ctx, home, cfg)
	}, tenant.Options{MaxOpen: places})
	tb.Cleanup(func() {
		if err := registry.Close(context.Background()); err != nil {
			tb.Error(err)
		}
		if err := fleet.Close(); err != nil {
			tb.Error(err)
		}
	})
	return &farm{data: data, fleet: fleet, wikis: registry}
}

// owner owns every wiki of the tests.
var owner = wiki.Owner{Account: "acct-olga", Name: "Olga", Email: "olga"}

// MustWiki makes a wiki and returns it open.
func (f *farm) MustWiki(tb testing.TB, slug string, v preferences.Visibility) *wiki.Wiki {
	tb.Helper()
	id, err := tenant.ParseID(slug)
	if err != nil {
		tb.Fatal(err)
	}
	err = wiki.Create(tb.Context(), f.fleet, id, wiki.Founding{Owner: owner, Name: "The " + slug, Visibility: v})
	if err != nil {
		tb.Fatal(err)
	}
	return f.MustOpen(tb, slug)
}

// MustOpen returns a wiki of the farm, held until the test ends.
func (f *farm) MustOpen(tb testing.TB, slug string) *wiki.Wiki {
	tb.Helper()
	id, err := tenant.ParseID(slug)
	if err != nil {
		tb.Fatal(err)
	}
	h, err := f.wikis.Acquire(tb.Context(), id)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(h.Release)
	return h.Value()
}

// path returns the path of something in a wiki's home.
func (f *farm) path(slug string, names ...string) string {
	return filepath.Join(append([]string{f.data, "wikis", slug}, names...)...)
}

// MustVisit begins a session.
func MustVisit(tb testing.TB, w *wiki.Wiki, v wiki.Visitor) *wiki.Session {
	tb.Helper()
	s, err := w.Visit(tb.Context(), v)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// MustOwn begins a session of the owner.
func MustOwn(tb testing.TB, w *wiki.Wiki) *wiki.Session {
	tb.Helper()
	return MustVisit(tb, w, wiki.Visitor{Account: owner.Account, Draft: owner.Account, Name: owner.Name, Owner: true})
}

func MustName(tb testing.TB, name string) wiki.Name {
	tb.Helper()
	n, err := wiki.ParseName(name)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// MustSave writes a page, whatever it was before.
func MustSave(tb testing.TB, s *wiki.Session, name, text string) wiki.Saved {
	tb.Helper()
	e := wiki.Edit{Name: MustName(tb, name), Text: text, Message: "save " + name}
	if p, err := s.Page(tb.Context(), e.Name); err == nil {
		base := MustRevision(tb, p.Revision.Hash.String())
		e.Base = &base
	}
	saved, err := s.Save(tb.Context(), e)
	if err != nil {
		tb.Fatalf("save %s: %v", name, err)
	}
	return saved
}

func MustRevision(tb testing.TB, text string) repo.Revision {
	tb.Helper()
	r, err := repo.ParseRevision(text)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// textOf returns the text of a page as it is now, "" when there is none.
func textOf(tb testing.TB, s *wiki.Session, name string) string {
	tb.Helper()
	p, err := s.Page(tb.Context(), MustName(tb, name))
	if errors.Is(err, wiki.ErrNotFound) {
		return ""
	}
	if err != nil {
		tb.Fatal(err)
	}
	return p.Text
}

// prefer writes preferences as another process would.
func (f *farm) prefer(tb testing.TB, slug string, rows map[string]string) {
	tb.Helper()
	for name, value := range rows {
		f.exec(tb, slug, "INSERT INTO preferences (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	}
}

// exec changes a wiki's database as another process would.
func (f *farm) exec(tb testing.TB, slug, query string, args ...any) {
	tb.Helper()
	db, err := sqlite.Open(tb.Context(), f.path(slug, "wiki.db"), sqlite.Options{Check: func(context.Context, *sqlite.DB) error { return nil }})
	if err != nil {
		tb.Fatal(err)
	}
	err = db.Write(tb.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	})
	if err = errors.Join(err, db.Close()); err != nil {
		tb.Fatal(err)
	}
}

// git is a wiki's repository as the git program sees it.
type git struct {
	tb               testing.TB
	dir, work, index string
}

// MustGit prepares the git program for a wiki's repository. Without one the
// test is skipped.
func (f *farm) MustGit(tb testing.TB, slug string) *git {
	tb.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		tb.Skip("there is no git program")
	}
	g := &git{tb: tb, dir: f.path(slug, "repo"), work: tb.TempDir(), index: filepath.Join(tb.TempDir(), "index")}
	g.run("checkout", "--quiet", "--force", "main")
	return g
}

func (g *git) run(args ...string) string {
	g.tb.Helper()
	c := exec.Command("git", args...)
	c.Dir = g.work
	c.Env = append(os.Environ(), "GIT_DIR="+g.dir, "GIT_WORK_TREE="+g.work, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_INDEX_FILE="+g.index, "GIT_AUTHOR_NAME=Gil", "GIT_AUTHOR_EMAIL=gil@example.org",
		"GIT_COMMITTER_NAME=Gil", "GIT_COMMITTER_EMAIL=gil@example.org")
	out, err := c.CombinedOutput()
	if err != nil {
		g.tb.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// commit writes files ("" removes one) and returns the commit.
func (g *git) commit(message string, files map[string]string) string {
	g.tb.Helper()
	g.run("reset", "--quiet", "--hard")
	return g.commit0(message, files)
}

// commit0 is commit for a repository without commits.
func (g *git) commit0(message string, files map[string]string) string {
	g.tb.Helper()
	for name, text := range files {
		file := filepath.Join(g.work, name)
		if text == "" {
			if err := os.Remove(file); err != nil {
				g.tb.Fatal(err)
			}
		} else if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o777), os.WriteFile(file, []byte(text), 0o666)); err != nil {
			g.tb.Fatal(err)
		}
	}
	g.run("add", "--all")
	g.run("commit", "--quiet", "--message="+message)
	return strings.TrimSpace(g.run("rev-parse", "HEAD"))
}

// noise is text that cannot be compressed.
func noise(size int) string {
	random := rand.New(rand.NewSource(int64(size)))
	data := make([]byte, size)
	random.Read(data)
	return string(data)
}

// MustEmpty makes a wiki without pages and returns it open.
func (f *farm) MustEmpty(tb testing.TB, slug string) *wiki.Wiki {
	tb.Helper()
	id, err := tenant.ParseID(slug)
	if err != nil {
		tb.Fatal(err)
	}
	err = wiki.Create(tb.Context(), f.fleet, id, wiki.Founding{Owner: owner, Name: slug, Visibility: preferences.Private, Empty: true})
	if err != nil {
		tb.Fatal(err)
	}
	return f.MustOpen(tb, slug)
}

// with uses a wiki, made if need be, and lets it go.
func (f *farm) with(tb testing.TB, slug string, v preferences.Visibility, use func(*wiki.Wiki)) {
	tb.Helper()
	id, err := tenant.ParseID(slug)
	if err != nil {
		tb.Fatal(err)
	}
	err = wiki.Create(tb.Context(), f.fleet, id, wiki.Founding{Owner: owner, Name: "The " + slug, Visibility: v})
	if err != nil && !errors.Is(err, tenant.ErrExists) {
		tb.Fatal(err)
	}
	h, err := f.wikis.Acquire(tb.Context(), id)
	if err != nil {
		tb.Fatal(err)
	}
	defer h.Release()
	use(h.Value())
}
