package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/transport"
)

// answerGitError answers a git client in plain text, which it shows. A client
// that sent no name and password is asked for them where they may help, and
// where there is no wiki: that looks like one which is private.
func (s *server) answerGitError(v *wikiVisit, err error) {
	if errors.Is(err, wiki.ErrForbidden) {
		switch {
		case !v.session.Preferences().Repository.GitWebServer:
			err = fmt.Errorf("%w: its git server is switched off", wiki.ErrNoGit)
		case !v.signedIn() && v.otter == nil && v.session.View().Reason() == "":
			err = fmt.Errorf("%w: %w", errNoBasic, err)
		}
	}
	infoOf(v.ctx()).err = err
	if errors.Is(err, context.Canceled) && v.ctx().Err() != nil {
		v.w.WriteHeader(499) // the caller has gone; for the log only
		return
	}
	p := s.gitProblem(v, err)
	h := v.w.Header()
	p.sayWhenToRetry(h)
	if p.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Basic realm="wiki", charset="UTF-8"`)
	}
	h.Set("Cache-Control", "private, no-store")
	http.Error(v.w, p.message, p.status)
}

// gitProblem says how an error is answered to a git client.
func (s *server) gitProblem(v *wikiVisit, err error) problem {
	p := problemOf(err)
	switch {
	case errors.Is(err, errNoBasic):
		p = problem{status: http.StatusUnauthorized, message: "Sign in with your login and password, or with a token as the password."}
	case errors.Is(err, identity.ErrInvalid):
		p.message = "This login and password, or this token, is not valid here."
	case errors.Is(err, errDumbGit):
		p = problem{status: http.StatusForbidden, message: "This server speaks git's smart protocol only. Use git 1.6.6 or newer."}
	case errors.Is(err, transport.ErrProtocol):
		p = problem{status: http.StatusBadRequest, message: "This is no request of a git client."}
	case errors.Is(err, wiki.ErrNoGit):
		p.message = "This wiki cannot be cloned: its git server is switched off. An admin of the wiki can switch it on."
		if v.session.Preferences().Repository.GitWebServer {
			p.message = "This wiki cannot be cloned: this server has no git program."
		}
	case errors.Is(err, wiki.ErrForbidden) && p.message == "":
		p.message = s.gitRefusal(v)
	}
	if p.message == "" {
		p.message = http.StatusText(p.status)
	}
	return p
}

// gitRefusal says why somebody who is known may not clone or push.
func (s *server) gitRefusal(v *wikiVisit) string {
	if v.session.View().Restricted() {
		return "This wiki has pages that you may not read, so you cannot clone it as a whole."
	}
	return "You may read this wiki but not push to it: that takes the right to write and to upload."
}
