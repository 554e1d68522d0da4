package web

import (
	"errors"
	"net/http"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web/ui"
)

// secure reports whether cookies must be Secure.
func (s *server) secure(v *visit) bool { return identity.IsTLS(v.r, s.Trusted) }

// showSignIn answers GET /signin.
func (s *server) showSignIn(v *visit) error {
	next := localPath(v.r.URL.Query().Get("next"))
	if v.signedIn() {
		return v.redirect(next)
	}
	return s.askSignIn(v, http.StatusOK, ui.SignInPage{Next: next})
}

func (s *server) askSignIn(v *visit, status int, page ui.SignInPage) error {
	page.Frame = s.frame(v, "Sign in", "")
	needed, err := s.Platform.SetupNeeded(v.ctx())
	if err != nil {
		return err
	}
	if needed {
		page.Flashes = append(page.Flashes, ui.Flash{Kind: ui.FlashProblem,
			Text: "This server has no administrator yet. Open the set-up link that it printed when it started."})
	}
	if page.Registration, err = s.Platform.OpenRegistration(v.ctx()); err != nil {
		return err
	}
	return s.show(v, status, page)
}

// signIn answers POST /signin.
func (s *server) signIn(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	form := v.r.PostForm
	account, err := s.Platform.CheckPassword(v.ctx(), form.Get("login"), form.Get("password"))
	if err == nil {
		return s.startSession(v, account, localPath(form.Get("next")))
	}
	p := problemOf(err)
	if errors.Is(err, platform.ErrWrongPassword) {
		p.status, p.message = http.StatusUnauthorized, sentence(err)
	}
	if p.status >= http.StatusInternalServerError {
		return err
	}
	p.sayWhenToRetry(v.w.Header())
	return s.askSignIn(v, p.status, ui.SignInPage{
		Login: form.Get("login"), Next: localPath(form.Get("next")), Errors: ui.Errors{"": p.message},
	})
}

// startSession signs a person in. A session that the browser had ends: it may
// be another person's.
func (s *server) startSession(v *visit, account platform.Account, next string) error {
	if v.caller.Provider == identity.ProviderSession {
		if err := s.Platform.EndSession(v.ctx(), v.caller.Account.ID, v.caller.Session.ID); err != nil {
			return err
		}
	}
	secret, expires, err := s.Platform.NewSession(v.ctx(), account.ID, v.r.UserAgent())
	if err != nil {
		return err
	}
	s.Session.SetCookie(v.w, v.r, secret, expires)
	if leadsAway(next) {
		return hop(v, next)
	}
	return v.redirect(next)
}

// signOut answers POST /signout.
func (s *server) signOut(v *visit) error {
	if v.caller.Provider == identity.ProviderSession {
		if err := s.Platform.EndSession(v.ctx(), v.caller.Account.ID, v.caller.Session.ID); err != nil {
			return err
		}
	}
	s.Session.ClearCookie(v.w, v.r)
	v.w.Header().Set("Clear-Site-Data", `"cache"`)
	return v.redirect("/signin?notice=signed-out")
}

// join is a way to an account: where its form is sent and what makes the account.
type join struct {
	way    ui.Way
	action string
	by     string
	title  string
	make   func(platform.NewAccount) (platform.Account, error)
}

// showSetup answers GET /setup/{secret}.
func (s *server) showSetup(v *visit) error {
	if err := s.Platform.CheckSetup(v.ctx(), v.r.PathValue("secret")); err != nil {
		return err
	}
	return s.askJoin(v, http.StatusOK, s.bySetup(v), ui.JoinPage{})
}

// setup answers POST /setup/{secret}.
func (s *server) setup(v *visit) error { return s.join(v, s.bySetup(v)) }

func (s *server) bySetup(v *visit) join {
	return join{way: ui.BySetup, action: v.r.URL.Path, title: "Set up Holt",
		make: func(n platform.NewAccount) (platform.Account, error) {
			return s.Platform.CompleteSetup(v.ctx(), v.r.PathValue("secret"), n)
		}}
}

// showInvitation answers GET /invite/{secret}.
func (s *server) showInvitation(v *visit) error {
	j, err := s.byInvitation(v)
	if err != nil {
		return err
	}
	return s.askJoin(v, http.StatusOK, j, ui.JoinPage{})
}

// acceptInvitation answers POST /invite/{secret}.
func (s *server) acceptInvitation(v *visit) error {
	j, err := s.byInvitation(v)
	if err != nil {
		return err
	}
	return s.join(v, j)
}

func (s *server) byInvitation(v *visit) (join, error) {
	invitation, err := s.Platform.Invitation(v.ctx(), v.r.PathValue("secret"))
	if err != nil {
		return join{}, err
	}
	return join{way: ui.ByInvitation, action: v.r.URL.Path, by: invitation.ByName, title: "Accept the invitation",
		make: func(n platform.NewAccount) (platform.Account, error) {
			return s.Platform.AcceptInvitation(v.ctx(), v.r.PathValue("secret"), n)
		}}, nil
}

// showRegister answers GET /register.
func (s *server) showRegister(v *visit) error {
	if open, err := s.Platform.OpenRegistration(v.ctx()); err != nil || !open {
		return errors.Join(err, platform.ErrRegistrationClosed)
	}
	return s.askJoin(v, http.StatusOK, s.byThemselves(v), ui.JoinPage{})
}

// register answers POST /register.
func (s *server) register(v *visit) error { return s.join(v, s.byThemselves(v)) }

func (s *server) byThemselves(v *visit) join {
	return join{way: ui.ByThemselves, action: v.r.URL.RequestURI(), title: "Create an account",
		make: func(n platform.NewAccount) (platform.Account, error) { return s.Platform.Register(v.ctx(), n) }}
}

func (s *server) askJoin(v *visit, status int, j join, page ui.JoinPage) error {
	page.Frame, page.Way, page.Action, page.By = s.frame(v, j.title, ""), j.way, j.action, j.by
	page.Frame.Path = "/" // the address holds a secret
	return s.show(v, status, page)
}

// join makes an account of a form and signs its owner in.
func (s *server) join(v *visit, j join) error {
	if err := readForm(v); err != nil {
		return err
	}
	form := v.r.PostForm
	account, err := j.make(platform.NewAccount{
		Login: form.Get("login"), Name: form.Get("name"), Password: form.Get("password")})
	if err == nil {
		return s.startSession(v, account, localPath(v.r.URL.Query().Get("next")))
	}
	field, ok := fieldOf(err, "password")
	if !ok {
		return err
	}
	return s.askJoin(v, http.StatusUnprocessableEntity, j, ui.JoinPage{
		Login: form.Get("login"), Shown: form.Get("name"), Errors: ui.Errors{field: sentence(err)}})
}

// fieldOf names the field of a form that an error is about; password is what
// the form calls the new password.
func fieldOf(err error, password string) (field string, ok bool) {
	for _, f := range []struct {
		err   error
		field string
	}{
		{platform.ErrLoginTaken, "login"}, {platform.ErrInvalidLogin, "login"}, {platform.ErrInvalidName, "name"},
		{platform.ErrPasswordShort, password}, {platform.ErrPasswordLong, password}, {platform.ErrInvalidPassword, password},
	} {
		if errors.Is(err, f.err) {
			return f.field, true
		}
	}
	return "", false
}
