package tenant_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

// TestCopyingKeepsLocks reads a tenant's databases during a write transaction
// and looks whether another process still finds them locked. Locks of the kind
// that SQLite takes are dropped when the process closes any descriptor of the
// file: the last case shows that this test would notice.
func TestCopyingKeepsLocks(t *testing.T) {
	if path := os.Getenv("HOLT_TEST_LOCKED_DATABASE"); path != "" {
		fmt.Println(writeFromOutside(path))
		os.Exit(0)
	}
	for _, c := range []struct {
		name string
		read func(t *testing.T, dir string, n *notes) error
		want string
	}{
		{"backup", func(t *testing.T, dir string, n *notes) error {
			return n.db.Backup(t.Context(), filepath.Join(dir, "copy.db"))
		}, "locked"},
		{"dry run of a migration", func(t *testing.T, dir string, _ *notes) error {
			report, err := MustFleetOf(t, dir, nextNotesKind()).Migrate(t.Context(), tenant.MigrateOptions{DryRun: true})
			if report.Done != 1 {
				t.Errorf("%+v", report)
			}
			return err
		}, "locked"},
		{"version", func(t *testing.T, _ string, n *notes) error {
			_, err := n.home.DatabaseVersion(t.Context(), "notes.db")
			return err
		}, "locked"},
		{"as plain files", func(t *testing.T, dir string, _ *notes) error {
			for _, suffix := range []string{"", "-wal", "-shm"} {
				MustCopy(t, filepath.Join(homePath(dir, "bob"), "notes.db"+suffix), filepath.Join(dir, "copy.db"+suffix))
			}
			return nil
		}, "written"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			f := MustFleet(t, dir)
			MustCreate(t, f, "bob")
			r := MustRegistry(t, f, tenant.Options{})
			undo := errors.New("undo")
			err := r.With(t.Context(), MustID(t, "bob"), func(ctx context.Context, n *notes) error {
				return n.db.Write(ctx, func(tx *sql.Tx) error {
					if _, err := tx.Exec("INSERT INTO note (text) VALUES ('mine')"); err != nil {
						return err
					}
					if err := c.read(t, dir, n); err != nil {
						return err
					}
					cmd := exec.Command(os.Args[0], "-test.run=^TestCopyingKeepsLocks$")
					cmd.Env = append(os.Environ(), "HOLT_TEST_LOCKED_DATABASE="+filepath.Join(homePath(dir, "bob"), "notes.db"))
					out, err := cmd.CombinedOutput()
					if err != nil {
						return fmt.Errorf("other process: %w: %s", err, out)
					}
					if got := strings.TrimSpace(string(out)); got != c.want {
						t.Errorf("another process says %q, want %q", got, c.want)
					}
					return undo
				})
			})
			wantErr(t, err, undo)
		})
	}
}

// writeFromOutside is what the other process does.
func writeFromOutside(path string) string {
	ctx := context.Background()
	db, err := sqlite.Open(ctx, path, sqlite.Options{Schema: notesSchema, BusyTimeout: time.Millisecond})
	if err != nil {
		return err.Error()
	}
	defer db.Close()
	err = (&notes{db: db}).Add(ctx, "not mine")
	switch {
	case errors.Is(err, sqlite.ErrLocked):
		return "locked"
	case err != nil:
		return err.Error()
	}
	return "written"
}
