package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/holtdb/holt/web"
)

// tenantOf is one user of the attack: everything of theirs carries a secret.
type tenantOf struct {
	*visitor
	name      string
	secrets   []string
	documents []document
	nothing   map[string]answer // of each route to an id that never was
}

// never is an id that no document has.
const never = "zzzzzzzzzzzzzzzzzzzzzzzzzz"

const attackers = 20

// TestIsolation plants secrets in everything of 20 users. Then each walks every
// route with the ids of all the others: no secret may come back, and what is
// another's must look exactly like what never was.
func TestIsolation(t *testing.T) {
	s := MustSite(t)
	users := make([]*tenantOf, attackers)
	var wg sync.WaitGroup
	for i := range users {
		u := &tenantOf{visitor: s.user(t, fmt.Sprintf("user-%d", i)), name: fmt.Sprintf("user-%d", i), nothing: map[string]answer{}}
		users[i] = u
		wg.Go(func() { u.settle(i) })
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	for i, u := range users {
		wg.Go(func() {
			for j, other := range users {
				if i != j {
					u.attack(t, other)
				}
			}
			u.searchForOthers(t, users)
		})
	}
	wg.Wait()
	for _, u := range users {
		u.verifyIntact(t)
	}
}

// settle fills a library with secrets.
func (u *tenantOf) settle(i int) {
	secret := func(what string) string {
		s := fmt.Sprintf("%sSecret%dq", what, 7919*(i+1))
		u.secrets = append(u.secrets, s)
		return s
	}
	text := u.MustAdd(file{secret("file") + ".md", "# Notes\n\nThe otter keeps " + secret("text") + " under a stone.\n\n## More\n\nAnd more."})
	pdf := u.MustAdd(file{"plain.pdf", onePagePDF("The otter sleeps with "+secret("pdf")+" by the river", "second page")})
	for _, d := range []document{text, pdf} {
		if d.Status != "ready" {
			u.tb.Errorf("%s: %s is %s: %s", u.name, d.ID, d.Status, d.Error)
			return
		}
		u.json("PATCH", "/api/library/"+d.ID, map[string]any{
			"title": "Otters and " + secret("title"+d.ID[:4]), "tags": []string{secret("tag" + d.ID[:4])},
		}).want(u.tb, http.StatusOK)
	}
	u.documents = []document{text, pdf}
}

// noise is what differs between two answers about things that do not exist.
var noise = regexp.MustCompile(`"request_id":"\w+"|Request <code>\w+</code>|<code>[A-Z2-7]{12}</code>`)

// attack walks every route that takes an id with those of another user.
func (u *tenantOf) attack(t *testing.T, other *tenantOf) {
	for _, pattern := range web.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if !strings.Contains(path, "{id}") || strings.HasPrefix(path, "/admin/") || strings.HasPrefix(path, "/account/") {
			continue
		}
		none, known := u.nothing[pattern]
		if !known {
			none = u.try(method, path, never)
			u.nothing[pattern] = none
		}
		for _, d := range other.documents {
			got := u.try(method, path, d.ID)
			u.mustHideOthers(t, method+" "+path, got, other)
			if got.status != none.status || u.normal(got, d.ID) != u.normal(none, never) {
				t.Errorf("%s %s: another's document is told from none:\n%.300s\n%.300s", method, path, got, none)
			}
			if got.status != http.StatusNotFound {
				t.Errorf("%s %s: status %d, want 404", method, path, got.status)
			}
		}
	}
}

// try calls a route with an id and otherwise valid values.
func (u *tenantOf) try(method, path, id string) answer {
	path = strings.NewReplacer("{id}", id, "{n}", "1", "{page}", "1", "{name...}", "images/a.png", "{$}", "").Replace(path)
	switch method {
	case "PATCH":
		return u.json(method, path, map[string]any{"title": "taken over"})
	case "POST":
		if strings.HasPrefix(path, "/api/") {
			return u.json(method, path, map[string]any{})
		}
		return u.post(path, url.Values{"title": {"taken over"}, "tags": {"mine"}})
	default:
		return u.do(method, path+"?q=otter", "", nil)
	}
}

func (u *tenantOf) normal(a answer, id string) string {
	text := strings.ReplaceAll(string(a.body), id, "ID")
	header := a.header.Clone()
	for _, name := range []string{"Date", "X-Request-Id", "Content-Length"} {
		header.Del(name)
	}
	return noise.ReplaceAllString(text, "") + fmt.Sprint(header)
}

// mustHideOthers searches every byte of an answer for what is not the user's own.
func (u *tenantOf) mustHideOthers(t *testing.T, what string, a answer, others ...*tenantOf) {
	everything := fmt.Sprint(a.header) + string(a.body)
	for _, other := range others {
		if other.name == u.name {
			continue
		}
		for _, secret := range other.secrets {
			if strings.Contains(strings.ToLower(everything), strings.ToLower(secret)) {
				t.Errorf("%s: %s sees %q of %s", what, u.name, secret, other.name)
			}
		}
		for _, d := range other.documents {
			if strings.Contains(string(a.body), d.ID) && !strings.Contains(what, "{id}") {
				t.Errorf("%s: %s sees the id of a document of %s", what, u.name, other.name)
			}
		}
	}
}

// searchForOthers looks for the others' secrets by every way there is to look.
func (u *tenantOf) searchForOthers(t *testing.T, users []*tenantOf) {
	lists := []string{"/", "/api/library", "/api/session", "/account", "/search?q=otter", "/api/search?q=otter",
		"/api/search?q=sec*", "/api/search?q=title:otters", "/search?q=more+OR+otter", "/api/library?text=Otters"}
	for _, other := range users {
		if other.name == u.name {
			continue
		}
		for _, secret := range other.secrets {
			lists = append(lists, "/api/search?q="+secret)
		}
		for _, d := range other.documents {
			lists = append(lists, "/api/search?q=otter&doc="+d.ID, "/search?q=otter&doc="+d.ID)
		}
	}
	for _, path := range lists {
		a := u.get(path).want(t, http.StatusOK)
		query, _, _ := strings.Cut(path, "?")
		u.mustHideOthers(t, query, stripEcho(a, path), users...)
	}
	own := u.get("/api/search?q=" + u.secrets[1])
	if !strings.Contains(string(own.body), u.documents[0].ID) {
		t.Errorf("%s does not find their own secret: the test proves nothing", u.name)
	}
}

// stripEcho takes what the user typed out of the answer.
func stripEcho(a answer, path string) answer {
	_, query, _ := strings.Cut(path, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return a
	}
	text := string(a.body)
	for _, name := range []string{"q", "doc"} {
		if v := values.Get(name); len(v) > 8 {
			text = strings.ReplaceAll(text, v, "")
		}
	}
	a.body = []byte(text)
	return a
}

// verifyIntact looks that no attack changed or deleted anything.
func (u *tenantOf) verifyIntact(t *testing.T) {
	var list struct {
		Documents []document
		Total     int
	}
	u.get("/api/library").want(t, http.StatusOK).into(t, &list)
	if list.Total != len(u.documents) {
		t.Errorf("%s has %d documents, want %d", u.name, list.Total, len(u.documents))
	}
	for _, d := range list.Documents {
		if !slices.ContainsFunc(u.secrets, func(s string) bool { return strings.HasSuffix(d.Title, s) }) {
			t.Errorf("%s: a title was changed to %q", u.name, d.Title)
		}
		u.get("/api/library/"+d.ID+"/file").want(t, http.StatusOK)
	}
}

// TestNobodyIsWithoutCredentials calls every route without any.
func TestNobodyIsWithoutCredentials(t *testing.T) {
	s := MustSite(t)
	stranger := s.anonymous(t)
	for pattern, who := range web.Access() {
		method, path, _ := strings.Cut(pattern, " ")
		path = strings.NewReplacer("{id}", "x", "{n}", "1", "{page}", "1", "{name...}", "a.png", "{$}", "", "{secret}", "x").Replace(path)
		a := stranger.do(method, path, "", nil)
		switch {
		case who == "anybody":
			if a.status == http.StatusUnauthorized && pattern != "POST /signin" { // it names no password
				t.Errorf("%s is for anybody, but answers %d", pattern, a.status)
			}
		case strings.HasPrefix(path, "/api/"):
			if a.status != http.StatusUnauthorized || a.code(t) != "unauthenticated" || a.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s: %s", pattern, a)
			}
		default:
			if a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/signin") {
				t.Errorf("%s: status %d to %q, want the way to sign in", pattern, a.status, a.header.Get("Location"))
			}
		}
	}
	for _, header := range []string{"Bearer nonsense", "Bearer holt_AAAA", "Bearer " + strings.Repeat("x", 9000)} {
		v := s.anonymous(t)
		v.bearer = strings.TrimPrefix(header, "Bearer ")
		if a := v.get("/api/library"); a.status != http.StatusUnauthorized {
			t.Errorf("%.30s: status %d, want 401", header, a.status)
		}
	}
}

// TestUserIDsFromTokens tries names that would be someone else's on a careless
// server.
func TestUserIDsFromTokens(t *testing.T) {
	s := MustSite(t)
	bob := s.user(t, "bob")
	d := bob.MustAdd(file{"bob.txt", "only for bob"})
	for _, id := range []string{"BOB", "Bob", "../bob", "bob/", "./bob", "bob\u200b", "ｂｏｂ", "bоb", "bob.", " bob"} {
		if a := s.user(t, id).get("/api/library/" + d.ID); a.status != http.StatusNotFound {
			t.Errorf("%q: status %d, want 404", id, a.status)
		}
	}
	for _, id := range []string{"", "bob\x00", strings.Repeat("x", 10<<10), "local:bob", "proxy:bob"} {
		if a := s.user(t, id).get("/api/library"); a.status != http.StatusUnauthorized {
			t.Errorf("%.20q: status %d, want 401", id, a.status)
		}
	}
}
