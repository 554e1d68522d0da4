package ui

import (
	"net/url"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
)

// AdminUsersPage lists the people. Its forms post nothing to
// /admin/users/{id}/suspend and /resume, tier to /tier, admin=yes|no to /admin;
// tier and days to /admin/invitations; nothing to /admin/invitations/{id}/revoke.
type AdminUsersPage struct {
	Frame
	Users       []AdminUser
	Invitations []platform.Invitation
	Tiers       []platform.Tier
	NewLink     string // the link of an invitation just made, shown this once
	Self        string // account ID of the administrator who asks
	Next        string // account ID to go on after; "" on the last page
	Errors      Errors
}

func (AdminUsersPage) template() string { return "admin_users" }

// NextURL is the next page of the list, "" on the last one.
func (p AdminUsersPage) NextURL() string {
	if p.Next == "" {
		return ""
	}
	return address("/admin/users", url.Values{"after": {p.Next}})
}

// InvitationDays are the lives of an invitation that can be chosen, in days.
func (AdminUsersPage) InvitationDays() []int { return []int{1, 7, 30} }

// AdminUser is one person with what their library stores.
type AdminUser struct {
	Account platform.Account
	Tier    platform.Tier
	Usage   *library.Usage // nil where it is not known, as before the first visit
}

// AdminTenantsPage shows the open libraries and those that cannot be opened.
type AdminTenantsPage struct {
	Frame
	Stats    tenant.Stats
	Bound    int // the most libraries open at once
	Failures []tenant.OpenError
	People   map[string]platform.Account // owners of the failing libraries, by tenant ID
}

func (AdminTenantsPage) template() string { return "admin_tenants" }

// Owner is who owns a library, or nil.
func (p AdminTenantsPage) Owner(id tenant.ID) *platform.Account {
	account, ok := p.People[id.String()]
	if !ok {
		return nil
	}
	return &account
}

// AdminSettingsPage changes the settings of the server. It posts to
// /admin/settings either form=registration with open=yes or nothing, or
// form=tier with name, documents, wikis, wiki_pages and the sizes file_mb,
// database_mb, upload_mb, wiki_mb and attachment_mb in MB of 1024 × 1024 bytes,
// 0 being unlimited, and with chat=yes and own_models=yes or without.
type AdminSettingsPage struct {
	Frame
	OpenRegistration bool
	Tiers            []platform.Tier
	Failed           string // name of the tier that Errors are about
	Errors           Errors // the names of the tier's fields, ""
}

func (AdminSettingsPage) template() string { return "admin_settings" }

// ErrorsOf are what is wrong with the form of one tier.
func (p AdminSettingsPage) ErrorsOf(tier string) Errors {
	if tier != p.Failed {
		return nil
	}
	return p.Errors
}
