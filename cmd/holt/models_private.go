package main

import "context"

// modelsPrivateCmd is `holt models private`.
type modelsPrivateCmd struct {
	dataFlag
	State string `arg:"" optional:"" enum:"on,off," default:"" help:"on or off; without it the state is shown. On lets everybody with a model of their own reach the network that the server is in."`
}

// Run implements the command.
func (cmd *modelsPrivateCmd) Run(ctx context.Context, c *console) error {
	open := cmd.withNew
	if cmd.State == "" {
		open = cmd.with
	}
	return open(ctx, func(d data) error {
		if cmd.State != "" {
			if err := d.store.SetPrivateModels(ctx, cmd.State == "on"); err != nil {
				return err
			}
		}
		private, err := d.store.PrivateModels(ctx)
		if err != nil {
			return err
		}
		if c.json {
			return c.object(map[string]bool{"private_models": private})
		}
		if private {
			c.printf("People's own model servers may be at private addresses.\n")
		} else {
			c.printf("People's own model servers must be at public addresses.\n")
		}
		return nil
	})
}
