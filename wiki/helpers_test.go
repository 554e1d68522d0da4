package wiki_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

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
	}, tenant.Options{MaxOpen: 8})
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
