package ui

import (
	"strconv"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

// WikiApplicationPage is how a wiki presents itself. It posts the fields of
// [preferences.ApplicationPage] in lower case to
// /-/admin/application_preferences: site_name, site_description, site_logo,
// site_icon, site_lang, home_page, robots_txt, hide_logo, open_links_in_new_tab.
type WikiApplicationPage struct {
	WikiFrame
	Application preferences.Application // as stored
	Typed       Typed
	Errors      Errors // by field name in lower case
}

func (WikiApplicationPage) template() string { return "wiki_admin_application" }

// WikiContentPage is how pages are named and written. It posts the fields of
// [preferences.ContentPage] in lower case to /-/admin/content_and_editing.
type WikiContentPage struct {
	WikiFrame
	Content preferences.Content // as stored
	Limits  platform.Tier       // of the owner: its AttachmentBytes bound the wiki's own limit
	Now     time.Time           // for the example of a default message
	Typed   Typed
	Errors  Errors // by field name in lower case
}

func (WikiContentPage) template() string { return "wiki_admin_content" }

// WikiSidebarPage is what stands beside the pages. It posts the fields of
// [preferences.SidebarPage] in lower case to /-/admin/sidebar_preferences. The
// custom menu comes as rows of menu_place, menu_title, menu_link and menu_icon,
// or with menu_as=text as the JSON text sidebar_custom_menu; [JoinMenu] makes
// the one of the other.
type WikiSidebarPage struct {
	WikiFrame
	Stored preferences.Sidebar
	Typed  Typed
	Errors Errors // by field name in lower case; "sidebar_custom_menu" is about the menu
}

func (WikiSidebarPage) template() string { return "wiki_admin_sidebar" }

// WikiRepositoryPage is about a wiki's git repository. It posts git_web_server to
// /-/admin/repository_management, and nothing to
// /-/admin/repository_management/maintain.
type WikiRepositoryPage struct {
	WikiFrame
	Repository preferences.Repository // as stored
	HasGit     bool                   // the server has the git program
	CloneURL   string                 // whole, as given to git clone
	Branch     string
	Bytes      int64
	Allowed    int64     // bytes of the repository; 0 is unlimited
	Commits    int       // on the branch
	Changed    time.Time // of the last commit; zero without one
	Rules      int       // rules of pages: who is kept from one cannot clone
	Errors     Errors    // "git_web_server", ""
}

func (WikiRepositoryPage) template() string { return "wiki_admin_repository" }

// WikiHousekeepingPage is what an admin may want to tidy up, at
// /-/housekeeping. It posts nothing to /-/housekeeping/drafts/{id}/delete.
type WikiHousekeepingPage struct {
	WikiFrame
	Housekeeping wiki.Housekeeping
}

func (WikiHousekeepingPage) template() string { return "wiki_admin_housekeeping" }

// Warnings are the checks that found something.
func (p WikiHousekeepingPage) Warnings() []wiki.Check { return warnings(p.Housekeeping.Checks) }

// RobotsOptions are what search engines may be asked.
func (p WikiApplicationPage) RobotsOptions() []Option {
	chosen := preferences.Robots(p.Typed.Text("robots_txt", string(p.Application.Robots)))
	return []Option{
		{string(preferences.RobotsAllow), "May list what everybody can read", "", chosen == preferences.RobotsAllow},
		{string(preferences.RobotsDisallow), "Are asked to stay away", "", chosen != preferences.RobotsAllow},
	}
}

// MessageOptions are the modes of commit messages.
func (p WikiContentPage) MessageOptions() []Option {
	chosen := preferences.CommitMessage(p.Typed.Text("commit_message", string(p.Content.CommitMessage)))
	return []Option{
		{string(preferences.MessageRequired), "Required", "Who saves a page must say what was changed.", chosen == preferences.MessageRequired},
		{string(preferences.MessageOptional), "Optional", "Without one the default message is taken.", chosen == preferences.MessageOptional},
		{string(preferences.MessageDisabled), "Not asked for", "All changes have the default message.", chosen == preferences.MessageDisabled},
	}
}

// WikilinkOptions are the orders of text and page in a wikilink.
func (p WikiContentPage) WikilinkOptions() []Option {
	chosen := preferences.WikilinkStyle(p.Typed.Text("wikilink_style", string(p.Content.WikilinkStyle)))
	return []Option{
		{string(preferences.TitleLink), "[[Text|Page]]", "As An Otter Wiki writes them.", chosen != preferences.LinkTitle},
		{string(preferences.LinkTitle), "[[Page|Text]]", "As MediaWiki and Obsidian write them.", chosen == preferences.LinkTitle},
	}
}

// Code is a code of a default message, with what it stands for now.
type Code struct{ Code, Meaning, Example string }

// Codes are the codes that a default message is most often made with.
func (p WikiContentPage) Codes() []Code {
	codes := []Code{
		{"%P", "the path of the page", ""},
		{"%F", "the date", ""}, {"%T", "the time of day", ""}, {"%R", "hours and minutes", ""},
		{"%Y", "the year", ""}, {"%m", "the month", ""}, {"%d", "the day of the month", ""},
		{"%A", "the day of the week", ""}, {"%V", "the number of the week", ""}, {"%%", "a percent sign", ""},
	}
	for i := range codes {
		codes[i].Example = preferences.ExpandCommitMessage(codes[i].Code, examplePage, p.Now)
	}
	return codes
}

// examplePage stands in examples of default messages.
const examplePage = "Garden/Tools"

// Example is the stored default message as a save would write it now.
func (p WikiContentPage) Example() string {
	return preferences.ExpandCommitMessage(p.Content.DefaultCommitMessage, examplePage, p.Now)
}

// ShortcutBox is a box for one of the sidebar's links.
type ShortcutBox struct {
	Value, Label string
	Ticked       bool
}

// ShortcutBoxes are the sidebar's fixed links.
func (p WikiSidebarPage) ShortcutBoxes() []ShortcutBox {
	labels := map[preferences.Shortcut]string{
		preferences.ShortcutHome: "Home", preferences.ShortcutPageIndex: "All pages",
		preferences.ShortcutChangelog: "Recent changes", preferences.ShortcutCreatePage: "Create page",
	}
	var boxes []ShortcutBox
	for _, s := range preferences.Shortcuts() {
		boxes = append(boxes, ShortcutBox{string(s), labels[s], p.Typed.Chosen("sidebar_shortcuts", string(s), p.Stored.Has(s))})
	}
	return boxes
}

// TreeOptions are what the page tree shows.
func (p WikiSidebarPage) TreeOptions() []Option {
	chosen := preferences.MenutreeMode(p.Typed.Text("sidebar_menutree_mode", string(p.Stored.Menutree)))
	return []Option{
		{string(preferences.MenutreeSorted), "Pages and folders, by name", "", chosen == preferences.MenutreeSorted},
		{string(preferences.MenutreeDirectoriesGrouped), "Folders first, then pages", "", chosen == preferences.MenutreeDirectoriesGrouped},
		{string(preferences.MenutreeDirectoriesOnly), "Folders alone", "", chosen == preferences.MenutreeDirectoriesOnly},
		{string(preferences.MenutreeOff), "No tree", "", chosen == preferences.MenutreeOff},
	}
}

// FocusOptions are which part of the page tree is shown.
func (p WikiSidebarPage) FocusOptions() []Option {
	chosen := preferences.MenutreeFocus(p.Typed.Text("sidebar_menutree_focus", string(p.Stored.Focus)))
	return []Option{
		{string(preferences.FocusSubtree), "Its top, and what is around the page that is read", "", chosen == preferences.FocusSubtree},
		{string(preferences.FocusTop), "The topmost folder of the page alone", "", chosen == preferences.FocusTop},
		{string(preferences.FocusOff), "All of it", "", chosen == preferences.FocusOff},
	}
}

// Depth is how many levels the tree has, "" for all.
func (p WikiSidebarPage) Depth() string {
	return p.Typed.Text("sidebar_menutree_maxdepth", number(p.Stored.MaxDepth))
}

// AttachmentLimit is the most MiB of one file, "" where the server decides.
func (p WikiContentPage) AttachmentLimit() string {
	return p.Typed.Text("holt_attachment_limit", number(p.Content.AttachmentLimit))
}

// number writes a number that 0 leaves open.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// Wanted are the pages that links lead to and that do not exist.
func (p WikiHousekeepingPage) Wanted() []Wanted {
	return WikiStrayPage{Red: p.Housekeeping.Red}.Wanted()
}
