package web_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// v1 is where the API of the wiki garden is.
const v1 = "/w/garden/api/v1"

// MustToken returns somebody with a token of a wiki.
func (s *wikiSite) MustToken(tb testing.TB, slug platform.Slug, p *person, role platform.WikiRole) *visitor {
	tb.Helper()
	secret, _, err := s.store.CreateWikiToken(tb.Context(), slug, p.account.ID, "test", role, time.Now().Add(time.Hour))
	if err != nil {
		tb.Fatal(err)
	}
	v := s.anonymous(tb)
	v.bearer = secret
	return v
}

type apiPage struct {
	Name, Path, Content, Revision string
	Frontmatter                   map[string]any
	LinksTo                       []string                                         `json:"links_to"`
	LinkedFrom                    []string                                         `json:"linked_from"`
	LastCommit                    struct{ Revision, Author, Date, Message string } `json:"last_commit"`
	Created                       bool
	Current                       *string `json:"current_revision"`
}

func TestWikiAPIPages(t *testing.T) {
	s := MustWikiSite(t)
	ann := s.MustPerson(t, "ann")
	slug := s.MustWiki(t, "garden", ann, preferences.Private)
	bot := s.MustToken(t, slug, ann, platform.RoleEditor)

	bot.get(v1+"/health").want(t, http.StatusOK).says(t, `"status":"ok"`)

	var made, read apiPage
	text := "---\ntitle: Red roses\ncategory: plants\ntags: [flower, Red]\n---\n\n# Roses\n\nSee [[Soil]].\n"
	bot.json("PUT", v1+"/pages/Plants/Roses", map[string]string{"content": text}).want(t, http.StatusCreated).into(t, &made)
	if !made.Created || made.Path != "Plants/Roses" || made.Name != "Red roses" || len(made.Revision) != 40 {
		t.Errorf("%+v", made)
	}
	bot.json("PUT", v1+"/pages/Soil", map[string]string{"content": "# Soil\n", "commit_message": "about soil"}).want(t, http.StatusCreated)
	bot.get(v1+"/pages/Plants/Roses").want(t, http.StatusOK).into(t, &read)
	if read.Content != text || read.Revision != made.Revision || read.LastCommit.Message != "[api] Create: Plants/Roses" ||
		read.LastCommit.Author != "Ann" || fmt.Sprint(read.Frontmatter["tags"]) != "[flower Red]" || read.Frontmatter["category"] != "plants" ||
		!slices.Equal(read.LinksTo, []string{"Soil"}) || len(read.LinkedFrom) != 0 {
		t.Errorf("%+v", read)
	}
	bot.get(v1+"/pages/Soil").into(t, &read)
	if !slices.Equal(read.LinkedFrom, []string{"Plants/Roses"}) || read.Frontmatter != nil || read.LastCommit.Message != "about soil" {
		t.Errorf("%+v", read)
	}

	t.Run("locking", func(t *testing.T) {
		var changed, stale apiPage
		put := func(fields map[string]string) answer { return bot.json("PUT", v1+"/pages/Plants/Roses", fields) }
		put(map[string]string{"content": "x"}).want(t, http.StatusConflict).into(t, &stale)
		if stale.Current == nil || *stale.Current != made.Revision {
			t.Errorf("without a revision: %v", stale.Current)
		}
		put(map[string]string{"content": text + "\nMore.\n", "revision": made.Revision[:7]}).want(t, http.StatusOK).into(t, &changed)
		if changed.Created || changed.Revision == made.Revision {
			t.Errorf("%+v", changed)
		}
		a := put(map[string]string{"content": "lost update", "revision": made.Revision}).want(t, http.StatusConflict)
		a.into(t, &stale)
		if stale.Current == nil || *stale.Current != changed.Revision || a.code(t) != "conflict" {
			t.Errorf("%s", a)
		}
		put(map[string]string{"content": "x", "revision": strings.Repeat("0", 40)}).want(t, http.StatusConflict)
		put(map[string]string{"content": "x", "revision": made.Revision[:6]}).want(t, http.StatusUnprocessableEntity)
		put(map[string]string{"content": "x", "revision": "not a revision"}).want(t, http.StatusUnprocessableEntity)
		put(map[string]string{"content": text + "\nMore.\n", "revision": changed.Revision}).want(t, http.StatusOK).says(t, changed.Revision)
		bot.json("PUT", v1+"/pages/Nowhere", map[string]string{"content": "x", "revision": made.Revision}).
			want(t, http.StatusConflict).says(t, `"current_revision":null`)
		bot.get(v1+"/pages/Plants/Roses?revision="+made.Revision[:10]).want(t, http.StatusOK).into(t, &read)
		if read.Content != text || read.Revision != made.Revision {
			t.Errorf("old revision: %+v", read)
		}
		bot.get(v1+"/pages/Plants/Roses?revision=zzz").want(t, http.StatusUnprocessableEntity)
		bot.get(v1+"/pages/Plants/Roses?revision="+strings.Repeat("0", 40)).want(t, http.StatusNotFound)
	})

	t.Run("passages", func(t *testing.T) {
		bot.get(v1+"/pages/Soil").into(t, &read)
		patch := func(page, revision, old, new string) answer {
			return bot.json("PATCH", v1+"/pages/"+page, map[string]string{"revision": revision, "old_string": old, "new_string": new})
		}
		var changed apiPage
		patch("Soil", read.Revision, "# Soil", "# Good soil\n\nMoist, moist.").want(t, http.StatusOK).into(t, &changed)
		if got := s.textOf(t, "garden", "Soil"); got != "# Good soil\n\nMoist, moist.\n" {
			t.Errorf("text %q", got)
		}
		patch("Soil", read.Revision, "Good", "Bad").want(t, http.StatusConflict).says(t, changed.Revision)
		patch("Nowhere", read.Revision, "a", "b").want(t, http.StatusNotFound)
		for name, fields := range map[string]map[string]string{
			"not there":      {"revision": changed.Revision, "old_string": "dry", "new_string": "wet"},
			"there twice":    {"revision": changed.Revision, "old_string": "oist", "new_string": "x"},
			"empty":          {"revision": changed.Revision, "old_string": "", "new_string": "x"},
			"identical":      {"revision": changed.Revision, "old_string": "Good", "new_string": "Good"},
			"no revision":    {"old_string": "Good", "new_string": "x"},
			"no old":         {"revision": changed.Revision, "new_string": "x"},
			"no new":         {"revision": changed.Revision, "old_string": "Good"},
			"short revision": {"revision": changed.Revision[:6], "old_string": "Good", "new_string": "x"},
		} {
			if a := bot.json("PATCH", v1+"/pages/Soil", fields); a.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %s", name, a)
			}
		}
	})

	t.Run("names and bodies", func(t *testing.T) {
		for _, path := range []string{"a%00b", "..", "a/../b", ".git/config", "x/history", "-/about", "a%5Cb", "What%3F"} {
			if a := bot.json("PUT", v1+"/pages/"+path, map[string]string{"content": "x"}); a.status/100 != 4 {
				t.Errorf("%s: %s", path, a)
			}
		}
		bot.json("PUT", v1+"/pages/New", map[string]string{}).want(t, http.StatusUnprocessableEntity)
		bot.json("PUT", v1+"/pages/New", map[string]string{"content": "x", "author": "me"}).want(t, http.StatusBadRequest)
		bot.do("PUT", v1+"/pages/New", "text/plain", strings.NewReader("x")).want(t, http.StatusBadRequest)
		bot.do("PUT", v1+"/pages/New", "application/json", strings.NewReader("{")).want(t, http.StatusBadRequest)
		bot.json("PUT", v1+"/pages/New", map[string]string{"content": strings.Repeat("x", wiki.MaxPageBytes+1)}).want(t, http.StatusRequestEntityTooLarge)
		bot.json("PUT", v1+"/pages/New", map[string]string{"content": strings.Repeat("x", 8*wiki.MaxPageBytes)}).want(t, http.StatusRequestEntityTooLarge)
		bot.get(v1+"/pages/New").want(t, http.StatusNotFound)
		bot.do("POST", v1+"/pages/Soil", "", nil).want(t, http.StatusMethodNotAllowed)
		bot.get(v1+"/semantic-search?q=x").want(t, http.StatusNotFound)
	})

	t.Run("rename and delete", func(t *testing.T) {
		var moved struct {
			Old      string   `json:"old_path"`
			New      string   `json:"new_path"`
			Updated  []string `json:"updated_pages"`
			Revision string
		}
		rename := func(from, to string) answer {
			return bot.json("POST", v1+"/pages/"+from+"/rename", map[string]string{"new_path": to})
		}
		rename("Soil", "Earth/Soil").want(t, http.StatusOK).into(t, &moved)
		if moved.Old != "Soil" || moved.New != "Earth/Soil" || !slices.Equal(moved.Updated, []string{"Plants/Roses"}) || len(moved.Revision) != 40 {
			t.Errorf("%+v", moved)
		}
		if text := s.textOf(t, "garden", "Plants/Roses"); !strings.Contains(text, "Earth/Soil") {
			t.Errorf("links stayed: %q", text)
		}
		rename("Earth/Soil", "Plants/Roses").want(t, http.StatusConflict)
		rename("Earth/Soil", "Earth/Soil").want(t, http.StatusUnprocessableEntity)
		rename("Earth/Soil", " ").want(t, http.StatusUnprocessableEntity)
		rename("Earth/Soil", "../up").want(t, http.StatusUnprocessableEntity)
		rename("Nowhere", "Somewhere").want(t, http.StatusNotFound)
		bot.do("DELETE", v1+"/pages/Earth/Soil", "", nil).want(t, http.StatusOK).says(t, `"deleted":true`, `"path":"Earth/Soil"`)
		bot.do("DELETE", v1+"/pages/Earth/Soil", "", nil).want(t, http.StatusNotFound)
		bot.get(v1+"/pages/Earth/Soil/history").want(t, http.StatusOK).says(t, "[api] Delete: Earth/Soil", "about soil")
	})
}

func TestWikiAPILists(t *testing.T) {
	s := MustWikiSite(t)
	ann := s.MustPerson(t, "ann")
	slug := s.MustWiki(t, "garden", ann, preferences.Private)
	bot := s.MustToken(t, slug, ann, platform.RoleViewer)
	s.MustWrite(t, "garden", "Plants/Roses", "---\ncategory: plants\ntags: flower, red\n---\n\n# Roses\n\nSee [[Plants/Oak]] and [[Gone]].\n")
	s.MustWrite(t, "garden", "Plants/Oak", "---\ncategory: plants\ntags: tree\n---\n\n# Oak\n\nA tree.\n")

	paths := func(query string) []string {
		t.Helper()
		var list struct {
			Pages []struct {
				Path, Name  string
				Tags        []string
				LastUpdated string `json:"last_updated"`
				Words       int    `json:"content_length"`
			}
			Total int
		}
		bot.get(v1+"/pages"+query).want(t, http.StatusOK).into(t, &list)
		var paths []string
		for _, p := range list.Pages {
			paths = append(paths, p.Path)
			if _, err := time.Parse(time.DateOnly, p.LastUpdated); err != nil || p.Name == "" || p.Tags == nil {
				t.Errorf("%+v", p)
			}
		}
		if list.Total != len(paths) {
			t.Errorf("total %d of %d", list.Total, len(paths))
		}
		return paths
	}
	tomorrow := time.Now().Add(24 * time.Hour).UTC().Format(time.DateOnly)
	for query, want := range map[string][]string{
		"?prefix=plants/":                              {"Plants/Oak", "Plants/Roses"},
		"?prefix=Plants/&tag=FLOWER":                   {"Plants/Roses"},
		"?category=Plants&tag=tree":                    {"Plants/Oak"},
		"?tag=nothing":                                 nil,
		"?updated_since=" + tomorrow:                   nil,
		"?tag=tree&updated_since=2020-01-01T00:00:00Z": {"Plants/Oak"},
	} {
		if got := paths(query); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	if all := paths(""); !slices.Contains(all, "Home") || len(all) < 4 {
		t.Errorf("all pages: %q", all)
	}
	bot.get(v1+"/pages?updated_since=yesterday").want(t, http.StatusUnprocessableEntity)

	var found struct {
		Query   string
		Results []struct {
			Path, Snippet string
			Score         float64
		}
		Total int
	}
	bot.get(v1+"/search?q=tree").want(t, http.StatusOK).into(t, &found)
	if found.Query != "tree" || found.Total != len(found.Results) || found.Total == 0 || found.Results[0].Path != "Plants/Oak" ||
		found.Results[0].Score != 1 || !strings.Contains(found.Results[0].Snippet, "<mark>") {
		t.Errorf("%+v", found)
	}
	bot.get(v1+"/search").want(t, http.StatusUnprocessableEntity)
	bot.get(v1+"/search?q=tree&limit=x").want(t, http.StatusBadRequest)

	bot.get(v1+"/links/Plants/Roses").want(t, http.StatusOK).says(t, `"links_to":["Gone","Plants/Oak"]`, `"linked_from":[]`)
	bot.get(v1+"/links/Gone").want(t, http.StatusOK).says(t, `"linked_from":["Plants/Roses"]`)
	bot.get(v1+"/links/Never").want(t, http.StatusNotFound)
	bot.get(v1+"/links").want(t, http.StatusOK).says(t, `"Gone"`, `{"source":"Plants/Roses","target":"Plants/Oak"}`)
	bot.get(v1+"/changelog?limit=1").want(t, http.StatusOK).says(t, `"pages_affected":["Plants/Oak"]`, `"total":1`).hides(t, "Roses")
	bot.get(v1+"/pages/Plants/Oak/history?limit=5").want(t, http.StatusOK).says(t, `"path":"Plants/Oak"`, "write Plants/Oak")
	bot.get(v1+"/pages/Never/history").want(t, http.StatusNotFound)
}

func TestWikiAPIAttachments(t *testing.T) {
	s := MustWikiSite(t)
	if err := s.store.SaveTier(t.Context(), platform.Tier{Name: "small", AttachmentBytes: 1 << 20, Wikis: 5}); err != nil {
		t.Fatal(err)
	}
	ann := s.MustPersonOfTier(t, "ann", "small")
	slug := s.MustWiki(t, "garden", ann, preferences.Private)
	bot := s.MustToken(t, slug, ann, platform.RoleEditor)
	files := v1 + "/pages/Home/attachments"
	data := strings.Repeat("petals \x00\xff", 5000)
	b64 := base64.StdEncoding.EncodeToString([]byte(data))

	bot.json("POST", files, map[string]any{"filename": "dir/rose.png", "content": b64}).want(t, http.StatusCreated).
		says(t, `"filename":"rose.png"`, `"path":"Home"`, fmt.Sprintf(`"size":%d`, len(data)), `"mime_type":"image/png"`)
	bot.json("POST", files, map[string]any{"filename": "rose.png", "content": b64}).want(t, http.StatusConflict)
	bot.json("POST", files, map[string]any{"filename": "rose.png", "content": b64, "replace": true}).want(t, http.StatusCreated)
	var got struct {
		Filename, Content string
		Size              int
	}
	bot.get(files+"/rose.png").want(t, http.StatusOK).into(t, &got)
	if got.Content != b64 || got.Size != len(data) || got.Filename != "rose.png" {
		t.Errorf("%.60q, %d bytes", got.Content, got.Size)
	}
	raw := bot.get(files+"/rose.png/raw").want(t, http.StatusOK)
	if string(raw.body) != data || !strings.HasPrefix(raw.header.Get("Content-Disposition"), "attachment") ||
		raw.header.Get("Content-Type") != "application/octet-stream" || !strings.Contains(raw.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%v", raw.header)
	}
	bot.with("GET", files+"/rose.png/raw", nil, "If-None-Match", raw.header.Get("ETag")).want(t, http.StatusNotModified)

	bot.do("PUT", files+"/notes.txt", "text/plain", strings.NewReader("one")).want(t, http.StatusCreated)
	bot.do("PUT", files+"/notes.txt", "text/plain", strings.NewReader("two")).want(t, http.StatusOK)
	if a := bot.get(files+"/notes.txt/raw").want(t, http.StatusOK); string(a.body) != "two" {
		t.Errorf("%s", a)
	}
	bot.get(files).want(t, http.StatusOK).says(t, `"total":2`, `"filename":"notes.txt"`, `"last_modified":"`)
	bot.do("PUT", files+"/big.bin", "", strings.NewReader(strings.Repeat("x", 1<<20+1))).want(t, http.StatusRequestEntityTooLarge)
	bot.do("PUT", files+"/chunked.bin", "", struct{ *strings.Reader }{strings.NewReader("x")}).want(t, http.StatusLengthRequired)
	bot.do("PUT", v1+"/pages/Nowhere/attachments/a.txt", "", strings.NewReader("x")).want(t, http.StatusNotFound)
	for name, body := range map[string]map[string]any{
		"no name":    {"content": b64},
		"no content": {"filename": "x.txt"},
		"a page":     {"filename": "x.md", "content": b64},
		"no base64":  {"filename": "x.txt", "content": "%%%"},
	} {
		if a := bot.json("POST", files, body); a.status != http.StatusUnprocessableEntity && a.status != http.StatusBadRequest {
			t.Errorf("%s: %s", name, a)
		}
	}
	bot.do("DELETE", files+"/rose.png", "", nil).want(t, http.StatusOK).says(t, `"deleted":true`)
	bot.do("DELETE", files+"/rose.png", "", nil).want(t, http.StatusNotFound)
	bot.get(files+"/rose.png").want(t, http.StatusNotFound)
	bot.get(files+"/..%2FHome.md").want(t, http.StatusUnprocessableEntity)
}

// TestWikiAPIRights has everybody ask for the same.
func TestWikiAPIRights(t *testing.T) {
	s := MustWikiSite(t)
	ann, bob := s.MustPerson(t, "ann"), s.MustPerson(t, "bob")
	slug := s.MustWiki(t, "garden", ann, preferences.Private)
	other := s.MustWiki(t, "orchard", bob, preferences.Private)
	s.MustWrite(t, "garden", "Secret", "The key is under the stone.\n")
	viewer, stranger := s.MustToken(t, slug, ann, platform.RoleViewer), s.anonymous(t)
	foreign := s.MustToken(t, other, bob, platform.RoleAdmin)
	late, info, err := s.store.CreateWikiToken(t.Context(), slug, bob.account.ID, "of nobody here", platform.RoleAdmin, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	outsider := s.anonymous(t)
	outsider.bearer = late

	write := func(v *visitor) answer { return v.json("PUT", v1+"/pages/New", map[string]string{"content": "x"}) }
	if a := write(viewer); a.status != http.StatusForbidden || a.code(t) != "forbidden" {
		t.Errorf("a token for reading writes: %s", a)
	}
	viewer.get(v1+"/pages/Secret").want(t, http.StatusOK)
	foreign.get(v1+"/pages/Secret").want(t, http.StatusUnauthorized).hides(t, "stone")
	outsider.get(v1+"/pages/Secret").want(t, http.StatusNotFound) // token info.ID gives no more than its account has
	if info.Role != platform.RoleAdmin {
		t.Fatal(info)
	}

	// Nobody who may not know can tell a private wiki from none.
	for _, v := range []*visitor{stranger, bob.visitor, outsider} {
		for _, path := range []string{"/pages", "/health", "/pages/Secret", "/pages/None", "/search?q=key", "/links", "/changelog",
			"/pages/Secret/attachments/a.png", "/pages/%00", "/pages/..%2F..", "/pages/Secret?revision=zz"} {
			there, none := v.get("/w/garden/api/v1"+path), v.get("/w/garden-not/api/v1"+path)
			if v == outsider { // the token itself is for garden
				none = bob.get("/w/garden-not/api/v1" + path)
			}
			if there.status != none.status || noise.ReplaceAllString(string(there.body), "") != noise.ReplaceAllString(string(none.body), "") ||
				there.header.Get("WWW-Authenticate") != none.header.Get("WWW-Authenticate") {
				t.Errorf("%s: a private wiki is told from none:\n%s\n%s", path, there, none)
			}
			there.hides(t, "stone")
		}
		if a := write(v); a.status != http.StatusUnauthorized && a.status != http.StatusNotFound {
			t.Errorf("%s", a)
		}
	}
	if a := stranger.get(v1 + "/pages"); a.status != http.StatusUnauthorized || a.header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("%s", a)
	}

	t.Run("rules", func(t *testing.T) {
		s.MustAdmit(t, "garden", bob, wiki.RoleEditor)
		rule := access.Rule{Path: "Secret", Who: access.Who{Account: ann.account.ID}, Grant: access.Read | access.Write | access.Upload}
		if err := s.MustOpen(t, "garden", nil).SaveRule(t.Context(), rule); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/pages", "/search?q=stone", "/links", "/changelog", "/links/Secret", "/pages/Secret", "/pages/Secret/history"} {
			bob.get(v1+path).hides(t, "Secret\"", "under the", "write Secret")
		}
		bob.get(v1+"/pages/Secret").want(t, http.StatusNotFound)
		bob.json("PUT", v1+"/pages/Secret", map[string]string{"content": "mine"}).want(t, http.StatusNotFound)
		bob.json("POST", v1+"/pages/Home/rename", map[string]string{"new_path": "Secret"}).want(t, http.StatusNotFound)
		bob.json("PUT", v1+"/pages/Open", map[string]string{"content": "ours"}).want(t, http.StatusCreated)
		ann.get(v1+"/pages/Secret").want(t, http.StatusOK)
	})
}

// TestWikiAPIPace stops a program that runs wild.
func TestWikiAPIPace(t *testing.T) {
	s := MustWikiSite(t)
	ann := s.MustPerson(t, "ann")
	bot := s.MustToken(t, s.MustWiki(t, "garden", ann, preferences.Private), ann, platform.RoleEditor)
	burst := web.DefaultWritePaces().Account.Burst
	for i := range 2 * burst {
		a := bot.json("PUT", fmt.Sprintf("%s/pages/Page%d", v1, i), map[string]string{"content": "x"})
		if a.status == http.StatusCreated {
			continue
		}
		a.want(t, http.StatusTooManyRequests)
		if i < burst || a.header.Get("Retry-After") == "" {
			t.Errorf("stopped at %d, retry after %q", i, a.header.Get("Retry-After"))
		}
		bot.get(v1+"/pages/Page0").want(t, http.StatusOK)
		return
	}
	t.Errorf("%d writes were taken at once", 2*burst)
}
