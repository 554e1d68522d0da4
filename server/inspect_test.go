package server_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/holtdb/holt/server"
	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

func TestInspect(t *testing.T) {
	ctx := context.Background()
	data := t.TempDir()
	fleet := mustFleet(t, data)
	home := func(id tenant.ID, file string) string { return filepath.Join(data, "users", id.Dir(), file) }
	for name, c := range map[string]struct {
		harm func(id, other tenant.ID) error
		want error
	}{
		"whole":           {func(tenant.ID, tenant.ID) error { return nil }, nil},
		"without vectors": {func(id, _ tenant.ID) error { return os.Remove(home(id, "pagepiper_vecs.db")) }, nil},
		"missing":         {func(id, _ tenant.ID) error { return os.Remove(home(id, "pagepiper.db")) }, sqlite.ErrMissing},
		"garbage": {func(id, _ tenant.ID) error {
			return os.WriteFile(home(id, "pagepiper.db"), make([]byte, 8192), 0o600)
		}, sqlite.ErrCorrupt},
		"of another": {func(id, other tenant.ID) error {
			return os.Rename(home(other, "pagepiper.db"), home(id, "pagepiper.db"))
		}, tenant.ErrWrongHome},
		"a link": {func(id, other tenant.ID) error {
			return errors.Join(os.Remove(home(id, "pagepiper.db")),
				os.Symlink(home(other, "pagepiper.db"), home(id, "pagepiper.db")))
		}, tenant.ErrUnsafe},
	} {
		t.Run(name, func(t *testing.T) {
			id, other := mustTenant(t, fleet, name), mustTenant(t, fleet, name+" other")
			if err := c.harm(id, other); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(home(id, "uploads/file"), make([]byte, 1000), 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := server.Inspect(ctx, fleet, id)
			if err != nil {
				t.Fatal(err)
			}
			if problem := r.Problem(); !errors.Is(problem, c.want) || (problem == nil) != (c.want == nil) {
				t.Errorf("problem %v, want %v", problem, c.want)
			}
			if r.State.Status != tenant.Active || r.Folders[0].Bytes != 1000 || r.Folders[0].Files != 1 || r.Bytes() < 1000 {
				t.Errorf("report %+v", r)
			}
			if c.want == nil && (r.Databases[0].Version != r.Databases[0].Current || r.Databases[0].Bytes == 0) {
				t.Errorf("databases %+v", r.Databases)
			}
		})
	}
}

func TestInspectDoesNotMigrate(t *testing.T) {
	ctx := context.Background()
	data := t.TempDir()
	fleet := mustFleet(t, data)
	id := mustTenant(t, fleet, "ann")
	path := filepath.Join(data, "users", id.Dir(), "pagepiper.db")
	setVersion(t, path, "PRAGMA user_version = 1")
	r, err := server.Inspect(ctx, fleet, id)
	if err != nil || r.Problem() != nil || r.Databases[0].Version != 1 {
		t.Fatalf("report %+v, %v", r, err)
	}
	setVersion(t, path, "PRAGMA user_version = 1000")
	r, err = server.Inspect(ctx, fleet, id)
	if err != nil || !errors.Is(r.Problem(), sqlite.ErrNewer) || r.Databases[0].Version != 1000 {
		t.Fatalf("report %+v, %v", r, err)
	}
}

func TestInspectOfNobody(t *testing.T) {
	fleet := mustFleet(t, t.TempDir())
	id, err := tenant.ParseID("nobody")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Inspect(context.Background(), fleet, id); !errors.Is(err, tenant.ErrNotExist) {
		t.Errorf("error %v, want ErrNotExist", err)
	}
}

// setVersion changes the version that a database says it has.
func setVersion(tb testing.TB, path, pragma string) {
	tb.Helper()
	db, err := sqlite.Open(context.Background(), path, sqlite.Options{Create: true})
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	if err := mustExec(db, pragma); err != nil {
		tb.Fatal(err)
	}
}

func mustExec(db *sqlite.DB, statement string) error {
	return db.Write(context.Background(), func(tx *sql.Tx) error {
		_, err := tx.Exec(statement)
		return err
	})
}

// mustTenant makes a tenant.
func mustTenant(tb testing.TB, fleet *tenant.Fleet, name string) tenant.ID {
	tb.Helper()
	id, err := tenant.ParseID(name)
	if err != nil {
		tb.Fatal(err)
	}
	if err := fleet.Create(context.Background(), id); err != nil {
		tb.Fatal(err)
	}
	return id
}
