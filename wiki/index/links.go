package index

import (
	"context"
	"fmt"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/wiki/source"
)

// Link is a link from one page to another.
type Link struct {
	From string
	To   string // as it is called if it exists, else as it was written
	Red  bool   // the target does not exist
}

func scanLink(r sqlite.Row) (l Link, err error) { return l, r.Scan(&l.From, &l.To, &l.Red) }

const selectLink = `SELECT g.path, coalesce(t.path, l.path), t.path IS NULL FROM links l JOIN pages g ON g.id = l.page
	LEFT JOIN pages t ON t.fold = l.fold`

// Links returns the links of the whole wiki, by origin.
func (x *Index) Links(ctx context.Context) ([]Link, error) {
	return x.links(ctx, selectLink+" ORDER BY 1, 2")
}

// LinksFrom returns the links of one page.
func (x *Index) LinksFrom(ctx context.Context, page string) ([]Link, error) {
	return x.links(ctx, selectLink+" WHERE g.path = ? ORDER BY 2", page)
}

// LinksTo returns the links to one page, whether it exists or not.
func (x *Index) LinksTo(ctx context.Context, page string) ([]Link, error) {
	return x.links(ctx, selectLink+" WHERE l.fold = ? ORDER BY 1", Fold(page))
}

// RedLinks returns the links to pages that do not exist, by target.
func (x *Index) RedLinks(ctx context.Context) ([]Link, error) {
	return x.links(ctx, selectLink+" WHERE t.path IS NULL ORDER BY 2, 1")
}

func (x *Index) links(ctx context.Context, query string, args ...any) ([]Link, error) {
	links, err := sqlite.Collect(ctx, x.db.Prepared(), scanLink, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	return links, nil
}

// Orphans returns the pages that no other page links to, by path.
func (x *Index) Orphans(ctx context.Context) ([]Page, error) {
	pages, err := sqlite.Collect(ctx, x.db.Prepared(), onlyPage, "SELECT "+pageColumns+` FROM pages g
		WHERE NOT EXISTS (SELECT 1 FROM links l WHERE l.fold = g.fold AND l.page <> g.id) ORDER BY g.path`)
	if err != nil {
		return nil, fmt.Errorf("list orphans: %w", err)
	}
	return pages, nil
}

// Tagged is a page with one of its tags.
type Tagged struct {
	Tag  string
	Page Page
}

// Tags returns every page with each of its tags, by tag and path. A tag that is
// not "" restricts them to those.
func (x *Index) Tags(ctx context.Context, tag string) ([]Tagged, error) {
	all, err := sqlite.Collect(ctx, x.db.Prepared(), func(r sqlite.Row) (t Tagged, err error) {
		t.Page, err = scanPage(r, &t.Tag)
		return t, err
	}, "SELECT "+pageColumns+`, t.tag FROM tags t JOIN pages g ON g.id = t.page
		WHERE ?1 = '' OR t.fold = ?1 ORDER BY t.fold, g.path`, source.FoldTag(tag))
	if err != nil {
		return nil, fmt.Errorf("list tags: %w", err)
	}
	return all, nil
}

// TagsOf returns the tags of a page.
func (x *Index) TagsOf(ctx context.Context, page string) ([]string, error) {
	tags, err := sqlite.Collect(ctx, x.db.Prepared(), scanText,
		"SELECT t.tag FROM pages g JOIN tags t ON t.page = g.id WHERE g.path = ? ORDER BY 1", page)
	if err != nil {
		return nil, fmt.Errorf("list tags: %w", err)
	}
	return tags, nil
}
