package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/vault"
)

// maxModelKey bounds the key of a model server, in bytes.
const maxModelKey = 4096

// modelsSetCmd is `holt models set`.
type modelsSetCmd struct {
	dataFlag
	modelArgs
	Protocol string `required:"" enum:"ollama,openai,local" placeholder:"NAME" help:"How it is reached: ollama, openai (also other servers that speak so), or local: in the server itself, for embed."`
	URL      string `name:"url" help:"Base address, such as http://localhost:11434 or https://api.openai.com/v1; none with local." placeholder:"URL"`
	Model    string `help:"Its name there, such as llama3.2; none with local." placeholder:"NAME"`
	KeyFile  string `help:"File with the API key, - for standard input. Without it the key that is there stays, as long as the address does." placeholder:"FILE"`
	Context  int    `help:"Tokens that fit into a request; 0 for the usual number." default:"0" placeholder:"N"`
}

// Run implements the command.
func (cmd *modelsSetCmd) Run(ctx context.Context, c *console) error {
	key, err := cmd.key(c)
	if err != nil {
		return err
	}
	return cmd.withNew(ctx, func(d data) error {
		if cmd.Tier != "" {
			if err := mustBeTier(ctx, d.store, cmd.Tier); err != nil {
				return err
			}
		}
		m := cmd.model()
		lost, err := cmd.giveKey(ctx, d, &m, key)
		if err != nil {
			return err
		}
		if err := d.store.SaveServerModel(ctx, m); err != nil {
			return err
		}
		if lost {
			fmt.Fprintln(c.err, "The key was for another address and is forgotten; give it again by --key-file.")
		}
		return cmd.show(ctx, d, c)
	})
}

func (cmd *modelsSetCmd) model() platform.ServerModel {
	m := platform.ServerModel{
		Purpose: cmd.Purpose, Tier: cmd.Tier, Protocol: cmd.Protocol,
		URL: cmd.URL, Model: cmd.Model, ContextTokens: cmd.Context,
	}
	if m.Protocol == platform.ProtocolLocal && m.Model == "" {
		m.Model = platform.LocalModel
	}
	return m
}

// key reads the key that was given; empty when none was.
func (cmd *modelsSetCmd) key(c *console) (string, error) {
	if cmd.KeyFile == "" {
		return "", nil
	}
	source := c.in
	if cmd.KeyFile != "-" {
		f, err := os.Open(cmd.KeyFile)
		if err != nil {
			return "", fmt.Errorf("%w: read key: %w", errUsage, err)
		}
		defer f.Close()
		source = f
	}
	text, err := io.ReadAll(io.LimitReader(source, maxModelKey+2))
	if err != nil {
		return "", fmt.Errorf("read key: %w", err)
	}
	key := strings.TrimRight(string(text), "\r\n")
	if key == "" || len(key) > maxModelKey {
		return "", fmt.Errorf("%w: the key is empty or longer than %d bytes", errUsage, maxModelKey)
	}
	if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fmt.Errorf("%w: the key has spaces, several lines or characters that no key has", errUsage)
	}
	return key, nil
}

// giveKey seals a new key, or keeps the one that is there when it is for the
// same address; lost says that it is not.
func (cmd *modelsSetCmd) giveKey(ctx context.Context, d data, m *platform.ServerModel, key string) (lost bool, err error) {
	if key != "" {
		m.SealedKey, err = cmd.seal(*m, key)
		return false, err
	}
	before, there, err := findModel(ctx, d, m.Purpose, m.Tier)
	if err != nil || !there || before.SealedKey == nil {
		return false, err
	}
	if before.KeyPurpose() != m.KeyPurpose() {
		return m.Protocol != platform.ProtocolLocal, nil
	}
	m.SealedKey = before.SealedKey
	return false, nil
}

// seal encrypts a key with that of the server.
func (cmd *modelsSetCmd) seal(m platform.ServerModel, key string) (sealed []byte, err error) {
	root, err := os.OpenRoot(cmd.Data)
	if err != nil {
		return nil, fmt.Errorf("open data directory: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	v, err := vault.Open(root, vault.KeyFile)
	if err != nil {
		return nil, err
	}
	return v.Seal(vault.ForServer(m.KeyPurpose()), key)
}

// findModel returns the model of a purpose for exactly this tier.
func findModel(ctx context.Context, d data, purpose, tier string) (platform.ServerModel, bool, error) {
	m, ok, err := d.store.ModelFor(ctx, purpose, tier)
	if m.Tier != tier {
		return platform.ServerModel{}, false, err // that of all tiers
	}
	return m, ok, err
}

// show prints what was saved.
func (cmd *modelsSetCmd) show(ctx context.Context, d data, c *console) error {
	m, _, err := findModel(ctx, d, cmd.Purpose, cmd.Tier)
	if err != nil {
		return err
	}
	if c.json {
		return c.object(bodyOfModel(m))
	}
	return tableOfModels(c, []platform.ServerModel{m})
}
