package main

import (
	"context"
	"fmt"
	"time"

	"github.com/holtdb/holt/server"
)

// wikiDeleteCmd is `holt wiki delete`.
type wikiDeleteCmd struct {
	dataFlag
	wikiArg
	Yes bool `help:"Do not ask."`
}

// Run implements the command.
func (cmd *wikiDeleteCmd) Run(ctx context.Context, c *console) error {
	slug, err := cmd.slug()
	if err != nil {
		return err
	}
	return cmd.with(ctx, func(d data) error {
		if _, err := d.store.Wiki(ctx, slug); err != nil {
			return fmt.Errorf("delete wiki %q: %w", slug, err)
		}
		if err := confirmName(c, "wiki", slug.String(), cmd.Yes); err != nil {
			return err
		}
		if err := d.host().Delete(ctx, slug); err != nil {
			return err
		}
		if c.json {
			return c.object(map[string]string{"slug": slug.String(), "status": "deleted"})
		}
		c.printf("%s is deleted. Until %s it can be brought back by: holt wiki undelete %s\n",
			slug, time.Now().Add(server.TrashRetention).Format("2 January 2006"), slug)
		return nil
	})
}

// wikiUndeleteCmd is `holt wiki undelete`.
type wikiUndeleteCmd struct {
	dataFlag
	wikiArg
}

// Run implements the command.
func (cmd *wikiUndeleteCmd) Run(ctx context.Context, c *console) error {
	slug, err := cmd.slug()
	if err != nil {
		return err
	}
	return cmd.with(ctx, func(d data) error {
		if err := d.host().Restore(ctx, slug); err != nil {
			return fmt.Errorf("undelete wiki %q: %w", slug, err)
		}
		w, err := d.store.Wiki(ctx, slug)
		if err != nil {
			return err
		}
		return printWiki(ctx, d, c, w)
	})
}
