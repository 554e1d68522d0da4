package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/server"
	"github.com/holtdb/holt/tenant"
)

// wikiCmd is `holt wiki`.
type wikiCmd struct {
	List     wikiListCmd     `cmd:"" help:"List the wikis, or the deleted ones."`
	Create   wikiCreateCmd   `cmd:"" help:"Make a wiki for somebody."`
	Import   wikiImportCmd   `cmd:"" help:"Make a wiki of an existing git repository, and of an An Otter Wiki database."`
	Show     wikiShowCmd     `cmd:"" help:"Say how a wiki is: its state, its size, and why it cannot be opened."`
	Delete   wikiDeleteCmd   `cmd:"" help:"Move a wiki to the trash."`
	Undelete wikiUndeleteCmd `cmd:"" help:"Bring a deleted wiki back."`
	Suspend  wikiSuspendCmd  `cmd:"" help:"Take a wiki out of use, or make it read-only."`
	Resume   wikiResumeCmd   `cmd:"" help:"Take a wiki back into use."`
}

// wikiArg names a wiki.
type wikiArg struct {
	Slug string `arg:"" help:"Address of the wiki, as in /w/SLUG/."`
}

func (a wikiArg) slug() (platform.Slug, error) { return platform.ParseSlug(a.Slug) }

// wikiBody is a wiki in JSON.
type wikiBody struct {
	Slug    string        `json:"slug"`
	Name    string        `json:"name"`
	Owner   string        `json:"owner"`
	Status  tenant.Status `json:"status,omitempty"`
	Reason  string        `json:"reason,omitempty"`
	Pages   int64         `json:"pages"`
	Bytes   int64         `json:"bytes"`
	Created time.Time     `json:"created"`
	Deleted time.Time     `json:"deleted,omitzero"`
}

// wikiListCmd is `holt wiki list`.
type wikiListCmd struct {
	dataFlag
	Trash bool `help:"List the deleted ones that can be brought back."`
}

const wikiLine = "%-30s  %-10s  %-20s  %s\n"

// Run implements the command.
func (cmd *wikiListCmd) Run(ctx context.Context, c *console) error {
	return cmd.with(ctx, func(d data) error {
		c.printf(wikiLine, "WIKI", "STATUS", "OWNER", "NAME")
		const page = 500
		for after := (platform.Slug{}); ; {
			wikis, err := d.store.Wikis(ctx, "", after, page)
			if err != nil {
				return err
			}
			for _, w := range wikis {
				if after = w.Slug; w.Removed.IsZero() == cmd.Trash {
					continue
				}
				if err := printWiki(ctx, d, c, w); err != nil {
					return err
				}
			}
			if len(wikis) < page {
				return nil
			}
		}
	})
}

func printWiki(ctx context.Context, d data, c *console, w platform.Wiki) error {
	body := wikiBody{Slug: w.Slug.String(), Name: w.Name, Owner: w.OwnerName, Pages: w.Pages, Bytes: w.Bytes, Created: w.Created, Deleted: w.Removed}
	if w.Removed.IsZero() {
		state, err := d.wikis.State(ctx, w.Slug.ID())
		switch {
		case errors.Is(err, tenant.ErrNotExist):
			state = tenant.State{Status: tenant.Failed, Reason: "its home is missing"}
		case err != nil:
			state = tenant.State{Status: tenant.Failed, Reason: err.Error()}
		}
		body.Status, body.Reason = state.Status, state.Reason
	} else {
		body.Status = "deleted"
	}
	c.printf(wikiLine, body.Slug, body.Status, body.Owner, body.Name)
	if c.json {
		return c.object(body)
	}
	return nil
}

// wikiShowCmd is `holt wiki show`.
type wikiShowCmd struct {
	dataFlag
	wikiArg
}

// Run implements the command.
func (cmd *wikiShowCmd) Run(ctx context.Context, c *console) error {
	slug, err := cmd.slug()
	if err != nil {
		return err
	}
	return cmd.with(ctx, func(d data) error {
		w, err := d.store.Wiki(ctx, slug)
		if err != nil {
			return fmt.Errorf("show wiki %q: %w", slug, err)
		}
		owner, err := d.store.Account(ctx, w.Owner)
		if err != nil {
			return err
		}
		report, err := server.Inspect(ctx, d.wikis, slug.ID())
		if err != nil {
			return err
		}
		return reportTenant(c, bodyOf(slug.ID(), report, owner))
	})
}

// wikiSuspendCmd is `holt wiki suspend`.
type wikiSuspendCmd struct {
	dataFlag
	wikiArg
	Reason   string `help:"Why, for those who come." placeholder:"TEXT"`
	ReadOnly bool   `help:"Leave it readable."`
}

// Run implements the command.
func (cmd *wikiSuspendCmd) Run(ctx context.Context, c *console) error {
	status := tenant.Suspended
	if cmd.ReadOnly {
		status = tenant.ReadOnly
	}
	return setWikiState(ctx, c, cmd.dataFlag, cmd.wikiArg, platform.ActionTenantSuspend, tenant.State{Status: status, Reason: cmd.Reason})
}

// wikiResumeCmd is `holt wiki resume`.
type wikiResumeCmd struct {
	dataFlag
	wikiArg
}

// Run implements the command.
func (cmd *wikiResumeCmd) Run(ctx context.Context, c *console) error {
	return setWikiState(ctx, c, cmd.dataFlag, cmd.wikiArg, platform.ActionTenantResume, tenant.State{Status: tenant.Active})
}

func setWikiState(ctx context.Context, c *console, f dataFlag, arg wikiArg, action string, state tenant.State) error {
	slug, err := arg.slug()
	if err != nil {
		return err
	}
	return f.with(ctx, func(d data) error {
		w, err := d.store.Wiki(ctx, slug)
		if err != nil {
			return fmt.Errorf("find wiki %q: %w", slug, err)
		}
		if err := d.wikis.SetState(ctx, slug.ID(), state); err != nil {
			return err
		}
		if err := d.store.Audit(ctx, platform.Event{Action: action, Subject: "wikis/" + slug.String(), Detail: string(state.Status)}); err != nil {
			return err
		}
		return printWiki(ctx, d, c, w)
	})
}
