package main

import (
	"context"
	"fmt"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
)

// tenantSuspendCmd is `holt tenant suspend`.
type tenantSuspendCmd struct {
	dataFlag
	tenantArg
	Reason   string `help:"What its owner is told." placeholder:"TEXT"`
	ReadOnly bool   `help:"Let it be read."`
}

// Run implements the command.
func (cmd *tenantSuspendCmd) Run(ctx context.Context, c *console) error {
	state, text := tenant.State{Status: tenant.Suspended, Reason: cmd.Reason}, "%s is suspended.\n"
	if cmd.ReadOnly {
		state.Status, text = tenant.ReadOnly, "%s is read-only.\n"
	}
	return setState(ctx, c, cmd.dataFlag, cmd.tenantArg, platform.ActionTenantSuspend, state, text)
}

// tenantResumeCmd is `holt tenant resume`.
type tenantResumeCmd struct {
	dataFlag
	tenantArg
}

// Run implements the command.
func (cmd *tenantResumeCmd) Run(ctx context.Context, c *console) error {
	return setState(ctx, c, cmd.dataFlag, cmd.tenantArg, platform.ActionTenantResume,
		tenant.State{Status: tenant.Active}, "%s is in use again.\n")
}

func setState(ctx context.Context, c *console, dir dataFlag, arg tenantArg, action string, s tenant.State, text string) error {
	id, err := arg.id()
	if err != nil {
		return err
	}
	return dir.with(ctx, func(d data) error {
		if err := d.fleet.SetState(ctx, id, s); err != nil {
			return fmt.Errorf("change state of tenant %q: %w", id, err)
		}
		if err := d.audit(ctx, action, id, string(s.Status)); err != nil {
			return err
		}
		return reportState(ctx, d, c, id, text)
	})
}

// reportState says how a tenant is after it was changed.
func reportState(ctx context.Context, d data, c *console, id tenant.ID, text string) error {
	if !c.json {
		c.printf(text, id)
		return nil
	}
	state, err := d.fleet.State(ctx, id)
	if err != nil {
		return err
	}
	return c.object(stateBody(id, state))
}
