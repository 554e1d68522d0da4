package main

import (
	"context"
	"errors"
	"strconv"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/server"
	"github.com/holtdb/holt/tenant"
)

// tenantShowCmd is `holt tenant show`.
type tenantShowCmd struct {
	dataFlag
	tenantArg
}

// reportBody is a [server.Report] in JSON.
type reportBody struct {
	tenantBody
	Account   string         `json:"account,omitempty"`
	Login     string         `json:"login,omitempty"`
	Tier      string         `json:"tier,omitempty"`
	Bytes     int64          `json:"bytes"`
	Problem   string         `json:"problem,omitempty"`
	Databases []databaseBody `json:"databases"`
	Folders   []folderBody   `json:"folders"`
}

type databaseBody struct {
	File    string `json:"file"`
	Bytes   int64  `json:"bytes"`
	Version int    `json:"version"`
	Current int    `json:"current"`
	Problem string `json:"problem,omitempty"`
}

type folderBody struct {
	Name  string `json:"name"`
	Files int64  `json:"files"`
	Bytes int64  `json:"bytes"`
}

// Run implements the command.
func (cmd *tenantShowCmd) Run(ctx context.Context, c *console) error {
	id, err := cmd.id()
	if err != nil {
		return err
	}
	return cmd.with(ctx, func(d data) error {
		r, err := server.Inspect(ctx, d.fleet, id)
		if err != nil {
			return err
		}
		owner, err := d.store.AccountByTenant(ctx, id)
		if err != nil && !errors.Is(err, platform.ErrNotFound) {
			return err
		}
		return reportTenant(c, bodyOf(id, r, owner))
	})
}

// reportTenant prints what is known of a tenant.
func reportTenant(c *console, body reportBody) error {
	if c.json {
		return c.object(body)
	}
	return showReport(c, body)
}

func bodyOf(id tenant.ID, r server.Report, owner platform.Account) reportBody {
	body := reportBody{
		tenantBody: stateBody(id, r.State), Account: owner.ID, Login: owner.Login, Tier: owner.Tier,
		Bytes: r.Bytes(), Problem: text(r.Problem()),
	}
	for _, d := range r.Databases {
		body.Databases = append(body.Databases, databaseBody{d.File, d.Bytes, d.Version, d.Current, text(d.Problem)})
	}
	for _, f := range r.Folders {
		body.Folders = append(body.Folders, folderBody(f))
	}
	return body
}

// text is empty for no error.
func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func showReport(c *console, r reportBody) error {
	c.printf("tenant   %s\nstatus   %s\n", r.Tenant, r.Status)
	if r.Reason != "" {
		c.printf("reason   %s\n", r.Reason)
	}
	if !r.Since.IsZero() {
		c.printf("since    %s\n", ago(r.Since))
	}
	if r.Account != "" {
		c.printf("owner    %s, tier %s\n", dash(r.Login), r.Tier)
	}
	c.printf("size     %s\n", size(r.Bytes))
	if r.Problem != "" {
		c.printf("problem  %s\n", r.Problem)
	}
	c.printf("\n")
	var rows [][]string
	for _, d := range r.Databases {
		rows = append(rows, []string{d.File, size(d.Bytes), schemaText(d)})
	}
	for _, f := range r.Folders {
		rows = append(rows, []string{f.Name + "/", size(f.Bytes), count(f.Files, "file", "files")})
	}
	return c.table([]string{"NAME", "SIZE", "CONTENT"}, rows)
}

func schemaText(d databaseBody) string {
	version := "schema " + strconv.Itoa(d.Version)
	switch {
	case d.Problem != "":
		return "cannot be used"
	case d.Version == 0:
		return "missing; made again when it is needed"
	case d.Version < d.Current:
		return version + " of " + strconv.Itoa(d.Current) + "; migrated when it is next opened"
	default:
		return version
	}
}
