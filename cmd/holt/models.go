package main

import (
	"context"
	"strconv"
	"time"

	"github.com/holtdb/holt/platform"
)

// modelsCmd is `holt models`. A running server sees what it changes at once.
type modelsCmd struct {
	List    modelsListCmd    `cmd:"" help:"List the server's models, and who may use which."`
	Set     modelsSetCmd     `cmd:"" help:"Choose the model that answers questions, or the one that finds passages by meaning."`
	Remove  modelsRemoveCmd  `cmd:"" help:"Do without a model, and forget its key."`
	Private modelsPrivateCmd `cmd:"" help:"Say or decide whether model servers that people name for themselves may be at private addresses."`
}

// modelArgs name one of the server's models.
type modelArgs struct {
	Purpose string `arg:"" enum:"chat,embed" help:"What it is for: chat to answer questions, embed to find passages by meaning."`
	Tier    string `help:"Only for people of this tier; without it for all whose tier has no model of its own." placeholder:"TIER"`
}

// modelBody is a model in JSON. Its key is nowhere shown.
type modelBody struct {
	Purpose       string    `json:"purpose"`
	Tier          string    `json:"tier"` // empty: every tier
	Protocol      string    `json:"protocol"`
	URL           string    `json:"url,omitempty"`
	Model         string    `json:"model"`
	Key           bool      `json:"key"`
	ContextTokens int       `json:"context_tokens,omitempty"`
	Updated       time.Time `json:"updated"`
}

func bodyOfModel(m platform.ServerModel) modelBody {
	return modelBody{
		Purpose: m.Purpose, Tier: m.Tier, Protocol: m.Protocol, URL: m.URL, Model: m.Model,
		Key: m.SealedKey != nil, ContextTokens: m.ContextTokens, Updated: m.Updated.UTC(),
	}
}

// modelsListCmd is `holt models list`.
type modelsListCmd struct {
	dataFlag
}

// Run implements the command.
func (cmd *modelsListCmd) Run(ctx context.Context, c *console) error {
	return cmd.with(ctx, func(d data) error {
		models, err := d.store.ServerModels(ctx)
		if err != nil {
			return err
		}
		if c.json {
			for _, m := range models {
				if err := c.object(bodyOfModel(m)); err != nil {
					return err
				}
			}
			return nil
		}
		if err := tableOfModels(c, models); err != nil {
			return err
		}
		return tellWhoMay(ctx, d, c)
	})
}

func tableOfModels(c *console, models []platform.ServerModel) error {
	if len(models) == 0 {
		c.printf("The server has no model.\n")
		return nil
	}
	var rows [][]string
	for _, m := range models {
		key, tokens := "-", "-"
		if m.SealedKey != nil {
			key = "set"
		}
		if m.ContextTokens > 0 {
			tokens = strconv.Itoa(m.ContextTokens)
		}
		rows = append(rows, []string{m.Purpose, tierText(m.Tier), m.Protocol, m.Model, dash(m.URL), key, tokens, ago(m.Updated)})
	}
	return c.table([]string{"PURPOSE", "TIER", "PROTOCOL", "MODEL", "ADDRESS", "KEY", "CONTEXT", "CHANGED"}, rows)
}

// tierText names the tiers that a model is for.
func tierText(tier string) string {
	if tier == "" {
		return "every"
	}
	return tier
}

// tellWhoMay says what is not as it is by default.
func tellWhoMay(ctx context.Context, d data, c *console) error {
	tiers, err := d.store.Tiers(ctx)
	if err != nil {
		return err
	}
	for _, t := range tiers {
		if !t.Chat {
			c.printf("Tier %s: without the server's chat model.\n", t.Name)
		}
		if !t.OwnModels {
			c.printf("Tier %s: without models of people's own.\n", t.Name)
		}
	}
	private, err := d.store.PrivateModels(ctx)
	if err == nil && private {
		c.printf("People's own model servers may be at private addresses.\n")
	}
	return err
}
