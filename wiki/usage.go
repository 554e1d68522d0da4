package wiki

import (
	"context"
	"fmt"
	"sync"

	"github.com/holtdb/holt/tenant"
)

// Usage is what a wiki stores.
type Usage struct {
	Pages         int64
	Attachments   int64
	RepoBytes     int64
	DatabaseBytes int64
}

// usage remembers the size of the repository between measurements: it is read
// from many files.
type usage struct {
	mu    sync.Mutex
	known bool
	bytes int64
}

// forget makes the next question measure: something else wrote.
func (u *usage) forget() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.known = false
}

// grow notes what was written.
func (u *usage) grow(bytes int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.bytes += bytes
}

// repoBytes returns the size of the repository.
func (w *Wiki) repoBytes(ctx context.Context) (int64, error) {
	w.usage.mu.Lock()
	defer w.usage.mu.Unlock()
	if !w.usage.known {
		size, err := w.repo.Size(ctx)
		if err != nil {
			return 0, fmt.Errorf("measure repository: %w", err)
		}
		w.usage.bytes, w.usage.known = size, true
	}
	return w.usage.bytes, nil
}

// Usage returns what the wiki stores.
func (w *Wiki) Usage(ctx context.Context) (Usage, error) {
	var u Usage
	var err error
	if u.Pages, u.Attachments, err = w.index.Count(ctx); err != nil {
		return Usage{}, err
	}
	if u.RepoBytes, err = w.repoBytes(ctx); err != nil {
		return Usage{}, err
	}
	u.DatabaseBytes, err = w.db.Size(ctx)
	return u, err
}

// room checks that the wiki may grow by pages and bytes. What makes nothing
// larger is always allowed.
func (w *Wiki) room(ctx context.Context, pages, bytes int64) error {
	limits := w.limits.Load()
	if pages > 0 && limits.Pages > 0 {
		used, _, err := w.index.Count(ctx)
		if err != nil {
			return err
		}
		if used+pages > limits.Pages {
			return &tenant.OverQuota{What: "pages", Used: used, Wanted: pages, Allowed: limits.Pages}
		}
	}
	if bytes > 0 && limits.Bytes > 0 {
		used, err := w.repoBytes(ctx)
		if err != nil {
			return err
		}
		if used+bytes > limits.Bytes {
			return &tenant.OverQuota{What: "bytes", Used: used, Wanted: bytes, Allowed: limits.Bytes}
		}
	}
	return nil
}
