package index

import (
	"context"
	"fmt"

	"github.com/holtdb/holt/sqlite"
)

// Listed is a page with what a list of pages says beside its name.
type Listed struct {
	Page
	Tags   []string
	Commit Commit // the last one that changed it
}

// Listing returns all pages with their tags and last commits, by path.
func (x *Index) Listing(ctx context.Context) ([]Listed, error) {
	pages, err := sqlite.Collect(ctx, x.db.Prepared(), scanListed,
		"SELECT "+commitColumns+", "+pageColumns+" FROM pages g JOIN commits c ON c.seq = g.seq ORDER BY g.path")
	if err != nil {
		return nil, fmt.Errorf("list pages: %w", err)
	}
	tagged, err := x.Tags(ctx, "")
	if err != nil {
		return nil, err
	}
	tags := make(map[string][]string)
	for _, t := range tagged {
		tags[t.Page.Path] = append(tags[t.Page.Path], t.Tag)
	}
	for i := range pages {
		pages[i].Tags = tags[pages[i].Path]
	}
	return pages, nil
}

func scanListed(r sqlite.Row) (Listed, error) {
	var page Page
	var blob string
	c, err := scanCommit(r, &page.Path, &page.Title, &page.Category, &blob, &page.Words, &page.Changed)
	if err != nil {
		return Listed{}, err
	}
	page.Blob, err = parseHex(blob)
	return Listed{Page: page, Commit: c}, err
}
