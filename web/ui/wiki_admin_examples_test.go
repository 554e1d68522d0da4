package ui_test

import (
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/preferences"
)

// ofWiki are the limits of the owner of a wiki.
var ofWiki = platform.Tier{Name: "free", DatabaseBytes: 1 << 30, Wikis: 5, WikiBytes: 500 << 20, WikiPages: 2000, AttachmentBytes: 25 << 20}

// wikiAdminExamples are the pages of a wiki's administration.
func wikiAdminExamples(tb testing.TB) []example {
	tb.Helper()
	all := []example{}
	add := func(name string, page ui.Page) { all = append(all, example{"wiki admin " + name, page}) }
	addWikiOverview(add)
	addWikiAccess(add)
	addWikiPeople(add)
	addWikiSettings(add)
	return all
}

// wikiAdminFrame is the frame of an admin of the wiki.
func wikiAdminFrame() ui.WikiFrame {
	f := wikiFrame("Administration", "")
	f.Can, f.Base = access.All, access.All
	return f
}

func addWikiOverview(add func(string, ui.Page)) {
	page := ui.WikiAdminPage{
		WikiFrame:   wikiAdminFrame(),
		Usage:       wiki.Usage{Pages: 148, Attachments: 61, RepoBytes: 84 << 20, DatabaseBytes: 9 << 20},
		Limits:      ofWiki,
		Permissions: preferences.ForNewWiki("River garden", "", preferences.Public).Permissions,
		GitServer:   true, Members: 7, Waiting: 2, Admins: 1, Rules: 3, Tokens: 1,
		OwnerName: "Harriet Wren", Created: ago(200 * 24 * time.Hour), Changed: ago(26 * time.Hour),
		Checks: securityChecks(), HostingURL: "/wikis/garden",
	}
	add("overview", page)
	add("overview new", ui.WikiAdminPage{WikiFrame: wikiAdminFrame()})
	page.OwnerName, page.SiteName = hostile, hostile
	page.Checks = []wiki.Check{{What: hostile, Advice: hostile}}
	add("overview hostile", page)
}

func securityChecks() []wiki.Check {
	return []wiki.Check{
		{Good: true, What: "Who may change pages: approved"},
		{What: "Members without an account: 2", Advice: "These rows came with a database. Link them to accounts, or remove them."},
		{Good: true, What: "Admins: Harriet Wren"},
	}
}

func addWikiAccess(add func(string, ui.Page)) {
	add("permissions", permissionsPage(access.Levels{Read: access.Anonymous, Write: access.Approved, Attachment: access.Approved}))
	closed := permissionsPage(access.Levels{})
	closed.Typed = ui.Typed{"read_access": {"ANONYMOUS"}, "auto_approval": {"True"}}
	closed.Errors = ui.Errors{"read_access": "Choose one.", "": hostile}
	add("permissions closed", closed)

	rules := ui.WikiRulesPage{
		WikiFrame: wikiAdminFrame(), Levels: access.Levels{Read: access.Anonymous, Write: access.Approved, Attachment: access.Approved},
		Rules: wikiRules(), Form: ui.WikiRuleForm{Who: "account", Account: "tom", Grant: "RW"},
	}
	add("rules", rules)
	rules.Rules, rules.Form.Path, rules.Form.Account, rules.Form.Scope = nil, hostile, hostile, "page"
	rules.Errors = ui.Errors{"path": "No page has such a path.", "account": "Nobody here has this login.", "who": "Say who.", "grant": "Say what.", "": hostile}
	add("rules wrong", rules)

	page := ui.WikiPageAccessPage{WikiFrame: wikiAdminFrame(), Deciding: wikiRules()[1:3], Others: wikiRules()[3:]}
	page.PagePath, page.Title = "Guides/Setup", "Access"
	add("page access", page)
	page.WikiFrame.Base, page.Others, page.Deciding = access.Read, nil, []ui.WikiRule{{Rule: wikiRules()[1].Rule}}
	add("page access reader", page)
	free := ui.WikiPageAccessPage{WikiFrame: wikiAdminFrame(), Form: ui.WikiRuleForm{Account: hostile}, Errors: ui.Errors{"account": hostile}}
	free.PagePath = "otters"
	add("page access none", free)
}

func permissionsPage(levels access.Levels) ui.WikiPermissionsPage {
	permissions := preferences.ForNewWiki("River garden", "", preferences.Public).Permissions
	permissions.Levels = levels
	permissions.NotifyAdmins = true
	return ui.WikiPermissionsPage{WikiFrame: wikiAdminFrame(), Permissions: permissions}
}

func wikiRules() []ui.WikiRule {
	return []ui.WikiRule{
		{ID: 4, Rule: access.Rule{Path: "Birds", Tree: true, Who: access.Who{Group: access.SignedIn}, Grant: access.Read | access.Write | access.Upload}},
		{ID: 1, Rule: access.Rule{Path: "Guides/Setup", Who: access.Who{Group: access.ApprovedMembers}, Grant: access.Read | access.Write}},
		{ID: 2, Rule: access.Rule{Path: "Guides/Setup", Who: access.Who{Account: "2"}, Grant: access.None}, AccountName: "Tom Alder"},
		{ID: 3, Rule: access.Rule{Tree: true, Who: access.Who{Group: access.Everybody}, Grant: access.Read}},
		{ID: 5, Rule: access.Rule{Path: hostile, Tree: true, Who: access.Who{Account: "gone"}, Grant: access.Read}},
	}
}

func wikiMembers() []wiki.Member {
	member := func(id int64, account, name, email string, flags access.Member, seen time.Duration) wiki.Member {
		return wiki.Member{ID: id, Account: account, Name: name, Email: email, Member: flags, FirstSeen: ago(seen + 300*time.Hour), LastSeen: ago(seen)}
	}
	return []wiki.Member{
		member(5, "5", "Ines Marsh", "ines@example.org", access.Member{}, time.Hour),
		member(6, "6", "jonas", "jonas", access.Member{}, 30*time.Hour),
		member(1, "1", "Harriet Wren", "harriet@example.org", wiki.RoleAdmin.Flags(), time.Minute),
		member(3, "", "Maud Ellery", "maud@old.example", wiki.RoleEditor.Flags(), 9000*time.Hour),
		member(2, "2", "Tom Alder", "tom@example.org", wiki.RoleEditor.Flags(), 26*time.Hour),
		member(4, "4", "Wren of the upper reaches between the weirs", "wren@example.org", access.Member{Approved: true, Write: true}, 50*time.Hour),
	}
}

func addWikiPeople(add func(string, ui.Page)) {
	users := ui.WikiUsersPage{
		WikiFrame: wikiAdminFrame(), Members: wikiMembers(), Self: "1", Owner: "1",
		Invitations: []platform.WikiInvitation{{ID: "i", ByName: "Harriet Wren", Role: platform.RoleEditor, Created: ago(time.Hour), Expires: ago(-6 * 24 * time.Hour), Uses: 2, MaxUses: 25}},
		NewLink:     "https://books.example.org/join/6fGk2mVtQ0yXw1r8Zb3nHs",
	}
	add("users", users)
	add("users none", ui.WikiUsersPage{WikiFrame: wikiAdminFrame()})
	users.Members = []wiki.Member{{ID: 9, Account: "9", Name: hostile, Email: hostile, Member: wiki.RoleViewer.Flags()}, {ID: 10, Name: hostile, Email: hostile}}
	users.Who, users.NewLink = hostile, ""
	users.Errors = ui.Errors{"who": "Nobody here has this login.", "role": "Choose a role.", "invite_role": "Choose a role.", "days": "Choose.", "uses": "Choose.", "": hostile}
	add("users hostile", users)

	for _, m := range wikiMembers() {
		add("user "+m.Email, ui.WikiUserPage{WikiFrame: wikiAdminFrame(), Member: m, Login: "login", LastAdmin: m.ID == 1, Self: m.ID == 1, Owner: m.ID == 1})
	}
	add("user wrong", ui.WikiUserPage{
		WikiFrame: wikiAdminFrame(), Member: wiki.Member{ID: 9, Name: hostile, Email: hostile},
		Typed:  ui.Typed{"name": {hostile}, "email": {hostile}, "account": {hostile}, "role": {"custom"}, "is_approved": {"True"}, "allow_read": {"True"}},
		Errors: ui.Errors{"name": "Too long.", "email": hostile, "role": "Choose a role.", "account": "Nobody here has this login.", "": hostile},
	})

	tokens := ui.WikiTokensPage{
		WikiFrame: wikiAdminFrame(), Self: "1", Tokens: wikiTokens(), NewToken: "holtw_" + strings.Repeat("6fGk2mVt", 5),
		CloneURL: "https://books.example.org/w/garden.git", APIURL: "https://books.example.org/w/garden/api/v1/pages",
	}
	add("tokens", tokens)
	add("tokens wrong", ui.WikiTokensPage{
		WikiFrame: wikiAdminFrame(), Form: ui.WikiTokenForm{Name: hostile, Role: platform.RoleAdmin, Days: 7},
		Errors: ui.Errors{"token": "Choose a name.", "role": "You may not give this.", "days": "Choose.", "": hostile},
	})
}

func wikiTokens() []platform.WikiTokenInfo {
	return []platform.WikiTokenInfo{
		{ID: "t", AccountName: "Harriet Wren", Name: "nightly export", Role: platform.RoleViewer, LastUsed: ago(5 * time.Hour), Expires: ago(-80 * 24 * time.Hour)},
		{ID: "u", AccountName: "Tom Alder", Name: "agent", Role: platform.RoleEditor, Expires: ago(-6 * 24 * time.Hour)},
		{ID: "v", AccountName: hostile, Name: hostile, Role: platform.RoleAdmin, Expires: ago(-6 * 24 * time.Hour)},
	}
}

func addWikiSettings(add func(string, ui.Page)) {
	stored := preferences.ForNewWiki("River garden", "What grows and swims along the Wye", preferences.Public)
	application := ui.WikiApplicationPage{WikiFrame: wikiAdminFrame(), Application: stored.Application}
	add("application", application)
	application.Typed = ui.Typed{"site_name": {hostile}, "site_logo": {"javascript:alert(1)"}, "hide_logo": {"True"}, "robots_txt": {"disallow"}}
	application.Errors = ui.Errors{
		"site_name": "Too long.", "site_description": "Too long.", "site_logo": hostile, "site_icon": "No.", "site_lang": "No.",
		"home_page": "No.", "robots_txt": "Choose.", "hide_logo": "Choose.", "open_links_in_new_tab": "Choose.", "": hostile,
	}
	add("application wrong", application)

	content := ui.WikiContentPage{WikiFrame: wikiAdminFrame(), Content: stored.Content, Limits: ofWiki, Now: ago(0)}
	content.Content.DefaultCommitMessage, content.Content.AttachmentLimit = "Changed %P on %F", 10
	add("content", content)
	content.Typed = ui.Typed{"default_commit_message": {hostile}, "wikilink_style": {"LINKTITLE"}, "commit_message": {"DISABLED"}}
	content.Errors = ui.Errors{"default_commit_message": "Too long.", "holt_template_tree": "No page has such a path.", "holt_attachment_limit": "Use a number.", "commit_message": "Choose.", "wikilink_style": "Choose.", "": hostile}
	add("content wrong", content)

	sidebar := ui.WikiSidebarPage{WikiFrame: wikiAdminFrame(), Stored: wikiAdminFrame().Sidebar}
	add("sidebar", sidebar)
	sidebar.Typed = ui.Typed{
		"menu_place": {"2", "", "x"}, "menu_title": {hostile, "", "Elsewhere"}, "menu_link": {"javascript:alert(1)", "", ""}, "menu_icon": {hostile},
		"menu_as": {"text"}, "sidebar_custom_menu": {hostile}, "sidebar_shortcuts": {"home"}, "sidebar_menutree_maxdepth": {hostile},
	}
	sidebar.Errors = ui.Errors{"sidebar_custom_menu": hostile, "sidebar_menutree_maxdepth": "Use a number.", "sidebar_menutree_mode": "Choose.", "sidebar_menutree_focus": "Choose.", "sidebar_shortcuts": "Choose.", "": hostile}
	add("sidebar wrong", sidebar)

	repository := ui.WikiRepositoryPage{
		WikiFrame: wikiAdminFrame(), Repository: preferences.Repository{GitWebServer: true}, HasGit: true,
		CloneURL: "https://books.example.org/w/garden.git", Branch: "main", Bytes: 84 << 20, Allowed: ofWiki.WikiBytes, Commits: 12345, Changed: ago(26 * time.Hour), Rules: 3,
	}
	add("repository", repository)
	add("repository without git", ui.WikiRepositoryPage{WikiFrame: wikiAdminFrame(), Branch: hostile, Errors: ui.Errors{"git_web_server": hostile, "": hostile}})

	add("housekeeping", ui.WikiHousekeepingPage{WikiFrame: wikiAdminFrame(), Housekeeping: wiki.Housekeeping{
		Drafts: []wiki.OpenDraft{
			{ID: 1, Page: "Guides/Setup", Author: "Tom Alder", Bytes: 4321, Changed: ago(time.Hour)},
			{ID: 2, Page: hostile, Bytes: 12, Changed: ago(900 * time.Hour)},
		},
		Empty:   []index.Page{{Path: "Birds/Heron"}, {Path: hostile}},
		Red:     []index.Link{{From: "Home", To: "Salmon", Red: true}, {From: "otters", To: "Salmon", Red: true}, {From: hostile, To: hostile, Red: true}},
		Orphans: []index.Page{{Path: "Guides/River", Title: "River notes"}, {Path: hostile, Title: hostile}},
		Checks:  securityChecks(),
	}})
	add("housekeeping tidy", ui.WikiHousekeepingPage{WikiFrame: wikiAdminFrame(), Housekeeping: wiki.Housekeeping{Checks: securityChecks()[:1]}})
}
