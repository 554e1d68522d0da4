package main

import (
	"context"
	"fmt"
	"time"

	"github.com/holtdb/holt/platform"
)

// tokenCmd is `holt token`.
type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make an API token and print it once."`
	List   tokenListCmd   `cmd:"" help:"List an account's API tokens."`
	Revoke tokenRevokeCmd `cmd:"" help:"Make an API token void."`
}

// tokenBody is an API token in JSON.
type tokenBody struct {
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	Scope    platform.Scope `json:"scope"`
	Created  time.Time      `json:"created"`
	LastUsed time.Time      `json:"last_used,omitzero"`
	Expires  time.Time      `json:"expires"`
	Token    string         `json:"token,omitempty"` // shown once
}

func bodyOfToken(t platform.TokenInfo) tokenBody {
	b := tokenBody{ID: t.ID, Name: t.Name, Scope: t.Scope, Created: t.Created.UTC(), Expires: t.Expires.UTC()}
	if !t.LastUsed.IsZero() {
		b.LastUsed = t.LastUsed.UTC()
	}
	return b
}

// tokenCreateCmd is `holt token create`.
type tokenCreateCmd struct {
	dataFlag
	userArg
	Name  string `help:"What it is for." default:"command line" placeholder:"NAME"`
	Scope string `help:"What it allows: read or write." enum:"read,write" default:"read"`
	Days  int    `help:"Days until it expires." default:"90" placeholder:"N"`
}

// Run implements the command.
func (cmd *tokenCreateCmd) Run(ctx context.Context, c *console) error {
	return cmd.with(ctx, func(d data) error {
		a, err := d.account(ctx, cmd.Login)
		if err != nil {
			return err
		}
		secret, info, err := d.store.CreateToken(ctx, a.ID, cmd.Name, platform.Scope(cmd.Scope), time.Now().AddDate(0, 0, cmd.Days))
		if err != nil {
			return err
		}
		if c.json {
			body := bodyOfToken(info)
			body.Token = secret
			return c.object(body)
		}
		// The token alone goes to standard output, for scripts to take.
		c.printf("%s\n", secret)
		fmt.Fprintf(c.err, "Shown only now. It allows to %s as %s until %s.\n",
			info.Scope, cmd.Login, info.Expires.Format("2 January 2006"))
		return nil
	})
}

// tokenListCmd is `holt token list`.
type tokenListCmd struct {
	dataFlag
	userArg
}

// Run implements the command.
func (cmd *tokenListCmd) Run(ctx context.Context, c *console) error {
	return cmd.with(ctx, func(d data) error {
		a, err := d.account(ctx, cmd.Login)
		if err != nil {
			return err
		}
		tokens, err := d.store.Tokens(ctx, a.ID)
		if err != nil {
			return err
		}
		var rows [][]string
		for _, t := range tokens {
			if c.json {
				if err := c.object(bodyOfToken(t)); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{t.ID, t.Name, string(t.Scope), ago(t.LastUsed), ago(t.Expires)})
		}
		if c.json {
			return nil
		}
		return c.table([]string{"ID", "NAME", "SCOPE", "USED", "EXPIRES"}, rows)
	})
}

// tokenRevokeCmd is `holt token revoke`.
type tokenRevokeCmd struct {
	dataFlag
	userArg
	Token string `arg:"" help:"Id of the token, as listed; not the token itself."`
}

// Run implements the command.
func (cmd *tokenRevokeCmd) Run(ctx context.Context, c *console) error {
	return cmd.with(ctx, func(d data) error {
		a, err := d.account(ctx, cmd.Login)
		if err != nil {
			return err
		}
		if err := d.store.RevokeToken(ctx, a.ID, cmd.Token); err != nil {
			return err
		}
		if c.json {
			return c.object(map[string]string{"id": cmd.Token, "status": "revoked"})
		}
		c.printf("The token is void.\n")
		return nil
	})
}
