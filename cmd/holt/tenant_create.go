package main

import (
	"context"

	"github.com/holtdb/holt/platform"
)

// tenantCreateCmd is `holt tenant create`.
type tenantCreateCmd struct {
	dataFlag
	tenantArg
}

// Run implements the command.
func (cmd *tenantCreateCmd) Run(ctx context.Context, c *console) error {
	id, err := cmd.id()
	if err != nil {
		return err
	}
	return cmd.withNew(ctx, func(d data) error {
		if err := d.fleet.Create(ctx, id); err != nil {
			return err
		}
		if err := d.audit(ctx, platform.ActionTenantCreate, id, ""); err != nil {
			return err
		}
		return reportState(ctx, d, c, id, "%s is made.\n")
	})
}
