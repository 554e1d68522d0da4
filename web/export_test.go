package web

import (
	"net/http"

	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki/access"
)

// Patterns returns the patterns of all routes.
func Patterns() []string {
	var all []string
	for _, r := range (&server{}).routes() {
		all = append(all, r.pattern)
	}
	return all
}

// Access returns, by pattern, who a route is for.
func Access() map[string]string {
	names := map[audience]string{anybody: "anybody", signedIn: "signedIn", changer: "changer", reader: "reader", writer: "writer", admin: "admin"}
	out := map[string]string{}
	for _, r := range (&server{}).routes() {
		out[r.pattern] = names[r.audience]
		if r.person {
			out[r.pattern] += " person"
		}
	}
	return out
}

// WikiRoute is what tests know of an address below the root of a wiki.
type WikiRoute struct {
	Method, Pattern                      string
	Need                                 access.Set
	Door, Open, Account, Person, Program bool
}

// WikiRoutes returns all of them.
func WikiRoutes() []WikiRoute {
	var all []WikiRoute
	for _, r := range (&server{}).wikiRoutes() {
		all = append(all, WikiRoute{
			Method: r.method, Pattern: r.pattern, Need: r.need,
			Door: r.door, Open: r.open, Account: r.account, Person: r.person, Program: r.program,
		})
	}
	return all
}

// Reached is the header in which a handler of [NewMarked] names the route that
// a request came to.
const Reached = "Reached"

// NewMarked returns a handler that decides like that of [New] who may come to
// the routes of wikis, which do nothing but say that they were reached.
func NewMarked(cfg Config) (http.Handler, error) {
	pages, err := ui.New()
	if err != nil {
		return nil, err
	}
	fast := Pace{PerMinute: 1e9, Burst: 1e9} // the walk is no abuse
	s := &server{
		Config: cfg, ui: pages, origins: http.NewCrossOriginProtection(),
		writes: newWriteMeter(WritePaces{Account: fast, Stranger: fast, Wiki: fast, Typing: fast}),
	}
	routes := s.wikiRoutes()
	for i, r := range routes {
		routes[i].handle = func(_ *server, v *wikiVisit) error {
			v.w.Header().Set(Reached, r.method+" "+r.pattern)
			v.w.WriteHeader(http.StatusNoContent)
			return nil
		}
	}
	s.wikiTable = newWikiTable(routes)
	return s.around(s.byHost(http.NotFoundHandler())), nil
}
