package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// form is what an editor's form would send, with a message.
func form(revision, text string) url.Values {
	return url.Values{"content": {text}, "revision": {revision}, "commit": {"a message"}}
}

func TestWikiWriteAPage(t *testing.T) {
	s, ann := garden(t)
	ann.get("/w/garden/-/create?pagename=Herbs/Mint").want(t, http.StatusOK).says(t, `value="Herbs/Mint"`, "Plants/")
	ann.post("/w/garden/-/create", url.Values{"pagename": {"?"}}).want(t, http.StatusUnprocessableEntity).says(t, "A page needs a name.")
	ann.post("/w/garden/-/create", url.Values{"pagename": {"plants/ROSES"}}).leads(t, "/w/garden/Plants/Roses?notice=exists")
	at := ann.post("/w/garden/-/create", url.Values{"pagename": {" /Herbs//Min?t "}}).header.Get("Location")
	if !strings.EqualFold(at, "/w/garden/Herbs/Mint/edit") {
		t.Fatalf("the editor is at %s", at)
	}
	ann.get(at).want(t, http.StatusOK).says(t, "New page “", `name="revision" value=""`)
	page := strings.TrimSuffix(at, "/edit")

	ann.post(page+"/save", url.Values{"content": {"# Mint\r\n\r\nGreen\r\n"}}).want(t, http.StatusUnprocessableEntity).
		says(t, "Green", "This wiki asks for a few words on what you changed.")
	ann.post(page+"/save", form("", "# Mint\r\n\r\nGreen\r\n")).leads(t, page+"?notice=page-created")
	ann.get(page+"?notice=page-created").want(t, http.StatusOK).says(t, "The page is created.", "<p>Green</p>")
	name := strings.TrimPrefix(page, "/w/garden/")
	if text := s.textOf(t, "garden", name); text != "# Mint\n\nGreen\n" {
		t.Errorf("stored as %q", text)
	}

	rev := s.revisionOf(t, "garden", name)
	ann.get(at).want(t, http.StatusOK).says(t, `name="revision" value="`+rev)
	ann.post(page+"/save", form(rev, "# Mint\n\nGreen\n")).leads(t, page+"?notice=unchanged")
	ann.post(page+"/save", form(rev, "# Mint\n\nVery green\n")).leads(t, page+"?notice=page-saved")
	ann.get(at+"/"+rev).want(t, http.StatusOK).says(t, "\nGreen\n", `name="revision" value="`+s.revisionOf(t, "garden", name))
	ann.get(at+"/none").want(t, http.StatusNotFound)

	ann.post(page+"/save", form("not a revision", "x")).want(t, http.StatusUnprocessableEntity).says(t, ">\nx</textarea>")
	ann.post(page+"/save", form("0123456789", "x")).want(t, http.StatusNotFound)
	big := ann.post(page+"/save", form(s.revisionOf(t, "garden", name), strings.Repeat("x", 1<<20+1))).want(t, http.StatusRequestEntityTooLarge)
	big.says(t, "A page may have 1024 KB.")
	ann.post(page+"/save", form("", strings.Repeat("x", 4<<20))).want(t, http.StatusRequestEntityTooLarge)
	ann.do("POST", page+"/save", "text/plain", strings.NewReader("x")).want(t, http.StatusUnprocessableEntity)
}

func TestWikiConflict(t *testing.T) {
	s, ann := garden(t)
	const page = "/w/garden/Lines"
	s.MustWrite(t, "garden", "Lines", "one\n\ntwo\n\nthree\n\nfour\n\nfive\n")
	rev := s.revisionOf(t, "garden", "Lines")
	s.MustWrite(t, "garden", "Lines", "one\n\ntwo\n\nthree\n\nfour\n\nFIVE\n")
	ann.post(page+"/save", form(rev, "ONE\n\ntwo\n\nthree\n\nfour\n\nfive\n")).leads(t, page+"?notice=merged")
	if text := s.textOf(t, "garden", "Lines"); text != "ONE\n\ntwo\n\nthree\n\nfour\n\nFIVE\n" {
		t.Errorf("merged to %q", text)
	}
	clash := ann.post(page+"/save", form(rev, "one\n\ntwo\n\nthree\n\nfour\n\ncinq\n")).want(t, http.StatusConflict)
	now := s.revisionOf(t, "garden", "Lines")
	clash.says(t, "cinq", "FIVE", "&lt;&lt;&lt;&lt;&lt;&lt;&lt;", `name="revision" value="`+now)
	ann.post(page+"/save", form(now, "ONE\n\ncinq\n")).leads(t, page+"?notice=page-saved")
	// A form without a revision says that there was no page.
	ann.post(page+"/save", url.Values{"content": {"all new"}, "commit": {"x"}}).want(t, http.StatusConflict)

	rev = s.revisionOf(t, "garden", "Lines")
	if _, err := s.MustOpen(t, "garden", nil).Delete(t.Context(), MustName(t, "Lines"), false, ""); err != nil {
		t.Fatal(err)
	}
	ann.post(page+"/save", form(rev, "changed\n")).want(t, http.StatusConflict).says(t, "changed", `name="revision" value=""`)
	ann.post(page+"/save", form("", "changed\n")).leads(t, page+"?notice=page-created")
}

func TestWikiSection(t *testing.T) {
	s, ann := garden(t)
	rev := s.revisionOf(t, "garden", "Plants/Roses")
	ann.get("/w/garden/Plants/Roses").want(t, http.StatusOK).says(t, "/w/garden/Plants/Roses/section/1")
	ann.get("/w/garden/Plants/Roses/section/1").want(t, http.StatusOK).
		says(t, "Prune in March.", "Section “Care”", `name="section" value="1"`).hides(t, "They are")
	f := form(rev, "## Care\n\nPrune in April.\n")
	f.Set("section", "1")
	ann.post("/w/garden/Plants/Roses/save", f).leads(t, "/w/garden/Plants/Roses?notice=page-saved")
	if text := s.textOf(t, "garden", "Plants/Roses"); !strings.Contains(text, "They are *red*") || !strings.Contains(text, "April") {
		t.Errorf("text %q", text)
	}
	for _, section := range []string{"7", "-1", "x"} {
		f.Set("section", section)
		ann.post("/w/garden/Plants/Roses/save", f).want(t, http.StatusUnprocessableEntity)
	}
}

func TestWikiTemplate(t *testing.T) {
	s, ann := garden(t)
	s.MustWrite(t, "garden", "Templates/Plant", "# {{title}}\n\nBy {{author}}.\n")
	s.MustPrefer(t, "garden", preferences.ContentPage, "HOLT_TEMPLATE_TREE", "Templates", "RETAIN_PAGE_NAME_CASE", "True")
	ann.get("/w/garden/-/create").want(t, http.StatusOK).says(t, `<option value="Templates/Plant">`)
	ann.get("/w/garden/Plants/Fern").want(t, http.StatusNotFound).says(t, "/w/garden/Plants/Fern/edit?template=Templates")
	a := ann.post("/w/garden/-/create", url.Values{"pagename": {"Plants/Fern"}, "template": {"Templates/Plant"}}).
		leads(t, "/w/garden/Plants/Fern/edit?template=Templates%2FPlant")
	ann.get(a.header.Get("Location")).want(t, http.StatusOK).says(t, "# Fern\n\nBy Ann.")
}

func TestWikiDraft(t *testing.T) {
	s, ann := garden(t)
	const page = "/w/garden/Plants/Roses"
	rev := s.revisionOf(t, "garden", "Plants/Roses")
	var answer struct{ Status string }
	ann.post(page+"/draft", url.Values{"content": {"my draft\r\nof roses"}, "revision": {rev}, "cursor_line": {"1"}, "cursor_ch": {"3"}}).
		want(t, http.StatusOK).into(t, &answer)
	if answer.Status != "draft saved" {
		t.Errorf("answer %+v", answer)
	}
	ann.get(page+"/edit").want(t, http.StatusOK).says(t, "Go on with the draft", "my draft")
	ann.get("/w/garden/-/drafts").want(t, http.StatusOK).says(t, "Plants/Roses")
	ann.post(page+"/edit", url.Values{"draft": {"edit"}}).want(t, http.StatusOK).
		says(t, "my draft\nof roses</textarea>", `data-draft-line="1" data-draft-ch="3"`, `name="revision" value="`+rev)
	ann.post(page+"/edit", url.Values{"draft": {"burn"}}).want(t, http.StatusUnprocessableEntity)
	ann.post(page+"/edit", url.Values{"draft": {"discard"}}).leads(t, page+"/edit?notice=discarded")
	ann.get(page+"/edit").want(t, http.StatusOK).says(t, "They are *red*").hides(t, "my draft")
	ann.post(page+"/edit", url.Values{"draft": {"edit"}}).leads(t, page+"/edit")

	ann.post(page+"/draft", form(rev, "another")).want(t, http.StatusOK)
	ann.post(page+"/save", form(rev, "# Roses\n\nPink.\n")).leads(t, page+"?notice=page-saved")
	ann.get("/w/garden/-/drafts").want(t, http.StatusOK).hides(t, "Plants/Roses/edit")

	if code := ann.post(page+"/draft", form("../..", "x")).want(t, http.StatusUnprocessableEntity).code(t); code != "invalid" {
		t.Errorf("code %s", code)
	}
	if code := ann.post(page+"/draft", form("", strings.Repeat("x", 1<<20+1))).want(t, http.StatusRequestEntityTooLarge).code(t); code != "too_large" {
		t.Errorf("code %s", code)
	}
}

func TestWikiDraftsOfStrangers(t *testing.T) {
	s, _ := garden(t)
	s.MustWiki(t, "meadow", s.MustPerson(t, "bob"), preferences.Public)
	for _, slug := range []string{"garden", "meadow"} {
		s.MustPrefer(t, slug, preferences.PermissionsPage, "WRITE_ACCESS", "ANONYMOUS")
	}
	cleo, dora := s.anonymous(t), s.anonymous(t)
	a := cleo.get("/w/garden/Home/edit").want(t, http.StatusOK)
	cookie := a.header.Get("Set-Cookie")
	for _, part := range []string{"holt_draft=", "Path=/w/garden/", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("cookie %s has no %s", cookie, part)
		}
	}
	cleo.post("/w/garden/Home/draft", form("", "cleo's draft")).want(t, http.StatusOK)
	cleo.get("/w/garden/Home/edit").want(t, http.StatusOK).says(t, "Go on with the draft")
	dora.get("/w/garden/Home/edit").want(t, http.StatusOK).hides(t, "Go on with the draft", "cleo")
	cleo.get("/w/meadow/Home/edit").want(t, http.StatusOK).hides(t, "cleo")
	s.anonymous(t).post("/w/garden/Home/draft", form("", "no cookie")).want(t, http.StatusUnprocessableEntity)
	rev := s.revisionOf(t, "garden", "Home")
	cleo.post("/w/garden/Home/save", form(rev, "By a stranger.\n")).leads(t, "/w/garden/Home?notice=page-saved")
	cleo.get("/w/garden/Home/history").want(t, http.StatusOK).says(t, "Anonymous")
}

func TestWikiPreview(t *testing.T) {
	_, ann := garden(t)
	const page = "/w/garden/Plants/Roses/preview"
	text := url.Values{"content": {"# A\n\n$x$ [[Tulips]] <script>alert(1)</script>\n\n```mermaid\ngraph\n```\n"}}
	var answer struct {
		Content      string          `json:"preview_content"`
		Contents     string          `json:"preview_toc"`
		Requirements map[string]bool `json:"library_requirements"`
		Script       *string         `json:"preview_js"`
	}
	ann.post(page, text).want(t, http.StatusOK).into(t, &answer)
	if !strings.Contains(answer.Content, "<h1") || strings.Contains(answer.Content, "<script>") ||
		!strings.Contains(answer.Contents, `href="#a"`) || answer.Script == nil ||
		!answer.Requirements["requires_mermaid"] || !answer.Requirements["requires_mathjax"] {
		t.Errorf("answer %+v", answer)
	}
	a := ann.with("POST", page, strings.NewReader(text.Encode()), "Accept", "text/html,*/*", "Content-Type", "application/x-www-form-urlencoded")
	a.want(t, http.StatusOK).says(t, "A preview. Nothing is saved yet", "<textarea", "# A\n").hides(t, "<script>alert")
	ann.post(page, url.Values{"content": {strings.Repeat("x", 1<<20+1)}}).want(t, http.StatusRequestEntityTooLarge)
}

func TestWikiRename(t *testing.T) {
	s, ann := garden(t)
	s.MustWrite(t, "garden", "Plants/Roses/Wild", "wild\n")
	s.MustPrefer(t, "garden", preferences.ContentPage, "RETAIN_PAGE_NAME_CASE", "True")
	const page = "/w/garden/Plants/Roses/rename"
	ann.get(page).want(t, http.StatusOK).says(t, `value="Plants/Roses"`, "Plants/Roses/Wild", "1\u00a0attachment")
	for name, status := range map[string]int{
		"": http.StatusUnprocessableEntity, "Plants/Tulips": http.StatusConflict, "Plants/Roses": http.StatusUnprocessableEntity,
		"Plants/edit": http.StatusUnprocessableEntity, "../..": http.StatusUnprocessableEntity,
	} {
		ann.post(page, url.Values{"new_pagename": {name}, "message": {"why"}}).want(t, status).says(t, `aria-invalid="true"`, `value="why"`)
	}
	ann.post(page, url.Values{"new_pagename": {"Flowers/Roses"}, "update_backlinks": {"yes"}}).leads(t, "/w/garden/Flowers/Roses?notice=links-followed")
	ann.get("/w/garden/Flowers/Roses/Wild").want(t, http.StatusOK)
	ann.get("/w/garden/Flowers/Roses/a/plan.txt").want(t, http.StatusOK)
	if text := s.textOf(t, "garden", "Plants/Tulips"); !strings.Contains(text, "(/Flowers/Roses)") {
		t.Errorf("the links stayed: %q", text)
	}
	ann.post("/w/garden/Flowers/Roses/rename", url.Values{"new_pagename": {"Roses"}}).leads(t, "/w/garden/Roses?notice=renamed")
	if text := s.textOf(t, "garden", "Plants/Tulips"); !strings.Contains(text, "(/Flowers/Roses)") {
		t.Errorf("the links followed unasked: %q", text)
	}
}

func TestWikiDelete(t *testing.T) {
	s, ann := garden(t)
	s.MustWrite(t, "garden", "Plants/Roses/Wild", "wild\n")
	ann.get("/w/garden/Plants/Roses/delete").want(t, http.StatusOK).says(t, "Plants/Roses/Wild", "plan.txt")
	ann.get("/w/garden/Plants/delete").want(t, http.StatusOK).says(t, "All of them go")
	ann.post("/w/garden/Plants/Roses/delete", url.Values{"recursive": {"no"}, "message": {"gone now"}}).leads(t, "/w/garden/-/changelog?notice=page-deleted")
	ann.get("/w/garden/-/changelog?notice=page-deleted").want(t, http.StatusOK).says(t, "gone now", "Deleted.")
	ann.get("/w/garden/Plants/Roses/Wild").want(t, http.StatusOK)
	ann.post("/w/garden/Plants/delete", url.Values{"recursive": {"yes"}}).leads(t, "/w/garden/-/changelog?notice=page-deleted")
	ann.get("/w/garden/Plants/Roses/Wild").want(t, http.StatusNotFound)
	ann.post("/w/garden/Plants/delete", nil).want(t, http.StatusNotFound)
}

func TestWikiRevert(t *testing.T) {
	s, ann := garden(t)
	before := s.textOf(t, "garden", "Plants/Tulips")
	s.MustWrite(t, "garden", "Plants/Tulips", "spoilt\n")
	rev := s.revisionOf(t, "garden", "Plants/Tulips")
	ann.get("/w/garden/-/revert/"+rev).want(t, http.StatusOK).says(t, "Take this change back?", "Plants/Tulips")
	a := ann.post("/w/garden/-/revert/"+rev, url.Values{"message": {"undo"}}).want(t, http.StatusSeeOther)
	ann.get(a.header.Get("Location")).want(t, http.StatusOK).says(t, "undo", "was taken back")
	if text := s.textOf(t, "garden", "Plants/Tulips"); text != before {
		t.Errorf("text %q", text)
	}
	ann.post("/w/garden/-/revert/"+rev, nil).want(t, http.StatusUnprocessableEntity).says(t, "taken back already")
	s.MustWrite(t, "garden", "Plants/Tulips", "other\n")
	ann.post("/w/garden/-/revert/"+rev, nil).want(t, http.StatusConflict).says(t, "changed since")
	ann.post("/w/garden/-/revert/ffff", nil).want(t, http.StatusNotFound)
}

func TestWikiUpload(t *testing.T) {
	s, ann := garden(t)
	const page = "/w/garden/Plants/Tulips/attachments"
	large := strings.Repeat("0123456789abcdef", 1<<16) // does not stay in memory
	ann.send(page, "file", []file{{"a.txt", "first"}, {`C:\temp\b .bin`, large}}, url.Values{"message": {"two files"}}).leads(t, page+"?notice=attached")
	ann.get(page).want(t, http.StatusOK).says(t, "a.txt", "b .bin", "two files")
	if got := ann.get("/w/garden/Plants/Tulips/a/b%20.bin").want(t, http.StatusOK); string(got.body) != large {
		t.Errorf("%d bytes came back of %d", len(got.body), len(large))
	}
	if n := len(mustHistory(t, s, "garden")); n != 5 { // first pages, two pages and a file, and this
		t.Errorf("%d commits", n)
	}
	ann.send(page, "file[]", []file{{"c.txt", "c"}}, nil).leads(t, page+"?notice=attached")
	ann.send(page, "file", []file{{"a.txt", "second"}}, nil).want(t, http.StatusConflict).says(t, "one of this name already")
	ann.send(page, "file", []file{{"x.txt", "second"}}, url.Values{"filename": {"a.txt"}}).leads(t, page+"?notice=replaced")
	ann.get("/w/garden/Plants/Tulips/a/a.txt").says(t, "second")
	ann.send(page, "file", nil, nil).want(t, http.StatusUnprocessableEntity).says(t, "Choose a file to upload.")
	ann.send(page, "file", []file{{"page.md", "# no"}}, nil).want(t, http.StatusUnprocessableEntity)
	ann.send(page, "file", []file{{"...", "x"}}, nil).want(t, http.StatusUnprocessableEntity)
	ann.post(page, url.Values{"file": {"x"}}).want(t, http.StatusUnprocessableEntity)
	ann.do("POST", page, "multipart/form-data; boundary=x", strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"h\"\r\n\r\ncut")).
		want(t, http.StatusBadRequest)
	s.MustPrefer(t, "garden", preferences.ContentPage, "HOLT_ATTACHMENT_LIMIT", "1")
	ann.send(page, "file", []file{{"huge.bin", large + "!"}}, nil).want(t, http.StatusRequestEntityTooLarge).says(t, "is larger than")
	ann.get("/w/garden/Plants/Tulips/a/huge.bin").want(t, http.StatusNotFound)
}

func mustHistory(tb testing.TB, s *wikiSite, slug string) []wiki.Entry {
	tb.Helper()
	entries, err := s.MustOpen(tb, slug, nil).Changelog(tb.Context(), wiki.Newest, 100)
	if err != nil {
		tb.Fatal(err)
	}
	return entries
}

func TestWikiInlineUpload(t *testing.T) {
	_, ann := garden(t)
	const page = "/w/garden/Plants/Roses/inline_attachment"
	var answer struct {
		FileName    string `json:"filename"`
		Attachments []struct {
			FileName  string  `json:"filename"`
			URL       string  `json:"url"`
			Thumbnail *string `json:"thumbnail_url"`
		} `json:"attachments"`
	}
	ann.send(page, "file", []file{{"shot.png", "png"}}, nil).want(t, http.StatusOK).into(t, &answer)
	if answer.FileName != "./shot.png" || len(answer.Attachments) != 2 || answer.Attachments[1].Thumbnail == nil ||
		answer.Attachments[0].URL != "/w/garden/Plants/Roses/a/plan.txt" || answer.Attachments[0].Thumbnail != nil {
		t.Errorf("answer %+v", answer)
	}
	ann.send(page, "file", []file{{"shot.png", "other"}}, nil).want(t, http.StatusOK).into(t, &answer)
	if answer.FileName != "./shot-2.png" {
		t.Errorf("the second is called %s", answer.FileName)
	}
	ann.get("/w/garden/Plants/Roses/a/shot.png").says(t, "png")
	if code := ann.send(page, "file", nil, nil).want(t, http.StatusUnprocessableEntity).code(t); code != "invalid" {
		t.Errorf("code %s", code)
	}
}

func TestWikiFileForms(t *testing.T) {
	s, ann := garden(t)
	const about = "/w/garden/Plants/Roses/attachment/"
	s.MustAttach(t, "garden", "Plants/Roses", "other.txt", "other")
	ann.send(about+"plan.txt", "file", []file{{"new plan.doc", "a new plan"}}, url.Values{"operation": {"replace"}}).leads(t, about+"plan.txt?notice=replaced")
	ann.get("/w/garden/Plants/Roses/a/plan.txt").says(t, "a new plan")
	ann.send(about+"plan.txt", "file", nil, url.Values{"operation": {"replace"}}).want(t, http.StatusUnprocessableEntity).says(t, "Choose a file.")
	ann.post(about+"plan.txt", url.Values{"operation": {"rename"}, "new_filename": {"other.txt"}}).want(t, http.StatusConflict).says(t, `value="other.txt"`)
	ann.post(about+"plan.txt", url.Values{"operation": {"rename"}, "new_filename": {"//"}}).want(t, http.StatusUnprocessableEntity)
	ann.post(about+"plan.txt", url.Values{"operation": {"burn"}}).want(t, http.StatusUnprocessableEntity)
	ann.post(about+"plan.txt", url.Values{"new_filename": {"bed.txt"}}).leads(t, about+"bed.txt?notice=file-renamed")
	ann.get(about+"bed.txt").want(t, http.StatusOK).says(t, "Renamed plan.txt to bed.txt")
	ann.post(about+"plan.txt", url.Values{"operation": {"delete"}}).want(t, http.StatusNotFound)
	ann.post(about+"bed.txt", url.Values{"operation": {"delete"}}).leads(t, "/w/garden/Plants/Roses/attachments?notice=file-deleted")
	ann.get("/w/garden/Plants/Roses/a/bed.txt").want(t, http.StatusNotFound)

	bob := s.MustPerson(t, "bob")
	s.MustAdmit(t, "garden", bob, "")
	rule := access.Rule{Path: "Plants", Tree: true, Who: access.Who{Account: bob.account.ID}, Grant: access.Read | access.Write}
	if err := s.MustOpen(t, "garden", nil).SaveRule(t.Context(), rule); err != nil {
		t.Fatal(err)
	}
	bob.post(about+"other.txt", url.Values{"operation": {"rename"}, "new_filename": {"mine.txt"}}).want(t, http.StatusForbidden)
	bob.send(about+"other.txt", "file", []file{{"x", "x"}}, url.Values{"operation": {"replace"}}).want(t, http.StatusForbidden)
	bob.send("/w/garden/Plants/Roses/attachments", "file", []file{{"x", "x"}}, nil).want(t, http.StatusForbidden)
	bob.post(about+"other.txt", url.Values{"operation": {"delete"}}).want(t, http.StatusSeeOther)
}

// TestWikiReadersOnly walks everything that changes a wiki, as people who may
// only read it.
func TestWikiReadersOnly(t *testing.T) {
	s, _ := garden(t)
	head := s.revisionOf(t, "garden", "Plants/Roses")
	bob, anyone := s.MustPerson(t, "bob"), s.anonymous(t)
	for address, body := range map[string]url.Values{
		"GET Plants/Roses/edit": nil, "GET Plants/Roses/section/0": nil, "GET Plants/Roses/rename": nil, "GET Plants/Roses/delete": nil,
		"GET -/revert/" + head: nil, "POST Plants/Roses/save": form(head, "x"), "POST Plants/Roses/preview": {"content": {"x"}},
		"POST Plants/Roses/draft": {"content": {"x"}}, "POST Plants/Roses/edit": {"draft": {"discard"}},
		"POST Plants/Roses/rename": {"new_pagename": {"Y"}}, "POST Plants/Roses/delete": {}, "POST -/create": {"pagename": {"Y"}},
		"POST -/revert/" + head: {}, "POST Plants/Roses/attachments": {}, "POST Plants/Roses/inline_attachment": {},
		"POST Plants/Roses/attachment/plan.txt": {"operation": {"delete"}}, "GET Nowhere/edit": nil,
	} {
		method, path, _ := strings.Cut(address, " ")
		for name, v := range map[string]*visitor{"bob": bob.visitor, "anyone": anyone} {
			a := v.do(method, "/w/garden/"+path, "application/x-www-form-urlencoded", strings.NewReader(body.Encode()))
			if a.status != http.StatusForbidden {
				t.Errorf("%s as %s: %.300v", address, name, a)
			}
		}
	}
	if n := len(mustHistory(t, s, "garden")); n != 4 {
		t.Errorf("%d commits after refused changes", n)
	}
	a := anyone.with("POST", "/w/garden/Plants/Roses/save", nil, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	a.want(t, http.StatusForbidden)
}

func TestWikiFull(t *testing.T) {
	s := MustWikiSite(t)
	if err := s.store.SaveTier(t.Context(), platform.Tier{Name: "tiny", Wikis: 1, WikiPages: 5, WikiBytes: 1 << 20, AttachmentBytes: 1000}); err != nil {
		t.Fatal(err)
	}
	ann := s.MustPersonOfTier(t, "ann", "tiny")
	s.MustWiki(t, "small", ann, preferences.Public)
	full := false
	for i := range 6 {
		a := ann.post(fmt.Sprintf("/w/small/p%d/save", i), form("", "my long text\n"))
		if full = a.status == http.StatusRequestEntityTooLarge; full {
			a.says(t, "my long text", "This wiki is full")
			break
		}
		a.want(t, http.StatusSeeOther)
	}
	if !full {
		t.Error("six pages fit where five are allowed")
	}
	ann.get("/w/small/p0").want(t, http.StatusOK)
	ann.send("/w/small/p0/attachments", "file", []file{{"x.bin", strings.Repeat("x", 1001)}}, nil).want(t, http.StatusRequestEntityTooLarge)
}

func TestWikiWritesAreThrottled(t *testing.T) {
	s, ann := garden(t)
	s.MustPrefer(t, "garden", preferences.PermissionsPage, "WRITE_ACCESS", "ANONYMOUS")
	anyone := s.anonymous(t)
	waits := regexp.MustCompile(`Try again in \d+\x{a0}seconds?\.`)
	throttled := false
	for i := range 30 {
		a := anyone.post(fmt.Sprintf("/w/garden/n%d/save", i), form("", "precious text\n"))
		if throttled = a.status == http.StatusTooManyRequests; throttled {
			if a.header.Get("Retry-After") == "" || !waits.Match(a.body) {
				t.Errorf("nobody is told how long to wait: %v", a.header)
			}
			a.says(t, "precious text") // it comes back in the editor
			break
		}
		a.want(t, http.StatusSeeOther)
	}
	if !throttled {
		t.Fatal("a stranger may write without end")
	}
	s.anonymous(t).post("/w/garden/other/save", form("", "x\n")).want(t, http.StatusTooManyRequests)
	anyone.post("/w/garden/Home/delete", nil).want(t, http.StatusTooManyRequests)
	ann.post("/w/garden/mine/save", form("", "x\n")).want(t, http.StatusSeeOther)
	anyone.get("/w/garden/Home").want(t, http.StatusOK)
}
