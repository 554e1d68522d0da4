package preferences_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// otterDefaults are Otter Wiki's texts for rows that are missing, but for the
// levels, which are the safest here.
func otterDefaults() map[string]string {
	return map[string]string{
		"SITE_NAME": "An Otter Wiki", "SITE_DESCRIPTION": "", "SITE_LOGO": "", "SITE_ICON": "", "SITE_LANG": "en",
		"SERVER_NAME": "", "ROBOTS_TXT": "allow", "HOME_PAGE": "", "HIDE_LOGO": "False", "OPEN_LINKS_IN_NEW_TAB": "False",
		"READ_ACCESS": "ADMIN", "WRITE_ACCESS": "ADMIN", "ATTACHMENT_ACCESS": "ADMIN",
		"AUTO_APPROVAL": "True", "DISABLE_REGISTRATION": "False", "EMAIL_NEEDS_CONFIRMATION": "True",
		"NOTIFY_ADMINS_ON_REGISTER": "False", "NOTIFY_USER_ON_APPROVAL": "False",
		"COMMIT_MESSAGE": "REQUIRED", "DEFAULT_COMMIT_MESSAGE": "", "WIKILINK_STYLE": "",
		"RETAIN_PAGE_NAME_CASE": "False", "TREAT_UNDERSCORE_AS_SPACE_FOR_TITLES": "False",
		"SIDEBAR_SHORTCUTS": "home pageindex createpage", "SIDEBAR_CUSTOM_MENU": "",
		"SIDEBAR_MENUTREE_MODE": "SORTED", "SIDEBAR_MENUTREE_MAXDEPTH": "", "SIDEBAR_MENUTREE_FOCUS": "SUBTREE",
		"SIDEBAR_MENUTREE_IGNORE_CASE": "False",
		"GIT_WEB_SERVER":               "False", "GIT_REMOTE_PUSH_ENABLED": "False", "GIT_REMOTE_PUSH_URL": "",
		"GIT_REMOTE_PUSH_PRIVATE_KEY": "", "GIT_REMOTE_PULL_ENABLED": "False", "GIT_REMOTE_PULL_URL": "",
		"GIT_REMOTE_PULL_PRIVATE_KEY": "", "GIT_REMOTE_PULL_URL_SECURE": "False",
		"MAIL_DEFAULT_SENDER": "", "MAIL_SERVER": "", "MAIL_PORT": "", "MAIL_USERNAME": "", "MAIL_PASSWORD": "",
		"MAIL_USE_TLS": "False", "MAIL_USE_SSL": "False",
		"HOLT_TEMPLATE_TREE": "Templates", "HOLT_RENAME_REDIRECTS": "True", "HOLT_ATTACHMENT_LIMIT": "",
	}
}

// otherTexts are texts that all differ from the defaults, in the format that
// Otter Wiki writes.
func otherTexts() map[string]string {
	return map[string]string{
		"SITE_NAME": "Field notes", "SITE_DESCRIPTION": "What we saw", "SITE_LOGO": "/Home/a/logo.png",
		"SITE_ICON": "https://example.org/icon.svg", "SITE_LANG": "pt-BR", "SERVER_NAME": "wiki.example.org",
		"ROBOTS_TXT": "disallow", "HOME_PAGE": "/-/changelog", "HIDE_LOGO": "True", "OPEN_LINKS_IN_NEW_TAB": "True",
		"READ_ACCESS": "ANONYMOUS", "WRITE_ACCESS": "REGISTERED", "ATTACHMENT_ACCESS": "APPROVED",
		"AUTO_APPROVAL": "False", "DISABLE_REGISTRATION": "True", "EMAIL_NEEDS_CONFIRMATION": "False",
		"NOTIFY_ADMINS_ON_REGISTER": "True", "NOTIFY_USER_ON_APPROVAL": "True",
		"COMMIT_MESSAGE": "OPTIONAL", "DEFAULT_COMMIT_MESSAGE": "%P on %F", "WIKILINK_STYLE": "LINKTITLE",
		"RETAIN_PAGE_NAME_CASE": "True", "TREAT_UNDERSCORE_AS_SPACE_FOR_TITLES": "True",
		"SIDEBAR_SHORTCUTS": "home changelog", "SIDEBAR_CUSTOM_MENU": `[{"link":"Home","title":"Start","icon":""}]`,
		"SIDEBAR_MENUTREE_MODE": "DIRECTORIES_ONLY", "SIDEBAR_MENUTREE_MAXDEPTH": "3", "SIDEBAR_MENUTREE_FOCUS": "OFF",
		"SIDEBAR_MENUTREE_IGNORE_CASE": "True",
		"GIT_WEB_SERVER":               "True", "GIT_REMOTE_PUSH_ENABLED": "True", "GIT_REMOTE_PUSH_URL": "git@example.org:a.git",
		"GIT_REMOTE_PUSH_PRIVATE_KEY": "first\nkey\n", "GIT_REMOTE_PULL_ENABLED": "True", "GIT_REMOTE_PULL_URL": "git@example.org:b.git",
		"GIT_REMOTE_PULL_PRIVATE_KEY": "second\nkey\n", "GIT_REMOTE_PULL_URL_SECURE": "True",
		"MAIL_DEFAULT_SENDER": "a@example.org", "MAIL_SERVER": "mail.example.org", "MAIL_PORT": "587", "MAIL_USERNAME": "a",
		"MAIL_PASSWORD": "open sesame", "MAIL_USE_TLS": "True", "MAIL_USE_SSL": "True",
		"HOLT_TEMPLATE_TREE": "Forms/New", "HOLT_RENAME_REDIRECTS": "False", "HOLT_ATTACHMENT_LIMIT": "20",
	}
}

func TestMissingRowsHaveTheDefaults(t *testing.T) {
	empty := preferences.Parse(nil)
	if got := preferences.Parse(otterDefaults()); !reflect.DeepEqual(got, empty) {
		t.Errorf("the defaults written out are\n%+v, missing ones\n%+v", got, empty)
	}
	if empty.Permissions.Levels != (access.Levels{}) {
		t.Errorf("missing levels are %v", empty.Permissions.Levels)
	}
	want := map[string]string{"READ_ACCESS": "ADMIN", "WRITE_ACCESS": "ADMIN", "ATTACHMENT_ACCESS": "ADMIN"}
	if got := empty.Rows(); !maps.Equal(got, want) {
		t.Errorf("rows of the defaults: %v", got)
	}
	if err := empty.Validate(); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
}

func TestRowsSurviveParsing(t *testing.T) {
	texts := otherTexts()
	if len(texts) != len(otterDefaults()) {
		t.Fatalf("%d texts for %d keys", len(texts), len(otterDefaults()))
	}
	p := preferences.Parse(texts)
	if got := p.Rows(); !maps.Equal(got, texts) {
		t.Errorf("rows %v, want %v", got, texts)
	}
	if err := p.Validate(); err != nil {
		t.Errorf("refused: %v", err)
	}
	for key, text := range texts {
		alone := preferences.Parse(map[string]string{key: text})
		if got := preferences.Changes(preferences.Parse(nil), alone); len(got) != 1 || got[key] != text {
			t.Errorf("%s=%q alone changes %v", key, text, got)
		}
	}
}

func TestUnknownValuesAreSafe(t *testing.T) {
	odd := map[string]string{}
	for key := range otterDefaults() {
		odd[key] = "java\x00script:?"
	}
	p := preferences.Parse(odd)
	want := map[string]string{
		"READ_ACCESS": "ADMIN", "WRITE_ACCESS": "ADMIN", "ATTACHMENT_ACCESS": "ADMIN",
		"AUTO_APPROVAL": "False", "DISABLE_REGISTRATION": "True", "EMAIL_NEEDS_CONFIRMATION": "True",
		"ROBOTS_TXT": "disallow", "COMMIT_MESSAGE": "REQUIRED", "WIKILINK_STYLE": "", "SITE_LANG": "en",
		"SITE_LOGO": "", "SITE_ICON": "", "HOME_PAGE": "", "GIT_WEB_SERVER": "False",
		"SIDEBAR_SHORTCUTS": "", "SIDEBAR_CUSTOM_MENU": "", "SIDEBAR_MENUTREE_MODE": "SORTED",
		"SIDEBAR_MENUTREE_FOCUS": "SUBTREE", "SIDEBAR_MENUTREE_MAXDEPTH": "", "MAIL_PORT": "",
		"HOLT_TEMPLATE_TREE": "", "HOLT_ATTACHMENT_LIMIT": "", "SITE_NAME": "java script:?",
	}
	got := otterDefaults()
	maps.Copy(got, p.Rows())
	for key, text := range want {
		if got[key] != text {
			t.Errorf("%s: %q, want %q", key, got[key], text)
		}
	}
	if err := p.Validate(); err != nil {
		t.Errorf("the safe values are refused: %v", err)
	}
}

func TestBooleansOfOtterWiki(t *testing.T) {
	for text, want := range map[string]bool{
		"True": true, "true": true, "TRUE": true, "Yes": true, "yes": true,
		"False": false, "no": false, "": false, "1": false, "on": false, "yes ": false,
	} {
		if got := preferences.Parse(map[string]string{"GIT_WEB_SERVER": text}).Repository.GitWebServer; got != want {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]int{"25": 25, " 25 ": 25, "": 0, "-1": 0, "65536": 0, "25.5": 0, "0x19": 0, "99999999999999999999": 0} {
		if got := preferences.Parse(map[string]string{"MAIL_PORT": text}).Mail.Port; got != want {
			t.Errorf("%q is %d, want %d", text, got, want)
		}
	}
}

// TestUnchangedPreferencesTouchNoRow includes rows that are not understood and
// texts that Otter Wiki writes in another way.
func TestUnchangedPreferencesTouchNoRow(t *testing.T) {
	stored := map[string]string{
		"READ_ACCESS": "FRIENDS", "SIDEBAR_SHORTCUTS": "createpage home home", "SITE_LANG": "??",
		"SIDEBAR_CUSTOM_MENU": `[ {"title": "A", "link": "/A", "new": 1} ]`, "HIDE_LOGO": "yes",
		"_schema_version": "3", "AUTH_METHOD": "PROXY_HEADER",
	}
	p := preferences.Parse(stored)
	if got := preferences.Changes(p, p); len(got) != 0 {
		t.Errorf("unchanged: %v", got)
	}
	renamed := p
	renamed.Application.SiteName = "New"
	if got := preferences.Changes(p, renamed); !maps.Equal(got, map[string]string{"SITE_NAME": "New"}) {
		t.Errorf("with another name: %v", got)
	}
	back := preferences.Parse(nil)
	if got := preferences.Changes(renamed, back)["SITE_NAME"]; got != "An Otter Wiki" {
		t.Errorf("back to the default: %q", got)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	p := preferences.Parse(otherTexts())
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "preferences", p, "password", p.Mail.Password)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "preferences", p, "password", p.Mail.Password)
	encoded, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprintf("%v %+v %#v %q", p, p, p, p.Mail.Password) + log.String() + string(encoded)
	for _, secret := range []string{"open sesame", "first\nkey", `first\nkey`, "second"} {
		if strings.Contains(all, secret) {
			t.Errorf("%q is printed", secret)
		}
	}
	if got := p.Rows()["MAIL_PASSWORD"]; got != "open sesame" {
		t.Errorf("the row has %q", got)
	}
}

func FuzzParse(f *testing.F) {
	for key, text := range otherTexts() {
		f.Add(key, text)
	}
	f.Add("SIDEBAR_CUSTOM_MENU", `[{"link":"java\tscript:x"}]`)
	f.Add("SITE_NAME", "\xff\x00")
	f.Fuzz(func(t *testing.T, key, text string) {
		p := preferences.Parse(map[string]string{key: text})
		if err := p.Validate(); err != nil {
			t.Errorf("%s=%q: what was read is refused: %v", key, text, err)
		}
		again := preferences.Parse(p.Rows())
		if changes := preferences.Changes(p, again); len(changes) != 0 {
			t.Errorf("%s=%q: reading what was written changes %v", key, text, changes)
		}
	})
}
