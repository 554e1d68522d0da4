package server

import (
	"context"
	"errors"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
)

const (
	// TrashRetention is how long a deleted library or wiki can be brought back.
	TrashRetention = 30 * 24 * time.Hour

	sweepEvery = time.Hour
	// maintainEvery is the pause between two looks at the wikis that are open.
	maintainEvery = 15 * time.Minute
	// lately is how long after a person was seen their watched folder is
	// looked at without being asked.
	lately = time.Hour
)

// upkeep does what is due from time to time, until ctx ends.
func (s *Server) upkeep(ctx context.Context) {
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	maintain := time.NewTicker(maintainEvery)
	defer maintain.Stop()
	var scan <-chan time.Time
	if s.cfg.ScanEvery > 0 {
		t := time.NewTicker(s.cfg.ScanEvery)
		defer t.Stop()
		scan = t.C
	}
	s.sweep(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-sweep.C:
			s.sweep(ctx)
		case <-maintain.C:
			s.maintainWikis(ctx)
		case <-scan:
			s.scanBooks(ctx)
		}
	}
}

// sweep removes what has expired.
func (s *Server) sweep(ctx context.Context) {
	if err := s.store.Sweep(ctx); err != nil && ctx.Err() == nil {
		s.log.Error("sweep platform database", "error", err)
	}
	before := time.Now().Add(-TrashRetention)
	purged, err := s.fleet.Purge(ctx, before)
	if err != nil && ctx.Err() == nil {
		s.log.Error("purge trash", "error", err)
	}
	if purged > 0 {
		s.log.Info("purged deleted libraries", "count", purged)
	}
	if err := s.sweepWikis(ctx, before); err != nil && ctx.Err() == nil {
		s.log.Error("sweep wikis", "error", err)
	}
}

// scanBooks looks at the watched folders of the people who were here lately:
// their libraries are open or were so a short while ago. Going through all
// would open the whole fleet again and again. Who comes back is looked at in
// the next round, or at once by the library's own button.
func (s *Server) scanBooks(ctx context.Context) {
	since := time.Now().Add(-lately)
	const page = 500
	for after := ""; ; {
		accounts, err := s.store.Accounts(ctx, after, page)
		if err != nil {
			if ctx.Err() == nil {
				s.log.Error("scan watched folders", "error", err)
			}
			return
		}
		for _, a := range accounts {
			if a.LastSeen.After(since) && !a.Suspended {
				s.scan(ctx, a)
			}
		}
		if len(accounts) < page || ctx.Err() != nil {
			return
		}
		after = accounts[len(accounts)-1].ID
	}
}

// scan looks at one watched folder. That a library is not there or may not be
// changed is no fault.
func (s *Server) scan(ctx context.Context, a platform.Account) {
	err := s.scanLibrary(ctx, a.Tenant)
	for _, expected := range []error{tenant.ErrNotExist, tenant.ErrUnavailable, tenant.ErrReadOnly, tenant.ErrClosed} {
		if errors.Is(err, expected) {
			return
		}
	}
	if err != nil && ctx.Err() == nil {
		s.log.Warn("scan watched folder", "tenant", a.Tenant.String(), "error", err)
	}
}

func (s *Server) scanLibrary(ctx context.Context, id tenant.ID) error {
	handle, err := s.acquire(ctx, id)
	if err != nil {
		return err
	}
	defer handle.Release()
	ctx, cancel := handle.WhileStaying(ctx)
	defer cancel()
	_, err = handle.Value().ScanBooks(ctx)
	return err
}
