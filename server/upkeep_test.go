package server_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/server"
	"github.com/holtdb/holt/tenant"
)

// mustFleet opens the libraries of a data directory.
func mustFleet(tb testing.TB, data string) *tenant.Fleet {
	tb.Helper()
	kind, err := library.Kind()
	if err != nil {
		tb.Fatal(err)
	}
	fleet, err := tenant.OpenFleet(data, kind)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := fleet.Close(); err != nil {
			tb.Error(err)
		}
	})
	return fleet
}

// await asks until the answer is yes.
func await(tb testing.TB, what string, done func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(patience); !done(); {
		if time.Now().After(deadline) {
			tb.Fatalf("%s does not happen", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestWatchedFoldersAreScanned(t *testing.T) {
	data := t.TempDir()
	token, account := MustToken(t, data, "ann")
	cfg := quiet(data)
	cfg.ScanEvery = 20 * time.Millisecond
	s := MustOpen(t, cfg)
	MustRun(t, s)
	MustGet(t, http.DefaultClient, s.URL()+"/api/session", token) // makes the library
	book := filepath.Join(data, "users", account.Tenant.Dir(), "books", "otters.md")
	if err := os.WriteFile(book, []byte("# Otters\n\nThey hold hands.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	await(t, "the scan", func() bool {
		_, body := MustGet(t, http.DefaultClient, s.URL()+"/api/library", token)
		return strings.Contains(body, `"otters.md"`) && strings.Contains(body, `"ready"`)
	})
}

func TestTrashIsPurgedAfterItsRetention(t *testing.T) {
	data := t.TempDir()
	fleet := mustFleet(t, data)
	ctx := context.Background()
	for _, name := range []string{"old", "young"} {
		id, err := tenant.ParseID(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := fleet.Create(ctx, id); err != nil {
			t.Fatal(err)
		}
		if err := fleet.Delete(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	trash, err := fleet.Trash()
	if err != nil || len(trash) != 2 {
		t.Fatalf("trash %v, %v", trash, err)
	}
	for _, d := range trash {
		age := server.TrashRetention - time.Hour
		if d.ID.String() == "old" {
			age = server.TrashRetention + time.Hour
		}
		dir := filepath.Join(data, "trash", "users")
		before := filepath.Join(dir, fmt.Sprintf("%s.%d", d.ID.Dir(), d.Deleted.UnixNano()))
		after := filepath.Join(dir, fmt.Sprintf("%s.%d", d.ID.Dir(), time.Now().Add(-age).UnixNano()))
		if err := os.Rename(before, after); err != nil {
			t.Fatal(err)
		}
	}
	MustRun(t, MustOpen(t, quiet(data)))
	await(t, "the purge", func() bool {
		trash, err := fleet.Trash()
		if err != nil {
			t.Fatal(err)
		}
		return len(trash) == 1 && trash[0].ID.String() == "young"
	})
}
