package ui_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/web/ui"
)

// TestSlugPattern holds what the browser accepts against what the server does.
func TestSlugPattern(t *testing.T) {
	page := ui.HostedCreatePage{}
	pattern := regexp.MustCompile(`^(?:` + page.SlugPattern() + `)$`)
	for _, slug := range []string{"garden", "a-b-c", "2026", "abc", strings.Repeat("a", 30), "-abc", "abc-", "Garden", "a b", "ä-abc", "ab", strings.Repeat("a", 31), "a.b.c", ""} {
		_, err := platform.ParseSlug(slug)
		browser := pattern.MatchString(slug) && len(slug) >= page.MinSlug() && len(slug) <= page.MaxSlug()
		if browser != (err == nil) {
			t.Errorf("%q: the browser accepts it: %t, the server says %v", slug, browser, err)
		}
	}
}

func TestFullOfWikis(t *testing.T) {
	for _, test := range []struct {
		owned   int
		allowed int64
		full    bool
	}{{0, 0, false}, {99, 0, false}, {4, 5, false}, {5, 5, true}, {6, 5, true}} {
		tier := platform.Tier{Wikis: test.allowed}
		list := ui.HostedWikisPage{Owned: make([]ui.HostedWiki, test.owned), Trash: make([]ui.HostedWiki, 9), Tier: tier}
		create, offer := ui.HostedCreatePage{Owned: test.owned, Tier: tier}, ui.HostedOfferPage{Owned: test.owned, Tier: tier}
		if list.Full() != test.full || create.Full() != test.full || offer.Full() != test.full {
			t.Errorf("%d of %d: full %t, %t, %t; want %t", test.owned, test.allowed, list.Full(), create.Full(), offer.Full(), test.full)
		}
	}
}

// TestStates looks for the word of every state that keeps a wiki from full use.
func TestStates(t *testing.T) {
	for status, want := range map[tenant.Status]string{
		"": "", tenant.Active: "", tenant.ReadOnly: "read-only", tenant.Suspended: "suspended", tenant.Migrating: "being changed", tenant.Failed: "out of use", "odd": "out of use",
	} {
		if got := (ui.AdminWiki{State: tenant.State{Status: status}}).StateWords(); got != want {
			t.Errorf("%q: %q, want %q", status, got, want)
		}
	}
}

// TestCreateForm sends the form for a new wiki as it is opened: it must be the
// safest one.
func TestCreateForm(t *testing.T) {
	form := MustSend(t, MustRender(t, MustNew(t), createPage(t)), hasField("slug"))
	if form.Get("visibility") != "private" || form.Get("start") != ui.StartPages {
		t.Errorf("a new wiki starts %v", form)
	}
}

func TestInvitationDoor(t *testing.T) {
	u := MustNew(t)
	page := ui.HostedInvitationPage{Frame: hostingFrame("Invitation"), Action: "/join/secret", SignInURL: "/signin?next=%2Fjoin%2Fsecret"}
	if text := MustRender(t, u, page); !strings.Contains(text, `action="/join/secret"`) || strings.Contains(text, "Sign in first") {
		t.Error("who is signed in cannot take part")
	}
	page.Frame.Name = ""
	if text := MustRender(t, u, page); strings.Contains(text, `action="/join/secret"`) || !strings.Contains(text, "Sign in first") {
		t.Error("who is not signed in is offered to take part")
	}
}

func TestAdminWikisAddress(t *testing.T) {
	page := ui.AdminWikisPage{Text: "river & sea", Next: "garden"}
	if got, want := page.NextURL(), "/admin/wikis?after=garden&text=river+%26+sea"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	page.Next = ""
	if got := page.NextURL(); got != "" {
		t.Errorf("after the last page: %q", got)
	}
}
