package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

type apiWiki struct {
	Wiki struct {
		Slug, Purpose, URL, Visibility string
		Name                           string `json:"display_name"`
		GitURL                         string `json:"git_url"`
		Git                            bool   `json:"git_access_enabled"`
	}
}

func TestWikisAPI(t *testing.T) {
	s := MustWikiSite(t)
	ann, bob := s.MustPerson(t, "ann"), s.MustPerson(t, "bob")
	var w apiWiki
	ann.json("POST", "/api/wikis", map[string]any{"slug": "garden", "display_name": "The garden", "purpose": "Plants"}).
		want(t, http.StatusCreated).into(t, &w)
	if w.Wiki.Slug != "garden" || w.Wiki.Name != "The garden" || w.Wiki.Visibility != "private" || w.Wiki.Git ||
		w.Wiki.URL != s.url+"/w/garden/" || w.Wiki.GitURL != s.url+"/w/garden.git" {
		t.Errorf("%+v", w)
	}
	if text := s.textOf(t, "garden", "Home"); text == "" {
		t.Error("a new wiki has no first page")
	}
	for name, c := range map[string]struct {
		body   map[string]any
		status int
		code   string
	}{
		"taken":      {map[string]any{"slug": "garden"}, 409, "exists"},
		"bad slug":   {map[string]any{"slug": "Not A Slug"}, 422, "invalid"},
		"short":      {map[string]any{"slug": "ab"}, 422, "invalid"},
		"reserved":   {map[string]any{"slug": "admin"}, 422, "invalid"},
		"bad name":   {map[string]any{"slug": "meadow", "display_name": "a\nb"}, 422, "invalid"},
		"visibility": {map[string]any{"slug": "meadow", "visibility": "open"}, 422, "invalid"},
		"no slug":    {map[string]any{}, 422, "invalid"},
		"unknown":    {map[string]any{"slug": "meadow", "owner": "bob"}, 400, "invalid"},
	} {
		if a := ann.json("POST", "/api/wikis", c.body); a.status != c.status || a.code(t) != c.code {
			t.Errorf("%s: %s", name, a)
		}
	}
	ann.get("/w/meadow/").want(t, http.StatusNotFound)

	ann.json("PATCH", "/api/wikis/garden", map[string]any{"visibility": "public", "purpose": "All plants"}).want(t, http.StatusOK).into(t, &w)
	if w.Wiki.Visibility != "public" || w.Wiki.Purpose != "All plants" || w.Wiki.Name != "The garden" {
		t.Errorf("%+v", w)
	}
	before := s.MustOpen(t, "garden", nil).Preferences()
	s.anonymous(t).get(v1+"/pages").want(t, http.StatusOK)
	ann.json("PATCH", "/api/wikis/garden", map[string]any{"visibility": "private"}).want(t, http.StatusOK)
	s.anonymous(t).get(v1+"/pages").want(t, http.StatusUnauthorized)
	after := s.MustOpen(t, "garden", nil).Preferences()
	before.Permissions.Levels.Read = after.Permissions.Levels.Read
	if after.Permissions != before.Permissions {
		t.Errorf("more than the visibility changed: %+v, before %+v", after.Permissions, before.Permissions)
	}
	ann.json("POST", "/api/wikis/garden/git", map[string]any{"enabled": true}).want(t, http.StatusOK).says(t, `"git_access_enabled":true`)
	ann.json("POST", "/api/wikis/garden/git", map[string]any{}).want(t, http.StatusBadRequest)
	ann.get("/api/wikis/garden").want(t, http.StatusOK).says(t, `"git_access_enabled":true`)
	ann.json("POST", "/api/wikis/garden/git", map[string]any{"enabled": false}).want(t, http.StatusOK)

	// Another's wiki, public or private, is as absent as one that never was.
	s.MustWiki(t, "open", ann, preferences.Public)
	for _, slug := range []string{"garden", "open", "NOT-A-SLUG"} {
		for _, c := range []struct{ method, rest string }{
			{"GET", ""}, {"PATCH", ""}, {"DELETE", "?confirm=" + slug}, {"POST", "/restore"}, {"POST", "/git"},
			{"GET", "/tokens"}, {"POST", "/tokens"}, {"DELETE", "/tokens/x"},
		} {
			there, none := bob.json(c.method, "/api/wikis/"+slug+c.rest, map[string]any{}), bob.json(c.method, "/api/wikis/never-was"+c.rest, map[string]any{})
			if there.status != http.StatusNotFound || noise.ReplaceAllString(string(there.body), "") != noise.ReplaceAllString(string(none.body), "") {
				t.Errorf("%s %s%s: %s, but for none: %s", c.method, slug, c.rest, there, none)
			}
		}
	}
	s.MustAdmit(t, "garden", bob, wiki.RoleAdmin) // an admin of a wiki is not its owner
	bob.get("/api/wikis/garden").want(t, http.StatusNotFound)
	s.anonymous(t).get("/api/wikis").want(t, http.StatusUnauthorized)
}

func TestWikisAPIDeletion(t *testing.T) {
	s := MustWikiSite(t)
	ann := s.MustPerson(t, "ann")
	s.MustWiki(t, "garden", ann, preferences.Private)
	ann.json("PUT", v1+"/pages/Roses", map[string]string{"content": "red\n"}).want(t, http.StatusCreated)
	a := ann.do("DELETE", "/api/wikis/garden", "", nil).want(t, http.StatusUnprocessableEntity)
	if a.code(t) != "not_confirmed" {
		t.Errorf("%s", a)
	}
	ann.json("DELETE", "/api/wikis/garden", map[string]string{"confirm_slug": "gardens"}).want(t, http.StatusUnprocessableEntity)
	ann.get("/api/wikis/garden").want(t, http.StatusOK)
	ann.json("DELETE", "/api/wikis/garden", map[string]string{"confirm_slug": "garden"}).want(t, http.StatusOK).says(t, `"deleted":true`)
	for _, path := range []string{"/api/wikis/garden", v1 + "/pages"} {
		ann.get(path).want(t, http.StatusNotFound)
	}
	ann.get("/api/wikis").want(t, http.StatusOK).says(t, `"wikis":[]`, `"removed":[{"slug":"garden"`)
	ann.json("POST", "/api/wikis", map[string]any{"slug": "garden"}).want(t, http.StatusConflict)
	ann.do("DELETE", "/api/wikis/garden?confirm=garden", "", nil).want(t, http.StatusNotFound)
	ann.do("POST", "/api/wikis/garden/restore", "", nil).want(t, http.StatusOK)
	ann.get(v1+"/pages/Roses").want(t, http.StatusOK).says(t, "red")
	ann.do("POST", "/api/wikis/garden/restore", "", nil).want(t, http.StatusNotFound)
}

func tenantID(tb testing.TB, slug string) tenant.ID {
	tb.Helper()
	id, err := tenant.ParseID(slug)
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

// TestWikisAPILeftover makes a wiki where an unfinished one left its home.
func TestWikisAPILeftover(t *testing.T) {
	s := MustWikiSite(t)
	ann := s.MustPerson(t, "ann")
	left := wiki.Founding{Owner: wiki.Owner{Account: "somebody-else", Name: "Mallory"}, Name: "Old"}
	if err := wiki.Create(t.Context(), s.fleet, tenantID(t, "garden"), left); err != nil {
		t.Fatal(err)
	}
	ann.json("POST", "/api/wikis", map[string]any{"slug": "garden", "display_name": "New"}).want(t, http.StatusCreated)
	members, err := s.MustOpen(t, "garden", nil).Members(t.Context())
	if err != nil || len(members) != 1 || members[0].Account != ann.account.ID {
		t.Errorf("members %+v, %v", members, err)
	}
}

func TestWikisAPILimits(t *testing.T) {
	s := MustWikiSite(t)
	if err := s.store.SaveTier(t.Context(), platform.Tier{Name: "one", Wikis: 1}); err != nil {
		t.Fatal(err)
	}
	ann := s.MustPersonOfTier(t, "ann", "one")
	ann.json("POST", "/api/wikis", map[string]any{"slug": "first"}).want(t, http.StatusCreated)
	if a := ann.json("POST", "/api/wikis", map[string]any{"slug": "second"}).want(t, http.StatusForbidden); a.code(t) != "too_many_wikis" {
		t.Errorf("%s", a)
	}
	ann.do("DELETE", "/api/wikis/first?confirm=first", "", nil).want(t, http.StatusOK)
	ann.json("POST", "/api/wikis", map[string]any{"slug": "second"}).want(t, http.StatusCreated)
	if a := ann.do("POST", "/api/wikis/first/restore", "", nil).want(t, http.StatusForbidden); a.code(t) != "too_many_wikis" {
		t.Errorf("%s", a)
	}
	if inPlace, err := s.fleet.Exists(tenantID(t, "first")); err != nil || inPlace {
		t.Errorf("the home came back although the wiki may not: %v, %v", inPlace, err)
	}
}

func TestWikisAPITokens(t *testing.T) {
	s := MustWikiSite(t)
	ann := s.MustPerson(t, "ann")
	s.MustWiki(t, "garden", ann, preferences.Private)
	var made struct {
		ID, Token, Role string
		Expires         time.Time
	}
	ann.json("POST", "/api/wikis/garden/tokens", map[string]any{"name": "bot", "role": "editor"}).want(t, http.StatusCreated).into(t, &made)
	if made.Role != "editor" || time.Until(made.Expires) < 80*24*time.Hour {
		t.Errorf("%+v", made)
	}
	bot := s.anonymous(t)
	bot.bearer = made.Token
	bot.get(v1+"/pages").want(t, http.StatusOK)
	bot.get("/api/wikis").want(t, http.StatusUnauthorized) // it is for the wiki alone
	ann.get("/api/wikis/garden/tokens").want(t, http.StatusOK).says(t, made.ID, `"name":"bot"`).hides(t, made.Token)
	for name, body := range map[string]map[string]any{
		"no name":  {"role": "editor"},
		"bad role": {"name": "bot", "role": "owner"},
		"past":     {"name": "bot", "role": "viewer", "expires": "2001-01-01T00:00:00Z"},
		"for ever": {"name": "bot", "role": "viewer", "expires": "2999-01-01T00:00:00Z"},
	} {
		if a := ann.json("POST", "/api/wikis/garden/tokens", body); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %s", name, a)
		}
	}
	ann.do("DELETE", "/api/wikis/garden/tokens/"+made.ID, "", nil).want(t, http.StatusNoContent)
	ann.do("DELETE", "/api/wikis/garden/tokens/"+made.ID, "", nil).want(t, http.StatusNotFound)
	bot.get(v1+"/pages").want(t, http.StatusUnauthorized)
}
