package tenant_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/holtdb/holt/tenant"
)

func TestMeter(t *testing.T) {
	m := tenant.NewMeter(tenant.Limits{Items: 3, FileBytes: 100}, tenant.Usage{Items: 1, FileBytes: 40})
	r, err := m.Reserve(1, 30)
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Reserve(1, 31)
	var over *tenant.OverQuota
	if !errors.As(err, &over) || over.Used != 70 || over.Wanted != 31 || over.Allowed != 100 || over.What != "file_bytes" {
		t.Errorf("got %+v", err)
	}
	wantErr(t, err, tenant.ErrOverQuota)
	if _, err := m.Reserve(2, 1); !errors.Is(err, tenant.ErrOverQuota) {
		t.Errorf("too many items: %v", err)
	}
	if err := r.Grow(31); !errors.Is(err, tenant.ErrOverQuota) {
		t.Errorf("grew beyond the limit: %v", err)
	}
	if err := r.Grow(30); err != nil {
		t.Error(err)
	}
	r.Commit(1, 50)
	r.Cancel() // must change nothing any more
	if u := m.Used(); u.Items != 2 || u.FileBytes != 90 {
		t.Errorf("used %+v, want 2 items and 90 bytes", u)
	}
	m.Free(1, 50)
	if u := m.Used(); u.Items != 1 || u.FileBytes != 40 {
		t.Errorf("used %+v, want 1 item and 40 bytes", u)
	}
	m.SetLimits(tenant.Limits{FileBytes: 10})
	if _, err := m.Reserve(1, 1); !errors.Is(err, tenant.ErrOverQuota) {
		t.Errorf("above a lowered limit: %v", err)
	}
	if _, err := m.Reserve(100, 0); err != nil {
		t.Errorf("no bytes, unlimited items: %v", err)
	}
}

func TestEndedReservationDoesNotGrow(t *testing.T) {
	for name, end := range map[string]func(r *tenant.Reservation){
		"cancelled": func(r *tenant.Reservation) { r.Cancel() },
		"committed": func(r *tenant.Reservation) { r.Commit(0, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			m := tenant.NewMeter(tenant.Limits{}, tenant.Usage{})
			r, err := m.Reserve(1, 10)
			if err != nil {
				t.Fatal(err)
			}
			end(r)
			if err := r.Grow(5); err == nil {
				t.Error("it grew")
			}
			r.Cancel()
			if u := m.Used(); u.FileBytes != 0 || u.Items != 0 {
				t.Errorf("used %+v, want nothing", u)
			}
		})
	}
}

func TestMeterNeverPassesLimit(t *testing.T) {
	const limit = 1000
	m := tenant.NewMeter(tenant.Limits{FileBytes: limit}, tenant.Usage{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	var kept int64
	for i := range 64 {
		wg.Go(func() {
			r, err := m.Reserve(1, 7)
			if err != nil {
				return
			}
			grown := int64(7)
			for r.Grow(5) == nil && grown < 60 {
				grown += 5
			}
			if i%3 == 0 {
				r.Cancel()
				return
			}
			r.Commit(1, 7)
			mu.Lock()
			kept += 7
			mu.Unlock()
		})
	}
	wg.Wait()
	if u := m.Used(); u.FileBytes != kept || kept > limit {
		t.Errorf("meter says %d bytes, %d are kept, %d allowed", u.FileBytes, kept, limit)
	}
}
