package web_test

import (
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// setting is a row of An Otter Wiki's table: three levels, and what they give
// to each status of callers.
type setting struct {
	levels [3]string // READ_ACCESS, WRITE_ACCESS, ATTACHMENT_ACCESS
	cells  map[string]access.Set
}

func (s setting) String() string { return strings.Join(s.levels[:], "/") }

// isCorner reports whether each level admits everybody or nobody.
func (s setting) isCorner() bool {
	return !slices.Contains(s.levels[:], "REGISTERED") && !slices.Contains(s.levels[:], "APPROVED")
}

// MustSettings reads the table.
func MustSettings(tb testing.TB) []setting {
	tb.Helper()
	f, err := os.Open("../wiki/access/testdata/otterwiki-access.csv")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	table, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	var all []setting
	for _, row := range table[1:] {
		s := setting{levels: [3]string(row[:3]), cells: map[string]access.Set{}}
		for i, text := range row[3:] {
			if s.cells[table[0][3+i]], err = access.ParseSet(text); err != nil {
				tb.Fatal(err)
			}
		}
		all = append(all, s)
	}
	return all
}

// walker is somebody who walks all routes of a wiki.
type walker struct {
	name string
	// may is what the table gives them.
	may     func(s setting) access.Set
	known   bool // has an account, or is named by a proxy
	proxy   bool
	alike   bool                // whatever the levels are: corners of the table will do
	token   bool                // came with a token, which is no person
	refused int                 // status of all answers, of a credential that counts for nothing
	program *walker             // who they are to routes of git, nil for the same
	sign    func(*http.Request) // adds the credential
}

// memberStatuses are those of the table that an account has by its row in the
// wiki.
func memberStatuses() map[string]access.Member {
	return map[string]access.Member{
		"approved":         {Approved: true},
		"approved+R":       {Approved: true, Read: true},
		"approved+RW":      {Approved: true, Read: true, Write: true},
		"approved+RWU":     {Approved: true, Read: true, Write: true, Upload: true},
		"not-approved+RWU": {Read: true, Write: true, Upload: true},
		"admin":            {Admin: true},
	}
}

// column gives what the table says of a status, at the most bound.
func column(status string, bound access.Set) func(setting) access.Set {
	return func(s setting) access.Set { return s.cells[status] & bound }
}

func only(set access.Set) func(setting) access.Set { return func(setting) access.Set { return set } }

func bearer(secret string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+secret) }
}

// proxyAddress is that of the proxy that the walked server trusts.
const proxyAddress = "192.0.2.9"

func proxied(permissions string) func(*http.Request) {
	return func(r *http.Request) {
		r.RemoteAddr = proxyAddress + ":1234"
		r.Header.Set("X-Otterwiki-Name", "Pat")
		r.Header.Set("X-Otterwiki-Email", "pat@example.test")
		r.Header.Set("X-Otterwiki-Permissions", permissions)
	}
}

// walkedSite is a server whose wikis' routes only say that they were reached.
type walkedSite struct {
	*wikiSite
	handler http.Handler
	people  map[string]*person // by status
	owner   *person
	tokens  map[string]string // API tokens by what they are
}

func MustWalkedSite(tb testing.TB) *walkedSite {
	tb.Helper()
	s := &walkedSite{wikiSite: MustWikiSite(tb), people: map[string]*person{}, tokens: map[string]string{}}
	s.owner = s.MustPerson(tb, "owner")
	for i, status := range []string{"registered", "approved", "approved+R", "approved+RW", "approved+RWU", "not-approved+RWU", "admin"} {
		s.people[status] = s.MustPerson(tb, fmt.Sprintf("p%d", i))
	}
	s.people["suspended"] = s.MustPerson(tb, "p9")
	for name, of := range map[string]*person{"reading, owner": s.owner, "owner": s.owner,
		"reading, writer": s.people["approved+RW"], "suspended": s.people["suspended"]} {
		scope := platform.ScopeWrite
		if strings.HasPrefix(name, "reading") {
			scope = platform.ScopeRead
		}
		secret, _, err := s.store.CreateToken(tb.Context(), of.account.ID, name, scope, time.Now().Add(time.Hour))
		if err != nil {
			tb.Fatal(err)
		}
		s.tokens[name] = secret
	}
	if err := s.store.SetSuspended(tb.Context(), s.people["suspended"].account.ID, true); err != nil {
		tb.Fatal(err)
	}
	otter, err := identity.NewOtter(identity.DefaultOtterConfig([]netip.Prefix{netip.MustParsePrefix(proxyAddress + "/32")}))
	if err != nil {
		tb.Fatal(err)
	}
	session := identity.NewSession(s.store, nil)
	s.handler, err = web.NewMarked(web.Config{
		Wikis: s.wikis, Platform: s.store, Session: session, Otter: otter,
		Callers:    identity.Chain{identity.NewToken(s.store), session},
		WikiTokens: identity.NewWikiToken(s.store), Basic: identity.NewBasic(s.store, nil),
		WikiSessions: identity.NewWikiSession(s.store, nil), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// MustWalkedWiki makes a wiki in which everybody has their status.
func (s *walkedSite) MustWalkedWiki(tb testing.TB, slug string) {
	tb.Helper()
	s.MustWiki(tb, slug, s.owner, preferences.Private)
	for status, flags := range memberStatuses() {
		a := s.people[status].account
		_, err := s.MustOpen(tb, slug, nil).SaveMember(tb.Context(), wiki.Member{Account: a.ID, Name: a.Name, Email: a.Login, Member: flags})
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// MustSet writes preferences as another program does that has the wiki's
// database: An Otter Wiki has levels that its form does not offer.
func (s *wikiSite) MustSet(tb testing.TB, slug string, rows map[string]string) {
	tb.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.data, "wikis", slug, "wiki.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	for name, value := range rows {
		if _, err := db.ExecContext(tb.Context(), "INSERT OR REPLACE INTO preferences (name, value) VALUES (?, ?)", name, value); err != nil {
			tb.Fatal(err)
		}
	}
}

// walkers returns everybody who walks a wiki.
func (s *walkedSite) walkers(tb testing.TB, slug string) []*walker {
	tb.Helper()
	cookie := func(p *person) func(*http.Request) {
		secret, _, err := s.store.NewSession(tb.Context(), p.account.ID, "")
		if err != nil {
			tb.Fatal(err)
		}
		answer := httptest.NewRecorder()
		identity.NewSession(s.store, nil).SetCookie(answer, httptest.NewRequest("GET", "/", nil), secret, time.Now().Add(time.Hour))
		c := answer.Result().Cookies()[0]
		return func(r *http.Request) { r.AddCookie(c) }
	}
	wikiToken := func(p *person, role platform.WikiRole) string {
		parsed, err := platform.ParseSlug(slug)
		if err != nil {
			tb.Fatal(err)
		}
		secret, _, err := s.store.CreateWikiToken(tb.Context(), parsed, p.account.ID, "walk", role, time.Now().Add(time.Hour))
		if err != nil {
			tb.Fatal(err)
		}
		return secret
	}
	anonymous := column("anonymous", access.All)
	all := []*walker{
		{name: "anonymous", may: anonymous, sign: func(*http.Request) {}},
		{name: "registered", may: column("registered", access.All), known: true, sign: cookie(s.people["registered"])},
		{name: "owner", may: only(access.All), known: true, sign: cookie(s.owner)},
		{name: "anonymous with a proxy's headers", may: anonymous, sign: func(r *http.Request) {
			proxied("READ,WRITE,UPLOAD,ADMIN")(r)
			r.RemoteAddr = "192.0.2.10:1234" // not the proxy's
		}},
		{name: "reading token of the owner", may: only(access.Read), known: true, token: true, sign: bearer(s.tokens["reading, owner"])},
		{name: "token of the owner", may: only(access.All), known: true, token: true, sign: bearer(s.tokens["owner"])},
		{name: "reading token of a writer", may: column("approved+RW", access.Read), known: true, token: true,
			sign: bearer(s.tokens["reading, writer"])},
		{name: "reading token of the owner as a password", may: anonymous,
			program: &walker{may: only(access.Read), known: true, token: true},
			sign:    func(r *http.Request) { r.SetBasicAuth("x", s.tokens["reading, owner"]) }},
		{name: "nonsense", alike: true, refused: http.StatusUnauthorized, sign: bearer("holtw_nonsense")},
		{name: "suspended", alike: true, refused: http.StatusForbidden, sign: bearer(s.tokens["suspended"])},
	}
	for status := range memberStatuses() {
		all = append(all, &walker{name: status, may: column(status, access.All), known: true, sign: cookie(s.people[status])})
	}
	roles := map[platform.WikiRole]access.Set{
		platform.RoleViewer: access.Read, platform.RoleEditor: access.Read | access.Write | access.Upload, platform.RoleAdmin: access.All,
	}
	for role, set := range roles {
		all = append(all,
			&walker{name: string(role) + " token of the owner", may: only(set), known: true, token: true, sign: bearer(wikiToken(s.owner, role))},
			&walker{name: string(role) + " token of a reader", may: column("approved+R", set), known: true, token: true,
				sign: bearer(wikiToken(s.people["approved+R"], role))})
	}
	for words, set := range map[string]access.Set{
		"": access.None, "READ": access.Read, "READ,WRITE": access.Read | access.Write,
		"read write upload": access.Read | access.Write | access.Upload, "READ,WRITE,UPLOAD,ADMIN": access.All,
		"WRITE,UPLOAD": access.None, "READ,UPLOAD": access.Read, "nonsense": access.None, "ADMIN": access.Admin,
	} {
		all = append(all, &walker{name: "proxy says " + words, may: only(set), known: true, proxy: true, alike: true, sign: proxied(words)})
	}
	return all
}

// outcome is how a request for a route ends.
type outcome string

const (
	reached    outcome = "reached"
	forbidden  outcome = "403"
	absent     outcome = "404"
	signInPage outcome = "sent to sign in"
	signInJSON outcome = "401 in JSON"
	signInGit  outcome = "401 for git"
	bad        outcome = "401"
)

// isAPI and isGit tell the routes that are answered for programs.
func isAPI(rt web.WikiRoute) bool { return strings.HasPrefix(rt.Pattern, "/api/") }
func isGit(rt web.WikiRoute) bool {
	return strings.HasPrefix(rt.Pattern, "/.git/") && rt.Pattern != "/.git/"
}

// expect returns how a request of w for a route ends by the table.
func (w *walker) expect(s setting, rt web.WikiRoute, mayAsk bool) outcome {
	if rt.Program && w.program != nil {
		w = w.program
	}
	switch {
	case w.refused == http.StatusForbidden:
		return forbidden
	case rt.Door:
		return reached
	case w.refused != 0 && isAPI(rt):
		return bad
	case w.refused != 0:
		return askedFor(rt)
	}
	may := w.may(s)
	fits := !rt.Account || w.known
	switch {
	case fits && rt.Open && w.token && rt.Person && !may.Has(access.Read):
		return absent
	case fits && (rt.Open || may.Has(rt.Need)) && w.token && rt.Person:
		return forbidden
	case fits && (rt.Open || may.Has(rt.Need)):
		return reached
	case fits && may.Has(access.Read) && isGit(rt) && !w.known:
		return signInGit // a name and a password may help
	case fits && may.Has(access.Read):
		return forbidden
	case w.known && !w.proxy && mayAsk:
		return forbidden // and told to ask
	case w.known:
		return absent
	}
	return askedFor(rt)
}

// askedFor returns how somebody unknown is asked who they are.
func askedFor(rt web.WikiRoute) outcome {
	switch {
	case isGit(rt):
		return signInGit
	case isAPI(rt):
		return signInJSON
	}
	return signInPage
}

var placeInPattern = regexp.MustCompile(`\{(\w+)[?.]*\}`)

// pathOf fills in a pattern: what is not named stands as 1.
func pathOf(pattern string, places map[string]string) string {
	return placeInPattern.ReplaceAllStringFunc(pattern, func(place string) string {
		if value, ok := places[strings.Trim(place, "{}?.")]; ok {
			return value
		}
		return "1"
	})
}

// outcomeOf tells how an answer ended a request.
func outcomeOf(t *testing.T, rt web.WikiRoute, r *http.Request, a *httptest.ResponseRecorder) outcome {
	root := "/w/" + strings.Split(r.URL.Path, "/")[2] + "/"
	switch {
	case a.Code == http.StatusNoContent && a.Header().Get(web.Reached) == rt.Method+" "+rt.Pattern:
		return reached
	case a.Code == http.StatusSeeOther:
		back := r.URL.RequestURI()
		if r.Method != "GET" {
			back = root
		}
		where := a.Header().Get("Location")
		if where == "/signin?next="+url.QueryEscape(back) || where == "/signin" && r.Method != "GET" && r.Header.Get("Authorization") != "" {
			return signInPage
		}
	case a.Code == http.StatusUnauthorized && isGit(rt) && strings.HasPrefix(a.Header().Get("WWW-Authenticate"), "Basic "):
		return signInGit
	case a.Code == http.StatusUnauthorized && isAPI(rt):
		var body struct{ Error struct{ Code string } }
		if err := json.Unmarshal(a.Body.Bytes(), &body); err != nil {
			t.Errorf("%s: a 401 that is no JSON: %v", r.URL, err)
		}
		if body.Error.Code == "unauthenticated" {
			return signInJSON
		}
		return bad
	case a.Code == http.StatusUnauthorized:
		return bad
	case a.Code == http.StatusForbidden:
		return forbidden
	case a.Code == http.StatusNotFound:
		return absent
	}
	return outcome(fmt.Sprintf("%d, %s %s", a.Code, a.Header().Get(web.Reached), a.Header().Get("Location")))
}

// TestEveryRouteObeysTheTable walks all routes of a wiki as everybody, with all
// settings of the three levels, and compares with An Otter Wiki's table.
func TestEveryRouteObeysTheTable(t *testing.T) {
	s := MustWalkedSite(t)
	routes := web.WikiRoutes()
	byRead := map[string][]setting{}
	for _, set := range MustSettings(t) {
		byRead[set.levels[0]] = append(byRead[set.levels[0]], set)
	}
	var requests atomic.Int64
	t.Cleanup(func() { t.Logf("%d requests for %d routes", requests.Load(), len(routes)) })
	for read, settings := range byRead {
		t.Run(read, func(t *testing.T) {
			t.Parallel()
			slug := "walk-" + strings.ToLower(read)
			s.MustWalkedWiki(t, slug)
			s.MustPrefer(t, slug, preferences.RepositoryPage, "GIT_WEB_SERVER", "True")
			walkers := s.walkers(t, slug)
			if len(settings) != 16 {
				t.Fatalf("%d settings", len(settings))
			}
			for i, set := range settings {
				mayAsk := i%2 == 0
				s.MustSet(t, slug, map[string]string{
					"READ_ACCESS": set.levels[0], "WRITE_ACCESS": set.levels[1], "ATTACHMENT_ACCESS": set.levels[2],
					"DISABLE_REGISTRATION": fmt.Sprint(!mayAsk),
				})
				for _, w := range walkers {
					if (w.alike || testing.Short()) && !set.isCorner() {
						continue
					}
					for _, rt := range routes {
						r := httptest.NewRequest(rt.Method, "/w/"+slug+pathOf(rt.Pattern, map[string]string{"page": "Home"}), nil)
						w.sign(r)
						a := httptest.NewRecorder()
						s.handler.ServeHTTP(a, r)
						requests.Add(1)
						if got, want := outcomeOf(t, rt, r, a), w.expect(set, rt, mayAsk); got != want {
							t.Errorf("%v, %s, %s %s: %s, want %s", set, w.name, rt.Method, rt.Pattern, got, want)
						}
					}
				}
			}
		})
	}
}
