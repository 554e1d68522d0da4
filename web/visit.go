package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web/ui"
)

// acquirePatience is how long a request waits for a place for its library.
const acquirePatience = 10 * time.Second

// visit is one request on its way through the server.
type visit struct {
	w       http.ResponseWriter
	r       *http.Request
	id      string           // of the request, for logs and error pages
	caller  identity.Caller  // zero when nobody is signed in
	library *library.Library // of the caller, on routes that have it
	leaving context.Context  // ends when the library is asked to leave
	limits  platform.Tier    // of the library's or the wiki's owner
	program bool             // the caller is a program: it is answered in JSON
}

// ctx is the request's context, which carries the caller for the audit log.
func (v *visit) ctx() context.Context { return v.r.Context() }

// api reports whether the caller is a program: it is answered in JSON.
func (v *visit) api() bool { return v.program || strings.HasPrefix(v.r.URL.Path, "/api/") }

// signedIn reports whether the caller is known.
func (v *visit) signedIn() bool { return v.caller.Account.ID != "" }

// redirect answers a form with the page to show next.
func (v *visit) redirect(path string) error {
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

var (
	errSignIn   = errors.New("sign-in needed")
	errNotAdmin = errors.New("only an administrator may see this")
	errScope    = errors.New("this API token may only read")
	errPerson   = errors.New("an API token cannot do this; sign in instead")
)

// serve wraps a route: it proves the caller, checks the right and gets the
// library before the handler runs, and answers the error if there is one.
func (s *server) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{w: w, r: r, id: requestID(r.Context())}
		note(r.Context(), rt.pattern, v)
		if err := s.handle(rt, v); err != nil {
			s.answerError(v, err)
		}
	})
}

func (s *server) handle(rt route, v *visit) error {
	if err := s.identify(rt, v); err != nil {
		return err
	}
	if rt.audience != reader && rt.audience != writer {
		return rt.handle(s, v)
	}
	release, err := s.openLibrary(v)
	if err != nil {
		return err
	}
	defer release()
	return rt.handle(s, v)
}

// identify proves who is calling and checks that the route is for them. On
// pages for anybody a bad credential is as good as none: they are the way to a
// better one.
func (s *server) identify(rt route, v *visit) error {
	caller, err := s.Callers.Authenticate(v.r)
	switch {
	case err == nil:
		v.caller = caller
		actor := platform.Actor{Account: caller.Account.ID, Address: identity.ClientAddr(v.r, s.Trusted)}
		v.r = v.r.WithContext(platform.WithActor(v.ctx(), actor))
	case rt.audience == anybody:
		actor := platform.Actor{Address: identity.ClientAddr(v.r, s.Trusted)}
		v.r = v.r.WithContext(platform.WithActor(v.ctx(), actor))
		return nil
	case errors.Is(err, identity.ErrNone):
		return errSignIn
	default:
		return err
	}
	if rt.audience == anybody {
		return nil
	}
	if !caller.Scope.Allows(rt.audience.scope()) {
		return errScope
	}
	if rt.person && caller.Provider == identity.ProviderToken {
		return errPerson
	}
	if rt.audience == admin && !caller.Account.Admin {
		return errNotAdmin
	}
	return nil
}

// openLibrary gets the caller's own library, made at the first visit. No
// address names another's.
func (s *server) openLibrary(v *visit) (release func(), err error) {
	ctx, cancel := context.WithTimeout(v.ctx(), acquirePatience)
	defer cancel()
	h, err := s.Libraries.AcquireOrCreate(ctx, v.caller.Account.Tenant)
	if err != nil {
		return nil, err
	}
	tier, err := s.Platform.Tier(v.ctx(), v.caller.Account.Tier)
	if err == nil {
		err = h.Value().SetLimits(v.ctx(), tier.Limits(), tier.UploadBytes)
	}
	if err != nil {
		h.Release()
		return nil, fmt.Errorf("apply tier: %w", err)
	}
	v.library, v.leaving, v.limits = h.Value(), h.Leaving(), tier
	return h.Release, nil
}

// frame is what surrounds a page for this caller.
func (s *server) frame(v *visit, title string, place ui.Place) ui.Frame {
	f := ui.Frame{Title: title, Place: place, Path: v.r.URL.RequestURI(), RequestID: v.id}
	if c, err := v.r.Cookie(ui.ThemeCookie); err == nil {
		f.Theme = ui.ParseTheme(c.Value)
	}
	if v.signedIn() {
		f.Name, f.Admin = v.caller.Account.Name, v.caller.Account.Admin
	}
	if n, ok := notices[v.r.URL.Query().Get("notice")]; ok {
		f.Flashes = []ui.Flash{n}
	}
	return f
}

// show answers with a page.
func (s *server) show(v *visit, status int, p ui.Page) error {
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", ui.ContentSecurityPolicy)
	h.Set("Cache-Control", "private, no-store")
	return s.ui.Render(&lateHeader{w: v.w, status: status}, p)
}

// lateHeader sends the status with the first byte, so that a page that cannot
// be made can still become an error.
type lateHeader struct {
	w      http.ResponseWriter
	status int
	sent   bool
}

// Write implements io.Writer.
func (l *lateHeader) Write(p []byte) (int, error) {
	if !l.sent {
		l.sent = true
		l.w.WriteHeader(l.status)
	}
	return l.w.Write(p)
}

// localPath returns path when it leads to this server and "/" otherwise. It is
// what keeps a link from sending people elsewhere after they signed in.
func localPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || u.Opaque != "" || u.User != nil ||
		!strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
		strings.ContainsAny(path, "\\\t\r\n") || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") {
		return "/"
	}
	return u.RequestURI()
}
