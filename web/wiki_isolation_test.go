package web_test

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// attackedWiki is one private wiki of the attack: everything in it is a secret.
type attackedWiki struct {
	slug    string
	number  int
	owner   *person
	guest   *person // an editor, who owns the wiki before this one
	secrets []string
	places  []map[string]string // what can be asked for in it, with its ids
	before  string              // its digest
}

// secret makes one more.
func (w *attackedWiki) secret(what string) string {
	s := fmt.Sprintf("%sSecret%dq", what, 7919*(w.number+1))
	w.secrets = append(w.secrets, s)
	return s
}

// MustSettle fills a wiki with secrets.
func (w *attackedWiki) MustSettle(tb testing.TB, s *wikiSite) {
	tb.Helper()
	ctx := tb.Context()
	must := func(what string, err error) {
		if err != nil {
			tb.Fatalf("%s: %s: %v", w.slug, what, err)
		}
	}
	slug := s.MustWiki(tb, w.slug, w.owner, preferences.Private)
	session := s.MustOpen(tb, w.slug, nil)
	page := w.secret("folder") + "/" + w.secret("page")
	save := func(text, message string) string {
		e := wiki.Edit{Name: MustName(tb, page), Text: text, Message: message}
		if p, err := s.MustOpen(tb, w.slug, nil).Page(ctx, e.Name); err == nil {
			e.Base = MustRevision(tb, p.Revision.Hash.String())
		}
		saved, err := s.MustOpen(tb, w.slug, nil).Save(ctx, e)
		must("save", err)
		return saved.Revision.String()
	}
	old := save("Long ago there was "+w.secret("old")+" here.\n", w.secret("message"))
	tag := w.secret("tag")
	head := save(fmt.Sprintf("---\ntitle: %s\ntags: [%s]\n---\n# %s\n\nThe otter hides %s. See [[%s]].\n",
		w.secret("title"), tag, w.secret("heading"), w.secret("text"), w.secret("red")), "a change")
	name := w.secret("file") + ".txt"
	s.MustAttach(tb, w.slug, page, name, "In the file is "+w.secret("content")+".\n")
	draft := w.secret("draft")
	must("draft", session.SaveDraft(ctx, wiki.Draft{Page: draft, Text: w.secret("unsaved")}))
	must("preferences", session.SavePreferences(ctx, preferences.ApplicationPage, map[string][]string{
		"SITE_NAME": {w.secret("site")}, "SITE_DESCRIPTION": {w.secret("description")}, "SITE_LANG": {"en"}, "ROBOTS_TXT": {"allow"}}))
	must("menu", session.SavePreferences(ctx, preferences.SidebarPage, map[string][]string{
		"SIDEBAR_CUSTOM_MENU": {`[{"title":"` + w.secret("menu") + `","link":"/` + w.secret("link") + `","icon":""}]`}}))
	must("repository", session.SavePreferences(ctx, preferences.RepositoryPage, map[string][]string{"GIT_WEB_SERVER": {"True"}}))
	session = s.MustOpen(tb, w.slug, nil)
	member, err := session.SaveMember(ctx, wiki.Member{Name: w.secret("member"), Email: w.secret("mail") + "@example.test", Member: access.Member{Approved: true}})
	must("member", err)
	must("rule", session.SaveRule(ctx, access.Rule{Path: w.secret("ruled"), Who: access.Who{Group: access.Everybody}}))
	s.MustAdmit(tb, w.slug, w.guest, wiki.RoleEditor)

	secret, token, err := s.store.CreateWikiToken(ctx, slug, w.owner.account.ID, w.secret("token"), platform.RoleAdmin, time.Now().Add(time.Hour))
	must("token", err)
	invitation, err := s.store.CreateWikiInvitation(ctx, slug, w.owner.account.ID, platform.RoleEditor, time.Now().Add(time.Hour), 3)
	must("invitation", err)
	invitations, err := s.store.WikiInvitations(ctx, slug)
	must("invitations", err)
	w.secrets = append(w.secrets, secret, invitation)

	for _, id := range []string{"1", strconv.FormatInt(member.ID, 10), token.ID, invitations[0].ID} {
		w.places = append(w.places, map[string]string{"page": page, "rev": head, "a": old, "b": head, "file": name, "id": id,
			"tag": tag, "query": tag, "topic": "admin", "n": "0", "before": "9", "size": "80"})
	}
	w.places = append(w.places, map[string]string{"page": draft, "rev": "", "a": old, "b": "HEAD", "file": name, "id": "2",
		"tag": tag[:4], "query": "otter", "topic": "syntax", "n": "1", "before": old, "size": "1x1"})
	w.places = append(w.places, map[string]string{"page": "Home", "rev": old, "a": old, "b": "HEAD", "file": name, "id": "2",
		"tag": tag[:4], "query": "otter", "topic": "syntax", "n": "1", "before": old, "size": "1x1"})
}

// leaks fails the test if an answer holds a secret of a wiki's that was not in
// the request.
func (w *attackedWiki) leaks(t *testing.T, who, request string, a answer) {
	t.Helper()
	asked, err := url.QueryUnescape(request)
	if err != nil {
		asked = request
	}
	everything := fmt.Sprint(a.header) + string(a.body)
	for _, secret := range w.secrets {
		if strings.Contains(everything, secret) && !strings.Contains(asked, secret) {
			t.Errorf("%s, %s: status %d, and %s comes back", who, request, a.status, secret)
		}
	}
}

// walkedRoutes are those that do not end the session of who walks them.
func walkedRoutes() []web.WikiRoute {
	return slices.DeleteFunc(web.WikiRoutes(), func(rt web.WikiRoute) bool { return rt.Pattern == "/-/logout" })
}

// TestWikiIsolation plants secrets in everything of 20 private wikis of
// different owners. Outsiders and members of other wikis walk every route of
// every wiki with all that is in it, and their own wikis with what is in those
// of others: no secret may come back, and nothing may have changed.
func TestWikiIsolation(t *testing.T) {
	s := MustWikiSite(t)
	wikis := make([]*attackedWiki, attackers)
	for i := range wikis {
		wikis[i] = &attackedWiki{slug: fmt.Sprintf("den-%d", i), number: i, owner: s.MustPerson(t, fmt.Sprintf("den%d", i))}
	}
	for i, w := range wikis {
		w.guest = wikis[(i+1)%attackers].owner
		w.MustSettle(t, s)
	}
	for _, w := range wikis {
		w.before = s.digest(t, w.slug)
	}
	wikis[0].isFull(t)
	outsider := s.MustPerson(t, "outsider")
	outsiders := map[string]*visitor{"anonymous": s.anonymous(t), "outsider": outsider.visitor,
		"outsider's token": s.MustAPIToken(t, outsider, platform.ScopeWrite), "somebody with a JWT": s.user(t, "somebody")}

	var wg sync.WaitGroup
	for i, w := range wikis {
		wg.Go(func() {
			member := wikis[(i+7)%attackers].owner // of two other wikis
			for who, v := range outsiders {
				w.attack(t, who, v)
			}
			w.attack(t, "member of other wikis", member.visitor)
			w.attackFromInside(t, wikis)
		})
	}
	wg.Wait()
	for _, w := range wikis {
		if after := s.digest(t, w.slug); after != w.before {
			t.Errorf("%s was changed from\n%s\nto\n%s", w.slug, w.before, after)
		}
	}
}

// isFull proves that the owner finds the secrets: else nothing is proven.
func (w *attackedWiki) isFull(t *testing.T) {
	t.Helper()
	var seen strings.Builder
	for _, rt := range walkedRoutes() {
		for _, places := range w.places {
			if rt.Method == "GET" {
				a := w.owner.call(rt.Method, "/w/"+w.slug+pathOf(rt.Pattern, places))
				seen.Write(a.body)
			}
		}
	}
	for _, secret := range w.secrets[:len(w.secrets)-2] { // not those of token and invitation, which are shown once
		if !strings.Contains(seen.String(), secret) {
			t.Errorf("%s is not shown to the owner", secret)
		}
	}
}

// attack walks every route of the wiki with all that is in it.
func (w *attackedWiki) attack(t *testing.T, who string, v *visitor) {
	for _, rt := range walkedRoutes() {
		done := map[string]bool{}
		for _, places := range w.places {
			path := "/w/" + w.slug + pathOf(rt.Pattern, places)
			if done[path] {
				continue
			}
			done[path] = true
			if rt.Pattern == "/.git/info/refs" {
				path += "?service=git-receive-pack"
			}
			a := v.call(rt.Method, path)
			w.leaks(t, who, rt.Method+" "+path, a)
			if a.status < 300 && !rt.Door {
				t.Errorf("%s, %s %s: status %d", who, rt.Method, path, a.status)
			}
		}
	}
	for _, path := range []string{"/w/" + w.slug, "/wikis/" + w.slug, "/api/wikis/" + w.slug, "/api/wikis/" + w.slug + "/tokens", "/wikis/" + w.slug + "/offer"} {
		w.leaks(t, who, path, v.get(path))
	}
}

// attackFromInside has the owner of a wiki ask it for what is in the others,
// and the server for what it knows of them.
func (w *attackedWiki) attackFromInside(t *testing.T, wikis []*attackedWiki) {
	root := "/w/" + w.slug
	others := slices.DeleteFunc(slices.Clone(wikis), func(other *attackedWiki) bool { return other == w || other.guest == w.owner })
	for _, path := range []string{"/wikis", "/api/wikis", "/wikis/" + w.slug, "/api/wikis/" + w.slug, root + "/sitemap.xml", root + "/-/links",
		root + "/-/changelog/feed.rss", root + "/-/changelog/feed.atom", root + "/-/changelog", root + "/-/index", root + "/-/tags",
		root + "/-/housekeeping", root + "/-/admin/user_management", root + "/-/admin/rules", root + "/-/admin/tokens", root + "/api/v1/pages",
		root + "/api/v1/links", root + "/api/v1/changelog", root + "/-/about", root + "/-/search?query=Secret.*q&is_regexp=y", "/admin/wikis"} {
		a := w.owner.get(path)
		for _, other := range others {
			other.leaks(t, w.slug, path, a)
		}
	}
	for _, other := range others {
		places := other.places[0]
		for _, rt := range walkedRoutes() {
			if rt.Method == "GET" && strings.Contains(rt.Pattern, "{") && !strings.Contains(rt.Pattern, "{id") {
				path := root + pathOf(rt.Pattern, places)
				other.leaks(t, w.slug, "GET "+path, w.owner.get(path))
			}
		}
		if a := w.owner.post(root+"/-/revert/"+places["rev"], url.Values{"message": {"x"}}); a.status < 400 {
			t.Errorf("%s: a commit of %s was taken back: %d", w.slug, other.slug, a.status)
		}
		for _, places := range other.places[2:4] { // whose ids are of the whole server
			for _, kind := range []string{"tokens", "invitations"} {
				path := root + "/-/admin/" + kind + "/" + places["id"] + "/revoke"
				other.leaks(t, w.slug, "POST "+path, w.owner.post(path, nil))
			}
		}
		for _, secret := range other.secrets[:3] {
			for _, path := range []string{root + "/-/search?query=", root + "/api/v1/search?q=", "/search?q=", "/api/search?q="} {
				other.leaks(t, w.slug, path+secret, w.owner.get(path+secret))
			}
		}
	}
}
