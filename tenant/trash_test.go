package tenant_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/holtdb/holt/tenant"
)

func TestTrash(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	r := MustRegistry(t, f, tenant.Options{})
	bob := MustID(t, "bob")
	MustCreate(t, f, "bob")
	MustAdd(t, r, "bob", "first life")
	if err := r.Delete(t.Context(), bob); err != nil {
		t.Fatal(err)
	}
	_, err := r.Acquire(t.Context(), bob)
	wantErr(t, err, tenant.ErrNotExist)

	MustCreate(t, f, "bob")
	if got, err := all(t.Context(), r, bob); err != nil || len(got) != 0 {
		t.Errorf("a new bob has %q, %v", got, err)
	}
	wantErr(t, f.Undelete(t.Context(), bob), tenant.ErrExists)
	if err := r.Delete(t.Context(), bob); err != nil {
		t.Fatal(err)
	}
	trash, err := f.Trash()
	if err != nil || len(trash) != 2 || trash[0].Deleted.Before(trash[1].Deleted) {
		t.Fatalf("trash: %v, %v", trash, err)
	}
	if n, err := f.Purge(t.Context(), trash[1].Deleted.Add(1)); err != nil || n != 1 {
		t.Errorf("purged %d, %v; want the older one", n, err)
	}
	if err := f.Undelete(t.Context(), bob); err != nil {
		t.Fatal(err)
	}
	MustAdd(t, r, "bob", "it can be used")
	wantErr(t, f.Undelete(t.Context(), MustID(t, "nobody")), tenant.ErrNotExist)
}

func TestPurgeBesideAnother(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	MustCreate(t, f, "a", "b", "c")
	for _, name := range []string{"a", "b", "c"} {
		if err := f.Delete(t.Context(), MustID(t, name)); err != nil {
			t.Fatal(err)
		}
	}
	f.SetTrace(func(point string) {
		if point != "purge:renamed" {
			return
		}
		f.SetTrace(nil)
		// Another purge, or an undelete, takes the next in line.
		next, err := filepath.Glob(filepath.Join(dir, "trash", "notebooks", "b.*"))
		if err != nil || len(next) != 1 {
			t.Fatalf("%v, %v", next, err)
		}
		if err := os.Rename(next[0], filepath.Join(dir, "elsewhere")); err != nil {
			t.Fatal(err)
		}
	})
	n, err := f.Purge(t.Context(), time.Now().Add(time.Hour))
	if err != nil || n != 2 {
		t.Errorf("purged %d, %v; want the 2 others", n, err)
	}
	if trash, err := f.Trash(); err != nil || len(trash) != 0 {
		t.Errorf("left in the trash: %v, %v", trash, err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "tmp")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestDeleteWaitsForOtherProcesses(t *testing.T) {
	// A second fleet on the same directory has locks of its own, like another process.
	dir := t.TempDir()
	f, other := MustFleet(t, dir), MustFleet(t, dir)
	MustCreate(t, f, "bob")
	r := MustRegistry(t, other, tenant.Options{})
	h, err := r.Acquire(t.Context(), MustID(t, "bob"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	wantErr(t, f.Delete(ctx, MustID(t, "bob")), tenant.ErrBusy)
	if err := h.Value().Add(t.Context(), "still here"); err != nil {
		t.Error(err)
	}
	if s, err := f.State(t.Context(), MustID(t, "bob")); err != nil || s.Status != tenant.Active {
		t.Errorf("after the failed deletion: %v, %v", s, err)
	}

	deleted := make(chan error, 1)
	go func() { deleted <- f.Delete(t.Context(), MustID(t, "bob")) }()
	<-h.Leaving().Done() // the other registry follows the announced deletion
	h.Release()
	if err := <-deleted; err != nil {
		t.Error(err)
	}
}

// TestStateDuringFailingDelete sets a state while a deletion waits in vain for
// another process: it is refused or it stays.
func TestStateDuringFailingDelete(t *testing.T) {
	for _, c := range []struct {
		name  string
		later time.Duration // than the deletion, by the clock of who sets the state
		want  error
		after tenant.Status
	}{
		{"while it is announced", 0, tenant.ErrBusy, tenant.Active},
		{"when its time is over", time.Hour, nil, tenant.Suspended},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			f, other := MustFleet(t, dir), MustFleet(t, dir)
			other.SetNow(func() time.Time { return time.Now().Add(c.later) })
			bob := MustID(t, "bob")
			MustCreate(t, f, "bob")
			h, err := other.Open(t.Context(), bob) // what the deletion waits for
			if err != nil {
				t.Fatal(err)
			}
			defer h.Close()
			ctx, giveUp := context.WithCancel(t.Context())
			f.SetTrace(func(point string) {
				if point == "delete:announced" {
					wantErr(t, other.SetState(t.Context(), bob, tenant.State{Status: tenant.Suspended}), c.want)
					giveUp()
				}
			})
			wantErr(t, f.Delete(ctx, bob), tenant.ErrBusy)
			if s, err := f.State(t.Context(), bob); err != nil || s.Status != c.after {
				t.Errorf("state %v, %v; want %v", s, err, c.after)
			}
		})
	}
}

// TestAnnouncedDeletion: who asks while a deletion may still fail can tell it
// from a tenant that is gone.
func TestAnnouncedDeletion(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	MustCreate(t, f, "bob")
	r, other := MustRegistry(t, f, tenant.Options{}), MustRegistry(t, MustFleet(t, dir), tenant.Options{})
	asked := false
	f.SetTrace(func(point string) {
		if point != "delete:announced" {
			return
		}
		asked = true
		for _, r := range []*tenant.Registry[*notes]{r, other} {
			_, err := r.Acquire(t.Context(), MustID(t, "bob"))
			wantErr(t, err, tenant.ErrDeleting)
			wantErr(t, err, tenant.ErrNotExist)
		}
	})
	if err := r.Delete(t.Context(), MustID(t, "bob")); err != nil || !asked {
		t.Fatalf("%v, asked %v", err, asked)
	}
	_, err := r.Acquire(t.Context(), MustID(t, "bob"))
	wantErr(t, err, tenant.ErrNotExist)
	if errors.Is(err, tenant.ErrDeleting) {
		t.Errorf("%v although it is gone", err)
	}
}
