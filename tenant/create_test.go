package tenant_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/holtdb/holt/tenant"
)

func TestCreateWith(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	err := f.CreateWith(t.Context(), MustID(t, "bob"), func(ctx context.Context, home *tenant.Home) error {
		path, err := home.FolderPath("uploads")
		if err != nil {
			return err
		}
		if filepath.Dir(path) == homePath(dir, "bob") {
			t.Error("the home had its name before it was whole")
		}
		n, err := openNotes(ctx, home)
		if err != nil {
			return err
		}
		return errors.Join(os.WriteFile(filepath.Join(path, "a"), []byte("b"), 0o600), n.Add(ctx, "hello"), n.Close())
	})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(homePath(dir, "bob"), "uploads", "a")); string(text) != "b" {
		t.Errorf("file: %q, %v", text, err)
	}

	refused := errors.New("no room")
	wantErr(t, f.CreateWith(t.Context(), MustID(t, "eve"), func(context.Context, *tenant.Home) error { return refused }), refused)
	if exists, err := f.Exists(MustID(t, "eve")); exists || err != nil {
		t.Errorf("a half-made home stayed: %v", err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "tmp")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestHome_FolderPath(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	MustCreate(t, f, "bob")
	home, err := f.Open(t.Context(), MustID(t, "bob"))
	if err != nil {
		t.Fatal(err)
	}
	defer home.Close()
	want := filepath.Join(homePath(dir, "bob"), "uploads")
	if got, err := home.FolderPath("uploads"); got != want || err != nil {
		t.Errorf("FolderPath = %q, %v, want %q", got, err, want)
	}
	for _, name := range []string{"", ".", "..", "elsewhere", "uploads/..", "notes.db"} {
		if got, err := home.FolderPath(name); err == nil {
			t.Errorf("FolderPath(%q) = %q", name, got)
		}
	}
	if err := os.Remove(want); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), want); err != nil {
		t.Fatal(err)
	}
	_, err = home.FolderPath("uploads")
	wantErr(t, err, tenant.ErrUnsafe)
}
