package wiki_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// everything is what a visitor can be shown of a wiki, as one text.
func everything(t *testing.T, s *wiki.Session, names ...string) string {
	t.Helper()
	ctx := t.Context()
	var out strings.Builder
	show := func(what string, v any, err error) {
		if err != nil && !errors.Is(err, wiki.ErrNotFound) && !errors.Is(err, wiki.ErrForbidden) && !errors.Is(err, wiki.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
		fmt.Fprintf(&out, "%s: %+v %v\n", what, v, err)
	}
	pages, err := s.Pages(ctx, "")
	show("pages", pages, err)
	tree, err := s.Tree(ctx, "", 0)
	for _, n := range flatten(tree) {
		show("node", *n, nil)
	}
	show("tree", len(tree), err)
	tags, err := s.Tags(ctx)
	show("tags", tags, err)
	links, err := s.Links(ctx)
	show("links", links, err)
	red, err := s.RedLinks(ctx)
	show("red links", red, err)
	orphans, err := s.Orphans(ctx)
	show("orphans", orphans, err)
	log, err := s.Changelog(ctx, wiki.Newest, 100)
	show("changelog", log, err)
	for _, query := range []string{"planted", "hidden", "tag:undisclosed", "title:planted", `"planted words"`} {
		found, err := s.Search(ctx, query, 50)
		show("search", found, err)
	}
	for _, expression := range []string{".*", "plant"} {
		found, err := s.SearchExpression(ctx, expression, false, false, 50)
		show("expression", found, err)
	}
	drafts, err := s.Drafts(ctx)
	show("drafts", drafts, err)
	members, err := s.Members(ctx)
	show("members", members, err)
	rules, err := s.Rules(ctx)
	show("rules", rules, err)
	tidy, err := s.Housekeeping(ctx)
	show("housekeeping", tidy, err)
	templates, err := s.Templates(ctx)
	show("templates", templates, err)
	for _, text := range names {
		name := MustName(t, text)
		showPage(t, s, name, show)
	}
	for _, e := range log {
		commit, err := s.Commit(ctx, MustRevision(t, e.Hash.String()))
		show("commit", commit, err)
	}
	return out.String()
}

// showPage shows all of one page.
func showPage(t *testing.T, s *wiki.Session, name wiki.Name, show func(string, any, error)) {
	ctx := t.Context()
	page, err := s.Page(ctx, name)
	show("page", page, err)
	if err == nil {
		rendered, err := s.Render(ctx, page)
		show("rendered", string(rendered.HTML), err)
	}
	history, err := s.History(ctx, name, wiki.Newest, 50)
	show("history", history, err)
	for _, r := range history {
		at, err := s.PageAt(ctx, name, MustRevision(t, r.Hash.String()))
		show("then", at, err)
		compared, err := s.Compare(ctx, name, MustRevision(t, r.Hash.String()), MustRevision(t, "HEAD"))
		show("compared", compared, err)
	}
	lines, err := s.Blame(ctx, name, MustRevision(t, "HEAD"))
	show("blame", lines, err)
	to, err := s.LinksTo(ctx, name)
	show("links to", to, err)
	from, err := s.LinksFrom(ctx, name)
	show("links from", from, err)
	tags, err := s.TagsOf(ctx, name)
	show("tags", tags, err)
	files, err := s.Attachments(ctx, name)
	show("files", files, err)
	moved, err := s.Moved(ctx, name)
	show("moved", moved, err)
	similar, err := s.Similar(ctx, name)
	show("similar", similar, err)
	show("deciding", s.RulesFor(name), nil)
	below, err := s.Pages(ctx, name.String())
	show("below", below, err)
	draft, err := s.Draft(ctx, name)
	show("draft", draft, err)
	text, err := s.FromTemplate(ctx, name, MustName(t, "New"))
	show("template", text, err)
}

func flatten(nodes []*wiki.Node) []*wiki.Node {
	var all []*wiki.Node
	for _, n := range nodes {
		all = append(append(all, n), flatten(n.Children)...)
	}
	return all
}

// TestHidden plants words that only the owner may read all over a wiki, and
// looks for them as somebody else.
func TestHidden(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Public)
	f.prefer(t, "garden", map[string]string{"WRITE_ACCESS": "REGISTERED", "HOLT_TEMPLATE_TREE": "Vault"})
	s := MustOwn(t, w)
	page := "---\ntitle: planted title\ntags: [undisclosed]\n---\n# planted heading\n\nplanted words, [[Open]] and [[Vault/planted red]]\n"
	MustSave(t, s, "Vault/planted page", page)
	MustSave(t, s, "Vault", "planted words\n")
	MustSave(t, s, "Open", "See [[Vault/planted page]]: no.\n") // the author of an open page named it
	MustSave(t, s, "Open", "Nothing here any more.\n")
	MustSave(t, s, "Vault/planted source", "this page\nwill be\nopen\n")
	if _, err := s.Attach(t.Context(), upload(t, "Vault", "numbers.csv", "planted,data\n1,2\n"), upload(t, "Vault/planted page", "planted.txt", "planted file")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rename(t.Context(), wiki.Rename{From: MustName(t, "Vault/planted source"), To: MustName(t, "Opened")}); err != nil {
		t.Fatal(err)
	}
	embedding := "{{PageIndex|style=tree|toc=true}}\n{{DataTable|src=/Vault/numbers.csv}}\n{{DataTable|src=Vault/numbers.csv}}\n{{AttachmentList|src=Vault}}\n{{ImageFrame|src=/Vault/numbers.csv}}\n"
	MustSave(t, s, "Shown", embedding)
	if err := s.SaveRule(t.Context(), access.Rule{Path: "Vault", Tree: true, Who: access.Who{Account: "acct-olga"}, Grant: access.Read}); err != nil {
		t.Fatal(err)
	}
	s = MustOwn(t, w)
	names := []string{"Home", "Open", "Opened", "Shown", "Vault", "Vault/planted page", "vault/PLANTED page", "Vault/planted source", "Vault/none"}
	if !strings.Contains(everything(t, s, names...), "planted words") {
		t.Fatal("the owner does not find it either")
	}
	for _, v := range []wiki.Visitor{{}, {Account: "acct-gast", Name: "Gast", Draft: "acct-gast"}} {
		guest := MustVisit(t, w, v)
		seen := everything(t, guest, names...)
		for line := range strings.Lines(seen) {
			// What the visitor asks for by name may be called by it; the open page's
			// own words once named the hidden one.
			line = strings.NewReplacer("no page “Vault/planted page”", "", "no page “vault/PLANTED page”", "", "no page “Vault/planted source”", "",
				"[[Vault/planted page]]", "", "Text:Vault/planted page", "").Replace(line)
			if strings.Contains(strings.ToLower(line), "planted") || strings.Contains(line, "undisclosed") {
				t.Errorf("visitor %q sees: %s", v.Account, line)
			}
		}
		preview, err := guest.Preview(t.Context(), MustName(t, "Shown"), embedding+"[[Vault/planted page]] {{PageIndex|toc=true}}")
		if v.Account != "" && err != nil {
			t.Error(err)
		}
		if preview != nil && (strings.Contains(string(preview.HTML), "planted heading") || strings.Contains(string(preview.HTML), "planted,data")) {
			t.Errorf("previewed: %s", preview.HTML)
		}
		for _, file := range []struct{ page, name string }{{"Vault", "numbers.csv"}, {"Vault/planted page", "planted.txt"}, {"Vault", "planted page.md"}} {
			rev := MustRevision(t, "HEAD")
			_, now := guest.OpenAttachment(t.Context(), MustName(t, file.page), file.name, nil)
			_, then := guest.OpenAttachment(t.Context(), MustName(t, file.page), file.name, &rev)
			if !errors.Is(now, wiki.ErrNotFound) || !errors.Is(then, wiki.ErrNotFound) {
				t.Errorf("%v: %v, %v", file, now, then)
			}
		}
	}
	// A hidden page and a missing one are told apart by nothing.
	guest := MustVisit(t, w, wiki.Visitor{})
	_, hidden := guest.Page(t.Context(), MustName(t, "Vault/planted page"))
	_, none := guest.Page(t.Context(), MustName(t, "Vault/planted none"))
	if strings.ReplaceAll(hidden.Error(), "page”", "none”") != none.Error() {
		t.Errorf("hidden: %v, missing: %v", hidden, none)
	}
}

// TestOpened shows one page of a closed wiki.
func TestOpened(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Private)
	s := MustOwn(t, w)
	MustSave(t, s, "Shared", "shared words\n")
	MustSave(t, s, "Own", "own words\n")
	if err := s.SaveRule(t.Context(), access.Rule{Path: "Shared", Who: access.Who{Group: access.Everybody}, Grant: access.Read}); err != nil {
		t.Fatal(err)
	}
	guest := MustVisit(t, w, wiki.Visitor{})
	if textOf(t, guest, "Shared") != "shared words\n" || textOf(t, guest, "Own") != "" {
		t.Error("the wrong page is open")
	}
	found, err := guest.Search(t.Context(), "words", 10)
	if err != nil || len(found.Hits) != 1 || found.Hits[0].Page.Path != "Shared" {
		t.Errorf("found %+v, %v", found, err)
	}
	log, err := guest.Changelog(t.Context(), wiki.Newest, 10)
	if err != nil || len(log) != 1 {
		t.Errorf("changes %+v, %v", log, err)
	}
	if pages, err := guest.Pages(t.Context(), ""); err != nil || len(pages) != 1 {
		t.Errorf("pages %+v, %v", pages, err)
	}
}
