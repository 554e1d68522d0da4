package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/holtdb/holt/sqlite"
)

func TestWatch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.db")
	db := MustOpen(t, path, sqlite.Options{Create: true, Schema: notes})
	w, err := db.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	version := func() int64 {
		t.Helper()
		v, err := w.Version(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	first := version()
	if again := version(); again != first {
		t.Errorf("version %d became %d without a change", first, again)
	}
	MustAdd(t, db, "by this process")
	second := version()
	if second == first {
		t.Error("a change was not noticed")
	}
	MustAdd(t, MustOpen(t, path, sqlite.Options{Schema: notes}), "by another opening")
	if version() == second {
		t.Error("a change of another opening was not noticed")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Version(t.Context()); err == nil {
		t.Error("a closed watch answers")
	}
}
