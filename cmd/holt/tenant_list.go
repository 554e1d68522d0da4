package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/tenant"
)

// tenantListCmd is `holt tenant list`.
type tenantListCmd struct {
	dataFlag
	Trash bool `help:"List the deleted ones that can be brought back."`
}

// listLine holds a name, which is mostly a provider and 26 characters, in a
// column: the list is written while it is read, so that no width is known.
const listLine = "%-34s  %-10s  %s\n"

// Run implements the command.
func (cmd *tenantListCmd) Run(ctx context.Context, c *console) error {
	return cmd.with(ctx, func(d data) error {
		if cmd.Trash {
			return listTrash(d, c)
		}
		return listTenants(ctx, d, c)
	})
}

func listTenants(ctx context.Context, d data, c *console) error {
	c.printf(listLine, "TENANT", "STATUS", "REASON")
	for id, err := range d.fleet.IDs(ctx) {
		if errors.Is(err, tenant.ErrInvalidID) {
			fmt.Fprintf(c.err, "left out: %v\n", err)
			continue
		}
		if err != nil {
			return err
		}
		state, err := d.fleet.State(ctx, id)
		if errors.Is(err, tenant.ErrNotExist) {
			continue // deleted meanwhile
		}
		if err != nil {
			state = tenant.State{Status: tenant.Failed, Reason: err.Error()}
		}
		c.printf(listLine, id, state.Status, dash(state.Reason))
		if c.json {
			if err := c.object(stateBody(id, state)); err != nil {
				return err
			}
		}
	}
	return nil
}

func listTrash(d data, c *console) error {
	trash, err := d.fleet.Trash()
	if err != nil {
		return err
	}
	c.printf(listLine, "TENANT", "DELETED", "")
	for _, t := range trash {
		c.printf(listLine, t.ID, ago(t.Deleted), "")
		if c.json {
			err := c.object(struct {
				Tenant  string    `json:"tenant"`
				Deleted time.Time `json:"deleted"`
			}{t.ID.String(), t.Deleted})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
