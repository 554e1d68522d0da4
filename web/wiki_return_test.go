package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/preferences"
)

// isLocal reports whether a browser that is sent from origin to place stays
// there.
func isLocal(t *testing.T, origin, place string) bool {
	t.Helper()
	here, err := url.Parse(origin + "/w/garden/x")
	if err != nil {
		t.Fatal(err)
	}
	// As browsers read it: backslashes are slashes, tabs and line ends are not there.
	seen := strings.NewReplacer("\\", "/", "\t", "", "\n", "", "\r", "").Replace(strings.TrimLeft(place, " \x00\x01"))
	to, err := here.Parse(seen)
	return err == nil && to.Scheme == here.Scheme && to.User == nil && !strings.HasPrefix(seen, "//") &&
		(to.Host == here.Host || strings.HasSuffix(to.Host, "."+here.Host))
}

// elsewhere are addresses of other places, in all the ways that they are
// disguised.
func elsewhere() []string {
	return []string{
		"//evil.example", "///evil.example", "////evil.example/", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example",
		"\t//evil.example", " //evil.example", "\x00//evil.example", "https://evil.example/", "https:evil.example", "https:/evil.example", "HTTPS://evil.example", "http:\\\\evil.example",
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "evil.example", "@evil.example", "user@evil.example", "//user:pass@evil.example", "https://127.0.0.1@evil.example/",
		"/%2F/evil.example", "/%2fevil.example", "%2F%2Fevil.example", "/%5Cevil.example", "%5C%5Cevil.example", "/%09/evil.example", "/.//evil.example", "/..//evil.example", "/x/..//evil.example",
		"/w/garden//evil.example", "/%2e//evil.example", "/;//evil.example", "/\u2028/evil.example", "／／evil.example", "/\ufeff/evil.example", ".evil.example", ":80", "?next=//evil.example",
		"/signin?next=//evil.example", "/-/login?next=https://evil.example", "#//evil.example", "/x#//evil.example", "//[::1]/", "//%65vil.example", "/%zz", strings.Repeat("/", 3000) + "evil.example",
	}
}

// TestNobodyIsSentElsewhere gives every address that takes a place to go on to
// the addresses of other places.
func TestNobodyIsSentElsewhere(t *testing.T) {
	s := MustWikiSite(t)
	ann := s.MustPerson(t, "ann")
	s.MustWiki(t, "garden", ann, preferences.Private)
	if err := s.store.SetOpenRegistration(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	stranger := s.anonymous(t)
	check := func(what, evil string, a answer) {
		t.Helper()
		if a.status >= 500 {
			t.Errorf("%s to %.60q: status %d", what, evil, a.status)
		}
		for _, name := range []string{"Location", "Content-Location", "Refresh"} {
			where := strings.TrimPrefix(a.header.Get(name), "0; url=")
			if where != "" && !isLocal(t, s.url, where) {
				t.Errorf("%s to %.60q: leads to %q", what, evil, where)
			}
		}
	}
	signIns := 0
	for _, evil := range elsewhere() {
		q := url.QueryEscape(evil)
		for _, path := range []string{"/signin?next=", "/register?next=", "/w/garden/-/login?next=", "/w/garden/-/enter?next=", "/w/none/-/login?next=", "/w/none/-/enter?code=x&next=",
			"/wikis/enter?wiki=garden&state=x&next=", "/w/garden/Home?next=", "/w/garden/-/register?next=", "/w/garden/-/lost_password?next="} {
			check("anonymous, "+path, evil, stranger.get(path+q))
			check("ann, "+path, evil, ann.get(path+q))
		}
		for _, path := range []string{"/theme", "/w/garden/-/theme", "/w/none/-/theme"} {
			check(path, evil, stranger.post(path, url.Values{"theme": {"dark"}, "next": {evil}}))
		}
		if signIns++; signIns <= 20 {
			check("sign-in", evil, s.anonymous(t).post("/signin", url.Values{"login": {"ann"}, "password": {"correct horse battery"}, "next": {evil}}))
		}
		check("failed sign-in", evil, stranger.with("GET", "/signin?next="+q, nil, "Referer", "https://evil.example/"))
	}
	for _, path := range []string{"/w//evil.example", "/w//evil.example/", "/w/%2f%2fevil.example", "/w/%2fevil.example/", "//evil.example/w/garden", "/w/garden//evil.example", "/w/garden/%2fevil.example",
		"/w/garden/%5cevil.example", "/w/garden/%09/evil.example", "/w/evil.example", "/w/@evil.example", "/w/garden.git", "/w/garden/.git", "/w/garden//evil.example/..", "/w/garden?//evil.example"} {
		check("path", path, stranger.get(path))
		check("path, ann", path, ann.get(path))
	}
}

// TestSignInComesBack follows a reader of a private wiki from a page to the
// sign-in and back.
func TestSignInComesBack(t *testing.T) {
	s := MustWikiSite(t)
	ann := s.MustPerson(t, "ann")
	s.MustWiki(t, "garden", ann, preferences.Private)
	for _, path := range []string{"/w/garden/", "/w/garden/Home", "/w/garden/Home/view/HEAD?x=1&y=a%26b", "/w/garden/-/search?query=a+b%2Bc&is_regexp=y", "/w/garden/A%20page%2Fbelow/%C3%BC/history",
		"/w/garden/-/tags/caf%C3%A9", "/w/garden/Home/a/a%20b%25c.txt"} {
		v := s.anonymous(t)
		to, err := url.Parse(v.get(path).want(t, http.StatusSeeOther).header.Get("Location"))
		if err != nil || to.Path != "/signin" || to.Host != "" {
			t.Fatalf("%s leads to %v, %v", path, to, err)
		}
		v.get(to.String()).want(t, http.StatusOK)
		v.post("/signin", url.Values{"login": {"ann"}, "password": {"correct horse battery"}, "next": {to.Query().Get("next")}}).leads(t, path)
	}
	v := s.anonymous(t)
	v.post("/w/garden/Home/save", url.Values{"content": {"x"}}).leads(t, "/signin?next="+url.QueryEscape("/w/garden/"))
}

// TestNobodyIsSentElsewhereFromAWikisHost does the same at the own host of a
// wiki, from which a session is handed over.
func TestNobodyIsSentElsewhereFromAWikisHost(t *testing.T) {
	s := MustDomainSite(t)
	ann := s.MustPerson(t, "ann")
	s.MustWiki(t, "garden", ann, preferences.Private)
	in, out := s.browser(t), s.browser(t)
	_, at := in.open(in.of("garden") + "/Home")
	in.signIn(at, "ann")
	for _, evil := range elsewhere() {
		q := url.QueryEscape(evil)
		for who, b := range map[string]*browser{"ann": in, "anonymous": out} {
			for _, address := range []string{b.of("garden") + "/-/login?next=" + q, b.of("garden") + "/-/enter?code=x&next=" + q, b.origin + "/wikis/enter?wiki=garden&state=x&next=" + q,
				b.origin + "/wikis/enter?wiki=" + q + "&state=x&next=/", b.of("garden") + "/-/register?next=" + q} {
				if _, next := b.step("GET", address, nil); next != "" && !isLocal(t, b.origin, next) && !isLocal(t, b.of("garden"), next) {
					t.Errorf("%s, %.200s: leads to %q", who, address, next)
				}
			}
			if _, next := b.step("POST", b.of("garden")+"/-/theme", url.Values{"theme": {"dark"}, "next": {evil}}); next != "" && !isLocal(t, b.of("garden"), next) {
				t.Errorf("%s, theme at %q: leads to %q", who, evil, next)
			}
		}
	}
	for _, path := range []string{"//evil.example/x", "/-/login?next=//evil.example"} {
		b := s.browser(t)
		_, at := b.open(b.of("garden") + path)
		if _, at = b.signIn(at, "ann"); !strings.HasPrefix(at, b.of("garden")+"/") {
			t.Errorf("%s: after signing in at %s", path, at)
		}
	}
	for _, path := range []string{"//evil.example", "//evil.example/x", "/%2fevil.example/x", "/\\evil.example", "/%5cevil.example", "/.git", "//evil.example/-/login", "/-/login//evil.example"} {
		for who, b := range map[string]*browser{"ann": in, "anonymous": out} {
			if _, next := b.step("GET", b.of("garden")+path, nil); next != "" && !isLocal(t, b.origin, next) && !isLocal(t, b.of("garden"), next) {
				t.Errorf("%s, %s: leads to %q", who, path, next)
			}
		}
	}
}
