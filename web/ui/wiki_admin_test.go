package ui_test

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// MustSend returns what a browser would send for the form of a page that has a
// certain button or field, as it was opened.
func MustSend(tb testing.TB, text string, wanted func(form *html.Node) bool) url.Values {
	tb.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		tb.Fatal(err)
	}
	for _, form := range elements(root) {
		if form.DataAtom == atom.Form && wanted(form) {
			return sent(form)
		}
	}
	tb.Fatal("the page has no such form")
	return nil
}

// sent are the successful controls of a form.
func sent(form *html.Node) url.Values {
	values := url.Values{}
	for _, node := range elements(form) {
		name, _ := attribute(node, "name")
		value, _ := attribute(node, "value")
		kind, _ := attribute(node, "type")
		_, checked := attribute(node, "checked")
		switch {
		case name == "":
		case node.DataAtom == atom.Input && (kind != "radio" && kind != "checkbox" || checked):
			values.Add(name, value)
		case node.DataAtom == atom.Textarea:
			values.Add(name, visibleText(node))
		case node.DataAtom == atom.Select:
			for _, option := range elements(node) {
				if _, selected := attribute(option, "selected"); selected {
					value, _ := attribute(option, "value")
					values.Add(name, value)
				}
			}
		}
	}
	return values
}

func hasField(name string) func(*html.Node) bool {
	return func(form *html.Node) bool {
		for _, node := range elements(form) {
			field, _ := attribute(node, "name")
			kind, _ := attribute(node, "type")
			if field == name && kind != "hidden" {
				return true
			}
		}
		return false
	}
}

// unusual are preferences that all differ from the defaults.
func unusual() preferences.Preferences {
	return preferences.Preferences{
		Application: preferences.Application{
			SiteName: "River garden", SiteDescription: "Of the Wye", SiteLogo: "/Home/logo.png", SiteIcon: "/Home/icon.png", SiteLang: "de",
			Robots: preferences.RobotsDisallow, HomePage: "/-/changelog", HideLogo: true, OpenLinksInNewTab: true,
		},
		Permissions: preferences.Permissions{
			Levels:       access.Levels{Read: access.Registered, Write: access.Approved, Attachment: access.OnlyAdmin},
			AutoApproval: false, DisableRegistration: true, EmailNeedsConfirmation: true, NotifyAdmins: true, NotifyUser: true,
		},
		Content: preferences.Content{
			CommitMessage: preferences.MessageDisabled, DefaultCommitMessage: `“%P” & <%F>`, WikilinkStyle: preferences.LinkTitle,
			RetainPageNameCase: true, UnderscoreAsSpace: true, TemplateTree: "Forms", RenameRedirects: false, AttachmentLimit: 7,
		},
		Sidebar: preferences.Sidebar{
			Shortcuts:  []preferences.Shortcut{preferences.ShortcutChangelog},
			CustomMenu: []preferences.MenuItem{{Link: "Home", Title: `"Begin" & go`, Icon: "★"}, {Link: "---"}, {Title: "Elsewhere"}},
			Menutree:   preferences.MenutreeDirectoriesOnly, MaxDepth: 3, Focus: preferences.FocusOff, IgnoreCase: true,
		},
	}
}

// TestFormsSavedAsOpenedChangeNothing sends the forms of the preferences as they
// are shown: every field must be there under its name, with what is stored.
func TestFormsSavedAsOpenedChangeNothing(t *testing.T) {
	u := MustNew(t)
	for name, stored := range map[string]preferences.Preferences{
		"unusual": unusual(), "public": preferences.ForNewWiki("Garden", "", preferences.Public), "private": preferences.ForNewWiki("Garden", "", preferences.Private),
	} {
		frame := wikiAdminFrame()
		for _, test := range []struct {
			page  preferences.Page
			shown ui.Page
			field string
		}{
			{preferences.ApplicationPage, ui.WikiApplicationPage{WikiFrame: frame, Application: stored.Application}, "site_name"},
			{preferences.PermissionsPage, ui.WikiPermissionsPage{WikiFrame: frame, Permissions: stored.Permissions}, "auto_approval"},
			{preferences.ContentPage, ui.WikiContentPage{WikiFrame: frame, Content: stored.Content, Now: time.Now()}, "commit_message"},
			{preferences.SidebarPage, ui.WikiSidebarPage{WikiFrame: frame, Stored: stored.Sidebar}, "menu_title"},
			{preferences.RepositoryPage, ui.WikiRepositoryPage{WikiFrame: frame, Repository: stored.Repository}, "git_web_server"},
		} {
			form := MustSend(t, MustRender(t, u, test.shown), hasField(test.field))
			ui.JoinMenu(form)
			after, err := stored.Submit(test.page, form)
			if err != nil {
				t.Errorf("%s: the form with %s is refused: %v", name, test.field, err)
			}
			for key, value := range preferences.Changes(stored, after) {
				t.Errorf("%s: the form with %s changes %s to %q", name, test.field, key, value)
			}
		}
	}
}

// TestVisibilityForms sends the forms that change who may read.
func TestVisibilityForms(t *testing.T) {
	stored := unusual()
	stored.Permissions.Levels = access.Levels{Read: access.Anonymous, Write: access.Registered, Attachment: access.Approved}
	text := MustRender(t, MustNew(t), ui.WikiPermissionsPage{WikiFrame: wikiAdminFrame(), Permissions: stored.Permissions})
	for level, want := range map[access.Level]access.Levels{
		access.Approved:   {Read: access.Approved, Write: access.Approved, Attachment: access.Approved},
		access.Registered: {Read: access.Registered, Write: access.Registered, Attachment: access.Approved},
	} {
		form := MustSend(t, text, func(form *html.Node) bool {
			return !hasField("auto_approval")(form) && sent(form).Get("read_access") == level.String()
		})
		after, err := stored.Submit(preferences.PermissionsPage, form)
		if err != nil {
			t.Fatal(err)
		}
		if after.Permissions.Levels != want {
			t.Errorf("%v: %+v, want %+v", level, after.Permissions.Levels, want)
		}
		after.Permissions.Levels = stored.Permissions.Levels
		if changed := preferences.Changes(stored, after); len(changed) > 0 {
			t.Errorf("%v: also changes %v", level, slices.Collect(maps.Keys(changed)))
		}
	}
}

func TestPermissionsInWords(t *testing.T) {
	for _, test := range []struct {
		levels access.Levels
		want   string
	}{
		{access.Levels{Read: access.Anonymous, Write: access.Approved, Attachment: access.Approved}, "Everybody may read; approved members may write and attach files."},
		{access.Levels{Read: access.Approved, Write: access.Approved, Attachment: access.Approved}, "Approved members may read, write and attach files."},
		{access.Levels{Read: access.Approved, Write: access.Anonymous, Attachment: access.Anonymous}, "Approved members may read, write and attach files."},
		{access.Levels{Read: access.Registered, Write: access.Anonymous, Attachment: access.Approved}, "Everybody who is signed in may read and write; approved members may attach files."},
		{access.Levels{Read: access.Anonymous, Write: access.Registered, Attachment: access.OnlyAdmin}, "Everybody may read; everybody who is signed in may write; admins may attach files."},
		{access.Levels{}, "Admins may read, write and attach files."},
	} {
		page := ui.WikiPermissionsPage{Permissions: preferences.Permissions{Levels: test.levels}}
		if got := page.Summary(); got != test.want {
			t.Errorf("%+v: %q, want %q", test.levels, got, test.want)
		}
	}
}

// TestSafestLevelCanBeKeptNotChosen looks for the level that only stored
// preferences can have.
func TestSafestLevelCanBeKeptNotChosen(t *testing.T) {
	for level, want := range map[access.Level]int{access.OnlyAdmin: 4, access.Approved: 3, access.Anonymous: 3} {
		fields := ui.WikiPermissionsPage{Permissions: preferences.Permissions{Levels: access.Levels{Read: level}}}.Fields()
		if got := len(fields[0].Options); got != want {
			t.Errorf("%v: %d levels to choose from, want %d", level, got, want)
		}
	}
}

func TestJoinMenu(t *testing.T) {
	for name, test := range map[string]struct{ form, want url.Values }{
		"in order of places": {
			url.Values{"menu_place": {"10", "", "2"}, "menu_title": {"Last", "Later", "First"}, "menu_link": {"a", "b", "c"}, "menu_icon": {"", "", "★"}},
			url.Values{"sidebar_custom_menu": {`[{"link":"c","title":"First","icon":"★"},{"link":"a","title":"Last","icon":""},{"link":"b","title":"Later","icon":""}]`}},
		},
		"empty rows":    {url.Values{"menu_title": {" ", ""}, "menu_link": {"", ""}}, url.Values{"sidebar_custom_menu": {""}}},
		"missing cells": {url.Values{"menu_title": {"One"}}, url.Values{"sidebar_custom_menu": {`[{"link":"","title":"One","icon":""}]`}}},
		"as text":       {url.Values{"menu_title": {"One"}, "menu_as": {"text"}, "sidebar_custom_menu": {"[]"}}, url.Values{"sidebar_custom_menu": {"[]"}}},
		"no rows":       {url.Values{"sidebar_custom_menu": {"[]"}}, url.Values{"sidebar_custom_menu": {"[]"}}},
		"neither":       {url.Values{}, url.Values{}},
	} {
		ui.JoinMenu(test.form)
		if got, want := test.form.Get("sidebar_custom_menu"), test.want.Get("sidebar_custom_menu"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if test.form.Has("sidebar_custom_menu") != test.want.Has("sidebar_custom_menu") {
			t.Errorf("%s: the form is %v", name, test.form)
		}
	}
}

func TestLastAdmin(t *testing.T) {
	page := ui.WikiUsersPage{Members: wikiMembers()}
	harriet := page.Members[2]
	if !page.LastAdmin(harriet) {
		t.Error("the only admin can be removed")
	}
	if page.LastAdmin(page.Members[4]) {
		t.Error("an editor is the last admin")
	}
	page.Members[3].Admin = true
	if !page.LastAdmin(harriet) {
		t.Error("an admin without an account counts")
	}
	page.Members[4].Admin = true
	if page.LastAdmin(harriet) {
		t.Error("a second admin does not count")
	}
	if got := len(page.Waiting()); got != 2 {
		t.Errorf("%d people wait, want 2", got)
	}
	if got := len(page.Waiting()) + len(page.Admitted()); got != len(page.Members) {
		t.Errorf("%d people are listed, want %d", got, len(page.Members))
	}
}

// TestLastAdminIsProtected looks for what would take the last admin away.
func TestLastAdminIsProtected(t *testing.T) {
	u := MustNew(t)
	users := MustRender(t, u, ui.WikiUsersPage{WikiFrame: wikiAdminFrame(), Members: wikiMembers()})
	for id, offered := range map[string]bool{"1": false, "2": true} {
		for _, what := range []string{"role", "remove"} {
			if got := strings.Contains(users, `action="/w/garden/-/user/`+id+`/`+what+`"`); got != offered {
				t.Errorf("member %s: %s is offered: %t, want %t", id, what, got, offered)
			}
		}
	}
	member := wiki.Member{ID: 1, Account: "1", Name: "Harriet", Email: "harriet", Member: wiki.RoleAdmin.Flags()}
	form := MustSend(t, MustRender(t, u, ui.WikiUserPage{WikiFrame: wikiAdminFrame(), Member: member, LastAdmin: true}), hasField("email"))
	if form.Get("role") != "admin" {
		t.Errorf("the form of the last admin has the role %q", form.Get("role"))
	}
}

// TestMemberForm sends the form of members as it is shown.
func TestMemberForm(t *testing.T) {
	u := MustNew(t)
	for _, m := range wikiMembers() {
		form := MustSend(t, MustRender(t, u, ui.WikiUserPage{WikiFrame: wikiAdminFrame(), Member: m}), hasField("email"))
		flags := wiki.Role(form.Get("role")).Flags()
		if form.Get("role") == "custom" {
			flags = access.Member{
				Approved: form.Has("is_approved"), Admin: form.Has("is_admin"),
				Read: form.Has("allow_read"), Write: form.Has("allow_write"), Upload: form.Has("allow_upload"),
			}
		}
		if flags != m.Member || form.Get("name") != m.Name || form.Get("email") != m.Email {
			t.Errorf("the form of %s says %v", m.Name, form)
		}
	}
}

func TestRulesInWords(t *testing.T) {
	for want, rule := range map[string]ui.WikiRule{
		"Everybody may read":                                {Rule: access.Rule{Who: access.Who{Group: access.Everybody}, Grant: access.Read}},
		"Everybody who is signed in may read and write":     {Rule: access.Rule{Who: access.Who{Group: access.SignedIn}, Grant: access.Read | access.Write}},
		"Approved members may read, write and attach files": {Rule: access.Rule{Who: access.Who{Group: access.ApprovedMembers}, Grant: access.Read | access.Write | access.Upload}},
		"Tom Alder may do nothing":                          {Rule: access.Rule{Who: access.Who{Account: "2"}}, AccountName: "Tom Alder"},
		"An account that is gone may do nothing":            {Rule: access.Rule{Who: access.Who{Account: "2"}}},
		"Nobody may do nothing":                             {},
	} {
		if got := rule.WhoWords() + " may " + rule.GrantWords(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for _, option := range (ui.WikiRuleForm{}).GrantOptions() {
		if _, err := access.ParseSet(option.Value); err != nil {
			t.Errorf("what a rule gives: %v", err)
		}
	}
}
