package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/server"
	"github.com/holtdb/holt/tenant"
)

// tenantDeleteCmd is `holt tenant delete`. The owner's account stays; it gets a
// new, empty library at its next visit.
type tenantDeleteCmd struct {
	dataFlag
	tenantArg
	Yes bool `help:"Do not ask."`
}

// Run implements the command.
func (cmd *tenantDeleteCmd) Run(ctx context.Context, c *console) error {
	id, err := cmd.id()
	if err != nil {
		return err
	}
	return cmd.with(ctx, func(d data) error {
		exists, err := d.fleet.Exists(id)
		if err != nil {
			return err
		}
		if !exists {
			return fmt.Errorf("delete tenant %q: %w", id, tenant.ErrNotExist)
		}
		if err := confirmName(c, "library", id.String(), cmd.Yes); err != nil {
			return err
		}
		if err := d.fleet.Delete(ctx, id); err != nil {
			return err
		}
		if err := d.audit(ctx, platform.ActionTenantDelete, id, ""); err != nil {
			return err
		}
		if c.json {
			return c.object(map[string]string{"tenant": id.String(), "status": "deleted"})
		}
		c.printf("%s is deleted. Until %s it can be brought back by: holt tenant undelete %s\n",
			id, time.Now().Add(server.TrashRetention).Format("2 January 2006"), id)
		return nil
	})
}

// confirmName has a name typed, so that nobody deletes by a slip.
func confirmName(c *console, what, name string, yes bool) error {
	if yes {
		return nil
	}
	if !c.asks() {
		return fmt.Errorf("%w: deleting needs --yes where nobody can be asked", errUsage)
	}
	fmt.Fprintf(c.err, "Type the name of the %s to delete it (%s): ", what, name)
	line, err := bufio.NewReader(c.in).ReadString('\n')
	if err != nil || strings.TrimRight(line, "\r\n") != name {
		return errors.New("another name was typed; nothing is deleted")
	}
	return nil
}

// tenantUndeleteCmd is `holt tenant undelete`.
type tenantUndeleteCmd struct {
	dataFlag
	tenantArg
}

// Run implements the command.
func (cmd *tenantUndeleteCmd) Run(ctx context.Context, c *console) error {
	id, err := cmd.id()
	if err != nil {
		return err
	}
	return cmd.with(ctx, func(d data) error {
		if err := d.fleet.Undelete(ctx, id); err != nil {
			return fmt.Errorf("undelete tenant %q: %w", id, err)
		}
		if err := d.audit(ctx, platform.ActionTenantUndelete, id, ""); err != nil {
			return err
		}
		return reportState(ctx, d, c, id, "%s is back.\n")
	})
}
