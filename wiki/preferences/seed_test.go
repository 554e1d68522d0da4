package preferences_test

import (
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

func TestForNewWiki(t *testing.T) {
	tests := []struct {
		visibility preferences.Visibility
		want       map[string]string
		stranger   access.Set
		signedIn   access.Set
	}{
		{preferences.Private, map[string]string{"READ_ACCESS": "APPROVED", "DISABLE_REGISTRATION": "True", "ROBOTS_TXT": "disallow"}, access.None, access.None},
		{preferences.SignedIn, map[string]string{"READ_ACCESS": "REGISTERED", "ROBOTS_TXT": "disallow"}, access.None, access.Read},
		{preferences.Public, map[string]string{"READ_ACCESS": "ANONYMOUS"}, access.Read, access.Read},
		{77, map[string]string{"READ_ACCESS": "APPROVED", "DISABLE_REGISTRATION": "True", "ROBOTS_TXT": "disallow"}, access.None, access.None},
	}
	for _, test := range tests {
		p := preferences.ForNewWiki("Field\nnotes", "What we saw", test.visibility)
		maps.Copy(test.want, map[string]string{
			"SITE_NAME": "Field notes", "SITE_DESCRIPTION": "What we saw", "WRITE_ACCESS": "APPROVED",
			"ATTACHMENT_ACCESS": "APPROVED", "AUTO_APPROVAL": "False", "RETAIN_PAGE_NAME_CASE": "True",
		})
		if got := p.Rows(); !maps.Equal(got, test.want) {
			t.Errorf("%v: rows %v, want %v", test.visibility, got, test.want)
		}
		if err := p.Validate(); err != nil {
			t.Errorf("%v: %v", test.visibility, err)
		}
		if got := access.Permissions(p.Permissions.Levels, access.Caller{}); got != test.stranger {
			t.Errorf("%v: strangers have %v", test.visibility, got)
		}
		if got := access.Permissions(p.Permissions.Levels, access.Caller{Account: "vic"}); got != test.signedIn {
			t.Errorf("%v: visitors have %v", test.visibility, got)
		}
		text := test.visibility.String()
		if v, err := preferences.ParseVisibility(text); err != nil || v != p.Permissions.Visibility() {
			t.Errorf("%v is shown as %v, %v", text, p.Permissions.Visibility(), err)
		}
	}
	if v, err := preferences.ParseVisibility("open"); !errors.Is(err, preferences.ErrInvalidVisibility) || v != preferences.Private {
		t.Errorf("an unknown visibility is %v, %v", v, err)
	}
	if got := preferences.ForNewWiki(" ", "", preferences.Private).Application.SiteName; got == "" {
		t.Error("a wiki without name stays without")
	}
}

func TestExpandCommitMessage(t *testing.T) {
	at := time.Date(2026, 1, 4, 15, 6, 7, 0, time.FixedZone("CET", 3600)) // a Sunday
	for template, want := range map[string]string{
		"":                     "",
		"plain":                "plain",
		"%P on %Y-%m-%d %H:%M": "Guides/100%d on 2026-01-04 15:06",
		"%%P %%%P":             "%P %Guides/100%d",
		"%a %A %b %B %e %y %j": "Sun Sunday Jan January  4 26 004",
		"%I:%M:%S %p %z %Z":    "03:06:07 PM +0100 CET",
		"%F %T %D %R":          "2026-01-04 15:06:07 01/04/26 15:06",
		"%u %w %G-%V %s":       "7 0 2026-01 1767535567",
		"100% %Q %é %":         "100% %Q %é %",
		"Jan 2006 15:04 stays": "Jan 2006 15:04 stays",
	} {
		if got := preferences.ExpandCommitMessage(template, "Guides/100%d", at); got != want {
			t.Errorf("%q: %q, want %q", template, got, want)
		}
	}
}

func FuzzExpandCommitMessage(f *testing.F) {
	f.Add("%P %Y", "Home")
	f.Add("%", "%P")
	f.Fuzz(func(t *testing.T, template, page string) {
		got := preferences.ExpandCommitMessage(template, page, time.Unix(0, 0).UTC())
		if template == "%P" && got != page {
			t.Errorf("the page %q is written %q", page, got)
		}
		if len(got) > len(template)*(len(page)+30) {
			t.Errorf("%q grew to %d bytes", template, len(got))
		}
	})
}
