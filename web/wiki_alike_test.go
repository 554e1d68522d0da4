package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/web"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// unlike is what differs between any two answers of the server.
var unlike = regexp.MustCompile(`"request_id":"\w+"|<code>[A-Z2-7]{12}</code>`)

// likeness is an answer without what names the wiki or the request.
func likeness(a answer, slug string) string {
	header := a.header.Clone()
	for _, name := range []string{"Date", "X-Request-Id", "Content-Length"} {
		header.Del(name)
	}
	text := fmt.Sprint(a.status, header, unlike.ReplaceAllString(string(a.body), ""))
	return strings.ReplaceAll(text, slug, "SLUG")
}

// formOf is a form with values for all fields of all routes.
func formOf() url.Values {
	return url.Values{
		"content": {"taken over\n"}, "commit": {"x"}, "message": {"x"}, "revision": {"HEAD"}, "pagename": {"Taken"}, "new_pagename": {"Taken"},
		"name": {"Taken"}, "email": {"taken@example.test"}, "account": {"x"}, "role": {"admin"}, "is_admin": {"1"}, "path": {"Home"}, "who": {"everybody"},
		"grant": {"RWU"}, "scope": {"tree"}, "query": {"otter"}, "rev_a": {"HEAD"}, "rev_b": {"HEAD"}, "recursive": {"1"}, "uses": {"1"},
		"read_access": {"ANONYMOUS"}, "write_access": {"ANONYMOUS"}, "attachment_access": {"ANONYMOUS"}, "site_name": {"Taken"}, "next": {"/"},
	}
}

// call sends a request for a route with what its kind of body may hold.
func (v *visitor) call(method, path string) answer {
	v.tb.Helper()
	switch {
	case method == "GET" || method == "HEAD" || method == "DELETE":
		return v.do(method, path, "", nil)
	case strings.Contains(path, "/api/"):
		return v.json(method, path, map[string]any{"content": "taken over", "message": "x", "new_path": "Taken", "name": "taken"})
	case strings.Contains(path, "/.git/") || strings.Contains(path, ".git/git-"):
		service, _, _ := strings.Cut(path[strings.LastIndex(path, "/")+1:], "?")
		return v.do(method, path, "application/x-"+service+"-request", strings.NewReader("0000"))
	case strings.HasSuffix(path, "attachment") || strings.HasSuffix(path, "attachments"):
		return v.send(path, "file", []file{{"taken.txt", "taken over"}}, url.Values{"message": {"x"}})
	}
	return v.do(method, path, "application/x-www-form-urlencoded", strings.NewReader(formOf().Encode()))
}

// MustAPIToken makes an API token of a person.
func (s *wikiSite) MustAPIToken(tb testing.TB, p *person, scope platform.Scope) *visitor {
	tb.Helper()
	secret, _, err := s.store.CreateToken(tb.Context(), p.account.ID, "a "+string(scope)+" token", scope, time.Now().Add(time.Hour))
	if err != nil {
		tb.Fatal(err)
	}
	v := s.anonymous(tb)
	v.bearer = secret
	return v
}

// TestPrivateAndMissingWikisAreAlike asks every route of wikis that a stranger
// may not know of, and of one that is not there.
func TestPrivateAndMissingWikisAreAlike(t *testing.T) {
	s := MustWikiSite(t)
	ann, eve := s.MustPerson(t, "ann"), s.MustPerson(t, "eve")
	const missing = "garden0"
	hidden := map[string]string{"garden1": "private", "garden2": "with a page that a rule opens to somebody", "garden3": "suspended", "garden4": "read-only", "garden5": "in the trash"}
	for slug := range hidden {
		s.MustWiki(t, slug, ann, preferences.Private)
	}
	ann.post("/wikis/garden5/delete", url.Values{"confirm": {"The garden5"}}).want(t, http.StatusSeeOther)
	for _, slug := range []string{"garden1", "garden2", "garden3", "garden4"} {
		s.MustPrefer(t, slug, preferences.RepositoryPage, "GIT_WEB_SERVER", "True")
	}
	err := s.MustOpen(t, "garden2", nil).SaveRule(t.Context(), access.Rule{Path: "Home", Who: access.Who{Account: ann.account.ID}, Grant: access.Read})
	if err != nil {
		t.Fatal(err)
	}
	ann.get("/w/garden2/").want(t, http.StatusOK)
	for slug, status := range map[string]tenant.Status{"garden3": tenant.Suspended, "garden4": tenant.ReadOnly} {
		if err := s.fleet.SetState(t.Context(), MustSlug(t, slug).ID(), tenant.State{Status: status, Reason: "a reason"}); err != nil {
			t.Fatal(err)
		}
	}

	own := s.MustWiki(t, "evesown", eve, preferences.Private)
	ownToken := s.MustToken(t, own, eve, platform.RoleAdmin)
	nonsense := s.anonymous(t)
	nonsense.bearer = "holtw_nonsense"
	strangers := map[string]*visitor{
		"anonymous": s.anonymous(t), "stranger": eve.visitor, "reading token": s.MustAPIToken(t, eve, platform.ScopeRead),
		"token": s.MustAPIToken(t, eve, platform.ScopeWrite), "token of another wiki": ownToken, "nonsense": nonsense,
	}
	places := map[string]string{"page": "Home", "rev": "HEAD", "a": "HEAD", "b": "HEAD"}
	for who, v := range strangers {
		for _, rt := range web.WikiRoutes() {
			for _, method := range append([]string{rt.Method}, map[string][]string{"GET": {"HEAD"}}[rt.Method]...) {
				if rt.Pattern == "/-/logout" {
					continue // it ends the session; it is answered before the wiki is looked for
				}
				path := pathOf(rt.Pattern, places)
				if rt.Pattern == "/.git/info/refs" {
					path += "?service=git-upload-pack"
				}
				want := likeness(v.call(method, "/w/"+missing+path), missing)
				for slug, how := range hidden {
					if got := likeness(v.call(method, "/w/"+slug+path), slug); got != want {
						t.Errorf("%s, %s %s: %s and missing are told apart:\n%.400s\n%.400s", who, method, rt.Pattern, how, got, want)
					}
				}
			}
		}
		for _, path := range []string{"/w/%s", "/w/%s/no/such/address/at/all", "/w/%s.git/info/refs", "/w/%s/-/nothing", "/w/%s/%%2e%%2e/", "/w/%s/%%00",
			"/wikis/%s/settings", "/wikis/%s", "/api/wikis/%s", "/api/wikis/%s/tokens", "/wikis/enter?wiki=%s&next=/&state=x"} {
			want := likeness(v.get(fmt.Sprintf(path, missing)), missing)
			for slug, how := range hidden {
				if got := likeness(v.get(fmt.Sprintf(path, slug)), slug); got != want {
					t.Errorf("%s, %s: %s and missing are told apart:\n%.400s\n%.400s", who, path, how, got, want)
				}
			}
		}
	}
}

// TestPlatformRoutesOfOthersWikis asks all addresses of the platform that name a
// wiki for one of somebody else's, and for one that is not there.
func TestPlatformRoutesOfOthersWikis(t *testing.T) {
	s := MustWikiSite(t)
	ann, eve := s.MustPerson(t, "ann"), s.MustPerson(t, "eve")
	s.MustWiki(t, "garden1", ann, preferences.Private)
	s.MustToken(t, MustSlug(t, "garden1"), ann, platform.RoleViewer)
	tokens, err := s.store.WikiTokens(t.Context(), MustSlug(t, "garden1"))
	if err != nil || len(tokens) != 1 {
		t.Fatal(tokens, err)
	}
	before := s.digest(t, "garden1")
	strangers := map[string]*visitor{"anonymous": s.anonymous(t), "eve": eve.visitor, "token": s.MustAPIToken(t, eve, platform.ScopeWrite)}
	for _, pattern := range web.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if !strings.Contains(path, "{slug}") {
			continue
		}
		path = strings.ReplaceAll(path, "{id}", tokens[0].ID)
		for who, v := range strangers {
			got := v.call(method, strings.ReplaceAll(path, "{slug}", "garden1"))
			want := v.call(method, strings.ReplaceAll(path, "{slug}", "garden0"))
			if likeness(got, "garden1") != likeness(want, "garden0") {
				t.Errorf("%s, %s: told apart:\n%.400s\n%.400s", who, pattern, likeness(got, "garden1"), likeness(want, "garden0"))
			}
			if got.status < 300 {
				t.Errorf("%s, %s: status %d", who, pattern, got.status)
			}
		}
	}
	if after := s.digest(t, "garden1"); after != before {
		t.Errorf("changed from\n%s\nto\n%s", before, after)
	}
}

// digest is all that a wiki holds, as its owner is told, and what the platform
// knows of it.
func (s *wikiSite) digest(tb testing.TB, slug string) string {
	tb.Helper()
	var out strings.Builder
	ctx, session := tb.Context(), s.MustOpen(tb, slug, nil)
	add := func(what string, value any, err error) {
		if err != nil {
			tb.Fatalf("%s of %s: %v", what, slug, err)
		}
		fmt.Fprintf(&out, "%s %+v\n", what, value)
	}
	add("head", session.Head(), nil)
	pages, err := session.Pages(ctx, "")
	add("pages", len(pages), err)
	for _, p := range pages {
		page, err := session.Page(ctx, MustName(tb, p.Path))
		add(p.Path, page.Text, err)
		files, err := session.Attachments(ctx, MustName(tb, p.Path))
		add("files", files, err)
	}
	members, err := session.Members(ctx)
	for i := range members {
		members[i].LastSeen, members[i].FirstSeen = time.Time{}, time.Time{}
	}
	add("members", members, err)
	rules, err := session.Rules(ctx)
	add("rules", rules, err)
	tidy, err := session.Housekeeping(ctx)
	add("drafts", tidy.Drafts, err)
	drafts, err := session.Drafts(ctx)
	add("own drafts", drafts, err)
	for name, value := range session.Preferences().Rows() {
		fmt.Fprintf(&out, "%s=%s\n", name, value)
	}
	entry, err := s.store.Wiki(ctx, MustSlug(tb, slug))
	add("entry", []any{entry.Owner, entry.Name, entry.Purpose, entry.Removed, entry.OfferedTo}, err)
	tokens, err := s.store.WikiTokens(ctx, MustSlug(tb, slug))
	for i := range tokens {
		tokens[i].LastUsed = time.Time{}
	}
	add("tokens", tokens, err)
	invitations, err := s.store.WikiInvitations(ctx, MustSlug(tb, slug))
	add("invitations", invitations, err)
	lines := strings.Split(out.String(), "\n")
	slices.Sort(lines) // preferences come in any order
	return strings.Join(lines, "\n")
}
