package hosting_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/holtdb/holt/hosting"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki"
)

// farm is a data directory with a host of wikis and their owner.
type farm struct {
	hosting.Host
	data  string
	owner platform.Account
}

func MustFarm(tb testing.TB) *farm {
	tb.Helper()
	f := &farm{data: tb.TempDir()}
	var err error
	if f.Directory, err = platform.Open(tb.Context(), filepath.Join(f.data, "holt.db")); err != nil {
		tb.Fatal(err)
	}
	kind, err := wiki.Kind()
	if err != nil {
		tb.Fatal(err)
	}
	if f.Fleet, err = tenant.OpenFleet(f.data, kind); err != nil {
		tb.Fatal(err)
	}
	f.Homes = f.Fleet
	tb.Cleanup(func() {
		if err := errors.Join(f.Fleet.Close(), f.Directory.Close()); err != nil {
			tb.Error(err)
		}
	})
	f.owner, err = f.Directory.CreateLocal(tb.Context(), platform.NewAccount{
		Login: "olga", Name: "Olga", Password: "correct horse battery", Tier: platform.TierFree,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func MustSlug(tb testing.TB, text string) platform.Slug {
	tb.Helper()
	s, err := platform.ParseSlug(text)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func (f *farm) plan(tb testing.TB, slug string) platform.NewWiki {
	return platform.NewWiki{Owner: f.owner.ID, Slug: MustSlug(tb, slug), Name: "The " + slug}
}

func (f *farm) home(slug string) string { return filepath.Join(f.data, "wikis", slug) }

func TestHost(t *testing.T) {
	f := MustFarm(t)
	w, err := f.Create(t.Context(), f.plan(t, "garden"), wiki.Founding{})
	if err != nil || w.Slug.String() != "garden" {
		t.Fatalf("%+v, %v", w, err)
	}
	if _, err := f.Create(t.Context(), f.plan(t, "garden"), wiki.Founding{}); !errors.Is(err, platform.ErrExists) {
		t.Errorf("a second one: %v", err)
	}
	if err := f.Delete(t.Context(), w.Slug); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(f.home("garden")); !os.IsNotExist(err) {
		t.Errorf("the home of a deleted wiki: %v", err)
	}
	if err := f.Delete(t.Context(), w.Slug); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	if err := f.Restore(t.Context(), w.Slug); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Directory.Wiki(t.Context(), w.Slug); err != nil {
		t.Errorf("after restoring: %v", err)
	}
	if _, err := os.Stat(filepath.Join(f.home("garden"), "wiki.db")); err != nil {
		t.Error(err)
	}
}

// TestHost_Leftover meets a home that a crash left between making it and
// opening its entry.
func TestHost_Leftover(t *testing.T) {
	f := MustFarm(t)
	slug := MustSlug(t, "garden")
	if err := wiki.Create(t.Context(), f.Fleet, slug.ID(), wiki.Founding{Owner: wiki.Owner{Account: "another"}, Name: "ghost"}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Create(t.Context(), f.plan(t, "garden"), wiki.Founding{}); err != nil {
		t.Fatal(err)
	}
	trash, err := f.Fleet.Trash()
	if err != nil || len(trash) != 1 {
		t.Errorf("trash: %v, %v", trash, err)
	}
}

// TestHost_Failure makes a wiki that cannot be made, and then one that can.
func TestHost_Failure(t *testing.T) {
	f := MustFarm(t)
	if err := os.Chmod(filepath.Join(f.data, "wikis"), 0o500); err != nil {
		t.Fatal(err)
	}
	_, err := f.Create(t.Context(), f.plan(t, "garden"), wiki.Founding{})
	if os.Geteuid() != 0 && err == nil {
		t.Error("a wiki was made where nothing can be written")
	}
	if err := os.Chmod(filepath.Join(f.data, "wikis"), 0o700); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if _, err := f.Create(gone, f.plan(t, "shed"), wiki.Founding{}); err == nil {
		t.Error("a wiki was made after its time")
	}
	if _, err := f.Create(t.Context(), f.plan(t, "shed"), wiki.Founding{}); err != nil {
		t.Errorf("after a failure: %v", err)
	}
}
