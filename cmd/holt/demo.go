package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/holtdb/holt/server"
)

// demoCmd is `holt demo`. It does not heed HOLT_DATA: a demonstration must not
// end up in somebody's data.
type demoCmd struct {
	Data string `help:"Keep the demonstration in this directory. Without it a temporary one is used and removed at the end." placeholder:"DIR"`
	serverFlags
}

// Run implements the command.
func (cmd *demoCmd) Run(ctx context.Context, c *console) (err error) {
	cfg, err := cmd.config(c)
	if err != nil {
		return err
	}
	cfg.Data = cmd.Data
	if cfg.Data == "" {
		if cfg.Data, err = os.MkdirTemp("", "holt-demo-"); err != nil {
			return fmt.Errorf("make temporary data directory: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(cfg.Data)) }()
	}
	s, err := server.Open(ctx, cfg)
	if err != nil {
		return err
	}
	demo, err := s.SetUpDemo(ctx)
	if err == nil {
		err = greet(c, s, greeting{SignInURL: demo.SignInURL, Login: demo.Login, Password: demo.Password})
	}
	if err != nil {
		return errors.Join(err, s.Close())
	}
	return s.Run(ctx)
}
