package web

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/web/ui"
)

// usersPerPage of the list of people.
const usersPerPage = 50

// showUsers answers GET /admin/users.
func (s *server) showUsers(v *visit) error {
	return s.listUsers(v, http.StatusOK, ui.AdminUsersPage{})
}

// listUsers shows the people with what a form on the page answered.
func (s *server) listUsers(v *visit, status int, page ui.AdminUsersPage) (err error) {
	page.Frame, page.Self = s.frame(v, "People", ui.PlaceAdmin), v.caller.Account.ID
	accounts, err := s.Platform.Accounts(v.ctx(), v.r.URL.Query().Get("after"), usersPerPage)
	if err != nil {
		return err
	}
	patience, cancel := context.WithTimeout(v.ctx(), usagePatience)
	defer cancel()
	for _, a := range accounts {
		tier, err := s.Platform.Tier(v.ctx(), a.Tier)
		if err != nil {
			return err
		}
		page.Users = append(page.Users, ui.AdminUser{Account: a, Tier: tier, Usage: s.usageOf(patience, a.Tenant)})
	}
	if len(accounts) == usersPerPage {
		page.Next = accounts[len(accounts)-1].ID
	}
	if page.Invitations, err = s.Platform.Invitations(v.ctx()); err != nil {
		return err
	}
	if page.Tiers, err = s.Platform.Tiers(v.ctx()); err != nil {
		return err
	}
	return s.show(v, status, page)
}

// usagePatience is how long the list of people waits for all their libraries
// together.
const usagePatience = 2 * time.Second

// usageOf reads what a library stores; nil when it cannot be told quickly, as
// for a library that was never made, is suspended or cannot be opened.
func (s *server) usageOf(ctx context.Context, id tenant.ID) *library.Usage {
	var usage library.Usage
	err := s.Libraries.With(ctx, id, func(ctx context.Context, l *library.Library) (err error) {
		usage, err = l.Usage(ctx)
		return err
	})
	if err != nil {
		return nil
	}
	return &usage
}

// suspendUser answers POST /admin/users/{id}/suspend.
func (s *server) suspendUser(v *visit) error { return s.setSuspended(v, true) }

// resumeUser answers POST /admin/users/{id}/resume.
func (s *server) resumeUser(v *visit) error { return s.setSuspended(v, false) }

func (s *server) setSuspended(v *visit, suspended bool) error {
	account, err := s.Platform.Account(v.ctx(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := s.Platform.SetSuspended(v.ctx(), account.ID, suspended); err != nil {
		return err
	}
	if suspended {
		s.endVisits(v, account.Tenant)
	}
	return v.redirect("/admin/users?notice=saved")
}

// endVisits makes what a suspended person still has open end: event streams,
// and requests that are under way within a moment.
func (s *server) endVisits(v *visit, id tenant.ID) {
	ctx, cancel := context.WithTimeout(v.ctx(), time.Second)
	defer cancel()
	if err := s.Libraries.Evict(ctx, id); err != nil {
		s.Logger.Warn("close the library of a suspended account", "tenant", id.String(), "error", err)
	}
}

// setUserTier answers POST /admin/users/{id}/tier.
func (s *server) setUserTier(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	err := s.Platform.SetTier(v.ctx(), v.r.PathValue("id"), v.r.PostForm.Get("tier"))
	if errors.Is(err, platform.ErrInvalidTier) {
		return s.listUsers(v, http.StatusUnprocessableEntity, ui.AdminUsersPage{Errors: ui.Errors{"": sentence(err)}})
	}
	if err != nil {
		return err
	}
	return v.redirect("/admin/users?notice=saved")
}

// setUserAdmin answers POST /admin/users/{id}/admin.
func (s *server) setUserAdmin(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	if err := s.Platform.SetAdmin(v.ctx(), v.r.PathValue("id"), v.r.PostForm.Get("admin") == "yes"); err != nil {
		return err
	}
	return v.redirect("/admin/users?notice=saved")
}

// invite answers POST /admin/invitations. The link is on the answer only.
func (s *server) invite(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	secret, err := s.Platform.Invite(v.ctx(), v.caller.Account.ID, v.r.PostForm.Get("tier"),
		time.Now().AddDate(0, 0, daysOf(v.r.PostForm)))
	switch {
	case errors.Is(err, platform.ErrInvalidExpiry):
		return s.listUsers(v, http.StatusUnprocessableEntity, ui.AdminUsersPage{Errors: ui.Errors{"days": sentence(err)}})
	case errors.Is(err, platform.ErrInvalidTier):
		return s.listUsers(v, http.StatusUnprocessableEntity, ui.AdminUsersPage{Errors: ui.Errors{"tier": sentence(err)}})
	case err != nil:
		return err
	}
	link := url.URL{Scheme: "http", Host: v.r.Host, Path: "/invite/" + secret}
	if s.secure(v) {
		link.Scheme = "https"
	}
	return s.listUsers(v, http.StatusCreated, ui.AdminUsersPage{NewLink: link.String()})
}

// revokeInvitation answers POST /admin/invitations/{id}/revoke.
func (s *server) revokeInvitation(v *visit) error {
	if err := s.Platform.RevokeInvitation(v.ctx(), v.r.PathValue("id")); err != nil {
		return err
	}
	return v.redirect("/admin/users?notice=saved")
}

// showTenants answers GET /admin/tenants.
func (s *server) showTenants(v *visit) error {
	page := ui.AdminTenantsPage{
		Frame: s.frame(v, "Libraries", ui.PlaceAdmin), Stats: s.Libraries.Stats(), Failures: s.Libraries.Failures(),
		People: map[string]platform.Account{},
	}
	page.Bound = page.Stats.MaxOpen
	for _, f := range page.Failures {
		a, err := s.Platform.AccountByTenant(v.ctx(), f.Tenant)
		if err == nil {
			page.People[f.Tenant.String()] = a
		} else if !errors.Is(err, platform.ErrNotFound) {
			return err
		}
	}
	return s.show(v, http.StatusOK, page)
}

// showSettings answers GET /admin/settings.
func (s *server) showSettings(v *visit) error {
	return s.askSettings(v, http.StatusOK, "", nil)
}

func (s *server) askSettings(v *visit, status int, failed string, wrong ui.Errors) (err error) {
	page := ui.AdminSettingsPage{Frame: s.frame(v, "Settings", ui.PlaceAdmin), Failed: failed, Errors: wrong}
	if page.OpenRegistration, err = s.Platform.OpenRegistration(v.ctx()); err != nil {
		return err
	}
	if page.Tiers, err = s.Platform.Tiers(v.ctx()); err != nil {
		return err
	}
	return s.show(v, status, page)
}

// saveSettings answers POST /admin/settings, which has a form for registration
// and one for each tier.
func (s *server) saveSettings(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	form := v.r.PostForm
	switch form.Get("form") {
	case "registration":
		if err := s.Platform.SetOpenRegistration(v.ctx(), form.Get("open") == "yes"); err != nil {
			return err
		}
	case "tier":
		now, err := s.Platform.Tier(v.ctx(), form.Get("name"))
		if err != nil {
			return err
		}
		tier, wrong := tierOf(form, now)
		if len(wrong) == 0 {
			err := s.Platform.SaveTier(v.ctx(), tier)
			if err != nil && !errors.Is(err, platform.ErrInvalidTier) {
				return err
			}
			if err != nil {
				wrong[""] = sentence(err)
			}
		}
		if len(wrong) > 0 {
			return s.askSettings(v, http.StatusUnprocessableEntity, tier.Name, wrong)
		}
	default:
		return fmt.Errorf("%w: unknown form", library.ErrInvalid)
	}
	return v.redirect("/admin/settings?notice=saved")
}

// tierOf reads the form of a tier. Sizes are typed in MB of 1024 × 1024 bytes. A
// box that is ticked sends yes; what a form does not ask for stays as it is now.
func tierOf(form url.Values, now platform.Tier) (platform.Tier, ui.Errors) {
	wrong := ui.Errors{}
	read := func(field string, unit int64) int64 {
		n, err := strconv.ParseInt(form.Get(field), 10, 64)
		if err != nil || n < 0 || n > math.MaxInt64/unit {
			wrong[field] = "Type a whole number, 0 for no limit."
			return 0
		}
		return n * unit
	}
	ticked := func(field string, now bool) bool {
		if !form.Has(field) {
			return now
		}
		return slices.Contains(form[field], "yes")
	}
	const mb = 1 << 20
	return platform.Tier{
		Name: form.Get("name"), Documents: read("documents", 1), FileBytes: read("file_mb", mb),
		DatabaseBytes: read("database_mb", mb), UploadBytes: read("upload_mb", mb),
		Wikis: read("wikis", 1), WikiBytes: read("wiki_mb", mb), WikiPages: read("wiki_pages", 1), AttachmentBytes: read("attachment_mb", mb),
		Chat: ticked("chat", now.Chat), OwnModels: ticked("own_models", now.OwnModels),
	}, wrong
}
