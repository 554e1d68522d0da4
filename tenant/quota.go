package tenant

import (
	"errors"
	"fmt"
	"sync"
)

// ErrOverQuota means that a tenant may not store more. The error that wraps it
// is an [OverQuota] with the figures.
var ErrOverQuota = errors.New("over quota")

// Limits bound what a tenant may store. A field of 0 is unlimited.
type Limits struct {
	Items         int64 `json:"items"`          // documents, or whatever the application counts
	FileBytes     int64 `json:"file_bytes"`     // bytes of the tenant's files
	DatabaseBytes int64 `json:"database_bytes"` // size ceiling of each of its databases
}

// Usage is what a tenant stores, as far as a [Meter] counts it. Its databases
// keep to their ceiling by themselves.
type Usage struct {
	Items     int64 `json:"items"`
	FileBytes int64 `json:"file_bytes"`
}

// OverQuota says which limit a request would pass. It matches [ErrOverQuota].
type OverQuota struct {
	What    string // "items" or "file_bytes"
	Used    int64
	Wanted  int64
	Allowed int64
}

// Error implements error.
func (e *OverQuota) Error() string {
	return fmt.Sprintf("over quota: %d %s used and %d wanted, %d allowed", e.Used, e.What, e.Wanted, e.Allowed)
}

// Is makes errors.Is(err, ErrOverQuota) true.
func (e *OverQuota) Is(target error) bool { return target == ErrOverQuota }

// Meter keeps a tenant within its limits while several requests store at once:
// each reserves before it writes. It belongs to the tenant's value and starts
// from what the tenant's database says.
type Meter struct {
	mu     sync.Mutex
	limits Limits
	used   Usage // stored and reserved
}

// NewMeter starts a meter from what is stored.
func NewMeter(limits Limits, stored Usage) *Meter {
	return &Meter{limits: limits, used: stored}
}

// Limits returns the limits in force.
func (m *Meter) Limits() Limits {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.limits
}

// SetLimits puts other limits in force. What is stored already stays.
func (m *Meter) SetLimits(limits Limits) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.limits = limits
}

// Used returns the items and file bytes stored and reserved.
func (m *Meter) Used() Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used
}

// Reserve books items and bytes before they are written. It fails with
// [ErrOverQuota], and books nothing, when that would pass a limit.
func (m *Meter) Reserve(items, bytes int64) (*Reservation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := exceeds("items", m.used.Items, items, m.limits.Items); err != nil {
		return nil, err
	}
	if err := exceeds("file_bytes", m.used.FileBytes, bytes, m.limits.FileBytes); err != nil {
		return nil, err
	}
	m.used.Items += items
	m.used.FileBytes += bytes
	return &Reservation{meter: m, items: items, bytes: bytes}, nil
}

// Free takes off what was stored and is gone.
func (m *Meter) Free(items, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used.Items -= items
	m.used.FileBytes -= bytes
}

func exceeds(what string, used, wanted, allowed int64) error {
	if allowed > 0 && wanted > 0 && wanted > allowed-used {
		return &OverQuota{What: what, Used: used, Wanted: wanted, Allowed: allowed}
	}
	return nil
}

// Reservation is booked space. End it with Commit or Cancel; the first call counts.
type Reservation struct {
	meter        *Meter
	items, bytes int64
	ended        bool
}

// Grow books more bytes, as a stream turns out longer than announced.
func (r *Reservation) Grow(bytes int64) error {
	r.meter.mu.Lock()
	defer r.meter.mu.Unlock()
	if r.ended {
		return errors.New("grow a reservation that has ended")
	}
	if err := exceeds("file_bytes", r.meter.used.FileBytes, bytes, r.meter.limits.FileBytes); err != nil {
		return err
	}
	r.meter.used.FileBytes += bytes
	r.bytes += bytes
	return nil
}

// Commit keeps what was really stored and gives the rest back.
func (r *Reservation) Commit(items, bytes int64) { r.end(r.items-items, r.bytes-bytes) }

// Cancel gives everything back.
func (r *Reservation) Cancel() { r.end(r.items, r.bytes) }

func (r *Reservation) end(items, bytes int64) {
	r.meter.mu.Lock()
	defer r.meter.mu.Unlock()
	if r.ended {
		return
	}
	r.ended = true
	r.meter.used.Items -= items
	r.meter.used.FileBytes -= bytes
}
