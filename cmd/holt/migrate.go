package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/holtdb/holt/tenant"
)

// migrateCmd is `holt migrate`.
type migrateCmd struct {
	dataFlag
	DryRun      bool    `help:"Migrate copies and throw them away."`
	Workers     int     `help:"Libraries or wikis at once; 0 for one per processor." default:"0" placeholder:"N"`
	Canary      float64 `help:"Share that goes first; the rest follows only when none of it failed." default:"0.01" placeholder:"SHARE"`
	MaxFailures float64 `help:"Share of failures beyond which the run stops." default:"0.01" placeholder:"SHARE"`
}

// errMigration means that not all libraries or wikis were migrated.
var errMigration = errors.New("not all are migrated")

// Run implements the command.
func (cmd *migrateCmd) Run(ctx context.Context, c *console) error {
	if cmd.Workers < 0 || cmd.Canary < 0 || cmd.Canary > 1 || cmd.MaxFailures < 0 || cmd.MaxFailures > 1 {
		return fmt.Errorf("%w: shares are between 0 and 1, and workers are not negative", errUsage)
	}
	return cmd.with(ctx, func(d data) error {
		return errors.Join(cmd.migrate(ctx, c, d.fleet, "libraries"), cmd.migrate(ctx, c, d.wikis, "wikis"))
	})
}

// migrate goes through one fleet.
func (cmd *migrateCmd) migrate(ctx context.Context, c *console, fleet *tenant.Fleet, what string) error {
	bar := newBar(c)
	report, err := fleet.Migrate(ctx, tenant.MigrateOptions{
		DryRun: cmd.DryRun, Workers: cmd.Workers, Canary: cmd.Canary, MaxFailures: cmd.MaxFailures,
		Progress: bar.show,
	})
	bar.end()
	if ctx.Err() != nil {
		err = fmt.Errorf("%w: it was interrupted; the next run goes on from here", errMigration)
	}
	if err != nil && report.Total == 0 {
		return err
	}
	return errors.Join(err, cmd.report(c, what, report))
}

// report says what became of the run and returns an error when anything failed.
func (cmd *migrateCmd) report(c *console, what string, r tenant.MigrateReport) error {
	type failure struct {
		Tenant string `json:"tenant"`
		Error  string `json:"error"`
	}
	failures := []failure{}
	for _, f := range r.Failures {
		failures = append(failures, failure{f.Tenant.String(), f.Err.Error()})
	}
	if c.json {
		err := c.object(struct {
			Kind     string    `json:"kind"`
			DryRun   bool      `json:"dry_run"`
			Total    int       `json:"total"`
			Done     int       `json:"done"`
			Skipped  int       `json:"skipped"`
			Failures []failure `json:"failures"`
			Stopped  string    `json:"stopped,omitempty"`
		}{what, cmd.DryRun, r.Total, r.Done, r.Skipped, failures, r.Stopped})
		if err != nil {
			return err
		}
	} else {
		verb := "migrated or up to date"
		if cmd.DryRun {
			verb = "can be migrated or are up to date"
		}
		c.printf("%d of %d %s %s", r.Done, r.Total, what, verb)
		if r.Skipped > 0 {
			c.printf(", %d done in an earlier run", r.Skipped)
		}
		c.printf("\n")
		for _, f := range failures {
			c.printf("failed: %s: %s\n", f.Tenant, f.Error)
		}
	}
	switch {
	case r.Stopped != "":
		return fmt.Errorf("%w: the run stopped, as %s", errMigration, r.Stopped)
	case len(failures) > 0:
		return fmt.Errorf("%w: %d of %d failed", errMigration, len(failures), r.Total)
	}
	return nil
}

// bar shows progress on a terminal and nothing elsewhere.
type bar struct{ *progressbar.ProgressBar }

func newBar(c *console) bar {
	if c.json || !term.IsTerminal(int(c.err.Fd())) {
		return bar{}
	}
	return bar{progressbar.NewOptions(-1, progressbar.OptionSetWriter(c.err),
		progressbar.OptionSetDescription("migrating"), progressbar.OptionShowCount(),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())}
}

// A bar that cannot be drawn is no reason to stop: its errors are left out.

func (b bar) show(r tenant.MigrateReport) {
	if b.ProgressBar == nil {
		return
	}
	if b.GetMax() != r.Total {
		b.ChangeMax(r.Total)
	}
	_ = b.Set(r.Done + r.Skipped + len(r.Failures))
}

func (b bar) end() {
	if b.ProgressBar != nil {
		_ = b.Finish()
	}
}
