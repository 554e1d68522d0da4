package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
)

// wikiAPIRoutes lists the addresses of the API that every wiki has. Their shapes
// are those of An Otter Wiki's API plugin; errors are Holt's.
func (s *server) wikiAPIRoutes() []wikiRoute {
	const (
		read   = access.Read
		write  = access.Read | access.Write
		upload = access.Read | access.Write | access.Upload
	)
	routes := []wikiRoute{
		{method: "GET", pattern: "/api/v1/health", need: read, handle: (*server).apiWikiHealth},
		{method: "GET", pattern: "/api/v1/pages", need: read, handle: (*server).apiWikiPages},
		{method: "GET", pattern: "/api/v1/search", need: read, handle: (*server).apiWikiSearch},
		{method: "GET", pattern: "/api/v1/links", need: read, handle: (*server).apiWikiLinks},
		{method: "GET", pattern: "/api/v1/links/{page}", need: read, handle: (*server).apiPageLinks},
		{method: "GET", pattern: "/api/v1/changelog", need: read, handle: (*server).apiWikiChangelog},

		{method: "GET", pattern: "/api/v1/pages/{page}/attachments", need: read, handle: (*server).apiAttachments},
		{method: "POST", pattern: "/api/v1/pages/{page}/attachments", need: upload, handle: (*server).apiAttach},
		{method: "GET", pattern: "/api/v1/pages/{page}/attachments/{file}/raw", need: read, handle: (*server).apiAttachmentData},
		{method: "GET", pattern: "/api/v1/pages/{page}/attachments/{file}", need: read, handle: (*server).apiAttachment},
		{method: "PUT", pattern: "/api/v1/pages/{page}/attachments/{file}", need: upload, handle: (*server).apiPutAttachment},
		{method: "DELETE", pattern: "/api/v1/pages/{page}/attachments/{file}", need: write, handle: (*server).apiDeleteAttachment},

		{method: "GET", pattern: "/api/v1/pages/{page}/history", need: read, handle: (*server).apiWikiHistory},
		{method: "POST", pattern: "/api/v1/pages/{page}/rename", need: write, handle: (*server).apiRenamePage},
		{method: "GET", pattern: "/api/v1/pages/{page}", need: read, handle: (*server).apiWikiPage},
		{method: "PUT", pattern: "/api/v1/pages/{page}", need: write, handle: (*server).apiPutPage},
		{method: "PATCH", pattern: "/api/v1/pages/{page}", need: write, handle: (*server).apiPatchPage},
		{method: "DELETE", pattern: "/api/v1/pages/{page}", need: write, handle: (*server).apiDeletePage},
	}
	for i := range routes {
		routes[i].handle = inWikiAPI(routes[i].handle)
	}
	return routes
}

// inWikiAPI answers a conflict with the present revision of the page.
func inWikiAPI(handle func(s *server, v *wikiVisit) error) func(s *server, v *wikiVisit) error {
	return func(s *server, v *wikiVisit) error {
		err := handle(s, v)
		var stale *wiki.Conflict
		if !errors.As(err, &stale) {
			return err
		}
		infoOf(v.ctx()).err = err
		return answerStale(v, stale)
	}
}

// answerStale answers a change that began from another state of the page.
func answerStale(v *wikiVisit, stale *wiki.Conflict) error {
	body := struct {
		Error   errorBody `json:"error"`
		Current *string   `json:"current_revision"` // null when there is no page
	}{Error: errorBody{Code: "conflict", Message: "There is no such page any more.", RequestID: v.id}}
	if !stale.Theirs.Name.IsZero() {
		now := stale.Theirs.Revision.Hash.String()
		body.Current = &now
		body.Error.Message = "The page is not as it was at the revision that you name. Read it again, and send its present revision."
	}
	return answerJSON(v.visit, http.StatusConflict, body)
}

// unacceptable is an error that is answered with 422.
func unacceptable(format string, args ...any) error {
	return fmt.Errorf("%w: %s", wiki.ErrInvalid, fmt.Sprintf(format, args...))
}

// apiWikiHealth answers GET /api/v1/health, to those who may read the wiki: to
// others it does not tell that there is one.
func (s *server) apiWikiHealth(v *wikiVisit) error {
	return answerJSON(v.visit, http.StatusOK, map[string]string{"status": "ok"})
}

// commitBody is a commit in the API.
type commitBody struct {
	Revision string    `json:"revision"`
	Author   string    `json:"author"`
	Date     time.Time `json:"date"`
	Message  string    `json:"message"`
}

func apiCommit(c index.Commit) commitBody {
	return commitBody{Revision: c.Hash.String(), Author: c.Name, Date: c.At.UTC(), Message: strings.TrimSpace(c.Message)}
}

const (
	defaultEntries = 50
	mostEntries    = 1000
)

// entries reads how many entries of a list are wanted.
func entries(v *wikiVisit) (int, error) {
	n, err := number(v.visit, "limit", defaultEntries)
	if err != nil {
		return 0, err
	}
	return min(max(n, 1), mostEntries), nil
}

// messageOr is what a commit says: what its author says, or what was done.
func messageOr(message, did, what string) string {
	if strings.TrimSpace(message) != "" {
		return message
	}
	return "[api] " + did + ": " + what
}
