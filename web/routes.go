package web

import "github.com/holtdb/holt/platform"

// access is who a route is for.
type access int

const (
	anybody  access = iota // no credentials needed
	signedIn               // an account
	reader                 // an account and its library
	writer                 // the same, with the right to change
	admin                  // an administrator
)

// scope is what an API token must allow on the route.
func (a access) scope() platform.Scope {
	if a == writer || a == admin {
		return platform.ScopeWrite
	}
	return platform.ScopeRead
}

// route is one address. The table of them is the only place that says who may
// call what.
type route struct {
	pattern string // of http.ServeMux
	access  access
	// person marks what a program must not do with an API token: it changes the
	// account itself.
	person bool
	handle func(s *server, v *visit) error
}

// routes lists all addresses but the static files.
func (s *server) routes() []route {
	return []route{
		{pattern: "GET /{$}", access: reader, handle: (*server).showLibrary},
		{pattern: "GET /search", access: reader, handle: (*server).showSearch},
		{pattern: "GET /read/{id}", access: reader, handle: (*server).showFirstPage},
		{pattern: "GET /read/{id}/{page}", access: reader, handle: (*server).showPage},
		{pattern: "POST /upload", access: writer, handle: (*server).uploadForm},
		{pattern: "POST /scan", access: writer, handle: (*server).scanForm},
		{pattern: "GET /documents/{id}", access: reader, handle: (*server).showDocument},
		{pattern: "POST /documents/{id}", access: writer, handle: (*server).changeDocumentForm},
		{pattern: "GET /documents/{id}/delete", access: reader, handle: (*server).askDelete},
		{pattern: "POST /documents/{id}/delete", access: writer, handle: (*server).deleteForm},
		{pattern: "POST /documents/{id}/reingest", access: writer, handle: (*server).reingestForm},

		{pattern: "GET /signin", access: anybody, handle: (*server).showSignIn},
		{pattern: "POST /signin", access: anybody, handle: (*server).signIn},
		{pattern: "POST /signout", access: anybody, handle: (*server).signOut},
		{pattern: "GET /setup/{secret}", access: anybody, handle: (*server).showSetup},
		{pattern: "POST /setup/{secret}", access: anybody, handle: (*server).setup},
		{pattern: "GET /invite/{secret}", access: anybody, handle: (*server).showInvitation},
		{pattern: "POST /invite/{secret}", access: anybody, handle: (*server).acceptInvitation},
		{pattern: "GET /register", access: anybody, handle: (*server).showRegister},
		{pattern: "POST /register", access: anybody, handle: (*server).register},
		{pattern: "POST /theme", access: anybody, handle: (*server).setTheme},

		{pattern: "GET /account", access: reader, person: true, handle: (*server).showAccount},
		{pattern: "POST /account", access: signedIn, person: true, handle: (*server).changeName},
		{pattern: "POST /account/password", access: signedIn, person: true, handle: (*server).changePassword},
		{pattern: "POST /account/tokens", access: signedIn, person: true, handle: (*server).createToken},
		{pattern: "POST /account/tokens/{id}/revoke", access: signedIn, person: true, handle: (*server).revokeToken},
		{pattern: "POST /account/sessions/end", access: signedIn, person: true, handle: (*server).endSessions},

		{pattern: "GET /admin/users", access: admin, person: true, handle: (*server).showUsers},
		{pattern: "POST /admin/users/{id}/suspend", access: admin, person: true, handle: (*server).suspendUser},
		{pattern: "POST /admin/users/{id}/resume", access: admin, person: true, handle: (*server).resumeUser},
		{pattern: "POST /admin/users/{id}/tier", access: admin, person: true, handle: (*server).setUserTier},
		{pattern: "POST /admin/users/{id}/admin", access: admin, person: true, handle: (*server).setUserAdmin},
		{pattern: "POST /admin/invitations", access: admin, person: true, handle: (*server).invite},
		{pattern: "POST /admin/invitations/{id}/revoke", access: admin, person: true, handle: (*server).revokeInvitation},
		{pattern: "GET /admin/tenants", access: admin, person: true, handle: (*server).showTenants},
		{pattern: "GET /admin/settings", access: admin, person: true, handle: (*server).showSettings},
		{pattern: "POST /admin/settings", access: admin, person: true, handle: (*server).saveSettings},

		{pattern: "GET /api/health", access: anybody, handle: (*server).apiHealth},
		{pattern: "GET /api/openapi.json", access: anybody, handle: (*server).apiDescription},
		{pattern: "GET /api/session", access: reader, handle: (*server).apiSession},
		{pattern: "GET /api/library", access: reader, handle: (*server).apiDocuments},
		{pattern: "POST /api/library", access: writer, handle: (*server).apiUpload},
		{pattern: "POST /api/library/scan", access: writer, handle: (*server).apiScan},
		{pattern: "GET /api/library/{id}", access: reader, handle: (*server).apiDocument},
		{pattern: "PATCH /api/library/{id}", access: writer, handle: (*server).apiChange},
		{pattern: "DELETE /api/library/{id}", access: writer, handle: (*server).apiDelete},
		{pattern: "GET /api/library/{id}/status", access: reader, handle: (*server).apiStatus},
		{pattern: "GET /api/library/{id}/events", access: reader, handle: (*server).apiEvents},
		{pattern: "POST /api/library/{id}/reingest", access: writer, handle: (*server).apiReingest},
		{pattern: "GET /api/library/{id}/file", access: reader, handle: (*server).apiFile},
		{pattern: "GET /api/library/{id}/cover", access: reader, handle: (*server).apiCover},
		{pattern: "GET /api/library/{id}/pages/{n}", access: reader, handle: (*server).apiPage},
		{pattern: "GET /api/library/{id}/pages/{n}/image", access: reader, handle: (*server).apiPageImage},
		{pattern: "GET /api/library/{id}/resources/{name...}", access: reader, handle: (*server).apiResource},
		{pattern: "GET /api/search", access: reader, handle: (*server).apiSearch},
	}
}
