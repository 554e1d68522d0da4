package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/web"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/markdown"
	"github.com/holtdb/holt/wiki/transport"
)

// OpenWikiFleet opens the fleet of wikis of a data directory. It is safe beside
// a running server.
func OpenWikiFleet(data string) (*tenant.Fleet, error) {
	kind, err := wiki.Kind()
	if err != nil {
		return nil, err
	}
	return tenant.OpenFleet(data, kind)
}

// openWikis sets up the registry of wikis. No wiki is looked at.
func (s *Server) openWikis() error {
	var err error
	if s.wikiFleet, err = OpenWikiFleet(s.cfg.Data); err != nil {
		return err
	}
	renderer, err := markdown.New()
	if err != nil {
		return err
	}
	git, err := transport.Find()
	if errors.Is(err, transport.ErrNoGit) {
		s.log.Warn("wikis cannot be cloned or pushed to, and their repositories are not packed", "reason", err)
		git, err = nil, nil
	}
	if err != nil {
		return err
	}
	shared := wiki.Config{Markdown: renderer, Git: git, Limits: s.wikiLimits, Logger: s.log}
	s.wikis = tenant.NewRegistry(s.wikiFleet, func(ctx context.Context, home *tenant.Home) (*wiki.Wiki, error) {
		return wiki.Open(ctx, home, shared)
	}, tenant.Options{MaxOpen: s.maxOpen, Idle: s.cfg.Idle, Logger: s.log})
	return nil
}

// wikiLimits returns what the tier of a wiki's owner allows. A wiki without an
// owner has the limits of the tier "free".
func (s *Server) wikiLimits(ctx context.Context, id tenant.ID) (wiki.Limits, error) {
	name := platform.TierFree
	owner, err := s.wikiOwner(ctx, id)
	switch {
	case err == nil:
		name = owner.Tier
	case !errors.Is(err, platform.ErrNotFound):
		return wiki.Limits{}, err
	}
	tier, err := s.store.Tier(ctx, name)
	if err != nil {
		return wiki.Limits{}, err
	}
	return web.WikiLimits(tier), nil
}

// wikiOwner returns the account that a wiki belongs to.
func (s *Server) wikiOwner(ctx context.Context, id tenant.ID) (platform.Account, error) {
	slug, err := platform.ParseSlug(id.String())
	if err != nil {
		return platform.Account{}, fmt.Errorf("%w: no wiki %q", platform.ErrNotFound, id)
	}
	entry, err := s.store.Wiki(ctx, slug)
	if err != nil {
		return platform.Account{}, err
	}
	return s.store.Account(ctx, entry.Owner)
}

// maintainWikis looks after the wikis that are open: their figures for lists,
// and the packing of repositories that have grown.
func (s *Server) maintainWikis(ctx context.Context) {
	for _, id := range s.wikis.OpenIDs() {
		err := s.wikis.With(ctx, id, func(ctx context.Context, w *wiki.Wiki) error { return s.maintainWiki(ctx, w) })
		if err != nil && ctx.Err() == nil && !errors.Is(err, tenant.ErrUnavailable) && !errors.Is(err, tenant.ErrNotExist) {
			s.log.Warn("maintain wiki", "tenant", id, "error", err)
		}
	}
}

func (s *Server) maintainWiki(ctx context.Context, w *wiki.Wiki) error {
	if due, err := w.NeedsMaintenance(ctx); err != nil {
		return err
	} else if due {
		if err := w.Maintain(ctx); err != nil {
			return err
		}
	}
	slug, err := platform.ParseSlug(w.ID().String())
	if err != nil {
		return err
	}
	usage, err := w.Usage(ctx)
	if err != nil {
		return err
	}
	return s.store.SetWikiFigures(ctx, slug, platform.WikiFigures{Pages: usage.Pages, Bytes: usage.RepoBytes + usage.DatabaseBytes})
}

// sweepWikis forgets wikis that were deleted before a time, and those whose
// making was not finished.
func (s *Server) sweepWikis(ctx context.Context, before time.Time) error {
	abandoned, err := s.store.AbandonedWikis(ctx)
	if err != nil {
		return err
	}
	for _, w := range abandoned {
		err := s.wikis.Delete(ctx, w.Slug.ID())
		if err == nil || errors.Is(err, tenant.ErrNotExist) {
			err = s.store.CancelWiki(ctx, w.ID)
		}
		if err != nil {
			return fmt.Errorf("clear unfinished wiki %q: %w", w.Slug, err)
		}
	}
	removed, err := s.store.RemovedWikis(ctx, before)
	if err != nil {
		return err
	}
	purged, err := s.wikiFleet.Purge(ctx, before)
	if err != nil {
		return err
	}
	for _, w := range removed {
		if err := s.store.PurgeWiki(ctx, w.Slug); err != nil {
			return fmt.Errorf("forget wiki %q: %w", w.Slug, err)
		}
	}
	if purged > 0 {
		s.log.Info("purged deleted wikis", "count", purged)
	}
	return nil
}
