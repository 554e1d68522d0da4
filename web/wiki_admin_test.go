package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/server"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

func (s *wikiSite) membersOf(tb testing.TB, slug string) []wiki.Member {
	tb.Helper()
	members, err := s.MustOpen(tb, slug, nil).Members(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return members
}

// memberOf returns the row of an account or, by its address, of nobody's.
func (s *wikiSite) memberOf(tb testing.TB, slug, who string) wiki.Member {
	tb.Helper()
	members := s.membersOf(tb, slug)
	i := slices.IndexFunc(members, func(m wiki.Member) bool { return m.Account == who || m.Email == who })
	if i < 0 {
		tb.Fatalf("%s is no member of %s: %v", who, slug, members)
	}
	return members[i]
}

func id(m wiki.Member) string { return strconv.FormatInt(m.ID, 10) }

// adminAddresses are the addresses of a wiki's administration, with what a form
// of each needs to do something.
var adminAddresses = []struct {
	method, path string
	form         url.Values
}{
	{"GET", "/-/admin", nil},
	{"POST", "/-/admin", url.Values{"site_name": {"Taken"}}},
	{"GET", "/-/admin/application_preferences", nil},
	{"POST", "/-/admin/application_preferences", url.Values{"site_name": {"Taken"}}},
	{"GET", "/-/admin/permissions_and_registration", nil},
	{"POST", "/-/admin/permissions_and_registration", url.Values{"read_access": {"ANONYMOUS"}, "write_access": {"ANONYMOUS"}, "attachment_access": {"ANONYMOUS"}}},
	{"GET", "/-/admin/content_and_editing", nil},
	{"POST", "/-/admin/content_and_editing", url.Values{"commit_message": {"DISABLED"}}},
	{"GET", "/-/admin/sidebar_preferences", nil},
	{"POST", "/-/admin/sidebar_preferences", url.Values{"sidebar_menutree_mode": {"SORTED"}}},
	{"GET", "/-/admin/repository_management", nil},
	{"POST", "/-/admin/repository_management", url.Values{"git_web_server": {"True"}}},
	{"POST", "/-/admin/repository_management/maintain", nil},
	{"GET", "/-/admin/user_management", nil},
	{"POST", "/-/admin/user_management", url.Values{"who": {"eve"}, "role": {"admin"}}},
	{"POST", "/-/admin/invitations", url.Values{"role": {"admin"}, "days": {"9"}, "uses": {"9"}}},
	{"POST", "/-/admin/invitations/x/revoke", nil},
	{"GET", "/-/user/1", nil},
	{"GET", "/-/user/", nil},
	{"POST", "/-/user/1", url.Values{"name": {"Taken"}, "email": {"x"}, "role": {"viewer"}}},
	{"POST", "/-/user/1/approve", nil},
	{"POST", "/-/user/1/refuse", nil},
	{"POST", "/-/user/1/role", url.Values{"role": {"viewer"}}},
	{"POST", "/-/user/1/link", url.Values{"account": {"eve"}}},
	{"POST", "/-/user/1/remove", nil},
	{"GET", "/-/admin/rules", nil},
	{"POST", "/-/admin/rules", url.Values{"path": {"Home"}, "who": {"everybody"}, "grant": {"RWU"}}},
	{"POST", "/-/admin/rules/1/remove", nil},
	{"POST", "/Home/access", url.Values{"who": {"everybody"}, "grant": {"RWU"}}},
	{"GET", "/-/admin/tokens", nil},
	{"POST", "/-/admin/tokens", url.Values{"name": {"x"}, "role": {"admin"}, "days": {"9"}}},
	{"POST", "/-/admin/tokens/x/revoke", nil},
	{"GET", "/-/housekeeping", nil},
	{"GET", "/-/housekeeping/security-check", nil},
	{"POST", "/-/housekeeping/drafts/1/delete", nil},
}

// TestAdminPagesAreForAdmins sends everything that changes a wiki as those who
// may not, and looks whether anything changed.
func TestAdminPagesAreForAdmins(t *testing.T) {
	s := MustWikiSite(t)
	ann, bob, eve := s.MustPerson(t, "ann"), s.MustPerson(t, "bob"), s.MustPerson(t, "eve")
	s.MustWiki(t, "garden", ann, preferences.Private)
	s.MustWiki(t, "shed", eve, preferences.Public) // eve governs another wiki
	s.MustAdmit(t, "garden", bob, wiki.RoleEditor)
	editor, admin := s.anonymous(t), s.anonymous(t)
	for _, token := range []struct {
		v    *visitor
		by   *person
		role platform.WikiRole
	}{{editor, ann, platform.RoleEditor}, {admin, bob, platform.RoleAdmin}} {
		secret, _, err := s.store.CreateWikiToken(t.Context(), MustSlug(t, "garden"), token.by.account.ID, "agent", token.role, farOff())
		if err != nil {
			t.Fatal(err)
		}
		token.v.bearer = secret
	}
	state := func() string {
		session := s.MustOpen(t, "garden", nil)
		rules, err := session.Rules(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		tokens, err := s.store.WikiTokens(t.Context(), MustSlug(t, "garden"))
		if err != nil {
			t.Fatal(err)
		}
		invitations, err := s.store.WikiInvitations(t.Context(), MustSlug(t, "garden"))
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(session.Preferences(), s.membersOf(t, "garden"), rules, len(tokens), len(invitations))
	}
	before := state()
	for _, caller := range []struct {
		name string
		v    *visitor
		want int
	}{
		{"anonymous", s.anonymous(t), http.StatusSeeOther},
		{"an editor", bob.visitor, http.StatusForbidden},
		{"another wiki's owner", eve.visitor, http.StatusNotFound},
		{"an admin's token for editing", editor, http.StatusForbidden},
		{"an editor's token for governing", admin, http.StatusForbidden},
	} {
		for _, a := range adminAddresses {
			got := caller.v.do(a.method, "/w/garden"+a.path, "application/x-www-form-urlencoded", strings.NewReader(a.form.Encode()))
			if got.status != caller.want || strings.Contains(got.header.Get("Location"), "notice=") {
				t.Errorf("%s: %s %s: %d %s, want %d", caller.name, a.method, a.path, got.status, got.header.Get("Location"), caller.want)
			}
		}
	}
	if after := state(); after != before {
		t.Errorf("something changed:\n%s\n%s", before, after)
	}
	// An admin's own token governs what is about the wiki and not about people.
	secret, _, err := s.store.CreateWikiToken(t.Context(), MustSlug(t, "garden"), ann.account.ID, "agent", platform.RoleAdmin, farOff())
	if err != nil {
		t.Fatal(err)
	}
	admin.bearer = secret
	admin.get("/w/garden/-/admin/content_and_editing").want(t, http.StatusOK)
	for _, path := range []string{"user_management", "permissions_and_registration", "tokens", "rules", "repository_management"} {
		admin.get("/w/garden/-/admin/"+path).want(t, http.StatusForbidden)
	}
	for _, a := range adminAddresses {
		if a.method == "GET" {
			got := ann.get("/w/garden" + a.path)
			if got.status != http.StatusOK && a.path != "/-/user/" {
				t.Errorf("the owner: GET %s: %d %.300s", a.path, got.status, got.body)
			}
		}
	}
}

func TestWikiPreferences(t *testing.T) {
	s := MustWikiSite(t)
	ann := s.MustPerson(t, "ann")
	s.MustWiki(t, "garden", ann, preferences.Private)
	save := func(path string, namesAndValues ...string) answer {
		form := url.Values{}
		for i := 0; i+1 < len(namesAndValues); i += 2 {
			form.Add(namesAndValues[i], namesAndValues[i+1])
		}
		return ann.post("/w/garden/-/admin"+path, form)
	}
	now := func() preferences.Preferences { return s.MustOpen(t, "garden", nil).Preferences() }

	save("/application_preferences", "site_name", "Roses", "site_description", "All of them", "robots_txt", "allow").
		leads(t, "/w/garden/-/admin/application_preferences?notice=saved")
	if a := now().Application; a.SiteName != "Roses" || a.Robots != preferences.RobotsAllow {
		t.Errorf("application %+v", a)
	}
	ann.get("/wikis").says(t, "Roses", "All of them")
	save("", "site_name", "Tulips", "site_description", "").want(t, http.StatusSeeOther)
	if got := now().Application.SiteName; got != "Tulips" {
		t.Errorf("Otter's address stores %q", got)
	}
	save("/application_preferences", "site_name", "X", "site_logo", "javascript:alert(1)").
		want(t, http.StatusUnprocessableEntity).says(t, "javascript:alert(1)", "Links start with")
	if got := now().Application; got.SiteName != "Tulips" || got.SiteLogo != "" {
		t.Errorf("a form that is wrong changed %+v", got)
	}
	save("/content_and_editing", "commit_message", "DISABLED", "wikilink_style", "LINKTITLE").want(t, http.StatusSeeOther)
	save("/content_and_editing", "commit_message", "SOMETIMES").want(t, http.StatusUnprocessableEntity)
	if got := now().Content; got.CommitMessage != preferences.MessageDisabled || got.WikilinkStyle != preferences.LinkTitle {
		t.Errorf("content %+v", got)
	}
	save("/sidebar_preferences", "menu_place", "2", "menu_title", "Second", "menu_link", "/Two", "menu_icon", "",
		"menu_place", "1", "menu_title", "First", "menu_link", "https://example.test/", "menu_icon", "").want(t, http.StatusSeeOther)
	if got := now().Sidebar.CustomMenu; len(got) != 2 || got[0].Title != "First" || got[1].Link != "/Two" {
		t.Errorf("menu %v", got)
	}
	save("/sidebar_preferences", "menu_as", "text", "sidebar_custom_menu", "[not json").want(t, http.StatusUnprocessableEntity).says(t, "[not json")
	save("/repository_management", "git_web_server", "True").want(t, http.StatusSeeOther)
	ann.get("/w/garden/-/admin/repository_management").want(t, http.StatusOK).says(t, s.url+"/w/garden.git", "main")
	save("/repository_management/maintain").leads(t, "/w/garden/-/admin/repository_management?notice=saved")
	// Nobody shuts everybody out, and what is none of the page's changes nothing.
	save("/permissions_and_registration", "read_access", "ADMIN").want(t, http.StatusUnprocessableEntity)
	save("/permissions_and_registration", "read_access", "WORLD").want(t, http.StatusUnprocessableEntity)
	save("/content_and_editing", "read_access", "ANONYMOUS", "commit_message", "OPTIONAL").want(t, http.StatusSeeOther)
	if got := now().Permissions.Levels.Read; got != access.Approved {
		t.Errorf("reading is for %v", got)
	}
	ann.get("/w/garden/-/admin").want(t, http.StatusOK).says(t, "Tulips", "/wikis/garden")
	ann.post("/w/garden/-/admin/permissions_and_registration", url.Values{"read_access": {strings.Repeat("x", 1<<20)}}).
		want(t, http.StatusRequestEntityTooLarge)
}

func TestWikiMembers(t *testing.T) {
	s := MustWikiSite(t)
	ann, bob := s.MustPerson(t, "ann"), s.MustPerson(t, "bob")
	s.MustWiki(t, "garden", ann, preferences.Private)
	users := "/w/garden/-/admin/user_management"
	saved := users + "?notice=saved"

	ann.post(users, url.Values{"who": {"Bob"}, "role": {"viewer"}}).leads(t, saved)
	bob.get("/w/garden/Home").want(t, http.StatusOK)
	bob.get("/wikis").says(t, "The garden", "viewer")
	row := s.memberOf(t, "garden", bob.account.ID)
	custom := func(flags ...string) url.Values {
		form := url.Values{"name": {"Bobby"}, "email": {"bob@example.test"}, "role": {"custom"}}
		for _, flag := range flags {
			form.Set(flag, "True")
		}
		return form
	}
	for _, test := range []struct {
		path   string
		form   url.Values
		want   access.Member
		status int // with which bob reads the next moment
	}{
		{"/role", url.Values{"role": {"editor"}}, wiki.RoleEditor.Flags(), http.StatusOK},
		{"", custom("is_approved", "allow_write"), access.Member{Approved: true, Write: true}, http.StatusOK},
		{"", custom("allow_read", "allow_upload"), access.Member{Read: true, Upload: true}, http.StatusNotFound},
		{"/approve", nil, access.Member{Approved: true, Read: true, Upload: true}, http.StatusOK},
		{"", custom("is_admin"), access.Member{Admin: true}, http.StatusOK},
		{"", url.Values{"name": {"Bobby"}, "email": {"bob@example.test"}, "role": {"viewer"}}, wiki.RoleViewer.Flags(), http.StatusOK},
	} {
		ann.post("/w/garden/-/user/"+id(row)+test.path, test.form).leads(t, saved)
		if got := s.memberOf(t, "garden", bob.account.ID).Member; got != test.want {
			t.Errorf("%s %v stores %+v, want %+v", test.path, test.form, got, test.want)
		}
		if got := bob.get("/w/garden/Home").status; got != test.status {
			t.Errorf("%s %v: bob reads with %d, want %d", test.path, test.form, got, test.status)
		}
	}
	if m := s.memberOf(t, "garden", bob.account.ID); m.Name != "Bobby" || m.Email != "bob@example.test" {
		t.Errorf("stored as %+v", m)
	}
	ann.get("/w/garden/-/user/"+id(row)).want(t, http.StatusOK).says(t, "Bobby", "bob@example.test")

	// The last admin stays.
	mine := s.memberOf(t, "garden", ann.account.ID)
	ann.post("/w/garden/-/user/"+id(mine)+"/remove", nil).want(t, http.StatusConflict).says(t, "at least one admin")
	ann.post("/w/garden/-/user/"+id(mine)+"/role", url.Values{"role": {"viewer"}}).want(t, http.StatusConflict)
	ann.post("/w/garden/-/user/"+id(mine), url.Values{"name": {"A"}, "email": {"ann"}, "role": {"viewer"}}).want(t, http.StatusUnprocessableEntity)
	if !s.memberOf(t, "garden", ann.account.ID).Admin {
		t.Error("the last admin is none any more")
	}

	// Somebody without an account here is a row that can be linked later.
	carl := "carl.example.social"
	ann.post(users, url.Values{"who": {carl}, "role": {"editor"}}).leads(t, saved)
	real := s.MustPerson(t, "carl")
	real.get("/w/garden/Home").want(t, http.StatusNotFound)
	nobody := s.memberOf(t, "garden", carl)
	ann.post("/w/garden/-/user/"+id(nobody)+"/link", url.Values{"account": {"unknown"}}).want(t, http.StatusUnprocessableEntity)
	ann.post("/w/garden/-/user/"+id(nobody)+"/link", url.Values{"account": {"bob"}}).want(t, http.StatusUnprocessableEntity).says(t, "member already")
	ann.post("/w/garden/-/user/"+id(nobody)+"/link", url.Values{"account": {"carl"}}).leads(t, saved)
	real.get("/w/garden/Home/edit").want(t, http.StatusOK)
	ann.post("/w/garden/-/user/"+id(nobody)+"/link", url.Values{"account": {"ann"}}).want(t, http.StatusUnprocessableEntity)

	for name, form := range map[string]url.Values{
		"nobody": {"who": {" "}, "role": {"viewer"}}, "twice": {"who": {"bob"}, "role": {"viewer"}},
		"no role": {"who": {"dora"}}, "a role that is none": {"who": {"dora"}, "role": {"custom"}},
		"a long name": {"who": {strings.Repeat("x", 200)}, "role": {"viewer"}},
	} {
		if got := ann.post(users, form); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	for _, path := range []string{"/-/user/999", "/-/user/x", "/-/user/-1"} {
		ann.get("/w/garden"+path).want(t, http.StatusNotFound)
		ann.post("/w/garden"+path+"/remove", nil).want(t, http.StatusNotFound)
	}
	ann.post("/w/garden/-/user/"+id(row)+"/refuse", nil).want(t, http.StatusConflict)
	ann.post("/w/garden/-/user/"+id(row)+"/remove", nil).leads(t, saved)
	bob.get("/w/garden/Home").want(t, http.StatusNotFound)
	bob.get("/wikis").hides(t, "The garden")
}

func TestWikiRequestsForAccess(t *testing.T) {
	s := MustWikiSite(t)
	ann, bob, eve := s.MustPerson(t, "ann"), s.MustPerson(t, "bob"), s.MustPerson(t, "eve")
	s.MustWiki(t, "garden", ann, preferences.Private)
	ann.post("/w/garden/-/admin/permissions_and_registration", url.Values{
		"read_access": {"APPROVED"}, "write_access": {"APPROVED"}, "attachment_access": {"APPROVED"}}).want(t, http.StatusSeeOther)
	for _, p := range []*person{bob, eve} {
		p.get("/w/garden/Home").want(t, http.StatusForbidden)
		p.post("/w/garden/-/request-access", nil)
		p.get("/w/garden/Home").want(t, http.StatusForbidden)
	}
	ann.get("/w/garden/-/admin/user_management").want(t, http.StatusOK).says(t, "Bob", "Eve")
	ann.post("/w/garden/-/user/"+id(s.memberOf(t, "garden", bob.account.ID))+"/approve", url.Values{"role": {"viewer"}}).want(t, http.StatusSeeOther)
	ann.post("/w/garden/-/user/"+id(s.memberOf(t, "garden", eve.account.ID))+"/refuse", nil).want(t, http.StatusSeeOther)
	bob.get("/w/garden/Home").want(t, http.StatusOK)
	eve.get("/w/garden/Home").want(t, http.StatusForbidden)
}

func TestWikiRules(t *testing.T) {
	s := MustWikiSite(t)
	ann, bob := s.MustPerson(t, "ann"), s.MustPerson(t, "bob")
	s.MustWiki(t, "garden", ann, preferences.Public)
	s.MustWrite(t, "garden", "Plans/Secret", "Sow in May.\n")
	rules := "/w/garden/-/admin/rules"
	public := s.anonymous(t)

	public.get("/w/garden/Plans/Secret").want(t, http.StatusOK)
	ann.post(rules, url.Values{"path": {"/Plans/"}, "scope": {"tree"}, "who": {"approved"}, "grant": {"R"}}).leads(t, rules+"?notice=saved")
	public.get("/w/garden/Plans/Secret").hides(t, "Sow in May")
	bob.get("/w/garden/Plans/Secret").want(t, http.StatusNotFound)
	ann.get("/w/garden/Plans/Secret/access").want(t, http.StatusOK).says(t, "Approved members")

	// A page of its own, for one account.
	here := "/w/garden/Plans/Secret/access"
	bob.post(here, url.Values{"who": {"everybody"}, "grant": {"RWU"}}).want(t, http.StatusNotFound)
	ann.post(here, url.Values{"scope": {"page"}, "who": {"account"}, "account": {"bob"}, "grant": {"RW"}}).leads(t, here+"?notice=saved")
	bob.get("/w/garden/Plans/Secret").want(t, http.StatusOK)
	bob.get("/w/garden/Plans/Secret/edit").want(t, http.StatusOK)
	bob.get(here).want(t, http.StatusOK).says(t, "Bob").hides(t, `name="remove"`)
	ann.get(here).want(t, http.StatusOK).says(t, "Bob", `name="remove"`)
	public.get("/w/garden/Plans/Secret").hides(t, "Sow in May")

	stored, err := s.MustOpen(t, "garden", nil).Rules(t.Context())
	if err != nil || len(stored) != 2 {
		t.Fatalf("rules %v, %v", stored, err)
	}
	for _, r := range stored {
		if r.Who.Account != "" {
			ann.post(here, url.Values{"remove": {strconv.FormatInt(r.ID, 10)}}).leads(t, here+"?notice=saved")
		} else {
			ann.post(rules+"/"+strconv.FormatInt(r.ID, 10)+"/remove", nil).leads(t, rules+"?notice=saved")
		}
	}
	public.get("/w/garden/Plans/Secret").want(t, http.StatusOK)

	for name, form := range map[string]url.Values{
		"no account":   {"path": {"A"}, "who": {"account"}, "account": {"unknown"}, "grant": {"R"}},
		"nobody":       {"path": {"A"}, "who": {"nobody"}, "grant": {"R"}},
		"no who":       {"path": {"A"}, "grant": {"R"}},
		"account text": {"path": {"A"}, "who": {"account:" + bob.account.ID}, "grant": {"R"}},
		"no grant":     {"path": {"A"}, "who": {"approved"}},
		"admin":        {"path": {"A"}, "who": {"approved"}, "grant": {"RWUA"}},
		"other grant":  {"path": {"A"}, "who": {"approved"}, "grant": {"everything"}},
		"odd path":     {"path": {"A/../B"}, "who": {"approved"}, "grant": {"R"}},
	} {
		if got := ann.post(rules, form); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	ann.post(rules+"/999/remove", nil).want(t, http.StatusNotFound)
	ann.post(here, url.Values{"remove": {"999"}}).want(t, http.StatusNotFound)
}

func TestWikiTokensAndHousekeeping(t *testing.T) {
	s := MustWikiSite(t)
	ann, bob := s.MustPerson(t, "ann"), s.MustPerson(t, "bob")
	s.MustWiki(t, "garden", ann, preferences.Private)
	s.MustAdmit(t, "garden", bob, wiki.RoleAdmin)
	page := bob.post("/w/garden/-/admin/tokens", url.Values{"name": {"agent"}, "role": {"admin"}, "days": {"30"}}).want(t, http.StatusCreated)
	agent := s.anonymous(t)
	agent.bearer = tokenIn(t, page.body)
	agent.get("/w/garden/-/admin/sidebar_preferences").want(t, http.StatusOK)
	ann.post("/w/garden/-/user/"+id(s.memberOf(t, "garden", bob.account.ID))+"/role", url.Values{"role": {"viewer"}}).want(t, http.StatusSeeOther)
	// It is worth what its maker is now.
	agent.get("/w/garden/-/admin/sidebar_preferences").want(t, http.StatusForbidden)
	agent.get("/w/garden/Home").want(t, http.StatusOK)
	tokens, err := s.store.WikiTokens(t.Context(), MustSlug(t, "garden"))
	if err != nil || len(tokens) != 1 {
		t.Fatalf("tokens %v, %v", tokens, err)
	}
	ann.get("/w/garden/-/admin/tokens").want(t, http.StatusOK).says(t, "agent", "Bob", "/api/v1/").hides(t, agent.bearer)
	ann.post("/w/garden/-/admin/tokens/"+tokens[0].ID+"/revoke", nil).leads(t, "/w/garden/-/admin/tokens?notice=token-revoked")
	if got := agent.get("/w/garden/Home").status; got == http.StatusOK {
		t.Error("a revoked token reads")
	}
	ann.post("/w/garden/-/admin/tokens", url.Values{"name": {"x"}, "role": {"god"}, "days": {"3"}}).want(t, http.StatusUnprocessableEntity)

	err = s.MustOpen(t, "garden", nil).SaveDraft(t.Context(), wiki.Draft{Page: "Unfinished", Text: "Half a"})
	if err != nil {
		t.Fatal(err)
	}
	s.MustWrite(t, "garden", "Links", "[[Nowhere]]\n")
	ann.get("/w/garden/-/housekeeping").want(t, http.StatusOK).says(t, "Unfinished", "Nowhere").hides(t, "Half a")
	found, err := s.MustOpen(t, "garden", nil).Housekeeping(t.Context())
	if err != nil || len(found.Drafts) != 1 {
		t.Fatalf("drafts %v, %v", found.Drafts, err)
	}
	draft := "/w/garden/-/housekeeping/drafts/" + strconv.FormatInt(found.Drafts[0].ID, 10) + "/delete"
	ann.post(draft, nil).leads(t, "/w/garden/-/housekeeping?notice=deleted")
	ann.post(draft, nil).want(t, http.StatusNotFound)
	ann.get("/w/garden/-/housekeeping").hides(t, "Unfinished")
	var check struct {
		Good   bool
		Checks []struct{ What, Advice string }
	}
	ann.get("/w/garden/-/housekeeping/security-check").want(t, http.StatusOK).into(t, &check)
	if !check.Good || len(check.Checks) == 0 {
		t.Errorf("security check %+v", check)
	}
	ann.post("/w/garden/-/admin/permissions_and_registration", url.Values{
		"read_access": {"ANONYMOUS"}, "write_access": {"ANONYMOUS"}, "attachment_access": {"ANONYMOUS"}}).want(t, http.StatusSeeOther)
	ann.get("/w/garden/-/housekeeping/security-check").into(t, &check)
	if check.Good {
		t.Error("a wiki that everybody may write is found good")
	}
}

// TestAdminByProxy governs a wiki as somebody whom only a proxy knows.
func TestAdminByProxy(t *testing.T) {
	s := MustWikiSite(t, func(c *server.Config) {
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		otter := identity.DefaultOtterConfig(c.TrustedProxies)
		c.Otter = &otter
	})
	ann := s.MustPerson(t, "ann")
	s.MustWiki(t, "garden", ann, preferences.Private)
	v := s.anonymous(t)
	as := func(method, path, body, permissions string) answer {
		return v.with(method, path, strings.NewReader(body), "Content-Type", "application/x-www-form-urlencoded",
			"x-otterwiki-name", "Otto", "x-otterwiki-email", "otto@example.test", "x-otterwiki-permissions", permissions)
	}
	as("GET", "/w/garden/-/admin", "", "READ,WRITE,UPLOAD,ADMIN").want(t, http.StatusOK)
	as("GET", "/w/garden/-/admin", "", "READ,WRITE,UPLOAD").want(t, http.StatusForbidden)
	// What would outlive the proxy's word needs an account.
	as("POST", "/w/garden/-/admin/tokens", "name=x&role=admin&days=9", "READ,ADMIN").want(t, http.StatusForbidden)
	as("POST", "/w/garden/-/admin/invitations", "role=admin&days=9&uses=1", "READ,ADMIN").want(t, http.StatusForbidden)
}

// TestOppositeSettings changes two wikis back and forth while both are read, and
// holds every answer against what its own wiki said at that time.
func TestOppositeSettings(t *testing.T) {
	s := MustWikiSite(t)
	ann, bob := s.MustPerson(t, "ann"), s.MustPerson(t, "bob")
	owners := map[string]*person{"garden": ann, "shed": bob}
	set := func(slug, level string) {
		owners[slug].post("/w/"+slug+"/-/admin/permissions_and_registration", url.Values{
			"read_access": {level}, "write_access": {level}, "attachment_access": {level}, "disable_registration": {"True"},
		}).leads(t, "/w/"+slug+"/-/admin/permissions_and_registration?notice=saved")
	}
	for slug, owner := range owners {
		s.MustWiki(t, slug, owner, preferences.Private)
		s.MustWrite(t, slug, "Page", "Words of the "+slug+".\n")
	}
	// Readers come all the time, so that the two wikis are never idle.
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for slug := range owners {
		v := s.anonymous(t)
		readers.Go(func() {
			for ctx.Err() == nil {
				if a := v.get("/w/" + slug + "/Page"); a.status == http.StatusOK && !strings.Contains(string(a.body), "Words of the "+slug) {
					t.Errorf("%s shows another's words", slug)
				}
			}
		})
	}
	stranger := s.anonymous(t)
	open := map[string]bool{}
	for round := range 6 {
		for i, slug := range []string{"garden", "shed"} {
			open[slug] = (round+i)%2 == 0
			level := "APPROVED"
			if open[slug] {
				level = "ANONYMOUS"
			}
			set(slug, level)
			for other, isOpen := range open {
				for path, want := range map[string]int{"/Page": http.StatusOK, "/Page/edit": http.StatusOK, "/-/changelog": http.StatusOK} {
					if !isOpen {
						want = http.StatusSeeOther
					}
					if got := stranger.get("/w/" + other + path).status; got != want {
						t.Errorf("round %d, %s set to %s: %s of %s answers %d, want %d", round, slug, level, path, other, got, want)
					}
				}
			}
		}
	}
	stop()
	readers.Wait()
	// The one's owner is nobody in the other.
	set("garden", "APPROVED")
	set("shed", "APPROVED")
	ann.get("/w/shed/Page").want(t, http.StatusNotFound)
	bob.get("/w/garden/Page").want(t, http.StatusNotFound)
}

// tokenIn returns the token that a page shows this once.
func tokenIn(tb testing.TB, page []byte) string {
	tb.Helper()
	token := regexp.MustCompile(platform.WikiTokenPrefix + `[A-Za-z0-9_-]+`).Find(page)
	if token == nil {
		tb.Fatalf("no token in %s", page)
	}
	return string(token)
}

func farOff() time.Time { return time.Now().Add(24 * time.Hour) }
