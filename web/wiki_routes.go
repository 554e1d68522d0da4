package web

import (
	"maps"
	"slices"
	"strings"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
)

// wikiRoute is one address below a wiki's root. The table of them is the only
// place that says which permission an address needs.
type wikiRoute struct {
	method string
	// pattern is a path below the root. {page} stands for the name of a page,
	// which may hold slashes; {other} for one part; {other?} for one that may be
	// missing, {other...} for all that follow. Of two patterns that fit, the one
	// listed first counts.
	pattern string
	// need is the permission that the visitor must have: for the page of a
	// pattern with {page}, else for the wiki as a whole.
	need access.Set
	// door marks the ways in and out. They are the same for every wiki, also one
	// that does not exist, and are answered before it is opened.
	door bool
	// open marks what everybody may see who knows that the wiki exists.
	open bool
	// account marks what only those who are signed in may do.
	account bool
	// person marks what no token may do: it changes who may do what.
	person bool
	// program marks what only git clients use: names and passwords are asked for.
	program bool
	handle  func(s *server, v *wikiVisit) error
}

// wikiRoutes lists all addresses below the root of a wiki.
func (s *server) wikiRoutes() []wikiRoute {
	return slices.Concat(s.wikiDoorRoutes(), s.wikiReadingRoutes(), s.wikiEditingRoutes(), s.wikiAdminRoutes(), s.wikiAPIRoutes(), s.wikiGitRoutes())
}

// wikiTable finds the route of a request.
type wikiTable struct {
	fixed map[string][]wikiRoute // by first part, for patterns without {page}
	verbs map[string][]wikiRoute // by what follows {page}, for others
	view  []wikiRoute            // of {page} alone
}

// pagePlace is the part of a pattern that stands for a page.
const pagePlace = "{page}"

func newWikiTable(routes []wikiRoute) *wikiTable {
	t := &wikiTable{fixed: make(map[string][]wikiRoute), verbs: make(map[string][]wikiRoute)}
	for _, r := range routes {
		rest, ofPage := strings.CutPrefix(r.pattern, "/"+pagePlace)
		switch {
		case ofPage && rest == "":
			t.view = append(t.view, r)
		case ofPage:
			verb := strings.Split(rest, "/")[1]
			t.verbs[verb] = append(t.verbs[verb], r)
		default:
			first := strings.Split(r.pattern, "/")[1]
			t.fixed[first] = append(t.fixed[first], r)
		}
	}
	return t
}

// match returns the route of a path below the root, with what its places stand
// for. Without one of the method, other says that there is one of another.
func (t *wikiTable) match(method, path string) (r wikiRoute, places map[string]string, other bool) {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for _, r := range t.fixed[parts[0]] {
		if places, ok := matchParts(strings.Split(r.pattern, "/")[1:], parts); ok {
			if allows(r, method) {
				return r, places, false
			}
			other = true
		}
	}
	if other {
		return wikiRoute{}, nil, true
	}
	// The last verb counts: what stands before it is the page.
	for i := len(parts) - 1; i > 0; i-- {
		for _, r := range t.verbs[parts[i]] {
			places, ok := matchParts(strings.Split(r.pattern, "/")[2:], parts[i:])
			if !ok {
				continue
			}
			if allows(r, method) {
				places[pagePlace] = strings.Join(parts[:i], "/")
				return r, places, false
			}
			other = true
		}
		if other {
			return wikiRoute{}, nil, true
		}
	}
	for _, r := range t.view {
		if other = true; allows(r, method) {
			return r, map[string]string{pagePlace: strings.Join(parts, "/")}, false
		}
	}
	return wikiRoute{}, nil, other
}

func allows(r wikiRoute, method string) bool {
	return r.method == method || r.method == "GET" && method == "HEAD"
}

// matchParts compares the parts of a pattern with those of a path.
func matchParts(pattern, parts []string) (places map[string]string, ok bool) {
	places = make(map[string]string)
	for i, p := range pattern {
		if p == pagePlace {
			return matchPage(pattern[i+1:], parts[min(i, len(parts)):], places)
		}
		name, isPlace := strings.CutPrefix(p, "{")
		name, isOptional := strings.CutSuffix(strings.TrimSuffix(name, "}"), "?")
		switch {
		case isPlace && strings.HasSuffix(name, "..."):
			places[strings.TrimSuffix(name, "...")] = strings.Join(parts[min(i, len(parts)):], "/")
			return places, true
		case i >= len(parts):
			if !isOptional {
				return nil, false
			}
		case isPlace:
			if parts[i] == "" && !isOptional {
				return nil, false
			}
			places[name] = parts[i]
		case p != parts[i]:
			return nil, false
		}
	}
	return places, len(parts) <= len(pattern)
}

// matchPage gives a page all parts but those that the rest of the pattern needs.
func matchPage(rest, parts []string, places map[string]string) (map[string]string, bool) {
	end := len(parts) - len(rest)
	if end < 1 {
		return nil, false
	}
	after, ok := matchParts(rest, parts[end:])
	if !ok {
		return nil, false
	}
	maps.Copy(places, after)
	places[pagePlace] = strings.Join(parts[:end], "/")
	return places, true
}

// pageOf returns the page that places name, and whether there is a place for one.
func pageOf(places map[string]string) (name wiki.Name, ofPage bool, err error) {
	text, ofPage := places[pagePlace]
	if !ofPage {
		return wiki.Name{}, false, nil
	}
	name, err = wiki.ParseName(text)
	return name, true, err
}
