package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web/ui"
)

// showAccount answers GET /account.
func (s *server) showAccount(v *visit) error {
	return s.askAccount(v, http.StatusOK, ui.AccountPage{Shown: v.caller.Account.Name})
}

// askAccount shows the account page with what its forms hold.
func (s *server) askAccount(v *visit, status int, page ui.AccountPage) (err error) {
	if v.library == nil { // the forms do not need it, the page shows its usage
		release, err := s.openLibrary(v)
		if err != nil {
			return err
		}
		defer release()
	}
	page.Frame = s.frame(v, "Account", ui.PlaceAccount)
	page.Account, page.CurrentSession = v.caller.Account, v.caller.Session.ID
	page.Quota.Tier = v.limits
	if page.Quota.Usage, err = v.library.Usage(v.ctx()); err != nil {
		return err
	}
	if page.Sessions, err = s.Platform.Sessions(v.ctx(), v.caller.Account.ID); err != nil {
		return err
	}
	if page.Tokens, err = s.Platform.Tokens(v.ctx(), v.caller.Account.ID); err != nil {
		return err
	}
	return s.show(v, status, page)
}

// changeName answers POST /account.
func (s *server) changeName(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	name := v.r.PostForm.Get("name")
	err := s.Platform.SetName(v.ctx(), v.caller.Account.ID, name)
	if errors.Is(err, platform.ErrInvalidName) {
		return s.askAccount(v, http.StatusUnprocessableEntity, ui.AccountPage{Shown: name, Errors: ui.Errors{"name": sentence(err)}})
	}
	if err != nil {
		return err
	}
	return v.redirect("/account?notice=saved")
}

// changePassword answers POST /account/password. All sessions end; this browser
// gets a new one.
func (s *server) changePassword(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	form := v.r.PostForm
	err := s.Platform.ChangePassword(v.ctx(), v.caller.Account.ID, form.Get("old"), form.Get("new"))
	if err == nil {
		return s.startSession(v, v.caller.Account, "/account?notice=password-changed")
	}
	status, wrong := http.StatusUnprocessableEntity, ui.Errors{}
	field, ok := fieldOf(err, "new")
	switch {
	case ok:
		wrong[field] = sentence(err)
	case errors.Is(err, platform.ErrWrongPassword):
		wrong["old"] = "This is not your present password."
	case errors.Is(err, platform.ErrThrottled):
		p := problemOf(err)
		p.sayWhenToRetry(v.w.Header())
		status, wrong["old"] = p.status, p.message
	default:
		return err
	}
	return s.askAccount(v, status, ui.AccountPage{Shown: v.caller.Account.Name, Errors: wrong})
}

// createToken answers POST /account/tokens. The secret is on the answer only.
func (s *server) createToken(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	form := v.r.PostForm
	asked := ui.TokenForm{Name: form.Get("name"), Scope: platform.Scope(form.Get("scope"))}
	asked.Days = daysOf(form)
	expires := time.Now().AddDate(0, 0, asked.Days)
	page := ui.AccountPage{Shown: v.caller.Account.Name}
	secret, _, err := s.Platform.CreateToken(v.ctx(), v.caller.Account.ID, asked.Name, asked.Scope, expires)
	if err == nil {
		page.NewToken = secret
		return s.askAccount(v, http.StatusCreated, page)
	}
	page.Token = asked
	switch {
	case errors.Is(err, platform.ErrInvalidName), errors.Is(err, platform.ErrTooMany):
		page.Errors = ui.Errors{"token": sentence(err)}
	case errors.Is(err, platform.ErrInvalidScope):
		page.Errors = ui.Errors{"scope": sentence(err)}
	case errors.Is(err, platform.ErrInvalidExpiry):
		page.Errors = ui.Errors{"days": sentence(err)}
	default:
		return err
	}
	return s.askAccount(v, http.StatusUnprocessableEntity, page)
}

// maxDays bounds the life of a token or an invitation.
const maxDays = 10 * 365

// daysOf reads the days of a form; 0, which is refused as an expiry, when they
// make no sense.
func daysOf(form url.Values) int {
	days, err := strconv.Atoi(form.Get("days"))
	if err != nil || days < 0 || days > maxDays {
		return 0
	}
	return days
}

// revokeToken answers POST /account/tokens/{id}/revoke.
func (s *server) revokeToken(v *visit) error {
	if err := s.Platform.RevokeToken(v.ctx(), v.caller.Account.ID, v.r.PathValue("id")); err != nil {
		return err
	}
	return v.redirect("/account?notice=token-revoked")
}

// endSessions answers POST /account/sessions/end: one session, or all but this.
func (s *server) endSessions(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	ids := []string{v.r.PostForm.Get("session")}
	if v.r.PostForm.Get("all") == "others" {
		sessions, err := s.Platform.Sessions(v.ctx(), v.caller.Account.ID)
		if err != nil {
			return err
		}
		ids = ids[:0]
		for _, other := range sessions {
			if other.ID != v.caller.Session.ID {
				ids = append(ids, other.ID)
			}
		}
	}
	for _, id := range ids {
		if err := s.Platform.EndSession(v.ctx(), v.caller.Account.ID, id); err != nil {
			return err
		}
	}
	return v.redirect("/account?notice=sessions-ended")
}
