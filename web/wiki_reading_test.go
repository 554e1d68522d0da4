package web_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// garden is a public wiki of ann's with a few pages and files.
func garden(tb testing.TB) (s *wikiSite, ann *person) {
	tb.Helper()
	s = MustWikiSite(tb)
	ann = s.MustPerson(tb, "ann")
	s.MustWiki(tb, "garden", ann, preferences.Public)
	s.MustWrite(tb, "garden", "Plants/Roses", "---\ntags: [red, thorny]\n---\n# Roses\n\nThey are *red*. See [[Tulips]].\n\n## Care\n\nPrune in March.\n")
	s.MustWrite(tb, "garden", "Plants/Tulips", "# Tulips\n\nSee [Roses](/Plants/Roses).\n")
	s.MustAttach(tb, "garden", "Plants/Roses", "plan.txt", "a plan\n")
	return s, ann
}

func TestWikiAddresses(t *testing.T) {
	s, _ := garden(t)
	anyone := s.anonymous(t)
	rev := s.revisionOf(t, "garden", "Plants/Roses")
	for path, want := range map[string]string{
		"":                                        "The garden",
		"Plants/Roses":                            "<em>red</em>",
		"Plants/Roses.md":                         "<em>red</em>",
		"Plants/Roses/view":                       "<em>red</em>",
		"Plants/Roses/view/" + rev:                "<em>red</em>",
		"Plants/Roses?revision=" + rev:            "<em>red</em>",
		"Plants/Roses/source":                     "They are *red*.",
		"Plants/Roses/source/" + rev[:8]:          "They are *red*.",
		"Plants/Roses/source?raw":                 "They are *red*.",
		"Plants/Roses/history":                    "write Plants/Roses",
		"Plants/Roses/blame":                      "Prune in March.",
		"Plants/Roses/blame/HEAD":                 "Prune in March.",
		"Plants/Roses/diff/" + rev + "/HEAD":      "The text is the same.",
		"Plants/Roses/links":                      "Plants/Tulips",
		"Plants/Roses/attachments":                "plan.txt",
		"Plants/Roses/attachment/plan.txt":        "plan.txt",
		"Plants/Roses/a/plan.txt":                 "a plan",
		"Plants/Roses/plan.txt":                   "a plan",
		"Plants":                                  "Tulips",
		"-/changelog":                             "write Plants/Tulips",
		"-/changelog/" + rev:                      "write Plants/Roses",
		"-/log":                                   "write Plants/Tulips",
		"-/commit/" + rev:                         "write Plants/Roses",
		"-/index":                                 "Tulips",
		"-/index?headings=yes":                    "#care",
		"-/search?query=prune":                    "Plants/Roses",
		"-/search/prune":                          "Plants/Roses",
		"-/search?query=pru.e&is_regexp=y":        "Plants/Roses",
		"-/search?query=March&is_casesensitive=y": "Plants/Roses",
		"-/tags":                                  "thorny",
		"-/tags/red":                              "Roses",
		"-/links":                                 "Tulips",
		"-/drafts":                                "My drafts",
		"-/about":                                 "About The garden",
		"-/help":                                  "Recent changes",
		"-/help/admin":                            "Recent changes",
		"-/syntax":                                "Footnotes",
		"-/create":                                "not write in it",
		"-/healthz":                               "ok",
		"sitemap.xml":                             "/w/garden/Plants/Tulips</loc>",
		"robots.txt":                              "Sitemap: http",
		"manifest.webmanifest":                    `"start_url":"/w/garden/"`,
		"-/changelog/feed.rss":                    "write Plants/Roses",
		"-/changelog/feed.atom":                   "write Plants/Roses",
	} {
		t.Run(path, func(t *testing.T) {
			v := *anyone
			v.tb = t
			v.get("/w/garden/"+path).want(t, http.StatusOK).says(t, want)
		})
	}
}

func TestWikiAddressesThatFail(t *testing.T) {
	_, ann := garden(t)
	for path, want := range map[string]int{
		"Nowhere":                              http.StatusNotFound,
		"Plants/Roses/view/zzzz":               http.StatusNotFound,
		"Plants/Roses/view/--help":             http.StatusNotFound,
		"Plants/Roses/view/0123456789":         http.StatusNotFound,
		"Plants/Roses/source/-x":               http.StatusNotFound,
		"Plants/Roses/diff/HEAD/..":            http.StatusNotFound,
		"Plants/Roses/blame/main":              http.StatusNotFound,
		"Plants/Roses/a/none.txt":              http.StatusNotFound,
		"Plants/Roses/a/plan.txt/00000000":     http.StatusNotFound,
		"Plants/Roses/a/..%2f..%2fHome.md":     http.StatusNotFound,
		"Plants/Roses/t/plan.txt":              http.StatusUnsupportedMediaType,
		"Plants/Roses/t/plan.txt/huge":         http.StatusUnprocessableEntity,
		"Plants/Roses/attachment/none":         http.StatusNotFound,
		"Plants/Roses/history?before=x":        http.StatusUnprocessableEntity,
		"Nowhere/history":                      http.StatusNotFound,
		"Nowhere/rename":                       http.StatusNotFound,
		"Nowhere/delete":                       http.StatusNotFound,
		"Plants/Roses/section/99":              http.StatusNotFound,
		"Plants/Roses/section/x":               http.StatusNotFound,
		"-/commit/ffffffff":                    http.StatusNotFound,
		"-/commit/HEAD~1":                      http.StatusNotFound,
		"-/changelog/nothing":                  http.StatusNotFound,
		"-/tags/none":                          http.StatusNotFound,
		"-/search?query=(&is_regexp=yes":       http.StatusUnprocessableEntity,
		"Nowhere/edit?template=../../etc":      http.StatusUnprocessableEntity,
		"nowhere/edit?template=No%20such%20it": http.StatusNotFound,
		"favicon.ico":                          http.StatusNotFound,
		"-/unknown":                            http.StatusNotFound,
		"%00":                                  http.StatusNotFound,
		".git/config":                          http.StatusNotFound,
	} {
		t.Run(path, func(t *testing.T) {
			v := *ann.visitor
			v.tb = t
			a := v.get("/w/garden/" + path)
			if a.status == http.StatusSeeOther { // to the name as new pages are written
				a = v.get(a.header.Get("Location"))
			}
			a.want(t, want)
		})
	}
	t.Run("method", func(t *testing.T) {
		ann.do("DELETE", "/w/garden/Plants/Roses", "", nil).want(t, http.StatusMethodNotAllowed)
		ann.do("POST", "/w/garden/-/about", "", nil).want(t, http.StatusMethodNotAllowed)
		ann.do("GET", "/w/garden/Plants/Roses/save", "", nil).want(t, http.StatusMethodNotAllowed)
	})
}

func TestWikiPageElsewhere(t *testing.T) {
	s, ann := garden(t)
	v := s.anonymous(t)
	v.get("/w/garden/plants/roses?a=b").leads(t, "/w/garden/Plants/Roses?a=b")
	v.get("/w/garden").leads(t, "/w/garden/")
	ann.get("/w/garden/Seeds").want(t, http.StatusNotFound).says(t, "/w/garden/Seeds/edit")
	v.get("/w/garden/Seeds").want(t, http.StatusNotFound).hides(t, "/w/garden/Seeds/edit")
	v.get("/w/garden/Old%20roses").want(t, http.StatusNotFound).says(t, "Pages of a similar name", "/w/garden/Plants/Roses")

	s.MustWrite(t, "garden", "Plants/Rosen", "Alt.\n")
	from, to := MustName(t, "Plants/Rosen"), MustName(t, "Blumen/Rosen")
	if _, err := s.MustOpen(t, "garden", nil).Rename(t.Context(), wiki.Rename{From: from, To: to}); err != nil {
		t.Fatal(err)
	}
	a := v.get("/w/garden/Plants/Rosen").leads(t, "/w/garden/Blumen/Rosen?from=Plants%2FRosen")
	v.get(a.header.Get("Location")).want(t, http.StatusOK).says(t, "“Plants/Rosen” is called")
	v.get("/w/garden/Blumen/Rosen?from=Plants%2FTulips").want(t, http.StatusOK).hides(t, "is called")

	if _, err := s.MustOpen(t, "garden", nil).Delete(t.Context(), to, false, ""); err != nil {
		t.Fatal(err)
	}
	v.get("/w/garden/Blumen/Rosen").want(t, http.StatusNotFound).says(t, "It was deleted")
	v.get("/w/garden/Blumen/Rosen/history").want(t, http.StatusOK).says(t, "Deleted")
}

func TestWikiHomePage(t *testing.T) {
	s, _ := garden(t)
	v := s.anonymous(t)
	for home, want := range map[string]string{"plants/roses": "<em>red</em>", "-/index": "", "": "The garden"} {
		value := home
		if home == "-/index" {
			value = "/-/index"
		}
		s.MustPrefer(t, "garden", preferences.ApplicationPage, "HOME_PAGE", value)
		if want == "" {
			v.get("/w/garden/").leads(t, "/w/garden/-/index")
			continue
		}
		v.get("/w/garden/").want(t, http.StatusOK).says(t, want)
	}
}

func TestWikiPageTag(t *testing.T) {
	s, ann := garden(t)
	const page = "/w/garden/Plants/Roses"
	anyone := s.anonymous(t)
	tag := anyone.get(page).want(t, http.StatusOK).header.Get("ETag")
	if tag == "" {
		t.Fatal("a page without a tag")
	}
	same := func() bool {
		a := anyone.with("GET", page, nil, "If-None-Match", tag)
		if a.status == http.StatusNotModified && (len(a.body) > 0 || a.header.Get("ETag") != tag) {
			t.Errorf("304 with %d bytes, tag %s", len(a.body), a.header.Get("ETag"))
		}
		return a.status == http.StatusNotModified
	}
	if !same() {
		t.Fatal("the page changed by itself")
	}
	if a := ann.with("GET", page, nil, "If-None-Match", tag); a.status != http.StatusOK {
		t.Errorf("another visitor gets %d", a.status)
	}
	if a := anyone.with("GET", page, nil, "If-None-Match", tag, "Cookie", "holt_theme=dark"); a.status != http.StatusOK {
		t.Errorf("another theme gets %d", a.status)
	}
	if a := anyone.get(page+"?notice=page-saved").says(t, "Saved."); a.header.Get("ETag") != "" {
		t.Error("a message that is to be seen once has a tag")
	}
	for what, change := range map[string]func(){
		"another page": func() { s.MustWrite(t, "garden", "New", "New.\n") },
		"the name":     func() { s.MustPrefer(t, "garden", preferences.ApplicationPage, "SITE_NAME", "Park") },
		"a rule": func() {
			rule := access.Rule{Path: "Plants/Roses", Who: access.Who{Group: access.Everybody}, Grant: access.Read | access.Write}
			if err := s.MustOpen(t, "garden", nil).SaveRule(t.Context(), rule); err != nil {
				t.Fatal(err)
			}
		},
	} {
		change()
		if same() {
			t.Errorf("the tag outlives a change of %s", what)
		}
		tag = anyone.get(page).want(t, http.StatusOK).header.Get("ETag")
	}
	ann.post(page+"/draft", url.Values{"content": {"a draft"}}).want(t, http.StatusOK)
	first := ann.get(page).says(t, "You have a draft").header.Get("ETag")
	ann.post(page+"/edit", url.Values{"draft": {"discard"}})
	if a := ann.with("GET", page, nil, "If-None-Match", first); a.status != http.StatusOK {
		t.Errorf("a discarded draft still shows: %d", a.status)
	}
}

func TestWikiFiles(t *testing.T) {
	s, _ := garden(t)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 300, 150))); err != nil {
		t.Fatal(err)
	}
	const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	for name, content := range map[string]string{
		"bed.png": picture.String(), "plan.svg": svg, "page.html": "<script>alert(1)</script>", "film.mp4": "0123456789",
		"broken.png": "no picture", "odd \"name\".bin": "x", "paper.pdf": "%PDF-1.7",
	} {
		s.MustAttach(t, "garden", "Plants/Roses", name, content)
	}
	v := s.anonymous(t)
	const files = "/w/garden/Plants/Roses/a/"
	for name, want := range map[string][2]string{
		"bed.png":   {"image/png", "inline"},
		"plan.svg":  {"image/svg+xml", "attachment"},
		"page.html": {"application/octet-stream", "attachment"},
		"film.mp4":  {"video/mp4", "inline"},
		"plan.txt":  {"text/plain; charset=utf-8", "inline"},
		"paper.pdf": {"application/pdf", "inline"},
	} {
		a := v.get(files+name).want(t, http.StatusOK)
		policy := a.header.Get("Content-Security-Policy")
		if a.header.Get("Content-Type") != want[0] || !strings.HasPrefix(a.header.Get("Content-Disposition"), want[1]) ||
			a.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(policy, "default-src 'none'") ||
			strings.HasPrefix(policy, "sandbox") == (name == "paper.pdf") {
			t.Errorf("%s: headers %v", name, a.header)
		}
		if again := v.with("GET", files+name, nil, "If-None-Match", a.header.Get("ETag")); again.status != http.StatusNotModified {
			t.Errorf("%s: status %d for what the client has", name, again.status)
		}
	}
	for part, want := range map[string]string{"bytes=2-4": "234", "bytes=-3": "789", "bytes=7-": "789"} {
		if a := v.with("GET", files+"film.mp4", nil, "Range", part); a.status != http.StatusPartialContent || string(a.body) != want {
			t.Errorf("%s: %v", part, a)
		}
	}
	v.with("GET", files+"film.mp4", nil, "Range", "bytes=20-").want(t, http.StatusRequestedRangeNotSatisfiable)
	rev := s.revisionOf(t, "garden", "Plants/Roses")
	v.get(files+"plan.txt/"+rev).want(t, http.StatusNotFound) // attached after the page was written
	v.get(files+"plan.txt/HEAD").want(t, http.StatusOK).says(t, "a plan")

	for path, want := range map[string]image.Point{
		"t/bed.png":              {80, 40},
		"t/bed.png/30":           {30, 15},
		"bed.png?thumbnail":      {80, 40},
		"bed.png?thumbnail=60":   {60, 30},
		"bed.png?size=50":        {50, 25},
		"bed.png?width=100":      {100, 50},
		"a/bed.png?height=15":    {30, 15},
		"bed.png?width=90000":    {300, 150},
		"bed.png?size=10&x=true": {10, 5},
	} {
		a := v.get("/w/garden/Plants/Roses/"+path).want(t, http.StatusOK)
		config, err := png.DecodeConfig(bytes.NewReader(a.body))
		if err != nil || config.Width != want.X || config.Height != want.Y {
			t.Errorf("%s: %dx%d, %v; want %v", path, config.Width, config.Height, err, want)
		}
		again := v.with("GET", "/w/garden/Plants/Roses/"+path, nil, "If-None-Match", a.header.Get("ETag"))
		if again.status != http.StatusNotModified {
			t.Errorf("%s: status %d for what the client has", path, again.status)
		}
	}
	v.get("/w/garden/Plants/Roses/t/plan.svg").want(t, http.StatusOK).says(t, "<svg")
	v.get("/w/garden/Plants/Roses/t/broken.png").want(t, http.StatusOK).says(t, "no picture")
	v.get("/w/garden/Plants/Roses/t/page.html").want(t, http.StatusUnsupportedMediaType)
}

func TestWikiSourceIsPlain(t *testing.T) {
	s, _ := garden(t)
	s.MustWrite(t, "garden", "Evil", "<script>alert(1)</script>\n")
	a := s.anonymous(t).get("/w/garden/Evil/source?raw").want(t, http.StatusOK)
	if a.header.Get("Content-Type") != "text/plain; charset=utf-8" || a.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", a.header)
	}
	a.says(t, "<script>", "[//]: # (http", "/w/garden/Evil, revision "+s.revisionOf(t, "garden", "Evil"))
	s.anonymous(t).get("/w/garden/Evil").want(t, http.StatusOK).hides(t, "<script>alert")
}

func TestWikiFeeds(t *testing.T) {
	s, _ := garden(t)
	s.MustWrite(t, "garden", "Angles", "<&>\n")
	v := s.anonymous(t)
	for path, mediaType := range map[string]string{
		"/-/changelog/feed.rss": "application/rss+xml; charset=utf-8", "/-/changelog/feed.atom": "application/atom+xml; charset=utf-8",
		"/sitemap.xml": "application/xml; charset=utf-8",
	} {
		a := v.get("/w/garden"+path).want(t, http.StatusOK)
		if a.header.Get("Content-Type") != mediaType {
			t.Errorf("%s: type %s", path, a.header.Get("Content-Type"))
		}
		decoder := xml.NewDecoder(bytes.NewReader(a.body))
		elements := 0
		for token, err := decoder.Token(); token != nil; token, err = decoder.Token() {
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			elements++
		}
		if elements < 20 {
			t.Errorf("%s: only %d parts", path, elements)
		}
	}
}

func TestWikiChangelogInParts(t *testing.T) {
	s := MustWikiSite(t)
	s.MustWiki(t, "garden", s.MustPerson(t, "ann"), preferences.Public)
	session := s.MustOpen(t, "garden", nil)
	for i := range 230 {
		e := wiki.Edit{Name: MustName(t, fmt.Sprintf("P%d", i)), Text: "x\n", Message: fmt.Sprintf("change %d.", i)}
		if _, err := session.Save(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	v := s.anonymous(t)
	next := func(a answer, rel string) string {
		_, after, _ := strings.Cut(string(a.body), `<nav class="pager"`)
		for line := range strings.SplitSeq(after, "<a ") {
			if strings.Contains(line, `rel="`+rel+`"`) {
				_, after, _ := strings.Cut(line, `href="`)
				address, _, _ := strings.Cut(after, `"`)
				return strings.ReplaceAll(address, "&amp;", "&")
			}
		}
		return ""
	}
	first := v.get("/w/garden/-/changelog").want(t, http.StatusOK).says(t, "change 229.", "change 130.").hides(t, "change 129.")
	second := v.get(next(first, "next")).want(t, http.StatusOK).says(t, "change 129.", "change 30.").hides(t, "change 130.", "change 29.")
	third := v.get(next(second, "next")).want(t, http.StatusOK).says(t, "change 29.", "First pages")
	if next(third, "next") != "" || next(first, "prev") != "" {
		t.Error("the list goes on beyond its ends")
	}
	v.get(next(third, "prev")).want(t, http.StatusOK).says(t, "change 30.")
	if address := next(second, "prev"); address != "/w/garden/-/changelog" {
		t.Errorf("newer than the second part: %s", address)
	}
}

func TestWikiRulesHide(t *testing.T) {
	s, ann := garden(t)
	bob := s.MustPerson(t, "bob")
	s.MustWrite(t, "garden", "Secret/Plan", "---\ntags: [hush]\n---\n# Hidden title\n\nxyzzy and [[Plants/Roses]]\n")
	s.MustAttach(t, "garden", "Secret/Plan", "map.txt", "treasure")
	rule := access.Rule{Path: "Secret", Tree: true, Who: access.Who{Account: bob.account.ID}, Grant: access.Read}
	if err := s.MustOpen(t, "garden", nil).SaveRule(t.Context(), rule); err != nil {
		t.Fatal(err)
	}
	rev := s.revisionOf(t, "garden", "Secret/Plan")
	anyone := s.anonymous(t)
	for _, path := range []string{
		"/", "/-/index", "/-/index?headings=yes", "/-/search?query=xyzzy", "/-/search?query=xyzzy&is_regexp=yes", "/-/search?query=hidden",
		"/-/tags", "/-/changelog", "/-/changelog/feed.rss", "/-/changelog/feed.atom", "/sitemap.xml", "/-/links",
		"/Plants/Roses", "/Plants/Roses/links", "/Plants/Roses/history", "/-/create", "/Secret", "/Secret/Plan", "/secret/plan",
		"/Secret/Plan/history", "/Secret/Plan/source", "/Secret/Plan/view/HEAD", "/Secret/Plan/blame", "/Secret/Plan/a/map.txt",
		"/Secret/Plan/map.txt", "/Secret/Plan/attachments", "/-/commit/" + rev, "/-/revert/" + rev, "/Nowhere", "/Hidden/Nowhere",
	} {
		anyone.get("/w/garden"+path).hides(t, "Secret/Plan/edit", "Hidden title", "hush", "treasure", "xyzzy and", "write Secret")
	}
	anyone.get("/w/garden/-/tags/hush").want(t, http.StatusNotFound).hides(t, "Hidden title")
	ann.get("/w/garden/Secret/Plan").want(t, http.StatusOK).says(t, "xyzzy")
	bob.get("/w/garden/Secret/Plan").want(t, http.StatusOK).says(t, "xyzzy")
	bob.get("/w/garden/Secret/Plan/edit").want(t, http.StatusForbidden)
	bob.get("/w/garden/-/index").want(t, http.StatusOK).says(t, "Hidden title")
}

func TestWikiDoors(t *testing.T) {
	s := MustWikiSite(t)
	ann, bob := s.MustPerson(t, "ann"), s.MustPerson(t, "bob")
	s.MustWiki(t, "cellar", ann, preferences.Private)
	anyone := s.anonymous(t)

	anyone.get("/w/cellar/Home?x=1").leads(t, "/signin?next=%2Fw%2Fcellar%2FHome%3Fx%3D1")
	anyone.get("/w/nothing/Home?x=1").leads(t, "/signin?next=%2Fw%2Fnothing%2FHome%3Fx%3D1")
	for _, path := range []string{"/", "/Home", "/Home/a/x", "/-/about", "/-/request-access", "/robots.txt", "/-/healthz", "/Home/edit"} {
		there, missing := bob.get("/w/cellar"+path), bob.get("/w/nothing"+path)
		strip := func(a answer) string {
			text := strings.NewReplacer("cellar", "", "nothing", "").Replace(string(a.body))
			return strings.ReplaceAll(text, a.header.Get("X-Request-Id"), "")
		}
		if there.status != http.StatusNotFound || missing.status != there.status || strip(there) != strip(missing) {
			t.Errorf("%s: a private wiki answers %d, a missing one %d", path, there.status, missing.status)
		}
	}

	s.MustPrefer(t, "cellar", preferences.PermissionsPage, "DISABLE_REGISTRATION", "False", "AUTO_APPROVAL", "False")
	bob.get("/w/cellar/Home").want(t, http.StatusForbidden).says(t, "Ask for access")
	bob.get("/w/cellar/-/request-access").want(t, http.StatusOK).says(t, "Ask for access")
	a := bob.post("/w/cellar/-/request-access", nil).leads(t, "/w/cellar/-/request-access?notice=asked")
	bob.get(a.header.Get("Location")).want(t, http.StatusOK).says(t, "An admin of the wiki will decide")
	bob.get("/w/cellar/Home").want(t, http.StatusForbidden).says(t, "Waiting for approval")
	anyone.post("/w/cellar/-/request-access", nil).leads(t, "/signin?next=%2Fw%2Fcellar%2F")

	s.MustPrefer(t, "cellar", preferences.PermissionsPage, "DISABLE_REGISTRATION", "False", "AUTO_APPROVAL", "True")
	cleo := s.MustPerson(t, "cleo")
	cleo.post("/w/cellar/-/request-access", nil).leads(t, "/w/cellar/?notice=admitted")
	cleo.get("/w/cellar/?notice=admitted").want(t, http.StatusOK).says(t, "You are a member")
	cleo.get("/w/cellar/-/request-access").leads(t, "/w/cellar/")
	shared, err := s.store.SharedWikis(t.Context(), cleo.account.ID)
	if err != nil || len(shared) != 1 {
		t.Errorf("shared wikis %v, %v", shared, err)
	}
}

func TestWikiOnItsOwnHost(t *testing.T) {
	s := MustWikiSite(t, withDomain("example.test"))
	ann := s.MustPerson(t, "ann")
	s.MustWiki(t, "garden", ann, preferences.Public)
	v := s.anonymous(t).at("garden.example.test")
	v.get("/").want(t, http.StatusOK).says(t, "The garden", `href="/Home/history"`, "//example.test:")
	v.get("/sitemap.xml").want(t, http.StatusOK).says(t, "http://garden.example.test:", "/Home</loc>")
	v.get("/robots.txt").want(t, http.StatusOK).says(t, "Disallow: /-/")
	if place := v.get("/.well-known/change-password").header.Get("Location"); !strings.HasPrefix(place, "http://example.test:") ||
		!strings.HasSuffix(place, "/account") {
		t.Errorf("the password is changed at %s", place)
	}
	v.get("/Home/edit").want(t, http.StatusForbidden).says(t, `/-/login?next=%2FHome%2Fedit`)
}

func TestWikiSearchForm(t *testing.T) {
	s, _ := garden(t)
	v := s.anonymous(t)
	v.post("/w/garden/-/search", url.Values{"query": {"a b"}, "is_regexp": {"y"}, "other": {"x"}}).leads(t, "/w/garden/-/search?is_regexp=y&query=a+b")
	v.get("/w/garden/-/search?query=%3Cscript%3E").want(t, http.StatusOK).hides(t, "<script>alert", `value="<script>`)
	v.get("/w/garden/-/search?query="+strings.Repeat("x", 2000)).want(t, http.StatusUnprocessableEntity)
	v.post("/w/garden/Plants/Roses/history", url.Values{"rev_a": {"HEAD"}, "rev_b": {"abcd"}}).leads(t, "/w/garden/Plants/Roses/diff/HEAD/abcd")
	v.post("/w/garden/Plants/Roses/history", url.Values{"rev_a": {"../x"}, "rev_b": {"abcd"}}).want(t, http.StatusUnprocessableEntity)
}
