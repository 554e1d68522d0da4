package main

import (
	"context"
	"errors"

	"github.com/holtdb/holt/server"
)

// serveCmd is `holt serve`.
type serveCmd struct {
	dataFlag
	serverFlags
}

// Run implements the command.
func (cmd *serveCmd) Run(ctx context.Context, c *console) error {
	cfg, err := cmd.config(c)
	if err != nil {
		return err
	}
	cfg.Data = cmd.Data
	s, err := server.Open(ctx, cfg)
	if err != nil {
		return err
	}
	setup, err := s.SetupURL(ctx)
	if err == nil {
		err = greet(c, s, greeting{SetupURL: setup})
	}
	if err != nil {
		return errors.Join(err, s.Close())
	}
	return s.Run(ctx)
}

// greeting is what a server says when it is ready.
type greeting struct {
	URL       string `json:"url"`
	Data      string `json:"data"`
	MaxOpen   int    `json:"max_open"`
	OpenFiles uint64 `json:"open_files"`
	SetupURL  string `json:"setup_url,omitempty"`
	SignInURL string `json:"sign_in_url,omitempty"`
	Login     string `json:"login,omitempty"`
	Password  string `json:"password,omitempty"`
}

// greet prints where the server is. Its links go to standard output only, never
// into the log.
func greet(c *console, s *server.Server, g greeting) error {
	g.URL, g.Data, g.MaxOpen, g.OpenFiles = s.URL(), s.Data(), s.MaxOpen(), s.OpenFiles()
	if c.json {
		return c.object(g)
	}
	c.printf("Holt is at %s\n", g.URL)
	c.printf("  data       %s\n", g.Data)
	c.printf("  libraries  at most %d open at once (limit of open files: %d)\n", g.MaxOpen, g.OpenFiles)
	if g.SetupURL != "" {
		c.printf("\nThere is no administrator yet. Open this link to become the first one:\n  %s\n", g.SetupURL)
	}
	if g.SignInURL != "" {
		c.printf("\nOpen this link to look around as the demo person:\n  %s\n", g.SignInURL)
	}
	if g.Password != "" {
		c.printf("or sign in as %s with the password %s\n", g.Login, g.Password)
	}
	c.printf("\nPress Ctrl-C to stop.\n")
	return nil
}
