package ui_test

import (
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki/preferences"
)

// hostingExamples are the pages about wikis outside of them.
func hostingExamples(tb testing.TB) []example {
	tb.Helper()
	all := []example{}
	add := func(name string, page ui.Page) { all = append(all, example{"hosting " + name, page}) }
	addHostedLists(tb, add)
	addHostedCreate(tb, add)
	addHostedSettings(tb, add)
	addHostedAnswers(tb, add)
	return all
}

func hostingFrame(title string) ui.Frame {
	f := frame(title)
	f.Place, f.Path = ui.PlaceWikis, "/wikis"
	return f
}

func MustSlug(tb testing.TB, text string) platform.Slug {
	tb.Helper()
	slug, err := platform.ParseSlug(text)
	if err != nil {
		tb.Fatal(err)
	}
	return slug
}

// hostedWiki is a wiki of Harriet's.
func hostedWiki(tb testing.TB, slug, name, purpose string, visibility preferences.Visibility) ui.HostedWiki {
	tb.Helper()
	return ui.HostedWiki{
		Wiki: platform.Wiki{
			ID: slug, Slug: MustSlug(tb, slug), Owner: "1", OwnerName: "Harriet Wren", Name: name, Purpose: purpose,
			Created: ago(200 * 24 * time.Hour), LastUsed: ago(time.Hour), Pages: 148, Bytes: 84 << 20,
		},
		URL: "/w/" + slug + "/", Visibility: &visibility, Changed: ago(26 * time.Hour),
	}
}

func addHostedLists(tb testing.TB, add func(string, ui.Page)) {
	tb.Helper()
	garden := hostedWiki(tb, "garden", "River garden", "What grows and swims along the Wye", preferences.Public)
	notes := hostedWiki(tb, "notes", "Notes", "", preferences.Private)
	notes.Pages, notes.OfferedTo = 1, "Tom Alder"
	shut := hostedWiki(tb, "old-trust", "Minutes of the trust", "", preferences.SignedIn)
	shut.Visibility, shut.Changed = nil, time.Time{}
	shut.State = tenant.State{Status: tenant.Suspended, Reason: "Spam; write to the administrator."}
	shared := hostedWiki(tb, "handbook", "Handbook", "How we do things here", preferences.SignedIn)
	shared.OwnerName, shared.Role = "Tom Alder", "editor"
	offered := hostedWiki(tb, "recipes", "Recipes", "", preferences.Private)
	offered.OwnerName, offered.OfferEnds = "Tom Alder", ago(-12*24*time.Hour)
	gone := hostedWiki(tb, "drafts-2025", "Drafts of 2025", "", preferences.Private)
	gone.Removed, gone.Until = ago(50*time.Hour), ago(-28*24*time.Hour)

	add("wikis", ui.HostedWikisPage{
		Frame: hostingFrame("Wikis"), Tier: ofWiki, Owned: []ui.HostedWiki{garden, notes, shut},
		Shared: []ui.HostedWiki{shared}, Offered: []ui.HostedWiki{offered}, Trash: []ui.HostedWiki{gone},
	})
	add("wikis none", ui.HostedWikisPage{Frame: hostingFrame("Wikis"), Tier: ofWiki})
	add("wikis in the trash", ui.HostedWikisPage{Frame: hostingFrame("Wikis"), Tier: ofWiki, Trash: []ui.HostedWiki{gone}})
	one := platform.Tier{Name: "one", Wikis: 1}
	evil := hostedWiki(tb, "evil", hostile, hostile, preferences.Public)
	evil.OwnerName, evil.Role, evil.OfferedTo, evil.State = hostile, hostile, hostile, tenant.State{Status: hostile, Reason: hostile}
	add("wikis full hostile", ui.HostedWikisPage{Frame: hostingFrame("Wikis"), Tier: one, Owned: []ui.HostedWiki{garden}, Shared: []ui.HostedWiki{evil}, Offered: []ui.HostedWiki{evil}, Trash: []ui.HostedWiki{evil}})

	f := adminFrame()
	f.Flashes = nil
	add("admin", ui.AdminWikisPage{Frame: f, Next: "zoo", Wikis: []ui.AdminWiki{
		{Wiki: garden.Wiki, URL: garden.URL, Tier: ofWiki}, {Wiki: notes.Wiki, URL: notes.URL}, {Wiki: shut.Wiki, URL: shut.URL, Tier: ofWiki, State: shut.State},
		{Wiki: shared.Wiki, URL: shared.URL, Tier: ofWiki, State: tenant.State{Status: tenant.ReadOnly}},
	}})
	add("admin wrong", ui.AdminWikisPage{
		Frame: f, Text: hostile, Failed: "garden", Errors: ui.Errors{"reason": "Say why.", "": hostile},
		Wikis: []ui.AdminWiki{{Wiki: garden.Wiki, URL: garden.URL, Tier: ofWiki}, {Wiki: evil.Wiki, URL: evil.URL, State: evil.State}},
	})
	add("admin nothing", ui.AdminWikisPage{Frame: f, Text: "zoo"})
	add("admin none", ui.AdminWikisPage{Frame: f, Errors: ui.Errors{"": "This could not be done."}})
}

func createPage(tb testing.TB) ui.HostedCreatePage {
	tb.Helper()
	garden := hostedWiki(tb, "garden", "River garden", "", preferences.Public)
	return ui.HostedCreatePage{
		Frame: hostingFrame("Create a wiki"), Before: "https://books.example.org/w/", After: "/", Owned: 1, Tier: ofWiki,
		Sources: []platform.Wiki{garden.Wiki},
	}
}

func addHostedCreate(tb testing.TB, add func(string, ui.Page)) {
	tb.Helper()
	page := createPage(tb)
	add("create", page)
	page.Owned = 5
	add("create full", page)
	page = createPage(tb)
	page.Name, page.Slug, page.Purpose, page.Start, page.From = hostile, hostile, hostile, ui.StartCopy, "garden"
	page.Before, page.After, page.Visibility = "https://", ".wiki.example.org", preferences.Public
	page.Errors = ui.Errors{"name": "Too long.", "slug": "This address is taken; choose another.", "purpose": "Too long.", "visibility": "Choose.", "start": "Choose.", "from": hostile, "": hostile}
	add("create wrong", page)
	page.Sources, page.Errors = nil, nil
	add("create first", page)
}

func settingsPage(tb testing.TB) ui.HostedSettingsPage {
	tb.Helper()
	return ui.HostedSettingsPage{
		Frame: hostingFrame("River garden"), Wiki: hostedWiki(tb, "garden", "River garden", "What grows and swims along the Wye", preferences.Public),
		AdminURL: "/w/garden/-/admin", CloneURL: "https://books.example.org/w/garden.git", Tokens: wikiTokens(),
		Retention: 30 * 24 * time.Hour, Name: "River garden", Purpose: "What grows and swims along the Wye",
	}
}

func addHostedSettings(tb testing.TB, add func(string, ui.Page)) {
	tb.Helper()
	page := settingsPage(tb)
	page.NewToken = "holtw_6fGk2mVt6fGk2mVt6fGk2mVt"
	add("settings", page)
	page.Wiki.OfferedTo, page.Wiki.OfferEnds = "Tom Alder", ago(-12*24*time.Hour)
	page.Wiki.State = tenant.State{Status: tenant.ReadOnly, Reason: hostile}
	page.CloneURL, page.Wiki.Visibility, page.Tokens = "", nil, nil
	add("settings offered", page)
	page = settingsPage(tb)
	page.Name, page.Purpose, page.To, page.Wiki.Name, page.CloneURL, page.Token.Name = hostile, hostile, hostile, hostile, hostile, hostile
	page.Errors = ui.Errors{"name": "Too long.", "purpose": "Too long.", "visibility": "Choose.", "to": hostile, "token": "Choose a name.", "role": "Choose.", "days": "Choose.", "confirm": "This is not its address.", "": hostile}
	add("settings wrong", page)
}

func addHostedAnswers(tb testing.TB, add func(string, ui.Page)) {
	tb.Helper()
	offered := hostedWiki(tb, "recipes", "Recipes", "What the house eats", preferences.Private)
	offered.OwnerName, offered.OfferEnds = "Tom Alder", ago(-12*24*time.Hour)
	offer := ui.HostedOfferPage{Frame: hostingFrame("Offer"), Wiki: offered, Owned: 2, Tier: ofWiki}
	add("offer", offer)
	offer.Owned, offer.Wiki.Name, offer.Wiki.OwnerName, offer.Errors = 5, hostile, hostile, ui.Errors{"": hostile}
	add("offer full", offer)

	invitation := ui.HostedInvitationPage{
		Frame: hostingFrame("Invitation"), Wiki: offered.Wiki, Action: "/join/secret", SignInURL: "/signin?next=%2Fjoin%2Fsecret", RegisterURL: "/register",
		Invitation: platform.WikiInvitation{ByName: "Tom Alder", Role: platform.RoleEditor, Expires: ago(-6 * 24 * time.Hour)},
	}
	add("invitation", invitation)
	invitation.Frame.Name, invitation.Invitation.Role = "", platform.RoleAdmin
	add("invitation signed out", invitation)
	invitation.Wiki.Name, invitation.Invitation.ByName, invitation.Action, invitation.SignInURL = hostile, hostile, "/join/"+hostile, "/signin?next="+hostile
	invitation.Frame.Name, invitation.RegisterURL, invitation.Errors = hostile, "", ui.Errors{"": hostile}
	add("invitation hostile", invitation)
}
