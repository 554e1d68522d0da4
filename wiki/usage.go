package wiki

import (
	"context"
	"fmt"
	"sync"

	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki/repo"
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
	mu     sync.Mutex
	head   repo.Hash // of the branch when the size was true
	known  bool
	bytes  int64
	writes int // since it was measured
}

// mostEstimated bounds the writes after which the size is measured again: until
// then it is only added up.
const mostEstimated = 64

// forget makes the next question measure.
func (u *usage) forget() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.known = false
}

// isAt makes the next question measure if somebody else moved the branch.
func (u *usage) isAt(head repo.Hash) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.head != head {
		u.head, u.known = head, false
	}
}

// grow notes what was written.
func (u *usage) grow(bytes int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.bytes += bytes
	u.writes++
	u.known = u.known && u.writes <= mostEstimated
}

// landed notes the commit that this process moved the branch to.
func (u *usage) landed(head repo.Hash) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.head = head
}

// repoBytes returns the size of the repository, measured if exact, else perhaps
// only added up.
func (w *Wiki) repoBytes(ctx context.Context, exact bool) (int64, error) {
	w.usage.mu.Lock()
	defer w.usage.mu.Unlock()
	if !w.usage.known || exact && w.usage.writes > 0 {
		size, err := w.repo.Size(ctx)
		if err != nil {
			return 0, fmt.Errorf("measure repository: %w", err)
		}
		w.usage.bytes, w.usage.known, w.usage.writes = size, true, 0
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
	if u.RepoBytes, err = w.repoBytes(ctx, true); err != nil {
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
		used, err := w.repoBytes(ctx, false)
		if err == nil && used+bytes > limits.Bytes {
			// Texts are stored compressed: there may be more room than was added up.
			used, err = w.repoBytes(ctx, true)
		}
		if err != nil {
			return err
		}
		if used+bytes > limits.Bytes {
			return &tenant.OverQuota{What: "bytes", Used: used, Wanted: bytes, Allowed: limits.Bytes}
		}
	}
	return nil
}
