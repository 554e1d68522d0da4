package web_test

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// MustGitSite makes a site with the wiki garden of ann, whose git server is on.
// The test is skipped where there is no git program.
func MustGitSite(tb testing.TB, tier string, v preferences.Visibility) (*wikiSite, *person) {
	tb.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		tb.Skip("no git program")
	}
	s := MustWikiSite(tb)
	if err := s.store.SaveTier(tb.Context(), platform.Tier{Name: "small", Wikis: 9, WikiBytes: 400 << 10, WikiPages: 20}); err != nil {
		tb.Fatal(err)
	}
	ann := s.MustPersonOfTier(tb, "ann", tier)
	s.MustWiki(tb, "garden", ann, v)
	s.MustPrefer(tb, "garden", preferences.RepositoryPage, "GIT_WEB_SERVER", "True")
	return s, ann
}

// gitClient runs the git program as somebody without any configuration.
type gitClient struct {
	tb   testing.TB
	home string
	dir  string // work tree
}

func newGitClient(tb testing.TB) *gitClient {
	home := tb.TempDir()
	return &gitClient{tb: tb, home: home, dir: filepath.Join(home, "work")}
}

// try runs git and returns everything that it says.
func (g *gitClient) try(args ...string) (string, error) { return g.feed(nil, args...) }

func (g *gitClient) feed(in []byte, args ...string) (string, error) {
	g.tb.Helper()
	cmd := exec.CommandContext(g.tb.Context(), "git", args...)
	cmd.Dir = g.home
	if _, err := os.Stat(g.dir); err == nil {
		cmd.Dir = g.dir
	}
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + g.home, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C",
		"GIT_AUTHOR_NAME=Gina", "GIT_AUTHOR_EMAIL=gina@example.org", "GIT_COMMITTER_NAME=Gina", "GIT_COMMITTER_EMAIL=gina@example.org"}
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// must runs git, which must succeed.
func (g *gitClient) must(args ...string) string {
	g.tb.Helper()
	out, err := g.try(args...)
	if err != nil {
		g.tb.Fatalf("git %s: %v\n%s", args[0], err, out)
	}
	return strings.TrimSpace(out)
}

// fails runs git, which must fail and say something.
func (g *gitClient) fails(says string, args ...string) {
	g.tb.Helper()
	out, err := g.try(args...)
	if err == nil || !strings.Contains(out, says) {
		g.tb.Errorf("git %s: %v, want it to fail and say %q:\n%s", args[0], err, says, out)
	}
}

func (g *gitClient) write(path, content string) {
	g.tb.Helper()
	full := filepath.Join(g.dir, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		g.tb.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
		g.tb.Fatal(err)
	}
}

// commit commits everything in the work tree.
func (g *gitClient) commit(message string) {
	g.tb.Helper()
	g.must("add", "-A")
	g.must("commit", "-q", "-m", message)
}

// gitURL is the address of a wiki with a name and a password in it.
func (s *wikiSite) gitURL(path, name, password string) string {
	u, err := url.Parse(s.url)
	if err != nil {
		return ""
	}
	u.Path = path
	if name != "" {
		u.User = url.UserPassword(name, password)
	}
	return u.String()
}

// incompressible returns bytes that git cannot make smaller.
func incompressible(n int) string {
	data := make([]byte, n)
	for i, x := 0, uint32(1); i < n; i++ {
		x = x*1664525 + 1013904223
		data[i] = byte(x >> 24)
	}
	return string(data)
}

const annPassword = "correct horse battery"

// MustClone clones the garden as ann.
func (s *wikiSite) MustClone(tb testing.TB) *gitClient {
	tb.Helper()
	g := newGitClient(tb)
	g.must("clone", "-q", s.gitURL("/w/garden.git", "ann", annPassword), g.dir)
	return g
}

func TestGitCloneAndPush(t *testing.T) {
	s, ann := MustGitSite(t, platform.TierLocal, preferences.Private)
	g := s.MustClone(t)
	if _, err := os.Stat(filepath.Join(g.dir, "Home.md")); err != nil {
		t.Fatal(err)
	}
	g.write("Plants/Roses.md", "# Roses\n\nThey smell of lemonbalm.\n")
	g.write("Plants/Roses/rose.txt", "a rose")
	g.commit("Roses")
	g.must("push", "-q", "origin", "main")
	ann.get(v1+"/pages/Plants/Roses").want(t, http.StatusOK).says(t, "lemonbalm", g.must("rev-parse", "HEAD"), "Gina")
	ann.get(v1+"/search?q=lemonbalm").want(t, http.StatusOK).says(t, "Plants/Roses")
	ann.get(v1+"/pages/Plants/Roses/attachments").want(t, http.StatusOK).says(t, "rose.txt")

	t.Run("conflict", func(t *testing.T) {
		g.write("Plants/Roses.md", "# Roses\n\nMine.\n")
		g.commit("Mine")
		s.MustWrite(t, "garden", "Plants/Roses", "# Roses\n\nTheirs.\n")
		g.fails("fetch first", "push", "origin", "main")
		g.fails("", "push", "--force", "origin", "main") // history is not rewritten, whoever asks
		g.fails("CONFLICT", "pull", "--no-rebase", "origin", "main")
		g.write("Plants/Roses.md", "# Roses\n\nOurs.\n")
		g.commit("Both")
		g.must("push", "-q", "origin", "main")
		ann.get(v1+"/pages/Plants/Roses").want(t, http.StatusOK).says(t, "Ours.")
	})
	t.Run("fetch", func(t *testing.T) {
		s.MustWrite(t, "garden", "Oak", "An old oak.\n")
		g.must("pull", "-q", "--ff-only", "origin", "main")
		if text, err := os.ReadFile(filepath.Join(g.dir, "Oak.md")); err != nil || string(text) != "An old oak.\n" {
			t.Errorf("%q, %v", text, err)
		}
	})
	t.Run("the address inside of the wiki", func(t *testing.T) {
		other := newGitClient(t)
		other.must("clone", "-q", s.gitURL("/w/garden/.git/", "ann", annPassword), other.dir)
	})
	t.Run("much", func(t *testing.T) {
		big := incompressible(3 << 20) // git sends more than 1 MB in chunks
		g.write("Plants/Roses/big.bin", big)
		g.commit("Much")
		g.must("push", "-q", "origin", "main")
		if a := ann.get(v1+"/pages/Plants/Roses/attachments/big.bin/raw").want(t, http.StatusOK); string(a.body) != big {
			t.Error("another file came out")
		}
	})
	t.Run("other references", func(t *testing.T) {
		g.fails("one branch", "push", "origin", "main:other")
		g.fails("no tags", "push", "origin", "HEAD:refs/tags/v1")
		g.fails("cannot be deleted", "push", "origin", ":main")
	})
}

// TestGitHostilePush pushes trees that no honest client makes.
func TestGitHostilePush(t *testing.T) {
	s, ann := MustGitSite(t, platform.TierLocal, preferences.Private)
	secret := filepath.Join(s.data, "holt.db")
	t.Run("symbolic link", func(t *testing.T) {
		g := s.MustClone(t)
		if err := os.Symlink(secret, filepath.Join(g.dir, "Leak.md")); err != nil {
			t.Fatal(err)
		}
		g.commit("A link")
		g.fails("symbolic links are not taken: Leak.md", "push", "origin", "main")
		g.must("rm", "-q", "Leak.md")
		g.commit("Gone, but in the history")
		g.fails("symbolic links are not taken", "push", "origin", "main")
	})
	for _, name := range []string{"..", ".git", "../../escape.md", "a\\b.md", "GIT~1"} {
		t.Run(name, func(t *testing.T) {
			g := s.MustClone(t)
			blob, err := g.feed([]byte("stolen"), "hash-object", "-w", "--stdin")
			if err != nil {
				t.Fatal(blob)
			}
			raw, err := hex.DecodeString(strings.TrimSpace(blob))
			if err != nil {
				t.Fatal(err)
			}
			entry := append([]byte("100644 "+name+"\x00"), raw...)
			tree, err := g.feed(entry, "hash-object", "-t", "tree", "-w", "--stdin", "--literally")
			if err != nil {
				t.Fatal(tree)
			}
			commit := g.must("commit-tree", "-p", "HEAD", "-m", "odd", strings.TrimSpace(tree))
			g.fails("! [", "push", "origin", commit+":main")
		})
	}
	ann.get(v1+"/changelog").want(t, http.StatusOK).hides(t, "odd", "A link")
	ann.get(v1+"/pages/Leak").want(t, http.StatusNotFound)
	if got := s.MustClone(t).must("log", "--format=%s"); got != "First pages" {
		t.Errorf("something was taken: %s", got)
	}
}

func TestGitQuota(t *testing.T) {
	s, ann := MustGitSite(t, "small", preferences.Private)
	g := s.MustClone(t)
	g.write("Home/big.bin", incompressible(600<<10))
	g.commit("Too much")
	g.fails("too large", "push", "origin", "main")
	g.must("reset", "-q", "--hard", "origin/main")
	for i := range 30 {
		g.write(fmt.Sprintf("Page%d.md", i), "x\n")
	}
	g.commit("Too many")
	g.fails("full", "push", "origin", "main")
	ann.get(v1+"/pages").want(t, http.StatusOK).hides(t, "Page1")
	g.must("reset", "-q", "--hard", "origin/main")
	g.write("Small.md", "fits\n")
	g.commit("It fits")
	g.must("push", "-q", "origin", "main")
	ann.get(v1+"/pages/Small").want(t, http.StatusOK)
}

func TestGitCallers(t *testing.T) {
	s, ann := MustGitSite(t, platform.TierLocal, preferences.Private)
	bob := s.MustPerson(t, "bob")
	slug, err := platform.ParseSlug("garden")
	if err != nil {
		t.Fatal(err)
	}
	orchard := s.MustWiki(t, "orchard", bob, preferences.Private)
	expires := time.Now().Add(time.Hour)
	token := func(slug platform.Slug, p *person, role platform.WikiRole) string {
		t.Helper()
		secret, _, err := s.store.CreateWikiToken(t.Context(), slug, p.account.ID, "git", role, expires)
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	viewer, editor, foreign := token(slug, ann, platform.RoleViewer), token(slug, ann, platform.RoleEditor), token(orchard, bob, platform.RoleAdmin)
	personal, _, err := s.store.CreateToken(t.Context(), ann.account.ID, "git", platform.ScopeRead, expires)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ name, password, clone, push string }{ // what git says, "" for success
		"password":             {"ann", annPassword, "", ""},
		"token for editing":    {"any", editor, "", ""},
		"token for reading":    {"any", viewer, "", "You may read this wiki but not push to it"},
		"personal, read":       {"x", personal, "", "You may read this wiki but not push to it"},
		"nobody":               {"", "", "could not read Username", "could not read Username"},
		"wrong password":       {"ann", "a wrong password", "Authentication failed", "Authentication failed"},
		"another's token":      {"any", foreign, "Authentication failed", "Authentication failed"},
		"another's password":   {"bob", annPassword, "not found", "not found"},
		"a token that was not": {"any", "holtw_nonsense", "Authentication failed", "Authentication failed"},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGitClient(t)
			address := s.gitURL("/w/garden.git", c.name, c.password)
			if c.clone != "" {
				g.fails(c.clone, "clone", address, g.dir)
				g.must("clone", "-q", s.gitURL("/w/garden.git", "ann", annPassword), g.dir)
			} else {
				g.must("clone", "-q", address, g.dir)
			}
			g.write("From.md", name+"\n")
			g.commit(name)
			if c.push == "" {
				g.must("push", "-q", address, "main")
			} else {
				g.fails(c.push, "push", address, "main")
			}
		})
	}
}

func TestGitPublic(t *testing.T) {
	s, ann := MustGitSite(t, platform.TierLocal, preferences.Public)
	stranger := s.gitURL("/w/garden.git", "", "")
	g := newGitClient(t)
	g.must("clone", "-q", stranger, g.dir)
	g.write("Graffiti.md", "x\n")
	g.commit("Graffiti")
	g.fails("could not read Username", "push", "origin", "main")

	rule := access.Rule{Path: "Secret", Tree: true, Who: access.Who{Account: ann.account.ID}, Grant: access.Read}
	if err := s.MustOpen(t, "garden", nil).SaveRule(t.Context(), rule); err != nil {
		t.Fatal(err)
	}
	again := newGitClient(t)
	again.fails("could not read Username", "clone", stranger, again.dir) // a member might see all
	s.MustPerson(t, "bob")
	again.fails("pages that you may not read", "clone", s.gitURL("/w/garden.git", "bob", annPassword), again.dir)
	s.MustClone(t) // the owner sees all

	s.MustPrefer(t, "garden", preferences.RepositoryPage, "GIT_WEB_SERVER", "False")
	for _, address := range []string{stranger, s.gitURL("/w/garden.git", "ann", annPassword)} {
		off := newGitClient(t)
		off.fails("git server is switched off", "clone", address, off.dir)
	}
}

// TestGitAnswers looks at what HTTP clients are told.
func TestGitAnswers(t *testing.T) {
	s, ann := MustGitSite(t, platform.TierLocal, preferences.Public)
	refs := "/w/garden/.git/info/refs?service=git-upload-pack"
	stranger := s.anonymous(t)
	a := stranger.get(refs).want(t, http.StatusOK).says(t, "# service=git-upload-pack")
	if a.header.Get("Content-Type") != "application/x-git-upload-pack-advertisement" || !strings.Contains(a.header.Get("Cache-Control"), "no-cache") {
		t.Errorf("%v", a.header)
	}
	stranger.get("/w/garden/.git/info/refs").want(t, http.StatusForbidden).says(t, "smart protocol")
	stranger.get("/w/garden.git/HEAD").want(t, http.StatusForbidden).says(t, "smart protocol")
	stranger.get("/w/garden/.git/objects/info/packs").want(t, http.StatusForbidden)
	stranger.get("/w/garden/.git/info/refs?service=git-upload-archive").want(t, http.StatusBadRequest)
	for _, path := range []string{"/w/garden/.git", "/w/garden/.git/", "/w/garden.git/"} {
		stranger.get(path).leads(t, "/w/garden/")
	}
	const media = "application/x-git-upload-pack-request"
	stranger.do("POST", "/w/garden/.git/git-upload-pack", "text/plain", strings.NewReader("0000")).want(t, http.StatusBadRequest)
	stranger.do("POST", "/w/garden/.git/git-upload-pack", media, strings.NewReader("nonsense")).want(t, http.StatusBadRequest)
	stranger.with("POST", "/w/garden/.git/git-upload-pack", strings.NewReader("no gzip"), "Content-Type", media, "Content-Encoding", "gzip").
		want(t, http.StatusBadRequest)
	stranger.with("POST", "/w/garden/.git/git-upload-pack", strings.NewReader("x"), "Content-Type", media, "Content-Encoding", "br").
		want(t, http.StatusBadRequest)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte("0014command=ls-refs\n00010000")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	stranger.with("POST", "/w/garden/.git/git-upload-pack", &packed, "Content-Type", media, "Content-Encoding", "gzip", "Git-Protocol", "version=2").
		want(t, http.StatusOK).says(t, "refs/heads/main")
	if a := stranger.get("/w/garden/.git/info/refs?service=git-receive-pack"); a.status != http.StatusUnauthorized ||
		!strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Basic ") || !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") {
		t.Errorf("%s %v", a, a.header)
	}

	t.Run("off", func(t *testing.T) {
		s.MustPrefer(t, "garden", preferences.RepositoryPage, "GIT_WEB_SERVER", "False")
		for _, path := range []string{refs, "/w/garden/.git/info/refs?service=git-receive-pack", "/w/garden/.git/info/refs", "/w/garden/.git/HEAD"} {
			if a := stranger.get(path); a.status != http.StatusNotFound || a.header.Get("WWW-Authenticate") != "" {
				t.Errorf("%s: %s %v", path, a, a.header)
			}
		}
		a := stranger.do("POST", "/w/garden/.git/git-receive-pack", "application/x-git-receive-pack-request", strings.NewReader("0000"))
		if a.status != http.StatusNotFound || a.header.Get("WWW-Authenticate") != "" {
			t.Errorf("%s", a)
		}
	})
	t.Run("private, and none", func(t *testing.T) {
		s.MustWiki(t, "hidden", ann, preferences.Private) // its git server is off
		s.MustWiki(t, "cloned", ann, preferences.Private)
		s.MustPrefer(t, "cloned", preferences.RepositoryPage, "GIT_WEB_SERVER", "True")
		bob := s.MustPerson(t, "bob")
		for _, path := range []string{"/info/refs?service=git-upload-pack", "/info/refs?service=git-receive-pack", "/info/refs", "/config", "/"} {
			for _, slug := range []string{"hidden", "cloned"} {
				for _, v := range []*visitor{stranger, bob.visitor} {
					there, none := v.get("/w/"+slug+".git"+path), v.get("/w/nobody.git"+path)
					location := strings.ReplaceAll(there.header.Get("Location"), slug, "nobody")
					if there.status != none.status || noise.ReplaceAllString(string(there.body), "") != strings.ReplaceAll(noise.ReplaceAllString(string(none.body), ""), "nobody", slug) ||
						location != none.header.Get("Location") || there.header.Get("WWW-Authenticate") != none.header.Get("WWW-Authenticate") {
						t.Errorf("%s%s is told from none:\n%s\n%s", slug, path, there, none)
					}
				}
			}
		}
		if a := stranger.get("/w/hidden.git/info/refs?service=git-upload-pack"); a.status != http.StatusUnauthorized {
			t.Errorf("%s", a)
		}
	})
	t.Run("too many passwords", func(t *testing.T) {
		for range 30 {
			req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+refs, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.SetBasicAuth("nobody", "wrong password")
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode == http.StatusTooManyRequests {
				if res.Header.Get("Retry-After") == "" || res.Header.Get("WWW-Authenticate") != "" {
					t.Errorf("%v", res.Header)
				}
				return
			}
			if res.StatusCode != http.StatusUnauthorized {
				t.Fatalf("status %d", res.StatusCode)
			}
		}
		t.Error("30 wrong passwords were not throttled")
	})
}
