package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
)

// answerWikiProblem answers a request for a wiki that failed: inside the wiki
// for those who may see something of it, else as if there were none.
func (s *server) answerWikiProblem(v *wikiVisit, err error) {
	asked := errors.Is(err, errAskToJoin)
	if v.api() || v.session == nil || !asked && !v.session.View().Somewhere().Has(access.Read) ||
		errors.Is(err, context.Canceled) && v.ctx().Err() != nil {
		s.answerError(v.visit, err)
		return
	}
	p := problemOf(err)
	if p.status == http.StatusUnauthorized {
		s.answerError(v.visit, err)
		return
	}
	infoOf(v.ctx()).err = err
	p.sayWhenToRetry(v.w.Header())
	if asked || errors.Is(err, wiki.ErrForbidden) {
		err = s.showWiki(v, p.status, s.wikiDoor(v, p.message))
	} else {
		page := ui.WikiProblemPage{WikiFrame: s.bareWikiFrame(v, ""), Status: p.status, Message: p.message}
		page.Title = page.Heading()
		err = s.showWiki(v, p.status, page)
	}
	if err != nil {
		s.Logger.Error("show error page", "request", v.id, "error", err)
	}
}

// wikiDoor says what a visitor can do who may not do what was asked for.
func (s *server) wikiDoor(v *wikiVisit, reason string) ui.WikiDoorPage {
	page := ui.WikiDoorPage{WikiFrame: s.bareWikiFrame(v, "Not allowed"), Way: s.wayIn(v)}
	if page.Way == ui.DoorClosed || v.session.View().Reason() != "" {
		page.Way, page.Reason = ui.DoorClosed, reason
	}
	return page
}

// wayIn returns what a visitor can do to be allowed more.
func (s *server) wayIn(v *wikiVisit) ui.WikiDoor {
	caller := v.session.View().Caller()
	switch {
	case v.otter != nil:
		return ui.DoorClosed
	case !v.signedIn():
		return ui.DoorSignIn
	case caller.Member != nil && *caller.Member == (access.Member{}):
		return ui.DoorWaiting
	case caller.Member == nil && !caller.Owner && caller.Limit == nil && s.mayAsk(v):
		return ui.DoorAsk
	}
	return ui.DoorClosed
}
