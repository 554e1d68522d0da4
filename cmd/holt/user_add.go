package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/holtdb/holt/platform"
)

// userAddCmd is `holt user add`.
type userAddCmd struct {
	dataFlag
	Login        string `arg:"" help:"Login of the new account."`
	Name         string `help:"Name to show; the login when it is not given." placeholder:"NAME"`
	Admin        bool   `help:"Make an administrator."`
	Tier         string `help:"Tier of the account: free, or local for an administrator, when it is not given." placeholder:"TIER"`
	PasswordFile string `help:"File with the password, - for standard input. Without it the password is asked for on a terminal, else made and printed once." placeholder:"FILE"`
}

// Run implements the command.
func (cmd *userAddCmd) Run(ctx context.Context, c *console) error {
	return cmd.withNew(ctx, func(d data) error {
		tier := cmd.Tier
		switch {
		case tier != "":
			if err := mustBeTier(ctx, d.store, tier); err != nil {
				return err
			}
		case cmd.Admin:
			tier = platform.TierLocal
		default:
			tier = platform.TierFree
		}
		password, made, err := cmd.password(c)
		if err != nil {
			return err
		}
		a, err := d.store.CreateLocal(ctx, platform.NewAccount{
			Login: cmd.Login, Name: cmd.Name, Password: password, Admin: cmd.Admin, Tier: tier,
		})
		if err != nil {
			return err
		}
		body := accountBody(a)
		if made {
			body.Password = password
		}
		return showNewUser(c, body)
	})
}

func showNewUser(c *console, u userBody) error {
	if c.json {
		return c.object(u)
	}
	c.printf("%s can sign in. The library is named %s.\n", u.Login, u.Tenant)
	if u.Password != "" {
		c.printf("Password, shown only now: %s\n", u.Password)
	}
	return nil
}

// password returns the password and whether the program made it.
func (cmd *userAddCmd) password(c *console) (password string, made bool, err error) {
	switch {
	case cmd.PasswordFile == "-":
		text, err := io.ReadAll(io.LimitReader(c.in, platform.MaxPassword+2))
		if err != nil {
			return "", false, fmt.Errorf("read password: %w", err)
		}
		return strings.TrimRight(string(text), "\r\n"), false, nil
	case cmd.PasswordFile != "":
		text, err := os.ReadFile(cmd.PasswordFile)
		if err != nil {
			return "", false, fmt.Errorf("%w: read password: %w", errUsage, err)
		}
		return strings.TrimRight(string(text), "\r\n"), false, nil
	case c.asks():
		password, err := c.password()
		return password, false, err
	}
	return strings.ToLower(rand.Text()), true, nil
}
