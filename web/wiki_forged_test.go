package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web"
	"github.com/holtdb/holt/wiki/preferences"
)

// changing returns the addresses of all routes that change something, by
// method and path.
func changing(revision string) [][2]string {
	var all [][2]string
	for _, rt := range web.WikiRoutes() {
		if rt.Method != "GET" && rt.Pattern != "/-/logout" {
			all = append(all, [2]string{rt.Method, "/w/garden" + pathOf(rt.Pattern, map[string]string{"page": "Home", "file": "plan.txt", "rev": revision, "id": "2"})})
		}
	}
	return all
}

// MustForgedSite is a wiki with something to lose, its owner, and what is in it.
func MustForgedSite(tb testing.TB) (s *wikiSite, ann *person, before string) {
	tb.Helper()
	s = MustWikiSite(tb)
	ann = s.MustPerson(tb, "ann")
	slug := s.MustWiki(tb, "garden", ann, preferences.Public)
	s.MustPrefer(tb, "garden", preferences.RepositoryPage, "GIT_WEB_SERVER", "True")
	s.MustWrite(tb, "garden", "Home", "first\n")
	s.MustWrite(tb, "garden", "Home", "second\n")
	s.MustAttach(tb, "garden", "Home", "plan.txt", "a plan\n")
	s.MustAdmit(tb, "garden", s.MustPerson(tb, "mel"), "editor")
	s.MustToken(tb, slug, ann, platform.RoleViewer)
	return s, ann, s.digest(tb, "garden")
}

// TestFormsOfOtherSitesAreRefused sends what a page of another site can make a
// browser send, to every address that changes something.
func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	s, ann, before := MustForgedSite(t)
	for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"},
		{"Origin", "null"}, {"Origin", s.url + ".evil.example"}, {"Origin", "http://127.0.0.1:1"}} {
		for _, to := range changing(s.revisionOf(t, "garden", "Home")) {
			for _, kind := range []string{"application/x-www-form-urlencoded", "text/plain", "application/json", "multipart/form-data; boundary=x"} {
				a := ann.with(to[0], to[1], strings.NewReader(formOf().Encode()), header[0], header[1], "Content-Type", kind)
				if a.status != http.StatusForbidden {
					t.Errorf("%v, %v, %s: status %d, want 403", header, to, kind, a.status)
				}
			}
		}
	}
	if changed := difference(before, s.digest(t, "garden")); changed != "" {
		t.Errorf("changed:%s", changed)
	}
	if a := ann.with("POST", "/w/garden/Home/save", strings.NewReader(url.Values{"content": {"third\n"}, "revision": {s.revisionOf(t, "garden", "Home")}, "commit": {"x"}}.Encode()),
		"Sec-Fetch-Site", "same-origin", "Origin", s.url, "Content-Type", "application/x-www-form-urlencoded"); a.status != http.StatusSeeOther {
		t.Errorf("the wiki's own form: %v", a)
	}
}

// TestFormsOfOtherWikisAreRefused has a wiki with a host of its own send forms
// to another: they are of one site and not of one origin.
func TestFormsOfOtherWikisAreRefused(t *testing.T) {
	s := MustDomainSite(t)
	ann := s.MustPerson(t, "ann")
	s.MustWiki(t, "garden", ann, preferences.Public)
	s.MustSet(t, "garden", map[string]string{"WRITE_ACCESS": "ANONYMOUS"})
	before, there := s.digest(t, "garden"), s.anonymous(t).at("garden."+wikiDomain)
	origin := strings.Replace(there.site.url, "garden.", "eve.", 1)
	for _, to := range changing("HEAD") {
		for _, header := range [][2]string{{"Origin", origin}, {"Sec-Fetch-Site", "same-site"}} {
			a := there.with(to[0], strings.TrimPrefix(to[1], "/w/garden"), strings.NewReader(formOf().Encode()), header[0], header[1], "Content-Type", "application/x-www-form-urlencoded")
			if a.status != http.StatusForbidden {
				t.Errorf("%v, %v: status %d, want 403", header, to, a.status)
			}
		}
	}
	if changed := difference(before, s.digest(t, "garden")); changed != "" {
		t.Errorf("changed:%s", changed)
	}
}

// TestHugeAndStrangeBodies sends to every address that changes something what is
// no form of it.
func TestHugeAndStrangeBodies(t *testing.T) {
	s, ann, before := MustForgedSite(t)
	huge := strings.Repeat("x", 9<<20)
	bodies := []struct{ name, kind, text string }{
		{"huge form", "application/x-www-form-urlencoded", "content=" + huge},
		{"huge JSON", "application/json", `{"content":"` + huge + `"}`},
		{"deep JSON", "application/json", strings.Repeat(`{"content":`, 1<<16) + "1"},
		{"wrong JSON", "application/json", `{"content":["x"],"new_path":7}`},
		{"no form", "text/plain", "content=x"},
		{"no boundary", "multipart/form-data", "--x\r\n\r\nx"},
		{"endless parts", "multipart/form-data; boundary=x", strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n", 20000)},
		{"cut off", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../x\"\r\n\r\nab"},
		{"no kind", "", "x"},
		{"bad escapes", "application/x-www-form-urlencoded", "content=%zz&a=%"},
		{"many fields", "application/x-www-form-urlencoded", strings.Repeat("a=1&", 100000)},
	}
	for _, to := range changing("HEAD") {
		if strings.Contains(to[1], "/.git/") || to[0] == "DELETE" || strings.HasSuffix(to[1], "/theme") || strings.HasSuffix(to[1], "/maintain") ||
			to[0] == "PUT" && strings.HasSuffix(to[1], ".txt") || strings.Contains(to[1], "/-/user/") || strings.HasSuffix(to[1], "/revoke") || strings.Contains(to[1], "/drafts/") {
			continue // they read no body and do what the address says, or take any
		}
		for _, body := range bodies {
			a := ann.with(to[0], to[1], strings.NewReader(body.text), "Content-Type", body.kind)
			if a.status >= 500 || a.status == http.StatusOK && len(a.body) > 4<<20 {
				t.Errorf("%v, %s: status %d, %.200s", to, body.name, a.status, a.body)
			}
			if a.status < 400 && !strings.HasSuffix(to[1], "/-/request-access") { // which asks for no field
				t.Errorf("%v takes a %s: %d %s", to, body.name, a.status, a.header.Get("Location"))
			}
		}
	}
	if changed := difference(before, s.digest(t, "garden")); changed != "" {
		t.Errorf("changed:%s", changed)
	}
}

// difference returns the lines of a digest that were not in it before.
func difference(before, after string) string {
	var changed strings.Builder
	old := strings.Split(before, "\n")
	for line := range strings.SplitSeq(after, "\n") {
		if !slices.Contains(old, line) {
			fmt.Fprintf(&changed, "\n%.300s", line)
		}
	}
	return changed.String()
}

// TestPathTricks asks for what lies beside the pages of a wiki.
func TestPathTricks(t *testing.T) {
	s, ann, before := MustForgedSite(t)
	up := strings.Repeat("%2e%2e/", 8)
	tricks := []string{
		up + "etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e%2fwiki.db", "wiki.db", "repo/HEAD", "repo/config", "Home/a/..%2f..%2fwiki.db", "Home/a/%2e%2e",
		"Home/a/..%5c..%5cwiki.db", "Home/a/%2fetc%2fpasswd", "Home/a/plan.txt%00.png", "%00", "Home%00", "Home%00/history", "Home/view/%00", "Home/view/refs%2fheads%2fmain",
		"Home/view/HEAD%5e", "Home/view/HEAD@%7b1%7d", "Home/view/--output=x", "-/commit/..%2f..", "-/commit/-x", ".git/HEAD", ".git/config", ".git/../wiki.db", "%2egit/config",
		".GIT/config", ".git%20/config", "git~1/config", ".git%e2%80%8b/config", "Home/a/.git%2fconfig", "/Home", "//Home", "Home//history", "Home/./history", "./Home", "Home/%2e/view",
		"%2fHome", "Home%2fhistory", "%ff%fe", "%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd", "Home%0d%0aX-Pwned:1", "Home/a/x%0d%0aX-Pwned:1", "Home/a/x%22%0d%0aSet-Cookie:%20pwned=1",
		"Home/a/%22;filename=x", "C:%5cwindows", "con", "Home:stream", strings.Repeat("a", 5000), strings.Repeat("a/", 2000), strings.Repeat("%2e%2e%2f", 1000), "-/help/..%2f..%2f..%2fgo.mod",
		"-/help/%2e%2e/%2e%2e/go.mod", "-/tags/..%2f..", "-/search/..%2f", "api/v1/pages/..%2f..%2fwiki.db", "api/v1/pages/%2e%2e/%2e%2e", "api/v1/pages/.git/config", "api/v1/pages/Home/attachments/..%2f..%2fwiki.db/raw",
		"api/v1/../../../etc/passwd", "static/../../../etc/passwd", "%252e%252e/wiki.db", "Home;x=1", "Home?revision=../../x", "Home/t/plan.txt/999999999999999999999", "Home/t/plan.txt/-1", "Home/section/-1",
		"Home/section/99999999999999999999", "-/changelog/-1", "-/changelog/99999999999999999999", "-/user/-1", "-/user/99999999999999999999",
	}
	visitors := map[string]*visitor{"ann": ann.visitor, "anonymous": s.anonymous(t)}
	for who, v := range visitors {
		for _, trick := range tricks {
			for _, prefix := range []string{"/w/garden/", "/w/garden.git/", "/w/garden/Home/", "/w/%2e%2e/", "/w/..%2fgarden/"} {
				a := v.get(prefix + trick)
				if a.status >= 500 {
					t.Errorf("%s, %.100s: status %d", who, prefix+trick, a.status)
				}
				for _, secret := range []string{"SQLite format 3", "root:x:", "ref: refs/heads", "[core]", "module github.com"} {
					if bytes.Contains(a.body, []byte(secret)) {
						t.Errorf("%s, %.100s: %q comes back", who, prefix+trick, secret)
					}
				}
				mustBeHarmless(t, fmt.Sprintf("%s, %.100s", who, prefix+trick), a)
				if where := a.header.Get("Location"); where != "" && !isLocal(t, s.url, where) {
					t.Errorf("%s, %.100s: leads to %q", who, prefix+trick, where)
				}
			}
		}
		for _, name := range []string{"../x", ".git/config", "a\x00b", "a\r\nb", "..", "a/../b", "/etc/passwd", "a\\b", strings.Repeat("a", 3000), "-/admin", "Home/history"} {
			a := v.call("PUT", "/w/garden/api/v1/pages/"+url.PathEscape(name))
			if a.status < 400 && name != "Home/history" && name != "/etc/passwd" && name != "-/admin" || a.status >= 500 {
				t.Errorf("%s makes a page %.40q: %d", who, name, a.status)
			}
			if who == "ann" && a.status < 300 {
				v.do("DELETE", "/w/garden/api/v1/pages/"+url.PathEscape(name), "", nil)
			}
		}
	}
	for _, name := range []string{"../../x", "..", ".git", "a\x00b.txt", "a\r\nX-Pwned: 1.txt", `a"b.txt`, "a/b.txt", `C:\x.txt`, ".gitattributes", "x.md", strings.Repeat("a", 300) + ".txt", ""} {
		a := ann.send("/w/garden/Home/attachments", "file", []file{{name, "x"}}, nil)
		if a.status >= 500 {
			t.Errorf("a file %.40q: status %d", name, a.status)
		}
	}
	session := s.MustOpen(t, "garden", nil)
	files, err := session.Attachments(t.Context(), MustName(t, "Home"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.ContainsAny(f.Name, "/\\\x00\r\n") || strings.HasPrefix(f.Name, "..") || len(f.Name) > 255 {
			t.Errorf("there is a file %q", f.Name)
		}
		mustBeHarmless(t, f.Name, ann.get("/w/garden/Home/a/"+url.PathEscape(f.Name)).want(t, http.StatusOK))
	}
	if text := s.textOf(t, "garden", "Home"); text != "second\n" || !strings.Contains(before, "second") {
		t.Errorf("Home is %q", text)
	}
}

// TestMethodsAreWhatTheySay looks that no header or field turns one method into
// another.
func TestMethodsAreWhatTheySay(t *testing.T) {
	s, ann, before := MustForgedSite(t)
	for _, method := range []string{"GET", "HEAD", "POST", "OPTIONS", "TRACE", "PURGE", "COPY", "delete"} {
		for _, path := range []string{"/w/garden/api/v1/pages/Home?_method=DELETE", "/w/garden/Home/delete?_method=POST&message=x", "/w/garden/Home?_method=DELETE", "/w/garden/-/admin?_method=POST&read_access=ADMIN"} {
			if method == "POST" && strings.Contains(path, "/Home/delete") || method == "POST" && strings.Contains(path, "/-/admin") {
				continue // that is what it says
			}
			a := ann.with(method, path, nil, "X-HTTP-Method-Override", "DELETE", "X-Method-Override", "DELETE", "X-HTTP-Method", "DELETE")
			if a.status >= 500 || !slices.Contains([]string{"GET", "HEAD"}, method) && a.status < 400 {
				t.Errorf("%s %s: status %d", method, path, a.status)
			}
		}
	}
	if changed := difference(before, s.digest(t, "garden")); changed != "" {
		t.Errorf("changed:%s", changed)
	}
}
