package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web"
)

const ottersText = "# River otters\n\nAn otter sleeps in a holt by the river <b>bank</b>.\n\n## Food\n\nIt eats fish & crayfish.\n"

func TestLibraryAPI(t *testing.T) {
	s := MustSite(t)
	ann := s.user(t, "ann")
	d := ann.MustAdd(file{`C:\My Books\otters.md`, ottersText})
	if d.Status != "ready" || d.FileName != "otters.md" || d.Pages < 1 {
		t.Fatalf("%+v", d)
	}
	t.Run("the same content again", func(t *testing.T) {
		var up struct{ Documents []document }
		ann.upload("/api/library", file{"copy.md", ottersText}).want(t, http.StatusOK).into(t, &up)
		if len(up.Documents) != 1 || !up.Documents[0].Duplicate || up.Documents[0].ID != d.ID {
			t.Errorf("%+v", up)
		}
	})
	t.Run("several, some refused", func(t *testing.T) {
		var up struct {
			Documents []document
			Errors    []struct{ File, Code string }
		}
		ann.upload("/api/library", file{"a.txt", "first of two files"}, file{"x.bin", "\x00\x01\x02\x7fELF"}).
			want(t, http.StatusCreated).into(t, &up)
		if len(up.Documents) != 1 || len(up.Errors) != 1 || up.Errors[0].Code != "unsupported_type" || up.Errors[0].File != "x.bin" {
			t.Errorf("%+v", up)
		}
		ann.MustWait(up.Documents[0].ID)
	})
	for name, c := range map[string]struct {
		f      file
		status int
		code   string
	}{
		"unsupported": {file{"a.pdf", "\x00\x01\x02\x03 no PDF"}, http.StatusUnsupportedMediaType, "unsupported_type"},
	} {
		t.Run(name, func(t *testing.T) {
			if a := ann.upload("/api/library", c.f).want(t, c.status); a.code(t) != c.code {
				t.Errorf("%s", a)
			}
		})
	}
	t.Run("empty file is a failed document", func(t *testing.T) {
		if empty := ann.MustAdd(file{"empty.txt", ""}); empty.Status != "failed" || empty.Error == "" {
			t.Errorf("%+v", empty)
		}
	})
	t.Run("broken file is a failed document", func(t *testing.T) {
		broken := ann.MustAdd(file{"broken.pdf", "%PDF-1.7\nthis goes no further"})
		if broken.Status != "failed" || broken.Error == "" {
			t.Errorf("%+v", broken)
		}
		if a := ann.get("/api/library/" + broken.ID + "/pages/1"); a.status != http.StatusConflict && a.status != http.StatusNotFound {
			t.Errorf("%s", a)
		}
		ann.do("POST", "/api/library/"+broken.ID+"/reingest", "", nil).want(t, http.StatusAccepted)
		if again := ann.MustWait(broken.ID); again.Status != "failed" {
			t.Errorf("%+v", again)
		}
		ann.do("DELETE", "/api/library/"+broken.ID, "", nil).want(t, http.StatusNoContent)
		ann.get("/api/library/"+broken.ID).want(t, http.StatusNotFound)
	})
	t.Run("search", func(t *testing.T) {
		var found struct {
			Query, Mode string
			Results     []struct {
				DocID   string `json:"doc_id"`
				Page    int    `json:"page_number"`
				Snippet string
			}
		}
		ann.get("/api/search?q=sleeping+bank").want(t, http.StatusOK).into(t, &found)
		if len(found.Results) == 0 || found.Results[0].DocID != d.ID || found.Mode != "words" {
			t.Fatalf("%+v", found)
		}
		if s := found.Results[0].Snippet; !strings.Contains(s, "<mark>") || strings.Contains(s, "<b>") {
			t.Errorf("snippet %q", s)
		}
		for _, q := range []string{`"unclosed`, `AND OR NOT`, `title:`, `*`, `(((`, `a NEAR/2 b`, "\x00", strings.Repeat("otter ", 500)} {
			ann.get("/api/search?q="+url.QueryEscape(q)).want(t, http.StatusOK)
		}
		ann.get("/api/search?q=otter&limit=-1").want(t, http.StatusBadRequest)
		ann.get("/api/search?q=otter&after=nonsense").want(t, http.StatusBadRequest)
	})
	t.Run("page, file, change", func(t *testing.T) {
		ann.get("/api/library/"+d.ID+"/pages/1").want(t, http.StatusOK)
		for _, n := range []string{"0", "-1", "999", "x", "1e3"} {
			ann.get("/api/library/"+d.ID+"/pages/"+n).want(t, http.StatusNotFound)
		}
		a := ann.get("/api/library/"+d.ID+"/file").want(t, http.StatusOK)
		if string(a.body) != ottersText || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") ||
			strings.Contains(a.header.Get("Content-Type"), "html") || !strings.Contains(a.header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%v", a.header)
		}
		ann.json("PATCH", "/api/library/"+d.ID, map[string]any{"title": "Otters", "tags": []string{"animals"}}).want(t, http.StatusOK)
		var list struct{ Documents []document }
		ann.get("/api/library?tag=animals").want(t, http.StatusOK).into(t, &list)
		if len(list.Documents) != 1 || list.Documents[0].Title != "Otters" {
			t.Errorf("%+v", list)
		}
		ann.json("PATCH", "/api/library/"+d.ID, map[string]any{"owner": "me"}).want(t, http.StatusBadRequest)
		ann.do("PATCH", "/api/library/"+d.ID, "text/plain", strings.NewReader(`{"title":"x"}`)).want(t, http.StatusBadRequest)
	})
	t.Run("books folder", func(t *testing.T) {
		var scan map[string]int
		ann.do("POST", "/api/library/scan", "", nil).want(t, http.StatusOK).into(t, &scan)
		if _, ok := scan["added"]; !ok {
			t.Errorf("%v", scan)
		}
	})
	t.Run("unknown address", func(t *testing.T) {
		if a := ann.get("/api/nothing").want(t, http.StatusNotFound); a.code(t) != "not_found" {
			t.Errorf("%s", a)
		}
	})
}

func TestQuota(t *testing.T) {
	s := MustSite(t)
	err := s.store.SaveTier(t.Context(), platform.Tier{Name: "tiny", Documents: 2, FileBytes: 1000, UploadBytes: 800})
	if err != nil {
		t.Fatal(err)
	}
	ann := s.userOfTier(t, "ann", "tiny")
	ann.MustAdd(file{"a.txt", strings.Repeat("otter ", 100)})
	var body struct {
		Error struct {
			Code          string
			Used, Allowed int64
		}
	}
	ann.upload("/api/library", file{"b.txt", strings.Repeat("river ", 100)}).want(t, http.StatusRequestEntityTooLarge).into(t, &body)
	if body.Error.Code != "over_quota" || body.Error.Used != 600 || body.Error.Allowed != 1000 {
		t.Errorf("%+v", body)
	}
	if a := ann.upload("/api/library", file{"c.txt", strings.Repeat("c", 801)}); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("%s", a)
	}
	ann.MustAdd(file{"d.txt", "a small one"})
	if a := ann.upload("/api/library", file{"e.txt", "one too many"}); a.status != http.StatusRequestEntityTooLarge || a.code(t) != "over_quota" {
		t.Errorf("%s", a)
	}
	var session struct {
		UserID        string `json:"user_id"`
		Tier          string
		Limits, Usage map[string]int64
	}
	ann.get("/api/session").want(t, http.StatusOK).into(t, &session)
	if session.UserID != "ann" || session.Tier != "tiny" || session.Usage["documents"] != 2 || session.Limits["file_bytes"] != 1000 {
		t.Errorf("%+v", session)
	}
}

// TestTokenScope calls every route that changes something with a token that
// may only read, and what concerns the account with one that may write.
func TestTokenScope(t *testing.T) {
	s := MustSite(t)
	s.user(t, "ann").get("/api/session").want(t, http.StatusOK)
	accounts, err := s.store.Accounts(t.Context(), "", 10)
	if err != nil || len(accounts) != 1 {
		t.Fatal(accounts, err)
	}
	with := func(scope platform.Scope) *visitor {
		v := s.anonymous(t)
		secret, _, err := s.store.CreateToken(t.Context(), accounts[0].ID, "test", scope, time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		v.bearer = secret
		return v
	}
	mayRead, mayWrite := with(platform.ScopeRead), with(platform.ScopeWrite)
	mayRead.get("/api/library").want(t, http.StatusOK)
	mayWrite.upload("/api/library", file{"a.txt", "by a token"}).want(t, http.StatusCreated)
	for pattern, who := range web.Access() {
		method, path, _ := strings.Cut(pattern, " ")
		path = strings.NewReplacer("{id}", "x", "{n}", "1", "{page}", "1", "{name...}", "a", "{$}", "", "{secret}", "x").Replace(path)
		if strings.HasPrefix(who, "changer") || strings.HasPrefix(who, "writer") || strings.HasPrefix(who, "admin") {
			if a := mayRead.do(method, path, "", nil); a.status != http.StatusForbidden {
				t.Errorf("%s with the right to read: status %d, want 403", pattern, a.status)
			}
		}
		if strings.HasSuffix(who, "person") {
			if a := mayWrite.do(method, path, "", nil); a.status != http.StatusForbidden {
				t.Errorf("%s with a token: status %d, want 403", pattern, a.status)
			}
		}
	}
}

func TestAnswersAreProtected(t *testing.T) {
	s := MustSite(t)
	for _, path := range []string{"/signin", "/api/health", "/nothing", "/static/nothing"} {
		a := s.anonymous(t).get(path)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if a.header.Get("X-Request-Id") == "" {
			t.Errorf("%s: no request id", path)
		}
	}
}

func TestOtherSitesCannotPost(t *testing.T) {
	s := MustSite(t)
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", s.url+"/signout", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(header, value)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s: status %d, want 403", header, value, res.StatusCode)
		}
	}
}

func TestDescriptionIsServed(t *testing.T) {
	var doc struct{ OpenAPI string }
	a := MustSite(t).anonymous(t).get("/api/openapi.json").want(t, http.StatusOK)
	if err := json.Unmarshal(a.body, &doc); err != nil || doc.OpenAPI != "3.1.0" {
		t.Errorf("%q, %v", doc.OpenAPI, err)
	}
}

// TestProtectedPDF reads an encrypted file with its password, which is not kept:
// pages are text afterwards.
func TestProtectedPDF(t *testing.T) {
	content, err := os.ReadFile("../library/testdata/locked.pdf")
	if err != nil {
		t.Fatal(err)
	}
	s := MustSite(t)
	ann := s.user(t, "ann")
	d := ann.MustAdd(file{"secret.pdf", string(content)})
	if d.Status != "failed" || !d.NeedsPassword {
		t.Fatalf("%+v", d)
	}
	ann.json("POST", "/api/library/"+d.ID+"/reingest", map[string]string{"password": "wrong"}).want(t, http.StatusAccepted)
	if d = ann.MustWait(d.ID); d.Status != "failed" || !d.NeedsPassword {
		t.Fatalf("with a wrong password: %+v", d)
	}
	ann.json("POST", "/api/library/"+d.ID+"/reingest", map[string]string{"password": "otter-password"}).want(t, http.StatusAccepted)
	if d = ann.MustWait(d.ID); d.Status != "ready" {
		t.Fatalf("%+v", d)
	}
	ann.get("/read/"+d.ID+"/1").want(t, http.StatusOK)
	if a := ann.get("/api/library/"+d.ID+"/pages/1/image").want(t, http.StatusConflict); a.code(t) != "protected" {
		t.Errorf("%s", a)
	}
}

func TestWrongMethod(t *testing.T) {
	s := MustSite(t)
	a := s.user(t, "ann").do("PUT", "/api/library/x", "", nil).want(t, http.StatusMethodNotAllowed)
	if a.code(t) != "method_not_allowed" || a.header.Get("Allow") != "GET, PATCH, DELETE" {
		t.Errorf("%s, Allow: %s", a, a.header.Get("Allow"))
	}
	s.anonymous(t).do("PUT", "/nothing", "", nil).want(t, http.StatusNotFound)
}

// TestCutOffUpload sends a body that ends in the middle of a file.
func TestCutOffUpload(t *testing.T) {
	s := MustSite(t)
	ann := s.user(t, "ann")
	body := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhalf a file"
	if a := ann.do("POST", "/api/library", "multipart/form-data; boundary=b", strings.NewReader(body)).want(t, http.StatusBadRequest); a.code(t) != "cut_off" {
		t.Errorf("%s", a)
	}
	var list struct{ Total int }
	ann.get("/api/library").want(t, http.StatusOK).into(t, &list)
	if list.Total != 0 {
		t.Errorf("%d documents of half a file", list.Total)
	}
}

func TestThrottledSignInSaysWhenToRetry(t *testing.T) {
	s := MustSite(t)
	for range 30 {
		a := s.anonymous(t).post("/signin", url.Values{"login": {"nobody"}, "password": {"wrong password"}})
		if a.status == http.StatusTooManyRequests {
			if a.header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			return
		}
		a.want(t, http.StatusUnauthorized)
	}
	t.Error("30 wrong passwords were not throttled")
}
