package tenant_test

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holtdb/holt/tenant"
)

func TestIdleTenantsAreClosed(t *testing.T) {
	f := MustFleet(t, t.TempDir())
	var now atomic.Int64
	f.SetNow(func() time.Time { return time.Unix(now.Load(), 0) })
	r := MustRegistry(t, f, tenant.Options{Idle: time.Hour})
	MustCreate(t, f, "idle", "busy")
	MustAdd(t, r, "idle", "x")
	busy, err := r.Acquire(t.Context(), MustID(t, "busy"))
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Release()
	now.Add(3601)
	for r.Stats().Open != 1 {
		time.Sleep(5 * time.Millisecond)
	}
	if err := busy.Value().Add(t.Context(), "still open"); err != nil {
		t.Error(err)
	}
}

func TestHomeVanishesUnderOpenTenant(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	r := MustRegistry(t, f, tenant.Options{})
	MustCreate(t, f, "bob", "neighbour")
	h, err := r.Acquire(t.Context(), MustID(t, "bob"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(homePath(dir, "bob"), filepath.Join(dir, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	<-h.Leaving().Done()
	h.Release()
	_, err = r.Acquire(t.Context(), MustID(t, "bob"))
	wantErr(t, err, tenant.ErrNotExist)
	MustAdd(t, r, "neighbour", "I am well")
}
