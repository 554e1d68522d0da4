package preferences_test

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// failedKeys returns the names of the fields that err speaks of.
func failedKeys(err error) []string {
	var fields preferences.FieldErrors
	errors.As(err, &fields)
	return slices.Sorted(maps.Keys(fields))
}

func TestUpdateRefusesByField(t *testing.T) {
	old := preferences.Parse(otherTexts())
	tests := []struct {
		page     preferences.Page
		key      string
		accepted []string
		refused  []string
	}{
		{preferences.ApplicationPage, "SITE_NAME", []string{"Notes", " Notes "}, []string{"", "  ", "a\nb", strings.Repeat("x", 201), "\xff"}},
		{preferences.ApplicationPage, "SITE_LANG", []string{"de", "zh-Hant-TW"}, []string{"", "d", "en_US", `en"`, "en "}},
		{preferences.ApplicationPage, "SITE_LOGO", []string{"", "/Home/logo.png", "https://example.org/a.png"}, []string{"javascript:x", "data:image/png;base64,x", "//example.org/a.png", "mailto:a@example.org"}},
		{preferences.ApplicationPage, "ROBOTS_TXT", []string{"allow", "disallow"}, []string{"", "ALLOW", "User-agent: *"}},
		{preferences.ApplicationPage, "HOME_PAGE", []string{"", "Start/Here", "/Start/", "/-/index"}, []string{"a//b", "../x", "/-/../x", `/-/\evil`, "a\x00"}},
		{preferences.ApplicationPage, "HIDE_LOGO", []string{"True", "False", "yes"}, []string{"1", "maybe"}},
		{preferences.PermissionsPage, "READ_ACCESS", []string{"ANONYMOUS", "registered", "APPROVED"}, []string{"ADMIN", "admin", "", "FRIENDS"}},
		{preferences.PermissionsPage, "WRITE_ACCESS", []string{"APPROVED"}, []string{"ADMIN"}},
		{preferences.PermissionsPage, "ATTACHMENT_ACCESS", []string{"APPROVED"}, []string{"ADMIN"}},
		{preferences.ContentPage, "COMMIT_MESSAGE", []string{"REQUIRED", "OPTIONAL", "DISABLED"}, []string{"", "optional"}},
		{preferences.ContentPage, "WIKILINK_STYLE", []string{"", "LINKTITLE"}, []string{"TITLELINK"}},
		{preferences.ContentPage, "DEFAULT_COMMIT_MESSAGE", []string{"%P: %d.%m."}, []string{"a\r\nb"}},
		{preferences.ContentPage, "HOLT_TEMPLATE_TREE", []string{"", "Forms"}, []string{"a/../b"}},
		{preferences.ContentPage, "HOLT_ATTACHMENT_LIMIT", []string{"", "100"}, []string{"-1", "1.5", "9999999999"}},
		{preferences.SidebarPage, "SIDEBAR_SHORTCUTS", []string{"", "changelog home"}, []string{"home games"}},
		{preferences.SidebarPage, "SIDEBAR_CUSTOM_MENU", []string{"", `[{"link":"A"}]`}, []string{"{", `[{"link":"javascript:x"}]`}},
		{preferences.SidebarPage, "SIDEBAR_MENUTREE_MODE", []string{"", "DIRECTORIES_GROUPED"}, []string{"sorted"}},
		{preferences.SidebarPage, "SIDEBAR_MENUTREE_MAXDEPTH", []string{"", "5"}, []string{"five", "101"}},
		{preferences.SidebarPage, "SIDEBAR_MENUTREE_FOCUS", []string{"TOP"}, []string{""}},
		{preferences.RepositoryPage, "GIT_WEB_SERVER", []string{"False"}, []string{"perhaps"}},
		{preferences.RepositoryPage, "GIT_REMOTE_PUSH_URL", nil, []string{"git@example.org:x.git"}},
		{preferences.RepositoryPage, "SITE_NAME", nil, []string{"Notes"}},
		{preferences.ApplicationPage, "_schema_version", nil, []string{"4"}},
		{0, "MAIL_PASSWORD", nil, []string{"x"}},
	}
	for _, test := range tests {
		for _, text := range test.accepted {
			if _, err := old.Update(test.page, map[string]string{test.key: text}); err != nil {
				t.Errorf("%s=%q: %v", test.key, text, err)
			}
		}
		for _, text := range test.refused {
			next, err := old.Update(test.page, map[string]string{test.key: text})
			if keys := failedKeys(err); len(keys) != 1 || keys[0] != test.key || !strings.Contains(err.Error(), test.key) {
				t.Errorf("%s=%.40q: %v", test.key, text, err)
			}
			if changes := preferences.Changes(old, next); len(changes) != 0 {
				t.Errorf("%s=%.40q is refused, and yet changes %v", test.key, text, changes)
			}
		}
	}
}

func TestUpdateKeepsWhatIsRight(t *testing.T) {
	old := preferences.Parse(nil)
	next, err := old.Update(preferences.PermissionsPage, map[string]string{
		"READ_ACCESS": "ANONYMOUS", "WRITE_ACCESS": "ADMIN", "ATTACHMENT_ACCESS": "nobody", "AUTO_APPROVAL": "no",
	})
	if keys := failedKeys(err); !slices.Equal(keys, []string{"ATTACHMENT_ACCESS"}) {
		t.Errorf("%v: a level that is ADMIN already may stay, an unknown one not", err)
	}
	want := map[string]string{"READ_ACCESS": "ANONYMOUS", "AUTO_APPROVAL": "False"}
	if got := preferences.Changes(old, next); !maps.Equal(got, want) {
		t.Errorf("changes %v, want %v", got, want)
	}
	if old.Permissions.Levels.Read != access.OnlyAdmin {
		t.Error("the old preferences changed")
	}
}

func TestSubmitForm(t *testing.T) {
	old := preferences.Parse(map[string]string{"HIDE_LOGO": "True", "SITE_NAME": "Notes", "SIDEBAR_SHORTCUTS": "home changelog"})
	tests := []struct {
		name string
		page preferences.Page
		form url.Values
		want map[string]string
	}{
		{"as it was", preferences.ApplicationPage, url.Values{"site_name": {"Notes"}, "hide_logo": {"True"}, "csrf_token": {"x"}}, nil},
		{"box not ticked", preferences.ApplicationPage, url.Values{"site_name": {"Notes"}}, map[string]string{"HIDE_LOGO": "False"}},
		{"box ticked without value", preferences.ApplicationPage, url.Values{"HIDE_LOGO": {"on"}, "open_links_in_new_tab": {"on"}}, map[string]string{"OPEN_LINKS_IN_NEW_TAB": "True"}},
		{"box behind a hidden field", preferences.ApplicationPage, url.Values{"hide_logo": {"False", "True"}}, nil},
		{"levels", preferences.PermissionsPage, url.Values{"READ_access": {"REGISTERED"}, "auto_approval": {"True"}, "email_needs_confirmation": {"True"}}, map[string]string{"READ_ACCESS": "REGISTERED"}},
		{"shortcuts in another order", preferences.SidebarPage, url.Values{"sidebar_shortcuts": {"changelog", "home"}}, nil},
		{"no shortcuts", preferences.SidebarPage, url.Values{}, map[string]string{"SIDEBAR_SHORTCUTS": ""}},
		{"fields of other pages", preferences.RepositoryPage, url.Values{"site_name": {"X"}, "mail_password": {"x"}, "git_web_server": {"True"}}, map[string]string{"GIT_WEB_SERVER": "True"}},
		{"no page", 0, url.Values{"mail_password": {"x"}, "server_name": {"x"}}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			next, err := old.Submit(test.page, test.form)
			if test.page != 0 && err != nil {
				t.Fatal(err)
			}
			if got := preferences.Changes(old, next); !maps.Equal(got, test.want) {
				t.Errorf("changes %v, want %v", got, test.want)
			}
		})
	}
}

func TestValidateFindsWhatAProgramSet(t *testing.T) {
	p := preferences.Parse(nil)
	p.Application.SiteName = ""
	p.Application.SiteLogo = "javascript:x"
	p.Sidebar.CustomMenu = []preferences.MenuItem{{Link: "//example.org"}}
	p.Content.CommitMessage = "SOMETIMES"
	want := []string{"COMMIT_MESSAGE", "SIDEBAR_CUSTOM_MENU", "SITE_LOGO", "SITE_NAME"}
	if got := failedKeys(p.Validate()); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestHome(t *testing.T) {
	for text, want := range map[string][2]string{
		"": {"Home", ""}, "Start": {"Start", ""}, "/Guides/Start/": {"Guides/Start", ""}, "/-/changelog": {"", "/-/changelog"},
		"//example.org": {"example.org", ""}, "/-//example.org": {"Home", ""}, `/-/\example.org`: {"Home", ""}, "-/x": {"-/x", ""},
	} {
		page, redirect := preferences.Parse(map[string]string{"HOME_PAGE": text}).Application.Home()
		if [2]string{page, redirect} != want {
			t.Errorf("%q: page %q, redirect %q", text, page, redirect)
		}
	}
}
