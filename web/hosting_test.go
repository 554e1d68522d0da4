package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

func TestCreateWiki(t *testing.T) {
	s := MustWikiSite(t)
	ann, bob := s.MustPerson(t, "ann"), s.MustPerson(t, "bob")
	form := func(change ...string) url.Values {
		f := url.Values{"name": {"Ann's garden"}, "slug": {"garden"}, "purpose": {"Plants & more"}, "visibility": {"private"}, "start": {"pages"}}
		for i := 0; i+1 < len(change); i += 2 {
			f.Set(change[i], change[i+1])
		}
		return f
	}
	ann.get("/wikis").want(t, http.StatusOK).hides(t, "/w/garden/")
	ann.get("/wikis/new").want(t, http.StatusOK).says(t, `name="slug"`, s.url+"/w/")
	ann.post("/wikis", form()).leads(t, "/w/garden/")
	ann.get("/w/garden/").want(t, http.StatusOK).says(t, "Ann&#39;s garden")
	ann.get("/wikis").want(t, http.StatusOK).says(t, "Ann&#39;s garden", "/w/garden/", "/wikis/garden")
	bob.get("/wikis").want(t, http.StatusOK).hides(t, "/w/garden/", "Ann&#39;s")
	bob.get("/w/garden/").want(t, http.StatusNotFound)

	for name, test := range map[string]struct {
		form url.Values
		says string
	}{
		"taken":              {form("name", "Other"), "This address is taken"},
		"reserved":           {form("slug", "admin"), "This address is reserved"},
		"the way to a wiki":  {form("slug", "enter"), "This address is reserved"},
		"not a slug":         {form("slug", "Garden!"), "Use 3 to 30"},
		"short":              {form("slug", "g"), "Use 3 to 30"},
		"two lines":          {form("slug", "other", "name", "a\nb"), "on one line"},
		"long purpose":       {form("slug", "other", "purpose", strings.Repeat("x", 300)), "at most 200"},
		"unknown visibility": {form("slug", "other", "visibility", "hidden"), "private, signed-in or public"},
		"unknown start":      {form("slug", "other", "start", "copy", "from", "garden"), "Choose one of these"},
	} {
		a := bob.post("/wikis", test.form)
		if a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", name, a.status)
		}
		a.says(t, test.says)
	}
	bob.get("/wikis").hides(t, "/w/other/")

	bob.post("/wikis", form("slug", "empty", "start", "empty", "visibility", "public")).leads(t, "/w/empty/")
	if got := s.textOf(t, "empty", "Home"); got != "" {
		t.Errorf("an empty wiki has a home page: %q", got)
	}
	if got := s.MustOpen(t, "empty", nil).Preferences().Permissions.Visibility(); got != preferences.Public {
		t.Errorf("visibility %v", got)
	}

	// A token of the account does not make wikis, and nobody does without one.
	if a := s.anonymous(t).post("/wikis", form("slug", "third")); a.status != http.StatusSeeOther || a.header.Get("Location") != "/signin" {
		t.Errorf("anonymous: %v", a)
	}
	few := s.MustPersonOfTier(t, "fay", platform.TierFree)
	tier, err := s.store.Tier(t.Context(), platform.TierFree)
	if err != nil {
		t.Fatal(err)
	}
	tier.Wikis = 1
	if err := s.store.SaveTier(t.Context(), tier); err != nil {
		t.Fatal(err)
	}
	few.post("/wikis", form("slug", "first")).leads(t, "/w/first/")
	few.post("/wikis", form("slug", "second")).want(t, http.StatusUnprocessableEntity).says(t, "1 of 1 wikis are in use")
}

func TestCreateWikiWithHost(t *testing.T) {
	s := MustDomainSite(t)
	s.MustPerson(t, "ann")
	b := s.browser(t)
	_, at := b.open(b.origin + "/signin?next=/wikis/new")
	page, _ := b.signIn(at, "ann")
	page.want(t, http.StatusOK).says(t, "."+wikiDomain)
	a, next := b.step("POST", b.origin+"/wikis", url.Values{"slug": {"garden"}})
	if next != b.of("garden")+"/" || a.header.Get("Location") != "" {
		t.Fatalf("a form leads to %q by %v", next, a.header)
	}
	if a, at := b.open(next); a.status != http.StatusOK || at != b.of("garden")+"/" {
		t.Errorf("the new wiki: %d at %s", a.status, at)
	}
}

func TestHostingSettings(t *testing.T) {
	s := MustWikiSite(t)
	ann, bob := s.MustPerson(t, "ann"), s.MustPerson(t, "bob")
	s.MustWiki(t, "garden", ann, preferences.Private)
	s.MustWiki(t, "shed", bob, preferences.Private)
	s.MustAdmit(t, "garden", bob, wiki.RoleAdmin) // not even an admin decides these

	for _, path := range []string{"", "/visibility", "/offer", "/withdraw", "/tokens", "/tokens/x/revoke", "/delete", "/restore", "/accept", "/decline"} {
		for _, slug := range []string{"garden", "nothing", "-", "%2e%2e"} {
			a := bob.post("/wikis/"+slug+path, url.Values{"name": {"Stolen"}, "confirm": {"The garden"}, "visibility": {"public"}, "to": {"bob"}, "role": {"admin"}, "days": {"9"}})
			if a.status != http.StatusNotFound {
				t.Errorf("POST %s of %s: %d", path, slug, a.status)
			}
		}
	}
	bob.get("/wikis/garden").want(t, http.StatusNotFound)
	bob.get("/wikis/garden/offer").want(t, http.StatusNotFound)
	s.anonymous(t).get("/wikis/garden").leads(t, "/signin?next=%2Fwikis%2Fgarden")

	ann.get("/wikis/garden").want(t, http.StatusOK).says(t, "The garden", "/w/garden/-/admin")
	ann.post("/wikis/garden", url.Values{"name": {"Roses"}, "purpose": {"All about them"}}).leads(t, "/wikis/garden?notice=saved")
	app := s.MustOpen(t, "garden", nil).Preferences().Application
	if app.SiteName != "Roses" || app.SiteDescription != "All about them" {
		t.Errorf("the wiki calls itself %q, %q", app.SiteName, app.SiteDescription)
	}
	ann.get("/w/garden/").want(t, http.StatusOK).says(t, "Roses")
	ann.post("/wikis/garden", url.Values{"name": {"a\nb"}}).want(t, http.StatusUnprocessableEntity).says(t, "on one line")

	ann.post("/wikis/garden/visibility", url.Values{"visibility": {"public"}}).leads(t, "/wikis/garden?notice=saved")
	s.anonymous(t).get("/w/garden/").want(t, http.StatusOK)
	s.anonymous(t).get("/w/garden/Home/edit").want(t, http.StatusForbidden)
	ann.post("/wikis/garden/visibility", url.Values{"visibility": {"secret"}}).want(t, http.StatusUnprocessableEntity)
	ann.post("/wikis/garden/visibility", url.Values{"visibility": {"private"}}).leads(t, "/wikis/garden?notice=saved")
	s.anonymous(t).get("/w/garden/").leads(t, "/signin?next=%2Fw%2Fgarden%2F")

	// Tokens.
	page := ann.post("/wikis/garden/tokens", url.Values{"name": {"agent"}, "role": {"viewer"}, "days": {"30"}}).want(t, http.StatusCreated)
	secret := tokenIn(t, page.body)
	agent := s.anonymous(t)
	agent.bearer = secret
	agent.get("/w/garden/Home").want(t, http.StatusOK)
	agent.post("/w/garden/Home/save", url.Values{"content": {"x"}}).want(t, http.StatusForbidden)
	agent.get("/w/shed/Home").hides(t, "shed's")
	ann.get("/wikis/garden").says(t, "agent").hides(t, secret)
	for field, bad := range map[string]url.Values{
		"name": {"role": {"viewer"}, "days": {"30"}}, "role": {"name": {"a"}, "role": {"god"}, "days": {"3"}}, "days": {"name": {"a"}, "role": {"viewer"}, "days": {"-1"}},
	} {
		if a := ann.post("/wikis/garden/tokens", bad); a.status != http.StatusUnprocessableEntity {
			t.Errorf("token with a bad %s: %d", field, a.status)
		}
	}
	tokens, err := s.store.WikiTokens(t.Context(), MustSlug(t, "garden"))
	if err != nil || len(tokens) != 1 {
		t.Fatalf("tokens %v, %v", tokens, err)
	}
	ann.post("/wikis/garden/tokens/"+tokens[0].ID+"/revoke", nil).leads(t, "/wikis/garden?notice=token-revoked")
	if a := agent.get("/w/garden/Home"); a.status == http.StatusOK {
		t.Error("a revoked token reads")
	}
}

func TestDeleteWiki(t *testing.T) {
	s := MustWikiSite(t)
	ann, bob := s.MustPerson(t, "ann"), s.MustPerson(t, "bob")
	s.MustWiki(t, "garden", ann, preferences.Public)
	for _, typed := range []string{"", "the garden", "garden"} {
		ann.post("/wikis/garden/delete", url.Values{"confirm": {typed}}).want(t, http.StatusUnprocessableEntity)
	}
	ann.post("/wikis/garden/delete", url.Values{"confirm": {"The garden"}}).leads(t, "/wikis?notice=deleted")
	ann.get("/w/garden/").want(t, http.StatusNotFound)
	ann.get("/wikis").want(t, http.StatusOK).says(t, "The garden", "/wikis/garden/restore")
	ann.get("/wikis/garden").want(t, http.StatusNotFound)
	bob.post("/wikis/garden/restore", nil).want(t, http.StatusNotFound)
	bob.post("/wikis", url.Values{"slug": {"garden"}}).want(t, http.StatusUnprocessableEntity).says(t, "This address is taken")
	ann.post("/wikis/garden/restore", nil).leads(t, "/wikis?notice=saved")
	ann.get("/w/garden/").want(t, http.StatusOK)
	ann.post("/wikis/garden/restore", nil).want(t, http.StatusNotFound)
}

func MustSlug(tb testing.TB, text string) platform.Slug {
	tb.Helper()
	slug, err := platform.ParseSlug(text)
	if err != nil {
		tb.Fatal(err)
	}
	return slug
}

func TestTransferWiki(t *testing.T) {
	s := MustWikiSite(t)
	ann, bob, eve := s.MustPerson(t, "ann"), s.MustPerson(t, "bob"), s.MustPerson(t, "eve")
	s.MustWiki(t, "garden", ann, preferences.Private)

	for typed, says := range map[string]string{"nobody": "Nobody here", "": "Nobody here", "ann": "yours already"} {
		ann.post("/wikis/garden/offer", url.Values{"to": {typed}}).want(t, http.StatusUnprocessableEntity).says(t, says)
	}
	ann.post("/wikis/garden/offer", url.Values{"to": {"BOB"}}).leads(t, "/wikis/garden?notice=saved")
	bob.get("/wikis").says(t, "The garden", "/wikis/garden/offer")
	bob.get("/w/garden/").want(t, http.StatusNotFound) // not his yet
	eve.post("/wikis/garden/accept", nil).want(t, http.StatusNotFound)
	bob.get("/wikis/garden/offer").want(t, http.StatusOK).says(t, "The garden")
	bob.post("/wikis/garden/decline", nil).leads(t, "/wikis?notice=saved")
	bob.post("/wikis/garden/accept", nil).want(t, http.StatusNotFound)

	ann.post("/wikis/garden/offer", url.Values{"to": {"bob"}})
	ann.post("/wikis/garden/withdraw", nil).leads(t, "/wikis/garden?notice=saved")
	bob.post("/wikis/garden/accept", nil).want(t, http.StatusNotFound)

	ann.post("/wikis/garden/offer", url.Values{"to": {"bob"}})
	bob.post("/wikis/garden/accept", nil).leads(t, "/wikis/garden?notice=saved")
	bob.get("/w/garden/-/admin").want(t, http.StatusOK)
	ann.get("/wikis/garden").want(t, http.StatusNotFound)
	// The former owner is what the wiki's own list says: an admin, until that changes.
	ann.get("/wikis").says(t, "The garden", "admin")
	for _, m := range s.membersOf(t, "garden") {
		if m.Account == ann.account.ID {
			bob.post("/w/garden/-/user/"+id(m)+"/remove", nil).leads(t, "/w/garden/-/admin/user_management?notice=saved")
		}
	}
	ann.get("/w/garden/").want(t, http.StatusNotFound)
	ann.get("/wikis").hides(t, "The garden")
	bob.get("/w/garden/").want(t, http.StatusOK)
}

func TestJoinWiki(t *testing.T) {
	s := MustWikiSite(t)
	ann, bob, eve := s.MustPerson(t, "ann"), s.MustPerson(t, "bob"), s.MustPerson(t, "eve")
	s.MustWiki(t, "garden", ann, preferences.Private)
	s.MustAdmit(t, "garden", eve, wiki.RoleAdmin)
	invite := func(by *person, role string) string {
		t.Helper()
		page := by.post("/w/garden/-/admin/invitations", url.Values{"role": {role}, "days": {"7"}, "uses": {"1"}}).want(t, http.StatusCreated)
		link := regexp.MustCompile(regexp.QuoteMeta(s.url) + `(/join/[A-Za-z0-9_-]+)`).FindSubmatch(page.body)
		if link == nil {
			t.Fatalf("no link in %s", page.body)
		}
		return string(link[1])
	}
	link := invite(ann, "editor")
	ann.get("/w/garden/-/admin/user_management").want(t, http.StatusOK).hides(t, link)

	// Somebody signs in on the way, and comes back to the invitation.
	stranger := s.anonymous(t)
	stranger.get(link).want(t, http.StatusOK).says(t, "The garden", "/signin?next="+url.QueryEscape(link))
	stranger.post(link, nil).want(t, http.StatusSeeOther)
	stranger.post("/signin", url.Values{"login": {"bob"}, "password": {"correct horse battery"}, "next": {link}}).leads(t, link)

	// Members do not use it up.
	ann.post(link, nil).leads(t, "/w/garden/")
	eve.post(link, nil).leads(t, "/w/garden/")
	bob.get("/w/garden/").want(t, http.StatusNotFound)
	bob.post(link, nil).leads(t, "/w/garden/")
	bob.get("/w/garden/Home/edit").want(t, http.StatusOK)
	bob.get("/w/garden/-/admin").want(t, http.StatusForbidden)
	bob.get("/wikis").says(t, "The garden", "editor")
	late := s.MustPerson(t, "late")
	late.post(link, nil).want(t, http.StatusNotFound)
	late.get("/join/nonsense").want(t, http.StatusNotFound)

	// An invitation is worth what its maker is.
	second := invite(eve, "admin")
	for _, m := range s.membersOf(t, "garden") {
		if m.Account == eve.account.ID {
			ann.post("/w/garden/-/user/"+id(m)+"/role", url.Values{"role": {"editor"}}).want(t, http.StatusSeeOther)
		}
	}
	late.get(second).want(t, http.StatusNotFound)
	late.post(second, nil).want(t, http.StatusNotFound)
	late.get("/w/garden/").want(t, http.StatusNotFound)

	// A revoked one is worth nothing.
	third := invite(ann, "viewer")
	open, err := s.store.WikiInvitations(t.Context(), MustSlug(t, "garden"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range open {
		ann.post("/w/garden/-/admin/invitations/"+v.ID+"/revoke", nil).want(t, http.StatusSeeOther)
	}
	late.post(third, nil).want(t, http.StatusNotFound)
	for _, bad := range []url.Values{
		{"role": {"god"}, "days": {"7"}, "uses": {"1"}}, {"role": {"viewer"}, "days": {"0"}, "uses": {"1"}},
		{"role": {"viewer"}, "days": {"7"}, "uses": {"0"}}, {"role": {"viewer"}, "days": {"7"}, "uses": {"many"}},
	} {
		ann.post("/w/garden/-/admin/invitations", bad).want(t, http.StatusUnprocessableEntity)
	}
}

func TestRegisterOnTheWay(t *testing.T) {
	s := MustWikiSite(t)
	if err := s.store.SetOpenRegistration(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	s.MustPerson(t, "ann") // somebody administers the server
	v := s.anonymous(t)
	v.get("/signin?next=/w/garden/Roses").says(t, "/register?next=%2fw%2fgarden%2fRoses")
	v.get("/register?next=/w/garden/Roses").want(t, http.StatusOK).says(t, `action="/register?next=/w/garden/Roses"`)
	v.post("/register?next=/w/garden/Roses", url.Values{"login": {"new"}, "name": {"New"}, "password": {"correct horse battery"}}).leads(t, "/w/garden/Roses")
	s.anonymous(t).post("/register?next=//evil.example", url.Values{"login": {"new2"}, "password": {"correct horse battery"}}).leads(t, "/")
}

func TestAdminWikis(t *testing.T) {
	s := MustWikiSite(t)
	root, ann := s.MustPerson(t, "root"), s.MustPerson(t, "ann")
	if err := s.store.SetAdmin(t.Context(), root.account.ID, true); err != nil {
		t.Fatal(err)
	}
	s.MustWiki(t, "garden", ann, preferences.Public)
	s.MustWiki(t, "shed", ann, preferences.Private)

	root.get("/admin/wikis").want(t, http.StatusOK).says(t, "The garden", "The shed", "Ann")
	root.get("/admin/wikis?text=SHED").want(t, http.StatusOK).says(t, "The shed").hides(t, "The garden")
	root.get("/admin/wikis?after=garden").want(t, http.StatusOK).says(t, "The shed").hides(t, "The garden")
	root.get("/w/shed/").want(t, http.StatusNotFound) // who runs the server reads nobody's wiki
	for _, what := range []string{"suspend", "read-only", "resume"} {
		ann.post("/admin/wikis/garden/"+what, url.Values{"reason": {"x"}}).want(t, http.StatusForbidden)
		root.post("/admin/wikis/nothing/"+what, url.Values{"reason": {"x"}}).want(t, http.StatusNotFound)
	}
	ann.get("/admin/wikis").want(t, http.StatusForbidden)

	root.post("/admin/wikis/garden/suspend", nil).want(t, http.StatusUnprocessableEntity).says(t, "Say why")
	s.anonymous(t).get("/w/garden/").want(t, http.StatusOK)
	root.post("/admin/wikis/garden/suspend", url.Values{"reason": {"Spam was found"}}).leads(t, "/admin/wikis?notice=saved")
	s.anonymous(t).get("/w/garden/").leads(t, "/signin?next=%2Fw%2Fgarden%2F")
	s.MustPerson(t, "bob").get("/w/garden/").want(t, http.StatusNotFound).hides(t, "Spam")
	ann.get("/w/garden/").want(t, http.StatusForbidden).says(t, "Spam was found")
	ann.get("/wikis").want(t, http.StatusOK).says(t, "suspended")
	ann.get("/wikis/garden").want(t, http.StatusOK).says(t, "Spam was found")
	root.get("/admin/wikis").says(t, "suspended", "Spam was found")

	root.post("/admin/wikis/garden/read-only", url.Values{"reason": {"We move the server"}}).leads(t, "/admin/wikis?notice=saved")
	s.anonymous(t).get("/w/garden/Home").want(t, http.StatusOK)
	ann.post("/w/garden/Home/save", url.Values{"content": {"x"}}).want(t, http.StatusForbidden).says(t, "We move the server")
	ann.post("/w/garden/-/admin/rules", url.Values{"path": {"X"}, "who": {"approved"}, "grant": {"R"}}).want(t, http.StatusForbidden)
	root.post("/admin/wikis/garden/resume", nil).leads(t, "/admin/wikis?notice=saved")
	ann.get("/w/garden/Home/edit").want(t, http.StatusOK)
	events, err := s.store.Events(t.Context(), 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, e := range events {
		if e.Subject == "wikis/garden" && e.Account == root.account.ID {
			actions = append(actions, e.Action)
		}
	}
	if got := strings.Join(actions, " "); got != "tenant.resume tenant.suspend tenant.suspend" {
		t.Errorf("audit events %q", got)
	}
}
