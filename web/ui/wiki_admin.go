package ui

import (
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

// Typed are the values of a form that could not be saved, by the names of its
// fields, so that nothing has to be typed twice. A nil Typed shows what is
// stored.
type Typed map[string][]string

// Text is what was typed in a field, or what is stored.
func (t Typed) Text(name, stored string) string {
	if t == nil || len(t[name]) == 0 {
		return stored
	}
	return t[name][len(t[name])-1]
}

// Ticked reports whether a box was ticked, or is in what is stored.
func (t Typed) Ticked(name string, stored bool) bool {
	if t == nil {
		return stored
	}
	return len(t[name]) > 0
}

// Chosen reports whether one of several boxes of the same name was ticked, or
// is in what is stored.
func (t Typed) Chosen(name, value string, stored bool) bool {
	if t == nil {
		return stored
	}
	for _, sent := range t[name] {
		if sent == value {
			return true
		}
	}
	return false
}

// Option is one choice of several, described.
type Option struct {
	Value   string
	Label   string
	Hint    string
	Current bool
}

// AdminTab is a page of a wiki's administration.
type AdminTab struct {
	Name  string // as the templates call it
	Label string
	URL   string
}

// AdminTabs are the pages of the wiki's administration.
func (f WikiFrame) AdminTabs() []AdminTab {
	return []AdminTab{
		{"overview", "Overview", f.Own("admin")},
		{"permissions", "Permissions", f.Own("admin/permissions_and_registration")},
		{"users", "Users", f.Own("admin/user_management")},
		{"rules", "Rules", f.Own("admin/rules")},
		{"tokens", "Tokens", f.Own("admin/tokens")},
		{"application", "Name and look", f.Own("admin/application_preferences")},
		{"content", "Editing", f.Own("admin/content_and_editing")},
		{"sidebar", "Sidebar", f.Own("admin/sidebar_preferences")},
		{"repository", "Repository", f.Own("admin/repository_management")},
		{"housekeeping", "Housekeeping", f.Own("housekeeping")},
	}
}

// WikiAdminPage is the overview of a wiki's administration, at /-/admin. It has
// no form.
type WikiAdminPage struct {
	WikiFrame
	Usage       wiki.Usage
	Limits      platform.Tier // of the owner; its limits of 0 are none
	Permissions preferences.Permissions
	GitServer   bool
	Members     int // without those who wait
	Waiting     int
	Admins      int
	Rules       int
	Tokens      int
	OwnerName   string
	Created     time.Time
	Changed     time.Time    // of the last commit; zero without one
	Checks      []wiki.Check // those that are not good are shown
	HostingURL  string       // the wiki's settings on the platform; "" for who is not the owner
}

func (WikiAdminPage) template() string { return "wiki_admin_overview" }

// Warnings are the checks that found something.
func (p WikiAdminPage) Warnings() []wiki.Check { return warnings(p.Checks) }

func warnings(checks []wiki.Check) []wiki.Check {
	var found []wiki.Check
	for _, c := range checks {
		if !c.Good {
			found = append(found, c)
		}
	}
	return found
}

// AccessSummary says in plain words who may do what.
func (p WikiAdminPage) AccessSummary() string { return levelsInWords(p.Permissions.Levels) }
