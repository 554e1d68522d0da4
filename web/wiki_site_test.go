package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/server"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/markdown"
	"github.com/holtdb/holt/wiki/preferences"
	"github.com/holtdb/holt/wiki/repo"
)

// wikiSite is a whole server with wikis, and a second look at its wikis beside
// it, as the command holt has.
type wikiSite struct {
	*site
	fleet *tenant.Fleet
	wikis *tenant.Registry[*wiki.Wiki]
}

func MustWikiSite(tb testing.TB, change ...func(*server.Config)) *wikiSite {
	tb.Helper()
	s := &wikiSite{site: MustSite(tb, change...)}
	var err error
	if s.fleet, err = server.OpenWikiFleet(s.data); err != nil {
		tb.Fatal(err)
	}
	renderer, err := markdown.New()
	if err != nil {
		tb.Fatal(err)
	}
	s.wikis = tenant.NewRegistry(s.fleet, func(ctx context.Context, home *tenant.Home) (*wiki.Wiki, error) {
		return wiki.Open(ctx, home, wiki.Config{Markdown: renderer})
	}, tenant.Options{MaxOpen: 32})
	tb.Cleanup(func() {
		if err := s.wikis.Close(context.Background()); err != nil {
			tb.Error(err)
		}
		if err := s.fleet.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// person is somebody with an account, signed in at the site by its cookie.
type person struct {
	*visitor
	account platform.Account
}

// MustPerson makes an account, in the unlimited tier, and signs it in.
func (s *wikiSite) MustPerson(tb testing.TB, login string) *person {
	tb.Helper()
	return s.MustPersonOfTier(tb, login, platform.TierLocal)
}

func (s *wikiSite) MustPersonOfTier(tb testing.TB, login, tier string) *person {
	tb.Helper()
	a, err := s.store.CreateLocal(tb.Context(), platform.NewAccount{
		Login: login, Name: strings.ToUpper(login[:1]) + login[1:], Password: "correct horse battery", Tier: tier,
	})
	if err != nil {
		tb.Fatal(err)
	}
	p := &person{visitor: s.anonymous(tb), account: a}
	p.post("/signin", url.Values{"login": {login}, "password": {"correct horse battery"}}).want(tb, http.StatusSeeOther)
	return p
}

// MustWiki makes a wiki with the usual first pages, and returns its slug.
func (s *wikiSite) MustWiki(tb testing.TB, slug string, owner *person, v preferences.Visibility) platform.Slug {
	tb.Helper()
	parsed, err := platform.ParseSlug(slug)
	if err != nil {
		tb.Fatal(err)
	}
	entry, err := s.store.ReserveWiki(tb.Context(), platform.NewWiki{Owner: owner.account.ID, Slug: parsed, Name: "The " + slug})
	if err != nil {
		tb.Fatal(err)
	}
	err = wiki.Create(tb.Context(), s.fleet, parsed.ID(), wiki.Founding{
		Owner: wiki.Owner{Account: owner.account.ID, Name: owner.account.Name, Email: owner.account.Login},
		Name:  "The " + slug, Visibility: v,
	})
	if err != nil {
		tb.Fatal(err)
	}
	if err := s.store.ConfirmWiki(tb.Context(), entry.ID); err != nil {
		tb.Fatal(err)
	}
	return parsed
}

// MustOpen begins a session in a wiki, beside the server: as account, or as the
// wiki's owner for nil. It ends with the test.
func (s *wikiSite) MustOpen(tb testing.TB, slug string, account *platform.Account) *wiki.Session {
	tb.Helper()
	parsed, err := platform.ParseSlug(slug)
	if err != nil {
		tb.Fatal(err)
	}
	entry, err := s.store.Wiki(tb.Context(), parsed)
	if err != nil {
		tb.Fatal(err)
	}
	if account == nil {
		owner, err := s.store.Account(tb.Context(), entry.Owner)
		if err != nil {
			tb.Fatal(err)
		}
		account = &owner
	}
	h, err := s.wikis.Acquire(tb.Context(), parsed.ID())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(h.Release)
	session, err := h.Value().Visit(tb.Context(), wiki.Visitor{
		Account: account.ID, Draft: account.ID, Name: account.Name, Owner: account.ID == entry.Owner,
		Root: "/w/" + slug,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return session
}

// MustWrite saves a page as the wiki's owner, whatever it was before.
func (s *wikiSite) MustWrite(tb testing.TB, slug, page, text string) wiki.Saved {
	tb.Helper()
	session := s.MustOpen(tb, slug, nil)
	e := wiki.Edit{Name: MustName(tb, page), Text: text, Message: "write " + page}
	if p, err := session.Page(tb.Context(), e.Name); err == nil {
		e.Base = MustRevision(tb, p.Revision.Hash.String())
	}
	saved, err := session.Save(tb.Context(), e)
	if err != nil {
		tb.Fatalf("write %s: %v", page, err)
	}
	return saved
}

// MustAttach adds a file to a page as the wiki's owner.
func (s *wikiSite) MustAttach(tb testing.TB, slug, page, name, content string) {
	tb.Helper()
	_, err := s.MustOpen(tb, slug, nil).Attach(tb.Context(), wiki.Upload{
		Page: MustName(tb, page), File: name, Data: strings.NewReader(content), Size: int64(len(content)), Replace: true,
	})
	if err != nil {
		tb.Fatalf("attach %s: %v", name, err)
	}
}

// MustPrefer changes preferences of a page of the settings as the wiki's owner:
// names and values in turn.
func (s *wikiSite) MustPrefer(tb testing.TB, slug string, page preferences.Page, namesAndValues ...string) {
	tb.Helper()
	session := s.MustOpen(tb, slug, nil)
	form := map[string][]string{}
	for name, value := range session.Preferences().Rows() {
		form[name] = []string{value}
	}
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		form[namesAndValues[i]] = []string{namesAndValues[i+1]}
	}
	if err := session.SavePreferences(tb.Context(), page, form); err != nil {
		tb.Fatal(err)
	}
}

// MustAdmit makes somebody a member of a wiki.
func (s *wikiSite) MustAdmit(tb testing.TB, slug string, p *person, role wiki.Role) {
	tb.Helper()
	err := s.MustOpen(tb, slug, nil).Wiki().Admit(tb.Context(), wiki.Member{
		Account: p.account.ID, Name: p.account.Name, Email: p.account.Login, Member: role.Flags(),
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// textOf returns the text of a page as its owner reads it, "" when there is none.
func (s *wikiSite) textOf(tb testing.TB, slug, page string) string {
	tb.Helper()
	p, err := s.MustOpen(tb, slug, nil).Page(tb.Context(), MustName(tb, page))
	if err != nil {
		return ""
	}
	return p.Text
}

// revisionOf returns the last commit that changed a page.
func (s *wikiSite) revisionOf(tb testing.TB, slug, page string) string {
	tb.Helper()
	p, err := s.MustOpen(tb, slug, nil).Page(tb.Context(), MustName(tb, page))
	if err != nil {
		tb.Fatal(err)
	}
	return p.Revision.Hash.String()
}

func MustName(tb testing.TB, name string) wiki.Name {
	tb.Helper()
	n, err := wiki.ParseName(name)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func MustRevision(tb testing.TB, text string) *repo.Revision {
	tb.Helper()
	r, err := repo.ParseRevision(text)
	if err != nil {
		tb.Fatal(err)
	}
	return &r
}

// at returns the visitor on another host of the server, such as that of a wiki
// with a domain: "garden.example.test".
func (v *visitor) at(host string) *visitor {
	v.tb.Helper()
	server, err := url.Parse(v.site.url)
	if err != nil {
		v.tb.Fatal(err)
	}
	there, client := *v.site, *v.client
	there.url = "http://" + net.JoinHostPort(host, server.Port())
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, server.Host)
	}}
	v.tb.Cleanup(transport.CloseIdleConnections)
	client.Transport = transport
	return &visitor{tb: v.tb, site: &there, bearer: v.bearer, client: &client}
}

// with sends a request with headers: names and values in turn.
func (v *visitor) with(method, path string, body io.Reader, headers ...string) answer {
	v.tb.Helper()
	req, err := http.NewRequestWithContext(v.tb.Context(), method, v.site.url+path, body)
	if err != nil {
		v.tb.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	if v.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+v.bearer)
	}
	res, err := v.client.Do(req)
	if err != nil {
		v.tb.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		v.tb.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{res.StatusCode, res.Header, text}
}

// send posts a form of several parts: files in fields named field, and fields
// with texts.
func (v *visitor) send(path, field string, files []file, fields url.Values) answer {
	v.tb.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range files {
		part, err := form.CreateFormFile(field, f.name)
		if err == nil {
			_, err = io.WriteString(part, f.content)
		}
		if err != nil {
			v.tb.Fatal(err)
		}
	}
	for name, values := range fields {
		for _, value := range values {
			if err := form.WriteField(name, value); err != nil {
				v.tb.Fatal(err)
			}
		}
	}
	if err := form.Close(); err != nil {
		v.tb.Fatal(err)
	}
	return v.do("POST", path, form.FormDataContentType(), &body)
}

// says fails the test unless the answer has all these texts.
func (a answer) says(tb testing.TB, texts ...string) answer {
	tb.Helper()
	for _, text := range texts {
		if !bytes.Contains(a.body, []byte(text)) {
			tb.Errorf("the answer does not say %q: %.3000s", text, a.body)
		}
	}
	return a
}

// hides fails the test if the answer has one of these texts.
func (a answer) hides(tb testing.TB, texts ...string) answer {
	tb.Helper()
	for _, text := range texts {
		if bytes.Contains(a.body, []byte(text)) {
			tb.Errorf("the answer says %q", text)
		}
	}
	return a
}

// leads fails the test unless the answer redirects to a place.
func (a answer) leads(tb testing.TB, place string) answer {
	tb.Helper()
	if a.status < 300 || a.status > 399 {
		tb.Fatalf("status %d, want a redirect to %s: %.600s", a.status, place, a.body)
	}
	if got := a.header.Get("Location"); got != place {
		tb.Fatalf("leads to %q, want %q", got, place)
	}
	return a
}

func TestWikiSite(t *testing.T) {
	s := MustWikiSite(t)
	ann, bob := s.MustPerson(t, "ann"), s.MustPerson(t, "bob")
	for i, v := range []preferences.Visibility{preferences.Private, preferences.SignedIn, preferences.Public} {
		slug := fmt.Sprintf("garden%d", i)
		s.MustWiki(t, slug, ann, v)
		s.MustWrite(t, slug, "Roses", "# Roses\n\nThey are red.\n")
		if got := s.textOf(t, slug, "Roses"); !strings.Contains(got, "red") {
			t.Errorf("%s: text %q", slug, got)
		}
		session := s.MustOpen(t, slug, &bob.account)
		_, err := session.Page(t.Context(), MustName(t, "Roses"))
		if (err == nil) != (v != preferences.Private) {
			t.Errorf("%s: a stranger's reading ends with %v", slug, err)
		}
		s.MustAdmit(t, slug, bob, wiki.RoleEditor)
		if session = s.MustOpen(t, slug, &bob.account); !session.View().Can("Roses", wiki.RoleEditor.Set()) {
			t.Errorf("%s: a member's view %v", slug, session.View().Base())
		}
	}
}

// withDomain gives wikis hosts of their own.
func withDomain(domain string) func(*server.Config) {
	return func(c *server.Config) { c.WikiDomain = domain }
}
