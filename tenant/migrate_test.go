package tenant_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/tenant"
)

func MustVersion(tb testing.TB, f *tenant.Fleet, name string) int {
	tb.Helper()
	r := tenant.NewRegistry(f, openNotes, tenant.Options{})
	defer MustClose(tb, r)
	var v int
	err := r.With(tb.Context(), MustID(tb, name), func(ctx context.Context, n *notes) (err error) {
		v, err = n.db.Version(ctx)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func journals(tb testing.TB, dir string) int {
	tb.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*.journal"))
	if err != nil {
		tb.Fatal(err)
	}
	return len(found)
}

func TestMigrate(t *testing.T) {
	dir := t.TempDir()
	old := MustFleet(t, dir)
	for i := range 30 {
		MustCreate(t, old, fmt.Sprint("user", i))
	}
	next := MustFleetOf(t, dir, nextNotesKind())

	dry, err := next.Migrate(t.Context(), tenant.MigrateOptions{DryRun: true})
	if err != nil || dry.Done != 30 || len(dry.Failures) != 0 {
		t.Fatalf("dry run: %+v, %v", dry, err)
	}
	if v := MustVersion(t, old, "user7"); v != 1 {
		t.Errorf("version %d after a dry run, want 1", v)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "tmp")); err != nil || len(left) != 0 {
		t.Errorf("the dry run left %v, %v", left, err)
	}

	calls := 0
	report, err := next.Migrate(t.Context(), tenant.MigrateOptions{Progress: func(tenant.MigrateReport) { calls++ }})
	if err != nil || report.Done != 30 || calls != 30 || report.Stopped != "" {
		t.Fatalf("%+v, %v, %d calls", report, err, calls)
	}
	if v := MustVersion(t, next, "user7"); v != 2 {
		t.Errorf("version %d, want 2", v)
	}
	if n := journals(t, dir); n != 0 {
		t.Errorf("%d journals are left", n)
	}
}

func TestMigrateResumes(t *testing.T) {
	dir := t.TempDir()
	old := MustFleet(t, dir)
	for i := range 20 {
		MustCreate(t, old, fmt.Sprint("user", i))
	}
	next := MustFleetOf(t, dir, nextNotesKind())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	first, err := next.Migrate(ctx, tenant.MigrateOptions{Workers: 1, Progress: func(r tenant.MigrateReport) {
		if r.Done == 8 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || first.Done < 8 || first.Done == 20 {
		t.Fatalf("%+v, %v", first, err)
	}
	second, err := next.Migrate(t.Context(), tenant.MigrateOptions{})
	if err != nil || second.Skipped != first.Done || second.Done != 20-first.Done {
		t.Errorf("first %+v, then %+v, %v", first, second, err)
	}
}

func TestMigrateNamesFailures(t *testing.T) {
	dir := t.TempDir()
	old := MustFleet(t, dir)
	for i := range 12 {
		MustCreate(t, old, fmt.Sprint("user", i))
	}
	r := MustRegistry(t, old, tenant.Options{})
	// The migration makes a table that is there already, which fails for this one.
	err := r.With(t.Context(), MustID(t, "user3"), func(ctx context.Context, n *notes) error {
		return n.db.Write(ctx, func(tx *sql.Tx) error { _, err := tx.Exec("CREATE TABLE more (y)"); return err })
	})
	if err != nil {
		t.Fatal(err)
	}
	next := MustFleetOf(t, dir, nextNotesKind())
	report, err := next.Migrate(t.Context(), tenant.MigrateOptions{Canary: 1, MaxFailures: 0.5})
	if err != nil || report.Done != 11 || len(report.Failures) != 1 || report.Failures[0].Tenant != MustID(t, "user3") {
		t.Fatalf("%+v, %v", report, err)
	}
	if n := journals(t, dir); n != 1 {
		t.Errorf("%d journals, want 1 for the next run", n)
	}
	if v := MustVersion(t, old, "user3"); v != 1 {
		t.Errorf("the failed one is at version %d, want 1", v)
	}
}

func TestMigrateStops(t *testing.T) {
	dir := t.TempDir()
	old := MustFleet(t, dir)
	for i := range 10 {
		MustCreate(t, old, fmt.Sprint("user", i))
	}
	broken := nextNotesKind()
	broken.Databases[0].Schema.Steps[1] = "INSERT INTO nowhere VALUES (1)"
	report, err := MustFleetOf(t, dir, broken).Migrate(t.Context(), tenant.MigrateOptions{})
	if err != nil || report.Stopped == "" || len(report.Failures) != 1 || report.Done != 0 {
		t.Errorf("the canary did not stop the run: %+v, %v", report, err)
	}
	report, err = MustFleetOf(t, dir, broken).Migrate(t.Context(), tenant.MigrateOptions{Canary: 1, Workers: 1})
	if err != nil || report.Stopped == "" || len(report.Failures) != 2 {
		t.Errorf("the threshold did not stop the run: %+v, %v", report, err)
	}
}

// TestMigrateAfterTornJournal: a crash cut the name of a tenant off that was
// being noted. The name noted next must not make a whole one of it.
func TestMigrateAfterTornJournal(t *testing.T) {
	dir := t.TempDir()
	old := MustFleet(t, dir)
	MustCreate(t, old, "bob", "albob")
	broken := filepath.Join(homePath(dir, "albob"), "notes.db")
	if err := os.Rename(broken, broken+".away"); err != nil {
		t.Fatal(err)
	}
	MustWrite(t, filepath.Join(dir, "migrate-notebooks-2-1.journal"), "al")
	next := MustFleetOf(t, dir, nextNotesKind())
	for _, want := range []tenant.MigrateReport{{Done: 1}, {Skipped: 1}} {
		got, err := next.Migrate(t.Context(), tenant.MigrateOptions{Canary: 1})
		if err != nil || got.Done != want.Done || got.Skipped != want.Skipped || len(got.Failures) != 1 {
			t.Errorf("got %+v, %v; want %d done, %d skipped and albob failed", got, err, want.Done, want.Skipped)
		}
	}
	if err := os.Rename(broken+".away", broken); err != nil {
		t.Fatal(err)
	}
	got, err := next.Migrate(t.Context(), tenant.MigrateOptions{})
	if err != nil || got.Done != 1 || got.Skipped != 1 {
		t.Errorf("in the end: %+v, %v", got, err)
	}
	if v := MustVersion(t, next, "albob"); v != 2 {
		t.Errorf("albob is at version %d, want 2", v)
	}
}

func TestMigrateOneRunAtATime(t *testing.T) {
	dir := t.TempDir()
	MustCreate(t, MustFleet(t, dir), "bob")
	next := MustFleetOf(t, dir, nextNotesKind())
	var second error
	report, err := next.Migrate(t.Context(), tenant.MigrateOptions{Progress: func(tenant.MigrateReport) {
		_, second = next.Migrate(t.Context(), tenant.MigrateOptions{})
	}})
	if err != nil || report.Done != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	wantErr(t, second, tenant.ErrBusy)
}

func TestMigrateLeavesStraysAlone(t *testing.T) {
	dir := t.TempDir()
	MustCreate(t, MustFleet(t, dir), "bob")
	strays := []string{".DS_Store", "Not-An-ID"}
	for _, name := range strays {
		MustWrite(t, homePath(dir, name), "x")
	}
	next := MustFleetOf(t, dir, nextNotesKind())
	for _, dry := range []bool{true, false} {
		report, err := next.Migrate(t.Context(), tenant.MigrateOptions{DryRun: dry})
		if err != nil || report.Total != 1 || report.Done != 1 || len(report.Strays) != len(strays) {
			t.Fatalf("dry run %v: %+v, %v", dry, report, err)
		}
		for _, name := range strays {
			says := func(err error) bool { return strings.Contains(err.Error(), name) }
			if !slices.ContainsFunc(report.Strays, says) {
				t.Errorf("%v do not name %s", report.Strays, name)
			}
		}
	}
	if n := journals(t, dir); n != 0 {
		t.Errorf("%d journals are left", n)
	}
}

func TestDryRunMakesNothing(t *testing.T) {
	dir := t.TempDir()
	MustCreate(t, MustFleet(t, dir), "bob")
	MustLoseIndex(t, dir, "bob")
	report, err := MustFleetOf(t, dir, nextNotesKind()).Migrate(t.Context(), tenant.MigrateOptions{DryRun: true})
	if err != nil || report.Done != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	if _, err := os.Stat(filepath.Join(homePath(dir, "bob"), "index.db")); !os.IsNotExist(err) {
		t.Errorf("it made index.db: %v", err)
	}
}
