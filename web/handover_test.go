package web_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/server"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki/preferences"
)

const wikiDomain = "example.test"

// browser is a person's browser that reaches all hosts of a site with a domain,
// and follows what sends it on.
type browser struct {
	tb     testing.TB
	client *http.Client
	origin string // of the platform
}

// MustDomainSite starts a server whose wikis have hosts of their own.
func MustDomainSite(tb testing.TB) *wikiSite {
	tb.Helper()
	return MustWikiSite(tb, func(c *server.Config) { c.WikiDomain = wikiDomain })
}

func (s *wikiSite) browser(tb testing.TB) *browser {
	v := s.anonymous(tb).at(wikiDomain)
	return &browser{tb: tb, client: v.client, origin: v.site.url}
}

// of returns the origin of a wiki.
func (b *browser) of(slug string) string { return strings.Replace(b.origin, "://", "://"+slug+".", 1) }

// step sends one request and returns the answer with where it leads, made whole.
func (b *browser) step(method, address string, form url.Values, headers ...string) (a answer, next string) {
	b.tb.Helper()
	req, err := http.NewRequestWithContext(b.tb.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.tb.Fatal(err)
	}
	if method == "POST" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.tb.Fatal(err)
	}
	defer res.Body.Close()
	a = answer{status: res.StatusCode, header: res.Header}
	if a.body, err = io.ReadAll(res.Body); err != nil {
		b.tb.Fatal(err)
	}
	next = res.Header.Get("Location")
	if after, ok := strings.CutPrefix(res.Header.Get("Refresh"), "0; url="); ok {
		next = after
	}
	if next != "" {
		target, err := req.URL.Parse(next)
		if err != nil {
			b.tb.Fatal(err)
		}
		next = target.String()
	}
	return a, next
}

// open follows what sends the browser on, and returns the last answer and where
// it came from.
func (b *browser) open(address string) (answer, string) {
	b.tb.Helper()
	for range 10 {
		a, next := b.step("GET", address, nil)
		if next == "" {
			return a, address
		}
		address = next
	}
	b.tb.Fatalf("%s: sent on for ever", address)
	return answer{}, ""
}

// signIn fills the form of the sign-in page at address in.
func (b *browser) signIn(address, login string) (answer, string) {
	b.tb.Helper()
	at, err := url.Parse(address)
	if err != nil || at.Path != "/signin" {
		b.tb.Fatalf("no sign-in page: %s", address)
	}
	a, next := b.step("POST", b.origin+"/signin", url.Values{
		"login": {login}, "password": {"correct horse battery"}, "next": {at.Query().Get("next")}})
	if next == "" {
		b.tb.Fatalf("sign-in of %s: %v", login, a)
	}
	return b.open(next)
}

// cookies returns the names of the cookies that the browser sends to an origin.
func (b *browser) cookies(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		b.tb.Fatal(err)
	}
	var names []string
	for _, c := range b.client.Jar.Cookies(u) {
		names = append(names, c.Name)
	}
	return strings.Join(names, " ")
}

func TestHandOver(t *testing.T) {
	s := MustDomainSite(t)
	ann := s.MustPerson(t, "ann")
	s.MustWiki(t, "garden", ann, preferences.Private)
	s.MustWiki(t, "shed", ann, preferences.Private)
	s.MustWrite(t, "garden", "Roses", "They are red.\n")
	b := s.browser(t)

	wanted := b.of("garden") + "/Roses?x=1"
	_, at := b.open(wanted)
	if !strings.HasPrefix(at, b.origin+"/signin?next=") {
		t.Fatalf("who is not signed in comes to %s", at)
	}
	page, at := b.signIn(at, "ann")
	if at != wanted || page.status != http.StatusOK {
		t.Fatalf("after signing in: %d at %s", page.status, at)
	}
	page.says(t, "They are red.")
	if got := b.cookies(b.of("garden")); strings.Contains(" "+got+" ", " holt ") || !strings.Contains(got, "holt-wiki") {
		t.Errorf("the wiki's host gets the cookies %q", got)
	}
	if got := b.cookies(b.of("shed")); got != "" {
		t.Errorf("the other wiki's host gets the cookies %q", got)
	}
	style := regexp.MustCompile(`/static/[^"]+\.css`).Find(page.body)
	if a, _ := b.step("GET", b.of("garden")+string(style), nil); a.status != http.StatusOK || len(style) == 0 {
		t.Errorf("style sheet %q at the wiki's host: %d", style, a.status)
	}

	// The other wiki has a session of its own, without typing a password again.
	if a, at := b.open(b.of("shed") + "/"); a.status != http.StatusOK || at != b.of("shed")+"/" {
		t.Errorf("the other wiki: %d at %s", a.status, at)
	}

	// A picture of a page signs nobody out; a form does, in this wiki only.
	if _, next := b.step("GET", b.of("garden")+"/-/logout", nil, "Sec-Fetch-Dest", "image"); next != b.of("garden")+"/" {
		t.Errorf("a picture of the sign-out leads to %q", next)
	}
	if a, _ := b.step("GET", wanted, nil); a.status != http.StatusOK {
		t.Errorf("signed out by a picture: %d", a.status)
	}
	if a, next := b.step("POST", b.of("garden")+"/-/logout", nil); a.status != http.StatusOK || next != "" {
		t.Errorf("sign-out: %d, leads to %q", a.status, next)
	}
	if a, next := b.step("GET", wanted, nil); !strings.HasPrefix(next, b.of("garden")+"/-/login") {
		t.Errorf("signed out and %d, leads to %q", a.status, next)
	}
	if a, _ := b.step("GET", b.of("shed")+"/", nil); a.status != http.StatusOK {
		t.Errorf("the other wiki's session: %d", a.status)
	}

	// A form that is sent without a session leads over a page, not a redirect.
	a, next := b.step("POST", b.of("garden")+"/Roses/save", url.Values{"content": {"x"}})
	if a.status != http.StatusOK || a.header.Get("Location") != "" || !strings.HasPrefix(next, b.of("garden")+"/-/login") {
		t.Errorf("a form without a session: %d, leads to %q", a.status, next)
	}

	// Who signs out of the server has left all wikis.
	b.step("POST", b.origin+"/signout", nil)
	if _, next := b.step("GET", b.of("shed")+"/", nil); !strings.HasPrefix(next, b.of("shed")+"/-/login") {
		t.Errorf("after the sign-out at the server: %q", next)
	}
	if got := b.cookies(b.of("shed")); strings.Contains(got, "holt-wiki ") || got == "holt-wiki" {
		t.Errorf("the stale cookie stays: %q", got)
	}
}

// TestHandOverCode takes a code where it does not belong.
func TestHandOverCode(t *testing.T) {
	s := MustDomainSite(t)
	ann, eve := s.MustPerson(t, "ann"), s.MustPerson(t, "eve")
	for _, slug := range []string{"garden", "shed"} {
		s.MustWiki(t, slug, ann, preferences.Private)
	}
	s.MustAdmit(t, "garden", eve, "viewer")
	mine, other := s.browser(t), s.browser(t)
	_, at := mine.open(mine.origin + "/signin")
	mine.signIn(at, "eve")

	code := func() string {
		_, next := mine.step("GET", mine.of("garden")+"/-/login?next=/Home", nil)
		_, next = mine.step("GET", next, nil)
		if !strings.HasPrefix(next, mine.of("garden")+"/-/enter?code=") {
			t.Fatalf("no code: %q", next)
		}
		return next
	}
	enter := code()
	// Somebody is sent eve's code, to be signed in as eve without knowing.
	if a, next := other.step("GET", enter, nil); a.status != http.StatusForbidden || next != "" {
		t.Errorf("another browser: %d, leads to %q", a.status, next)
	}
	if got := other.cookies(other.of("garden")); got != "" {
		t.Errorf("another browser has %q", got)
	}
	if a, _ := mine.step("GET", enter, nil); a.status != http.StatusForbidden {
		t.Errorf("a code that was tried elsewhere: %d", a.status)
	}
	// At another wiki's host, where the browser has a state of its own.
	mine.step("GET", mine.of("shed")+"/-/login", nil)
	stray := strings.Replace(code(), "://garden.", "://shed.", 1)
	if a, _ := mine.step("GET", stray, nil); a.status != http.StatusForbidden {
		t.Errorf("another wiki's code: %d", a.status)
	}
	enter = code()
	if _, next := mine.step("GET", enter, nil); next != mine.of("garden")+"/Home" {
		t.Fatalf("the right one leads to %q", next)
	}
	// Again, as from another tab: the browser has its session.
	if _, next := mine.step("GET", enter, nil); next != mine.of("garden")+"/Home" {
		t.Errorf("the second tab leads to %q", next)
	}
	for _, state := range []string{"", "short", strings.Repeat("x", 1000)} {
		query := url.Values{"wiki": {"garden"}, "next": {"/"}, "state": {state}}
		if a, next := mine.step("GET", mine.origin+"/wikis/enter?"+query.Encode(), nil); a.status != http.StatusForbidden || next != "" {
			t.Errorf("state %.10q: %d, leads to %q", state, a.status, next)
		}
	}
	// A token is no sign-in that could be taken along.
	if a := s.user(t, "jwt").at(wikiDomain).get("/wikis/enter?wiki=garden&state=" + strings.Repeat("x", 26)); a.status != http.StatusForbidden {
		t.Errorf("a JWT: %d", a.status)
	}
}

// TestHandOverStaysHere follows addresses that want to lead elsewhere.
func TestHandOverStaysHere(t *testing.T) {
	s := MustDomainSite(t)
	ann := s.MustPerson(t, "ann")
	s.MustWiki(t, "garden", ann, preferences.Private)
	b := s.browser(t)
	_, at := b.open(b.of("garden") + "/")
	b.signIn(at, "ann")
	fresh := s.browser(t)
	_, at = fresh.open(fresh.origin + "/signin")
	fresh.signIn(at, "ann")

	bad := []string{
		"//evil.example", `/\evil.example`, `\\evil.example`, "/\t/evil.example", "\t//evil.example", "/\n/evil.example",
		"https://evil.example/", "javascript:alert(1)", "evil.example", "/%2f/evil.example", "%2f%2fevil.example",
		"/%2fevil.example", "///evil.example", "//user@evil.example/", "http:/evil.example", "/\r//evil.example", "/.//evil.example", "",
	}
	for _, next := range bad {
		query := "?next=" + url.QueryEscape(next)
		for _, address := range []string{b.of("garden") + "/-/login" + query, b.of("garden") + "/-/enter" + query} {
			if _, to := b.step("GET", address, nil); !strings.HasPrefix(to, b.of("garden")+"/") || strings.Contains(to[8:], "//") {
				t.Errorf("%q at %s leads to %q", next, address, to)
			}
		}
		_, login := fresh.step("GET", fresh.of("garden")+"/-/login"+query, nil)
		_, enter := fresh.step("GET", login, nil)
		query = "?wiki=garden&state=" + strings.Repeat("x", 26) + "&next=" + url.QueryEscape(next)
		_, direct := fresh.step("GET", fresh.origin+"/wikis/enter"+query, nil)
		for _, to := range []string{enter, direct} {
			u, err := url.Parse(to)
			if err != nil || u.Host != strings.TrimPrefix(fresh.of("garden"), "http://") {
				t.Errorf("%q: the platform leads to %q", next, to)
				continue
			}
			if back := u.Query().Get("next"); !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.ContainsAny(back, "\\\t\n\r") {
				t.Errorf("%q: the platform sends %q back", next, back)
			}
		}
	}
	for _, slug := range []string{"evil.example/", "garden.evil", "..", "", "GARDEN", "admin"} {
		query := url.Values{"wiki": {slug}, "next": {"/"}, "state": {strings.Repeat("x", 26)}}
		if a, to := fresh.step("GET", fresh.origin+"/wikis/enter?"+query.Encode(), nil); a.status != http.StatusNotFound || to != "" {
			t.Errorf("wiki %q: %d, leads to %q", slug, a.status, to)
		}
	}
}

// TestHandOverTellsNothing compares a private wiki with one that does not exist,
// for somebody who may not know of it, and a suspended one too.
func TestHandOverTellsNothing(t *testing.T) {
	s := MustDomainSite(t)
	ann := s.MustPerson(t, "ann")
	s.MustPerson(t, "bob")
	s.MustWiki(t, "garden", ann, preferences.Private)
	s.MustWiki(t, "closed", ann, preferences.Public)
	mustState(t, s, "closed", tenant.State{Status: tenant.Suspended, Reason: "Spam was found"})

	anonymous, bob := s.browser(t), s.browser(t)
	_, at := bob.open(bob.origin + "/signin")
	bob.signIn(at, "bob")
	secret := regexp.MustCompile(`[A-Z0-9]{12,}|garden|closed|nothing`)
	for _, b := range []*browser{anonymous, bob} {
		var first []string
		for _, slug := range []string{"nothing", "garden", "closed"} {
			var seen []string
			address := b.of(slug) + "/Home"
			for address != "" {
				a, next := b.step("GET", address, nil)
				seen = append(seen, http.StatusText(a.status), secret.ReplaceAllString(next, "·"))
				address = next
				if next == "" {
					seen = append(seen, secret.ReplaceAllString(string(a.body), "·"))
				}
			}
			if first == nil {
				first = seen
			} else if strings.Join(first, "\n") != strings.Join(seen, "\n") {
				t.Errorf("%s differs from a missing wiki:\n%.600q\n%.600q", slug, first, seen)
			}
		}
	}

	owner := s.browser(t)
	_, at = owner.open(owner.of("closed") + "/")
	page, _ := owner.signIn(at, "ann")
	if page.status != http.StatusForbidden || !bytes.Contains(page.body, []byte("Spam was found")) {
		t.Errorf("the owner of a suspended wiki: %v", page)
	}
}

func mustState(tb testing.TB, s *wikiSite, slug string, state tenant.State) {
	tb.Helper()
	parsed, err := platform.ParseSlug(slug)
	if err == nil {
		err = s.fleet.SetState(tb.Context(), parsed.ID(), state)
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// TestDoorsOnTheSharedOrigin uses Otter's addresses where wikis have no hosts.
func TestDoorsOnTheSharedOrigin(t *testing.T) {
	s := MustWikiSite(t)
	ann := s.MustPerson(t, "ann")
	s.MustWiki(t, "garden", ann, preferences.Private)
	stranger := s.anonymous(t)
	for path, want := range map[string]string{
		"/w/garden/-/login":                       "/signin?next=%2Fw%2Fgarden%2F",
		"/w/garden/-/login?next=/w/garden/Roses":  "/signin?next=%2Fw%2Fgarden%2FRoses",
		"/w/garden/-/login?next=//evil.example":   "/signin?next=%2F",
		"/w/nothing/-/login":                      "/signin?next=%2Fw%2Fnothing%2F",
		"/w/garden/-/register":                    "/register",
		"/w/garden/-/lost_password":               "/signin",
		"/w/garden/-/recover_password/abc":        "/signin",
		"/w/garden/-/confirm_email/abc":           "/signin",
		"/w/garden/-/enter?code=x&next=/w/garden": "/w/garden",
		"/w/garden/Roses?x=1":                     "/signin?next=%2Fw%2Fgarden%2FRoses%3Fx%3D1",
	} {
		stranger.get(path).leads(t, want)
	}
	ann.get("/w/garden/-/login?next=/w/garden/Roses").leads(t, "/w/garden/Roses")
	// A picture with this address in a page of the wiki signs nobody out.
	ann.with("GET", "/w/garden/-/logout", nil, "Sec-Fetch-Dest", "image").leads(t, "/w/garden/")
	ann.get("/w/garden/").want(t, http.StatusOK)
	ann.post("/w/garden/-/logout", nil).leads(t, "/signin?notice=signed-out")
	ann.get("/w/garden/").leads(t, "/signin?next=%2Fw%2Fgarden%2F")
	ann.get("/wikis/enter?wiki=garden").leads(t, "/signin?next=%2Fwikis%2Fenter%3Fwiki%3Dgarden")
}
