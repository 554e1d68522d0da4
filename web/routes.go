package web

import (
	"slices"

	"github.com/holtdb/holt/platform"
)

// audience is who a route is for.
type audience int

const (
	anybody  audience = iota // no credentials needed
	signedIn                 // an account
	changer                  // an account, with the right to change
	reader                   // an account and its library
	writer                   // the same, with the right to change
	admin                    // an administrator
)

// scope is what an API token must allow on the route.
func (a audience) scope() platform.Scope {
	if a == changer || a == writer || a == admin {
		return platform.ScopeWrite
	}
	return platform.ScopeRead
}

// route is one address. The table of them is the only place that says who may
// call what.
type route struct {
	pattern  string // of http.ServeMux
	audience audience
	// person marks what a program must not do with an API token: it changes the
	// account itself.
	person bool
	handle func(s *server, v *visit) error
}

// routes lists all addresses but the static files and those of wikis.
func (s *server) routes() []route {
	return slices.Concat(s.platformRoutes(), s.hostingRoutes(), s.wikisAPIRoutes())
}

// platformRoutes lists the addresses of the library, of accounts and of their
// administration.
func (s *server) platformRoutes() []route {
	return []route{
		{pattern: "GET /{$}", audience: reader, handle: (*server).showLibrary},
		{pattern: "GET /search", audience: reader, handle: (*server).showSearch},
		{pattern: "GET /read/{id}", audience: reader, handle: (*server).showFirstPage},
		{pattern: "GET /read/{id}/{page}", audience: reader, handle: (*server).showPage},
		{pattern: "POST /upload", audience: writer, handle: (*server).uploadForm},
		{pattern: "POST /scan", audience: writer, handle: (*server).scanForm},
		{pattern: "GET /documents/{id}", audience: reader, handle: (*server).showDocument},
		{pattern: "POST /documents/{id}", audience: writer, handle: (*server).changeDocumentForm},
		{pattern: "GET /documents/{id}/delete", audience: reader, handle: (*server).askDelete},
		{pattern: "POST /documents/{id}/delete", audience: writer, handle: (*server).deleteForm},
		{pattern: "POST /documents/{id}/reingest", audience: writer, handle: (*server).reingestForm},

		{pattern: "GET /chat", audience: reader, handle: (*server).showNewChat},
		{pattern: "POST /chat", audience: writer, handle: (*server).beginChat},
		{pattern: "GET /chat/{id}", audience: reader, handle: (*server).showChat},
		{pattern: "POST /chat/{id}/ask", audience: writer, handle: (*server).askForm},
		{pattern: "POST /chat/{id}/stop", audience: writer, handle: (*server).stopForm},
		{pattern: "POST /chat/{id}/retry", audience: writer, handle: (*server).retryForm},
		{pattern: "POST /chat/{id}/rename", audience: writer, handle: (*server).renameChatForm},
		{pattern: "GET /chat/{id}/delete", audience: reader, handle: (*server).askDeleteChat},
		{pattern: "POST /chat/{id}/delete", audience: writer, handle: (*server).deleteChatForm},
		{pattern: "GET /chat/{id}/export", audience: reader, handle: (*server).exportChat},
		{pattern: "POST /chat/{id}/answers/{message}/feedback", audience: writer, handle: (*server).rateForm},

		{pattern: "GET /signin", audience: anybody, handle: (*server).showSignIn},
		{pattern: "POST /signin", audience: anybody, handle: (*server).signIn},
		{pattern: "POST /signout", audience: anybody, handle: (*server).signOut},
		{pattern: "GET /setup/{secret}", audience: anybody, handle: (*server).showSetup},
		{pattern: "POST /setup/{secret}", audience: anybody, handle: (*server).setup},
		{pattern: "GET /invite/{secret}", audience: anybody, handle: (*server).showInvitation},
		{pattern: "POST /invite/{secret}", audience: anybody, handle: (*server).acceptInvitation},
		{pattern: "GET /register", audience: anybody, handle: (*server).showRegister},
		{pattern: "POST /register", audience: anybody, handle: (*server).register},
		{pattern: "POST /theme", audience: anybody, handle: (*server).setTheme},

		{pattern: "GET /account", audience: reader, person: true, handle: (*server).showAccount},
		{pattern: "POST /account", audience: signedIn, person: true, handle: (*server).changeName},
		{pattern: "POST /account/password", audience: signedIn, person: true, handle: (*server).changePassword},
		{pattern: "POST /account/tokens", audience: signedIn, person: true, handle: (*server).createToken},
		{pattern: "POST /account/tokens/{id}/revoke", audience: signedIn, person: true, handle: (*server).revokeToken},
		{pattern: "POST /account/sessions/end", audience: signedIn, person: true, handle: (*server).endSessions},

		{pattern: "GET /account/models", audience: reader, person: true, handle: (*server).showModels},
		{pattern: "POST /account/models", audience: writer, person: true, handle: (*server).saveModel},
		{pattern: "POST /account/models/test", audience: writer, person: true, handle: (*server).testModel},

		{pattern: "GET /admin/users", audience: admin, person: true, handle: (*server).showUsers},
		{pattern: "POST /admin/users/{id}/suspend", audience: admin, person: true, handle: (*server).suspendUser},
		{pattern: "POST /admin/users/{id}/resume", audience: admin, person: true, handle: (*server).resumeUser},
		{pattern: "POST /admin/users/{id}/tier", audience: admin, person: true, handle: (*server).setUserTier},
		{pattern: "POST /admin/users/{id}/admin", audience: admin, person: true, handle: (*server).setUserAdmin},
		{pattern: "POST /admin/invitations", audience: admin, person: true, handle: (*server).invite},
		{pattern: "POST /admin/invitations/{id}/revoke", audience: admin, person: true, handle: (*server).revokeInvitation},
		{pattern: "GET /admin/tenants", audience: admin, person: true, handle: (*server).showTenants},
		{pattern: "GET /admin/settings", audience: admin, person: true, handle: (*server).showSettings},
		{pattern: "POST /admin/settings", audience: admin, person: true, handle: (*server).saveSettings},

		{pattern: "GET /admin/models", audience: admin, person: true, handle: (*server).showAdminModels},
		{pattern: "POST /admin/models", audience: admin, person: true, handle: (*server).saveAdminModels},
		{pattern: "POST /admin/models/test", audience: admin, person: true, handle: (*server).testAdminModel},

		{pattern: "GET /api/health", audience: anybody, handle: (*server).apiHealth},
		{pattern: "GET /api/openapi.json", audience: anybody, handle: (*server).apiDescription},
		{pattern: "GET /api/session", audience: reader, handle: (*server).apiSession},
		{pattern: "GET /api/library", audience: reader, handle: (*server).apiDocuments},
		{pattern: "POST /api/library", audience: writer, handle: (*server).apiUpload},
		{pattern: "POST /api/library/scan", audience: writer, handle: (*server).apiScan},
		{pattern: "GET /api/library/{id}", audience: reader, handle: (*server).apiDocument},
		{pattern: "PATCH /api/library/{id}", audience: writer, handle: (*server).apiChange},
		{pattern: "DELETE /api/library/{id}", audience: writer, handle: (*server).apiDelete},
		{pattern: "GET /api/library/{id}/status", audience: reader, handle: (*server).apiStatus},
		{pattern: "GET /api/library/{id}/events", audience: reader, handle: (*server).apiEvents},
		{pattern: "POST /api/library/{id}/reingest", audience: writer, handle: (*server).apiReingest},
		{pattern: "GET /api/library/{id}/file", audience: reader, handle: (*server).apiFile},
		{pattern: "GET /api/library/{id}/cover", audience: reader, handle: (*server).apiCover},
		{pattern: "GET /api/library/{id}/pages/{n}", audience: reader, handle: (*server).apiPage},
		{pattern: "GET /api/library/{id}/pages/{n}/image", audience: reader, handle: (*server).apiPageImage},
		{pattern: "GET /api/library/{id}/resources/{name...}", audience: reader, handle: (*server).apiResource},
		{pattern: "GET /api/search", audience: reader, handle: (*server).apiSearch},
		{pattern: "POST /api/chat", audience: writer, handle: (*server).apiChat},
		{pattern: "POST /api/chat/feedback", audience: writer, handle: (*server).apiFeedback},
		{pattern: "GET /api/chats", audience: reader, handle: (*server).apiChats},
		{pattern: "GET /api/chats/{id}", audience: reader, handle: (*server).apiConversation},
		{pattern: "PATCH /api/chats/{id}", audience: writer, handle: (*server).apiChangeChat},
		{pattern: "DELETE /api/chats/{id}", audience: writer, handle: (*server).apiDeleteChat},
		{pattern: "GET /api/chats/{id}/events", audience: reader, handle: (*server).apiAnswerEvents},
		{pattern: "GET /api/chats/{id}/export", audience: reader, handle: (*server).exportChat},
		{pattern: "POST /api/chats/{id}/retry", audience: writer, handle: (*server).apiRetry},
		{pattern: "POST /api/chats/{id}/stop", audience: writer, handle: (*server).apiStop},
		{pattern: "GET /api/models", audience: reader, handle: (*server).apiModels},
	}
}
