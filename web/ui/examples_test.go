package ui_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/web/ui"
)

// hostile is a text that breaks out of every place where it is not escaped.
const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}javascript:alert(1)`

var (
	free  = platform.Tier{Name: "free", Documents: 100, FileBytes: 1 << 30, DatabaseBytes: 1 << 30, UploadBytes: 100 << 20}
	ultra = platform.Tier{Name: "ultra", UploadBytes: 2 << 30}
	usage = library.Usage{Documents: 12, FileBytes: 417 << 20, DatabaseBytes: 38 << 20}
)

func ago(d time.Duration) time.Time { return time.Now().Add(-d) }

// example is a page with the name of what it shows.
type example struct {
	name string
	page ui.Page
}

// examples are all pages with rich, with empty and with hostile content.
func examples(tb testing.TB) []example {
	tb.Helper()
	all := []example{}
	add := func(name string, page ui.Page) { all = append(all, example{name, page}) }

	add("library", libraryPage(documents()))
	add("library empty", ui.LibraryPage{Frame: frame("Library"), Quota: ui.Quota{Tier: free}})
	nothing := libraryPage(nil)
	nothing.Filter = library.Filter{Text: "zeppelin", Format: extract.EPUB, Sort: library.ByTitle}
	nothing.List = library.List{}
	add("library no match", nothing)
	full := libraryPage(documents()[:2])
	full.Quota.Usage.Documents = 100
	full.Filter = library.Filter{Tag: "rivers", After: "x"}
	add("library full", full)
	add("library hostile", hostileLibrary())

	for i, d := range documents() {
		if i == 0 || d.Progress.Status != library.Ready || d.OCR.State != "" {
			add("document "+d.ID, ui.DocumentPage{
				Frame: frame("Title and tags"), Document: d, TitleAs: d.Title, TagsAs: ui.JoinTags(d.Tags), Known: tags(),
			})
		}
	}
	wrong := ui.DocumentPage{
		Frame: frame("Title and tags"), Document: documents()[0], TagsAs: "rivers,,", Known: nil,
		Errors: ui.Errors{"title": "Give the document a title.", "tags": "A tag may have 50 characters.", "": "This could not be saved."},
	}
	add("document errors", wrong)
	add("delete", ui.DeletePage{Frame: frame("Delete"), Document: documents()[0]})

	add("search", searchPage())
	meant := searchPage()
	meant.Meaning = library.MeaningState{Configured: true, Model: "nomic-embed-text", Embedded: 10, Total: 10}
	meant.Results.Mode, meant.Results.Hits[1].Start, meant.Results.Hits[1].End = library.ModeHybrid, 10, 90
	add("search by meaning", meant)
	meant.Query.Mode, meant.Results.Notice = library.ModeMeaning, "The passages are still being embedded, so words were looked for."
	meant.Frame.Admin = false
	add("search notice", meant)
	add("search start", ui.SearchPage{Frame: frame("Search")})
	none := searchPage()
	none.Results = library.Results{}
	add("search nothing", none)
	loose := searchPage()
	loose.Results.Loose, loose.Results.Next, loose.Documents = true, "2", nil
	loose.Query.Documents, loose.Query.Tag = []string{"otter"}, "rivers"
	add("search loose", loose)
	bad := searchPage()
	bad.Query.Text, bad.Frame.Search = hostile, hostile
	bad.Results.Hits = []library.Hit{{DocumentID: hostile, Title: hostile, Page: 1, Label: hostile, Heading: hostile, Snippet: hostile}}
	add("search hostile", bad)

	add("reader", readerPage())
	add("reader text", textPage())
	add("reader bare", ui.ReaderPage{
		Frame:    frame("Notes"),
		Document: library.Document{ID: "n", Title: "Notes", Format: extract.Text, Pages: 1},
		Page:     library.Page{Number: 1},
	})
	cited := readerPage()
	cited.Query, cited.Found, cited.Start, cited.End, cited.Layout = "", nil, 3, 50, markedLayout()
	cited.Text = `An otter <mark class="passage">needs a river with fish in it.</mark> The <mark>otter</mark>’s den is called a holt.`
	cited.Page.Source, cited.Page.Confidence = "ocr", 0.871
	add("reader passage", cited)
	citedText := textPage()
	citedText.HTML = `<h2>The third winter</h2><p><mark class="passage">“There is an <mark>otter</mark> under the landing,” said Morag.</mark></p>`
	add("reader passage in text", citedText)
	scan := readerPage()
	scan.Page.Unread = "The picture of this page is too large to be read."
	scan.Outline, scan.Query, scan.Found, scan.Layout, scan.Text, scan.Page.NoText = nil, "", nil, nil, "", true
	add("reader scan", scan)
	lost := readerPage()
	lost.Query, lost.Found = "zeppelin", nil
	add("reader not found", lost)
	evil := readerPage()
	evil.Document.Title, evil.Page.Label, evil.Query, evil.Text = hostile, hostile, hostile, hostile
	evil.Outline = []extract.OutlineEntry{{Title: hostile, Page: 1}, {Title: hostile}}
	evil.Layout.Words[0].Text = hostile
	add("reader hostile", evil)

	add("account", accountPage())
	bare := accountPage()
	bare.Account.HasPassword, bare.Sessions, bare.Tokens, bare.NewToken = false, nil, nil, ""
	bare.Quota.Tier = ultra
	add("account bare", bare)
	mistaken := accountPage()
	mistaken.NewToken, mistaken.Account.Name, mistaken.Shown = "", hostile, hostile
	mistaken.Errors = ui.Errors{"old": "This is not your present password.", "new": "use a password of at least 10 characters", "token": "choose a name", "name": "too long", "": hostile}
	add("account errors", mistaken)

	addDoors(add)
	addAdmin(tb, add)
	return slices.Concat(all, wikiExamples(tb), wikiAdminExamples(tb), hostingExamples(tb), chatExamples(tb), modelExamples(tb))
}

func addDoors(add func(string, ui.Page)) {
	door := ui.Frame{Title: "Sign in", Path: "/signin"}
	add("sign in", ui.SignInPage{Frame: door, Registration: true})
	add("sign in failed", ui.SignInPage{Frame: door, Login: hostile, Next: hostile, Errors: ui.Errors{"": "Login or password is wrong."}})
	add("set up", ui.JoinPage{Frame: door, Way: ui.BySetup, Action: "/setup/secret"})
	add("invitation", ui.JoinPage{Frame: door, Way: ui.ByInvitation, By: "Harriet Wren", Action: "/invite/secret"})
	add("register errors", ui.JoinPage{
		Frame: door, Way: ui.ByThemselves, Action: "/register", Login: "harriet", Shown: hostile,
		Errors: ui.Errors{"login": "This login is taken; choose another.", "password": "Use a password of at least 10 characters.", "name": "Too long.", "": "Not saved."},
	})
	for _, status := range []int{400, 401, 403, 404, 405, 409, 413, 415, 418, 429, 500, 503} {
		f := frame("Problem")
		f.RequestID = "01JDA7Q2F8"
		add(fmt.Sprint("error ", status), ui.ErrorPage{Frame: f, Status: status})
	}
	add("error hostile", ui.ErrorPage{Frame: ui.Frame{RequestID: hostile}, Status: 404, Message: hostile, Back: "javascript:alert(1)", BackTo: hostile})
}

func addAdmin(tb testing.TB, add func(string, ui.Page)) {
	tb.Helper()
	id, err := tenant.ParseID("harriet")
	if err != nil {
		tb.Fatal(err)
	}
	people := []ui.AdminUser{
		{Account: platform.Account{ID: "1", Login: "harriet", Name: "Harriet Wren", Admin: true, Tier: "ultra", LastSeen: ago(time.Minute)}, Tier: ultra, Usage: &usage},
		{Account: platform.Account{ID: "2", Login: "tom@example.org", Name: "Tom Alder", Tier: "free", LastSeen: ago(26 * time.Hour)}, Tier: free, Usage: &library.Usage{Documents: 88, FileBytes: 940 << 20}},
		{Account: platform.Account{ID: "3", Login: "ines", Name: "ines", Tier: "free", LastSeen: ago(400 * 24 * time.Hour), Suspended: true}, Tier: free, Usage: &library.Usage{Documents: 3, FileBytes: 7 << 20}},
		{Account: platform.Account{ID: "4", Name: hostile, Tier: "free"}, Tier: free},
	}
	users := ui.AdminUsersPage{
		Frame: adminFrame(), Users: people[:3], Self: "1", Tiers: []platform.Tier{free, ultra}, Next: "4",
		Invitations: []platform.Invitation{{ID: "i", ByName: "Harriet Wren", Tier: "free", Created: ago(time.Hour), Expires: ago(-6 * 24 * time.Hour)}},
		NewLink:     "https://books.example.org/invite/6fGk2mVtQ0yXw1r8Zb3nHs",
	}
	add("admin users", users)
	users.Users, users.NewLink, users.Errors = people, "", ui.Errors{"tier": "No such tier.", "": hostile}
	add("admin users hostile", users)
	add("admin users empty", ui.AdminUsersPage{Frame: adminFrame()})

	add("admin tenants", ui.AdminTenantsPage{
		Frame: adminFrame(), Stats: tenant.Stats{Open: 41, Pinned: 3}, Bound: 256,
		Failures: []tenant.OpenError{{
			Tenant: id, Since: ago(20 * time.Minute), RetryAt: ago(-40 * time.Second),
			Err: errors.New("open pagepiper.db: file is not a database; restore it from a backup"),
		}},
		People: map[string]platform.Account{"harriet": {Name: "Harriet Wren"}},
	})
	add("admin tenants well", ui.AdminTenantsPage{Frame: adminFrame(), Bound: 256})
	add("admin settings", ui.AdminSettingsPage{
		Frame: adminFrame(), OpenRegistration: true, Tiers: []platform.Tier{free, ultra},
		Failed: "free", Errors: ui.Errors{"documents": "Use a number of 0 or more."},
	})
}

func frame(title string) ui.Frame {
	return ui.Frame{
		Title: title, Name: "Harriet Wren", Admin: true, Place: ui.PlaceLibrary, Path: "/?sort=title",
		Flashes: nil, RequestID: "01JDA7Q2F8",
	}
}

func adminFrame() ui.Frame {
	f := frame("Administration")
	f.Place = ui.PlaceAdmin
	f.Flashes = []ui.Flash{{Kind: ui.FlashDone, Text: "The tier of Tom Alder is now “free”."}, {Kind: ui.FlashProblem, Text: hostile}}
	return f
}

func tags() []library.TagCount {
	return []library.TagCount{{Tag: "fiction", Documents: 2}, {Tag: "garden", Documents: 4}, {Tag: "rivers", Documents: 3}, {Tag: "to read", Documents: 7}}
}

func documents() []library.Document {
	ready := library.Progress{Status: library.Ready}
	return []library.Document{
		{ID: "scan", Title: "Letters from the estuary, 1911", FileName: "letters.pdf", Format: extract.PDF, Size: 48 << 20, Created: ago(20 * time.Second), Progress: library.Progress{Status: library.Queued, Stage: "queued"}},
		{ID: "atlas", Title: "An Atlas of British Rivers", FileName: "atlas.pdf", Format: extract.PDF, Size: 31 << 20, Pages: 340, Created: ago(time.Minute), Progress: library.Progress{Status: library.Processing, Stage: "extracting", Done: 127, Total: 340}},
		{ID: "otter", Title: "A Field Guide to the River Otter", Authors: []string{"Harriet Wren"}, Language: "en", Tags: []string{"rivers", "to read"}, FileName: "river-otter.pdf", Format: extract.PDF, Size: 61032, Pages: 17, Created: ago(40 * time.Minute), HasCover: true, Progress: ready},
		{ID: "locked", Title: "Minutes of the trust", FileName: "minutes-2025.pdf", Format: extract.PDF, Size: 2 << 20, Created: ago(2 * time.Hour), Progress: library.Progress{Status: library.Failed, NeedsPassword: true, Error: "This file is protected by a password."}},
		{ID: "skerry", Title: "The Lighthouse at Skerry Point", Authors: []string{"Ewan Marsh"}, Language: "en", Tags: []string{"fiction"}, FileName: "skerry-point.epub", Format: extract.EPUB, Size: 212 << 10, Pages: 6, Created: ago(26 * time.Hour), HasCover: true, Progress: ready},
		{ID: "bread", Title: "Bread, Slowly", FileName: "bread-slowly.md", Format: extract.Markdown, Size: 9200, Pages: 7, Created: ago(3 * 24 * time.Hour), Tags: []string{"to read"}, FirstLine: "Flour, water, salt and time: of these four, time is the one most often left out.", Progress: ready},
		{ID: "broken", Title: "thesis-final(2)", FileName: "thesis-final(2).docx", Format: extract.DOCX, Size: 1 << 20, Created: ago(8 * 24 * time.Hour), Progress: library.Progress{Status: library.Failed, Error: "The file ends in the middle. Save it again and upload the new file."}},
		{ID: "bees", Title: "Keeping Bees in a Small Garden", Authors: []string{"Maud Ellery", "Jonas Pike"}, Language: "en", Tags: []string{"garden"}, FileName: "bees.epub", Format: extract.EPUB, Size: 340 << 10, Pages: 10, NoText: 2, Created: ago(300 * 24 * time.Hour), HasCover: true, Missing: true, Origin: library.Watched, Progress: ready},
		{ID: "diary", Title: "Diary of a water bailiff", FileName: "diary.pdf", Format: extract.PDF, Size: 90 << 20, Pages: 212, NoText: 212, OCR: library.OCRState{State: "waiting", Pages: 87, Failed: 2, Waiting: 123, Confidence: 0.91}, Created: ago(310 * 24 * time.Hour), Progress: ready},
		{ID: "ledger", Title: "Ledger of the fishery", FileName: "ledger.pdf", Format: extract.PDF, Size: 9 << 20, Pages: 40, NoText: 40, OCR: library.OCRState{State: "done", Pages: 37, Failed: 3, Confidence: 0.87}, Created: ago(320 * 24 * time.Hour), Progress: ready},
		{ID: "maps", Title: "Maps of the estuary", FileName: "maps.pdf", Format: extract.PDF, Size: 19 << 20, Pages: 12, NoText: 10, OCR: library.OCRState{State: "unavailable", Waiting: 10}, Created: ago(330 * 24 * time.Hour), Progress: ready},
		{ID: "photos", Title: "Parish register 1840–1870", FileName: "register.pdf", Format: extract.PDF, Size: 210 << 20, Pages: 12345, NoText: 12345, Created: ago(500 * 24 * time.Hour), Progress: ready},
	}
}

func libraryPage(documents []library.Document) ui.LibraryPage {
	return ui.LibraryPage{
		Frame: frame("Library"),
		List:  library.List{Documents: documents, Total: len(documents), Next: "after"},
		Tags:  tags(),
		Quota: ui.Quota{Usage: usage, Tier: free},
	}
}

func hostileLibrary() ui.LibraryPage {
	d := documents()[2]
	d.Title, d.Authors, d.Tags, d.FileName = hostile, []string{hostile}, []string{hostile}, hostile
	failed := documents()[6]
	failed.Title, failed.Progress.Error = hostile, hostile
	first := documents()[5]
	first.FirstLine = hostile
	page := libraryPage([]library.Document{d, failed, first})
	page.Filter = library.Filter{Text: hostile, Tag: hostile, After: hostile}
	page.Tags = []library.TagCount{{Tag: hostile, Documents: 1}}
	page.Frame.Title, page.Frame.Name, page.Frame.Path, page.Frame.Search, page.Frame.SearchTag = hostile, hostile, hostile, hostile, hostile
	page.Frame.Flashes = []ui.Flash{{Kind: ui.FlashDone, Text: hostile}}
	page.Frame.Theme = ui.ParseTheme(hostile)
	return page
}

func accountPage() ui.AccountPage {
	f := frame("Account")
	f.Place = ui.PlaceAccount
	return ui.AccountPage{
		Frame:   f,
		Account: platform.Account{ID: "1", Login: "harriet", Name: "Harriet Wren", HasPassword: true, Created: ago(90 * 24 * time.Hour), Tier: "free"},
		Quota:   ui.Quota{Usage: usage, Tier: free}, Shown: "Harriet Wren", CurrentSession: "a",
		Sessions: []platform.SessionInfo{
			{ID: "a", UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", LastSeen: ago(time.Minute)},
			{ID: "b", UserAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19 Safari/604", LastSeen: ago(30 * time.Hour)},
			{ID: "c", UserAgent: hostile, LastSeen: ago(30 * time.Hour)},
		},
		Tokens: []platform.TokenInfo{
			{ID: "t", Name: "backup script", Scope: platform.ScopeRead, LastUsed: ago(5 * time.Hour), Expires: ago(-80 * 24 * time.Hour)},
			{ID: "u", Name: "scanner in the study", Scope: platform.ScopeWrite, Expires: ago(-6 * 24 * time.Hour)},
		},
		NewToken: "holt_" + strings.Repeat("6fGk2mVt", 5),
	}
}

// escaped reports whether a document holds the hostile text only as text.
func escaped(document string) bool {
	return !strings.Contains(document, "<script>alert") && !strings.Contains(document, "<img src=x")
}
