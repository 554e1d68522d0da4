package web

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/web/ui/format"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/markdown"
	"github.com/holtdb/holt/wiki/repo"
)

var (
	errCrossOrigin = errors.New("this form was sent by another site")
	errNoRoute     = errors.New("no such address")
	errMethod      = errors.New("no such method")
	errCutOff      = errors.New("the body was cut off")
)

// problem is an error as the caller sees it.
type problem struct {
	status  int
	code    string // for programs
	message string // for people; "" takes words that fit the status
	retry   int    // seconds for Retry-After; 0 means none
	used    int64  // of a quota, with allowed
	allowed int64
}

// sayWhenToRetry sets the Retry-After header.
func (p problem) sayWhenToRetry(h http.Header) {
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retry))
	}
}

// known maps errors to answers. What is not in it is the server's fault, and
// its text stays in the log.
var known = []struct {
	err error
	problem
}{
	{err: errSignIn, problem: problem{status: 401, code: "unauthenticated", message: "Sign in to go on."}},
	{err: identity.ErrInvalid, problem: problem{status: 401, code: "invalid_credentials", message: identity.InvalidMessage}},
	{err: identity.ErrUnavailable, problem: problem{status: 503, code: "identity_unavailable", message: "Your sign-in cannot be checked at the moment. Try again shortly.", retry: 5}},
	{err: platform.ErrSuspended, problem: problem{status: 403, code: "suspended", message: "This account is suspended. Ask the administrator."}},
	{err: platform.ErrInvalidProof, problem: problem{status: 401, code: "invalid_credentials", message: identity.InvalidMessage}},
	{err: platform.ErrIdentityTaken, problem: problem{status: 403, code: "identity_conflict", message: "This identity belongs to another account."}},
	{err: errNotAdmin, problem: problem{status: 403, code: "forbidden", message: "Only an administrator may see this."}},
	{err: errScope, problem: problem{status: 403, code: "insufficient_scope", message: "This API token may only read."}},
	{err: errPerson, problem: problem{status: 403, code: "forbidden", message: "An API token cannot do this. Sign in instead."}},
	{err: errCrossOrigin, problem: problem{status: 403, code: "cross_origin", message: "This form was sent by another site, so nothing was done."}},
	{err: errMethod, problem: problem{status: 405, code: "method_not_allowed", message: "This address does not know the method."}},
	{err: errCutOff, problem: problem{status: 400, code: "cut_off", message: "The upload was cut off. Try again."}},
	{err: os.ErrDeadlineExceeded, problem: problem{status: 408, code: "too_slow", message: "The request took too long to arrive. Try again."}},
	{err: errNoRoute, problem: problem{status: 404, code: "not_found"}},
	{err: library.ErrNotFound, problem: problem{status: 404, code: "not_found"}},
	{err: platform.ErrNotFound, problem: problem{status: 404, code: "not_found"}},
	{err: tenant.ErrNotExist, problem: problem{status: 404, code: "not_found"}},
	{err: library.ErrNotReady, problem: problem{status: 409, code: "not_ready", message: "This document is still being read, or could not be."}},
	{err: library.ErrChatExcluded, problem: problem{status: 402, code: "payment_required", message: "Chat with the server's model is not part of your plan. Upgrade, or connect a model of your own in your account."}},
	{err: library.ErrAnswering, problem: problem{status: 409, code: "answering", message: "The question before is still being answered. Wait for it, or stop it."}},
	{err: library.ErrPageTooSlow, problem: problem{status: 422, code: "page_too_slow", message: "This page takes too long to draw, so it is shown as text only."}},
	{err: extract.ErrPassword, problem: problem{status: 409, code: "protected", message: "This file is protected by a password that is not kept, so its pages are shown as text only."}},
	{err: extract.ErrUnsupported, problem: problem{status: 415, code: "unsupported_type", message: "Holt reads PDF, EPUB, DOCX, HTML, Markdown and plain text. This file is none of them."}},
	{err: extract.ErrEmpty, problem: problem{status: 400, code: "empty_file", message: "The file is empty."}},
	{err: library.ErrFileTooLarge, problem: problem{status: 413, code: "file_too_large", message: "The file is larger than your plan allows for one file."}},
	{err: sqlite.ErrFull, problem: problem{status: 413, code: "over_quota", message: "Your library is full. Delete something first."}},
	{err: tenant.ErrReadOnly, problem: problem{status: 403, code: "read_only", message: "This library can be read but not changed at the moment."}},
	{err: tenant.ErrBusy, problem: problem{status: 503, code: "busy", message: "The server is busy. Try again in a moment.", retry: 2}},
	{err: tenant.ErrClosed, problem: problem{status: 503, code: "shutting_down", message: "The server is restarting. Try again in a moment.", retry: 5}},
	{err: platform.ErrSetupDone, problem: problem{status: 409, code: "setup_done", message: "This server is set up already. Sign in instead."}},
	{err: platform.ErrInvalidLink, problem: problem{status: 404, code: "invalid_link", message: "This link is not valid any more. Ask for a new one."}},
	{err: platform.ErrRegistrationClosed, problem: problem{status: 403, code: "registration_closed", message: "Registration is closed. Ask the administrator for an invitation."}},
	{err: platform.ErrLastAdmin, problem: problem{status: 409, code: "last_admin", message: "This is the last active administrator. Make another one first."}},
	{err: platform.ErrExists, problem: problem{status: 409, code: "exists", message: "This address is taken. Choose another."}},
	{err: platform.ErrOwner, problem: problem{status: 409, code: "owner", message: "This account owns the wiki already."}},
	{err: platform.ErrInvalidHandOver, problem: problem{status: 403, code: "invalid_hand_over", message: "Signing in to this wiki took too long or was interrupted. Open the wiki again."}},
	{err: errWikiSignIn, problem: problem{status: 401, code: "unauthenticated", message: "Sign in to go on."}},
	{err: errNoBasic, problem: problem{status: 401, code: "unauthenticated", message: "Sign in with your login and password, or a token as the password."}},
	{err: errAskToJoin, problem: problem{status: 403, code: "not_a_member", message: "This wiki is for its members. Ask for access."}},
	{err: errOtherWiki, problem: problem{status: 403, code: "forbidden", message: "This token is for another wiki."}},
	{err: errNeedAccount, problem: problem{status: 401, code: "unauthenticated", message: "Only those who are signed in can do this."}},
	{err: wiki.ErrForbidden, problem: problem{status: 403, code: "forbidden"}},
	{err: wiki.ErrNotFound, problem: problem{status: 404, code: "not_found"}},
	{err: wiki.ErrNoImage, problem: problem{status: 415, code: "no_picture", message: "This file is no picture that can be shown smaller."}},
	{err: wiki.ErrNoGit, problem: problem{status: 404, code: "no_git", message: "Git is not available for this wiki."}},
	{err: wiki.ErrConflict, problem: problem{status: 409, code: "conflict", message: "The page was changed meanwhile. Look at the newest version and try again."}},
	{err: wiki.ErrUnchanged, problem: problem{status: 422, code: "unchanged", message: "Nothing was changed."}},
	{err: wiki.ErrLastAdmin, problem: problem{status: 409, code: "last_admin", message: "A wiki keeps at least one admin. Make another one first."}},
	{err: repo.ErrMoved, problem: problem{status: 409, code: "conflict", message: "The wiki was changed at the same moment. Try again.", retry: 1}},
	{err: repo.ErrLocked, problem: problem{status: 503, code: "busy", message: "The wiki is being written by another program. Try again in a moment.", retry: 2}},
	{err: repo.ErrConflictingPath, problem: problem{status: 409, code: "exists", message: "The name is taken by a file or folder."}},
	{err: repo.ErrTooLarge, problem: problem{status: 413, code: "too_large", message: "This is too large."}},
	{err: repo.ErrInvalidRevision, problem: problem{status: 404, code: "not_found"}},
	{err: repo.ErrInvalidPath, problem: problem{status: 422, code: "invalid", message: "This name cannot be used."}},
	{err: repo.ErrNotFound, problem: problem{status: 404, code: "not_found"}},
	{err: markdown.ErrTooLong, problem: problem{status: 413, code: "too_large", message: "A page may have 1 MB."}},
}

// problemOf says how an error is answered.
func problemOf(err error) problem {
	var over *tenant.OverQuota
	var state *tenant.StateError
	var failed *tenant.OpenError
	var throttled *platform.Throttled
	var tooLarge *http.MaxBytesError
	var hasty *tooManyWrites
	var model *library.ModelError
	var call *llm.Error
	switch {
	case errors.As(err, &hasty):
		wait := int(math.Ceil(hasty.after.Seconds()))
		return problem{status: 429, code: "throttled", retry: max(1, wait), message: hasty.Error()}
	case errors.As(err, &over):
		return problem{status: 413, code: "over_quota", message: quotaMessage(over), used: over.Used, allowed: over.Allowed}
	case errors.As(err, &throttled):
		wait := int(math.Ceil(throttled.RetryAfter.Seconds()))
		return problem{status: 429, code: "throttled", retry: wait,
			message: "Too many attempts. Try again in " + format.Plural(wait, "second", "seconds") + "."}
	case errors.As(err, &failed):
		return problem{status: 503, code: "library_failed", retry: 30,
			message: "This library cannot be opened at the moment. The administrator can see why; nobody else's is affected."}
	case errors.As(err, &state):
		return stateProblem(state.State)
	case errors.As(err, &tooLarge):
		return problem{status: 413, code: "too_large", message: "The request is too large."}
	case errors.As(err, &model):
		return problem{status: 502, code: "model_failed", message: model.Error()}
	case errors.Is(err, library.ErrModelUnusable):
		return problem{status: 409, code: "model_unusable", message: detail(err, library.ErrModelUnusable)}
	case errors.As(err, &call):
		return problem{status: 502, code: "model_failed", message: call.Error()}
	case errors.Is(err, library.ErrInvalid):
		return problem{status: 400, code: "invalid", message: sentence(err)}
	}
	if p, ok := wikiProblem(err); ok {
		return p
	}
	for _, k := range known {
		if errors.Is(err, k.err) {
			return k.problem
		}
	}
	return problem{status: 500, code: "internal"}
}

// wikiProblem says how the errors of a wiki are answered whose own text tells
// people what to do.
func wikiProblem(err error) (p problem, ok bool) {
	var forbidden *wiki.Forbidden
	switch {
	case errors.As(err, &forbidden):
		return problem{status: 403, code: "forbidden", message: forbidden.Reason}, true
	case errors.Is(err, wiki.ErrInvalid):
		return problem{status: 422, code: "invalid", message: detail(err, wiki.ErrInvalid)}, true
	case errors.Is(err, wiki.ErrTooLarge):
		return problem{status: 413, code: "too_large", message: detail(err, wiki.ErrTooLarge)}, true
	case errors.Is(err, wiki.ErrExists):
		return problem{status: 409, code: "exists", message: sentence(err)}, true
	case errors.Is(err, access.ErrInvalidRule), errors.Is(err, access.ErrInvalidWho), errors.Is(err, access.ErrInvalidSet):
		return problem{status: 422, code: "invalid", message: sentence(err)}, true
	}
	return problem{}, false
}

// detail is what an error says after the text of the one that it wraps, as a
// sentence.
func detail(err, wrapped error) string {
	text := err.Error()
	if _, after, ok := strings.Cut(text, wrapped.Error()+": "); ok {
		text = after
	}
	return sentence(errors.New(text))
}

func stateProblem(s tenant.State) problem {
	if s.Status == tenant.Migrating {
		return problem{status: 503, code: "migrating", message: "This is being updated. Try again shortly.", retry: 10}
	}
	p := problem{status: 403, code: "library_" + string(s.Status), message: "This is " + string(s.Status) + " at the moment."}
	if s.Reason != "" {
		p.message += " Reason: " + s.Reason + "."
	}
	return p
}

func quotaMessage(over *tenant.OverQuota) string {
	switch over.What {
	case "items":
		return fmt.Sprintf("Your library is full: it has %d documents and %d are allowed. Delete some first.", over.Used, over.Allowed)
	case "pages":
		return fmt.Sprintf("This wiki is full: it has %d pages and %d are allowed. Delete some first.", over.Used, over.Allowed)
	case "bytes":
		return fmt.Sprintf("This wiki is full: %s are stored with all history and %s are allowed. Its owner can ask for more.",
			format.Bytes(over.Used), format.Bytes(over.Allowed))
	case "database_bytes":
		if over.Used == 0 {
			return "There is not enough room for this. Delete something first."
		}
	}
	return fmt.Sprintf("There is not enough room: %s are used and %s are allowed. Delete something first.",
		format.Bytes(over.Used), format.Bytes(over.Allowed))
}

// sentence is the text of an error as a person reads it.
func sentence(err error) string {
	text := []rune(err.Error())
	if len(text) == 0 {
		return ""
	}
	if 'a' <= text[0] && text[0] <= 'z' {
		text[0] -= 'a' - 'A'
	}
	return string(text) + "."
}

// answerError answers a request that failed, in JSON for programs and as a page
// for people, whom it sends to sign in when that is all they need.
func (s *server) answerError(v *visit, err error) {
	info := infoOf(v.ctx())
	info.err = err
	if errors.Is(err, context.Canceled) && v.ctx().Err() != nil {
		v.w.WriteHeader(499) // the caller has gone; for the log only
		return
	}
	p := problemOf(err)
	p.sayWhenToRetry(v.w.Header())
	if errors.Is(err, identity.ErrInvalid) {
		s.Session.ClearCookie(v.w, v.r)
	}
	if v.api() {
		s.answerProblem(v, p)
		return
	}
	if p.status == http.StatusUnauthorized {
		_ = v.redirect(signInPath(v.r))
		return
	}
	page := ui.ErrorPage{Frame: s.frame(v, "", ""), Status: p.status, Message: p.message}
	page.Title = page.Heading()
	if err := s.show(v, p.status, page); err != nil {
		s.Logger.Error("show error page", "request", v.id, "error", err)
	}
}

// signInPath is where someone signs in to come back to the page they wanted.
func signInPath(r *http.Request) string {
	if r.Method != http.MethodGet || r.URL.Path == "/" {
		return "/signin"
	}
	return "/signin?next=" + url.QueryEscape(localPath(r.URL.RequestURI()))
}

// answerProblem answers in JSON.
func (s *server) answerProblem(v *visit, p problem) {
	if p.status == http.StatusUnauthorized {
		v.w.Header().Set("WWW-Authenticate", "Bearer")
	}
	message := p.message
	if message == "" {
		message = ui.ErrorPage{Status: p.status}.Reason()
	}
	body := errorBody{Code: p.code, Message: message, RequestID: v.id}
	if p.allowed > 0 {
		body.Used, body.Allowed = &p.used, &p.allowed
	}
	_ = answerJSON(v, p.status, map[string]errorBody{"error": body})
}

// notFound answers addresses that nobody serves, or not by this method.
func (s *server) notFound(v *visit) error {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
		other := v.r.Clone(v.ctx())
		other.Method = method
		if _, pattern := s.mux.Handler(other); pattern != catchAll && pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		return errNoRoute
	}
	v.w.Header().Set("Allow", strings.Join(allowed, ", "))
	return errMethod
}
