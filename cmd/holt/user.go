package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/holtdb/holt/platform"
)

// userCmd is `holt user`.
type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"Make an account that signs in with a password."`
	List    userListCmd    `cmd:"" help:"List the accounts."`
	Link    userLinkCmd    `cmd:"" help:"Let somebody known to an identity provider sign in to an account that is there."`
	SetTier userSetTierCmd `cmd:"" help:"Put an account into a tier; it counts from the next request on."`
}

// userArg names an account.
type userArg struct {
	Login string `arg:"" help:"Login, or account id of somebody who signs in elsewhere."`
}

// userBody is an account in JSON.
type userBody struct {
	Account   string    `json:"account"`
	Login     string    `json:"login,omitempty"`
	Name      string    `json:"name"`
	Tenant    string    `json:"tenant"`
	Tier      string    `json:"tier"`
	Admin     bool      `json:"admin"`
	Suspended bool      `json:"suspended"`
	Created   time.Time `json:"created"`
	LastSeen  time.Time `json:"last_seen"`
	Password  string    `json:"password,omitempty"` // made by the program, shown once
}

func accountBody(a platform.Account) userBody {
	return userBody{
		Account: a.ID, Login: a.Login, Name: a.Name, Tenant: a.Tenant.String(), Tier: a.Tier,
		Admin: a.Admin, Suspended: a.Suspended, Created: a.Created.UTC(), LastSeen: a.LastSeen.UTC(),
	}
}

// userListCmd is `holt user list`.
type userListCmd struct {
	dataFlag
}

// Run implements the command.
func (cmd *userListCmd) Run(ctx context.Context, c *console) error {
	return cmd.with(ctx, func(d data) error {
		const page = 1000
		for after := ""; ; {
			accounts, err := d.store.Accounts(ctx, after, page)
			if err != nil {
				return err
			}
			if err := listAccounts(c, accounts, after == ""); err != nil {
				return err
			}
			if len(accounts) < page {
				return nil
			}
			after = accounts[page-1].ID
		}
	})
}

func listAccounts(c *console, accounts []platform.Account, first bool) error {
	if c.json {
		for _, a := range accounts {
			if err := c.object(accountBody(a)); err != nil {
				return err
			}
		}
		return nil
	}
	if len(accounts) == 0 && first {
		c.printf("There is no account yet.\n")
		return nil
	}
	var rows [][]string
	for _, a := range accounts {
		rows = append(rows, []string{dash(a.Login), a.Name, a.Tier, rights(a), ago(a.LastSeen), a.Tenant.String(), a.ID})
	}
	return c.table([]string{"LOGIN", "NAME", "TIER", "RIGHTS", "SEEN", "TENANT", "ACCOUNT"}, rows)
}

func rights(a platform.Account) string {
	switch {
	case a.Suspended:
		return "suspended"
	case a.Admin:
		return "administrator"
	default:
		return "-"
	}
}

// userSetTierCmd is `holt user set-tier`.
type userSetTierCmd struct {
	dataFlag
	userArg
	Tier string `arg:"" help:"Name of the tier."`
}

// Run implements the command.
func (cmd *userSetTierCmd) Run(ctx context.Context, c *console) error {
	return cmd.with(ctx, func(d data) error {
		a, err := d.account(ctx, cmd.Login)
		if err != nil {
			return err
		}
		if err := mustBeTier(ctx, d.store, cmd.Tier); err != nil {
			return err
		}
		if err := d.store.SetTier(ctx, a.ID, cmd.Tier); err != nil {
			return err
		}
		if a, err = d.store.Account(ctx, a.ID); err != nil {
			return err
		}
		if c.json {
			return c.object(accountBody(a))
		}
		c.printf("%s has the tier %s.\n", cmd.Login, a.Tier)
		return nil
	})
}

// mustBeTier refuses a name that would silently mean the smallest limits.
func mustBeTier(ctx context.Context, store *platform.Store, name string) error {
	tiers, err := store.Tiers(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, t := range tiers {
		names = append(names, t.Name)
	}
	if !slices.Contains(names, name) {
		return fmt.Errorf("tier %q: %w; there are %q", name, platform.ErrNotFound, names)
	}
	return nil
}
