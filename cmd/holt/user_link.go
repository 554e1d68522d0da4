package main

import (
	"context"

	"github.com/holtdb/holt/platform"
)

// userLinkCmd is `holt user link`.
type userLinkCmd struct {
	dataFlag
	userArg
	Provider string `arg:"" enum:"jwt,proxy" help:"Who proves the identity: jwt or proxy."`
	Subject  string `arg:"" help:"The person's stable name there, such as the user id of the token."`
}

// Run implements the command.
func (cmd *userLinkCmd) Run(ctx context.Context, c *console) error {
	return cmd.with(ctx, func(d data) error {
		a, err := d.account(ctx, cmd.Login)
		if err != nil {
			return err
		}
		err = d.store.LinkIdentity(ctx, a.ID, platform.Proof{Provider: cmd.Provider, Subject: cmd.Subject})
		if err != nil {
			return err
		}
		if c.json {
			return c.object(accountBody(a))
		}
		c.printf("%s %s now signs in to the account of %s.\n", cmd.Provider, cmd.Subject, cmd.Login)
		return nil
	})
}
