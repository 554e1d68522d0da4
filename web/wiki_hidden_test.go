package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// vault is a wiki of ann's with a tree that a rule hides from all but her.
type vault struct {
	*wikiSite
	ann     *person
	commits []string // all, the newest first
}

// shown is a page that wants to show what is in the hidden tree.
const shown = "{{PageIndex}}\n\n{{PageIndex|src=/Vault|style=tree|toc=true}}\n\n{{AttachmentList|src=/Vault}}\n\n{{AttachmentList|src=Vault/a}}\n\n" +
	"{{DataTable|src=/Vault/figures.csv}}\n\n{{DataTable|src=Vault/figures.csv}}\n\n{{ImageFrame|src=/Vault/figures.csv}}\n\n{{Figure|src=/Vault/figures.csv}}\n\n" +
	"{{Video|src=/Vault/figures.csv}}\n\n[[Vault/a]] [[Vault/none]] ![x](/Vault/none.png)\n"

func MustVault(tb testing.TB) *vault {
	tb.Helper()
	v := &vault{wikiSite: MustWikiSite(tb)}
	v.ann = v.MustPerson(tb, "ann")
	v.MustWiki(tb, "garden", v.ann, preferences.Public)
	v.MustPrefer(tb, "garden", preferences.RepositoryPage, "GIT_WEB_SERVER", "True")
	v.MustPrefer(tb, "garden", preferences.PermissionsPage, "WRITE_ACCESS", "REGISTERED", "ATTACHMENT_ACCESS", "REGISTERED")
	v.MustPrefer(tb, "garden", preferences.ContentPage, "HOLT_TEMPLATE_TREE", "Vault/plantedtemplates")
	for _, page := range []struct{ name, text string }{
		{"Vault", "plantedtext of the top\n"},
		{"Vault/a", "a page\n"},
		{"Vault/plantedpage", "---\ntitle: plantedtitle\ntags: [plantedtag]\n---\n# plantedheading\n\nThe otter keeps plantedtext. [[Open]] [[Vault/plantedred]]\n"},
		{"Vault/plantedpage", "# plantedheading\n\nThe otter keeps plantedtext no more.\n"},
		{"Vault/plantedtemplates/plantedform", "plantedtext of a form\n"},
		{"Vault/moves", "plantedtext that was here before\n"},
		{"Vault/moves", "This will be open.\n"},
		{"Vault/plantedgone", "plantedtext that is gone\n"},
		{"Open", "Everybody reads this.\n"},
		{"Shown", shown},
	} {
		v.MustWrite(tb, "garden", page.name, page.text)
	}
	v.MustAttach(tb, "garden", "Vault", "figures.csv", "planted,column\nplantedcell,2\n")
	v.MustAttach(tb, "garden", "Vault/a", "plantedfile.txt", "plantedcontent\n")
	v.MustAttach(tb, "garden", "Vault/plantedpage", "plantedfile.txt", "plantedcontent\n")
	session := v.MustOpen(tb, "garden", nil)
	if _, err := session.Rename(tb.Context(), wiki.Rename{From: MustName(tb, "Vault/moves"), To: MustName(tb, "Opened"), Message: "rename"}); err != nil {
		tb.Fatal(err)
	}
	if _, err := v.MustOpen(tb, "garden", nil).Delete(tb.Context(), MustName(tb, "Vault/plantedgone"), false, "delete"); err != nil {
		tb.Fatal(err)
	}
	session = v.MustOpen(tb, "garden", nil)
	if err := session.SaveDraft(tb.Context(), wiki.Draft{Page: "Vault/planteddraft", Text: "plantedtext not saved"}); err != nil {
		tb.Fatal(err)
	}
	entries, err := session.Changelog(tb.Context(), wiki.Newest, 100)
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range entries {
		v.commits = append(v.commits, e.Hash.String())
	}
	rule := access.Rule{Path: "Vault", Tree: true, Who: access.Who{Account: v.ann.account.ID}, Grant: access.All &^ access.Admin}
	if err := session.SaveRule(tb.Context(), rule); err != nil {
		tb.Fatal(err)
	}
	return v
}

// requests returns everything that can be asked without changing anything.
func (v *vault) requests() []string {
	var all []string
	add := func(path string) {
		if !slices.Contains(all, path) {
			all = append(all, path)
		}
	}
	pages := []string{"Home", "Open", "Opened", "Shown", "Vault", "Vault/a", "Vault/none", "Vault/moves", "Vault/plantedpage", "vault/PLANTEDPAGE", "Vault/plantedgone", "Vault/planteddraft"}
	for _, rt := range web.WikiRoutes() {
		if rt.Method != "GET" || rt.Door {
			continue
		}
		onPages, onCommits := []string{"Open"}, v.commits[:1]
		if strings.Contains(rt.Pattern, "{page}") {
			onPages = pages
		}
		if strings.Contains(rt.Pattern, "{rev") || strings.Contains(rt.Pattern, "{a}") || strings.Contains(rt.Pattern, "{before") {
			onCommits = append(slices.Clone(v.commits), "HEAD", "")
		}
		files := []string{"figures.csv"}
		if strings.Contains(rt.Pattern, "{file}") {
			files = []string{"figures.csv", "plantedfile.txt", "plantedpage.md", "a.md"}
		}
		for _, page := range onPages {
			for i, commit := range onCommits {
				for _, file := range files {
					add(pathOf(rt.Pattern, map[string]string{"page": page, "rev": commit, "a": commit, "b": v.commits[min(i+1, len(v.commits)-1)],
						"before": commit, "file": file, "query": "otter", "tag": "", "topic": "admin", "n": "0"}))
				}
			}
		}
	}
	for _, query := range []string{"planted", "plantedtext", "otter", "tag:plantedtag", "title:planted*", `"keeps plantedtext"`, ".", "planted.*", "(?i)vault/p"} {
		q := url.QueryEscape(query)
		add("/-/search?query=" + q)
		add("/-/search?is_regexp=y&query=" + q)
		add("/-/search?is_casesensitive=y&query=" + q)
		add("/api/v1/search?q=" + q)
		add("/api/v1/search?regex=1&q=" + q)
	}
	for _, path := range []string{"/-/index?headings=yes", "/-/changelog?limit=1000", "/api/v1/pages?recursive=1&prefix=Vault", "/api/v1/pages?tag=plantedtag",
		"/api/v1/changelog?limit=100&path=Vault/plantedpage", "/-/create?template=Vault/plantedtemplates/plantedform", "/-/create?pagename=Vault/plantedp",
		"/Vault/figures.csv", "/Vault/plantedpage/plantedfile.txt", "/Vault/plantedp", "/.git/HEAD", "/.git/info/refs?service=git-upload-pack",
		"/.git/info/refs?service=git-receive-pack", "/.git/objects/info/packs", "/Open/edit?template=Vault/plantedtemplates/plantedform", "/New/edit?template=Vault/plantedtemplates/plantedform"} {
		add(path)
	}
	return all
}

// whispers returns what of the hidden tree an answer tells that was not asked.
func whispers(a answer, asked ...string) string {
	text := strings.ToLower(fmt.Sprint(a.header) + string(a.body))
	for i := 0; ; {
		at := strings.Index(text[i:], "planted")
		if at < 0 {
			return ""
		}
		i += at
		end := i
		for end < len(text) && 'a' <= text[end] && text[end] <= 'z' {
			end++
		}
		word := text[i:end]
		i = end
		if !slices.ContainsFunc(asked, func(s string) bool {
			decoded, err := url.QueryUnescape(s)
			return err == nil && strings.Contains(strings.ToLower(decoded), word)
		}) {
			return word
		}
	}
}

// TestRulesHideEverywhere walks a wiki as those from whom a rule hides a tree.
func TestRulesHideEverywhere(t *testing.T) {
	v := MustVault(t)
	member, stranger := v.MustPerson(t, "mel"), v.MustPerson(t, "eve")
	v.MustAdmit(t, "garden", member, wiki.RoleEditor)
	editor := v.MustToken(t, MustSlug(t, "garden"), member, platform.RoleEditor)
	others := map[string]*visitor{"anonymous": v.anonymous(t), "member": member.visitor, "stranger": stranger.visitor, "member's token": editor}
	seen := map[string]bool{}
	requests := v.requests()
	for _, path := range requests {
		a := v.ann.get("/w/garden" + path)
		for _, word := range []string{"plantedtext", "plantedtitle", "plantedtag", "plantedheading", "plantedcell", "plantedcontent", "plantedfile", "plantedpage", "plantedgone", "plantedred", "plantedform", "planteddraft"} {
			seen[word] = seen[word] || strings.Contains(string(a.body), word)
		}
		if a.status >= 500 {
			t.Errorf("ann, %s: %d", path, a.status)
		}
	}
	if len(seen) != 12 || slices.Contains(valuesOf(seen), false) {
		t.Errorf("the owner is not shown everything: %v", seen)
	}
	for who, p := range others {
		for _, path := range requests {
			a := p.get("/w/garden" + path)
			if word := whispers(a, path); word != "" {
				t.Errorf("%s, %s: %d, and says %s", who, path, a.status, word)
			}
			if a.status >= 500 {
				t.Errorf("%s, %s: %d", who, path, a.status)
			}
		}
	}
	t.Logf("%d requests by each", len(requests))
	// A link to a hidden page looks like one to a page that does not exist.
	page := string(member.get("/w/garden/Shown").want(t, http.StatusOK).body)
	hidden, missing := regexp.MustCompile(`<a [^>]*Vault/a"[^>]*>`).FindString(page), regexp.MustCompile(`<a [^>]*Vault/none"[^>]*>`).FindString(page)
	if hidden == "" || strings.ReplaceAll(hidden, "Vault/a", "Vault/none") != missing {
		t.Errorf("links are told apart: %s and %s", hidden, missing)
	}

	before := v.digest(t, "garden")
	text := shown + "{{PageIndex|src=Vault}} [[Vault/plantedpage]]"
	for who, p := range others {
		for _, commit := range v.commits {
			a := p.post("/w/garden/-/revert/"+commit, url.Values{"message": {"x"}})
			if word := whispers(a, commit); word != "" {
				t.Errorf("%s reverts %s: says %s", who, commit, word)
			}
		}
		for _, page := range []string{"Vault", "Vault/plantedpage", "Vault/new", "Vault/planteddraft"} {
			for _, verb := range []string{"save", "preview", "draft", "edit", "rename", "delete", "attachments", "inline_attachment", "attachment/plantedfile.txt", "history"} {
				a := p.call("POST", "/w/garden/"+page+"/"+verb)
				if word := whispers(a, page, verb); word != "" || a.status == http.StatusOK {
					t.Errorf("%s posts to %s/%s: %d, says %q", who, page, verb, a.status, word)
				}
			}
			for _, method := range []string{"PUT", "PATCH", "DELETE"} {
				if a := p.call(method, "/w/garden/api/v1/pages/"+page); a.status < 400 {
					t.Errorf("%s %s %s: %d", who, method, page, a.status)
				}
			}
		}
		if who == "anonymous" {
			continue
		}
		a := p.post("/w/garden/Open/preview", url.Values{"content": {text}}).want(t, http.StatusOK)
		if word := whispers(a, text); word != "" {
			t.Errorf("%s previews, and is told %s", who, word)
		}
		// What comes near to a hidden page must look like what comes near to none.
		for _, to := range []string{"Vault/plantedpage", "Vault/none2"} {
			a := p.post("/w/garden/Open/rename", url.Values{"new_pagename": {to}, "message": {"x"}})
			if a.status < 400 {
				t.Errorf("%s renames to %s: %d", who, to, a.status)
			}
		}
	}
	after := strings.Split(v.digest(t, "garden"), "\n")
	for line := range strings.SplitSeq(before, "\n") {
		if strings.Contains(line, "anted") && !slices.Contains(after, line) {
			t.Errorf("changed: %s", line)
		}
	}
}

func valuesOf(m map[string]bool) []bool {
	var all []bool
	for _, v := range m {
		all = append(all, v)
	}
	return all
}

// TestHiddenAndMissingPagesAreAlike asks for a hidden page and for one that
// never was, in a tree that is closed.
func TestHiddenAndMissingPagesAreAlike(t *testing.T) {
	v := MustVault(t)
	member := v.MustPerson(t, "mel")
	v.MustAdmit(t, "garden", member, wiki.RoleEditor)
	for who, p := range map[string]*visitor{"anonymous": v.anonymous(t), "member": member.visitor,
		"token": v.MustToken(t, MustSlug(t, "garden"), member, platform.RoleEditor)} {
		for _, rt := range web.WikiRoutes() {
			if !strings.Contains(rt.Pattern, "{page}") {
				continue
			}
			path := func(page string) string {
				return "/w/garden" + pathOf(rt.Pattern, map[string]string{"page": page, "rev": v.commits[0], "a": v.commits[0], "b": "HEAD", "file": "plantedfile.txt"})
			}
			hidden := likeness(p.call(rt.Method, path("Vault/plantedpage")), "Vault/plantedpage")
			missing := likeness(p.call(rt.Method, path("Vault/missingpage")), "Vault/missingpage")
			escape := strings.NewReplacer("Vault%2Fplantedpage", "X", "Vault%2Fmissingpage", "X")
			if escape.Replace(hidden) != escape.Replace(missing) {
				t.Errorf("%s, %s %s: told apart:\n%.500s\n%.500s", who, rt.Method, rt.Pattern, hidden, missing)
			}
		}
	}
}
