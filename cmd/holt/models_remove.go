package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/holtdb/holt/platform"
)

// modelsRemoveCmd is `holt models remove`.
type modelsRemoveCmd struct {
	dataFlag
	modelArgs
}

// Run implements the command.
func (cmd *modelsRemoveCmd) Run(ctx context.Context, c *console) error {
	return cmd.with(ctx, func(d data) error {
		err := d.store.DeleteServerModel(ctx, cmd.Purpose, cmd.Tier)
		if errors.Is(err, platform.ErrNotFound) {
			return fmt.Errorf("no model for %s and %s tier: %w", cmd.Purpose, tierText(cmd.Tier), platform.ErrNotFound)
		}
		if err != nil {
			return err
		}
		if c.json {
			return c.object(map[string]string{"purpose": cmd.Purpose, "tier": cmd.Tier, "status": "removed"})
		}
		c.printf("The model is removed, and its key forgotten.\n")
		return nil
	})
}
