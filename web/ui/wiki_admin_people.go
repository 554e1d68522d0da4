package ui

import (
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/wiki"
)

// WikiUsersPage lists whom a wiki knows, those who wait for approval first. Its
// forms post
//
//	who (login, handle or e-mail), role     to /-/admin/user_management
//	role, days, uses                        to /-/admin/invitations
//	nothing                                 to /-/admin/invitations/{id}/revoke
//	role (viewer, editor or admin)          to /-/user/{id}/approve and /role
//	nothing                                 to /-/user/{id}/refuse and /remove
//
// An approve without a role gives what the wiki's levels give approved members.
type WikiUsersPage struct {
	WikiFrame
	Members     []wiki.Member
	Self        string // account of the visitor
	Owner       string // account of the wiki's owner
	Invitations []platform.WikiInvitation
	NewLink     string // the link of an invitation just made, shown this once
	Who         string // as typed for a new member
	Role        wiki.Role
	Errors      Errors // "who", "role"; "invite_role", "days", "uses"; ""
}

func (WikiUsersPage) template() string { return "wiki_admin_users" }

// WikiUserPage is one member, at /-/user/{id}. It posts name, email and role to
// its own address, where the role "custom" stands for the boxes is_approved,
// is_admin, allow_read, allow_write and allow_upload; account (login, handle or
// e-mail) to /-/user/{id}/link; nothing to /-/user/{id}/remove.
type WikiUserPage struct {
	WikiFrame
	Member    wiki.Member
	Login     string // by which the account signs in, where it may be shown
	LastAdmin bool   // nobody else governs the wiki
	Self      bool   // the member is the visitor
	Owner     bool   // the member owns the wiki
	Typed     Typed
	Errors    Errors // "name", "email", "role"; "account"; ""
}

func (WikiUserPage) template() string { return "wiki_admin_user" }

// WikiTokenForm is what was typed for a new token of a wiki.
type WikiTokenForm struct {
	Name string
	Role platform.WikiRole // viewer when empty
	Days int               // until it expires; 90 when 0
}

// WikiTokensPage lists the tokens of a wiki. It posts name, role and days to
// /-/admin/tokens, and nothing to /-/admin/tokens/{id}/revoke.
type WikiTokensPage struct {
	WikiFrame
	Tokens   []platform.WikiTokenInfo
	Self     string // account of the visitor
	NewToken string // a secret just made, shown this once
	CloneURL string // of the git server; "" when it is off
	APIURL   string // the address of the wiki's API
	Form     WikiTokenForm
	Errors   Errors // "token", "role", "days", ""
}

func (WikiTokensPage) template() string { return "wiki_admin_tokens" }

// Waiting are those who asked for access.
func (p WikiUsersPage) Waiting() []wiki.Member {
	var waiting []wiki.Member
	for _, m := range p.Members {
		if waits(m) {
			waiting = append(waiting, m)
		}
	}
	return waiting
}

// Admitted are all others.
func (p WikiUsersPage) Admitted() []wiki.Member {
	var admitted []wiki.Member
	for _, m := range p.Members {
		if !waits(m) {
			admitted = append(admitted, m)
		}
	}
	return admitted
}

func waits(m wiki.Member) bool { return !m.Approved && !m.Admin }

// LastAdmin reports whether a member is the only one who governs the wiki.
// Those without an account do not count: nobody can sign in as them.
func (p WikiUsersPage) LastAdmin(m wiki.Member) bool {
	if !m.Admin {
		return false
	}
	for _, other := range p.Members {
		if other.Admin && other.Account != "" && other.ID != m.ID {
			return false
		}
	}
	return true
}

// RoleOf is what a member may do, in a word.
func (WikiUsersPage) RoleOf(m wiki.Member) wiki.Role { return wiki.RoleOf(m.Member) }

// Roles are the choices of a member's role.
func (WikiUsersPage) Roles(current wiki.Role) []Option { return roleOptions(current) }

// RolesForNew are the choices for a new member.
func (p WikiUsersPage) RolesForNew() []Option {
	if p.Role == "" {
		return p.RolesToInvite()
	}
	return roleOptions(p.Role)
}

// RolesToInvite are the choices for an invitation.
func (WikiUsersPage) RolesToInvite() []Option { return roleOptions(wiki.RoleViewer) }

// InvitationDays are the lives of an invitation that can be chosen, in days.
func (WikiUsersPage) InvitationDays() []int { return []int{1, 7, 30} }

// InvitationUses are for how many people an invitation can be.
func (WikiUsersPage) InvitationUses() []int { return []int{1, 5, 25, 100} }

// Roles are the choices of the member's role, single permissions among them.
func (p WikiUserPage) Roles() []Option {
	current := wiki.Role(p.Typed.Text("role", string(wiki.RoleOf(p.Member.Member))))
	if current == wiki.RoleWaiting {
		current = wiki.RoleCustom
	}
	return append(roleOptions(current), Option{
		string(wiki.RoleCustom), "Own choice", "The permissions ticked below, added to what the wiki's levels give.", current == wiki.RoleCustom,
	})
}

// Flag is a single permission of a member.
type Flag struct {
	Name, Label, Hint string
	Ticked            bool
}

// Flags are the member's single permissions.
func (p WikiUserPage) Flags() []Flag {
	m := p.Member
	flag := func(name, label, hint string, stored bool) Flag {
		return Flag{name, label, hint, p.Typed.Ticked(name, stored)}
	}
	return []Flag{
		flag("is_approved", "Approved", "Has what the wiki's levels give approved members. Without it the next three say nothing.", m.Approved),
		flag("allow_read", "May read", "", m.Read),
		flag("allow_write", "May write", "", m.Write),
		flag("allow_upload", "May attach files", "", m.Upload),
		flag("is_admin", "Admin", "Governs the wiki.", m.Admin),
	}
}

// Waits reports whether the member asked for access and was not let in yet.
func (p WikiUserPage) Waits() bool { return waits(p.Member) }

// TokenDays are the lives of a token that can be chosen, in days.
func (WikiTokenForm) TokenDays() []int { return []int{7, 30, 90, 365} }

// Roles are the most that a token may give.
func (f WikiTokenForm) Roles() []Option {
	chosen := f.Role
	if chosen == "" {
		chosen = platform.RoleViewer
	}
	return []Option{
		{string(platform.RoleViewer), "read", "", chosen == platform.RoleViewer},
		{string(platform.RoleEditor), "read and write", "", chosen == platform.RoleEditor},
		{string(platform.RoleAdmin), "do all you may", "", chosen == platform.RoleAdmin},
	}
}
