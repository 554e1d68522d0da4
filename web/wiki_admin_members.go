package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
)

// showMembers answers GET /-/admin/user_management.
func (s *server) showMembers(v *wikiVisit) error {
	return s.listMembers(v, http.StatusOK, ui.WikiUsersPage{})
}

// listMembers shows whom the wiki knows, with what a form on the page answered.
func (s *server) listMembers(v *wikiVisit, status int, page ui.WikiUsersPage) (err error) {
	if page.WikiFrame, err = s.wikiFrame(v, "Users"); err != nil {
		return err
	}
	page.Self, page.Owner = v.session.Visitor().Account, v.entry.Owner
	if page.Members, err = v.session.Members(v.ctx()); err != nil {
		return err
	}
	if page.Invitations, err = s.Platform.WikiInvitations(v.ctx(), v.slug); err != nil {
		return err
	}
	return s.showWiki(v, status, page)
}

// addMemberForm answers POST /-/admin/user_management. Somebody who signs in
// here is added by their account; of all others a row is kept that can be linked
// to one later.
func (s *server) addMemberForm(v *wikiVisit) error {
	if err := readForm(v.visit); err != nil {
		return err
	}
	form := v.r.PostForm
	who, role := strings.TrimSpace(form.Get("who")), wiki.Role(form.Get("role"))
	wrong := ui.Errors{}
	if !platform.WikiRole(role).Valid() {
		wrong["role"] = sentence(platform.ErrInvalidRole)
	}
	m := wiki.Member{Email: who, Member: role.Flags()}
	account, err := s.Platform.AccountByLogin(v.ctx(), who)
	switch {
	case err == nil:
		m = newMember(account, role)
	case !errors.Is(err, platform.ErrNotFound):
		return err
	}
	if len(wrong) == 0 {
		m, err = v.session.SaveMember(v.ctx(), m)
		if text, ok := memberProblem(err); ok {
			wrong["who"] = text
		} else if err != nil {
			return err
		}
	}
	if len(wrong) > 0 {
		return s.listMembers(v, http.StatusUnprocessableEntity, ui.WikiUsersPage{Who: who, Role: role, Errors: wrong})
	}
	if err := s.noteMemberRow(v, m); err != nil {
		return err
	}
	return s.toMembers(v)
}

// memberProblem says what of a member's form cannot be stored.
func memberProblem(err error) (text string, ok bool) {
	for _, known := range []error{wiki.ErrExists, wiki.ErrInvalid} {
		if errors.Is(err, known) {
			return detail(err, known), true
		}
	}
	if errors.Is(err, wiki.ErrLastAdmin) {
		return sentence(wiki.ErrLastAdmin), true
	}
	return "", false
}

func (s *server) toMembers(v *wikiVisit) error {
	return v.redirect(v.root + "/-/admin/user_management?notice=saved")
}

// noteMemberRow tells the platform of a member that was stored.
func (s *server) noteMemberRow(v *wikiVisit, m wiki.Member) error {
	if m.Account == "" {
		return s.auditWiki(v.ctx(), v.slug, actionWikiRow, m.Email+" "+string(wiki.RoleOf(m.Member)))
	}
	return s.noteMember(v.ctx(), v.slug, m.Account, m.Member)
}

// noteMember tells the platform what an account is in a wiki, for its list of
// shared wikis. Who only asked for access takes no part.
func (s *server) noteMember(ctx context.Context, slug platform.Slug, account string, m access.Member) error {
	if !m.Approved && !m.Admin {
		return s.Platform.RemoveWikiMember(ctx, slug, account)
	}
	role := string(wiki.RoleOf(m))
	if wiki.Role(role) == wiki.RoleCustom {
		role = "member"
	}
	err := s.Platform.SetWikiMember(ctx, slug, account, role)
	if errors.Is(err, platform.ErrNotFound) {
		return nil // the account is gone, its row may stay
	}
	return err
}

// memberOfPath returns the member that an address names.
func memberOfPath(v *wikiVisit) (wiki.Member, error) {
	id, err := v.number()
	if err != nil {
		return wiki.Member{}, err
	}
	return v.session.Member(v.ctx(), id)
}

// showMember answers GET /-/user/{id}, and sends those who name nobody to the
// form for new ones.
func (s *server) showMember(v *wikiVisit) error {
	if v.places["id"] == "" {
		return v.redirect(v.root + "/-/admin/user_management")
	}
	m, err := memberOfPath(v)
	if err != nil {
		return err
	}
	return s.askMember(v, http.StatusOK, m, ui.WikiUserPage{})
}

// askMember shows a member with what a form on the page answered.
func (s *server) askMember(v *wikiVisit, status int, m wiki.Member, page ui.WikiUserPage) (err error) {
	if page.WikiFrame, err = s.wikiFrame(v, m.Name); err != nil {
		return err
	}
	page.Member = m
	page.Self = m.Account != "" && m.Account == v.session.Visitor().Account
	page.Owner = m.Account != "" && m.Account == v.entry.Owner
	members, err := v.session.Members(v.ctx())
	if err != nil {
		return err
	}
	page.LastAdmin = ui.WikiUsersPage{Members: members}.LastAdmin(m)
	if m.Account != "" {
		account, err := s.Platform.Account(v.ctx(), m.Account)
		if err != nil && !errors.Is(err, platform.ErrNotFound) {
			return err
		}
		page.Login = account.Login
	}
	return s.showWiki(v, status, page)
}

// changeMemberForm answers POST /-/user/{id}.
func (s *server) changeMemberForm(v *wikiVisit) error {
	before, err := memberOfPath(v)
	if err != nil {
		return err
	}
	if err := readForm(v.visit); err != nil {
		return err
	}
	form := v.r.PostForm
	m := before
	m.Name, m.Email = form.Get("name"), form.Get("email")
	wrong := ui.Errors{}
	switch role := wiki.Role(form.Get("role")); {
	case role == wiki.RoleCustom:
		m.Member = access.Member{
			Approved: ticked(form.Get("is_approved")), Admin: ticked(form.Get("is_admin")), Read: ticked(form.Get("allow_read")),
			Write: ticked(form.Get("allow_write")), Upload: ticked(form.Get("allow_upload")),
		}
	case platform.WikiRole(role).Valid():
		m.Member = role.Flags()
	default:
		wrong["role"] = "Choose one of these."
	}
	if len(wrong) == 0 {
		if m, err = v.session.SaveMember(v.ctx(), m); err == nil {
			err = s.noteMemberRow(v, m)
		}
		switch text, ok := memberProblem(err); {
		case errors.Is(err, wiki.ErrLastAdmin):
			wrong["role"] = text
		case ok:
			wrong["email"] = text
		case err != nil:
			return err
		}
	}
	if len(wrong) > 0 {
		return s.askMember(v, http.StatusUnprocessableEntity, before, ui.WikiUserPage{Typed: ui.Typed(form), Errors: wrong})
	}
	return s.toMembers(v)
}

// approveMemberForm answers POST /-/user/{id}/approve. Without a role the member
// has what the wiki's levels give to those who are approved.
func (s *server) approveMemberForm(v *wikiVisit) error {
	return s.changeFlags(v, func(now access.Member, role wiki.Role) (access.Member, error) {
		if role == "" {
			now.Approved = true
			return now, nil
		}
		return flagsOf(role)
	})
}

// setMemberRoleForm answers POST /-/user/{id}/role.
func (s *server) setMemberRoleForm(v *wikiVisit) error {
	return s.changeFlags(v, func(_ access.Member, role wiki.Role) (access.Member, error) { return flagsOf(role) })
}

func flagsOf(role wiki.Role) (access.Member, error) {
	if !platform.WikiRole(role).Valid() {
		return access.Member{}, platform.ErrInvalidRole
	}
	return role.Flags(), nil
}

// changeFlags changes what a member may do by the role of a form.
func (s *server) changeFlags(v *wikiVisit, change func(now access.Member, role wiki.Role) (access.Member, error)) error {
	m, err := memberOfPath(v)
	if err != nil {
		return err
	}
	if err := readForm(v.visit); err != nil {
		return err
	}
	if m.Member, err = change(m.Member, wiki.Role(v.r.PostForm.Get("role"))); err != nil {
		return s.listMembers(v, http.StatusUnprocessableEntity, ui.WikiUsersPage{Errors: ui.Errors{"": sentence(err)}})
	}
	m, err = v.session.SaveMember(v.ctx(), m)
	if text, ok := memberProblem(err); ok {
		return s.listMembers(v, http.StatusConflict, ui.WikiUsersPage{Errors: ui.Errors{"": text}})
	}
	if err != nil {
		return err
	}
	if err := s.noteMemberRow(v, m); err != nil {
		return err
	}
	return s.toMembers(v)
}

// refuseMemberForm answers POST /-/user/{id}/refuse: who asked for access does
// not get it, and may ask again.
func (s *server) refuseMemberForm(v *wikiVisit) error {
	m, err := memberOfPath(v)
	if err != nil {
		return err
	}
	if !waits(m) {
		return s.listMembers(v, http.StatusConflict, ui.WikiUsersPage{Errors: ui.Errors{"": "Somebody else has let this member in already."}})
	}
	return s.removeMember(v, m)
}

// removeMemberForm answers POST /-/user/{id}/remove.
func (s *server) removeMemberForm(v *wikiVisit) error {
	m, err := memberOfPath(v)
	if err != nil {
		return err
	}
	return s.removeMember(v, m)
}

func (s *server) removeMember(v *wikiVisit, m wiki.Member) error {
	err := v.session.RemoveMember(v.ctx(), m.ID)
	if text, ok := memberProblem(err); ok {
		return s.listMembers(v, http.StatusConflict, ui.WikiUsersPage{Errors: ui.Errors{"": text}})
	}
	if err == nil && m.Account != "" {
		err = s.Platform.RemoveWikiMember(v.ctx(), v.slug, m.Account)
	} else if err == nil {
		err = s.auditWiki(v.ctx(), v.slug, actionWikiRow, m.Email+" removed")
	}
	if err != nil {
		return err
	}
	return s.toMembers(v)
}

// linkMemberForm answers POST /-/user/{id}/link: a row that is nobody's becomes
// an account's.
func (s *server) linkMemberForm(v *wikiVisit) error {
	m, err := memberOfPath(v)
	if err != nil {
		return err
	}
	if err := readForm(v.visit); err != nil {
		return err
	}
	wrong := func(text string) error {
		return s.askMember(v, http.StatusUnprocessableEntity, m, ui.WikiUserPage{Typed: ui.Typed(v.r.PostForm), Errors: ui.Errors{"account": text}})
	}
	if m.Account != "" {
		return wrong("This member has an account already.")
	}
	account, err := s.Platform.AccountByLogin(v.ctx(), v.r.PostForm.Get("account"))
	if errors.Is(err, platform.ErrNotFound) {
		return wrong("Nobody here signs in with this login.")
	}
	if err != nil {
		return err
	}
	linked := m
	linked.Account = account.ID
	linked, err = v.session.SaveMember(v.ctx(), linked)
	if text, ok := memberProblem(err); ok {
		return wrong(text)
	}
	if err != nil {
		return err
	}
	if err := s.noteMemberRow(v, linked); err != nil {
		return err
	}
	return s.toMembers(v)
}
