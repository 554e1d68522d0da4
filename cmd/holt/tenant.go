package main

import (
	"time"

	"github.com/holtdb/holt/tenant"
)

// tenantCmd is `holt tenant`.
type tenantCmd struct {
	List     tenantListCmd     `cmd:"" help:"List the libraries, or the deleted ones."`
	Show     tenantShowCmd     `cmd:"" help:"Say how a library is: its state, its size, and why it cannot be opened."`
	Create   tenantCreateCmd   `cmd:"" help:"Make an empty library before its owner comes."`
	Delete   tenantDeleteCmd   `cmd:"" help:"Move a library to the trash."`
	Undelete tenantUndeleteCmd `cmd:"" help:"Bring the latest deleted library of a name back."`
	Suspend  tenantSuspendCmd  `cmd:"" help:"Take a library out of use, or make it read-only."`
	Resume   tenantResumeCmd   `cmd:"" help:"Take a library back into use."`
}

// tenantArg names a library.
type tenantArg struct {
	ID string `arg:"" help:"User id that the library is named by; see holt user list."`
}

func (a tenantArg) id() (tenant.ID, error) { return tenant.ParseID(a.ID) }

// tenantBody is a tenant's state in JSON.
type tenantBody struct {
	Tenant string        `json:"tenant"`
	Status tenant.Status `json:"status"`
	Reason string        `json:"reason,omitempty"`
	Since  time.Time     `json:"since,omitzero"`
}

func stateBody(id tenant.ID, s tenant.State) tenantBody {
	return tenantBody{Tenant: id.String(), Status: s.Status, Reason: s.Reason, Since: s.Since}
}
