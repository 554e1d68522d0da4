package platform

import (
	"context"
	"fmt"
	"sync"

	"github.com/holtdb/holt/sqlite"
)

// maxCachedWikis bounds the entries of the directory that are kept in memory.
const maxCachedWikis = 4096

// wikiCache keeps what every request for a wiki asks of the directory, for as
// long as nothing at all changed in the database.
type wikiCache struct {
	watch *sqlite.Watch

	mu      sync.Mutex
	version int64
	entries map[Slug]wikiAndTier
}

type wikiAndTier struct {
	wiki Wiki
	tier Tier
}

// get returns an entry that is current, and the version of the database that one
// read from now on is at least of.
func (c *wikiCache) get(ctx context.Context, slug Slug) (entry wikiAndTier, ok bool, version int64, err error) {
	version, err = c.watch.Version(ctx)
	if err != nil {
		return wikiAndTier{}, false, 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.version != version {
		return wikiAndTier{}, false, version, nil
	}
	entry, ok = c.entries[slug]
	return entry, ok, version, nil
}

// put stores an entry that was read after version was.
func (c *wikiCache) put(slug Slug, entry wikiAndTier, version int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.version != version || c.entries == nil || len(c.entries) >= maxCachedWikis {
		c.version, c.entries = version, make(map[Slug]wikiAndTier)
	}
	c.entries[slug] = entry
}

// selectWikiAndTier is the head of the query for a wiki with its owner's tier,
// the tier "free" for one that is unknown.
const selectWikiAndTier = wikiColumns + ", " + tierColumns + `
	FROM wikis w JOIN accounts a ON a.id = w.owner
	JOIN tiers t ON t.name = coalesce((SELECT name FROM tiers WHERE name = a.tier), '` + TierFree + `')`

// WikiAndTier is [Store.Wiki] together with the tier of its owner. Every request
// for a wiki asks for both, so the answer is kept while the database stays as
// it is.
func (s *Store) WikiAndTier(ctx context.Context, slug Slug) (Wiki, Tier, error) {
	entry, ok, version, err := s.wikis.get(ctx, slug)
	if err != nil || ok {
		return entry.wiki, entry.tier, err
	}
	entry.wiki, err = scanWiki(s.db.Prepared().QueryRowContext(ctx, selectWikiAndTier+" WHERE w.slug = ? AND "+isLive, slug.String()),
		entry.tier.columns()...)
	if err != nil {
		return Wiki{}, Tier{}, fmt.Errorf("find wiki: %w", notFound(err))
	}
	s.wikis.put(slug, entry, version)
	return entry.wiki, entry.tier, nil
}
