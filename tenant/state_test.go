package tenant_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/holtdb/holt/tenant"
)

func TestSuspendedByOtherProcess(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	MustCreate(t, f, "bob")
	r := MustRegistry(t, MustFleet(t, dir), tenant.Options{})
	h, err := r.Acquire(t.Context(), MustID(t, "bob"))
	if err != nil {
		t.Fatal(err)
	}
	state := tenant.State{Status: tenant.Suspended, Reason: "unpaid"}
	if err := f.SetState(t.Context(), MustID(t, "bob"), state); err != nil {
		t.Fatal(err)
	}
	<-h.Leaving().Done()
	h.Release()
	_, err = r.Acquire(t.Context(), MustID(t, "bob"))
	wantErr(t, err, tenant.ErrUnavailable)
}

func TestReadOnly(t *testing.T) {
	f := MustFleet(t, t.TempDir())
	MustCreate(t, f, "bob")
	r := MustRegistry(t, f, tenant.Options{})
	h, err := r.Acquire(t.Context(), MustID(t, "bob"))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Release()
	if err := h.Home().CheckWritable(); err != nil {
		t.Error(err)
	}
	if err := r.SetState(t.Context(), MustID(t, "bob"), tenant.State{Status: tenant.ReadOnly, Reason: "moving"}); err != nil {
		t.Fatal(err)
	}
	err = h.Home().CheckWritable()
	wantErr(t, err, tenant.ErrReadOnly)
	if err == nil || !strings.Contains(err.Error(), "moving") {
		t.Errorf("%v does not give the reason", err)
	}
	if _, err := h.Value().All(t.Context()); err != nil {
		t.Errorf("reading: %v", err)
	}
}

func TestConcurrentSetState(t *testing.T) {
	dir := t.TempDir()
	bob := MustID(t, "bob")
	MustCreate(t, MustFleet(t, dir), "bob")
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for _, status := range []tenant.Status{tenant.Active, tenant.ReadOnly} {
		f := MustFleet(t, dir) // with locks of its own, like another process
		writers.Go(func() {
			for range 50 {
				if err := f.SetState(t.Context(), bob, tenant.State{Status: status}); err != nil {
					t.Error(err)
					return
				}
			}
		})
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if s, err := f.State(t.Context(), bob); err != nil || s.Status != tenant.Active && s.Status != tenant.ReadOnly {
					t.Errorf("read %+v, %v", s, err)
					return
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	left, err := filepath.Glob(filepath.Join(homePath(dir, "bob"), "state.json*"))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestStateThatCannotBeRead: what an open tenant may be used for holds on until
// it is known to have changed. The process may just be out of descriptors.
func TestStateThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	f := MustFleet(t, dir)
	MustCreate(t, f, "bob")
	r := MustRegistry(t, f, tenant.Options{})
	h, err := r.Acquire(t.Context(), MustID(t, "bob"))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Release()
	state := filepath.Join(homePath(dir, "bob"), "state.json")
	if err := os.Mkdir(state, 0o700); err != nil {
		t.Fatal(err)
	}
	r.CompareAll()
	if h.Leaving().Err() != nil {
		t.Error("a tenant in use was asked to leave")
	}
	if err := os.Remove(state); err != nil {
		t.Fatal(err)
	}
	MustWrite(t, state, `{"status":"suspended"}`)
	r.CompareAll()
	if h.Leaving().Err() == nil {
		t.Error("a suspended tenant goes on")
	}
}

func TestSetStateWhileOpening(t *testing.T) {
	f := MustFleet(t, t.TempDir())
	MustCreate(t, f, "bob")
	bob := MustID(t, "bob")
	begun, goOn := make(chan struct{}, 1), make(chan struct{})
	r := tenant.NewRegistry(f, func(ctx context.Context, home *tenant.Home) (*notes, error) {
		begun <- struct{}{}
		<-goOn
		return openNotes(ctx, home)
	}, tenant.Options{})
	defer MustClose(t, r)
	acquired := make(chan error, 1)
	go func() {
		h, err := r.Acquire(t.Context(), bob)
		if err == nil {
			h.Release()
		}
		acquired <- err
	}()
	<-begun // it has read its state
	ended, end := context.WithCancel(t.Context())
	end()
	state := tenant.State{Status: tenant.Suspended}
	wantErr(t, r.SetState(ended, bob, state), tenant.ErrBusy)

	set := make(chan error, 1)
	go func() { set <- r.SetState(t.Context(), bob, state) }()
	close(goOn)
	if err := <-set; err != nil {
		t.Error(err)
	}
	_, err := r.Acquire(t.Context(), bob)
	wantErr(t, err, tenant.ErrUnavailable)
	if err := <-acquired; err != nil && !errors.Is(err, tenant.ErrUnavailable) {
		t.Error(err)
	}
}
