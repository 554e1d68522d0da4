package ui_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/diff"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/markdown"
	"github.com/holtdb/holt/wiki/markdown/embed"
	"github.com/holtdb/holt/wiki/preferences"
	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/source"
)

// wikiExamples are the pages for reading and writing in a wiki.
func wikiExamples(tb testing.TB) []example {
	tb.Helper()
	all := []example{}
	add := func(name string, page ui.Page) { all = append(all, example{"wiki " + name, page}) }
	addWikiReading(tb, add)
	addWikiWriting(tb, add)
	addWikiHistory(tb, add)
	addWikiFinding(tb, add)
	return all
}

func MustName(tb testing.TB, path string) wiki.Name {
	tb.Helper()
	name, err := wiki.ParseName(path)
	if err != nil {
		tb.Fatal(err)
	}
	return name
}

// hash is a commit or file that ends with n.
func hash(n byte) repo.Hash {
	h := repo.Hash{0x4f, 0x1c, 0xa9, 0x33, 0x0b}
	h[0] += n
	h[19] = n
	return h
}

func commit(n byte, name, message string, age time.Duration) index.Commit {
	return index.Commit{Seq: int64(n), Hash: hash(n), Parent: hash(n - 1), Name: name, Email: "a@holt", At: ago(age), Message: message}
}

// wikiFrame is the frame of a page that a member looks at.
func wikiFrame(title, path string) ui.WikiFrame {
	f := frame(title)
	f.Place, f.Path, f.Admin = ui.PlaceWikis, "/w/garden/"+path, false
	if path == "" {
		f.Path = "/w/garden/-/index"
	}
	return ui.WikiFrame{
		Frame: f, Root: "/w/garden", Slug: "garden", SiteName: "River garden", Description: "What grows and swims along the Wye", Lang: "en-GB",
		Sidebar: preferences.Sidebar{
			Shortcuts: []preferences.Shortcut{preferences.ShortcutHome, preferences.ShortcutPageIndex, preferences.ShortcutChangelog, preferences.ShortcutCreatePage},
			CustomMenu: []preferences.MenuItem{
				{Link: "Guides/Setup", Title: "Begin here", Icon: "★"}, {Link: "---"}, {Title: "Elsewhere"},
				{Link: "https://example.org/tides", Title: "Tide tables"}, {Link: "javascript:alert(1)", Title: "Nothing"},
			},
			Menutree: preferences.MenutreeSorted, Focus: preferences.FocusSubtree,
		},
		Tree: wikiTree(), PagePath: path, Can: access.Read | access.Write | access.Upload, Base: access.Read | access.Write | access.Upload,
	}
}

// readerOf is a frame as somebody sees it who may only read and has no account.
func readerOf(f ui.WikiFrame) ui.WikiFrame {
	f.Name, f.Can, f.Base, f.SignInURL = "", access.Read, access.Read, "/signin?next=%2Fw%2Fgarden%2F"
	return f
}

func wikiTree() []*wiki.Node {
	return []*wiki.Node{
		{Path: "Birds", Name: "Birds", Title: "Birds", Children: []*wiki.Node{
			{Path: "Birds/Dipper", Name: "Dipper", Title: "The dipper", Page: true},
			{Path: "Birds/Kingfisher", Name: "Kingfisher", Title: "Kingfisher", Page: true},
		}},
		{Path: "Guides", Name: "Guides", Title: "Guides", Page: true, Children: []*wiki.Node{
			{Path: "Guides/River", Name: "River", Title: "River notes", Page: true, Children: []*wiki.Node{
				{Path: "Guides/River/Upper reaches between the weirs", Name: "Upper reaches between the weirs", Title: "Upper reaches between the weirs", Page: true},
			}},
			{Path: "Guides/Setup", Name: "Setup", Title: "Setting up a survey", Page: true},
		}},
		{Path: "Home", Name: "Home", Title: "Home", Page: true},
		{Path: "otters", Name: "otters", Title: "Otters", Page: true},
	}
}

func wikiPage(tb testing.TB, path, title, text string) wiki.Page {
	tb.Helper()
	return wiki.Page{Name: MustName(tb, path), Title: title, Text: text, Blob: hash(90), Head: true, Revision: commit(7, "Tom Alder", "Count the holts again\n\nWith Ines, in May.", 26*time.Hour)}
}

func renderedPage(tb testing.TB) *markdown.Page {
	tb.Helper()
	text, err := os.ReadFile("testdata/wiki_page.html")
	if err != nil {
		tb.Fatal(err)
	}
	page := &markdown.Page{HTML: []byte(strings.ReplaceAll(string(text), `<h2 id=`, `<h2 data-section="3" id=`)), Title: "River notes"}
	for _, h := range []string{"1 River notes", "2 Mathematics", "2 A diagram", "3 Of a weir", "2 Lists and tables", "2 Boxes", "2 Code"} {
		title := h[2:]
		page.Contents = append(page.Contents, markdown.Heading{Level: int(h[0] - '0'), ID: strings.ReplaceAll(strings.ToLower(title), " ", "-"), Text: title})
	}
	page.Properties = source.Meta{Tags: []string{"river", "otter"}}
	return page
}

func indexPages() []index.Page {
	return []index.Page{
		{Path: "Birds/Dipper", Title: "The dipper"}, {Path: "Birds/Kingfisher", Title: "Kingfisher"}, {Path: "Guides", Title: "Guides"},
		{Path: "Guides/River", Title: "River notes"}, {Path: "Guides/Setup", Title: "Setting up a survey"}, {Path: "Home", Title: "Home"},
		{Path: "otters", Title: "Otters"}, {Path: "2026", Title: "2026"}, {Path: "Émigrés"},
	}
}

func addWikiReading(tb testing.TB, add func(string, ui.Page)) {
	tb.Helper()
	page := ui.WikiReadPage{
		WikiFrame: wikiFrame("River notes", "Guides/River"), Page: wikiPage(tb, "Guides/River", "River notes", "# River notes"),
		Rendered: renderedPage(tb), Draft: ago(2 * time.Hour), Attachments: 3, Former: "Guides/Stream",
		Rules: []access.Rule{{Path: "Guides/River", Who: access.Who{Group: access.SignedIn}, Grant: access.Read}, {Path: "Guides", Who: access.Who{Account: "x"}, Grant: access.Read | access.Write}},
	}
	page.PageTitle = "River notes"
	add("read", page)
	anonymous := page
	anonymous.WikiFrame = readerOf(page.WikiFrame)
	anonymous.Rules, anonymous.Former = nil, ""
	add("read anonymous", anonymous)
	old := page
	old.Page.Head = false
	add("read old revision", old)
	plain := ui.WikiReadPage{WikiFrame: wikiFrame("Otters", "otters"), Page: wikiPage(tb, "otters", "Otters", "x"), Rendered: &markdown.Page{HTML: []byte("<p>Otters swim.</p>"), Plain: true}}
	plain.Base, plain.Notice, plain.Root, plain.Platform = access.All, "This wiki is full, so that nothing can be added: 1 GB of 1 GB is used.", "", "https://holt.example.org"
	plain.Sidebar.Menutree, plain.Logo = preferences.MenutreeDirectoriesGrouped, "/otters/a/logo.png"
	add("read short on a host of its own", plain)
	evil := page
	evil.SiteName, evil.Description, evil.Logo, evil.PageTitle, evil.Notice, evil.Slug = hostile, hostile, "javascript:alert(1)", hostile, hostile, hostile
	evil.Sidebar.CustomMenu = []preferences.MenuItem{{Link: hostile, Title: hostile, Icon: hostile}}
	evil.Tree = []*wiki.Node{{Path: hostile, Title: hostile, Page: true}}
	evil.Page.Revision.Name, evil.Page.Revision.Message, evil.Former, evil.PagePath = hostile, hostile, hostile, hostile
	evil.Rendered = &markdown.Page{HTML: []byte("<p>x</p>"), Properties: source.Meta{Tags: []string{hostile}}, Contents: []markdown.Heading{{Level: 2, ID: hostile, Text: hostile}, {Level: 2}, {Level: 2, ID: "x", Text: "x"}, {Level: 3, ID: "y", Text: "y"}}}
	add("read hostile", evil)

	missing := ui.WikiMissingPage{WikiFrame: wikiFrame("Mink", "Animals/Mink"), Similar: indexPages()[:2], Templates: []index.Page{{Path: "Templates/Animal", Title: "Animal"}}}
	add("missing", missing)
	c := commit(4, "Ines", "Not about rivers", 50*time.Hour)
	missing.Deleted, missing.WikiFrame = &c, readerOf(missing.WikiFrame)
	add("missing deleted anonymous", missing)
	add("folder", ui.WikiFolderPage{WikiFrame: wikiFrame("Birds", "Birds"), Nodes: wikiTree()})
	add("source", ui.WikiSourcePage{WikiFrame: wikiFrame("Source", "Guides/River"), Page: wikiPage(tb, "Guides/River", "River notes", "# River notes\n\nAn otter swims with **four** webbed feet.\n"+hostile)})

	about := ui.WikiAboutPage{
		WikiFrame: wikiFrame("About", ""), Version: "0.3", Owner: "Harriet Wren", Usage: &wiki.Usage{Pages: 214, Attachments: 31, RepoBytes: 48 << 20}, Latest: commit(9, "Ines", "x", time.Hour),
		Levels: access.Levels{Read: access.Anonymous, Write: access.Registered, Attachment: access.Approved}, GitURL: "https://holt.example.org/w/garden.git",
	}
	add("about", about)
	add("about bare", ui.WikiAboutPage{WikiFrame: readerOf(wikiFrame("About", ""))})
	add("help", ui.WikiHelpPage{WikiFrame: wikiFrame("Help", ""), GitURL: about.GitURL})
	groups := ui.SyntaxGroups(false)
	for i := range groups {
		for j := range groups[i].Samples {
			groups[i].Samples[j].HTML = "<p>What the renderer makes of it.</p>"
		}
	}
	add("syntax", ui.WikiSyntaxPage{WikiFrame: wikiFrame("How to write", ""), Groups: groups})
	for _, way := range []ui.WikiDoor{ui.DoorSignIn, ui.DoorAsk, ui.DoorWaiting, ui.DoorClosed} {
		f := wikiFrame("No entry", "Guides")
		f.Can, f.Base = access.None, access.None
		if way == ui.DoorSignIn {
			f = readerOf(f)
			f.Can, f.Base = access.None, access.None
		}
		add("door "+string(way), ui.WikiDoorPage{WikiFrame: f, Way: way})
	}
	add("problem", ui.WikiProblemPage{WikiFrame: wikiFrame("Problem", "Guides/River"), Status: 413, Message: "This wiki is full. Its owner can delete attachments or ask for more room."})
}

func addWikiWriting(tb testing.TB, add func(string, ui.Page)) {
	tb.Helper()
	zero := 0
	edit := ui.WikiEditPage{
		WikiFrame: wikiFrame("Edit River notes", "Guides/River"),
		Editing: ui.Editing{
			Text: "\n# River notes\n\nAn otter swims.\n", Revision: hash(7).String(), MessageMode: preferences.MessageOptional, Usual: "Updated Guides/River", Drafts: true,
			Files: attachments()[:2],
		},
	}
	add("edit", edit)
	section := edit
	section.Section, section.SectionTitle, section.Drafts, section.MessageMode = &zero, "Boxes", false, preferences.MessageDisabled
	add("edit section", section)
	fresh := edit
	fresh.Revision, fresh.Template, fresh.Message, fresh.MessageMode = "", "Templates/Animal", hostile, preferences.MessageRequired
	fresh.Text, fresh.Errors = hostile, ui.Errors{"commit": "This wiki asks for a few words on what you changed.", "content": "A page may have 1 MB.", "": hostile}
	add("edit new errors", fresh)
	preview := edit
	preview.Preview = &markdown.Page{HTML: []byte("<h2 id=\"x\">River</h2><p>An otter swims.</p>")}
	preview.Resumed, preview.Line, preview.Ch = true, 2, 4
	add("edit preview without script", preview)

	before, after := "# River notes\n\nAn otter swims with four feet.\nIt dives for minutes.\n\nIt sleeps by day.\n", "# River notes\n\nAn otter swims with four webbed feet.\nIt dives for minutes.\nIt hears under water.\n"
	hunks := diff.Lines([]byte(before), []byte(after), 100)
	draft := ui.WikiDraftPage{
		WikiFrame: wikiFrame("Draft", "Guides/River"), Page: wikiPage(tb, "Guides/River", "River notes", before), Hunks: hunks,
		Draft: wiki.Draft{Page: "Guides/River", Base: hash(5).String(), Text: after, Changed: ago(2 * time.Hour)},
	}
	add("draft", draft)
	draft.Page, draft.Draft.Base, draft.Hunks = wiki.Page{}, "", diff.Lines(nil, []byte(hostile+"\n"), 100)
	add("draft of a new page", draft)
	conflict := ui.WikiConflictPage{
		WikiFrame: wikiFrame("Conflict", "Guides/River"), Hunks: hunks,
		Conflict: &wiki.Conflict{Theirs: wikiPage(tb, "Guides/River", "River notes", before), Ours: after},
		Editing:  ui.Editing{Text: "<<<<<<< your version\n" + after + "=======\n" + before + ">>>>>>> the page now\n", Revision: hash(7).String(), Drafts: true},
	}
	add("conflict", conflict)
	conflict.Conflict, conflict.Hunks, conflict.Revision = &wiki.Conflict{Ours: after}, nil, ""
	add("conflict deleted", conflict)

	create := ui.WikiCreatePage{WikiFrame: wikiFrame("Create a page", ""), NameAs: "Guides/", Folders: []string{"Birds", "Guides", hostile}, Templates: []index.Page{{Path: "Templates/Animal", Title: "Animal"}}, Chosen: "Templates/Animal"}
	add("create", create)
	create.NameAs, create.Errors = hostile, ui.Errors{"pagename": "A page needs a name.", "template": "No such template."}
	add("create errors", create)
	create.WikiFrame = readerOf(create.WikiFrame)
	add("create anonymous", create)

	links := []index.Link{{From: "Home", To: "Guides/River"}, {From: "otters", To: "Guides/River"}}
	rename := ui.WikiRenamePage{WikiFrame: wikiFrame("Rename", "Guides/River"), NameAs: "Guides/River", Below: indexPages()[:2], Files: 3, Linking: links}
	add("rename", rename)
	rename.NameAs, rename.KeepLinks, rename.Below, rename.Linking, rename.Errors = hostile, true, nil, nil, ui.Errors{"new_pagename": "There is a page of this name.", "": hostile, "message": "Too long."}
	add("rename errors", rename)
	remove := ui.WikiDeletePage{WikiFrame: wikiFrame("Delete", "Guides"), Below: many(25), Files: attachments(), Linking: links}
	add("delete", remove)
	remove.NoPage, remove.Files, remove.Errors = true, nil, ui.Errors{"": hostile}
	add("delete folder", remove)
	add("delete alone", ui.WikiDeletePage{WikiFrame: wikiFrame("Delete", "Home")})

	files := ui.WikiFilesPage{WikiFrame: wikiFrame("Attachments", "Guides/River"), Files: attachments(), MaxBytes: 100 << 20}
	add("attachments", files)
	files.Errors = ui.Errors{"file": "“film.mp4” has 400 MB, and a file may have 100 MB.", "message": "Too long."}
	files.Files = nil
	add("attachments empty errors", files)
	files.WikiFrame = readerOf(files.WikiFrame)
	files.Files = attachments()
	add("attachments anonymous", files)
	file := ui.WikiFilePage{WikiFrame: wikiFrame("bank.jpg", "Guides/River"), Attached: attachments()[0], NameAs: "bank.jpg", Revisions: revisions()[:2]}
	add("attachment", file)
	file.Attached, file.NameAs, file.Errors = attachments()[3], hostile, ui.Errors{"new_filename": "A file needs a name.", "file": "Choose a file.", "": hostile}
	add("attachment errors", file)
	add("drafts", ui.WikiDraftsPage{WikiFrame: wikiFrame("My drafts", ""), Drafts: []wiki.Draft{
		{Page: "Guides/River", Base: hash(1).String(), Text: "x", Changed: ago(time.Hour)}, {Page: hostile, Text: strings.Repeat("x", 4000), Changed: ago(90 * time.Hour)},
	}})
	add("drafts none", ui.WikiDraftsPage{WikiFrame: wikiFrame("My drafts", "")})
}

func many(n int) []index.Page {
	pages := make([]index.Page, n)
	for i := range pages {
		pages[i] = index.Page{Path: fmt.Sprintf("Guides/Part %d", i+1), Title: fmt.Sprintf("Part %d", i+1)}
	}
	return pages
}

func attachments() []index.Attachment {
	at := func(name string, size int64) index.Attachment {
		return index.Attachment{Path: "Guides/River/" + name, Page: "Guides/River", Name: name, Size: size, Blob: hash(60), Changed: commit(6, "Tom Alder", "Pictures of May", 30*time.Hour)}
	}
	return []index.Attachment{at("bank.jpg", 1<<20), at("survey of the upper reaches, second part.pdf", 312<<10), at("counts.csv", 812), at(strings.ReplaceAll(hostile, "/", ""), 1)}
}

func revisions() []index.Revision {
	change := index.Change{Path: "Guides/River.md", Old: hash(50), New: hash(51), Added: 12, Removed: 3}
	renamed := change
	renamed.Source, renamed.Added, renamed.Removed = "Guides/Stream.md", 0, 0
	return []index.Revision{
		{Commit: commit(7, "Tom Alder", "Count the holts again", 26*time.Hour), Change: change},
		{Commit: commit(6, "Harriet Wren", "The stream is called a river", 80*time.Hour), Change: renamed},
		{Commit: commit(3, hostile, hostile, 200*time.Hour), Change: index.Change{Path: "Guides/Stream.md", New: hash(50), Added: 340}},
		{Commit: commit(2, "Ines", "", 300*24*time.Hour), Change: index.Change{Path: "Guides/Stream.md", New: hash(50), Added: 3}},
	}
}

func addWikiHistory(tb testing.TB, add func(string, ui.Page)) {
	tb.Helper()
	add("history", ui.WikiHistoryPage{WikiFrame: wikiFrame("History", "Guides/River"), Revisions: revisions(), More: true})
	add("history one", ui.WikiHistoryPage{WikiFrame: wikiFrame("History", "Guides/River"), Revisions: revisions()[:1], Before: 9, Gone: true})
	add("history none", ui.WikiHistoryPage{WikiFrame: wikiFrame("History", "Guides/River")})

	var a, b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&a, "Line %d of the notes about the river and its otters.\n", i+1)
		switch i {
		case 4:
			fmt.Fprintf(&b, "Line %d of some notes about the brook and its otters.\n", i+1)
		case 30:
		case 50:
			fmt.Fprintf(&b, "%s\n\tindented and very long: %s", hostile, strings.Repeat("otter", 60))
		default:
			fmt.Fprintf(&b, "Line %d of the notes about the river and its otters.\n", i+1)
		}
	}
	hunks := diff.Lines([]byte(a.String()), []byte(b.String()), 3)
	from, to := wikiPage(tb, "Guides/River", "River notes", a.String()), wikiPage(tb, "Guides/River", "River notes", b.String())
	from.Head, from.Revision = false, commit(3, "Harriet Wren", "First notes", 400*time.Hour)
	add("diff", ui.WikiDiffPage{WikiFrame: wikiFrame("Difference", "Guides/River"), Comparison: wiki.Comparison{From: from, To: to, Hunks: hunks}})
	add("diff same", ui.WikiDiffPage{WikiFrame: wikiFrame("Difference", "Guides/River"), Comparison: wiki.Comparison{From: from, To: from}})

	lines := []index.Line{}
	for i, text := range strings.Split("# River notes\n\nAn otter swims with four webbed feet, dives for minutes, and leaves spraint on stones.\n\tindented\n"+hostile+"\nThe end.", "\n") {
		lines = append(lines, index.Line{Text: text, Commit: revisions()[i/2].Commit})
	}
	add("blame", ui.WikiBlamePage{WikiFrame: wikiFrame("Blame", "Guides/River"), Page: to, Lines: lines})
	add("blame empty", ui.WikiBlamePage{WikiFrame: wikiFrame("Blame", "Guides/River"), Page: from})

	view := wiki.CommitView{Commit: commit(7, "Tom Alder", "Count the holts again\n\nWith Ines, in May. The old count missed the island.", 26*time.Hour), Hidden: 2, Files: []wiki.FileDiff{
		{Change: index.Change{Path: "Guides/River.md", Old: hash(50), New: hash(51), Added: 3, Removed: 2}, Page: "Guides/River", Hunks: hunks},
		{Change: index.Change{Path: "Guides/River/bank.jpg", New: hash(52)}, Page: "Guides/River", Binary: true},
		{Change: index.Change{Path: "Guides/Brook.md", Source: "Guides/Stream.md", Old: hash(53), New: hash(53)}, Page: "Guides/Brook"},
		{Change: index.Change{Path: hostile + ".md", Old: hash(50), Removed: 9000}, Page: hostile},
	}}
	add("commit", ui.WikiCommitPage{WikiFrame: wikiFrame("Commit", ""), Commit: view})
	empty := wiki.CommitView{Commit: index.Commit{Hash: hash(1), Name: hostile, Message: hostile + "\n" + hostile}}
	add("commit empty", ui.WikiCommitPage{WikiFrame: readerOf(wikiFrame("Commit", "")), Commit: empty})
	add("revert", ui.WikiRevertPage{WikiFrame: wikiFrame("Take back", ""), Commit: view, Message: "", Errors: ui.Errors{"": "Later changes touch the same lines, so that this one cannot be taken back by itself."}})

	entries := []wiki.Entry{}
	for i, r := range revisions() {
		entry := wiki.Entry{Commit: r.Commit}
		for range 1 + i*3 {
			entry.Changes = append(entry.Changes, r.Change)
		}
		entries = append(entries, entry)
	}
	add("changelog", ui.WikiChangelogPage{WikiFrame: wikiFrame("Recent changes", ""), Entries: entries, Newer: "/w/garden/-/changelog", Older: "/w/garden/-/changelog?before=2"})
	add("changelog empty", ui.WikiChangelogPage{WikiFrame: wikiFrame("Recent changes", "")})
}

func addWikiFinding(tb testing.TB, add func(string, ui.Page)) {
	tb.Helper()
	search := ui.WikiSearchPage{
		WikiFrame: wikiFrame("Search", ""), Query: "otter river", Names: indexPages()[6:7], Took: 3 * time.Millisecond, MoreURL: "/w/garden/-/search?query=otter&limit=40",
		Results: wiki.Results{Partial: true, More: true, Hits: []index.Hit{
			{Page: indexPages()[3], Snippet: "An <mark>otter</mark> swims in the <mark>river</mark> with four webbed feet, dives for minutes &amp; leaves spraint on stones …"},
			{Page: indexPages()[6], Snippet: "The <mark>otter</mark> needs a river"}, {Page: index.Page{Path: hostile, Title: hostile}, Snippet: hostile},
		}},
	}
	search.Search = "otter river"
	add("search", search)
	add("search start", ui.WikiSearchPage{WikiFrame: wikiFrame("Search", "")})
	add("search nothing", ui.WikiSearchPage{WikiFrame: wikiFrame("Search", ""), Query: hostile, Expression: true, CaseSensitive: true, Results: wiki.Results{Ended: true}})
	add("search problem", ui.WikiSearchPage{WikiFrame: readerOf(wikiFrame("Search", "")), Query: "otter(", Expression: true, Problem: "This is no regular expression: missing closing )."})
	pages := ui.WikiIndexPage{WikiFrame: wikiFrame("All pages", ""), Pages: indexPages()}
	add("index", pages)
	pages.Headings = map[string][]embed.Heading{"Guides/River": {{Level: 2, Text: "Boxes", URL: "/w/garden/Guides/River#boxes"}, {Level: 3, Text: hostile, URL: "/w/garden/Guides/River#x"}}}
	add("index headings", pages)
	add("index empty", ui.WikiIndexPage{WikiFrame: wikiFrame("All pages", "")})
	add("tags", ui.WikiTagsPage{WikiFrame: wikiFrame("Tags", ""), Tags: []wiki.TagCount{{Tag: "otter", Pages: 4}, {Tag: "c/d?e", Pages: 1}, {Tag: hostile, Pages: 12000}}})
	add("tags none", ui.WikiTagsPage{WikiFrame: wikiFrame("Tags", "")})
	add("tag", ui.WikiTagPage{WikiFrame: wikiFrame("Tag", ""), Tag: "otter", Pages: indexPages()[:4]})
	add("tag none", ui.WikiTagPage{WikiFrame: wikiFrame("Tag", ""), Tag: hostile})
	red := []index.Link{{From: "Home", To: "Mink", Red: true}, {From: "otters", To: "mink", Red: true}, {From: "Home", To: hostile, Red: true}}
	add("links", ui.WikiLinksPage{WikiFrame: wikiFrame("Links", "Guides/River"), Backlinks: []index.Link{{From: "Home", To: "Guides/River"}}, Outgoing: red})
	add("links none", ui.WikiLinksPage{WikiFrame: wikiFrame("Links", "Guides/Mink"), Missing: true})
	add("stray", ui.WikiStrayPage{WikiFrame: wikiFrame("Loose ends", ""), Red: red, Orphans: indexPages()[:2]})
	add("stray none", ui.WikiStrayPage{WikiFrame: wikiFrame("Loose ends", "")})
}
